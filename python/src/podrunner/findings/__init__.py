"""The result model: findings, their rules, errors as sentences."""

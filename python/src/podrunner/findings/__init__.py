"""The result of every check: findings, their rules, and errors as sentences."""

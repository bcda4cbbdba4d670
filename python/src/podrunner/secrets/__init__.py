"""What a secret looks like, found and redacted."""

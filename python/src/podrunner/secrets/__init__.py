"""What a secret looks like, and how it is found and redacted."""

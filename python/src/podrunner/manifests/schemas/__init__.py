"""What an API server knows of each kind."""

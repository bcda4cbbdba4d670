"""What a JSON schema refuses, in sentences."""

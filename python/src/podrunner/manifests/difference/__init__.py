"""What is different between two objects."""

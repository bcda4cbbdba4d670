"""What a team has decided about findings: which it looks at, which it lives with and why, and which make a check fail."""

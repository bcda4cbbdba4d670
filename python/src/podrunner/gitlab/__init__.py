"""A stand-in for GitLab, and its client."""

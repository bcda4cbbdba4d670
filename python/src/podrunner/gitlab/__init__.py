"""A stand-in for GitLab, and a client of it."""

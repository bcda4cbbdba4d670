"""Rendered objects, and what Kubernetes makes of them."""

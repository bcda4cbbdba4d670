"""Rendered objects against what Kubernetes takes."""

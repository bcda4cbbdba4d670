"""Rendered objects against what Kubernetes takes."""

from podrunner.manifests.check import check_manifests
from podrunner.manifests.schemas import known_versions

__all__ = ["check_manifests", "known_versions"]

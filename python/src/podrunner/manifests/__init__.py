"""Rendered objects against what Kubernetes takes."""

from podrunner.manifests.check import check_manifests
from podrunner.manifests.crds import Crds, load_crds
from podrunner.manifests.release import check_release
from podrunner.manifests.schemas import known_versions

__all__ = ["Crds", "check_manifests", "check_release", "known_versions", "load_crds"]

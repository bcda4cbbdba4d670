"""Rendered objects against what Kubernetes takes."""

from podrunner.manifests.chart_crds import known_crds
from podrunner.manifests.check import check_manifests
from podrunner.manifests.crds import Crds, load_crds
from podrunner.manifests.lists import take_lists_apart
from podrunner.manifests.release import check_pod_security, check_release
from podrunner.manifests.schemas import known_versions

__all__ = [
    "Crds",
    "check_manifests",
    "check_pod_security",
    "check_release",
    "known_crds",
    "known_versions",
    "load_crds",
    "take_lists_apart",
]

"""Kubernetes' schemas as kubeconform reads them: a folder for each version, a file for each kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.check.case_set import VERSIONS
from podrunner.manifests.schemas.kinds import find_schema, known_versions

if TYPE_CHECKING:
    from pathlib import Path

# What the chart makes of Kubernetes' own kinds, with headroom: a kind that is missing is not checked by kubeconform.
KINDS = (
    ("v1", "ConfigMap"),
    ("v1", "Secret"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("v1", "Pod"),
    ("v1", "Namespace"),
    ("v1", "ResourceQuota"),
    ("v1", "LimitRange"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("policy/v1", "PodDisruptionBudget"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding"),
)


def write_schemas(folder: Path) -> str:
    """Writes the schemas where kubeconform looks for them; gives its -schema-location.

    They are those that podrunner checks with, each with no more of Kubernetes' definitions than it refers to.
    """
    for version in known_versions():
        dotted = f"{version[0]}.{version[1]}"
        for api_version, kind in KINDS if dotted in VERSIONS else ():
            found = find_schema(api_version, kind, version)
            if found:
                group, _, number = api_version.rpartition("/")
                suffix = f"-{group.partition('.')[0]}-{number}" if group else f"-{number}"
                file = folder / f"v{dotted}.0" / f"{kind.lower()}{suffix}.json"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(found.schema), encoding="utf-8")
    return f"{folder}/{{{{.NormalizedKubernetesVersion}}}}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json"

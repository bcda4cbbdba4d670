"""What the API server takes from a version of Kubernetes on, and not before."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

# First versions that have the gates RelaxedEnvironmentVariableValidation and PodHostIPs on by default.
_ANY_NAME, _ALL_ADDRESSES = (1, 32), (1, 29)
_NAME = re.compile(r"(?!\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*(?<!\A\.)\Z")


def too_new_faults(spec: Mapping[str, Any], kube_version: str) -> Faults:
    """What of a pod's spec is refused in this version, and taken in a later one."""
    version = minor_version(kube_version)
    if version >= max(_ANY_NAME, _ALL_ADDRESSES):
        return
    for kind in ("initContainers", "containers"):
        for index, container in enumerate(maps(spec.get(kind))):
            for place, variable in enumerate(maps(container.get("env"))):
                at, name = f"{kind}[{index}].env[{place}]", str(variable.get("name") or "")
                if version < _ANY_NAME and name and not _NAME.match(name):
                    what = "must be letters, digits, dashes, dots and underscores, the first no digit"
                    yield FieldFault(f"{at}.name", f"{what}, before Kubernetes 1.32", name)
                field = table(table(variable.get("valueFrom")).get("fieldRef")).get("fieldPath")
                if version < _ALL_ADDRESSES and field == "status.hostIPs":
                    yield FieldFault(f"{at}.valueFrom.fieldRef.fieldPath", "needs Kubernetes 1.29", field)

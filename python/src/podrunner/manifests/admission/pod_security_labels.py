"""Labels of a namespace that the API server reads itself: which pods it takes there.

Source: k8s.io/pod-security-admission/api/helpers.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import table
from podrunner.manifests.security.pod_security import ENFORCE, LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults

_PREFIX = ENFORCE.removesuffix("enforce")
_MODES = ("enforce", "audit", "warn")
_VERSION = re.compile(r"latest\Z|v1\.(0|[1-9][0-9]*)\Z")


def namespace_faults(data: Mapping[str, Any]) -> Faults:
    """Levels and versions of Pod Security that there are not. Null is the empty text in labels."""
    labels = table(table(data.get("metadata")).get("labels"))
    for mode in _MODES:
        level, version = f"{_PREFIX}{mode}", f"{_PREFIX}{mode}-version"
        if level in labels and labels[level] not in LEVELS:
            yield FieldFault(
                f"metadata.labels[{level}]", f"must be {', '.join(reversed(LEVELS[1:]))} or {LEVELS[0]}", labels[level]
            )
        if version in labels and not _VERSION.match(str(labels[version])):
            yield FieldFault(
                f"metadata.labels[{version}]", "must be latest, or a version such as v1.34", labels[version]
            )

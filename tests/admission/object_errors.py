"""What podrunner says of one object, as `podrunner check --chart` judges it when it is all that a chart renders."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from podrunner.check.fields import check_fields, check_new_fields
from podrunner.check.whole_pods import check_whole_pods
from podrunner.findings.finding import errors
from podrunner.findings.rules.manifests import HOOK, REFERENCE_KEY, REFERENCE_PORT
from podrunner.manifests.checks.check import check_manifests
from podrunner.manifests.checks.release import check_release
from podrunner.manifests.rendering import Document, Rendering

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.findings.finding import Finding

# Of what other objects have, or of what Helm does: nothing that an API server is asked.
_OF_OTHERS = (HOOK, REFERENCE_KEY, REFERENCE_PORT)


def object_errors(item: Mapping[str, Any], kube_version: str) -> list[Finding]:
    """Every error that podrunner says of an object; none where it would let it through."""
    text = json.dumps(item)
    # Not the caller's: what is read must not be the same map that somebody else changes.
    document = Document("templates/it.yaml", text, json.loads(text))
    rendering = Rendering("", "release", "default", (document,), "", text)
    found = [
        *check_manifests(rendering, kube_version),
        *check_release(rendering, {}),
        *check_fields(rendering, ()),
        *check_new_fields(rendering, (), kube_version),
        *check_whole_pods(rendering, (), kube_version),
    ]
    return [one for one in errors(found) if one.rule not in _OF_OTHERS]

"""What webhooks and admission policies are asked about, as the API server takes it.

Source: validateResources of k8s.io/kubernetes/pkg/apis/admissionregistration/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podrunner.manifests.admission.fault import Faults


def webhook_faults(data: Mapping[str, Any]) -> Faults:
    """Rules of a webhook with resources beside all of them."""
    for index, webhook in enumerate(maps(data.get("webhooks"))):
        yield from _rules(f"webhooks[{index}].rules", webhook.get("rules"))


def policy_faults(data: Mapping[str, Any]) -> Faults:
    """The same of an admission policy."""
    matched = table(table(data.get("spec")).get("matchConstraints"))
    for kind in ("resourceRules", "excludeResourceRules"):
        yield from _rules(f"spec.matchConstraints.{kind}", matched.get(kind))


def _rules(at: str, rules: Any) -> Faults:
    for index, rule in enumerate(maps(rules)):
        whole = [name for name in texts(rule.get("resources")) if "/" not in name]
        # The API server looks at the last one alone.
        if "*" in whole and whole[-1] != "*":
            reason = "cannot have a resource beside *, which is all. Subresources such as pods/status may be there"
            yield FieldFault(f"{at}[{index}].resources", reason, whole[-1])

"""Items of lists that are told apart by some of their fields: two of the same are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

# Kind → list → what tells its items apart. `port=80` is the default where nothing is said.
_BY_KIND: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Service": (
        ("spec.ports", ("name",)),
        ("spec.ports", ("port", "protocol=TCP")),
        ("spec.ports", ("nodePort", "protocol=TCP")),
    ),
    "EndpointSlice": (("ports", ("name=",)), ("endpoints.hints.forZones", ("name",))),
    "LimitRange": (("spec.limits", ("type",)),),
    "ValidatingWebhookConfiguration": (("webhooks", ("name",)), ("webhooks.matchConditions", ("name",))),
    "MutatingWebhookConfiguration": (("webhooks", ("name",)), ("webhooks.matchConditions", ("name",))),
    "ValidatingAdmissionPolicy": (
        ("spec.matchConditions", ("name",)),
        ("spec.auditAnnotations", ("key",)),
    ),
    "StorageClass": (("allowedTopologies.matchLabelExpressions", ("key",)),),
    "CSIDriver": (("spec.tokenRequests", ("audience=",)),),
    "CSINode": (("spec.drivers", ("name",)),),
    "CustomResourceDefinition": (("spec.versions", ("name",)),),
}


def unique_faults(data: Mapping[str, Any]) -> Faults:
    """A fault for each item of a list that is there a second time, by its path in the object."""
    for path, keys in _BY_KIND.get(str(data.get("kind")), ()):
        for at, items in _lists(data, path.split("."), ""):
            yield from _second(at, items, keys)


def _lists(part: Any, way: list[str], at: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(path, items) of every list at the end of a way."""
    below, here = table(part).get(way[0]), f"{at}.{way[0]}" if at else way[0]
    if len(way) == 1:
        yield here, maps(below)
    elif isinstance(below, list):
        for index, one in enumerate(maps(below)):
            yield from _lists(one, way[1:], f"{here}[{index}]")
    else:
        yield from _lists(below, way[1:], here)


def _second(at: str, items: list[dict[str, Any]], keys: tuple[str, ...]) -> Faults:
    known: dict[tuple[Any, ...], int] = {}
    names = [key.partition("=")[::2] for key in keys]
    defaults = any("=" in key for key in keys)
    for index, item in enumerate(items):
        found = tuple(item.get(name) or default for name, default in names)
        # What is not said tells nothing apart, unless that has a meaning of its own.
        if found[0] in (None, "") and not (defaults and keys[0].endswith("=")):
            continue
        if not all(isinstance(value, (str, int)) for value in found):
            continue
        if found in known:
            shown = " and ".join(name for name, _ in names)
            yield FieldFault(f"{at}[{index}].{names[0][0]}", f"has the same {shown} as item {known[found]}", found[0])
        known.setdefault(found, index)

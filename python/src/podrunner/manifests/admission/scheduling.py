"""Where a pod may run: node selector, tolerations, affinity, spread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault, among, between, hold, need
from podrunner.manifests.admission.forms import dns_label, label_key, label_value
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.manifests.admission.fault import Faults

_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_WITH_VALUES, _WITHOUT, _ONE = ("In", "NotIn"), ("Exists", "DoesNotExist"), ("Gt", "Lt")
_TERMS = {
    "nodeAffinity": ("nodeSelectorTerms", "preference"),
    "podAffinity": ("", "podAffinityTerm"),
    "podAntiAffinity": ("", "podAffinityTerm"),
}
_REQUIRED, _PREFERRED = (
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
)


def scheduling_faults(spec: Mapping[str, Any]) -> Faults:
    """What is wrong with where a pod wants to run."""
    for index, one in enumerate(maps(spec.get("tolerations"))):
        yield from _toleration(f"tolerations[{index}]", one)
    affinity = table(spec.get("affinity"))
    for kind, (several, preferred) in _TERMS.items():
        yield from _affinity(f"affinity.{kind}", table(affinity.get(kind)), several, preferred)
    yield from _spread(spec)


def label_faults(at: str, labels: Mapping[str, Any]) -> Faults:
    """What is wrong with labels."""
    for key, value in labels.items():
        if reason := label_key(str(key)):
            yield FieldFault(at, f"a key {reason}", key)
        yield from hold(f"{at}.{key}", value, label_value)


def _toleration(at: str, one: Mapping[str, Any]) -> Faults:
    key, operator, value = one.get("key"), one.get("operator") or "Equal", one.get("value")
    yield from hold(f"{at}.key", key or None, label_key)
    # Lt and Gt are of Kubernetes 1.35, and off by default.
    yield from among(f"{at}.operator", operator, ("Equal", "Exists"))
    if one.get("effect") and one["effect"] not in _EFFECTS:
        reason = "must be NoSchedule, PreferNoSchedule or NoExecute, or empty for all of them"
        yield FieldFault(f"{at}.effect", reason, one["effect"])
    if not key and operator != "Exists":
        yield FieldFault(f"{at}.operator", "must be Exists where there is no key", operator)
    if operator == "Exists" and value:
        yield FieldFault(f"{at}.value", "must be empty for the operator Exists", value)
    elif operator == "Equal":
        yield from hold(f"{at}.value", value, label_value)
    if one.get("tolerationSeconds") is not None and one.get("effect") != "NoExecute":
        yield FieldFault(f"{at}.effect", "must be NoExecute with tolerationSeconds", one.get("effect"))


def _affinity(at: str, own: Mapping[str, Any], several: str, preferred: str) -> Faults:
    required = own.get(_REQUIRED)
    terms = table(required).get(several) if several else required
    if several and required is not None and not terms:
        yield FieldFault(f"{at}.{_REQUIRED}.{several}", "missing: at least one term")
    for index, term in enumerate(maps(terms)):
        below = f"{several}[{index}]" if several else ""
        where = f"{at}.{_REQUIRED}.{below}" if below else f"{at}.{_REQUIRED}[{index}]"
        yield from _term(where, term, is_of_pods=not several)
    for index, one in enumerate(maps(own.get(_PREFERRED))):
        where = f"{at}.{_PREFERRED}[{index}]"
        yield from between(f"{where}.weight", one.get("weight", 0), 1, 100)
        yield from _term(f"{where}.{preferred}", table(one.get(preferred)), is_of_pods=not several)


def _term(at: str, term: Mapping[str, Any], *, is_of_pods: bool) -> Faults:
    if is_of_pods:
        yield from need(f"{at}.topologyKey", term.get("topologyKey"), label_key)
        yield from selector_faults(f"{at}.labelSelector", table(term.get("labelSelector")))
        for index, name in enumerate(texts(term.get("namespaces"))):
            yield from hold(f"{at}.namespaces[{index}]", name, dns_label)
        return
    for index, one in enumerate(maps(term.get("matchExpressions"))):
        yield from _expression(f"{at}.matchExpressions[{index}]", one, (*_WITH_VALUES, *_WITHOUT, *_ONE))
    for index, one in enumerate(maps(term.get("matchFields"))):
        # A node has no other field to choose by.
        yield from among(f"{at}.matchFields[{index}].key", one.get("key"), ("metadata.name",))


def selector_faults(at: str, selector: Mapping[str, Any]) -> Faults:
    """What is wrong with a selector of labels."""
    yield from label_faults(f"{at}.matchLabels", table(selector.get("matchLabels")))
    for index, one in enumerate(maps(selector.get("matchExpressions"))):
        yield from _expression(f"{at}.matchExpressions[{index}]", one, (*_WITH_VALUES, *_WITHOUT))


def _expression(at: str, one: Mapping[str, Any], operators: tuple[str, ...]) -> Faults:
    operator, values = one.get("operator"), texts(one.get("values"))
    yield from need(f"{at}.key", one.get("key"), label_key)
    if not operator:
        yield FieldFault(f"{at}.operator", "missing")
    yield from among(f"{at}.operator", operator, operators)
    # What is null is an empty value.
    if operator in _WITH_VALUES and not one.get("values"):
        yield FieldFault(f"{at}.values", f"missing: {operator} needs one")
    if operator in _WITHOUT and values:
        yield FieldFault(f"{at}.values", f"must be empty for {operator}")
    if operator in _ONE and len(values) != 1:
        yield FieldFault(f"{at}.values", f"must be one for {operator}")
    for index, value in enumerate(values if operator in _WITH_VALUES else ()):
        yield from hold(f"{at}.values[{index}]", value, label_value)


def _spread(spec: Mapping[str, Any]) -> Faults:
    known: list[tuple[Any, Any]] = []
    for index, one in enumerate(maps(spec.get("topologySpreadConstraints"))):
        at, pair = f"topologySpreadConstraints[{index}]", (one.get("topologyKey"), one.get("whenUnsatisfiable"))
        yield from between(f"{at}.maxSkew", one.get("maxSkew", 0), 1)
        yield from need(f"{at}.topologyKey", pair[0], label_key)
        yield from among(f"{at}.whenUnsatisfiable", pair[1], ("DoNotSchedule", "ScheduleAnyway"))
        yield from selector_faults(f"{at}.labelSelector", table(one.get("labelSelector")))
        if one.get("minDomains") is not None and pair[1] != "DoNotSchedule":
            yield FieldFault(f"{at}.minDomains", "needs whenUnsatisfiable: DoNotSchedule", one["minDomains"])
        if pair in known:
            yield FieldFault(at, "repeats topologyKey and whenUnsatisfiable of another one")
        known.append(pair)


def pod_terms(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(path, term) of each wish to be near to other pods, or far from them."""
    for kind in ("podAffinity", "podAntiAffinity"):
        own, at = table(table(spec.get("affinity")).get(kind)), f"affinity.{kind}"
        for index, term in enumerate(maps(own.get(_REQUIRED))):
            yield f"{at}.{_REQUIRED}[{index}]", term
        for index, one in enumerate(maps(own.get(_PREFERRED))):
            yield f"{at}.{_PREFERRED}[{index}].podAffinityTerm", table(one.get("podAffinityTerm"))

"""Forms of single fields as JSON schema: names, ports, amounts, by the patterns of `manifests.admission.forms`.

What is empty is as good as not there, so each form takes it; a constraint that asks for more says so.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from podrunner.manifests.admission import forms

_DNS, _LABEL = forms.DNS.pattern.removesuffix(r"\Z"), forms.DNS_LABEL.pattern.removesuffix(r"\Z")
# Its length stands in the pattern, as it may be a part of a text. Digits are [0-9]: \d is those of all scripts.
_NAME_PART = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DNS_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_PORT_NAME = "(?=.*[a-z])[a-z0-9]([a-z0-9]|-(?!-))*(?<!-)"
# The feature gate RelaxedServiceNameValidation is on from here.
_RELAXED = (1, 36)


@cache
def form(name: str, version: tuple[int, int]) -> dict[str, Any]:
    """The schema of a form. Raises KeyError for a name that there is not."""
    if name == "service" and version >= _RELAXED:
        return _FORMS["label"]
    return _FORMS[name]


def _text(pattern: str, reason: str, longest: int | None = None) -> dict[str, Any]:
    limit = {} if longest is None else {"maxLength": longest}
    return {"pattern": f"^(?:{pattern})?$", "x-reason": reason, **limit}


def _number(least: int, reason: str, most: int | None = None) -> dict[str, Any]:
    return {"minimum": least, "x-reason": reason, **({} if most is None else {"maximum": most})}


_NOTHING = (
    {"type": "string", "pattern": r"^\s*-|^\s*(?=\.?0)0*\.?0*[a-zA-Z]*\s*$"},
    {"type": "number", "maximum": 0},
)


def _not(*these: dict[str, Any]) -> dict[str, Any]:
    return {"not": {"anyOf": [*these]}, "x-reason": "must be more than zero"}


def _alone(item: str) -> dict[str, Any]:
    return {
        "anyOf": [{"not": {"contains": {"enum": [item]}}}, {"maxItems": 1}],
        "x-reason": f"must have nothing beside {item}, which is all",
    }


_FORMS: dict[str, dict[str, Any]] = {
    "name": _text(_DNS, forms.dns_name("-"), forms.DNS_LIMIT),
    "label": _text(_LABEL, forms.dns_label("-"), forms.LABEL_LIMIT),
    "service": _text(_DNS_1035, "must be at most 63 lower-case letters, digits and dashes, the first a letter", 63),
    "label-key": _text(rf"({_DNS}/)?{_NAME_PART}", forms.label_key("-")),
    "label-value": _text(_NAME_PART, forms.label_value("-")),
    "domain-path": _text(rf"{_DNS}/.+", "must be a domain, a slash and a name"),
    "api-version": _text(rf"({_DNS}/)?{_DNS_1035}", "must be a version, with its group and a slash before it"),
    "url-path": _text(
        rf"/|(/{_DNS})+/?",
        "must begin with a slash, and have names of lower-case letters, digits, dashes and dots between slashes",
    ),
    "signer": _text(rf"{_DNS}/{_DNS}", "must be a domain, a slash and a name such as example.com/internal", 571),
    "dotted-name": _text(rf"{_LABEL}(\.{_LABEL})+", "must be a domain such as example.com", forms.DNS_LIMIT),
    "webhook-name": _text(
        rf"{_LABEL}(\.{_LABEL}){{2,}}", "must be a domain of three parts such as pods.example.com", forms.DNS_LIMIT
    ),
    "driver": _text(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", "must be the name of a driver", 63),
    "driver-name": _text(rf"({_DNS}/)?{_NAME_PART}", "must be the name of a driver"),
    "host-or-wildcard": _text(
        rf"(\*\.)?{_DNS}", "must be a host such as example.com or *.example.com", forms.DNS_LIMIT
    ),
    "host-of-rule": _text(
        rf"(?!{_OCTET}(\.{_OCTET}){{3}}$)(\*\.)?{_DNS}",
        "must be a host such as example.com or *.example.com, not an IP address",
        forms.DNS_LIMIT,
    ),
    "label-or-all": _text(rf"\*|{_LABEL}", "must be the name of a namespace, or *", 63),
    "name-or-all": _text(rf"\*|{_DNS}", "must be the name of an account, or *", forms.DNS_LIMIT),
    "mode": _number(0, "must be a mode from 0 to 0777, which is 511", 0o777),
    "key": _text(r"(?!\.\.?$)(?!\.\.)[-._a-zA-Z0-9]+", "must be letters, digits, dashes, dots and underscores", 253),
    "path": _text(r"(?!\.\.?$)[^/%]+", "must not contain a slash or a percent sign"),
    "iqn": _text(
        r"iqn\.[0-9]{4}-[0-9]{2}\.([a-z0-9.-]+)(:[^,;*&$|\s]+)?|eui\.[0-9a-fA-F]{16}|naa\.[0-9a-fA-F]{32}",
        "must be the name of a target",
    ),
    "address": _text(rf"{_OCTET}(\.{_OCTET}){{3}}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", "must be an IP address"),
    "port-name": _text(_PORT_NAME, "must be at most 15 lower-case letters, digits and dashes, with a letter", 15),
    "port": _number(1, "must be a port from 1 to 65535", forms.LAST_PORT),
    "not-negative": _number(0, "must not be negative"),
    "positive": _number(1, "must be 1 or more"),
    "above-zero": _not(*_NOTHING, {"enum": ["", None]}),
    "above-zero-or-none": _not(*_NOTHING),
    "share-of-all": {
        "minimum": 0,
        "pattern": r"^0*(100|[0-9]{1,2})%$",
        "x-reason": 'must be a number that is not negative, or a share such as "25%", at most "100%"',
    },
    "access-modes": {
        "anyOf": [
            {"not": {"contains": {"enum": ["ReadWriteOncePod"]}}},
            {"not": {"contains": {"not": {"enum": ["ReadWriteOncePod"]}}}},
        ],
        "x-reason": "cannot have other modes beside ReadWriteOncePod",
    },
    "all-alone": _alone("*"),
    "everything-alone": _alone("*/*"),
    "share": {
        "minimum": 0,
        "pattern": r"^[0-9]{1,9}%$",
        "x-reason": 'must be a number that is not negative, or a share such as "25%"',
    },
    "selector": {
        "anyOf": [
            {"required": ["matchLabels"], "properties": {"matchLabels": {"type": "object", "minProperties": 1}}},
            {"required": ["matchExpressions"], "properties": {"matchExpressions": {"type": "array", "minItems": 1}}},
        ],
        "x-reason": "must not be empty: it selects the pods of this object",
    },
}
_FORMS["port-or-name"] = {
    **_FORMS["port-name"],
    # 0 is as good as not there.
    "minimum": 0,
    "maximum": forms.LAST_PORT,
    "x-reason": "must be a port from 1 to 65535, or the name of one: at most 15 lower-case letters, digits and dashes, with a letter",
}

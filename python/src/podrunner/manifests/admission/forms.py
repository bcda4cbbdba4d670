"""Texts that the API server or the kubelet takes in one form alone: names, labels, images, addresses, amounts.

Each function gives the rest of a sentence, why a text is refused; empty when it is taken. The rules are those of
k8s.io/apimachinery/pkg/util/validation and k8s.io/kubernetes/pkg/apis/core/validation, 1.25 to 1.37.
"""

from __future__ import annotations

import ipaddress
import re

from podrunner.manifests.quantity import quantity

_PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DNS = re.compile(rf"{_PART}(\.{_PART})*\Z")
DNS_LABEL = re.compile(rf"{_PART}\Z")
LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\Z")
LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\Z")
LABEL_LIMIT, DNS_LIMIT, PROFILE_LIMIT = 63, 253, 4095
PROTOCOLS, LAST_PORT, LAST_MODE = ("TCP", "UDP", "SCTP"), 65535, 0o777
_LOCAL_MULTICAST = tuple(map(ipaddress.ip_network, ("224.0.0.0/24", "ff02::/16")))
_MEBIBYTE = 1 << 20
_PARTS = {"m": "thousandth", "u": "millionth", "n": "billionth"}
_NO_AMOUNT = 'must be an amount such as "500m", "2" or "4Gi"'
# github.com/distribution/reference, which the kubelet reads images with. Of a registry, capitals are taken.
_HOST = r"(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.[a-zA-Z0-9-]+)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?"
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(
    rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(?:@[a-z0-9]+:[0-9a-fA-F]+)?\Z"
)
# What Go and Helm print for a value that is not there, and what a shell or a template would have replaced.
_LEFTOVER = re.compile(r"%!\w*\(|<nil>|<no value>|\{\{|\}\}|\$\{[^}]*\}|\$\([^)]*\)")
_WITHOUT_VERSION = re.compile(r":(?:[a-z0-9._]+-)+v(?:@|\Z)")


def leftover(text: str) -> str:
    """What of a text a template left over, such as `{{ .Values.tag }}`, `%!s(<nil>)`, `${name}` or a tag `alpine-v`."""
    found = _LEFTOVER.search(text) or _WITHOUT_VERSION.search(text)
    return found[0].strip(":") if found else ""


def dns_label(text: str) -> str:
    """The name of a namespace, a container or a volume."""
    if len(text) <= LABEL_LIMIT and DNS_LABEL.match(text):
        return ""
    return f"must be at most {LABEL_LIMIT} lower-case letters, digits and dashes, the first and last no dash"


def dns_name(text: str) -> str:
    """The name of most objects, or of a host."""
    if len(text) <= DNS_LIMIT and DNS.match(text):
        return ""
    return "must be lower-case letters, digits, dashes and dots, the first and last a letter or digit"


def label_key(text: str) -> str:
    """The key of a label, an annotation or a taint."""
    prefix, slash, name = text.rpartition("/")
    if len(name) <= LABEL_LIMIT and LABEL_NAME.match(name) and (not slash or not dns_name(prefix)):
        return ""
    escaped = " (a backslash is for --set alone)" if "\\" in text else ""
    return f"must be at most {LABEL_LIMIT} letters, digits, dashes, dots and underscores, which a domain and a slash may precede{escaped}"


def label_value(text: str) -> str:
    """The value of a label or a taint."""
    if len(text) <= LABEL_LIMIT and LABEL_VALUE.match(text):
        return ""
    return f"must be at most {LABEL_LIMIT} letters, digits, dashes, dots and underscores, the first and last a letter or digit"


def image(text: str) -> str:
    """An image reference. The API server refuses blanks around it, the kubelet all else that is none."""
    if _IMAGE.match(text) and not _WITHOUT_VERSION.search(text):
        return ""
    return (
        "must be an image such as registry.example.com/team/image:1.0, in lower case up to the tag and without blanks"
    )


def address(text: str) -> str:
    """An IP address."""
    try:
        # Go takes no zone, as in fe80::1%eth0.
        ipaddress.ip_address(text.replace("%", "?"))
    except ValueError:
        return "must be an IP address such as 192.0.2.10"
    return ""


def unicast(text: str) -> str:
    """An IP address that traffic from outside of a node may go to; nothing of what is none, which another rule says."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    kinds = (
        (found.is_unspecified, "no address at all"),
        (found.is_loopback, "that of the node itself, the loopback"),
        (found.is_link_local, "link-local"),
        (any(found in one for one in _LOCAL_MULTICAST if one.version == found.version), "link-local multicast"),
    )
    return next((f"must be an address of a host or a pod: this one is {what}" for is_it, what in kinds if is_it), "")


def relative_path(text: str) -> str:
    """A path below a volume or a folder of the kubelet."""
    fine = bool(text) and not text.startswith("/") and ".." not in text.split("/")
    return "" if fine else "must be a relative path without `..`"


def loaded_profile(text: str) -> str:
    """The name of an AppArmor profile of the node."""
    if not text.strip():
        return "must be the name of a profile"
    if text != text.strip():
        return "must not begin or end with a blank"
    is_long = len(text.encode()) > PROFILE_LIMIT
    return f"must not have more than {PROFILE_LIMIT} bytes" if is_long else ""


def file_path(text: str) -> str:
    """Where a volume has a file. The kubelet keeps its own below names with two dots."""
    return "must not begin with `..`" if re.match(r"\.\.[^/]", text) else relative_path(text)


def absolute_path(text: str) -> str:
    """Where something is mounted. The kubelet takes others as below /, which nobody means."""
    is_windows = re.match(r"[A-Za-z]:[\\/]", text)
    return (
        "" if is_windows or (text.startswith("/") and ":" not in text) else "must be an absolute path without a colon"
    )


def any_amount(text: object) -> str:
    """A quantity, which may be less than nothing."""
    return "" if quantity(text) is not None else _NO_AMOUNT


def amount(text: object) -> str:
    """A quantity that is not negative."""
    found = quantity(text)
    if found is None:
        return _NO_AMOUNT
    return "must not be negative" if found < 0 else ""


def size(text: object) -> str:
    """An amount of bytes: a number without a unit is meant as one with, as nothing has room in less than a mebibyte."""
    unit = str(text)[-1:]
    number = str(text).removesuffix(unit) if unit in _PARTS else str(text)
    if not number.isdigit() or not 0 < int(number) < _MEBIBYTE:
        return amount(text)
    part = f" ({unit} is a {_PARTS[unit]} of a byte)" if unit in _PARTS else ""
    return f"must have a unit{' of bytes' if part else ''}, such as {number}Mi{part}"

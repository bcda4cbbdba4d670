"""Containers of a pod: names, images, variables, ports, resources, security."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.downward import variable_faults
from podrunner.manifests.admission.fault import FieldFault, among, between, hold, need
from podrunner.manifests.admission.forms import (
    LAST_PORT,
    PROTOCOLS,
    amount,
    dns_label,
    dns_name,
    image,
    loaded_profile,
    relative_path,
    size,
)
from podrunner.manifests.admission.probes import probe_faults
from podrunner.manifests.admission.volumes import device_faults, mount_faults, names_of_containers
from podrunner.manifests.objects import maps, table, texts
from podrunner.manifests.quantity import quantity, resource_amount

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from podrunner.manifests.admission.fault import Faults

_KINDS = ("initContainers", "containers")
_PORT_NAME = re.compile(r"(?=.*[a-z])[a-z0-9]([a-z0-9]|-(?!-))*\Z")
_PORT_NAME_LIMIT = 15
_KEY = re.compile(r"[-._a-zA-Z0-9]+\Z")
_RESOURCE = re.compile(r"cpu\Z|memory\Z|ephemeral-storage\Z|hugepages-.+\Z|.+/.+\Z")
_PAGES = "hugepages-"
_BYTE_RESOURCES = ("memory", "ephemeral-storage")
_POLICIES = ("Always", "IfNotPresent", "Never")


def container_faults(spec: Mapping[str, Any]) -> Faults:
    """What is wrong with the containers of a pod, those of its start included."""
    names = names_of_containers(spec)
    for kind in _KINDS:
        for index, container in enumerate(maps(spec.get(kind))):
            at = f"{kind}[{index}]"
            yield from need(f"{at}.name", container.get("name"), dns_label)
            yield from need(f"{at}.image", container.get("image"), image, in_schema=False)
            yield from among(f"{at}.imagePullPolicy", container.get("imagePullPolicy"), _POLICIES)
            yield from _variables(at, container, names)
            yield from _ports(at, container)
            yield from resource_faults(f"{at}.resources", table(container.get("resources")))
            yield from _security(f"{at}.securityContext", table(container.get("securityContext")))
            yield from mount_faults(at, container)
            yield from device_faults(at, container, spec)
            yield from probe_faults(at, container, spec, is_init=kind == "initContainers")


def _variables(at: str, container: Mapping[str, Any], names: list[Any]) -> Faults:
    for index, variable in enumerate(maps(container.get("env"))):
        where, source = f"{at}.env[{index}]", table(variable.get("valueFrom"))
        yield from need(f"{where}.name", variable.get("name"), _variable)
        if variable.get("valueFrom") is not None and (variable.get("value") or len(source) != 1):
            yield FieldFault(f"{where}.valueFrom", "must have exactly one source, and no value beside it")
        yield from variable_faults(f"{where}.valueFrom", source, names)
        for kind in ("secretKeyRef", "configMapKeyRef"):
            if kind in source:
                reference = table(source[kind])
                yield from need(f"{where}.valueFrom.{kind}.name", reference.get("name"), dns_name, in_schema=False)
                yield from need(f"{where}.valueFrom.{kind}.key", reference.get("key"), _key)
    for index, group in enumerate(maps(container.get("envFrom"))):
        sources = [table(group[kind]) for kind in ("secretRef", "configMapRef") if kind in group]
        if len(sources) != 1:
            yield FieldFault(f"{at}.envFrom[{index}]", "must have exactly one of secretRef and configMapRef")
        for source in sources:
            yield from need(f"{at}.envFrom[{index}].name", source.get("name"), dns_name, in_schema=False)


def _variable(text: str) -> str:
    # Before 1.32 less is taken.
    return "" if re.match(r"[ -<>-~]+\Z", text) else "must be a name such as MY_VARIABLE, without `=`"


def _key(text: str) -> str:
    return "" if _KEY.match(text) else "must be a key of letters, digits, dashes, dots and underscores"


def _ports(at: str, container: Mapping[str, Any]) -> Faults:
    names: list[Any] = []
    for index, port in enumerate(maps(container.get("ports"))):
        where, name = f"{at}.ports[{index}]", port.get("name")
        if port.get("containerPort") is None:
            yield FieldFault(f"{where}.containerPort", "missing")
        yield from between(f"{where}.containerPort", port.get("containerPort"), 1, LAST_PORT)
        yield from hold(f"{where}.name", name or None, _port_name)
        yield from among(f"{where}.protocol", port.get("protocol"), PROTOCOLS)
        if name and name in names:
            yield FieldFault(f"{where}.name", "is the name of two ports", name)
        names.append(name)


def _port_name(text: str) -> str:
    fine = len(text) <= _PORT_NAME_LIMIT and _PORT_NAME.match(text) and not text.endswith("-")
    return "" if fine else f"must be at most {_PORT_NAME_LIMIT} lower-case letters, digits and dashes, with a letter"


def resource_faults(at: str, resources: Mapping[str, Any]) -> Faults:
    """What is wrong with requests and limits."""
    requests, limits = table(resources.get("requests")), table(resources.get("limits"))
    for part, amounts in (("requests", requests), ("limits", limits)):
        for name, value in ((str(key), amount_of) for key, amount_of in amounts.items() if amount_of is not None):
            where = f"{at}.{part}.{name}"
            if not _RESOURCE.match(name):
                yield FieldFault(
                    where, "is not a resource of a container: cpu, memory, ephemeral-storage, or one with a domain"
                )
            elif reason := amount(value):
                yield FieldFault(where, reason, value)
            else:
                yield from _size(where, name, value)
    for name, value in requests.items():
        asked, most = resource_amount(value), resource_amount(limits.get(name))
        if asked is None or most is None:
            continue
        # Of a limit without a unit it is said already.
        if asked > most and not any(_size(at, name, limits[name])):
            too_low = FieldFault(f"{at}.limits.{name}", f"must not be less than the request, {value}", limits[name])
            too_high = f"must not be more than the limit, {limits[name]}"
            yield FieldFault(f"{at}.requests.{name}", too_high, value, other=too_low)
        elif "/" in name and asked != most:
            yield FieldFault(f"{at}.requests.{name}", f"must be the limit, {limits[name]}", value)
    named = {*map(str, requests), *map(str, limits)}
    if any(name.startswith(_PAGES) for name in named) and not named & {"cpu", "memory"}:
        yield FieldFault(at, "must have cpu or memory, too: there are hugepages")
    for name in requests:
        if "/" in name and name not in limits:
            yield FieldFault(f"{at}.limits.{name}", "missing: what has a domain cannot be requested without a limit")


def _size(where: str, name: str, value: Any) -> Faults:
    found = resource_amount(value)
    if name in _BYTE_RESOURCES and (reason := size(value)):
        yield FieldFault(where, reason, value)
    if "/" in name and found is not None and found != int(found):
        yield FieldFault(where, "must be a whole number", value)
    page = quantity(name.removeprefix(_PAGES)) if name.startswith(_PAGES) else None
    if page and found is not None and found % page:
        yield FieldFault(where, f"must be a multiple of a page, {name.removeprefix(_PAGES)}", value)


def _security(at: str, context: Mapping[str, Any]) -> Faults:
    yield from between(f"{at}.runAsUser", context.get("runAsUser"), 0)
    yield from between(f"{at}.runAsGroup", context.get("runAsGroup"), 0)
    yield from _profile(f"{at}.seccompProfile", table(context.get("seccompProfile")), relative_path)
    yield from _profile(f"{at}.appArmorProfile", table(context.get("appArmorProfile")), loaded_profile)
    if context.get("allowPrivilegeEscalation") is False:
        added = texts(table(context.get("capabilities")).get("add"))
        # Container runtimes take it without CAP_, which the API server does not look for.
        literal = "CAP_SYS_ADMIN" if "CAP_SYS_ADMIN" in added else ""
        why = "privileged" if context.get("privileged") is True else literal
        if why:
            yield FieldFault(f"{at}.allowPrivilegeEscalation", f"cannot be false with {why}")


def _profile(at: str, profile: Mapping[str, Any], form: Callable[[str], str]) -> Faults:
    kind, localhost = profile.get("type"), profile.get("localhostProfile")
    if kind == "Localhost":
        yield from need(f"{at}.localhostProfile", localhost, form, in_schema=False)
    elif localhost:
        yield FieldFault(f"{at}.localhostProfile", "needs the type Localhost", localhost)

"""Service containers of a job: their names, and the names by which others reach them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.forms import dns_label, dns_name
from podrunner.manifests.objects import maps, texts
from podrunner.runner.job_pod.image_pattern import unread_end
from podrunner.runner.job_pod.request import JobImage
from podrunner.runner.job_pod.variables import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.runner.job_pod.setup import JobSetup

# As github.com/distribution/reference reads the name of an image.
_HOST = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_PATH = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_HOST}(?:\.{_HOST})*(?::[0-9]+)?/)?{_PATH}(?:/{_PATH})*)(?::[\w][\w.-]{{0,127}})?"
    r"(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)
_PORT = re.compile(r"^(.*?)(|:[0-9]+)(|/.*)$")


def named_services(setup: JobSetup) -> dict[str, JobImage]:
    """Name of the container → service: those of config.toml, then the job's; in the order of the pod."""
    found: dict[str, JobImage] = {}
    used: set[str] = set()
    index = 0
    for service in (*_configured(setup), *_of_the_job(setup)):
        name = _alias(service, used)
        if not name:
            name = f"svc-{index}"
            index += 1
        found[name] = service
    return {name: found[name] for name in sorted(found)}


def service_hosts(setup: JobSetup, services: dict[str, JobImage]) -> list[str]:
    """Names of all services, for hostAliases. An alias that is not a name of a host refuses the job."""
    found: list[str] = []
    for service in services.values():
        # Those of the web terminal, whose aliases nobody validates.
        if service.ports:
            continue
        found += [name for name in _hosts_of_image(service.name) if not dns_name(name)]
        for alias in service.aliases:
            if dns_name(alias):
                setup.refusals.append(f"the alias {alias} of service {service.name} is not a name of a host")
            found.append(alias)
    return found


def _configured(setup: JobSetup) -> Iterator[JobImage]:
    for entry in maps(setup.kubernetes.get("services")):
        name = setup.early.expand(str(entry.get("name") or ""))
        if name:
            yield JobImage(
                name,
                setup.early.expand(str(entry.get("alias") or "")),
                tuple(texts(entry.get("entrypoint"))),
                tuple(texts(entry.get("command"))),
                variables=tuple(environment_of(entry.get("environment"))),
            )


def _of_the_job(setup: JobSetup) -> Iterator[JobImage]:
    for one in setup.job.services:
        if name := setup.early.expand(one.name):
            yield replace(one, name=name, alias=setup.early.expand(one.alias))


def _alias(service: JobImage, used: set[str]) -> str:
    """The first alias that nobody has and that may name a container."""
    for alias in service.aliases:
        if alias in used:
            continue
        used.add(alias)
        if not dns_label(alias):
            return alias
    return ""


def _hosts_of_image(image: str) -> list[str]:
    """Names that the image gives its service: the path without port and tag, with `__` and with `-` for `/`."""
    match = _REFERENCE.fullmatch(image)
    parts = _PORT.match(match["name"]) if match else None
    if not parts:
        return []
    service = parts[1] + parts[3]
    first, second = service.replace("/", "__"), service.replace("/", "-")
    return [first] if first == second else [first, second]


def image_allowed(image: str, allowed: Any) -> bool:
    """Whether a list of `allowed_images` or `allowed_services` allows an image; an empty one allows all."""
    patterns = texts(allowed)
    return not patterns or any(_glob(one).fullmatch(image) for one in patterns if not unread_end(one))


def _glob(pattern: str) -> re.Pattern[str]:
    """As github.com/bmatcuk/doublestar reads it: `*` stays within a part of the path, `**` goes through several."""
    parts = re.split(r"(/\*\*/|^\*\*/|/\*\*$|^\*\*$|\*+|\?|\{|\}|,|\[[^\]]*\]|\\.)", pattern)
    depth = 0
    found = ""
    for part in parts:
        depth += (part == "{") - (part == "}")
        if part == ",":
            found += "|" if depth else ","
        elif part.startswith("[") and part.endswith("]") and len(part) > 2:
            found += (
                f"[{'^' if part[1] in '!^' else ''}{re.escape(part[1:-1].lstrip('!^')).replace(chr(92) + '-', '-')}]"
            )
        else:
            found += _GLOB.get(part) or (
                "[^/]*" if part and not part.strip("*") else re.escape(part.removeprefix("\\"))
            )
    try:
        return re.compile(found)
    except re.error:
        # A pattern that is not valid allows nothing.
        return re.compile(r"(?!)")


_GLOB = {"/**/": "/(?:.*/)?", "**/": "(?:.*/)?", "/**": "(?:/.*)?", "**": ".*", "?": "[^/]", "{": "(?:", "}": ")"}

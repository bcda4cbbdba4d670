"""Variables of `environment` that the scripts of jobs cannot set, or that mean nothing to whoever reads them."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import CONFIG_FORMAT
from podrunner.manifests.objects import texts
from podrunner.runner.address import without_scheme
from podrunner.runner.fault import Fault
from podrunner.runner.job_pod.variables import environment_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_POWERSHELL = ("pwsh", "powershell")
_DIRECT = ("NO_PROXY", "no_proxy")
_EXAMPLES = "git.example.com, .example.com or 10.0.0.0/8"


def environment_faults(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """A fault for each name that bash cannot export (BashWriter.Variable of shells/bash.go), and each entry of NO_PROXY that matches nothing."""
    for index, entry in enumerate(texts(runner.get("environment"))):
        at = (*path, "environment", index)
        for variable in environment_of([entry]):
            if variable.key and not _NAME.match(variable.key) and runner.get("shell") not in _POWERSHELL:
                why = "the script of every job sets it by `export`, which fails"
                reason = f'must have a name of letters, digits and `_` that does not begin with a digit, is "{variable.key}": {why}.'
                yield Fault(CONFIG_FORMAT, at, reason, about=entry)
            if variable.key in _DIRECT:
                yield from _direct_faults(variable.value, at)


def _direct_faults(value: str, path: Path) -> Iterator[Fault]:
    for host in (part.strip() for part in value.split(",")):
        # What a variable stands for is not known.
        reason = "" if "$" in host else direct_reason(host)
        if reason:
            yield Fault(CONFIG_FORMAT, path, f'{reason}, is "{host}": it matches no host.', about=host)


def direct_reason(host: str) -> str:
    """Why an entry of NO_PROXY matches nothing, as the rest of a sentence. Source: golang.org/x/net/http/httpproxy."""
    if (bare := without_scheme(host)) != host:
        return f"must have no scheme in what is reached without the proxy: write {bare.partition('/')[0] or _EXAMPLES}"
    if "/" in host and not _is_network(host):
        return f"must have hosts, domains and networks, such as {_EXAMPLES}"
    # curl takes blanks for commas, Go does not.
    return f"must have a comma between hosts, such as {_EXAMPLES}" if " " in host else ""


def _is_network(text: str) -> bool:
    try:
        return bool(ipaddress.ip_network(text, strict=False)) and text.partition("/")[2].isdecimal()
    except ValueError:
        return False

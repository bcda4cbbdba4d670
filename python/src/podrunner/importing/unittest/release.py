"""The release that helm unittest renders, and what becomes of its names: Helm and Kubernetes take no capital letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_RELEASE, _NAMESPACE = "RELEASE-NAME", "NAMESPACE"
_VERSIONS = {"version": "chart_version", "appVersion": "app_version"}


@dataclass(frozen=True, slots=True)
class TestedRelease:
    """Keywords of `podrunner_render`, and the names that helm unittest has in their place."""

    __test__ = False

    options: dict[str, Any]
    release: str = _RELEASE
    namespace: str = _NAMESPACE

    @classmethod
    def of(cls, *parts: dict[str, Any]) -> TestedRelease:
        """Of what a suite says, and a job over it."""
        release = _merged(parts, "release")
        capabilities = _merged(parts, "capabilities")
        name, namespace = str(release.get("name") or _RELEASE), str(release.get("namespace") or _NAMESPACE)
        options: dict[str, Any] = {"release": name.lower(), "namespace": namespace.lower()}
        if capabilities.get("majorVersion") or capabilities.get("minorVersion"):
            major, minor = capabilities.get("majorVersion") or 1, capabilities.get("minorVersion") or 34
            options["kube_version"] = f"{major}.{minor}"
        if versions := _api_versions(parts):
            options["api_versions"] = versions
        if release.get("upgrade"):
            options["revision"] = max(2, int(release.get("revision") or 0))
        elif int(release.get("revision") or 0) > 1:
            options["revision"] = int(release["revision"])
        chart = _merged(parts, "chart")
        options |= {ours: str(chart[theirs]) for theirs, ours in _VERSIONS.items() if chart.get(theirs)}
        if any(part.get("includeCrds") for part in parts):
            options["include_crds"] = True
        tested = cls(options, name, namespace)
        if objects := _objects(parts):
            options["lookup"] = tested.renamed(objects)
        return tested

    def renamed(self, value: Any, key: str = "") -> Any:
        """An expected value with the names in small letters; `key` is the one that it stands behind."""
        if isinstance(value, dict):
            return {self._in(str(name)): self.renamed(one, str(name)) for name, one in value.items()}
        if isinstance(value, list):
            return [self.renamed(one, key) for one in value]
        if not isinstance(value, str):
            return value
        # A whole text that is the default is a namespace only where that is asked for: a variable may be called so.
        if value == self.namespace:
            return value.lower() if key.lower().endswith("namespace") else value
        return self._in(value)

    def _in(self, text: str) -> str:
        text = text.replace(self.release, self.release.lower())
        if text == self.namespace:
            return text
        return re.sub(rf"(?<![\w]){re.escape(self.namespace)}(?![\w])", self.namespace.lower(), text)


def _merged(parts: tuple[dict[str, Any], ...], key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        said = part.get(key)
        found |= {name: value for name, value in said.items() if value} if isinstance(said, dict) else {}
    return found


def _objects(parts: tuple[dict[str, Any], ...]) -> list[Any]:
    """What `lookup` finds: the objects of the job and of the suite whose kind is in their `scheme`, as helm unittest does."""
    providers = [part["kubernetesProvider"] for part in parts if isinstance(part.get("kubernetesProvider"), dict)]
    kinds = {kind for one in providers for kind in one.get("scheme") or ()}
    objects = [each for one in providers for each in one.get("objects") or () if isinstance(each, dict)]
    return [one for one in objects if f"{one.get('apiVersion')}/{one.get('kind')}" in kinds]


def _api_versions(parts: tuple[dict[str, Any], ...]) -> list[str]:
    """Those of the job and of the suite; a job that writes an empty key wants none."""
    found: list[str] = []
    for part in parts:
        said = part.get("capabilities")
        if isinstance(said, dict) and "apiVersions" in said:
            found = [*found, *map(str, said["apiVersions"])] if said["apiVersions"] else []
    return found

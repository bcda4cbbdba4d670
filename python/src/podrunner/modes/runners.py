"""The values under test: what the smoke lays over them, and what they make of runners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.modes.promise import Promise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from podrunner.formats.placed import Values
    from podrunner.manifests.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner of the release, as its config.toml has it.

    `entry` is its table in config.toml. `secret` and `key` are where the manager's token comes from; both are empty when config.toml has it itself.
    `in_release` when the release makes that Secret.
    """

    name: str
    mode: str
    job_namespace: str
    secret: str = ""
    key: str = ""
    in_release: bool = False
    entry: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def runner_keys(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runner name → the keys of config.toml that the values give it, those for all runners included; in that order."""
    from podrunner.values.merge import merge

    shared = (values.get("jobs") or {}).get("config") or {}
    return {name: merge(shared, runner.get("config") or {}) for name, runner in _runners(values).items()}


def read_runners(chart: Path, layers: Sequence[Values], rendering: Rendering) -> list[Runner]:
    """The runners of a rendering, in the order of config.toml; `layers` are the values it was made from."""
    every = _all_values(chart, layers)
    modes = [_mode(every, runner) for runner in _runners(every).values()]
    sources = _token_sources(rendering)
    made = {document["metadata"]["name"] for document in rendering.objects("Secret")}
    runners = []
    for entry, mode in zip(rendering.config_toml.get("runners", []), modes, strict=True):
        secret, key = sources.get(str(entry.get("token", "")).strip("${}"), ("", ""))
        # GitLab Runner takes an empty namespace for "default", not for its own.
        namespace = (entry.get("kubernetes") or {}).get("namespace") or "default"
        runners.append(Runner(entry["name"], mode, namespace, secret, key, secret in made, entry))
    return runners


def read_promise(chart: Path, mode: str) -> Promise | None:
    """What a mode promises; None for one that promises nothing."""
    from podrunner.chart.chart import modes

    promise = (modes(chart).get(mode) or {}).get("promise")
    return Promise.from_dict(promise) if promise else None


def pod_security(chart: Path, runner: Runner, kube_version: str) -> str:
    """The Pod Security level that the namespace of a runner's jobs must allow; empty when its mode names none."""
    from podrunner.chart.chart import modes
    from podrunner.runner.job_pod.pod import job_pod_level

    promised = (modes(chart).get(runner.mode) or {}).get("podSecurity")
    return job_pod_level(runner.entry, promised, kube_version) if promised else ""


def _runners(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runner name → its values, in the order of config.toml. Without any there is one called `default`."""
    runners = values.get("runners") or {"default": {}}
    return {name: runner or {} for name, runner in sorted(runners.items())}


def _mode(values: Mapping[str, Any], runner: Mapping[str, Any]) -> str:
    podman = values.get("podman") or {}
    return str((runner.get("podman") or {}).get("mode") or podman.get("mode") or "none")


def _all_values(chart: Path, layers: Sequence[Values]) -> dict[str, Any]:
    from podrunner.formats.placed import load_values
    from podrunner.values.merge import coalesce, merge

    return coalesce(load_values(chart / "values.yaml").data, merge(*(layer.data for layer in layers)))


def _token_sources(rendering: Rendering) -> dict[str, tuple[str, str]]:
    """Environment variable of the manager, or mark in config.toml for a file that is put in → (Secret, key)."""
    sources = {}
    for workload in [*rendering.objects("Deployment"), *rendering.objects("StatefulSet")]:
        pod = workload["spec"]["template"]["spec"]
        for container in pod["containers"]:
            for variable in container.get("env") or []:
                if source := (variable.get("valueFrom") or {}).get("secretKeyRef"):
                    sources[variable["name"]] = (source["name"], source["key"])
        for volume in pod.get("volumes") or []:
            for part in (volume.get("projected") or {}).get("sources") or []:
                for item in (part.get("secret") or {}).get("items") or []:
                    sources[f"@podrunner-secret:{item['path']}@"] = (part["secret"]["name"], item["key"])
    return sources

"""What values make of runners."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podrunner.modes.promise import Promise
from podrunner.runner.job_pod.pod import job_pod_level, judged_pod
from podrunner.values.merge import merge

if TYPE_CHECKING:
    from collections.abc import Mapping

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

    def job_pod(self) -> dict[str, Any]:
        """The pod spec that the executor makes for a job of this runner, see `runner.job_pod.pod.judged_pod`."""
        return judged_pod(self.entry)


def runner_keys(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runner name → the keys of config.toml that the values give it, those for all runners included; in that order."""
    shared = (values.get("jobs") or {}).get("config") or {}
    return {name: merge(shared, runner.get("config") or {}) for name, runner in _runners(values).items()}


def read_runners(values: Mapping[str, Any], rendering: Rendering) -> list[Runner]:
    """The runners of a rendering, in the order of config.toml; `values` are all it was made from, `Chart.effective`."""
    modes = [_mode(values, runner) for runner in _runners(values).values()]
    sources = _token_sources(rendering)
    made = {document["metadata"]["name"] for document in rendering.objects("Secret")}
    runners = []
    for entry, mode in zip(rendering.config.toml.data.get("runners", []), modes, strict=True):
        secret, key = sources.get(str(entry.get("token", "")).strip("${}"), ("", ""))
        # GitLab Runner takes an empty namespace for "default", not for its own.
        namespace = (entry.get("kubernetes") or {}).get("namespace") or "default"
        runners.append(Runner(entry["name"], mode, namespace, secret, key, secret in made, entry))
    return runners


def read_promise(modes: Mapping[str, Any], mode: str) -> Promise | None:
    """What a mode promises, by the chart's table of modes; None for one that promises nothing."""
    promise = (modes.get(mode) or {}).get("promise")
    return Promise.from_dict(promise) if promise else None


def pod_security(modes: Mapping[str, Any], runner: Runner, kube_version: str) -> str:
    """The Pod Security level that the namespace of a runner's jobs must allow; empty when its mode names none."""
    promised = (modes.get(runner.mode) or {}).get("podSecurity")
    return job_pod_level(runner.entry, promised, kube_version) if promised else ""


def _runners(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Runner name → its values, in the order of config.toml. Without any there is one called `default`."""
    runners = values.get("runners") or {"default": {}}
    return {name: runner or {} for name, runner in sorted(runners.items())}


def _mode(values: Mapping[str, Any], runner: Mapping[str, Any]) -> str:
    podman = values.get("podman") or {}
    return str((runner.get("podman") or {}).get("mode") or podman.get("mode") or "none")


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

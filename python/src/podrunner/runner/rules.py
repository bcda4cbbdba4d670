"""What no single key of config.toml shows: levels that leak, flags that are gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.rules.config_toml import (
    CONFIG_DEBUG_LOG,
    CONFIG_FORMAT,
    CONFIG_IGNORED,
    CONFIG_REMOVED,
    CONFIG_TOO_NEW,
    CONFIG_UNKNOWN_FLAG,
)
from podrunner.findings.rules.manifests import IMAGE_FLOATING
from podrunner.findings.severity import Severity
from podrunner.findings.suggest import did_you_mean
from podrunner.formats.runner_version import is_older
from podrunner.manifests.image import floating
from podrunner.manifests.objects import maps, table
from podrunner.runner.address import clone_reason, is_of_old_ci, is_without_scheme
from podrunner.runner.buckets import bucket_faults
from podrunner.runner.collisions import volume_collisions
from podrunner.runner.dangers import overwrite_faults
from podrunner.runner.environment import environment_faults
from podrunner.runner.fault import Fault
from podrunner.runner.job_pod.objects import patched_spec
from podrunner.runner.job_pod.patches import refusal
from podrunner.runner.keys import load_keys
from podrunner.runner.numbers import number_faults
from podrunner.runner.pulled_images import pulled_image_faults
from podrunner.runner.schedules import schedule_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path
    from podrunner.findings.rules.rule import Rule


# First release that expands variables in `token` and `url`; other keys are never expanded.
EXPANDED_SINCE = "18.10"


def check_rules(data: dict[str, Any], runner_version: str) -> Iterator[Fault]:
    """Faults that need more than one key. Skips what has a wrong type: that is reported already."""
    yield from _log_level(data)
    yield from number_faults(data)
    yield from pulled_image_faults(data)
    for index, runner in enumerate(maps(data.get("runners"))):
        path: Path = ("runners", index)
        yield from _variables(runner, path, runner_version)
        yield from _address(runner, path)
        yield from _clone_address(runner, path)
        yield from bucket_faults(runner, path)
        yield from _flags(runner, path, runner_version)
        yield from volume_collisions(runner, path)
        yield from _patches(runner, path)
        yield from environment_faults(runner, path)
        yield from schedule_faults(runner, path)
        yield from _images(runner, path)
        yield from overwrite_faults(runner, path)


def _log_level(data: dict[str, Any]) -> Iterator[Fault]:
    if data.get("log_level") in ("debug", "trace"):
        message = f'"{data["log_level"]}" prints job tokens into the manager\'s log. Use "info".'
        yield Fault(CONFIG_DEBUG_LOG, ("log_level",), message)


def _variables(runner: dict[str, Any], path: Path, runner_version: str) -> Iterator[Fault]:
    if not is_older(runner_version, EXPANDED_SINCE):
        return
    for name in ("token", "url"):
        value = runner.get(name)
        if isinstance(value, str) and value.startswith("$"):
            why = f"GitLab Runner {runner_version} takes {value} for the {name} itself: it expands variables from"
            yield Fault(CONFIG_TOO_NEW, (*path, name), f"{why} {EXPANDED_SINCE} on.")


def _address(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    url = runner.get("url")
    if isinstance(url, str) and is_of_old_ci(url):
        message = "GitLab Runner leaves /ci out at the end, where GitLab CI once was, and asks the address without it. Write that."
        yield Fault(CONFIG_IGNORED, (*path, "url"), message)


def _clone_address(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    """GetRemoteURL of helpers/url/gitauth.go: without a scheme, the address of the project is taken that GitLab gives."""
    url = runner.get("clone_url")
    if not isinstance(url, str) or not url:
        return
    if is_without_scheme(url):
        host = "" if "$" in url or "@" in url else f", for example https://{url.lstrip('/')}"
        message = f'"{url}" has no scheme, so that jobs clone from the address that GitLab gives them, and not from this one. Write one{host}.'
        yield Fault(CONFIG_IGNORED, (*path, "clone_url"), message, about=url)
    elif reason := clone_reason(url):
        yield Fault(CONFIG_FORMAT, (*path, "clone_url"), f'{reason}, is "{url}".', about=url)


def _flags(runner: dict[str, Any], path: Path, runner_version: str) -> Iterator[Fault]:
    for name in table(runner.get("feature_flags")):
        yield from _flag(name, (*path, "feature_flags", name), runner_version)
    environment = runner.get("environment")
    for index, entry in enumerate(environment if isinstance(environment, list) else []):
        name = str(entry).partition("=")[0]
        if name.startswith("FF_") or name in load_keys().removed:
            yield from _flag(name, (*path, "environment", index), runner_version)


def _flag(name: str, path: Path, runner_version: str) -> Iterator[Fault]:
    fault = flag_fault(name, runner_version)
    if fault:
        yield Fault(fault.rule, path, fault.reason, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class FlagFault:
    """Why a feature flag has no effect: GitLab Runner never had it, no longer has it or does not have it yet."""

    reason: str
    is_unknown: bool = False
    is_too_new: bool = False

    @property
    def rule(self) -> Rule:
        """The rule for a flag in config.toml."""
        return CONFIG_UNKNOWN_FLAG if self.is_unknown else CONFIG_TOO_NEW if self.is_too_new else CONFIG_REMOVED


def flag_fault(name: str, runner_version: str) -> FlagFault | None:
    """What is wrong with a feature flag; None when it has an effect."""
    keys = load_keys()
    removed = keys.removed.get(name)
    if removed and is_older(runner_version, removed["since"]):
        return None
    if removed:
        return FlagFault(f"{name} has no effect since {removed['since']}. Use {removed['replaced_by']}.")
    if name not in keys.flags:
        near = did_you_mean(name, _flags_of(runner_version))
        return FlagFault(f"GitLab Runner has no feature flag {name} and ignores it.{near}", is_unknown=True)
    since = keys.flags[name].get("since", "")
    if since and is_older(runner_version, since):
        return FlagFault(f"{name} has no effect before {since}, and this is {runner_version}.", is_too_new=True)
    last = keys.flags[name].get("removed_with")
    if last and not is_older(runner_version, last):
        return FlagFault(f"{name} has no effect since {last}.")
    return None


def _flags_of(version: str) -> list[str]:
    flags = load_keys().flags.items()
    return [name for name, one in flags if "removed_with" not in one or is_older(version, one["removed_with"])]


def _patches(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    for index, one in enumerate(maps(table(runner.get("kubernetes")).get("pod_spec"))):
        patch, kind = one.get("patch"), str(one.get("patch_type") or "strategic")
        if patch and one.get("patch_path"):
            reason = "must not be beside `patch`: GitLab Runner takes neither of the two, and no job can start. Remove one of them."
            yield Fault(CONFIG_FORMAT, (*path, "kubernetes", "pod_spec", index, "patch_path"), reason)
            continue
        why = refusal(patch, kind) if isinstance(patch, str) else ""
        if why:
            at = (*path, "kubernetes", "pod_spec", index, "patch")
            yield Fault(
                CONFIG_FORMAT,
                at,
                f"{why}. No job can start with FF_USE_ADVANCED_POD_SPEC_CONFIGURATION.",
            )


def _images(runner: dict[str, Any], path: Path) -> Iterator[Fault]:
    kubernetes, at = table(runner.get("kubernetes")), (*path, "kubernetes")
    named: list[tuple[Any, Path]] = [(kubernetes.get(key), (*at, key)) for key in ("image", "helper_image")]
    named.append((table(kubernetes.get("autoscaler")).get("pause_pod_image"), (*at, "autoscaler", "pause_pod_image")))
    services = enumerate(maps(kubernetes.get("services")))
    named += [(service.get("name"), (*at, "services", index, "name")) for index, service in services]
    named.append((runner.get("step_runner_image"), (*path, "step_runner_image")))
    named += _images_of_patches(runner, at)
    for image, where in named:
        if isinstance(image, str) and (why := floating(image)):
            yield Fault(IMAGE_FLOATING, where, f"{image} {why}")


def _images_of_patches(runner: dict[str, Any], path: Path) -> Iterator[tuple[str, Path]]:
    """Images that a patch brings into the pods of jobs, each at the first patch that does."""
    patches = maps(table(runner.get("kubernetes")).get("pod_spec"))
    if not any("image" in str(one.get("patch")) for one in patches):
        return
    known = _images_of_pod(runner, [])
    for index in range(len(patches)):
        for image in _images_of_pod(runner, patches[: index + 1]) - known:
            known.add(image)
            yield image, (*path, "pod_spec", index, "patch")


def _images_of_pod(runner: dict[str, Any], patches: list[dict[str, Any]]) -> set[str]:
    spec = patched_spec(runner, patches)
    containers = [*maps(spec.get("initContainers")), *maps(spec.get("containers"))]
    volumes = [table(one.get("image")).get("reference") for one in maps(spec.get("volumes"))]
    return {str(image) for image in [*(one.get("image") for one in containers), *volumes] if image}

"""Which release of GitLab Runner a chart's values ask for, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.finding import Finding
from podrunner.findings.rules.runner_version import (
    RUNNER_ADVISORY,
    RUNNER_TOO_OLD,
    RUNNER_VERSION,
    RUNNER_VERSION_ASSUMED,
)
from podrunner.formats.runner_version import agree, is_older, parts_of, version_of_tag
from podrunner.manifests.checks.object_finding import object_finding
from podrunner.manifests.objects import find_pods, table
from podrunner.runner.advisories import advisory, advisory_of_image
from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from podrunner.findings.rules.rule import Rule
    from podrunner.manifests.rendering import Rendering

# First release whose manager answers /health/ready. chart/templates/release/_version.tpl has it, too.
READY_SINCE = "19.2"
# No program that calls itself GitLab Runner is older, and the appVersion of another program is rarely higher.
_OLDEST = "10.0"


@dataclass(frozen=True, slots=True)
class RunnerRelease:
    """`version` is what config.toml is judged for. `asked` is `--runner-version`, `assumed` the chart's appVersion.

    `tag` and `digest` are the manager's image's; each of the three may be empty.
    """

    tag: str
    digest: str
    asked: str
    assumed: str

    @property
    def of_tag(self) -> str:
        """The version in the tag, empty when it has none."""
        return version_of_tag(self.tag)

    @property
    def version(self) -> str:
        """The tag wins, then the option, then the chart; the newest known where the chart is another program's."""
        newest = load_keys().known_until
        chart = self.assumed if parts_of(self.assumed) and not is_older(self.assumed, _OLDEST) else newest
        return (self.of_tag or self.asked or chart).removeprefix("v")

    def findings(self) -> Iterator[Finding]:
        """What is to be said of the release itself; `path` is that of the tag."""
        yield from self._disagreement()
        if not (self.of_tag or self.asked) and (self.tag or self.digest):
            named = self.tag or f"{self.digest[:19]}…"
            said = f"{named} names no version: judged as GitLab Runner {self.version}. Say it with --runner-version."
            yield _of_tag(RUNNER_VERSION_ASSUMED, said)
        if is_older(load_keys().known_until, self.version):
            newer = (
                f"GitLab Runner {self.version} is newer than {load_keys().known_until}, whose keys are the last known."
            )
            yield _of_tag(RUNNER_VERSION_ASSUMED, f"{newer} What is unknown may be new.")
        # What is only assumed is no reason to refuse it.
        is_said = self.of_tag or self.asked or not (self.tag or self.digest)
        if is_said and (why := advisory(self.version)):
            yield _of_tag(RUNNER_ADVISORY, why)

    def _disagreement(self) -> Iterator[Finding]:
        if self.of_tag and self.asked and not agree(self.of_tag, self.asked):
            said = (
                f"{self.tag} is GitLab Runner {self.of_tag}, and --runner-version says {self.asked}. The tag decides."
            )
            yield _of_tag(RUNNER_VERSION, said)
        elif self.asked and not (self.tag or self.digest) and not agree(self.assumed, self.asked):
            empty = f"empty, so the manager is the chart's GitLab Runner {self.assumed}, not {self.asked}"
            yield _of_tag(RUNNER_VERSION, f"{empty} of --runner-version. Set image.tag to that release.")


def _of_tag(rule: Rule, message: str) -> Finding:
    return Finding(rule, f"image.tag: {message}", path="image.tag")


def release_of(values: Mapping[str, Any], asked: str, assumed: str) -> RunnerRelease:
    """The release of the manager's image by the values of this chart, or of one whose `image` is like it."""
    image = table(values.get("image"))
    return RunnerRelease(str(image.get("tag") or ""), str(image.get("digest") or ""), asked, assumed)


def check_modes(values: Mapping[str, Any], modes: Mapping[str, Any], release: RunnerRelease) -> Iterator[Finding]:
    """Modes that need a newer runner. The chart itself refuses those that it can tell by `image.tag`."""
    if release.of_tag:
        return
    for name, mode in _modes(values):
        needed = str(table(modes.get(mode)).get("runner") or "")
        if needed and is_older(release.version, needed):
            said = f"podman.mode {mode} (runners.{name}) needs GitLab Runner {needed}, and this is {release.version}."
            yield Finding(RUNNER_TOO_OLD, said, path="podman.mode")


def _modes(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    shared = str(table(values.get("podman")).get("mode") or "")
    for name, runner in (table(values.get("runners")) or {"default": {}}).items():
        yield name, str(table(table(runner).get("podman")).get("mode") or shared)


def check_images(rendering: Rendering) -> Iterator[Finding]:
    """Containers of a release of GitLab Runner that must not be used, in charts that are not this one."""
    for pod in find_pods(rendering.documents, rendering.namespace):
        for path, container in pod.containers():
            if why := advisory_of_image(str(container.get("image") or "")):
                yield object_finding(pod.document, RUNNER_ADVISORY, f"{path}.image", why)


def check_probes(rendering: Rendering, version: str) -> Iterator[Finding]:
    """Probes of an address that the runner does not have yet: the pod would never be ready."""
    if not is_older(version, READY_SINCE):
        return
    for pod in find_pods(rendering.documents, rendering.namespace):
        for path, container in pod.containers():
            for probe in ("readinessProbe", "startupProbe", "livenessProbe"):
                asked = table(table(container.get(probe)).get("httpGet")).get("path")
                if asked == "/health/ready":
                    said = (
                        f"GitLab Runner {version} never answers /health/ready, which exists from {READY_SINCE} on. "
                        "Set image.tag to that release: the chart asks /metrics then."
                    )
                    yield object_finding(pod.document, RUNNER_TOO_OLD, f"{path}.{probe}", said)

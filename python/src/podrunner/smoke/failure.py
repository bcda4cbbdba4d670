"""One sentence for a job that failed: which thing failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.smoke.job import JobRun

_Match = re.Match[str]

# What containerd and the runner say around the reason.
_NOISE = re.compile(
    r'image pull failed: |failed to (?:pull and unpack image|resolve (?:reference|image)) "[^"]+": |failed to do request: '
    r"|\. Check https://docs\.gitlab\.com/\S+ for more information"
)


def describe_failure(run: JobRun) -> str:
    """What failed, by the job's log: an image, a step of the build, a refused pod, a command."""
    log = run.log
    for pattern, say in _CAUSES:
        if found := pattern.search(log):
            return say(found, log)
    return _last_error(log, run)


def _image_pull(found: _Match, log: str) -> str:
    del log
    why = _NOISE.sub("", found["why"]).strip()
    return f"the image {found['image']} cannot be pulled: {why}"


def _build_step(found: _Match, log: str) -> str:
    steps = re.findall(r"^STEP (\d+/\d+):", log[: found.start()], re.MULTILINE)
    number = f" (STEP {steps[-1]})" if steps else ""
    return f"the build stopped at `{found['step']}`{number}: {found['why'].strip()}"


def _builder_image(found: _Match, log: str) -> str:
    del log
    return f"podman cannot pull {found['image']} in the job: {found['why'].strip()}"


def _refused(found: _Match, log: str) -> str:
    del log
    return f"the API server refuses the job's pod: {found['why'].strip()}"


_CAUSES: tuple[tuple[re.Pattern[str], Callable[[_Match, str], str]], ...] = (
    (re.compile(r'ERROR: .*?pulling image "(?P<image>[^"]+)"(?: for container \S+?)?: (?P<why>.+)'), _image_pull),
    (re.compile(r'^Error: (?:error )?building at STEP "(?P<step>.+?)": (?P<why>.+)', re.MULTILINE), _build_step),
    (
        re.compile(
            r"^Error: .*?(?:initializing source|unable to copy from source|pinging container registry) "
            r"(?:docker://)?(?P<image>\S+?): (?P<why>.+)",
            re.MULTILINE,
        ),
        _builder_image,
    ),
    (re.compile(r'ERROR: .*?pods "\S+" is forbidden: (?P<why>.+)'), _refused),
)


def _last_error(log: str, run: JobRun) -> str:
    errors = re.findall(r"^ERROR: (?:Job failed(?: \(system failure\))?: )?(.+)", log, re.MULTILINE)
    commands = re.findall(r"^\$ (.+)", log, re.MULTILINE)
    after = f" after `{commands[-1]}`" if commands and run.failure_reason == "script_failure" else ""
    why = errors[-1].strip() if errors else (run.failure_reason or f"the runner reports {run.state}")
    return f"the job failed{after}: {why}"

"""The sentence that says which thing failed."""

from __future__ import annotations

import pytest

from podrunner.explain.diagnosis import examine
from podrunner.smoke.failure import about_job, describe_failure
from podrunner.smoke.job import JobRun

IMAGE = (
    'ERROR: Job failed: prepare environment: waiting for pod running: pulling image "quay.io/podman/no-such-image:1" '
    "for container build: image pull failed: failed to pull and unpack image "
    '"quay.io/podman/no-such-image:1": failed to resolve reference "quay.io/podman/no-such-image:1": not found. '
    "Check https://docs.gitlab.com/runner/shells/#shell-profile-loading for more information\n"
)
OLDER_IMAGE = (
    "ERROR: Job failed: prepare environment: waiting for pod running: image pull failed: "
    'Back-off pulling image "quay.io/podman/no-such-image:1"\n'
)
STEP = (
    "$ podman build . -t x:y\nSTEP 1/3: FROM docker.io/library/golang:1.23.1\nSTEP 2/3: RUN echo before\nbefore\n"
    'STEP 3/3: RUN go build missing.go\nError: building at STEP "RUN go build missing.go": exit status 1\n'
    "ERROR: Job failed: command terminated with exit code 1\n"
)
BUILDER = (
    "$ podman build . -t x:y\nSTEP 1/2: FROM docker.io/library/no-such:1\n"
    "Error: creating build container: initializing source docker://docker.io/library/no-such:1: "
    "reading manifest 1 in docker.io/library/no-such: manifest unknown\n"
    "ERROR: Job failed: command terminated with exit code 125\n"
)
REFUSED = (
    "ERROR: Job failed (system failure): prepare environment: setting up build pod: pods "
    '"runner-abc-project-1-concurrent-0-x" is forbidden: violates PodSecurity "restricted:latest": privileged\n'
)
COMMAND = "$ make\nmake: *** No targets.  Stop.\nERROR: Job failed: command terminated with exit code 2\n"


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (IMAGE, "the image quay.io/podman/no-such-image:1 cannot be pulled: not found"),
        (
            OLDER_IMAGE,
            "the image quay.io/podman/no-such-image:1 cannot be pulled: "
            'Back-off pulling image "quay.io/podman/no-such-image:1"',
        ),
        (STEP, "the build stopped at `RUN go build missing.go` (STEP 3/3): exit status 1"),
        (
            BUILDER,
            "the job failed after `podman build . -t x:y`: the image docker.io/library/no-such:1 does not exist",
        ),
        (REFUSED, 'the API server refuses the job\'s pod: violates PodSecurity "restricted:latest": privileged'),
        (COMMAND, "the job failed after `make`: command terminated with exit code 2"),
        ("", "the job failed: script_failure"),
    ],
    ids=["image", "image, older runner", "step", "builder image", "refused pod", "command", "nothing said"],
)
def test_the_sentence_names_what_failed(log: str, sentence: str) -> None:
    run = JobRun(7, state="failed", failure_reason="script_failure", trace=bytearray(log.encode()))

    assert describe_failure(run, examine(run.log.splitlines())) == sentence


def test_what_the_manager_says_of_other_jobs_is_left_out() -> None:
    ours = [
        "Checking for jobs... received                     job=7 runner=AAA",
        "WARNING: Event retrieved from the cluster: Usage of EmptyDir exceeds",
        "the limit.  job=7 runner=AAA",
        "WARNING: Failed to process runner                 builds=0 error=no room runner=AAA",
    ]
    others = [
        "Checking for jobs... received                     job=8 runner=BBB",
        "WARNING: Event retrieved from the cluster: no such",
        "image.  job=8 runner=BBB",
        "WARNING: Failed to process runner                 builds=0 error=forbidden runner=BBB",
    ]
    start = ["Starting multi-runner from config.toml...         builds=0", "a line without an end"]

    assert about_job([start[0], *others, *ours, start[1]], 7) == [start[0], *ours, start[1]]

"""What to collect when nothing of the catalogue matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podrunner.explain.diagnosis import Explanation


def what_to_collect(explanation: Explanation, pod: str = "") -> list[str]:
    """Sentences, the most useful first. `pod` is namespace/name where one was judged."""
    if explanation.succeeded:
        return ["The log ends with `Job succeeded`: is it the one of the job that failed?"]
    sentences = []
    if not explanation.is_whole and not pod:
        sentences.append(
            "The whole job log: this one does not begin with `Running with gitlab-runner`. "
            "GitLab's button `Show complete raw` gives all of it."
        )
    name = pod or "NAMESPACE/POD"
    namespace = name.partition("/")[0]
    sentences += [
        f"Events of the jobs' namespace, kept for an hour: `kubectl --namespace {namespace} get events --sort-by=.lastTimestamp`.",
        "podman's own account: put `podman --log-level=debug info` before the build, or `--log-level=debug` into it.",
        (
            "The manager's log of that time: `kubectl logs --namespace NAMESPACE-OF-THE-RELEASE "
            "--selector app.kubernetes.io/component=manager --tail=-1`."
        ),
    ]
    if not pod:
        sentences.append(f"The pod while it is there: `podrunner explain --pod {name}`.")
    return sentences

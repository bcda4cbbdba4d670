"""What the real runner sends for drawn jobs: many runners in one manager, whose pods the API server refuses.

A quota of no pods refuses them, which is after the API server has read and noted them: a job is over at once.
"""

from __future__ import annotations

import json
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from podrunner.gitlab.payload import Order, make_payload
from podrunner.gitlab.repository import Commit
from podrunner.pipeline.fields import Image, Variable
from podrunner.pipeline.job import PipelineJob
from podrunner.runner.job_pod.metadata import unique_name
from podrunner.runner.job_pod.request import JobVariable
from podrunner.smoke.overlay import new_token

from .drawing import CONFIGURED_TOKEN, JOB_TOKEN, NAMESPACES, Drawn
from .manager import running_manager

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from podrunner.gitlab.stand_in.jobs import QueuedJob
    from podrunner.runner.job_pod.request import JobImage, JobRequest

    from .cluster import Cluster
    from .trial import Bench

_HOME = "drawing"
# A namespace that takes pods: what is made after the pod is seen there alone.
OPEN = "open"
# Whose token the runner has by its kubeconfig, by config.toml, and by the job.
ACCOUNTS = {"": "manager", CONFIGURED_TOKEN: "configured", JOB_TOKEN: "of-the-job"}
_PATIENCE = 240
_JOB_ID = "job.runner.gitlab.com/id"
_OVER = ("failed", "success", "canceled")


@dataclass(frozen=True)
class Recorded:
    """A drawn runner and job as they were, and what was sent for them: objects as the API server read them.

    `user` is the account that asked for the pod; `trace` is the job's log.
    """

    runner: dict[str, Any]
    job: JobRequest
    pod: dict[str, Any] | None
    others: tuple[dict[str, Any], ...]
    user: str
    trace: str


class Recorder:
    """Accounts and namespaces of drawn jobs in one API server."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._cluster: Cluster = bench.cluster
        self._prepare()
        self._tokens = {mark: self._cluster.token(_HOME, name) for mark, name in ACCOUNTS.items()}
        self._context = ssl.create_default_context(cafile=str(self._cluster.plane.certificate))

    def record(self, drawn: list[Drawn], folder: Path) -> list[Recorded]:
        """Run the jobs of all runners in one manager, and give what was sent."""
        past = self._cluster.plane.noted
        pairs = [self._queue(one) for one in drawn]
        with running_manager(
            self._bench.binary, _configuration(pairs), self._cluster.plane, self._tokens[""], folder
        ) as manager:
            _wait([job for _, job in pairs], manager)
        events = self._cluster.plane.events(past)
        return [_recorded(one, job, events) for one, job in pairs]

    def record_made(self, drawn: list[Drawn], folder: Path, kinds: int) -> list[Recorded]:
        """The same for jobs whose pods are made: each ends once `kinds` objects beside it were asked for."""
        past = self._cluster.plane.noted
        pairs = [self._queue(one) for one in drawn]
        with running_manager(
            self._bench.binary, _configuration(pairs), self._cluster.plane, self._tokens[""], folder
        ) as manager:
            deadline = time.monotonic() + _PATIENCE
            while len(_after_pods(self._cluster.plane.events(past))) < kinds and time.monotonic() < deadline:
                time.sleep(0.2)
            for _, job in pairs:
                self._bench.gitlab.cancel(job)
            _wait([job for _, job in pairs], manager)
        events = self._cluster.plane.events(past)
        return [_recorded(one, job, events) for one, job in pairs]

    def read(self, objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give objects as the API server reads them: with defaults, amounts in one form, and without unknown fields.

        They are pods, sent by an account whose requests are noted, to a namespace that takes none. One that cannot be
        read at all is given back as `{"unread": why}`.
        """
        past = self._cluster.plane.noted
        answers = [self._send(pod) for pod in objects]
        noted = [one["requestObject"] for one in self._cluster.plane.events(past) if "requestObject" in one]
        by_name = {one["metadata"]["name"]: one for one in noted if one["kind"] == "Pod"}
        return [
            by_name.get(pod["metadata"]["name"], {"unread": answer})
            for pod, answer in zip(objects, answers, strict=True)
        ]

    def _send(self, pod: dict[str, Any]) -> str:
        request = urllib.request.Request(
            f"{self._cluster.plane.url}/api/v1/namespaces/{NAMESPACES[0]}/pods",
            data=json.dumps(pod).encode(),
            headers={"Authorization": f"Bearer {self._tokens['']}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, context=self._context, timeout=30) as answer:
                return str(answer.read())
        except urllib.error.HTTPError as error:
            return error.read().decode(errors="replace")

    def _prepare(self) -> None:
        for name in (_HOME, OPEN, *NAMESPACES, "default"):
            self._cluster.namespace(name, "privileged")
        for name in (*NAMESPACES, "default"):
            metadata = {"name": "no-pods", "namespace": name}
            quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": {"pods": "0"}}}
            self._cluster.ensure(quota)
            self._cluster.count(quota)
        for name in ACCOUNTS.values():
            account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name, "namespace": _HOME}}
            self._cluster.ensure(account)
        self._cluster.ensure(
            {
                "apiVersion": "rbac.authorization.k8s.io/v1",
                "kind": "ClusterRoleBinding",
                "metadata": {"name": _HOME},
                "subjects": [{"kind": "ServiceAccount", "name": one, "namespace": _HOME} for one in ACCOUNTS.values()],
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            }
        )

    def close(self) -> None:
        """Let the namespace `default` take pods again."""
        for name in (*NAMESPACES, "default"):
            metadata = {"name": "no-pods", "namespace": name}
            self._cluster.remove({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata})

    def _queue(self, one: Drawn) -> tuple[Drawn, QueuedJob]:
        token = new_token()
        runner = {**one.runner, "url": self._bench.gitlab.url, "token": token}
        # So long may it take until the runner can watch pods, in milliseconds: many jobs begin at once.
        runner["kubernetes"] = {**runner["kubernetes"], "retry_backoff_max": 60_000}
        if runner["kubernetes"].get("bearer_token"):
            runner["kubernetes"] = {**runner["kubernetes"], "bearer_token": self._tokens[CONFIGURED_TOKEN]}
        variables = tuple(
            replace(variable, value=self._tokens[JOB_TOKEN]) if variable.value == JOB_TOKEN else variable
            for variable in one.job.variables
        )
        number = self._bench.gitlab.next_id()
        job = replace(one.job, id=number, variables=variables, repository=f"{self._bench.gitlab.url}/group/project.git")
        payload = _payload(job, self._bench.gitlab.url)
        # GitLab's own variables are the job's, too.
        every = tuple(JobVariable(v["key"], v["value"], v["raw"], v["public"]) for v in payload["variables"])
        queued = self._bench.gitlab.add(payload, str(runner["name"]), token)
        return Drawn(runner, replace(job, variables=every, sha=payload["git_info"]["sha"])), queued


def _payload(job: JobRequest, url: str) -> dict[str, Any]:
    pipeline = PipelineJob(
        name=job.name,
        stage="test",
        script=("true",),
        image=_image(job.image) if job.image.name else None,
        services=tuple(_image(one) for one in job.services),
        variables=tuple(Variable(one.key, one.value, one.raw) for one in job.variables),
        timeout=job.timeout,
    )
    commit = Commit("0123456789abcdef0123456789abcdef01234567", job.ref, "Build", "A <a@example.com>")
    payload = make_payload(pipeline, Order(url, job.project_path, job.id, f"job-token-{job.id}", commit))
    hidden = {one.key for one in job.variables if not one.public}
    for variable in payload["variables"]:
        variable["public"] = variable["public"] and variable["key"] not in hidden
    if not job.image.name:
        payload["image"] = {"name": "", **_options(job.image)}
    for sent, image in zip((payload["image"], *payload["services"]), (job.image, *job.services), strict=True):
        sent |= {"ports": [{"number": port} for port in image.ports]} if image.ports else {}
    login = {"type": "registry", "url": "registry.example.com", "username": "ci", "password": "job-password"}
    return {**payload, "credentials": [login] if job.logins else []}


def _options(image: JobImage) -> dict[str, Any]:
    found: dict[str, Any] = {"pull_policy": list(image.pull_policy)} if image.pull_policy else {}
    return found | ({"executor_opts": {"kubernetes": {"user": image.user}}} if image.user else {})


def _image(image: JobImage) -> Image:
    variables = tuple(Variable(one.key, one.value, one.raw) for one in image.variables)
    return Image(image.name, image.alias, image.entrypoint, image.command, image.pull_policy, image.user, variables)


def _wait(jobs: list[QueuedJob], manager: Any) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not all(job.state in _OVER for job in jobs):
        if not manager.running or time.monotonic() > deadline:
            waiting = [job.id for job in jobs if job.state not in _OVER]
            raise AssertionError(f"jobs {waiting} are not over:\n{manager.log[-4000:]}")
        time.sleep(0.1)


def _recorded(one: Drawn, job: QueuedJob, events: Iterable[dict[str, Any]]) -> Recorded:
    own, pod, user = [], None, ""
    for event in events:
        sent = event.get("requestObject") or {}
        if ((sent.get("metadata") or {}).get("annotations") or {}).get(_JOB_ID) == str(job.id):
            pod, user = sent, event["user"]["username"].rpartition(":")[2]
        elif (sent.get("kind") == "Namespace" and sent["metadata"]["name"] == f"ci-job-{job.id}") or (
            sent.get("kind") == "Secret" and _is_of(one, sent)
        ):
            own.append(sent)
    if pod:
        own += [sent for sent in _after_pods(events) if _belongs(sent, pod)]
    return Recorded(one.runner, one.job, pod, tuple(own), user, bytes(job.trace).decode(errors="replace"))


def _after_pods(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Budgets and Services that were asked for."""
    sent = [event.get("requestObject") or {} for event in events]
    return [one for one in sent if one.get("kind") in ("PodDisruptionBudget", "Service")]


def _belongs(sent: dict[str, Any], pod: dict[str, Any]) -> bool:
    owners = sent["metadata"].get("ownerReferences") or []
    return [owner["name"] for owner in owners] == [pod["metadata"]["name"]]


def _configuration(pairs: list[tuple[Drawn, QueuedJob]]) -> str:
    runners = [one.runner for one, _ in pairs]
    return _toml({"concurrent": len(runners) + 1, "check_interval": 1, "log_level": "warn", "runners": runners})


def _is_of(one: Drawn, secret: dict[str, Any]) -> bool:
    return str(secret["metadata"]["name"]).startswith(unique_name(one.runner, one.job))


def _toml(data: dict[str, Any]) -> str:
    """TOML of a configuration: each value of a table inline, as JSON is all but a dialect of it."""
    top = [f"{key} = {_inline(value)}" for key, value in data.items() if key != "runners"]
    runners = [
        "[[runners]]\n" + "\n".join(f"{key} = {_inline(value)}" for key, value in one.items())
        for one in data["runners"]
    ]
    return "\n".join([*top, *runners]) + "\n"


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_inline(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)

"""Rights of subjects that are more than before, and of pods that run as another service account."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from podrunner.diff.entry import Consequence, DiffEntry
from podrunner.diff.runners import runner_tables
from podrunner.manifests.difference.objects import identity_of
from podrunner.manifests.objects import find_pods, table
from podrunner.manifests.security.grants import EVERYWHERE, Grant, Right, gained, grants
from podrunner.runner.job_pod.access import access_of
from podrunner.runner.job_pod.pod import judged_pod

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from podrunner.manifests.rendering import Rendering


class Account(NamedTuple):
    """What a pod runs as: `subject` as grants name it. `has_token`: it can ask the API server for something."""

    subject: str
    has_token: bool


def rights(before: Rendering, after: Rendering) -> Iterator[DiffEntry]:
    """What subjects gain by roles and bindings, and pods by the account that they run as."""
    old, new = (grants(one.objects(), one.namespace) for one in (before, after))
    more = gained(old, new)
    for subject, found in itertools.groupby(more, key=lambda one: one.subject):
        for where in _in_words(found):
            yield DiffEntry(Consequence.WIDER, subject, f"gains {where}")
    known = new - set(more)
    yield from _accounts(_of_pods(before), _of_pods(after), old, known, others=False)
    yield from _accounts(_of_jobs(before), _of_jobs(after), old, known, others=True)


def _accounts(
    before: dict[str, Account], after: dict[str, Account], old: set[Grant], new: set[Grant], *, others: bool
) -> Iterator[DiffEntry]:
    """Pods that may more than before since their account is another one; `others`: those that are new, than any other."""
    for subject, account in after.items():
        was = [before[subject]] if subject in before else list(before.values()) if others else []
        if not was or account in was:
            continue
        had = {one.subject for one in was if one.has_token or not account.has_token}
        known = {replace(grant, subject=account.subject) for grant in old if grant.subject in had}
        for where in _in_words(gained(known, {grant for grant in new if grant.subject == account.subject})):
            yield DiffEntry(Consequence.WIDER, subject, f"runs as {account.subject}, which may {where}")


def _of_pods(rendering: Rendering) -> dict[str, Account]:
    return {
        str(identity_of(pod.document.data)): _account(
            pod.spec.get("serviceAccountName"), pod.namespace, pod.spec.get("automountServiceAccountToken")
        )
        for pod in find_pods(rendering.documents, rendering.namespace)
    }


def _of_jobs(rendering: Rendering) -> dict[str, Account]:
    found = {}
    for subject, runner in runner_tables(rendering).items():
        access = access_of(judged_pod(runner))
        namespace = table(runner.get("kubernetes")).get("namespace") or "default"
        found[subject] = Account(f"ServiceAccount {access.account or 'default'} in {namespace}", bool(access.tokens))
    return found


def _account(name: object, namespace: object, token: object) -> Account:
    return Account(f"ServiceAccount {name or 'default'} in {namespace}", token is not False)


def _in_words(found: Iterable[Grant]) -> Iterator[str]:
    """A text for each namespace: `in ci: pods (create, get)`."""
    for namespace, granted in itertools.groupby(found, key=lambda one: one.namespace):
        where = "in all namespaces" if namespace == EVERYWHERE else f"in {namespace}"
        yield f"{where}: {_listed(one.right for one in granted)}"


def _listed(rights: Iterable[Right]) -> str:
    verbs: dict[str, list[str]] = {}
    for right in rights:
        group = f".{right.group}" if right.group not in ("", "URL", "role") else ""
        name = f"/{right.name}" if right.name else ""
        verbs.setdefault(f"{right.resource}{group}{name}", []).append(right.verb)
    words = [f"what {what} allows" if how == ["have"] else f"{what} ({', '.join(how)})" for what, how in verbs.items()]
    return ", ".join(words)

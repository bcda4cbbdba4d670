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
    from collections.abc import Collection, Iterable, Iterator, Mapping

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
    made = _made(after).keys()
    for old_pods, new_pods, others in (
        (_of_pods(before), _of_pods(after), False),
        (_of_jobs(before), _of_jobs(after), True),
    ):
        told = list(_accounts(old_pods, new_pods, old, known, others=others))
        yield from told
        subjects = {one.subject for one in told}
        yield from (one for one in _strangers(old_pods, new_pods, made, others=others) if one.subject not in subjects)


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


def _strangers(
    before: dict[str, Account], after: dict[str, Account], made: Collection[str], *, others: bool
) -> Iterator[DiffEntry]:
    """Pods of another account, which somebody else makes: its rights are not known, and clouds give some without a token."""
    for subject, account in after.items():
        was = [before[subject]] if subject in before else list(before.values()) if others else []
        had = {one.subject for one in was}
        # Of `default` everybody knows.
        is_known = account.subject in made or account.subject.startswith("ServiceAccount default in ")
        if was and not is_known and account.subject not in had:
            text = f"runs as {account.subject}, which this chart does not make: what it may is not known here"
            yield DiffEntry(Consequence.WIDER, subject, text)
        elif was and account.has_token and not others and not any(one.has_token for one in was):
            yield DiffEntry(Consequence.WIDER, subject, f"gets a token of {account.subject} for the API of Kubernetes")


def _made(rendering: Rendering) -> dict[str, bool]:
    """`ServiceAccount NAME in NAMESPACE` of all that are made → whether pods that say nothing get its token."""
    accounts = [(identity_of(one).within(rendering.namespace), one) for one in rendering.objects("ServiceAccount")]
    return {
        f"ServiceAccount {identity.name} in {identity.namespace or rendering.namespace}": item.get(
            "automountServiceAccountToken"
        )
        is not False
        for identity, item in accounts
    }


def _of_pods(rendering: Rendering) -> dict[str, Account]:
    made = _made(rendering)
    return {
        str(identity_of(pod.document.data)): _account(
            pod.spec.get("serviceAccountName"), pod.namespace, pod.spec.get("automountServiceAccountToken"), made
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


def _account(name: object, namespace: object, token: object, made: Mapping[str, bool]) -> Account:
    subject = f"ServiceAccount {name or 'default'} in {namespace}"
    # Where the pod says nothing, its account does.
    return Account(subject, made.get(subject, True) if token is None else token is not False)


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

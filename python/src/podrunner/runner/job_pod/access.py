"""With which rights the processes of a job can talk to the API of Kubernetes: its account, and tokens of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.manifests.objects import maps, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AUTOMOUNT = "automountServiceAccountToken"


@dataclass(frozen=True, slots=True)
class JobAccess:
    """`account` is the ServiceAccount of a pod, empty for `default`; `tokens` says of each token how it gets there."""

    account: str
    tokens: tuple[str, ...]


def access_of(spec: Mapping[str, Any]) -> JobAccess:
    """That of a pod. Without automountServiceAccountToken the account decides: that counts as a token."""
    # The old name of the field counts where the new one says nothing.
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or ""
    return JobAccess(str(account), tuple(_tokens(spec)))


def _tokens(spec: Mapping[str, Any]) -> Iterator[str]:
    said = spec.get(_AUTOMOUNT)
    if said is not False:
        yield f"{_AUTOMOUNT} is {'not false' if said is None else str(said).lower()}"
    for volume in maps(spec.get("volumes")):
        for source in maps(table(volume.get("projected")).get("sources")):
            token = source.get("serviceAccountToken")
            # One for another audience, such as Vault, opens nothing here.
            if isinstance(token, dict) and not token.get("audience"):
                yield f"the volume {volume.get('name')} has a token of the account"


def more_tokens(before: JobAccess, after: JobAccess) -> tuple[str, ...]:
    """How a job gets tokens that got none; empty where it had one, or has none."""
    return () if before.tokens else after.tokens

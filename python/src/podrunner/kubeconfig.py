"""The cluster that a command line means, chosen as kubectl does: a kubeconfig, and a context of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.errors import UsageError
from podrunner.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from pathlib import Path

    from urllib3 import Retry

# What an API server says when it is busy, such as "storage is (re)initializing", is to be asked again, as client-go does:
# ten times, and only when it says when, which is seconds.
_ASKED_AGAIN = 10
_LONGEST_WAIT = 10


def find_context(kubeconfig: Path | None, context: str = "") -> dict[str, Any]:
    """The context of that name, or the current one: `name`, and `context` with cluster, user and namespace.

    None is the default kubeconfig. Raises UsageError for what is not there or cannot be used.
    """
    from kubernetes import config
    from yaml import YAMLError

    if kubeconfig and not kubeconfig.is_file():
        raise UsageError(f"--kubeconfig {kubeconfig}: no such file.")
    try:
        contexts, current = config.list_kube_config_contexts(  # type: ignore[no-untyped-call]
            str(kubeconfig) if kubeconfig else None
        )
    # The client does not look closely at what it reads.
    except (config.ConfigException, YAMLError, TypeError, KeyError, AttributeError, ValueError, OSError) as error:
        raise unusable(kubeconfig, error) from None
    names = {one["name"]: one for one in contexts}
    if context and context not in names:
        raise UsageError(
            f"--context {context}: there is none.{did_you_mean(context, names)} Contexts: {listed(names)}."
        )
    found: dict[str, Any] = names[context] if context else current
    return found


def unusable(kubeconfig: Path | None, error: Exception) -> UsageError:
    """The sentence about a kubeconfig that the client cannot use."""
    name = kubeconfig or "the default kubeconfig"
    hint = "" if kubeconfig else " Name one with --kubeconfig, or by the variable KUBECONFIG."
    return UsageError(f"{name}: not a usable kubeconfig: {str(error).rstrip('.')}.{hint}")


def when_busy() -> Retry:
    """What the client does with answers 413, 429 and 503: where they say Retry-After, it waits and asks again.

    Of what it cannot connect to it says so at once: an unreachable cluster is a sentence, not a series of warnings.
    """
    from urllib3 import Retry

    return Retry(
        total=_ASKED_AGAIN,
        connect=False,
        read=False,
        other=0,
        redirect=False,
        # Nothing was done yet, so that what creates may be asked again, too.
        allowed_methods=None,
        raise_on_status=False,
        raise_on_redirect=False,
        retry_after_max=_LONGEST_WAIT,
    )

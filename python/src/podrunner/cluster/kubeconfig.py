"""The cluster that a command line means, chosen as kubectl does: a kubeconfig, and a context of it."""

from __future__ import annotations

import shlex
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.findings.suggest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kubernetes.client import ApiClient
    from urllib3 import Retry

# What an API server says when it is busy, such as "storage is (re)initializing", is to be asked again, as client-go does:
# ten times, and only when it says when, which is seconds.
_ASKED_AGAIN = 10
_LONGEST_WAIT = 10


@dataclass(frozen=True, slots=True)
class Access:
    """A cluster as kubectl and helm are told of it; `kubeconfig` is None for the default one, `context` empty for its own."""

    kubeconfig: Path | None = None
    context: str = ""

    @property
    def kubectl(self) -> str:
        """`kubectl` with what leads it to the cluster."""
        return f"kubectl{self._flags('--context')}"

    @property
    def helm(self) -> str:
        """`helm` with what leads it to the cluster."""
        return f"helm{self.helm_flags}"

    @property
    def helm_flags(self) -> str:
        """What leads helm to the cluster, with a space before it."""
        return self._flags("--kube-context")

    def _flags(self, context: str) -> str:
        words = [("--kubeconfig", str(self.kubeconfig or "")), (context, self.context)]
        return "".join(f" {name} {shlex.quote(value)}" for name, value in words if value)


def api_client(kubeconfig: Path | None, context: str = "", temporary: Path | None = None) -> ApiClient:
    """The client for the cluster that a kubeconfig and a context of it name, as kubectl chooses. Nothing is asked yet.

    `temporary` is a folder for the client's certificate files, None for the system's. Raises UsageError.
    """
    from kubernetes import client, config

    find_context(kubeconfig, context)
    configuration = client.Configuration()
    with _usable(kubeconfig):
        config.load_kube_config(  # type: ignore[no-untyped-call]
            str(kubeconfig) if kubeconfig else None,
            context or None,
            configuration,
            persist_config=False,
            temp_file_path=str(temporary) if temporary else None,
        )
    configuration.retries = when_busy()
    return client.ApiClient(configuration)


def find_context(kubeconfig: Path | None, context: str = "") -> dict[str, Any]:
    """The context of that name, or the current one: `cluster`, `user` and `namespace`.

    None is the default kubeconfig. Raises UsageError for what is not there or cannot be used.
    """
    from kubernetes import config

    if kubeconfig and not kubeconfig.is_file():
        raise UsageError(f"--kubeconfig {kubeconfig}: no such file.")
    with _usable(kubeconfig):
        contexts, current = _read(kubeconfig)
        if not (context or current):
            hint = "`kubectl config use-context NAME` chooses one"
            raise config.ConfigException(f"it has no current-context. {hint}; contexts: {listed(contexts)}")
    if (name := context or current) not in contexts:
        asked = f"--context {name}" if context else f"current-context {name}"
        raise UsageError(f"{asked}: there is none.{did_you_mean(name, contexts)} Contexts: {listed(contexts)}.")
    return contexts[name]


def _read(kubeconfig: Path | None) -> tuple[dict[str, dict[str, Any]], str]:
    """Name → context, and the name of the current one, empty where none is: only who names no context needs it."""
    from kubernetes import config

    files = str(kubeconfig or config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION)
    merged = config.kube_config.KubeConfigMerger(files).config  # type: ignore[no-untyped-call]
    if merged is None:
        raise config.ConfigException("there is none")
    contexts = {one["name"]: dict(one["context"].value) for one in merged["contexts"]}
    return contexts, str(merged.safe_get("current-context") or "")


@contextmanager
def _usable(kubeconfig: Path | None) -> Iterator[None]:
    """Makes a sentence of whatever the client says to a kubeconfig: it does not look closely at what it reads."""
    from kubernetes import config
    from yaml import YAMLError

    try:
        yield
    except (config.ConfigException, YAMLError, TypeError, KeyError, AttributeError, ValueError, OSError) as error:
        name = kubeconfig or "the default kubeconfig"
        hint = "" if kubeconfig else " Name one with --kubeconfig, or by the variable KUBECONFIG."
        raise UsageError(f"{name}: not a usable kubeconfig: {str(error).rstrip('.')}.{hint}") from None


def when_busy(*, unanswered: int = 0) -> Retry:
    """What the client does with answers 413, 429 and 503: where they say Retry-After, it waits and asks again.

    Of what it cannot connect to it says so at once: an unreachable cluster is a sentence, not a series of warnings.
    `unanswered` is how often it asks again what got no answer; only for what may be done twice.
    """
    from urllib3 import Retry

    return Retry(
        total=_ASKED_AGAIN,
        connect=False,
        read=unanswered or False,
        other=0,
        redirect=False,
        # Nothing was done yet, so that what creates may be asked again, too.
        allowed_methods=None,
        raise_on_status=False,
        raise_on_redirect=False,
        retry_after_max=_LONGEST_WAIT,
    )

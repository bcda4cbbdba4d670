"""Helm's Go library in this process, by helm-python-sdk: loaded, and asked to render."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.helm.refusal import read_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


def load_library() -> Any:
    """The module of helm-python-sdk. Raises UsageError when it cannot work here."""
    # Read by Go once, when the library is loaded: its collector would stop renders for the sake of a few megabytes.
    os.environ.setdefault("GOGC", "400")
    try:
        import helm_python
    except (ImportError, OSError, RuntimeError) as error:
        raise UsageError(
            f"Helm's library cannot be loaded here ({error}). Install helm and use --helm command."
        ) from None
    return helm_python


def call_render(chart: Any, values: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    """Template → text, for a chart that the library loaded. Raises RenderError."""
    return dict(json.loads(ask_render(chart, values, options)))


def ask_render(chart: Any, values: Mapping[str, Any], options: Mapping[str, Any], kubeconfig: str = "") -> str:
    """The answer of `call_render` as Helm gives it: JSON, the same text for the same rendering. Raises RenderError.

    With the text of a kubeconfig, `lookup` asks that API server; nothing else does.
    """
    helm_python = load_library()
    # The public Chart.render cannot be told a Kubernetes version or API versions.
    from helm_python import _native

    try:
        handle = chart._raw()  # noqa: SLF001, no public way to what it stands for
        given = (handle, json.dumps(values), json.dumps(options))
        if not kubeconfig:
            return str(_native.call_string("helm_render", *given))
        with helm_python.Config(kubeconfig_content=kubeconfig) as config:
            return str(_native.call_string("helm_render_with_config", config._raw(), *given))  # noqa: SLF001, as above
    except helm_python.HelmError as error:
        raise read_refusal(error.detail or str(error)) from None

"""Helm's Go library in this process, by helm-python-sdk: loaded, and asked to render."""

from __future__ import annotations

import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.findings.errors import UsageError
from podrunner.helm.refusal import read_refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


def _set_up_collector() -> None:
    # Read by Go once, when the library is loaded: its collector would stop renders for the sake of a few megabytes.
    os.environ.setdefault("GOGC", "400")


def load_library() -> Any:
    """The module of helm-python-sdk. Raises UsageError when it cannot work here."""
    _set_up_collector()
    try:
        import helm_python
    except (ImportError, OSError, RuntimeError) as error:
        raise UsageError(
            f"Helm's library cannot be loaded here ({error}). Install helm and use --helm command."
        ) from None
    return helm_python


def map_library() -> None:
    """Let Linux map Helm's library before `load_library`: for a thread beside others. Elsewhere it does nothing.

    ctypes.CDLL holds Python's lock while it does that, for some 30 ms; what it calls does not.
    """
    file = _library_file()
    if file:
        import ctypes

        _set_up_collector()
        # What is wrong with it is said by `load_library`.
        ctypes.CDLL(None).dlopen(os.fsencode(file), os.RTLD_NOW)


def _library_file() -> Path | None:
    """The file that helm-python-sdk will load: that with the whole version in its name. None where it is another's."""
    package = find_spec("helm_python")
    if sys.platform != "linux" or "HELM_C_LIB" in os.environ or not (package and package.origin):
        return None
    files = (Path(package.origin).parent / "lib").glob("libhelm_c.so*")
    return max(files, key=lambda file: len(file.name), default=None)


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

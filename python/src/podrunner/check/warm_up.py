"""How a process that checks cases begins: what takes time and can be done meanwhile, is."""

from __future__ import annotations

import atexit
import gc
import threading
from typing import TYPE_CHECKING

from podrunner.findings.errors import UsageError
from podrunner.helm.sdk import load_library, map_library

if TYPE_CHECKING:
    from podrunner.helm.renderer import Kind

# Documents and findings stay to the end: Python's default of 700 has the collector walk them again and again.
_OBJECTS_BEFORE_COLLECTION = 50_000


def warm_up(helm: Kind) -> None:
    """Set the garbage collector for a short life with many objects, and begin to load Helm beside all other imports."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, 20, 20)
    # At its end Python looks through all objects for garbage, which the system takes back anyway.
    atexit.register(gc.freeze)
    if helm == "library":
        threading.Thread(target=_load_helm, name="load-helm", daemon=True).start()


def _load_helm() -> None:
    map_library()
    try:
        load_library()
    except UsageError:
        # Said again, and to somebody who listens, when the library is asked for.
        return

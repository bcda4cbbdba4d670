"""What a probe pod tells of itself from inside: `inside.sh` prints it, this reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

_LINE = re.compile(r"^podrunner-preflight (?P<key>\w+)=(?P<value>.*?)\r?$", re.MULTILINE)
_FILTER = "2"


@dataclass(frozen=True, slots=True)
class Inside:
    """State of the probe's process and its node. Empty texts for what it could not read.

    `bounding` are capabilities in hexadecimal, `seccomp` the kernel's number of the mode (2: a filter), `label` that of
    the security module, `id_map` the lines of uid_map.
    """

    uid: str = ""
    bounding: str = ""
    no_new_privileges: str = ""
    seccomp: str = ""
    id_map: tuple[str, ...] = ()
    user_namespaces: str = ""
    modules: str = ""
    label: str = ""
    fuse: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether a seccomp profile is in force."""
        return self.seccomp == _FILTER

    @property
    def is_of_the_node(self) -> bool:
        """Whether root of its user namespace is the node's root."""
        return any(line.startswith("0 0 ") for line in self.id_map)

    @property
    def has_no_user_namespaces(self) -> bool:
        """Whether the node hands out none."""
        return self.user_namespaces == "0"


def inside_script() -> str:
    """The script that a probe pod runs before its own."""
    return (files("podrunner.preflight") / "inside.sh").read_text(encoding="utf-8")


def read_inside(log: str) -> Inside | None:
    """What a log tells; None when the script did not get to run."""
    told = {found["key"]: found["value"].strip() for found in _LINE.finditer(log)}
    if not told:
        return None
    id_map = tuple(" ".join(line.split()) for line in told.pop("id_map", "").split(",") if line.strip())
    known = {key: value for key, value in told.items() if key in Inside.__dataclass_fields__}
    return Inside(**known, id_map=id_map)

"""A field of a pod that is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from podrunner.manifests.admission.forms import leftover


@dataclass(frozen=True, slots=True)
class FieldFault:
    """`path` is below the pod's spec, `value` what stands there, `reason` the rest of a sentence.

    `words` are the whole sentence where it is not made of these. `is_dropped` where the API server takes the object, and leaves the field out. `in_schema` where the schema of the kind asks for a field, so that it says by itself when it is not there. `other` is the same as the fault of another field, of two that do not go together.
    """

    path: str
    reason: str
    value: Any = None
    in_schema: bool = True
    words: str = ""
    is_dropped: bool = False
    other: FieldFault | None = None

    @property
    def is_absent(self) -> bool:
        """Whether a field is not there at all that has to be, which schemas say, too."""
        return self.in_schema and self.reason == "missing" and self.value is None

    @property
    def sentence(self) -> str:
        """The fault without its place."""
        if self.words:
            return self.words
        said = f", is `{' '.join(str(self.value).split())}`" if self.value not in (None, "") else ""
        text = self.value if isinstance(self.value, str) else ""
        if left := leftover(text):
            around = f" in `{' '.join(text.split())}`" if left != text else ""
            return f"`{left}`{around} is a leftover of a template. Write what it stands for."
        around = " with a blank or line end around it" if text != text.strip() else ""
        return f"{self.reason}{said}{around}."


Faults = Iterator[FieldFault]
Form = Callable[[str], str]


def hold(path: str, value: Any, form: Form) -> Faults:
    """A fault where a text does not have a form; nothing is said of what is not there."""
    if value is None:
        return
    reason = form(str(value))
    if reason:
        yield FieldFault(path, reason, value)


def need(path: str, value: Any, form: Form, *, in_schema: bool = True) -> Faults:
    """The same, where something has to be there."""
    if value in (None, ""):
        yield FieldFault(path, "missing", value, in_schema)
    else:
        yield from hold(path, value, form)


def among(path: str, value: Any, allowed: Iterable[str]) -> Faults:
    """A fault where a text is not one of those that are allowed."""
    options = [*allowed]
    if value not in (None, "") and value not in options:
        listed = f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else options[0]
        yield FieldFault(path, f"must be {listed}", value)


def between(path: str, value: Any, least: int, most: int = 2**31 - 1) -> Faults:
    """A fault for a number out of its range."""
    if isinstance(value, int) and not least <= value <= most:
        yield FieldFault(path, f"must be {least} to {most}" if most < 2**63 - 1 else f"must be {least} or more", value)

"""References of images."""

from __future__ import annotations

# Tags that are made to move: what is pulled by one today is not what it was yesterday.
_MOVING = frozenset(["latest", "stable", "edge", "nightly", "main", "master", "bleeding"])


def split_image(image: str) -> tuple[str, str, str]:
    """(repository with its registry, tag, digest) of `registry:5000/a/b:tag@sha256:…`; what is not there is empty."""
    name, _, digest = image.partition("@")
    # A colon before the last slash belongs to the registry's port.
    folder, slash, last = name.rpartition("/")
    base, _, tag = last.partition(":")
    return f"{folder}{slash}{base}", tag, digest


def floating(image: str) -> str:
    """Why an image may be another one tomorrow, as the rest of a sentence; empty when it is fixed, or only a job knows."""
    _, tag, digest = split_image(image)
    if digest or not image or "$" in image or (tag and _MOVING.isdisjoint(tag.split("-"))):
        return ""
    reason = f"has the tag {tag}" if tag else "has neither tag nor digest"
    return f"{reason}: tomorrow it may be another image. Name a version or a digest."

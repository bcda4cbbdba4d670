"""References of images."""

from __future__ import annotations


def split_image(image: str) -> tuple[str, str, str]:
    """(repository with its registry, tag, digest) of `registry:5000/a/b:tag@sha256:…`; what is not there is empty."""
    name, _, digest = image.partition("@")
    # A colon before the last slash belongs to the registry's port.
    folder, slash, last = name.rpartition("/")
    base, _, tag = last.partition(":")
    return f"{folder}{slash}{base}", tag, digest

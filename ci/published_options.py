"""Options of fields as API servers publish them at /openapi/v3, by hand: each version's server has to be there.

    python -m ci.published_options FOLDER VERSION…

FOLDER is one made by ci/airgap/build, VERSION such as 1.37.2 one of `ci/airgap/build --api-server`. It writes the file
that the tests hold the constraints of fields to.
"""

from __future__ import annotations

import argparse
import json
import ssl
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podrunner.formats.kube_version import minor_version
from podrunner.manifests.schemas.constraints import short_name
from tests.admission.control_plane import control_plane

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.admission.control_plane import ControlPlane

TARGET = Path("tests/manifests/published_options.yaml")
_HEAD = """\
# Options of fields as API servers publish them at /openapi/v3: group.version.type.field → options, `[]` behind it for items.
# Where versions differ: first version → options, none where it publishes none.
# Source: `python -m ci.published_options` with kube-apiserver {versions}.
"""
Options = dict[str, list[str]]


def main() -> None:
    """Ask the API servers, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m ci.published_options")
    parser.add_argument("folder", type=Path)
    parser.add_argument("versions", nargs="+")
    given = parser.parse_args()
    versions = sorted(given.versions, key=minor_version)
    published = {version: _of_version(given.folder / "parts", version) for version in versions}
    TARGET.write_text(_text(published), encoding="utf-8")


def _of_version(parts: Path, version: str) -> Options:
    # The air gap's own server has no version in the name of its folder.
    other = version if (parts / f"kube-apiserver-{version}").exists() else ""
    with tempfile.TemporaryDirectory() as folder, control_plane(parts, Path(folder), other) as plane:
        paths = _get(plane, "/openapi/v3")["paths"].values()
        documents = [_get(plane, one["serverRelativeURL"]) for one in paths]
    return dict(sorted(one for document in documents for one in _options(document)))


def _get(plane: ControlPlane, path: str) -> Any:
    request = urllib.request.Request(plane.url + path, headers={"Authorization": f"Bearer {plane.admin}"})
    context = ssl.create_default_context(cafile=str(plane.certificate))
    with urllib.request.urlopen(request, context=context, timeout=60) as answer:
        return json.load(answer)


def _options(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for field, said in schema.get("properties", {}).items():
            at = f"{short_name(name)}.{field}"
            for place, part in ((at, said), (f"{at}[]", said.get("items", {}))):
                found = [one["enum"] for one in (part, *part.get("allOf", ())) if "enum" in one]
                if found:
                    yield place, sorted(found[0])


def _text(published: Mapping[str, Options]) -> str:
    names = sorted({name for options in published.values() for name in options})
    lines = [f"{json.dumps(name)}: {json.dumps(_changes(name, published))}\n" for name in names]
    minors = [".".join(map(str, minor_version(version))) for version in published]
    versions = f"versions: {json.dumps(minors)}\n"
    return "".join(
        (_HEAD.format(versions=", ".join(published)), versions, "options:\n", *(f"  {line}" for line in lines))
    )


def _changes(name: str, published: Mapping[str, Options]) -> list[str] | dict[str, list[str]]:
    """The options of all versions, or those of each version that changes them."""
    changes: dict[str, list[str]] = {}
    for version, options in published.items():
        now = options.get(name, [])
        if not changes or now != list(changes.values())[-1]:
            changes[".".join(map(str, minor_version(version)))] = now
    return next(iter(changes.values())) if len(changes) == 1 else changes


if __name__ == "__main__":
    main()

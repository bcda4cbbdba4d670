"""What ConfigMaps and Secrets hold: each key once, and a mebibyte at most.

Source: ValidateConfigMap and ValidateSecret of k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from podrunner.manifests.admission.fault import FieldFault
from podrunner.manifests.objects import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from podrunner.manifests.admission.fault import Faults

_MOST = 1 << 20


def config_map_faults(data: Mapping[str, Any]) -> Faults:
    """A key that is text and bytes, and more than there is room for."""
    plain, binary = table(data.get("data")), table(data.get("binaryData"))
    for key in plain:
        if key in binary:
            yield FieldFault(f"data.{key}", "is a key of binaryData, too", key)
    yield from _size([*map(_bytes, plain.values()), *map(_decoded, binary.values())])


def secret_size_faults(data: Mapping[str, Any]) -> Faults:
    """More than there is room for. The API server lays stringData over data."""
    plain = table(data.get("stringData"))
    encoded = {key: value for key, value in table(data.get("data")).items() if key not in plain}
    yield from _size([*map(_bytes, plain.values()), *map(_decoded, encoded.values())])


def _size(contents: Iterable[int]) -> Faults:
    if (size := sum(contents)) > _MOST:
        yield FieldFault("data", f"has {size} bytes, of {_MOST} at most. Take files out, or spread them over several")


def _bytes(value: Any) -> int:
    return len(value.encode()) if isinstance(value, str) else 0


def _decoded(value: Any) -> int:
    try:
        return len(b64decode(str(value)))
    except ValueError:
        # The schema says that it is not base64.
        return 0

"""Keys that GitLab Runner once read under another name, as it renamed them itself.

Source: the fields marked as deprecated in common/config.go of GitLab Runner 10 to 13, and the notes of the releases that
removed them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podrunner.findings.path import delete_at, value_at
from podrunner.importing.change import Fate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from podrunner.findings.path import Path
    from podrunner.importing.change import Changes

_S3 = ("ServerAddress", "AccessKey", "SecretKey", "BucketName", "BucketLocation", "Insecure")
_RENAMED: dict[Path, Path] = {
    **{("kubernetes", f"{of}cpus"): ("kubernetes", f"{of}cpu_limit") for of in ("", "service_", "helper_")},
    **{("kubernetes", f"{of}memory"): ("kubernetes", f"{of}memory_limit") for of in ("", "service_", "helper_")},
    ("kubernetes", "terminationGracePeriodSeconds"): ("kubernetes", "pod_termination_grace_period_seconds"),
    **{("cache", name): ("cache", "s3", name) for name in _S3},
    **{("cache", f"S3{name}"): ("cache", "s3", name) for name in ("BucketName", "BucketLocation")},
    ("cache", "S3CachePath"): ("cache", "Path"),
    ("cache", "CachePath"): ("cache", "Path"),
    ("cache", "CacheShared"): ("cache", "Shared"),
    ("cache", "CacheInsecure"): ("cache", "s3", "Insecure"),
}


def rename_keys(own: dict[str, Any], path: Path, changes: Changes) -> Iterator[Path]:
    """Writes old keys of a [[runners]] table, at `path`, under the names of today, and gives the paths of the old ones.

    Where both are there, that of today counts.
    """
    for old, new in _RENAMED.items():
        value = value_at(own, old)
        if value is None:
            continue
        delete_at(own, old)
        yield (*path, *old)
        called = ".".join(map(str, new))
        if value_at(own, new) is not None:
            changes.add(Fate.REMOVED, (*path, *old), f"{called} is there, too, and is what GitLab Runner reads.")
            continue
        below = own
        for name in new[:-1]:
            below = below.setdefault(str(name), {})
        below[str(new[-1])] = value
        changes.add(Fate.CHANGED, (*path, *old), f"is {called}: GitLab Runner no longer reads the old name.")

"""Is the build container what its mode promises? Judged by the pod as the API server had it, and from inside."""

from __future__ import annotations

import re

from podrunner.manifests.security.promise import ALL, Check, Promise, check_pods, wrong_uid

__all__ = ["INSIDE_SCRIPT", "Check", "Promise", "check_inside", "check_pods"]

# Printed by the build container at the end of the built-in pipeline's job; the numbers make it differ from its own
# echo in the log.
INSIDE_SCRIPT = (
    "while read -r key value; do case $key in CapBnd:) bounding=$value ;; NoNewPrivs:) no_new=$value ;;"
    " Seccomp:) seccomp=$value ;; esac; done < /proc/self/status; read -r _ root _ < /proc/self/uid_map;"
    # podman calls both overlay; only the options name the program that mounts.
    " driver=$(podman info --format '{{.Store.GraphDriverName}} {{.Store.GraphOptions}}');"
    " case $driver in *fuse-overlayfs*) driver=fuse-overlayfs ;; *) driver=${driver%% *} ;; esac;"
    ' echo "podrunner-inside uid=$(id -u) CapBnd=$bounding NoNewPrivs=$no_new Seccomp=$seccomp root=$root driver=$driver"'
)
# What the kernel calls 0, 1 and 2.
_SECCOMP = ("off", "strict", "filtered")
_INSIDE = re.compile(
    r"^podrunner-inside uid=(?P<uid>\d+) CapBnd=(?P<bounding>[0-9a-f]{16}) NoNewPrivs=(?P<no_new>[01])"
    r" Seccomp=(?P<seccomp>[012]) root=(?P<root>\d+) driver=(?P<driver>\S*)\r?$",
    re.MULTILINE,
)

# Bit numbers of linux/capability.h that a promise can name.
CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "FSETID": 4,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "SETPCAP": 8,
    "NET_BIND_SERVICE": 10,
    "NET_RAW": 13,
    "SYS_CHROOT": 18,
    "SYS_ADMIN": 21,
    "MKNOD": 27,
    "AUDIT_WRITE": 29,
    "SETFCAP": 31,
}


def check_inside(log: str, promise: Promise) -> Check:
    """Compares what the build container printed of itself with the promise."""
    found = _INSIDE.search(log)
    if not found:
        return Check(
            "inside the build container", "the job's log does not say what the build container's process may do"
        )
    uid, bounding, root = int(found["uid"]), int(found["bounding"], 16), int(found["root"])
    problems = [wrong_uid("uid", uid, promise)]
    if (found["no_new"] == "1") != promise.no_new_privileges:
        problems.append(f"NoNewPrivs is {found['no_new']}, promised is {int(promise.no_new_privileges)}")
    problems.append(_wrong_capabilities(bounding, promise))
    if promise.host_users not in (None, root == 0):
        wanted = "the node's root" if promise.host_users else "nobody on the node"
        problems.append(f"root is uid {root} of the node, promised is {wanted}")
    text = (
        f"inside: uid {uid}, CapBnd {found['bounding']} ({_names(bounding)}), NoNewPrivs {found['no_new']}, "
        f"seccomp {_SECCOMP[int(found['seccomp'])]}, root is uid {root} of the node, storage driver {found['driver']}"
    )
    return Check(text, "; ".join(problem for problem in problems if problem))


def _wrong_capabilities(bounding: int, promise: Promise) -> str:
    if promise.capabilities == {ALL}:
        # A node may withhold some from everybody; SYS_ADMIN is what tells a privileged container from others.
        return "" if bounding >> CAPABILITIES["SYS_ADMIN"] & 1 else "CapBnd lacks SYS_ADMIN, promised are all"
    wanted = sum(1 << CAPABILITIES[name] for name in promise.capabilities)
    return "" if bounding == wanted else f"CapBnd is {bounding:016x}, promised is {wanted:016x} ({_names(wanted)})"


def _names(bounding: int) -> str:
    known = sorted(name for name, bit in CAPABILITIES.items() if bounding >> bit & 1)
    if bounding.bit_count() > len(known):
        return f"{bounding.bit_count()} capabilities"
    return " ".join(known) or "none"

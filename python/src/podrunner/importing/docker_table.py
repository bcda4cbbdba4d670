"""[runners.docker] as keys of [runners.kubernetes]: what a container of docker and one of a job pod have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from podrunner.importing.change import Changes, Fate
from podrunner.manifests.objects import maps, table, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from podrunner.findings.path import Path

Table = dict[str, Any]
# Keys of the same meaning, and where they go.
_SAME = {
    **{
        key: key
        for key in (
            *("image", "helper_image", "helper_image_flavor", "helper_image_autoset_arch_and_os", "pull_policy"),
            *("allowed_images", "allowed_services", "allowed_pull_policies", "allowed_users", "privileged"),
            *("cap_add", "cap_drop"),
        )
    },
    "cpus": "cpu_limit",
    "memory": "memory_limit",
    "memory_reservation": "memory_request",
    "service_cpus": "service_cpu_limit",
    "service_memory": "service_memory_limit",
    "service_memory_reservation": "service_memory_request",
}
_SIZE = re.compile(r"(?i)\s*(\d+)\s*([bkmg]?)(i?b)?\s*\Z")
_UNITS = {"": "", "b": "", "k": "Ki", "m": "Mi", "g": "Gi"}
_USER = re.compile(r"(\d+)(?::(\d+))?\Z")
_SHM = "/dev/shm"
# The folder that the docker executor keeps caches in.
_CACHE = "/cache"
_SOCKET = "docker.sock"
_OF_NODES = "which containers run on and how is a matter of the cluster's nodes."
_ONE_POD = "all containers of a job are in one pod and reach each other at localhost and by their aliases."
_OF_DOCKER = "is about the daemon of docker, and there is none."
_WHY = {
    "cpu_shares": "is a weight: cpu_request is what a pod is given for sure.",
    "cpuset_cpus": _OF_NODES,
    "cpuset_mems": _OF_NODES,
    "service_cpuset_cpus": _OF_NODES,
    "memory_swap": "pods do not swap: memory_limit is all they have.",
    "service_memory_swap": "pods do not swap: service_memory_limit is all they have.",
    "memory_swappiness": "pods do not swap.",
    "oom_kill_disable": "Kubernetes ends a container that takes more than its limit.",
    "oom_score_adjust": "Kubernetes sets it, by requests and limits.",
    "cgroup_parent": "Kubernetes sets it.",
    "service_cgroup_parent": "Kubernetes sets it.",
    "network_mode": _ONE_POD,
    "links": _ONE_POD,
    "enable_ipv6": "is a matter of the cluster's network.",
    "mac_address": "is a matter of the cluster's network.",
    "hostname": "a pod has its own name.",
    "host": _OF_DOCKER,
    "tls_cert_path": _OF_DOCKER,
    "tls_verify": _OF_DOCKER,
    "volume_driver": _OF_DOCKER,
    "volume_driver_ops": _OF_DOCKER,
    "volumes_from": _OF_DOCKER,
    "log_options": _OF_DOCKER,
    "isolation": "is about Windows.",
    "userns_mode": "a pod has its own users by host_users: false.",
    "runtime": "runtime_class_name does it, for a RuntimeClass that the cluster has.",
    "gpus": "resources of devices are asked for by a patch of pod_spec.",
    "service_gpus": "resources of devices are asked for by a patch of pod_spec.",
    "devices": "a pod gets devices by a device plugin of the cluster.",
    "services_devices": "a pod gets devices by a device plugin of the cluster.",
    "device_cgroup_rules": "a pod gets devices by a device plugin of the cluster.",
    "sysctls": "pod_security_context.sysctls does it, for those that the cluster allows.",
    "ulimit": "pods have the limits of the node's container runtime.",
    "security_opt": "seccomp, AppArmor and SELinux profiles are set by build_container_security_context.",
    "services_security_opt": "seccomp, AppArmor and SELinux profiles are set by service_container_security_context.",
    "read_only_rootfs": "build_container_security_context.read_only_root_filesystem does it.",
    "services_tmpfs": "a pod's volumes are mounted in all its containers: write volumes.empty_dir.",
    "cache_dir": "was a folder of the docker host: caches are kept in a bucket, see cache.",
    "disable_cache": "there are no cache volumes: caches are kept in a bucket, see cache.",
    "wait_for_services_timeout": "the runner waits for services by HEALTHCHECK_TCP_PORT of each of them.",
    "container_labels": "pod_labels does it, with the characters that Kubernetes takes.",
    "disable_entrypoint_overwrite": "jobs may set the entrypoint of their image.",
    "allowed_privileged_images": "which images may be privileged is not a choice here: privileged is for all jobs or none.",
    "allowed_privileged_services": "which images may be privileged is not a choice here: privileged is for all jobs or none.",
}


def docker_keys(docker: Table, path: Path, changes: Changes) -> Table:
    """Keys of [runners.kubernetes]; `path` is that of [runners.docker], each key of which is noted in `changes`."""
    kubernetes: Table = {}
    for key, value in docker.items():
        at = (*path, key)
        if value in (None, "", 0, False, [], {}):
            changes.add(Fate.EMPTY, at, "is not set.")
        elif key in _SAME:
            kubernetes[_SAME[key]] = _amount(key, value)
            changes.add(Fate.MAPPED, at, f"is kubernetes.{_SAME[key]}.")
        elif key in _CONVERSIONS:
            _CONVERSIONS[key](kubernetes, value, at, changes)
        else:
            changes.add(Fate.UNSUPPORTED, at, _WHY.get(key, "has no counterpart in a job pod."))
    return kubernetes


def _amount(key: str, value: Any) -> Any:
    if key in ("cpus", "service_cpus"):
        return str(value)
    return _size(value) or str(value) if "memory" in key else value


def _size(value: Any) -> str:
    """`2Gi` of docker's `2g`; a number is bytes. Empty for what is no size."""
    found = _SIZE.match(str(value))
    return f"{found[1]}{_UNITS[found[2].lower()]}" if found else ""


def _hosts(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    found: dict[str, list[str]] = {}
    for index, entry in enumerate(texts(value)):
        host, _, address = entry.replace("=", ":", 1).partition(":")
        if address == "host-gateway" or not address:
            message = "there is no docker host whose address it could be."
            changes.add(Fate.UNSUPPORTED, (*at, index), message)
        else:
            found.setdefault(address.strip("[]"), []).append(host)
    if found:
        kubernetes["host_aliases"] = [{"ip": address, "hostnames": hosts} for address, hosts in found.items()]
        changes.add(Fate.MAPPED, at, "is kubernetes.host_aliases.")


def _names(key: str) -> Callable[[Table, Any, Path, Changes], None]:
    def convert(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
        kubernetes.setdefault("dns_config", {})[key] = texts([value] if isinstance(value, str) else value)
        if key == "nameservers":
            # As with docker: these servers, and no others.
            kubernetes["dns_policy"] = "none"
        message = f"is kubernetes.dns_config.{key}."
        changes.add(Fate.CHANGED, at, f"{message} Names of the cluster are known only where these servers know them.")

    return convert


def _services(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    known = ("name", "alias", "command", "entrypoint", "environment")
    found = [{"name": one} for one in texts(value)] + [
        {key: item for key, item in one.items() if key in known} for one in maps(value)
    ]
    for index, one in enumerate(maps(value)):
        for key in one:
            if key not in known:
                changes.add(Fate.UNSUPPORTED, (*at, index, key), "services of a job pod have no such key.")
    kubernetes["services"] = found
    changes.add(Fate.MAPPED, at, "is kubernetes.services.")


def _privileged_services(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    kubernetes.setdefault("service_container_security_context", {})["privileged"] = value
    changes.add(Fate.MAPPED, at, "is kubernetes.service_container_security_context.privileged.")


def _user(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    found = _USER.match(str(value))
    if not found:
        changes.add(Fate.UNSUPPORTED, at, "Kubernetes wants a number: build_container_security_context.run_as_user.")
        return
    context = kubernetes.setdefault("build_container_security_context", {})
    context["run_as_user"] = int(found[1])
    if found[2]:
        context["run_as_group"] = int(found[2])
    changes.add(Fate.MAPPED, at, "is kubernetes.build_container_security_context.run_as_user.")


def _groups(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    numbers = [int(one) for one in texts(value) if one.isdigit()]
    if numbers:
        kubernetes.setdefault("pod_security_context", {})["supplemental_groups"] = numbers
        changes.add(Fate.MAPPED, at, "is kubernetes.pod_security_context.supplemental_groups.")
    if len(numbers) < len(texts(value)):
        changes.add(Fate.UNSUPPORTED, at, "groups by name are those of an image: Kubernetes wants numbers.")


def _shm(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    _empty_dir(kubernetes, "shm", _SHM, {"medium": "Memory", "size_limit": _size(value) or str(value)})
    changes.add(Fate.CHANGED, at, f"is a volume in memory at {_SHM}, which counts as memory of the pod.")


def _tmpfs(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    for number, (folder, options) in enumerate(table(value).items()):
        size = _size(next((part[5:] for part in str(options).split(",") if part.startswith("size=")), "?"))
        _empty_dir(
            kubernetes, f"tmpfs-{number}", folder, {"medium": "Memory", **({"size_limit": size} if size else {})}
        )
        changes.add(Fate.CHANGED, (*at, folder), "is a volume in memory, which counts as memory of the pod.")


def _volumes(kubernetes: Table, value: Any, at: Path, changes: Changes) -> None:
    for index, volume in enumerate(texts(value)):
        source, _, rest = volume.partition(":")
        path, folder = (*at, index), rest.partition(":")[0]
        if not rest and source.rstrip("/") == _CACHE:
            changes.add(Fate.UNSUPPORTED, path, "kept caches on the docker host: they are kept in a bucket, see cache.")
        elif not rest:
            _empty_dir(kubernetes, f"volume-{index}", source, {})
            message = f"{source} is an empty volume of each job: nothing in it is kept for the next one."
            changes.add(Fate.CHANGED, path, message)
        elif _SOCKET in source:
            message = "there is no docker on the nodes of a cluster: build with podman (--mode unprivileged)."
            changes.add(Fate.UNSUPPORTED, path, message)
        elif source.startswith("/"):
            message = (
                f"{source} is a folder of the docker host, which nodes do not have: mount what is in it at {folder}, by "
                "volumes.config_map, volumes.secret or volumes.pvc."
            )
            changes.add(Fate.UNSUPPORTED, path, message)
        else:
            message = f"{source} is a volume of docker: for what is kept at {folder}, make a claim, and add it by volumes.pvc."
            changes.add(Fate.UNSUPPORTED, path, message)


def _empty_dir(kubernetes: Table, name: str, folder: str, more: Table) -> None:
    volume = {"name": name, "mount_path": folder, **more}
    kubernetes.setdefault("volumes", {}).setdefault("empty_dir", []).append(volume)


_CONVERSIONS: dict[str, Callable[[Table, Any, Path, Changes], None]] = {
    "extra_hosts": _hosts,
    "dns": _names("nameservers"),
    "dns_search": _names("searches"),
    "services": _services,
    "services_privileged": _privileged_services,
    "user": _user,
    "group_add": _groups,
    "shm_size": _shm,
    "tmpfs": _tmpfs,
    "volumes": _volumes,
}

"""Runners and jobs, drawn by a seed: every key of [runners.kubernetes] that shapes what is made for a job.

Keys come from the table of keys, so that one that GitLab Runner learns is drawn without further ado.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podrunner.runner.job_pod.request import JobImage, JobRequest, JobVariable
from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from podrunner.runner.keys import Key

# Key, or the table it is in → why it is not drawn.
LEFT_OUT = {
    "host": "where the cluster is",
    "context": "where the cluster is",
    "cert_file": "how the runner reaches the cluster",
    "key_file": "how the runner reaches the cluster",
    "ca_file": "how the runner reaches the cluster",
    "autoscaler": "pods of no job",
    "suspend_pvc_size": "jobs that are suspended",
    "suspend_pvc_storage_class": "jobs that are suspended",
    "services.suspend_data_path": "jobs that are suspended",
    "cleanup_grace_period_seconds": "what happens after the job",
    "cleanup_resources_timeout": "what happens after the job",
    "retry_limit": "how often the runner asks again",
    "retry_backoff_max": "how often the runner asks again",
    "retry_limits": "how often the runner asks again",
    "resource_availability_check_max_attempts": "waits for accounts before the pod",
    "print_pod_warning_events": "what the runner writes into the log",
    "pod_spec.patch_path": "a file of the manager's",
}
NAMESPACES = ("drawn", "other", "team-a", "team-b")
# In place of tokens of service accounts, which are made when the API server runs.
CONFIGURED_TOKEN, JOB_TOKEN = "@configured@", "@job@"
_OFTEN, _BELOW, _LEAF = 0.22, 0.75, 0.85
# Keys by which most jobs are refused, and those that turn the pod upside down.
_SELDOM = {
    "allowed_images",
    "allowed_services",
    "allowed_pull_policies",
    "pod_spec",
    "pull_policy",
    "namespace_per_job",
}
_IMAGES = (
    "docker.io/library/alpine:3.22",
    "$CI_REGISTRY_IMAGE/build:$TAG",
    "registry.example.com:5000/a/b@sha256:" + 64 * "a",
)
_SERVICES = (
    "postgres:17",
    "docker:dind",
    "registry.example.com:5000/team/My_db:1",
    "quay.io/a/b",
    "$DATABASE",
    "redis",
)
_ALIASES = ("db", "db cache", "db,cache", "a.b", "db.a db", "cache", "Upper")
_AMOUNTS = {
    "cpu": ("100m", "1", "1500m", "0", "2.5"),
    "memory": ("64Mi", "1Gi", "1500M", "0", "1e9"),
    "storage": ("1Gi", "500M", "2Gi"),
}
_PATTERNS = (".*", "^team-", "a", "[", "^(drawn|other)$", "=", r"^[[:alnum:]./=:$-]+$", "x\\z", "(?i)TEAM")
_PATHS = ("/data", "/data/", "/builds", "$CI_PROJECT_DIR/cache", "/srv/$NAME", "/home/build", "/var/${TAG}x")
_PATCHES: tuple[tuple[str, Any], ...] = (
    (
        "strategic",
        {"hostUsers": False, "containers": [{"name": "build", "resources": {"limits": {"a.example/b": "1"}}}]},
    ),
    ("strategic", {"containers": [{"name": "extra", "image": "busybox"}, {"name": "helper", "tty": True}]}),
    ("strategic", {"containers": [{"name": "helper", "$patch": "delete"}]}),
    ("strategic", {"volumes": [{"$patch": "replace"}, {"name": "only", "emptyDir": {}}]}),
    ("strategic", {"$setElementOrder/containers": [{"name": "helper"}, {"name": "build"}]}),
    ("strategic", {"securityContext": {"$patch": "replace", "runAsUser": 7}, "affinity": {"$patch": "delete"}}),
    ("strategic", {"volumes": [{"name": "repo", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/x"}}]}),
    ("strategic", {"containers": [{"name": "build", "env": [{"name": "A", "value": "b"}], "securityContext": None}]}),
    ("strategic", {"initContainers": [{"name": "before", "image": "busybox", "command": ["true"]}]}),
    ("strategic", {"containers": [{"image": "nameless"}]}),
    (
        "strategic",
        {"topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "z", "whenUnsatisfiable": "DoNotSchedule"}]},
    ),
    ("strategic", {"containers": [{"name": "build", "volumeMounts": [{"mountPath": "/builds", "name": "scripts"}]}]}),
    ("merge", {"hostUsers": True, "dnsPolicy": None, "nodeSelector": {"a": "b"}}),
    ("merge", {"tolerations": [{"operator": "Exists"}]}),
    ("merge", {"containers": [{"name": "build", "image": "busybox"}]}),
    ("json", [{"op": "add", "path": "/hostNetwork", "value": True}]),
    ("json", [{"op": "replace", "path": "/containers/0/image", "value": "busybox"}]),
    ("json", [{"op": "remove", "path": "/containers/1"}, {"op": "test", "path": "/restartPolicy", "value": "Never"}]),
    ("json", [{"op": "remove", "path": "/overhead"}]),
    ("json", [{"op": "copy", "from": "/containers/0/name", "path": "/hostname"}]),
)
_FLAGS = (
    "FF_USE_LEGACY_KUBERNETES_EXECUTION_STRATEGY",
    "FF_KUBERNETES_HONOR_ENTRYPOINT",
    "FF_USE_DUMB_INIT_WITH_KUBERNETES_EXECUTOR",
    "FF_DISABLE_UMASK_FOR_KUBERNETES_EXECUTOR",
    "FF_USE_POD_ACTIVE_DEADLINE_SECONDS",
)
ADVANCED = "FF_USE_ADVANCED_POD_SPEC_CONFIGURATION"
# Name, or end of the name, of a key → values that mean something there.
_VALUES: dict[str, tuple[Any, ...]] = {
    "image": _IMAGES,
    "helper_image": ("registry.example.com/helper:1", "registry.example.com/helper:v${CI_RUNNER_VERSION}"),
    "helper_image_flavor": ("alpine", "ubuntu", "$FLAVOR"),
    "namespace": (*NAMESPACES, ""),
    "namespaces": (["a"], ["a", "b"]),
    "bearer_token": (CONFIGURED_TOKEN,),
    "allowed_images": (["docker.io/library/*"], ["docker.io/**", "{registry,quay}.*/**"], ["**/alpine:*"], ["none"]),
    "allowed_services": (["postgres:*"], ["**"], ["{docker,redis}*", "*/*", "*/*/*", "postgres:[0-9][0-9]"], ["none"]),
    "pull_policy": ("always", "if-not-present", ["never", "always"], ["always"]),
    "allowed_pull_policies": (["always"], ["always", "if-not-present", "never"]),
    "allowed_users": (["1000"], ["0", "root", "1000"]),
    "allowed_groups": (["1000"], ["0"]),
    "node_selector": ({"disk": "ssd"}, {"kubernetes.io/arch": "arm64"}, {"kubernetes.io/os": "linux", "a": "b"}),
    "node_tolerations": ({"a": "NoSchedule"}, {"a=b": "NoExecute", "": ""}, {"c=d=e": "NoSchedule"}),
    "pod_labels": (
        {"team": "$NAME"},
        {"a.runner.gitlab.com/x": "y", "b": "-_c/d "},
        {"job.runner.gitlab.com/pod": "z"},
    ),
    "pod_annotations": ({"a/b": "$CI_JOB_NAME"}, {"c": "${UNKNOWN}d"}),
    "type": ("RuntimeDefault", "Unconfined", "Localhost", "unconfined"),
    "localhost_profile": ("profiles/a.json",),
    "proc_mount": ("default", " unmasked ", "naked"),
    "operator": ("In", "NotIn", "Exists"),
    "scheme": ("HTTP", "HTTPS"),
    "ip": ("10.0.0.1", "10.0.0.2"),
    "dns_policy": ("none", "default", "cluster-first", "cluster-first-with-host-net", "ClusterFirst"),
    "medium": ("Memory",),
    "size_limit": ("1Gi", " ", "much", "1500M"),
    "mount_propagation": ("None", "HostToContainer"),
    "sub_path": ("a", "$NAME/b"),
    "mount_path": _PATHS,
    "items": ({"a": "b"}, {"a": "b", "c": "d/e"}),
    "environment": (["A=b", "B=$A $NAME", "wrong"], ["KUBERNETES_SERVICE_CPU_LIMIT=1"], ["C=$$x$(y)"]),
    "logs_base_dir": ("/mnt/", "/var/log"),
    "scripts_base_dir": ("/mnt", "/srv\\"),
    "cap_add": (["SYS_ADMIN"], ["NET_RAW", "CHOWN"]),
    "cap_drop": (["ALL"], ["CHOWN", "NET_RAW"]),
    "add": (["SYS_ADMIN"], ["SETUID", "SETGID"]),
    "drop": (["ALL"], []),
    "command": (["sleep", "1"], ["sh", "-c", "true $NAME"]),
    "entrypoint": (["/entry", "a"],),
    "port": (80, 8443),
    "weight": (1, 50),
    "poll_interval": (2, 7),
    "poll_timeout": (60, 100),
}


@dataclass(frozen=True)
class Drawn:
    """A runner's table of config.toml, and its job."""

    runner: dict[str, Any]
    job: JobRequest


def key_names(table: Key | None = None, prefix: str = "") -> Iterator[str]:
    """Dotted names of all keys below [runners.kubernetes] that have none below them."""
    for name, key in (table or kubernetes_keys()).children.items():
        yield from key_names(key, f"{prefix}{name}.") if key.children else [f"{prefix}{name}"]


def kubernetes_keys() -> Key:
    """The table of keys below [runners.kubernetes]."""
    return load_keys().root.children["runners"].children["kubernetes"]


def drawn_keys(value: Any, prefix: str = "") -> Iterator[str]:
    """Dotted names of what a drawn [runners.kubernetes] has, tables of free names as one."""
    known = set(key_names())
    for name, below in value.items():
        here = f"{prefix}{name}"
        if here in known:
            yield here
        else:
            for one in below if isinstance(below, list) else [below]:
                yield from drawn_keys(one, f"{here}.")


def left_out(name: str) -> bool:
    """Whether a key, or a table that it is in, is not drawn."""
    parts = name.split(".")
    return any(".".join(parts[:count]) in LEFT_OUT for count in range(1, len(parts) + 1))


def draw(random: Random, index: int, base: dict[str, Any]) -> Drawn:
    """A runner and a job; `base` is what [runners.kubernetes] begins with, such as that of a mode."""
    # The namespace of a mode is not there.
    kubernetes = {**base, "namespace": NAMESPACES[0], **_table(random, kubernetes_keys(), "", _OFTEN)}
    kubernetes.setdefault("image", _IMAGES[0])
    runner: dict[str, Any] = {"name": f"drawn {index}", "executor": "kubernetes", "kubernetes": kubernetes}
    if random.random() < 0.4:
        runner["environment"] = random.sample(
            ["NAME=from-runner", "TAG=7", "FF_USE_POD_ACTIVE_DEADLINE_SECONDS=1", "no"], 2
        )
    if random.random() < 0.3:
        runner["builds_dir"] = random.choice(["/builds", "/home/build", "/data"])
    flags = {name: random.random() < 0.7 for name in _FLAGS if random.random() < 0.15}
    # A patch that counts is what is wanted of most.
    flags |= {ADVANCED: random.random() < 0.85} if "pod_spec" in kubernetes else {}
    if flags:
        runner["feature_flags"] = flags
    return Drawn(runner, _job(random, index, kubernetes))


def _table(random: Random, table: Key, prefix: str, chance: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, key in table.children.items():
        here = f"{prefix}{name}"
        # An NFS volume without one of its keys is refused with the whole file.
        likely = 0.08 if here in _SELDOM else chance
        if left_out(here) or (random.random() > likely and not prefix.startswith("volumes.nfs")):
            continue
        if here == "pod_spec":
            found[name] = [_patch(random) for _ in range(random.randint(1, 2))]
        elif key.type == "array of tables":
            found[name] = [_item(random, key, here) for _ in range(random.randint(1, 2))]
        elif key.children:
            found[name] = _table(random, key, f"{here}.", _BELOW)
        else:
            found[name] = _value(random, key, here)
    return found


def _item(random: Random, key: Key, here: str) -> dict[str, Any]:
    return _table(random, key, f"{here}.", _LEAF)


def _patch(random: Random) -> dict[str, str]:
    kind, patch = random.choice(_PATCHES)
    named = {"name": "drawn", "patch": json.dumps(patch)}
    return named if kind == "strategic" and random.random() < 0.5 else {**named, "patch_type": kind}


def _value(random: Random, key: Key, here: str) -> Any:
    name = here.rpartition(".")[2]
    if name.endswith("_overwrite_allowed") and key.type == "string":
        return random.choice(_PATTERNS if random.random() < 0.3 else _PATTERNS[:1])
    for resource, amounts in _AMOUNTS.items():
        if name.endswith(("_limit", "_request", "_max_allowed")) and resource in name:
            if random.random() < 0.005:
                return "12x"
            return amounts[2] if name.endswith("_max_allowed") and random.random() < 0.9 else random.choice(amounts)
    if here == "services.name":
        return random.choice(_SERVICES)
    if here == "services.alias":
        return random.choice(_ALIASES)
    if name in _VALUES and (name != "namespace" or here == "namespace"):
        return random.choice(_VALUES[name])
    return _by_type(random, key.type, name)


def _by_type(random: Random, kind: str, name: str) -> Any:
    number = random.randint(1, 4)
    by_type: dict[str, Any] = {
        "boolean": random.random() < 0.5,
        "integer": number * 500,
        "string": f"{name.replace('_', '-')}-{number}",
        "array of string": [f"{name.replace('_', '-')}-{one}" for one in range(number % 3 + 1)],
        "array of integer": [number, number + 1],
        "table of string -> string": {f"key-{number}": "value"},
    }
    return by_type[kind]


def _job(random: Random, index: int, kubernetes: dict[str, Any]) -> JobRequest:
    users = ("1000", "1000:1000", "0", "0:0", "root", "1001:$GROUP", "")
    image = JobImage(
        random.choice((*_IMAGES, "")),
        pull_policy=() if random.random() < 0.95 else random.choice((("always",), ("never", "if-not-present"))),
        user=random.choice(users),
    )
    services = tuple(
        JobImage(
            random.choice(_SERVICES),
            random.choice(("", *_ALIASES[:-1], "$NAME")),
            random.choice(((), ("/own", "entry"))),
            random.choice(((), ("own", "command"))),
            () if random.random() < 0.9 else ("always",),
            random.choice(users),
            variables=random.choice(((), (JobVariable("IN_SERVICE", "$NAME/$PRIVATE"),))),
        )
        for _ in range(random.choice((0, 0, 1, 2)))
    )
    variables = (*_variables(random), *_overwrites(random, kubernetes))
    return JobRequest(
        image, services, variables, id=index + 1, logins=random.random() < 0.7, timeout=random.choice((900, 3600, 5400))
    )


def _variables(random: Random) -> Iterator[JobVariable]:
    given = (
        JobVariable("NAME", "from-job"),
        JobVariable("TAG", "1.$NAME"),
        JobVariable("DATABASE", "mysql:9"),
        JobVariable("GROUP", "1002"),
        JobVariable("PRIVATE", "hidden", public=False),
        JobVariable("RAW", "$NAME ${TAG} $$", raw=True),
        JobVariable("ODD", "${ $1 $- $"),
        JobVariable("DOCKER_AUTH_CONFIG", '{"auths": {"r.example.com": {"auth": "dTpw"}}}', raw=True),
    )
    yield from (one for one in given if random.random() < 0.5)
    yield from (JobVariable(name, random.choice(("true", "0", "maybe"))) for name in _FLAGS if random.random() < 0.06)


def _overwrites(random: Random, kubernetes: dict[str, Any]) -> Iterator[JobVariable]:
    """Variables for what is allowed, mostly, and for what is not."""
    texts = ("team-a", "other", "team-b", "x")
    maps = {
        "POD_LABELS": "team=a",
        "POD_ANNOTATIONS": "a/b=$NAME=c",
        "NODE_SELECTOR": "disk=a",
        "NODE_TOLERATIONS": "team=a:NoSchedule",
    }
    for name, value in (("NAMESPACE_OVERWRITE", texts[:3]), ("SERVICE_ACCOUNT_OVERWRITE", texts)):
        if random.random() < 0.3:
            yield JobVariable(f"KUBERNETES_{name}", random.choice(value))
    if kubernetes.get("bearer_token_overwrite_allowed") and random.random() < 0.5:
        yield JobVariable("KUBERNETES_BEARER_TOKEN", JOB_TOKEN)
    for name, text in maps.items():
        if random.random() < 0.3:
            yield JobVariable(f"KUBERNETES_{name}_1", text)
        if random.random() < 0.05:
            # A label without a name costs minutes: so long does the runner try to look for its pod by it.
            odd = ("team", "a=$NAME", "job.runner.gitlab.com/pod=a", *(("=",) if name != "POD_LABELS" else ()))
            yield JobVariable(f"KUBERNETES_{name}_two", random.choice(odd))
    for key in kubernetes:
        if key.endswith("_overwrite_max_allowed") and random.random() < 0.5:
            name = key.removesuffix("_overwrite_max_allowed")
            amounts = next(amounts for resource, amounts in _AMOUNTS.items() if resource in name)
            yield JobVariable(
                f"KUBERNETES_{name.upper()}", random.choice((amounts[0], amounts[0], amounts[0], amounts[1]))
            )

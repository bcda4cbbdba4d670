"""Runners of other executors: what has nothing to do with the executor is a value, the rest is in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def one(executor: str, more: str = "", docker: str = 'image = "debian:13"') -> str:
    table = f"  [runners.docker]\n{docker}\n" if docker else ""
    return (
        f'concurrent = 4\n[[runners]]\n  name = "a"\n  url = "https://gitlab.example.com"\n  executor = "{executor}"\n'
        f"{more}\n{table}"
    )


def kubernetes(run: Any) -> dict[str, Any]:
    found: dict[str, Any] = run.values["runners"]["a"]["config"]["kubernetes"]
    return found


@pytest.mark.parametrize("executor", ["docker", "docker+machine", "docker-autoscaler"])
def test_containers_of_docker_are_pods_in_the_namespace_of_the_release(
    imports: Callable[..., Any], written: Callable[..., Path], executor: str
) -> None:
    more = 'limit = 3\nrequest_concurrency = 2\nenvironment = ["A=b"]\n[runners.cache]\nType = "s3"\n'
    run = imports(written(one(executor, more + '[runners.cache.s3]\nBucketName = "ci-cache"\n')), "--namespace", "here")

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["runners"]["a"]["config"] == {
        "limit": 3,
        "request_concurrency": 2,
        "environment": ["A=b"],
        "cache": {"Type": "s3", "s3": {"BucketName": "ci-cache"}},
        "kubernetes": {"namespace": "here", "image": "debian:13"},
    }
    assert run.messages("changed") == {
        "runners[0].executor": f"was {executor}: jobs run as pods now, in the namespace here."
    }
    assert run.paths("no equivalent") == []


@pytest.mark.parametrize(
    ("docker", "keys"),
    [
        ('cpus = "1.5"\nmemory = "2g"\nmemory_reservation = "512m"', {"cpu_limit": "1.5", "memory_limit": "2Gi", "memory_request": "512Mi"}),
        ('memory = "1073741824"\nservice_memory = "1GB"', {"memory_limit": "1073741824", "service_memory_limit": "1Gi"}),
        (
            'extra_hosts = ["a.example.com:192.0.2.1", "b.example.com:192.0.2.1", "c.example.com:2001:db8::1"]',
            {
                "host_aliases": [
                    {"ip": "192.0.2.1", "hostnames": ["a.example.com", "b.example.com"]},
                    {"ip": "2001:db8::1", "hostnames": ["c.example.com"]},
                ]
            },
        ),
        ('pull_policy = ["always", "if-not-present"]', {"pull_policy": ["always", "if-not-present"]}),
        ('allowed_images = ["a/*"]\nallowed_services = ["b/*"]', {"allowed_images": ["a/*"], "allowed_services": ["b/*"]}),
        (
            '[[runners.docker.services]]\nname = "postgres:17"\nalias = "db"\nenvironment = ["A=b"]',
            {"services": [{"name": "postgres:17", "alias": "db", "environment": ["A=b"]}]},
        ),
        ('user = "1000:1001"', {"build_container_security_context": {"run_as_user": 1000, "run_as_group": 1001}}),
        ('dns = ["192.0.2.53"]', {"dns_config": {"nameservers": ["192.0.2.53"]}, "dns_policy": "none"}),
        (
            'shm_size = 1048576\nvolumes = ["/certs/client"]\ntmpfs = {"/tmp" = "rw,size=64m"}',
            {
                "volumes": {
                    "empty_dir": [
                        {"name": "shm", "mount_path": "/dev/shm", "medium": "Memory", "size_limit": "1048576"},
                        {"name": "volume-0", "mount_path": "/certs/client"},
                        {"name": "tmpfs-0", "mount_path": "/tmp", "medium": "Memory", "size_limit": "64Mi"},
                    ]
                }
            },
        ),
        ("privileged = true", {"privileged": True}),
        ("privileged = false\ntls_verify = false\nshm_size = 0", {}),
    ],
)  # fmt: skip
def test_what_containers_have_in_common_carries_over(
    imports: Callable[..., Any], written: Callable[..., Path], docker: str, keys: dict[str, Any]
) -> None:
    run = imports(written(one("docker", docker=f'image = "debian:13"\n{docker}')))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert kubernetes(run) == {"namespace": "ci", "image": "debian:13", **keys}
    assert run.paths("no equivalent") == []


@pytest.mark.parametrize(
    ("docker", "path", "part"),
    [
        ('volumes = ["/cache"]', "docker.volumes[0]", "kept in a bucket"),
        ('volumes = ["/var/run/docker.sock:/var/run/docker.sock"]', "docker.volumes[0]", "--mode unprivileged"),
        ('volumes = ["/srv/ca:/etc/ca:ro"]', "docker.volumes[0]", "is a folder of the docker host"),
        ('volumes = ["m2:/root/.m2"]', "docker.volumes[0]", "volumes.pvc"),
        ('extra_hosts = ["host.docker.internal:host-gateway"]', "docker.extra_hosts[0]", "no docker host"),
        ('network_mode = "host"', "docker.network_mode", "in one pod"),
        ('user = "nobody"', "docker.user", "wants a number"),
        ('host = "tcp://192.0.2.1:2376"', "docker.host", "there is none"),
        ("cpu_shares = 512", "docker.cpu_shares", "is a weight"),
        ('made_up = "x"', "docker.made_up", "has no counterpart"),
    ],
)
def test_what_does_not_carry_over_is_named_in_a_sentence(
    imports: Callable[..., Any], written: Callable[..., Path], docker: str, path: str, part: str
) -> None:
    run = imports(written(one("docker", docker=f'image = "debian:13"\n{docker}')))

    assert run.exit_code == 0
    assert kubernetes(run) == {"namespace": "ci", "image": "debian:13"}
    assert part in run.messages("no equivalent")[f"runners[0].{path}"]


@pytest.mark.parametrize("executor", ["shell", "ssh", "instance", "parallels", "virtualbox", "custom"])
def test_jobs_on_hosts_are_pods_whose_image_is_asked_for(
    imports: Callable[..., Any], written: Callable[..., Path], executor: str
) -> None:
    run = imports(written(one(executor, 'limit = 2\nbuilds_dir = "/home/ci/builds"\nshell = "bash"', docker="")))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["runners"]["a"]["config"] == {"limit": 2, "kubernetes": {"namespace": "ci"}}
    assert sorted(run.paths("no equivalent")) == ["runners[0].builds_dir", "runners[0].executor", "runners[0].shell"]


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ('[runners.machine]\nMachineDriver = "google"\nMachineOptions = ["x-secret-key=hunter2hunter2"]', "machine"),
        ('[runners.autoscaler]\nplugin = "aws"\nmax_instances = 3', "autoscaler"),
        ('[runners.ssh]\nhost = "a"\npassword = "hunter2hunter2"', "ssh"),
    ],
)
def test_machines_are_named_and_none_of_their_secrets_is_shown(
    imports: Callable[..., Any], written: Callable[..., Path], table: str, name: str
) -> None:
    run = imports(written(one("docker+machine", table)))

    assert f"runners[0].{name}" in run.messages("no equivalent")
    assert "hunter2" not in run.text + str(run.report)


def test_docker_in_docker_of_a_docker_runner_becomes_podman(
    imports: Callable[..., Any], written: Callable[..., Path]
) -> None:
    docker = (
        'image = "docker:27"\nprivileged = true\nvolumes = ["/certs/client", "/cache"]\n'
        '[[runners.docker.services]]\nname = "docker:27-dind"\nalias = "docker"\n'
    )

    run = imports(
        written(one("docker", 'environment = ["DOCKER_HOST=tcp://docker:2376", "A=b"]', docker)),
        "--mode",
        "unprivileged",
    )

    assert (run.exit_code, run.report["findings"]) == (0, [])
    assert run.values["podman"] == {"mode": "unprivileged"}
    assert run.values["runners"]["a"]["config"] == {"environment": ["A=b"]}


def test_containers_of_windows_are_left_out(imports: Callable[..., Any], written: Callable[..., Path]) -> None:
    run = imports(written(one("docker") + one("docker-windows").partition("\n")[2].replace('"a"', '"b"')))

    assert list(run.values["runners"]) == ["a"]
    assert run.messages("no equivalent") == {
        "runners[1]": "left out: its executor is docker-windows, and this chart runs kubernetes only."
    }

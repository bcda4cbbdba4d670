"""Which managers GitLab sees: it tells them apart by their system ids."""

from __future__ import annotations

from kubernetes import client, config
from kubernetes.stream import stream

from .installed import SUCCEEDED, Install, Installed, restarts
from .waiting import until


def seen(it: Installed) -> dict[str, str]:
    """System ids of the managers that GitLab has seen: each asks, or has left."""
    until(lambda: it.stand_in.state()["managers"], "a manager has asked for jobs", it.states)
    managers: dict[str, str] = it.stand_in.state()["managers"]["default"]
    return managers


def wait_until_it_asks(it: Installed) -> None:
    asked = it.stand_in.state()["asked"]["default"]
    until(lambda: it.stand_in.state()["asked"]["default"] > asked, "a manager asks again", it.states)


def end_container(it: Installed) -> None:
    """End the manager's container; the kubelet starts it again."""
    connection = config.new_client_from_config(str(it.cluster.kubeconfig))
    try:
        where = {"name": it.manager()["metadata"]["name"], "namespace": it.namespace, "container": "manager"}
        execute = client.CoreV1Api(connection).connect_get_namespaced_pod_exec
        command = {"command": ["sh", "-c", "kill 1"], "stdout": True, "stderr": True}
        session = stream(execute, **where, **command, _preload_content=False)
        session.run_forever(timeout=30)
        assert session.read_all() == ""
        # Its own close() leaves the socket of a session that the server has ended.
        session.sock.shutdown()
    finally:
        connection.close()
    until(lambda: restarts(it.manager()) == 1, "the container is started again", it.states)


def test_a_manager_whose_container_restarts_stays_the_same_to_gitlab(install: Install) -> None:
    it = install()
    before = seen(it)

    end_container(it)
    wait_until_it_asks(it)

    assert len(before) == 1
    assert seen(it) == before


def test_a_manager_of_stable_identity_stays_the_same_in_another_pod(install: Install) -> None:
    it = install({"manager": {"stableIdentity": True}})
    before, job, pod = seen(it), it.start_job(), it.manager()

    it.api.delete("Pod", pod["metadata"]["name"], it.namespace)
    last_line = it.finish(job)
    it.wait_for_a_manager_after(pod)
    wait_until_it_asks(it)

    assert last_line == SUCCEEDED
    assert len(before) == 1
    assert seen(it) == before
    assert it.left() == []


def test_a_manager_that_unregisters_leaves_after_its_last_job(install: Install) -> None:
    it = install({"manager": {"unregister": True}})
    (before,), job, pod = seen(it), it.start_job(), it.manager()

    it.api.delete("Pod", pod["metadata"]["name"], it.namespace)
    it.wait_for_a_manager_after(pod)
    until(lambda: len(seen(it)) == 2, "the other manager has asked for jobs", it.states)
    during = seen(it)

    assert it.finish(job) == SUCCEEDED
    assert it.left() == []
    assert during[before] == "asks"
    assert seen(it) == {**during, before: "left"}

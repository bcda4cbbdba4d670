"""Differences between two sets of objects."""

from __future__ import annotations

from typing import Any

from podrunner.manifests.difference.objects import differences


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "ci", "namespace": "n"}, "spec": spec}


def shown(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    return [str(each) for each in differences(before, after)]


def test_a_field_is_named_with_both_values() -> None:
    assert shown([deployment(replicas=1)], [deployment(replicas=2)]) == ["Deployment/ci in n: spec.replicas: 1 → 2"]


def test_objects_come_and_go() -> None:
    other = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "ci"}}

    assert shown([deployment()], [other]) == ["Service/ci: is new", "Deployment/ci in n: is gone"]


def test_the_version_of_an_api_is_a_field_and_its_group_another_object() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1beta1", "kind": "Role", "metadata": {"name": "r"}}

    assert shown([role], [{**role, "apiVersion": "rbac.authorization.k8s.io/v1"}]) == [
        'Role/r: apiVersion: "rbac.authorization.k8s.io/v1beta1" → "rbac.authorization.k8s.io/v1"'
    ]
    assert shown([role], [{**role, "apiVersion": "example.com/v1"}]) == ["Role/r: is new", "Role/r: is gone"]


def test_the_order_of_objects_of_keys_and_of_named_items_makes_no_difference() -> None:
    one = deployment(a=1, b=[{"name": "x", "v": 1}, {"name": "y"}])
    same = {"kind": "Deployment", **deployment(b=[{"name": "y"}, {"v": 1, "name": "x"}], a=1)}
    other = {"kind": "Service", "metadata": {"name": "s"}}

    assert shown([one, other], [other, same]) == []


def test_items_with_names_are_compared_by_name_and_others_by_place() -> None:
    before = deployment(containers=[{"name": "a", "image": "x"}], args=["-c", "one"])
    after = deployment(containers=[{"name": "b"}, {"name": "a", "image": "y"}], args=["-c", "two", "more"])

    assert shown([before], [after]) == [
        'Deployment/ci in n: spec.containers[a].image: "x" → "y"',
        'Deployment/ci in n: spec.containers[b]: is new: {"name": "b"}',
        'Deployment/ci in n: spec.args[1]: "one" → "two"',
        'Deployment/ci in n: spec.args[2]: is new: "more"',
    ]


def test_a_text_of_several_lines_shows_the_lines_that_changed() -> None:
    (line,) = shown([deployment(text="a\nb\nc\n")], [deployment(text="a\nB\nc\n")])

    assert line == "Deployment/ci in n: spec.text: \n    -b\n    +B"


def test_a_number_is_not_its_text_and_true_is_not_one() -> None:
    assert shown([deployment(port=80, on=True)], [deployment(port="80", on=1)]) == [
        'Deployment/ci in n: spec.port: 80 → "80"',
        "Deployment/ci in n: spec.on: true → 1",
    ]


def test_an_item_without_a_name_that_comes_first_does_not_change_the_others() -> None:
    assert shown([deployment(args=["a", "b"])], [deployment(args=["x", "a", "b"])]) == [
        'Deployment/ci in n: spec.args[0]: is new: "x"'
    ]


def test_the_order_of_verbs_rules_and_capabilities_makes_no_difference() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}}
    pods = {"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["get", "list"]}
    events = {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]}
    turned = {"resources": ["secrets", "pods"], "apiGroups": [""], "verbs": ["list", "get"]}

    assert shown([{**role, "rules": [pods, events]}], [{**role, "rules": [events, turned]}]) == []
    assert shown([deployment(add=["SETUID", "SETGID"])], [deployment(add=["SETGID", "SETUID"])]) == []


def test_two_rules_about_the_same_are_one() -> None:
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r"}}
    rules = [{"apiGroups": [""], "resources": ["pods"], "verbs": [verb]} for verb in ("get", "list")]
    both = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}

    assert shown([{**role, "rules": rules}], [{**role, "rules": [both]}]) == []
    assert shown([{**role, "rules": rules}], [{**role, "rules": rules[:1]}]) == [
        'Role/r: rules[pods].verbs[list]: is gone: "list"'
    ]


def test_toml_and_json_in_a_config_map_are_compared_by_key_and_bad_ones_as_text() -> None:
    def config_map(toml: str) -> dict[str, Any]:
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a.toml": toml}}

    assert shown([config_map("a = 1\nb = 2\n")], [config_map("b = 2 # two\na = 1")]) == []
    assert shown([config_map("a = 1")], [config_map("a = 1.0")]) == ["ConfigMap/c: data.a.toml.a: 1 → 1.0"]
    assert shown([config_map("a = ")], [config_map("a = 1")]) == ['ConfigMap/c: data.a.toml: "a = " → "a = 1"']


def test_data_of_a_secret_are_not_shown() -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}}

    assert shown([{**secret, "data": {"a": "eA==", "b": "x"}}], [{**secret, "data": {"a": "eQ==", "c": "x"}}]) == [
        "Secret/s: data.a: is another value",
        "Secret/s: data.b: is gone",
        "Secret/s: data.c: is new",
    ]


def config(environment: str) -> dict[str, Any]:
    text = f"[[runners]]\nname = 'a'\nenvironment = {environment}\n"
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"config.toml": text}}


def test_the_order_of_variables_makes_no_difference() -> None:
    assert shown([config('["A=1", "B=2"]')], [config('["B=2", "A=1"]')]) == []
    assert shown([config('["A=1", "B=2"]')], [config('["B=3", "A=1"]')]) == [
        'ConfigMap/c: data.config.toml.runners[a].environment[B]: "B=2" → "B=3"'
    ]


def test_the_order_of_a_variable_that_is_there_twice_makes_one() -> None:
    assert shown([config('["A=1", "A=2"]')], [config('["A=2", "A=1"]')]) != []


def test_what_looks_like_a_secret_is_not_printed() -> None:
    env = [{"name": "DB_PASS", "value": "hunter2"}]

    assert shown([config('["SSH_KEY=hunter2"]')], [config('["SSH_KEY=hunter3"]')]) == [
        "ConfigMap/c: data.config.toml.runners[a].environment[SSH_KEY]: is another value, a secret"
    ]
    assert shown([deployment()], [deployment(env=env)]) == [
        'Deployment/ci in n: spec.env: is new: [{"name": "DB_PASS", "value": "[redacted]"}]'
    ]
    assert shown([deployment(env=env)], [deployment(env=[{"name": "DB_PASS", "value": "hunter3"}])]) == [
        "Deployment/ci in n: spec.env[DB_PASS].value: is another value, a secret"
    ]

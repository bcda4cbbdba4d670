"""What a rendering can be asked."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from podrunner.manifests.rendering import Document, Rendering, parse_documents
from podrunner.runner.check import check_config
from podrunner.runner.images import find_images
from podrunner.runner.job_pod.pod import check_job_pods
from podrunner.runner.permissions import check_role


def rendering(*objects: dict[str, Any]) -> Rendering:
    documents = tuple(Document("templates/x.yaml", "", data) for data in objects)
    return Rendering("a case", "ci", "builds", documents, "", "")


def thing(kind: str, name: str, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}, **data}


def test_the_one_object_of_a_kind_needs_no_name() -> None:
    role = thing("Role", "a")

    assert rendering(role, thing("Secret", "b")).object("Role") is role


def test_an_object_among_several_is_found_by_name() -> None:
    second = thing("Role", "b")

    assert rendering(thing("Role", "a"), second).object("Role", "b") is second


def test_only_texts_of_config_maps_are_configurations() -> None:
    nameless = {"kind": "ConfigMap", "data": {"config.toml": "concurrent = 1"}}
    wrong = [thing("ConfigMap", "b", data={"config.toml": 5}), thing("ConfigMap", "c", data=["config.toml"])]

    assert [(one.name, one.toml.text) for one in rendering(nameless, *wrong).configs] == [("", "concurrent = 1")]


def test_an_object_that_is_not_there_lists_what_is() -> None:
    with pytest.raises(LookupError, match=r"^No Deployment in this rendering\. Rendered: Role/a, Secret/b\.$"):
        rendering(thing("Role", "a"), thing("Secret", "b")).object("Deployment")


def test_an_object_without_a_name_among_several_asks_for_one() -> None:
    with pytest.raises(LookupError, match=r"^2 objects are a Role: give a name\. Rendered: Role/a, Role/b\.$"):
        rendering(thing("Role", "a"), thing("Role", "b")).object("Role")


def test_the_config_toml_is_parsed() -> None:
    config = thing("ConfigMap", "ci", data={"config.toml": "concurrent = 3\n"})

    assert rendering(config, thing("ConfigMap", "other", data={"x": "y"})).config_toml == {"concurrent": 3}


def test_two_config_tomls_are_not_guessed_between() -> None:
    both = [thing("ConfigMap", name, data={"config.toml": ""}) for name in ("a", "b")]

    with pytest.raises(LookupError, match=r"Available: a, b\."):
        _ = rendering(*both).config_toml


def test_a_rendering_prints_short() -> None:
    assert repr(rendering(thing("Role", "a"))) == "Rendering(case='a case', release='ci', namespace='builds')"


def test_a_separator_with_a_comment_right_behind_it_separates() -> None:
    documents = parse_documents("templates/a.yaml", "kind: A\n---# about B\nkind: B\n--- # about C\nkind: C\n")

    assert [document.data["kind"] for document in documents] == ["A", "B", "C"]


def test_a_configuration_has_its_data_its_template_and_the_line_of_every_key() -> None:
    (config,) = rendering(
        thing("ConfigMap", "ci", data={"config.toml": "concurrent = 3\n\n[[runners]]\nlimit = 1\n"})
    ).configs

    assert (config.name, config.template, config.toml.flaw) == ("ci", "templates/x.yaml", None)
    assert config.toml.data == {"concurrent": 3, "runners": [{"limit": 1}]}
    assert config.toml.lines[("runners", 0, "limit")] == 4


def test_a_configuration_that_is_not_toml_has_no_data_and_says_why() -> None:
    (config,) = rendering(thing("ConfigMap", "ci", data={"config.toml": "concurrent = \n"})).configs

    assert config.toml.data == {}
    assert config.toml.flaw
    assert config.toml.flaw.sentence("not TOML") == "not TOML: Invalid value."
    assert config.toml.flaw.place == (1, 14)


def test_what_is_given_to_change_is_a_copy() -> None:
    made = rendering(thing("ConfigMap", "ci", data={"config.toml": "[session_server]\nsession_timeout = 5\n"}))

    made.config_toml["session_server"]["session_timeout"] = 6

    assert made.config_toml == {"session_server": {"session_timeout": 5}}


def test_a_configuration_is_parsed_once_whoever_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "concurrent = 41\n[[runners]]\nname = 'a'\nurl = 'https://x.example'\ntoken = 'x'\nexecutor = 'kubernetes'\n"
    made = rendering(thing("ConfigMap", "ci", data={"config.toml": text}))
    read: list[str] = []
    loads = tomllib.loads
    monkeypatch.setattr(tomllib, "loads", lambda text: (read.append(text), loads(text))[1])

    find_images(made, "19.4.0")
    check_role(made)
    check_job_pods(made, {}, {}, "1.34")
    check_config(text)
    assert made.configs[0].toml.data is made.config.toml.data

    assert read.count(text) == 1

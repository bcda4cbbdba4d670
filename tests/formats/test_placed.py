"""Values files: the place of everything, and what is wrong with the text itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from podrunner.findings.errors import UsageError, ValuesError
from podrunner.findings.path import parse_dotted
from podrunner.formats.placed import load_layer, load_values, read_values
from podrunner.values.merge import merge
from podrunner.values.set_expression import parse_set

TEXT = """\
gitlab:
  url: https://gitlab.example.com
runners:
  team-a:
    environment: [A=1, B=2]
mirrors:
  docker.io:
    - location: mirror.example.com
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("gitlab", (1, 1)),
        ("gitlab.url", (2, 3)),
        ("runners.team-a.environment[1]", (5, 24)),
        ("mirrors.docker\\.io", (7, 3)),
        ("mirrors.docker\\.io[0].location", (8, 7)),
        ("gitlab.token", None),
    ],
)
def test_every_dotted_path_has_its_line_and_column(path: str, place: tuple[int, int] | None) -> None:
    values = read_values(TEXT, "values.yaml")

    assert values.places.get(parse_dotted(path)) == place


def test_an_empty_file_has_no_values_and_no_findings(tmp_path: Path) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text("# nothing yet\n")

    values = load_values(file)

    assert values.data == {}
    assert values.findings == ()


@pytest.mark.parametrize("end", ["---\n", "---\n# the end\n", "---\n---\n", "...\n"])
def test_a_document_with_nothing_in_it_is_no_second_one(end: str) -> None:
    values = read_values(f"a: 1\n{end}", "values.yaml")

    assert (values.data, values.findings) == ({"a": 1}, ())


def test_a_document_behind_an_empty_one_is_a_second_one() -> None:
    values = read_values("---\n---\na: 1\n", "values.yaml")

    assert values.data == {}
    assert [(finding.rule.code, finding.line) for finding in values.findings] == [("values-documents", 3)]


def test_a_duplicate_key_is_found_at_its_second_place() -> None:
    values = read_values("a:\n  b: 1\n  b: 2\n", "values.yaml")

    assert values.data == {"a": {"b": 2}}
    assert [str(finding) for finding in values.findings] == [
        "values.yaml:3:3: error: duplicate key `b`, given already in line 2. "
        "Helm uses the last one and ignores the first silently. Keep one. [values-duplicate-key]"
    ]


def test_keys_that_only_helm_finds_equal_are_duplicates() -> None:
    values = read_values("yes: 1\ntrue: 2\n", "values.yaml")

    assert [finding.rule.code for finding in values.findings] == ["values-duplicate-key"]


def test_the_same_key_in_two_maps_is_no_duplicate() -> None:
    values = read_values("a: {name: x}\nb: {name: x}\nc: [{name: x}, {name: x}]\n", "values.yaml")

    assert values.findings == ()


def test_a_merge_key_that_is_given_twice_is_no_duplicate() -> None:
    values = read_values("a: &a {x: 1}\nb: &b {y: 1}\nc: {<<: *a, <<: *b}\n", "values.yaml")

    assert values.findings == ()


def test_a_file_that_is_not_there_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"nowhere\.yaml: no such file\."):
        load_values("nowhere.yaml")


def test_a_folder_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory, not a values file"):
        load_values(tmp_path)


def test_bytes_that_are_no_text_are_wrong_use(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(UsageError, match="cannot be read"):
        load_values(file)


def test_a_broken_file_can_be_a_layer_that_says_what_is_wrong(fixtures: Path) -> None:
    layer = load_layer(fixtures / "values" / "not-a-map.yaml")

    assert layer.data == {}
    assert [finding.rule.code for finding in layer.findings] == ["values-yaml"]


def test_characters_that_yaml_forbids_are_an_error_and_no_traceback() -> None:
    with pytest.raises(ValuesError) as error:
        read_values("é: 1\na: \x07\n", "values.yaml")

    assert str(error.value) == (
        "values.yaml:2:4: error: not YAML: a character that YAML forbids, U+0007. [values-yaml]"
    )


def test_a_text_of_nothing_but_brackets_is_an_error_and_no_traceback() -> None:
    with pytest.raises(ValuesError, match="nested too deeply"):
        read_values("a: " + "[" * 5000 + "]" * 5000, "values.yaml")


def test_set_is_parsed_as_helm_parses_it() -> None:
    (layer,) = parse_set([r"a.b=1,mirrors.docker\.io=x,flag=true,nothing=null,text=0644"])

    assert layer.data == {"a": {"b": 1}, "mirrors": {"docker.io": "x"}, "flag": True, "nothing": None, "text": "0644"}


def test_set_changes_the_item_that_it_names_and_keeps_the_others() -> None:
    below = {"mirrors": [{"location": "a", "insecure": True}, {"location": "b"}]}
    expressions = ["mirrors[0].location=x", "mirrors[2]=y", "names={p,q}"]

    merged = merge(below, {"names": ["r"]}, *(layer.data for layer in parse_set(expressions)))

    assert merged == {"mirrors": [{"location": "x", "insecure": True}, {"location": "b"}, "y"], "names": ["p", "q"]}


def test_a_set_that_helm_cannot_parse_is_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"--set a: .*Write key\.path=value\."):
        parse_set(["a"])

"""Every fixture, imported and rendered again: an equal config.toml, apart from what the list names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from podrunner.runner.keys import load_keys

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parents[1]
CONFIGURATIONS = [*sorted((HERE / "fixtures" / "import").glob("*.toml")), HERE / "chart" / "reference.toml"]
VALUES = sorted((HERE / "fixtures" / "import").glob("*.yaml"))
IDENTITY = ("name", "url", "token", "executor")
NOT_THE_SAME = ("empty", "removed", "changed", "secret", "no equivalent")


def flat(data: Any, path: str = "") -> dict[str, Any]:
    """Dotted key → value; items of joined lists by what they are called, so that their order does not matter."""
    if isinstance(data, dict) and data:
        found: dict[str, Any] = {}
        for name, value in data.items():
            key = (
                next(
                    (
                        key
                        for key in load_keys().root.children["runners"].children["kubernetes"].children
                        if key.lower() == name.lower()
                    ),
                    name,
                )
                if path == "kubernetes"
                else name
            )
            found |= flat(value, f"{path}.{key}".lstrip("."))
        return found
    if path == "environment":
        return {f"environment.{entry}": True for entry in data}
    if isinstance(data, list) and path.startswith(("kubernetes.volumes", "kubernetes.pod_spec")):
        return {key: value for item in data for key, value in flat(item, f"{path}.{item['name']}").items()}
    return {path: data}


RENAMED = re.compile(r"is ([\w.]+): GitLab Runner no longer reads the old name")


def is_named(key: str, paths: list[str]) -> bool:
    return any(key == path or key.startswith((f"{path}.", f"{path} ")) for path in paths)


def named(report: dict[str, Any], index: int, source: dict[str, Any]) -> list[str]:
    """Keys of one runner that the list says are not what they were, as `flat` calls them."""
    found = []
    for change in report["changes"]:
        path, _, key = change["path"].partition(f"runners[{index}].")
        if change["kind"] not in NOT_THE_SAME or path or not key:
            continue
        if key.startswith("environment["):
            key = f"environment.{source['environment'][int(key[12:-1])]}"
        for kind, volumes in source.get("kubernetes", {}).get("volumes", {}).items():
            for number, volume in enumerate(volumes):
                key = key.replace(f"{kind}[{number}]", f"{kind}.{volume['name']}")
        for number, patch in enumerate(source.get("kubernetes", {}).get("pod_spec", [])):
            key = key.replace(f"pod_spec[{number}]", f"pod_spec.{patch['name']}")
        found.append(key)
    return found


def added(report: dict[str, Any], index: int) -> list[str]:
    """Keys of one runner that the list says the mode brought, or that another key is called now."""
    found = [
        renamed[1]
        for change in report["changes"]
        if (renamed := RENAMED.match(change["message"])) and change["path"].startswith(f"runners[{index}].")
    ]
    for change in report["changes"]:
        path, _, key = change["path"].partition(f"runners[{index}].")
        if change["kind"] == "added" and not path and key:
            joined = key in ("environment", "kubernetes.pod_spec") or key.startswith("kubernetes.volumes")
            found.append(f"{key}.{change['message']}" if joined else key)
    return found


def without(table: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    return {
        key: value
        for key, value in flat({k: v for k, v in table.items() if k not in IDENTITY}).items()
        if not is_named(key, keys) and not is_named(key.partition("=")[0], keys)
    }


@pytest.mark.broad
@pytest.mark.parametrize("mode", ["", "none"])
@pytest.mark.parametrize("file", CONFIGURATIONS, ids=lambda file: file.stem)
def test_a_config_toml_renders_again_to_what_it_was_apart_from_what_the_list_names(
    imports: Callable[..., Any], file: Path, mode: str
) -> None:
    run = imports(file, *(["--mode", mode] if mode else []))

    assert (run.exit_code, run.report["findings"]) == (0, [])
    source, rendered = tomllib.loads(file.read_text()), run.config_toml()
    ours = [(index, table) for index, table in enumerate(source["runners"]) if table["executor"] == "kubernetes"]
    tables = {table["token"]: table for table in rendered["runners"]}
    names = list(run.values["runners"])
    for index, table in ours:
        name = names[index]
        # Of several runners, tokens come from files.
        again = tables[
            f"@podrunner-secret:{name}.token@" if len(names) > 1 else f"$RUNNER_TOKEN_{name.upper().replace('-', '_')}"
        ]
        mine = without(again, added(run.report, index))
        theirs = without(table, named(run.report, index, table))
        marks = {key: value for key, value in mine.items() if str(value).startswith("@podrunner-secret:")}
        assert list(marks) == sorted(run.values["runners"][name].get("credentials", {}))
        mine = {key: value for key, value in mine.items() if key not in marks}
        script = theirs.get("pre_build_script", "")
        if script and mine.get("pre_build_script", script) != script:
            assert mine.pop("pre_build_script").endswith(theirs.pop("pre_build_script"))
        elif script and "pre_build_script" not in mine:
            assert again["pre_build_script"].endswith(theirs.pop("pre_build_script"))
        assert again["url"] == table["url"]
        assert mine == theirs
    gone = run.paths(*NOT_THE_SAME, "added")
    top = {key: value for key, value in source.items() if key != "runners" and key not in gone}
    assert {key: value for key, value in rendered.items() if key != "runners" and key not in gone} == top


@pytest.mark.parametrize("file", VALUES, ids=lambda file: file.stem)
def test_values_of_gitlabs_chart_pass_the_check_once_imported(imports: Callable[..., Any], file: Path) -> None:
    run = imports(file)

    assert (run.exit_code, run.report["findings"]) == (0, [])


def test_in_mode_none_nothing_is_added_to_a_runner_but_where_its_jobs_have_run(imports: Callable[..., Any]) -> None:
    run = imports(HERE / "chart" / "reference.toml", "--mode", "none")

    assert run.paths("added") == ["runners[0].kubernetes.namespace"]
    assert run.config_toml()["runners"][0]["kubernetes"]["namespace"] == "default"
    assert run.config_toml()["runners"][0]["kubernetes"]["services"] == [{"name": ""}]

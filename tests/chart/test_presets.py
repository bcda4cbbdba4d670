"""The presets: what each promises is what its job pods get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

CHART = Path(__file__).parents[2] / "chart"
MODES: dict[str, Any] = yaml.safe_load((CHART / "files/modes.yaml").read_text())
PRESETS = {mode["preset"]: mode for mode in MODES.values() if "preset" in mode}


def test_every_preset_file_has_a_row_in_the_table_of_modes() -> None:
    assert sorted(path.stem for path in (CHART / "presets").glob("*.yaml")) == sorted(PRESETS)


@pytest.mark.parametrize("preset", PRESETS)
def test_the_build_container_asks_for_what_the_mode_promises(render: Any, preset: str) -> None:
    promise = PRESETS[preset]["promise"]
    (runner,) = render(preset=preset).config_toml["runners"]
    context = runner["kubernetes"]["build_container_security_context"]

    assert context.get("run_as_user") == promise["uid"]
    assert context["privileged"] == promise["privileged"]
    assert context.get("allow_privilege_escalation", True) == (not promise["noNewPrivileges"])
    if promise["capabilities"] != "ALL":
        assert context["capabilities"]["drop"] == ["ALL"]
        assert sorted(context["capabilities"]["add"]) == promise["capabilities"]


@pytest.mark.parametrize("preset", PRESETS)
def test_only_the_build_container_is_ever_privileged(render: Any, preset: str) -> None:
    (runner,) = render(preset=preset).config_toml["runners"]
    contexts = {
        key: value for key, value in runner["kubernetes"].items() if key.endswith("_container_security_context")
    }
    privileged = [key for key, context in contexts.items() if context.get("privileged")]

    assert runner["kubernetes"]["privileged"] is False
    assert privileged == (["build_container_security_context"] if preset == "privileged" else [])


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_prints_job_tokens_or_lets_jobs_overwrite_anything(render: Any, preset: str) -> None:
    config = render(preset=preset).config_toml
    (runner,) = config["runners"]

    assert config.get("log_level", "info") == "info"
    assert [key for key in runner["kubernetes"] if key.endswith("_overwrite_allowed")] == []


def test_the_unprivileged_preset_leaves_seccomp_to_the_cluster(render: Any) -> None:
    (runner,) = render(preset="unprivileged").config_toml["runners"]

    assert "seccomp_profile" not in runner["kubernetes"]["build_container_security_context"]

"""What Helm prints by itself is printed after the render, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podrunner.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_value_that_helm_ignores_is_not_shown_when_it_is_a_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (tmp_path / "values.yaml").write_text("db: {password: hunter2hunter2, host: db.example.com}\n")
    (tmp_path / "team.yaml").write_text("db: {password: {a: b}, host: {c: d}}\n")

    main(["render", "--chart", str(tmp_path), "-f", str(tmp_path / "team.yaml")])

    said = [line.partition("warning: ")[2] for line in capfd.readouterr().err.splitlines()]
    assert sorted(said) == [
        "destination for shop.db.host is a table. Ignoring non-table value (db.example.com)",
        "destination for shop.db.password is a table. Ignoring non-table value ([redacted])",
    ]

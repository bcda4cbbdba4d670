"""Helm's error texts, of the library and of both versions of the command."""

from __future__ import annotations

import pytest

from podrunner.helm.refusal import read_refusal

NOT_SET = "`.Values.q.r.s`: there is no `r`, for what is before it is not set (nil pointer). Set that, or ask for it with `if`"

TEXTS = {
    "fail in Helm 4": (
        "execution error at (podrunner/templates/cm.yaml:8:23): set a.y",
        ("set a.y", "templates/cm.yaml", 8, 23),
    ),
    "fail of the command": (
        "Error: execution error at (podrunner/templates/cm.yaml:8:23): set a.y\n\nUse --debug flag to render out",
        ("set a.y", "templates/cm.yaml", 8, 23),
    ),
    "template error in Helm 4": (
        'podrunner/templates/cm.yaml:9:30\n  executing "podrunner/templates/cm.yaml" at <.Values.q.r.s>:\n'
        "    nil pointer evaluating interface {}.r",
        (NOT_SET, "templates/cm.yaml", 9, 30),
    ),
    "template error in Helm 3": (
        'Error: template: podrunner/templates/cm.yaml:9:30: executing "podrunner/templates/cm.yaml" at <.Values.q.r.s>: '
        "nil pointer evaluating interface {}.r",
        (NOT_SET, "templates/cm.yaml", 9, 30),
    ),
    "a misspelt object of Helm": (
        'Error: template: a/templates/cm.yaml:9:30: executing "a/templates/cm.yaml" at <$.Relase.Name>: '
        "nil pointer evaluating interface {}.Name",
        (
            "`$.Relase.Name`: there is no `Name`, for what is before it is not set (nil pointer). Set that, or ask for it "
            "with `if`. Did you mean `.Release`?",
            "templates/cm.yaml",
            9,
            30,
        ),
    ),
    "a variable's part that is not set": (
        'Error: template: a/templates/cm.yaml:9:30: executing "a/templates/cm.yaml" at <$release.name.x>: '
        "nil pointer evaluating interface {}.x",
        ("`$release.name.x`: " + NOT_SET.partition(": ")[2].replace("`r`", "`x`"), "templates/cm.yaml", 9, 30),
    ),
    "an error with no place": ("Error: chart requires kubeVersion", ("chart requires kubeVersion", "", 0, 0)),
}


@pytest.mark.parametrize("name", TEXTS)
def test_sentence_and_place_are_taken_from(name: str) -> None:
    text, expected = TEXTS[name]

    error = read_refusal(text)

    assert (error.message, error.template, error.line, error.column) == expected

"""Rules about values files, and about what Helm says of the values."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

VALUES_YAML = Rule(
    "values-yaml",
    Severity.ERROR,
    wrong="A values file is not YAML, or not a map.",
    remedy="Correct the line. Indent with spaces.",
)

VALUES_DOCUMENTS = Rule(
    "values-documents",
    Severity.WARNING,
    wrong="`---` begins a second document: Helm 4 lays it over the first one, Helm 3 does not read it.",
    remedy="Put everything into the first document.",
)

VALUES_DUPLICATE_KEY = Rule(
    "values-duplicate-key",
    Severity.ERROR,
    wrong="A map has a key twice, and Helm drops the first one silently.",
    remedy="Keep one of the two.",
)

VALUES_UNKNOWN_KEY = Rule(
    "values-unknown-key",
    Severity.ERROR,
    wrong="The schema has no such key.",
    remedy="Take the nearest key, or move it to where the message says it belongs.",
)

VALUES_REQUIRED = Rule(
    "values-required",
    Severity.ERROR,
    wrong="A required key is missing.",
    remedy="Add it.",
)

VALUES_TYPE = Rule(
    "values-type",
    Severity.ERROR,
    wrong="A value has the wrong type, such as text where a number is expected. This includes what YAML 1.1 makes of `yes`, `0644` and `1e3`.",
    remedy="Quote the value, or write one of the right type.",
)

VALUES_ENUM = Rule(
    "values-enum",
    Severity.ERROR,
    wrong="A value is not one of those that are allowed.",
    remedy="Choose one from the list in the message.",
)

VALUES_VALUE = Rule(
    "values-value",
    Severity.ERROR,
    wrong="A value is too small, too long or not in the right format.",
    remedy="Write a value within the limit that the message gives.",
)

VALUES_KEY = Rule(
    "values-key",
    Severity.ERROR,
    wrong="A key of a map with free names is not in the right format.",
    remedy="Rename it.",
)

VALUES_NOT_ALLOWED = Rule(
    "values-not-allowed",
    Severity.ERROR,
    wrong="A value is not allowed here.",
    remedy="Remove it.",
)

VALUES_SET = Rule(
    "values-set",
    Severity.ERROR,
    wrong="`--set` or one of its kin writes into a value that is not a map or not a list, and Helm refuses to.",
    remedy="Correct the value in its file, or set it as a whole.",
)

VALUES_OFFICIAL = Rule(
    "values-official",
    Severity.ERROR,
    wrong="A key belongs to GitLab's own chart, and this chart does not have it.",
    remedy="Write the key that the message names, or let `podrunner import` convert the whole file.",
    more="import.md",
)

VALUES_WITHOUT_EFFECT = Rule(
    "values-without-effect",
    Severity.WARNING,
    wrong="A value is written that changes nothing that is rendered. One that says what holds without it is left alone.",
    remedy="Set the key that the message names, which gives it an effect, or remove the value.",
)

RENDER = Rule(
    "render",
    Severity.ERROR,
    wrong="Helm refuses to render the chart, and a template says why.",
    remedy="Do what the message says.",
)

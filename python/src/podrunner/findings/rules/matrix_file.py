"""Rules about the matrix file, and what it expects of its cases."""

from __future__ import annotations

from podrunner.findings.rules.rule import Rule
from podrunner.findings.severity import Severity

MATRIX_YAML = Rule(
    "matrix-yaml",
    Severity.ERROR,
    wrong="The matrix file is not YAML, or not a map.",
    remedy="Correct the line.",
)

MATRIX_DOCUMENTS = Rule(
    "matrix-documents",
    Severity.ERROR,
    wrong="`---` begins a second document, which is not read.",
    remedy="Put everything into the first document.",
)

MATRIX_DUPLICATE_KEY = Rule(
    "matrix-duplicate-key",
    Severity.ERROR,
    wrong="A map has a key twice.",
    remedy="Keep one of the two.",
)

MATRIX_EMPTY = Rule(
    "matrix-empty",
    Severity.ERROR,
    wrong="The file is empty, or it makes no case.",
    remedy="Begin with `cases:` or `axes:`, or exclude less.",
)

MATRIX_TOO_MANY = Rule(
    "matrix-too-many",
    Severity.ERROR,
    wrong="The strategy `full` makes more combinations than anybody waits for.",
    remedy="Write `pairwise`, or fewer entries.",
)

MATRIX_KEY = Rule(
    "matrix-key",
    Severity.ERROR,
    wrong="The top of the file has an unknown key.",
    remedy="Write one of the keys in the message.",
    more="matrix.md",
)

MATRIX_TYPE = Rule(
    "matrix-type",
    Severity.ERROR,
    wrong="A value has the wrong type, such as a list where a map is expected.",
    remedy="Write what the message asks for.",
)

MATRIX_STRATEGY = Rule(
    "matrix-strategy",
    Severity.ERROR,
    wrong="The strategy is unknown.",
    remedy="Write `full`, `pairwise` or `each`.",
)

MATRIX_AXIS = Rule(
    "matrix-axis",
    Severity.ERROR,
    wrong="An axis has no entries, or an exclusion names an axis that does not exist.",
    remedy="Give the axis an entry, or correct the name.",
)

MATRIX_ENTRY = Rule(
    "matrix-entry",
    Severity.ERROR,
    wrong="An axis has an entry twice, or an exclusion names one that does not exist.",
    remedy="Correct the name.",
)

MATRIX_SETTING = Rule(
    "matrix-setting",
    Severity.ERROR,
    wrong="A case has an unknown setting.",
    remedy="Write one of the settings in the message.",
    more="matrix.md#settings",
)

MATRIX_VALUES = Rule(
    "matrix-values",
    Severity.ERROR,
    wrong="A values file does not exist.",
    remedy="Name it relative to the matrix file.",
)

MATRIX_PRESET = Rule(
    "matrix-preset",
    Severity.ERROR,
    wrong="The chart has no such preset.",
    remedy="Choose one from the list in the message.",
)

MATRIX_RELEASE = Rule(
    "matrix-release",
    Severity.ERROR,
    wrong="This is not a valid release name.",
    remedy="Write at most 53 lower-case letters, digits, dashes and dots.",
)

MATRIX_REVISION = Rule(
    "matrix-revision",
    Severity.ERROR,
    wrong="This is not the revision of a release.",
    remedy="Write 1 for an install, 2 or more for an upgrade.",
)

MATRIX_CHART_VERSION = Rule(
    "matrix-chartVersion",
    Severity.ERROR,
    wrong="This is not a version that a chart can have.",
    remedy="Write a semantic version, such as `1.2.3`.",
)

MATRIX_LOOKUP = Rule(
    "matrix-lookup",
    Severity.ERROR,
    wrong="An object of `lookup` has not all by which it is found, or its file cannot be read.",
    remedy="Write `apiVersion`, `kind` and `metadata.name`, and file names relative to the matrix file.",
    more="matrix.md#settings",
)

MATRIX_NAMESPACE = Rule(
    "matrix-namespace",
    Severity.ERROR,
    wrong="This is not a valid name of a namespace.",
    remedy="Write at most 63 lower-case letters, digits and dashes.",
)

MATRIX_KUBE_VERSION = Rule(
    "matrix-kubeVersion",
    Severity.ERROR,
    wrong="This is not a Kubernetes version.",
    remedy="Write it like `1.34`.",
)

MATRIX_EXPECTATION = Rule(
    "matrix-expectation",
    Severity.ERROR,
    wrong="`expect` has an unknown key, or expects nothing.",
    remedy="Write `fail:` with a part of the message that is expected.",
)

EXPECTED_FAILURE = Rule(
    "expected-failure",
    Severity.ERROR,
    wrong="A case that should fail does not, or fails with another message.",
    remedy="Correct the case or the chart.",
)

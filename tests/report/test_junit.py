"""JUnit XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from podrunner.cases.case import Case
from podrunner.check.result import Result
from podrunner.findings.finding import Finding
from podrunner.findings.rules.config_toml import CONFIG_DEBUG_LOG
from podrunner.findings.rules.values import RENDER, VALUES_TYPE
from podrunner.report.junit import write

TYPE = Finding(VALUES_TYPE, "limit: <5> & more.", case="b", file="team.yaml", line=6, column=7)
GONE = Finding(RENDER, "no.", case="b")
DEBUG = Finding(CONFIG_DEBUG_LOG, "log_level: prints tokens.", case="b", file="team.yaml", line=9)


def test_a_case_is_a_test_case_and_its_errors_are_one_failure() -> None:
    assert write([Result(Case("a")), Result(Case("b"), (TYPE, GONE, DEBUG))]) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="podrunner check" tests="2" failures="1" errors="0">\n'
        '  <testsuite name="podrunner check" tests="2" failures="1" errors="0" skipped="0">\n'
        '    <testcase classname="podrunner.check.checker" name="a" />\n'
        '    <testcase classname="podrunner.check.checker" name="b" file="team.yaml">\n'
        '      <failure type="values-type" message="limit: &lt;5&gt; &amp; more.">'
        "team.yaml:6:7: error: limit: &lt;5&gt; &amp; more. [values-type]\n"
        "b: error: no. [render]</failure>\n"
        "      <system-out>team.yaml:9: warning: log_level: prints tokens. [config-debug-log]</system-out>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_characters_that_xml_cannot_hold_do_not_break_the_report() -> None:
    finding = Finding(RENDER, "bell \x07 rings")

    root = ET.fromstring(write([Result(Case("a\x00"), (finding,))]))

    assert [case.get("name") for case in root.iter("testcase")] == ["a?"]
    assert [failure.get("message") for failure in root.iter("failure")] == ["bell ? rings"]

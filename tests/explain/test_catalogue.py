from __future__ import annotations

import re

import pytest
import yaml

from podrunner.chart.chart import Chart
from podrunner.explain.catalogue import KINDS, Cause, Level, Pattern, load_catalogue, read_catalogue
from podrunner.explain.diagnosis import explain, fill
from podrunner.explain.scan import Scan
from podrunner.explain.trace import Trace
from podrunner.findings.finding import errors
from podrunner.formats.placed import read_values

CHART = Chart.open()
ENTRIES = list(load_catalogue())
# Look-around and back references, which RE2 has not.
NOT_IN_RE2 = re.compile(r"\(\?(?:=|!|<=|<!|P=|>)|\\[1-9]")


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.id for entry in ENTRIES])
def test_an_entry_is_complete_and_its_own_samples_name_it_first(entry: Cause) -> None:
    """One test an entry, for there are 190 of them, and each of these questions takes less than a test of its own."""
    is_complete(entry)
    is_of_the_kind_that_re2_knows(entry)
    has_placeholders_that_are_groups_of_its_patterns_or_facts_of_the_job(entry)
    has_values_of_the_chart(entry)
    for sample in entry.samples:
        diagnoses = explain(sample.split("\n"))
        assert (diagnoses[0].id, diagnoses[0].level) == (entry.id, entry.level.value), sample


def is_complete(entry: Cause) -> None:
    texts = (entry.title, entry.cause, entry.fix)

    assert entry.kind in KINDS
    assert 0 < entry.weight <= 100
    assert entry.samples
    assert entry.cause.endswith((".", "}", "`"))
    assert entry.fix.endswith(".")
    assert "?" not in fill(" ".join(texts), {}).replace("limited ?", "").replace("used ?", "").replace("(?)", "")


def is_of_the_kind_that_re2_knows(entry: Cause) -> None:
    patterns = (*entry.patterns, *entry.beside, *entry.unless)

    assert [one.text for one in patterns if NOT_IN_RE2.search(one.text)] == []


def has_placeholders_that_are_groups_of_its_patterns_or_facts_of_the_job(entry: Cause) -> None:
    named = {name for pattern in entry.patterns for name in pattern.expression.groupindex}
    facts = {"command", "step", "number", "runner"}
    used = set(re.findall(r"\{([a-z_]+)(?:\||\})", " ".join((entry.title, entry.cause, entry.fix, entry.values))))

    assert used - named - facts == set()


def has_values_of_the_chart(entry: Cause) -> None:
    """What a fix says to write is what the chart's schema allows."""
    base = read_values("gitlab: {url: https://gitlab.example.com}\n", "base.yaml")
    change = read_values(fill(entry.values, {}), f"{entry.id}.yaml")

    found = errors(CHART.check([base, change])) if entry.values else []

    assert [finding.message for finding in found] == []


def test_every_literal_is_in_what_its_pattern_matches() -> None:
    for entry in ENTRIES:
        for sample in entry.samples:
            for pattern in entry.patterns:
                found = pattern.expression.search(sample)
                assert found is None or pattern.literal in found.group().lower()


def test_a_symptom_is_no_cause() -> None:
    diagnoses = explain(['level=warning msg="Falling back to single mapping"'])

    assert [(one.id, one.names_a_cause) for one in diagnoses] == [("single-mapping", False)]


def test_the_memory_of_a_scan_does_not_grow_with_the_log() -> None:
    scan = Scan(load_catalogue())

    scan.feed(Trace().read(f"{number}: cannot clone: Operation not permitted\n" for number in range(3000)))

    hit = scan.hits["userns-clone-eperm"]
    assert hit.count == 3000
    assert [line.number for line in hit.lines()] == [1, 2999, 3000]


ENTRY = {
    "id": "a",
    "kind": "user",
    "weight": 50,
    "title": "a",
    "cause": "A.",
    "fix": "B.",
    "patterns": ["some text"],
    "samples": ["some text"],
}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (
            {"kind": "nobody"},
            "catalogue entry 'a': kind 'nobody' is not one of node, cluster, values, registry, network, user",
        ),
        ({"of": "node"}, "catalogue entry 'a': of 'node' is not one of pod, start, output, script, preparation"),
        ({"patterns": ["some text|other text"]}, "alternatives at the top; write one pattern for each."),
        ({"patterns": [r"\w+: (?:no|yes)"]}, "no text of 4 characters that every match holds."),
        ({"explains": ["b"]}, "`explains` names entries that are not there: b."),
        ({"explains": ["a"]}, "entries explain each other: a, a."),
        ({"explains": ["c"], "level": "general"}, "'a' is general and explains c, which is a cause."),
    ],
)
def test_a_wrong_entry_is_refused_with_its_name_and_the_reason(changed: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_catalogue([{**ENTRY, **changed}, {**ENTRY, "id": "c"}])


def test_two_entries_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="catalogue entry 'a' is there twice"):
        read_catalogue([ENTRY, ENTRY])


def test_a_pattern_may_join_lines() -> None:
    catalogue = read_catalogue([{**ENTRY, "patterns": [r"User\n\"(?P<user>\w+)\" cannot"], "cause": "{user} cannot."}])

    diagnoses = explain(["pods is forbidden: User", '│ "ci" cannot list'], catalogue=catalogue)

    assert [(one.cause, one.count) for one in diagnoses] == [("ci cannot.", 1)]


def test_a_level_is_one_of_three() -> None:
    assert [level.value for level in Level] == ["cause", "general", "symptom"]
    assert isinstance(ENTRIES[0].patterns[0], Pattern)


def test_ids_are_words_joined_by_hyphens() -> None:
    assert [entry.id for entry in ENTRIES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entry.id)] == []


def test_values_are_yaml_maps() -> None:
    assert [
        entry.id for entry in ENTRIES if entry.values and not isinstance(yaml.safe_load(fill(entry.values, {})), dict)
    ] == []

from __future__ import annotations

import pytest

from podrunner.explain.literals import literal, longest_word, whole_word


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("cannot clone: Operation not permitted", "cannot clone: operation not permitted"),
        (r"new[ug]idmap: write to [ug]id_map failed", "idmap: write to "),
        (r"Insufficient (?P<resource>[\w.-]+/fuse)", "insufficient "),
        (r"(?:Verifying|Checking).{0,40}(?:a|b) forbidden", " forbidden"),
        (r"policy\.json: no such file", "policy.json: no such file"),
        (r"enough resources?: (?P<why>.+)", "enough resource"),
        (r"[]x]{2,3} after a class", " after a class"),
    ],
)
def test_the_literal_of_a_pattern_is_its_longest_text_outside_groups(pattern: str, expected: str) -> None:
    assert literal(pattern) == expected


@pytest.mark.parametrize("pattern", ["one text|another", r"\d+", "(?:only|groups)"])
def test_a_pattern_without_a_literal_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"alternatives at the top|no text of 4 characters"):
        literal(pattern)


def test_a_word_at_the_edge_of_a_literal_may_be_part_of_a_longer_one() -> None:
    assert whole_word("clone: operation not permit") == "operation"
    assert whole_word("oomkilled") == ""


def test_the_longest_word_of_a_literal_may_be_part_of_one() -> None:
    assert longest_word("crun: ") == "crun"
    assert longest_word("/v2/") == ""

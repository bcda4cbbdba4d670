from dataclasses import replace

from bench.build.verdict import judge


def test_the_default_is_the_fastest_safe_one(results):
    verdict = judge(results)

    assert verdict.holds
    assert str(verdict) == "The fastest safe one is the chart's default: `unprivileged` with overlay."


def test_a_default_within_the_noise_of_the_fastest_is_as_fast(results):
    verdict = judge(replace(results, default=("user-namespace", "overlay")))

    assert verdict.holds
    assert str(verdict) == (
        "The chart's default, `user-namespace` with overlay, is as fast as any safe one: `unprivileged` with overlay "
        "differs by 5 %, and a difference below 10 % is noise here."
    )


def test_a_slow_default_is_named_with_the_one_to_take(results):
    verdict = judge(replace(results, default=("unprivileged", "vfs")))

    assert not verdict.holds
    assert str(verdict) == (
        "The fastest safe one is `unprivileged` with overlay; the chart's default, `unprivileged` with vfs, is 210 % slower."
    )


def test_a_mode_that_is_not_safe_does_not_compete(results):
    verdict = judge(replace(results, safe=("user-namespace",)))

    assert [cell for cell, _ in verdict.scores] == [("user-namespace", "overlay")]
    assert str(verdict) == (
        "The fastest safe one is `user-namespace` with overlay. "
        "The chart's default, `unprivileged` with overlay, was not measured."
    )

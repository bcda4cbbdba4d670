import pytest

from bench.build.measurement import HOST, Measurement, load, read_facts, read_log, save
from podrunner.findings.errors import PodrunnerError

LOG = """\
$ bash measure.sh
podrunner-bench-build podman 5.4.2
podrunner-bench-build driver overlay
podrunner-bench-build file-system ext4
podrunner-bench-build many-small-files 2500000000 1000000
podrunner-bench-build few-big-files 1000000000 3000000
podrunner-bench-build many-small-files 1500000000 1200000
podrunner-bench-build few-big-files 4000000000 3000000
Job succeeded
"""


def test_a_log_gives_a_measurement_of_each_containerfile():
    found = read_log(LOG, "unprivileged", "vfs")

    assert found == [
        Measurement("unprivileged", "vfs", "many-small-files", (2.5, 1.5), (1_000_000, 1_200_000)),
        Measurement("unprivileged", "vfs", "few-big-files", (1.0, 4.0), (3_000_000, 3_000_000)),
    ]


def test_a_log_without_a_build_of_one_containerfile_names_it():
    log = "podrunner-bench-build few-big-files 4000000000 3000000\n"

    with pytest.raises(PodrunnerError, match=r"unprivileged, vfs: the log has no measurement of many-small-files\."):
        read_log(log, "unprivileged", "vfs")


def test_a_log_says_versions_and_driver():
    assert read_facts(LOG) == {"podman": "5.4.2", "driver": "overlay", "file-system": "ext4"}


def test_one_slow_build_of_three_does_not_move_the_time():
    one = Measurement(HOST, "overlay", "few-big-files", (2.0, 30.0, 1.5), (5_000_000, 5_000_000, 5_000_000))

    assert (one.time, one.megabytes) == (2.0, 5.0)


def test_the_ratio_compares_with_the_same_containerfile_on_the_host(results):
    ratios = [results.ratio(one) for one in results.measurements]

    assert ratios == [1.0, 1.0, 1.5, 1.25, 6.0, 3.0, 1.6, 1.3]


def test_saved_results_are_loaded_as_they_were(results, tmp_path):
    save(results, tmp_path / "bench-build.json")

    assert load(tmp_path / "bench-build.json") == results


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", r"bench-build.json: not JSON: "), ("{}", r"not results of this program: 'about'\. A run without --redraw")],
)
def test_a_file_that_holds_no_results_is_refused_with_the_way_out(tmp_path, text, says):
    file = tmp_path / "bench-build.json"
    file.write_text(text)

    with pytest.raises(PodrunnerError, match=says):
        load(file)

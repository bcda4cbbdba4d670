import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from bench.build.plot import draw, ticks

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    return [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_the_plot_names_every_bar_its_number_and_the_unit(results):
    found = texts(draw(results))

    assert found.count("unprivileged, overlay") == 2
    assert "3.0 s · 1.50x host" in found
    assert "Many small files" in found
    assert found.count("seconds, one build") == 2


def test_a_bar_is_as_long_as_its_time(results):
    bars = [bar for bar in ET.fromstring(draw(results)).iter(f"{SVG}rect") if bar.get("rx")]
    widths = [float(bar.get("width")) for bar in bars[:4]]

    # The axis ends at 15 s, 450 pixels away: many small files on the host, unprivileged by overlay and vfs, user-namespace.
    assert widths == [60.0, 90.0, 360.0, 96.0]


def test_repeated_builds_show_their_range(results):
    repeated = tuple(replace(one, seconds=(one.time, one.time + 1, one.time + 2)) for one in results.measurements)
    svg = draw(replace(results, repeat=3, measurements=repeated))

    assert svg.count('class="range"') == len(repeated)
    assert "seconds, median of up to 3 builds (line: fastest to slowest)" in texts(svg)


def test_everything_is_inside_the_picture(results):
    root = ET.fromstring(draw(results))
    _, _, width, height = map(float, root.get("viewBox").split())
    panels = [float(group.get("transform").split()[1].rstrip(")")) for group in root.iter(f"{SVG}g")]
    lowest = max(float(text.get("y")) for text in root.iter(f"{SVG}text"))
    furthest = max(float(text.get("x")) for text in root.iter(f"{SVG}text"))

    assert panels[-1] + lowest < height
    # A label such as `123.4 s · 12.34x host` takes about 145 pixels.
    assert furthest + 145 < width


@pytest.mark.parametrize(
    ("longest", "expected"),
    [
        (12.0, [0, 5, 10, 15]),
        (0.9, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (100, [0, 20, 40, 60, 80, 100]),
        (4.1, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_axes_have_round_numbers(longest, expected):
    assert ticks(longest) == expected

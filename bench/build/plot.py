"""The numbers as a plot: an SVG with a panel of bars for each Containerfile, for light and for dark pages."""

from __future__ import annotations

from math import ceil, log10
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bench.build.measurement import HOST, WORKLOADS

if TYPE_CHECKING:
    from bench.build.measurement import Measurement, Results

_WIDTH = 860
_LEFT, _BARS = 250, 450  # pixels: where bars begin, and how long the longest may be
_ROW, _BAR = 24, 14
_TOP, _TITLE, _AXIS = 56, 34, 52  # above all panels; heading and axis of one

# Colours that colour-blind people can tell apart (Okabe and Ito), lighter ones on dark pages.
_STYLE = """
text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1f2328; }
.title { font-weight: 600; font-size: 15px; }
.page { fill: #ffffff; } .grid { stroke: #d1d9e0; } .range { stroke: #1f2328; stroke-width: 1.5; }
.host { fill: #6e7781; } .overlay { fill: #0072b2; } .vfs { fill: #d55e00; } .fuse-overlayfs { fill: #009e73; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .page { fill: #0d1117; } .grid { stroke: #30363d; } .range { stroke: #e6edf3; }
  .host { fill: #8b949e; } .overlay { fill: #56b4e9; } .vfs { fill: #e69f00; } .fuse-overlayfs { fill: #2fc79b; }
}
"""


def draw(results: Results) -> str:
    """The whole SVG."""
    height = _panel_height(results)
    total = _TOP + len(WORKLOADS) * height + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {total}" role="img">',
        "<title>Time of the same builds by preset and storage driver</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{total}" class="page"/>',
        *_legend(results),
    ]
    for number, (workload, title) in enumerate(WORKLOADS.items()):
        parts += [f'<g transform="translate(0 {_TOP + number * height})">', *_panel(results, workload, title), "</g>"]
    return "\n".join([*parts, "</svg>"]) + "\n"


def ticks(longest: float) -> list[float]:
    """Round numbers from 0 to `longest` or just above it, about five steps apart."""
    rough = max(longest, 1e-3) / 5
    power = 10.0 ** ceil(log10(rough) - 1)
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [round(step * number, 6) for number in range(ceil(longest / step) + 1)]


def _panel_height(results: Results) -> int:
    return _TITLE + _ROW * len(results.cells) + _AXIS


def _legend(results: Results) -> list[str]:
    """What the colours mean, in the order of the rows."""
    names = ["host", *dict.fromkeys(driver for place, driver in results.cells if place != HOST)]
    parts = []
    for number, name in enumerate(names):
        x = _LEFT + 130 * number
        parts.append(f'<rect x="{x}" y="20" width="14" height="14" class="{name}"/>')
        parts.append(_text(x + 20, 32, "on the host" if name == HOST else name))
    return parts


def _panel(results: Results, workload: str, title: str) -> list[str]:
    shown = {cell: results.find(*cell, workload) for cell in results.cells}
    marks = ticks(max((max(one.seconds) for one in shown.values() if one), default=1))
    bottom = _TITLE + _ROW * len(shown)
    scale = _BARS / marks[-1]
    parts = [_text(_LEFT, 20, title[0].upper() + title[1:], 'class="title"')]
    for mark in marks:
        x = _LEFT + mark * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" y1="{_TITLE}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(_text(x, bottom + 16, f"{mark:g}", 'text-anchor="middle"'))
    parts.append(_text(_LEFT + _BARS / 2, bottom + 34, _axis(results), 'text-anchor="middle"'))
    for number, ((place, driver), one) in enumerate(shown.items()):
        y = _TITLE + _ROW * number + _ROW / 2
        name = "host" if place == HOST else f"{place}, {driver}"
        parts.append(_text(_LEFT - 10, y + 4, name, 'text-anchor="end"'))
        if one:
            parts += _bar(results, one, y, scale)
    return parts


def _axis(results: Results) -> str:
    if results.repeat == 1:
        return "seconds, one build"
    return f"seconds, median of up to {results.repeat} builds (line: fastest to slowest)"


def _bar(results: Results, one: Measurement, y: float, scale: float) -> list[str]:
    """A bar to the median, a line from the fastest to the slowest build, and the numbers behind both."""
    colour = "host" if one.place == HOST else one.driver
    low, high = (_LEFT + scale * seconds for seconds in (min(one.seconds), max(one.seconds)))
    place = f'x="{_LEFT}" y="{y - _BAR / 2:.1f}" width="{one.time * scale:.1f}" height="{_BAR}" rx="2"'
    parts = [f'<rect {place} class="{colour}"/>']
    if high > low:
        parts.append(f'<line class="range" x1="{low:.1f}" y1="{y:.1f}" x2="{high:.1f}" y2="{y:.1f}"/>')
    ratio = results.ratio(one)
    label = f"{one.time:.1f} s" + (f" · {ratio:.2f}x host" if ratio and one.place != HOST else "")
    return [*parts, _text(high + 8, y + 4, label)]


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {attributes}>{escape(text)}</text>'

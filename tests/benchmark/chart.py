# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bar chart as SVG, readable on light and dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 300, 56, 64, 36
COLOURS = ("#2f81f7", "#db6d28", "#8957e5", "#3fb950")  # each stands out on white and on black
GREY = "#7d8590"


def bars(title: str, places: Sequence[str], series: Mapping[str, Sequence[float]]) -> str:
    """Return bars in groups, one group for each place and one bar in it for each series."""
    step = _step(max(value for values in series.values() for value in values))
    most = step * math.ceil(max(value for values in series.values() for value in values) / step)
    body = [_text(16, 24, title, "start", "font-weight='bold' font-size='15'"), *_scale(step, most)]
    group = (WIDTH - LEFT - 16) / len(places)
    width = group * 0.7 / len(series)
    for number, (name, values) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        body.append(f"<rect x='{LEFT + 130 * number}' y='38' width='12' height='12' fill='{colour}'/>")
        body.append(_text(LEFT + 130 * number + 18, 48, name, "start"))
        for index, value in enumerate(values):
            x, y = LEFT + group * (index + 0.15) + width * number, _y(value, most)
            size = f"width='{width - 4:.1f}' height='{_y(0, most) - y:.1f}'"
            body.append(f"<rect x='{x:.1f}' y='{y:.1f}' {size} fill='{colour}'/>")
            body.append(_text(x + width / 2 - 2, y - 5, f"{value:.2f}", "middle"))
    for index, place in enumerate(places):
        body.append(_text(LEFT + group * (index + 0.5), HEIGHT - 14, place, "middle"))
    size = f"viewBox='0 0 {WIDTH} {HEIGHT}' font-family='system-ui, sans-serif' font-size='12'"
    head = f"<svg xmlns='http://www.w3.org/2000/svg' {size} role='img' aria-label='{_safe(title)}'>"
    return "\n".join([head, *body, "</svg>\n"])


def _scale(step: float, most: float) -> list[str]:
    lines = []
    for number in range(round(most / step) + 1):
        y = _y(number * step, most)
        lines.append(f"<path d='M{LEFT} {y:.1f}H{WIDTH - 16}' stroke='{GREY}' stroke-opacity='0.35'/>")
        lines.append(_text(LEFT - 8, y + 4, f"{number * step:g}", "end"))
    return lines


def _step(most: float) -> float:
    """Return a round distance of lines, so that there are three to seven of them."""
    power = 10.0 ** math.floor(math.log10(most / 3))
    return next(power * factor for factor in (1, 2, 5, 10) if most / (power * factor) <= 6)


def _y(value: float, most: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / most


def _text(x: float, y: float, text: str, anchor: str, more: str = "") -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{GREY}' {more}>{escape(text)}</text>"


def _safe(text: str) -> str:
    return escape(text, {"'": "&apos;"})

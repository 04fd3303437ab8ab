# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit page in a real browser: what people see, with keyboard and phone, in the dark and on paper."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.data import build
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.page import page as make_page
from ansible_collections.genesys_ops.engage.tests.browser.conftest import NOW, Opened
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import CHAT_B, World
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    UNREADABLE,
    healthy,
    large,
    looked_at,
    sick,
)
from playwright.sync_api import Page

Show = Callable[..., Opened]

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`</title></style></svg>\u202e\u05e9\u05dc\u05d5\u05dd"
    + "A" * 160
)
FEW = {"main": sick("GWE_Main"), "dr": healthy("GWE_DR"), "old": {**UNREADABLE, "cluster": "GWE_Old"}}


def hostile() -> dict[str, Any]:
    """Every name that comes from the estate is hostile, values too."""
    world = World()
    for application in world.applications.values():
        application["name"] = f"{application['name']}{HOSTILE}"
    world.option(CHAT_B, "endpoints:101", "webme", HOSTILE)
    return looked_at(world)


SCENES: dict[str, dict[str, Any]] = {
    "few": FEW,
    "hostile": {HOSTILE: hostile(), "down": {"msg": HOSTILE, "cluster": HOSTILE}},
    "crowded": {"big": looked_at(large(60, 3))},
    "nothing": {},
}


def clusters(page: Page) -> list[str]:
    """Return the names of the clusters that can be seen, in order."""
    return page.locator("details.cluster:visible > summary .title > bdi").all_inner_texts()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scene", SCENES)
def test_nothing_is_wider_than_the_window_and_nothing_complains(
    show: Show, scene: str, width: int, scheme: str
) -> None:
    opened = show(SCENES[scene], width=width, color_scheme=scheme)
    opened.page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    opened.assert_calm()


def test_hostile_names_are_shown_as_they_are_and_do_nothing(show: Show) -> None:
    opened = show(SCENES["hostile"], SCENES["hostile"])
    page = opened.page
    assert page.locator("script").count() == 1
    assert page.locator("body img").count() == 0
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in page.locator("details.cluster").first.inner_text()
    assert page.get_by_role("heading", name="Rules", exact=True).is_visible()  # </svg> and </style> ended nothing
    page.locator("#words").fill("<script>alert(1)")
    assert len(clusters(page)) == 2
    opened.assert_calm()


# --- the picture -----------------------------------------------------------------------------------------------------

# Boxes must lie in their picture, and their texts are clipped to them.
OUTSIDE = """() => [...document.querySelectorAll("svg.picture")].flatMap((picture) => {
  const outer = picture.getBoundingClientRect();
  return [...picture.querySelectorAll("svg")].filter((box) => {
    const inner = box.querySelector("rect").getBoundingClientRect();
    return inner.width < 5 || inner.left < outer.left - 1 || inner.right > outer.right + 1 || inner.top < outer.top - 1
      || inner.bottom > outer.bottom + 1 || getComputedStyle(box).overflow !== "hidden";
  }).map((box) => box.textContent);
})"""


def test_the_topology_can_be_seen(show: Show) -> None:
    page = show({"main": sick("GWE_Main")}).page
    picture = page.get_by_role("img", name="Topology of GWE_Main")
    assert picture.is_visible()
    for name in ("GWE_Main", "Chats", "Chat_A", "Chat_B", "↳ Chat_A_B", "Webengagement_Chat", "Route", "UCS", "1 node"):
        assert picture.locator("text.name", has_text=name).first.is_visible(), name
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("scene", ["hostile", "crowded"])
def test_nothing_leaves_its_box_in_the_picture(show: Show, scene: str) -> None:
    assert show(SCENES[scene]).page.evaluate(OUTSIDE) == []


def test_what_is_wrong_has_a_shape_and_words_besides_its_colour(show: Show) -> None:
    page = show({"main": sick("GWE_Main")}).page
    box = page.locator("svg.box.server.error")
    assert box.locator("use").get_attribute("href") == "#i-error"
    assert box.locator("text.note").all_text_contents() == ["webme is missing", "1 error"]
    fine = page.locator("svg.box.server.fine").first
    assert fine.locator("use").get_attribute("href") == "#i-fine"


def test_a_screen_reader_is_told_what_the_picture_shows(show: Show) -> None:
    page = show({"main": sick("GWE_Main")}).page
    assert page.get_by_role("img", name="Chat Server Chat_B: webme is missing, 1 error.").is_visible()


# --- the filter ------------------------------------------------------------------------------------------------------


def test_the_filter_finds_clusters_applications_rules_and_severities(show: Show) -> None:
    opened = show(FEW)
    page, words, count = opened.page, opened.page.get_by_role("searchbox", name="Filter"), opened.page.locator("#count")
    assert clusters(page) == ["GWE_Old", "GWE_Main", "GWE_DR"]
    for text, found in {
        "gwe_main": ["GWE_Main"],
        "dr": ["GWE_DR"],
        "GWE004": ["GWE_Main"],
        "chat_b": ["GWE_Main", "GWE_DR"],
        "chat_b gwe004": ["GWE_Main"],
        "warning": ["GWE_Main"],
        "nothing like it": [],
    }.items():
        words.fill(text)
        assert clusters(page) == found, text
        assert count.inner_text() == f"{len(found)} of 3 clusters"
    assert page.get_by_text("No cluster fits the filter").is_visible()
    opened.assert_calm()


def test_the_filter_shows_only_findings_that_fit(show: Show) -> None:
    page = show(FEW).page
    page.locator("#words").fill("gwe004")
    assert [row.split()[1] for row in page.locator("tr.finding:visible").all_inner_texts()] == ["GWE004"]


@pytest.mark.parametrize(
    ("level", "found"),
    [("error", ["GWE_Main"]), ("unreadable", ["GWE_Old"]), ("fine", ["GWE_DR"]), ("info", ["GWE_Main", "GWE_DR"])],
)
def test_the_filter_chooses_a_severity(show: Show, level: str, found: list[str]) -> None:
    page = show(FEW).page
    page.get_by_label("Show").select_option(level)
    assert clusters(page) == found


def test_the_filter_chooses_what_is_new(show: Show) -> None:
    page = show({**FEW, "more": sick("GWE_More")}, {"main": healthy("GWE_Main"), "more": sick("GWE_More")}).page
    page.get_by_label("Show").select_option("new")
    assert clusters(page) == ["GWE_Main"]


def test_the_filter_works_by_keyboard(show: Show) -> None:
    page = show(FEW).page
    page.keyboard.press("/")
    page.keyboard.type("gwe_dr")
    assert clusters(page) == ["GWE_DR"]
    page.keyboard.press("Escape")
    assert len(clusters(page)) == 3
    assert page.locator("#words").input_value() == ""


# --- everybody can read it -------------------------------------------------------------------------------------------

# The contrast of every visible text of the page to what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1).
PALE = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = channels(color).map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const box = at.matches("svg.box") ? at.querySelector("rect") : null;
      const color = box ? getComputedStyle(box).fill : getComputedStyle(at).backgroundColor;
      if (color !== "none" && channels(color)[3] !== 0) return color;
    }
    return getComputedStyle(document.body).backgroundColor;
  };
  const pale = [];
  for (const node of document.querySelectorAll("body *:not(script, title, desc, option)")) {
    const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!own || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const text = light(node.namespaceURI.endsWith("svg") ? style.fill : style.color), ground = light(behind(node));
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < 4.5) pale.push(`${ratio.toFixed(2)} ${node.outerHTML.slice(0, 80)}`);
  }
  return [...new Set(pale)];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(show: Show, scheme: str) -> None:
    opened = show(FEW, {"main": healthy("GWE_Main"), "dr": sick("GWE_DR")}, color_scheme=scheme)
    opened.page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    assert opened.page.evaluate(PALE) == []


def test_everything_that_can_be_used_has_a_name_and_can_be_reached_by_keyboard(show: Show) -> None:
    page = show(FEW).page
    assert page.evaluate("document.documentElement.lang") == "en"
    unnamed = "[...document.querySelectorAll('input, select')].filter((node) => !node.labels.length).length"
    assert page.evaluate(unnamed) == 0
    assert page.get_by_role("heading", level=1).all_inner_texts() == ["Chat channel audit"]
    scrolled = page.locator(".scroll")
    assert all(node.get_attribute("tabindex") == "0" and node.get_attribute("aria-label") for node in scrolled.all())
    page.locator("details.cluster > summary").first.focus()
    was = page.locator("details.cluster").first.get_attribute("open")
    page.keyboard.press("Enter")
    assert page.locator("details.cluster").first.get_attribute("open") != was


def test_without_javascript_everything_can_be_read(show: Show) -> None:
    page = show({f"h{number}": sick(f"GWE_{number}") for number in range(5)}, java_script_enabled=False).page
    assert not page.locator("#filter").is_visible()
    assert page.locator("details.cluster").count() == 5
    page.locator("details.cluster > summary").first.click()
    assert page.locator("tr.finding:visible").first.is_visible()


def test_on_paper_every_cluster_is_open_and_the_filter_is_gone(show: Show) -> None:
    page = show({f"h{number}": sick(f"GWE_{number}") for number in range(5)}).page
    assert page.locator("tr.finding:visible").count() == 0
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("svg.picture:visible").count() == 5
    assert not page.locator("#filter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("tr.finding:visible").count() == 0


# --- many clusters ---------------------------------------------------------------------------------------------------

# Time of the filter in ms, layout included.
TIMED = """(text) => {
  const box = document.getElementById("words"), start = performance.now();
  box.value = text;
  box.dispatchEvent(new Event("input"));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""


def test_two_hundred_clusters_of_ten_chat_servers_are_quick(show: Show) -> None:
    results = {
        f"h{number:03}": looked_at(large(10, 2 * (number % 4 == 0), f"GWE_{number:03}", f"Chat_{number:03}_{{:02d}}"))
        for number in range(200)
    }
    start = time.perf_counter()
    size = len(make_page(build(results, NOW, None)).encode())
    assert time.perf_counter() - start < 10
    assert size < 5_000_000
    opened = show(results)
    page = opened.page
    assert page.locator("#count").inner_text() == "200 of 200 clusters"
    assert len(clusters(page)) == 200
    times = [page.evaluate(TIMED, text) for text in ("chat_117", "gwe004", "error", "")]
    assert max(times) < 1000, times
    page.locator("#words").fill("chat_117_03")
    assert clusters(page) == ["GWE_117"]
    assert page.locator("details.cluster:visible svg.picture").is_visible()
    opened.assert_calm()

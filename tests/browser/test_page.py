# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit page in a real browser: what people see, with keyboard and phone, in the dark and on paper."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.page import page as make_page
from ansible_collections.genesys_ops.engage.tests.browser.conftest import Opened
from ansible_collections.genesys_ops.engage.tests.unit.plugins.module_utils.world import CHAT_B, World
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import (
    UNREADABLE,
    healthy,
    large,
    looked_at,
    mixed,
    report,
    sick,
)
from axe_playwright_python.sync_playwright import Axe
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
    "crowded": {"big": looked_at(large(60, 3, backups=True))},
    "mixed": mixed(12),
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

# Boxes must lie in their picture, and their texts in their box, or be cut there with an ellipsis.
OUTSIDE = """() => [...document.querySelectorAll("figure.picture")].flatMap((picture) => {
  const outer = picture.getBoundingClientRect();
  return [...picture.querySelectorAll(".box")].filter((box) => {
    const inner = box.getBoundingClientRect();
    const leaves = [...box.querySelectorAll(".caption, .name, .note")].some((text) => {
      const place = text.getBoundingClientRect();
      return place.left < inner.left || place.right > inner.right + 1 || place.bottom > inner.bottom + 1;
    });
    return leaves || inner.width < 40 || inner.left < outer.left || inner.right > outer.right;
  }).map((box) => box.textContent);
})"""
# What is left of each name of a Chat Server on the screen: what is cut away does not count.
SEEN = """() => [...document.querySelectorAll(".servers .short")].map((name) => {
  const [head, tail] = name.children;
  return { tail: tail.textContent, whole: tail.scrollWidth <= tail.clientWidth + 1, head: head.clientWidth };
})"""


def test_the_topology_can_be_seen(show: Show) -> None:
    page = show({"main": sick("GWE_Main")}).page
    picture = page.get_by_role("figure", name="Topology of GWE_Main")
    assert picture.is_visible()
    for name in ("GWE_Main", "Chats", "Chat_A", "Chat_B", "Chat_A_B", "Webengagement_Chat", "Route", "UCS", "1 node"):
        assert picture.get_by_text(name, exact=True).first.is_visible(), name
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scene", ["hostile", "crowded", "mixed"])
def test_nothing_leaves_its_box_in_the_picture(show: Show, scene: str, width: int) -> None:
    page = show(SCENES[scene], width=width).page
    page.get_by_role("button", name="Expand all").click()
    assert page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_forty_chat_servers_with_backups_can_be_told_apart(show: Show, width: int) -> None:
    world = large(40, 3, "GWE", "ChatServer_Production_Frankfurt_{:02d}", backups=True)
    page = show({"main": looked_at(world)}, width=width).page
    names = page.evaluate(SEEN)
    assert len({name["tail"] for name in names}) == 80
    assert all(name["whole"] and name["head"] > 10 for name in names)
    # Each backup stands beside its primary, and the whole width is used.
    pairs = page.locator(".servers.compact > li")
    assert pairs.count() == 40
    for pair in (pairs.first, pairs.last):
        primary, backup = (box.bounding_box() for box in pair.locator(".box").all())
        assert primary and backup
        assert primary["y"] == backup["y"]
        assert primary["x"] < backup["x"]
    grid = page.locator(".servers.compact").bounding_box()
    rows = page.evaluate(
        "[...document.querySelectorAll('.compact > li')].map((one) => one.getBoundingClientRect().right)"
    )
    assert grid and abs(max(rows) - grid["x"] - grid["width"]) < 2


def test_what_is_wrong_has_a_shape_and_words_besides_its_colour(show: Show) -> None:
    page = show({"main": sick("GWE_Main")}).page
    box = page.locator(".box.server.error")
    assert box.locator("use").get_attribute("href") == "#i-error"
    assert box.locator(".note").all_text_contents() == ["webme is missing", "1 error"]
    assert box.get_by_role("img", name="Errors").is_visible()
    fine = page.locator(".box.server.fine").first
    assert fine.locator("use").get_attribute("href") == "#i-fine"


# --- the first look --------------------------------------------------------------------------------------------------


def test_a_reason_leads_to_the_clusters_behind_it(show: Show) -> None:
    opened = show(mixed(150))
    page = opened.page
    reason = page.locator(".reasons > li").first
    assert reason.locator("p").first.inner_text() == "No chat can be opened on 26 clusters: queueKey is not set GWE003"
    assert reason.get_by_role("link", name="GWE_013").is_hidden()
    reason.get_by_text("26 clusters", exact=False).last.click()
    reason.get_by_role("link", name="GWE_013").click()
    cluster = page.locator("details.cluster", has=page.locator(".title > bdi", has_text="GWE_013"))
    assert cluster.get_attribute("open") is not None
    assert page.evaluate("document.activeElement.textContent").startswith("GWE_013")
    assert cluster.locator("tr.finding").first.is_visible()
    opened.assert_calm()


def test_a_reason_leads_to_a_cluster_that_the_filter_hides(show: Show) -> None:
    page = show(mixed(12)).page
    page.locator("#words").fill("GWE_009")
    page.get_by_role("link", name="GWE_004").first.click()
    assert page.locator("details.cluster[open] > summary", has_text="GWE_004").is_visible()


def test_a_closed_row_says_its_worst_reason(show: Show) -> None:
    page = show(mixed(12)).page
    row = page.locator("details.cluster:not([open]) > summary", has_text="GWE_001")
    assert row.locator(".worst").inner_text() == "No chat can be opened: queueKey is not set"


@pytest.mark.parametrize(
    ("tile", "count"), [("Fine", 5), ("With errors", 5), ("With warnings only", 1), ("Could not be read", 1)]
)
def test_a_tile_shows_the_clusters_that_it_counts(show: Show, tile: str, count: int) -> None:
    page = show(mixed(12)).page
    link = page.locator(".tiles a", has_text=tile)
    link.click()
    assert link.locator("strong").inner_text() == str(count)
    assert len(clusters(page)) == count
    assert link.get_attribute("aria-current") == "true"
    link.click()
    assert len(clusters(page)) == 12


def test_the_command_can_be_copied(show: Show) -> None:
    page = show(FEW, run={"inventory": ["/srv/gax.yml"]}, permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == (
        "ansible-playbook genesys_ops.engage.configure -i /srv/gax.yml --limit main"
    )


def test_rules_are_folded_until_one_is_asked_for(show: Show) -> None:
    page = show(FEW).page
    assert page.get_by_text("Every Chat Server, backups too").is_hidden()
    page.locator("tr.finding:visible").get_by_role("link", name="GWE004").click()
    assert page.locator("#GWE004 dd").is_visible()


# --- the address -----------------------------------------------------------------------------------------------------


def test_the_address_holds_what_is_seen(show: Show) -> None:
    opened = show(mixed(12))
    page = opened.page
    page.get_by_label("Show").select_option("error")
    page.locator("#words").fill("endpoint")
    page.locator("details.cluster:visible > summary").first.click()
    shown = clusters(page), page.locator("details.cluster[open]").count()
    page.wait_for_url(re.compile("open="))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    assert page.get_by_label("Show").input_value() == "error"
    assert page.locator("#words").input_value() == "endpoint"
    assert (clusters(page), page.locator("details.cluster[open]").count()) == shown
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("html$"))
    opened.assert_calm()


def test_an_address_of_a_cluster_opens_it(show: Show) -> None:
    page = show(mixed(12)).page
    anchor = page.locator("details.cluster:not([open])").last.get_attribute("id")
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#{anchor}")
    assert page.locator(f"#{anchor}").get_attribute("open") is not None


@pytest.mark.parametrize("address", ["#show=nonsense", "#open=nothing", "#%E0%A4%A", "#words=%22%3E<b>", "#c'\"]"])
def test_an_address_that_means_nothing_does_nothing(show: Show, address: str) -> None:
    opened = show(FEW)
    page, url = opened.page, opened.page.url
    page.goto("about:blank")
    page.goto(url + address)
    assert page.locator("#count").inner_text() in ("3 of 3 clusters", "0 of 3 clusters")
    opened.assert_calm()


def test_all_can_be_expanded_and_collapsed(show: Show) -> None:
    page = show(mixed(12)).page
    page.get_by_role("button", name="Expand all").click()
    assert page.locator("details.cluster[open]").count() == 12
    page.wait_for_url(re.compile("#open=all$"))
    page.get_by_role("button", name="Collapse all").click()
    assert page.locator("details.cluster[open]").count() == 0


# --- the filter ------------------------------------------------------------------------------------------------------


def test_the_filter_finds_clusters_applications_rules_and_severities(show: Show) -> None:
    opened = show(FEW)
    page, words, count = opened.page, opened.page.get_by_role("searchbox", name="Filter"), opened.page.locator("#count")
    assert clusters(page) == ["GWE_Main", "GWE_Old", "GWE_DR"]
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
    assert page.get_by_text("No cluster matches the filter").is_visible()
    opened.assert_calm()


def test_the_filter_shows_only_findings_that_fit(show: Show) -> None:
    page = show(FEW).page
    page.locator("#words").fill("gwe004")
    assert page.locator("tr.finding:visible td:nth-child(2)").all_inner_texts() == ["GWE004"]


@pytest.mark.parametrize(
    ("level", "found"),
    [
        ("error", ["GWE_Main"]),
        ("warning", ["GWE_Main"]),
        ("unreadable", ["GWE_Old"]),
        ("fine", ["GWE_DR"]),
        ("info", ["GWE_Main", "GWE_DR"]),
    ],
)
def test_the_filter_chooses_a_severity(show: Show, level: str, found: list[str]) -> None:
    page = show(FEW).page
    page.get_by_label("Show").select_option(level)
    assert clusters(page) == found
    if level in ("error", "warning", "info"):
        seen = page.locator("tr.finding:visible .chip").all_inner_texts()
        assert {text.strip().lower() for text in seen} == {level}


@pytest.mark.parametrize("word", ["severity", "application cluster", "what is wrong", "requested", "tenant"])
def test_what_the_page_itself_says_is_not_searched(show: Show, word: str) -> None:
    page = show(FEW).page
    page.locator("#words").fill(word)
    assert clusters(page) == []


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
      const color = getComputedStyle(at).backgroundColor;
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scene", SCENES)
def test_axe_finds_nothing(show: Show, scene: str, width: int, scheme: str) -> None:
    page = show(SCENES[scene], SCENES[scene] if scene == "few" else None, width=width, color_scheme=scheme).page
    page.evaluate("for (const node of document.querySelectorAll('details')) node.open = true")
    found = Axe().run(page).response["violations"]
    assert [(item["id"], [node["target"] for node in item["nodes"]][:3]) for item in found] == []


# --- on paper --------------------------------------------------------------------------------------------------------


def pages_of(page: Page) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format="A4")))


def test_on_paper_every_cluster_is_open_and_the_filter_is_gone(show: Show) -> None:
    page = show({f"h{number}": sick(f"GWE_{number}") for number in range(5)}).page
    assert page.locator("tr.finding:visible").count() == 0
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("figure.picture:visible").count() == 5
    assert not page.locator("#filter").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    heads = page.locator(".options thead tr")
    assert [head.is_visible() for head in heads.all()] == [True] * 5
    assert {row.inner_text().split()[0] for row in page.locator(".options tbody tr:visible").all()} == {"≠"}
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("tr.finding:visible").count() == 0


def test_a_hundred_and_fifty_clusters_fit_on_thirty_pages(show: Show) -> None:
    page = show(mixed(150)).page
    assert pages_of(page) <= 30
    page.emulate_media(media="print")
    fine = page.locator("details.cluster.fine").first.bounding_box()
    assert fine and fine["height"] < 40
    assert page.locator("figure.picture:visible").count() == 0
    sick_row = page.locator("details.cluster.error").first
    assert sick_row.locator("tr.finding.error").first.is_visible()


# --- many clusters ---------------------------------------------------------------------------------------------------

# Time of the filter in ms, layout included.
TIMED = """(text) => {
  const box = document.getElementById("words"), start = performance.now();
  box.value = text;
  box.dispatchEvent(new Event("input"));
  document.body.getBoundingClientRect();
  return performance.now() - start;
}"""


def test_two_hundred_clusters_of_ten_chat_servers_are_quick_and_small(show: Show) -> None:
    results = {
        f"h{number:03}": looked_at(large(10, 2 * (number % 4 == 0), f"GWE_{number:03}", f"Chat_{number:03}_{{:02d}}"))
        for number in range(200)
    }
    start = time.perf_counter()
    size = len(make_page(report(results)).encode())
    assert time.perf_counter() - start < 10
    assert size < 3_000_000
    opened = show(results)
    page = opened.page
    assert page.locator("#count").inner_text() == "200 of 200 clusters"
    # What the browser itself says: the time of this machine for writing the page does not count.
    assert page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") < 2000
    assert len(clusters(page)) == 200
    page.get_by_role("button", name="Expand all").click()
    page.wait_for_url(re.compile("#open=all$"))
    page.get_by_role("button", name="Collapse all").click()
    page.wait_for_url(re.compile("html$"))
    times = [page.evaluate(TIMED, text) for text in ("chat_117", "gwe004", "error", "")]
    assert max(times) < 1000, times
    page.locator("#words").fill("chat_117_03")
    assert clusters(page) == ["GWE_117"]
    assert page.locator("details.cluster:visible figure.picture").is_visible()
    opened.assert_calm()

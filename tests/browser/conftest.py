# Copyright: (c) 2026, genesys_ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real browser, headless: the one that `CHROMIUM` names, one that is installed, or Playwright's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.genesys_ops.engage.plugins.plugin_utils.report.files import write
from ansible_collections.genesys_ops.engage.tests.unit.plugins.plugin_utils.estates import report
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Collected in the page itself: a console that is silent is not enough.
WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => violations.push(event.violatedDirective));
"""


@dataclass
class Opened:
    """A page, and what it complained about: errors, warnings, dialogs and requests to anywhere."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def assert_calm(self) -> None:
        assert self.complaints == []
        assert self.page.evaluate("window.violations ?? []") == []


def _executable(driver: Playwright) -> str | None:
    own = driver.chromium.executable_path
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        executable = _executable(driver)
        if not executable:
            pytest.skip(
                "THE AUDIT PAGE WAS NOT TESTED: there is no Chromium. Install it ('apt-get install chromium', or "
                "'playwright install chromium'), or name one in the variable CHROMIUM."
            )
        running = driver.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Return a function that writes a report and opens its page."""
    contexts: list[BrowserContext] = []

    def opened(
        results: dict[str, Any],
        earlier: dict[str, Any] | None = None,
        width: int = 1280,
        run: dict[str, Any] | None = None,
        **options: Any,
    ) -> Opened:
        files = write(report(results, earlier, **(run or {})), str(tmp_path))
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        context.add_init_script(WATCH)
        found = Opened(context.new_page())
        page, complain = found.page, found.complaints.append
        page.on("console", lambda message: complain(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complain(str(error)))
        page.on("dialog", lambda dialog: (complain(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on(
            "request", lambda request: complain(request.url) if not request.url.startswith(("file:", "data:")) else None
        )
        page.goto(Path(files[0]).as_uri())
        return found

    yield opened
    for context in contexts:
        context.close()

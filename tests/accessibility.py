"""Whether everybody can use a page: the rules of axe for WCAG 2.2 AA, and its width on a phone."""

import time
from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
TOO_WIDE_BY = f"document.documentElement.scrollWidth - {PHONE['width']}"
WHAT_STICKS_OUT = """() => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120)).slice(0, 8)"""

# A theme changes nothing that other rules look at.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}

_axe = Axe()


def assert_accessible(page: Any, *, within: str | None = None, rules: Any = RULES) -> None:
    """The page as it stands now in the browser, or one part of it (a selector): no rule of axe is broken."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe.axe_script)
    # Left to itself, axe fetches our style sheets once more, at wrong addresses, for a rule that is not among these.
    options = {"resultTypes": ["violations"], "runOnly": rules, "preload": False}
    # The rest of its report is large, and takes as long to get here as a fifth of the rules to be tried.
    run = "([part, options]) => axe.run(part || document, options).then((found) => found.violations)"
    found = page.evaluate(run, [within, options])
    broken = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"][:5]
    ]
    assert not broken, f"{page.url}\n" + "\n".join(broken)


def assert_fits_a_phone(page: Any) -> None:
    """At 360 pixels nothing has to be scrolled sideways, and whatever sticks out is named."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    # A browser that was resized takes some frames to come to rest.
    deadline = time.monotonic() + 3
    while (overflow := page.evaluate(TOO_WIDE_BY)) > 0 and time.monotonic() < deadline:
        page.wait_for_timeout(20)
    wide = page.evaluate(WHAT_STICKS_OUT) if overflow > 0 else []
    page.set_viewport_size(before)
    assert overflow <= 0, f"{page.url} is {overflow} pixels too wide: {wide}"

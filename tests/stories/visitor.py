"""Somebody at a browser: what they read and press, in their language, and what went wrong behind the page."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMessage
from django.test import Client
from playwright.sync_api import ConsoleMessage, Locator, Response, expect

from tests.accessibility import OF_COLOURS, assert_accessible, assert_fits_a_phone
from tests.stories.words import FRENCH

# A busy machine takes its time; nothing is slower for it where all is well.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
# A story that is told in both languages is told in both themes by that; any other is looked at in one after the other.
THEME_OF = {"en": "light", "fr": "dark"}
# What moves has come to rest, so that colours are those that stay. A browser that draws nothing at the moment gives no
# frame, and is at rest as well.
AT_REST = """Promise.race([
    new Promise(requestAnimationFrame).then(
        () => Promise.allSettled(document.getAnimations().map((one) => one.finished))),
    new Promise((over) => setTimeout(over, 1000))])"""
WATCH_PROGRESS = """field => {
    const bar = field.querySelector("progress");
    field.seen = [];
    new MutationObserver(() => bar.checkVisibility() && field.seen.push(bar.value)).observe(bar, { attributes: true });
}"""


class Visitor:
    """A browser profile of its own and one page in it. `leave` fails for whatever the browser complained of."""

    def __init__(
        self, browser: Any, shop_url: str, language: str, *, scripts: bool = True, both_themes: bool = True
    ) -> None:
        self.language = language
        self._themes = [*THEME_OF.values()] if both_themes else [THEME_OF[language]]
        self.context = browser.new_context(
            base_url=shop_url,
            locale=LOCALES[language],
            color_scheme=self._themes[0],
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self._shop_url = shop_url
        self._complaints: list[str] = []
        self._refused: set[str] = set()
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("response", self._note)

    def say(self, english: str) -> str:
        """The same words in this visitor's language."""
        return FRENCH[english] if self.language == "fr" else english

    # ── What they do ──

    def go(self, path: str) -> int:
        """To an address, as if they had typed it; returns the page's status."""
        answer = self.page.goto(path)
        return answer.status if answer else 0

    def press(self, english: str, of: str = "", *, within: str = "body") -> None:
        """The button or link with this name, of which there is one; `of` is the thing that it belongs to."""
        self.called(english, of, within=within).click()

    def fill(self, label: str, value: str) -> None:
        self.page.wait_for_load_state()  # what listens to typing is there by then
        self.page.get_by_label(self.say(label)).fill(value)

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_label(self.say(label)).select_option(value)

    def choose_file(self, label: str, path: Path) -> None:
        self._upload(label).locator("input[type=file]").set_input_files(path)

    def send(self, label: str, path: Path, *, bytes_a_second: int = 0) -> list[int]:
        """Choose a file and wait until the shop has it, over a slow line if need be; returns the percentages that
        the page showed meanwhile."""
        field = self._upload(label)
        field.evaluate(WATCH_PROGRESS)
        with self._slow_line(bytes_a_second):
            self.choose_file(label, path)
            expect(field).to_contain_text(self.say("Ready"))
        return field.evaluate("field => field.seen")

    def pay_with(self, number: str) -> None:
        """On the gateway's page, with a card of this number."""
        self.fill("Card number", number)
        self.fill("Expiry (MM/YY)", "12/40")
        self.fill("Security code", "123")
        self.page.get_by_role("button", name=self.say("Pay")).click()

    def sign_in(self, user: Any) -> None:
        """Where signing in is not what the story is about: with the cookies that it would have left."""
        client = Client()
        client.force_login(user)
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": user.locale}
        self.context.add_cookies([{"name": k, "value": v, "url": self._shop_url} for k, v in cookies.items()])

    def waits_for_mail(self, mailoutbox: list[EmailMessage], count: int) -> list[EmailMessage]:
        """The mails, once the worker has sent so many."""
        self.until_there(lambda: len(mailoutbox) >= count)
        return mailoutbox

    def opens_link_of(self, mail: EmailMessage) -> None:
        found = re.search(r"https?://\S+", mail.body)
        assert found, mail.body
        self.go(found[0])

    def download(self, english: str, of: str = "") -> tuple[str, bytes]:
        """Press what downloads a file: its name and its bytes."""
        with self.page.expect_download() as coming:
            self.press(english, of)
        return coming.value.suggested_filename, coming.value.path().read_bytes()

    # ── What they see ──

    def called(self, english: str, of: str = "", *, within: str = "body") -> Locator:
        name, part = f"{self.say(english)} {of}".strip(), self.page.locator(within)
        button = part.get_by_role("button", name=name, exact=True)
        return button.or_(part.get_by_role("link", name=name, exact=True))

    def reads(self, *english: str, within: str = "main") -> None:
        """These words stand on the page, or will in a moment."""
        for words in english:
            expect(self.page.locator(within)).to_contain_text(self.say(words), ignore_case=False)

    def sees(self, *texts: str, within: str = "main") -> None:
        """As `reads`, for what is the same in every language: names, amounts already written for the reader."""
        for text in texts:
            expect(self.page.locator(within)).to_contain_text(text)

    def misses(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).not_to_contain_text(text)

    def price(self, amount: str) -> str:
        """`19.99` euros as this visitor writes them."""
        return f"{amount.replace('.', ',')}\xa0€" if self.language == "fr" else f"€{amount}"

    def is_at(self, path: str) -> None:
        self.page.wait_for_url(lambda url: urlsplit(url).path == path)

    def looks(self) -> None:
        """The page as it stands can be used by everybody: by axe, in its themes, and on a phone."""
        assert self.page.locator("html").get_attribute("lang") == self.language
        expect(self.page.locator(".htmx-request, .htmx-swapping")).to_have_count(0)
        self.page.evaluate(AT_REST)
        assert_accessible(self.page)
        assert_fits_a_phone(self.page)
        for theme in self._themes[1:]:
            self.page.emulate_media(color_scheme=theme)
            self.page.evaluate(AT_REST)
            assert_accessible(self.page, rules=OF_COLOURS)
        # As it is dressed now, so it stays until it is looked at again.
        self._themes.reverse()

    def until_there(self, condition: Callable[[], bool]) -> None:
        """Wait for what happens behind the page."""
        until = time.monotonic() + PATIENCE / 1000
        while not condition():
            assert time.monotonic() < until, "it did not happen"
            time.sleep(0.05)

    def _upload(self, label: str) -> Locator:
        return self.page.locator("[data-upload]", has_text=self.say(label))

    # ── What the browser says of it ──

    def forgives(self, path: str) -> None:
        """That what is sent there will be refused, which is what the story is about."""
        self._refused.add(f"{self._shop_url}{path}")

    @contextmanager
    def _slow_line(self, bytes_a_second: int) -> Iterator[None]:
        if not bytes_a_second:
            yield
            return
        line = self.context.new_cdp_session(self.page)
        throttle = {
            "offline": False,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_a_second,
        }
        line.send("Network.emulateNetworkConditions", throttle)
        yield
        line.send("Network.emulateNetworkConditions", {**throttle, "uploadThroughput": -1})
        line.detach()

    def leave(self) -> None:
        self.context.close()
        assert not self._complaints, "the browser complained:\n" + "\n".join(self._complaints)

    def _note(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._refused.add(response.url)

    def _hear(self, message: ConsoleMessage) -> None:
        """Errors in the console: scripts, policies, files that are missing. A page that the visitor asked for and was
        refused stands there as well; of that the story itself speaks."""
        if message.type == "error" and message.location.get("url") not in self._refused:
            self._complaints.append(f"{message.text} ({self.page.url})")

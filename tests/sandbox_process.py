"""A real sandbox process on a free port, for the tests that talk to it over HTTP."""

import re
import subprocess
import sys
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import stripe

SECRET_KEY = "sk_test_sandbox"
WEBHOOK_SECRET = "whsec_sandbox"
SOURCES = Path(__file__).parents[1] / "src"


class SandboxProcess:
    """Starts at once; use as a context manager, or call `stop`."""

    def __init__(
        self,
        webhook_url: str | None = None,
        webhook_secret: str = WEBHOOK_SECRET,
        seed: int | None = 1,
        *,
        state: Path | None = None,
        port: int = 0,
        secret_key: str = SECRET_KEY,
    ):
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        options = {
            "--port": port,
            "--seed": seed,
            "--state": state,
            "--webhook-url": webhook_url,
            "--webhook-secret": webhook_secret,
            "--secret-key": secret_key,
        }
        said = [text for name, value in options.items() if value is not None for text in (name, str(value))]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", *said],
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(SOURCES), "PYTHONUNBUFFERED": "1"},
        )
        assert self._process.stdout
        first_line = self._process.stdout.readline()
        if " on http" not in first_line:
            raise RuntimeError(f"The sandbox did not start: {first_line!r}")
        self.url = first_line.rsplit(" ", 1)[1].strip()
        self.pid = self._process.pid
        self.http = httpx.Client(base_url=self.url, timeout=20, trust_env=False, follow_redirects=False)
        self.stripe = stripe.StripeClient(secret_key, base_addresses={"api": self.url}, max_network_retries=0)

    def __enter__(self) -> "SandboxProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self, *, kill: bool = False) -> None:
        self.http.close()
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()

    # The controls

    def get(self, path: str) -> Any:
        return self.http.get(path).raise_for_status().json()

    def post(self, path: str, json: dict[str, Any] | None = None) -> Any:
        return self.http.post(path, json=json or {}).raise_for_status().json()

    def reset(self) -> None:
        self.post("/_sandbox/reset")

    def wait_for(self, condition: Callable[[], Any], *, seconds: float = 10) -> Any:
        """What `condition` returns once it is true; fails where it stays false."""
        deadline = time.monotonic() + seconds
        while not (result := condition()):
            if time.monotonic() > deadline:
                raise AssertionError("The sandbox did not come to what was waited for.")
            time.sleep(0.02)
        return result

    def wait_until_delivered(self, *, seconds: float = 10) -> None:
        """Until no webhook is on its way any more, those that are held or dropped aside."""

        def idle() -> bool:
            return all(one["state"] != "pending" for one in self.get("/_sandbox/deliveries")["items"])

        self.wait_for(idle, seconds=seconds)

    def on_their_way(self) -> list[Any]:
        """The webhooks that are about to be sent for the first time, or just being sent."""
        deliveries = self.get("/_sandbox/deliveries")["items"]
        return [one for one in deliveries if one["state"] == "pending" and not one["attempts"]]

    # A person on the hosted pages

    def pay(
        self,
        checkout_url: str,
        number: str = "4242424242424242",
        *,
        email: str | None = None,
        method: str = "card",
        authenticate: bool = True,
    ) -> httpx.Response:
        """Submits the payment page and, where asked, passes 3-D Secure; returns the last response.

        303 with the shop's address in `location` when it went through, 422 with the page when it did not.
        """
        form = {"method": method, "number": number, "exp": "12/40", "cvc": "123", "name": "Camille Martin"}
        if email is not None:
            form["email"] = email
        answer = self.http.post(checkout_url, data=form)
        while answer.status_code == 303 and answer.headers["location"].startswith(f"{self.url}/3ds/"):
            answer = self.http.post(
                answer.headers["location"], data={"result": "complete" if authenticate else "fail"}
            )
        return answer

    def onboard(self, url: str, outcome: str = "complete") -> httpx.Response:
        """Submits the onboarding page as `complete`, `pending` or `later`; a redirect to the platform."""
        form = {"business_type": "individual", "name": "Camille Martin", "country": "FR", "outcome": outcome}
        return self.http.post(url, data=form)

    def onboarded_account(self, email: str = "seller@example.com", **params: Any) -> stripe.Account:
        """A connected account that has been through onboarding and can take payments."""
        account = self.stripe.v1.accounts.create(
            {"type": "express", "country": "FR", "email": email, **params}
        )
        link = self.stripe.v1.account_links.create(
            {
                "account": account.id,
                "type": "account_onboarding",
                "refresh_url": "http://shop.test/refresh",
                "return_url": "http://shop.test/return",
            }
        )
        self.onboard(link.url)
        return self.stripe.v1.accounts.retrieve(account.id)


def visible_text(page: str) -> str:
    """A page's text, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).strip()

"""The sandbox as the demo meets it: forms that a person would fill in, and its controls for time and webhooks."""

from datetime import UTC, datetime, timedelta
from types import TracebackType

import httpx

CARD = {"number": "4242 4242 4242 4242", "exp": "12/34", "cvc": "123"}


class Sandbox:
    """`with Sandbox(url) as sandbox:`"""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=30)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    # ── What people do on its pages ─────────────────────────────────────────────────────────────────────

    def onboard(self, url: str, *, name: str) -> None:
        """Fill in the page that an account link leads to."""
        self._submit(url, {"business_type": "individual", "name": name, "outcome": "complete"})

    def pay(self, url: str, *, name: str) -> None:
        """Pay on the page of a Checkout session, with a card that is good."""
        self._submit(url, {"method": "card", "name": name, **CARD})

    def pay_intent(self, client_secret: str, *, name: str) -> None:
        """Pay an intent on the page that stands in for the shop's own."""
        self._submit(f"/pay/{client_secret}", {"method": "card", "name": name, **CARD})

    def _submit(self, url: str, form: dict[str, str]) -> None:
        # It sends us on to the shop, which is not open yet: that it does so is the answer.
        answer = self._http.post(url, data=form)
        assert answer.is_redirect, f"{url} answered {answer.status_code}: {answer.text[-400:]}"

    # ── Knobs ───────────────────────────────────────────────────────────────────────────────────────────

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._http.get("/_sandbox/clock").raise_for_status().json()["now"], UTC)

    def begin(self, ago: timedelta) -> None:
        """Set the clock of a sandbox in which nothing has happened; in any other it goes on from where it is."""
        self._http.post("/_sandbox/clock", json={"advance": -int(ago.total_seconds())})

    def advance_to(self, moment: datetime) -> datetime:
        """Move the clock forward to that moment, if it is not past it; returns where it stands."""
        now = self.now()
        if moment <= now:
            return now
        seconds = round((moment - now).total_seconds())
        self._http.post("/_sandbox/clock", json={"advance": seconds}).raise_for_status()
        return moment

    def hold_webhooks(self) -> None:
        self._http.post("/_sandbox/webhooks", json={"hold": True}).raise_for_status()

    def release_webhooks(self) -> None:
        self._http.post("/_sandbox/webhooks/release").raise_for_status()

"""Stripe, as far as a purchase asks for it, answering at once: `python -m benchmarks.stub_gateway PORT`.

It keeps nothing: the id of a session says all that is asked about it later. Whoever asks after a session finds it
paid. The shop talks to it by the official SDK over HTTP, so that all of our own work is measured, the SDK's too.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

FEE_MINOR = 55


def session_id(payment: str, amount: int, currency: str) -> str:
    """Also what fills the tables with payments that were opened here."""
    return f"cs_test_{amount}_{currency}_{payment.replace('-', '')}"


def opened(form: dict[str, list[str]]) -> dict[str, Any]:
    amount = sum(int(v[0]) for k, v in form.items() if k.endswith("[price_data][unit_amount]"))
    currency = form["line_items[0][price_data][currency]"][0]
    name = session_id(form["client_reference_id"][0], amount, currency)
    return session(name) | {
        "status": "open",
        "payment_status": "unpaid",
        "payment_intent": None,
        "url": f"https://checkout.example/{name}",
    }


def session(name: str) -> dict[str, Any]:
    """As it is once it was paid."""
    _cs, _test, amount, currency, payment = name.split("_")
    money = {"amount": int(amount), "currency": currency}
    charge = {
        "id": f"ch_{payment}",
        "object": "charge",
        "status": "succeeded",
        "transfer": f"tr_{payment}",
        "balance_transaction": {"id": f"txn_{payment}", "object": "balance_transaction", "fee": FEE_MINOR},
        **money,
    }
    intent = {
        "id": f"pi_{payment}",
        "object": "payment_intent",
        "status": "succeeded",
        "amount_received": int(amount),
        "latest_charge": charge,
        "last_payment_error": None,
        **money,
    }
    return {
        "id": name,
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "payment_intent": intent,
        "amount_total": int(amount),
        "currency": currency,
        "expires_at": int(time.time()) + 10_000,
        "url": None,
    }


class Answering(asyncio.Protocol):
    """One connection, kept alive. Requests come one after the other, as the SDK sends them."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.received = transport, b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        _before, _name, after = head.lower().partition(b"content-length:")
        if len(body) < int(after.partition(b"\r\n")[0] or 0):
            return
        self.received = b""
        path = head.split(b" ", 2)[1].decode().partition("?")[0]
        answer = (
            opened(parse_qs(body.decode())) if head.startswith(b"POST") else session(path.rpartition("/")[2])
        )
        content = json.dumps(answer).encode()
        self.transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(content)
            + content
        )


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

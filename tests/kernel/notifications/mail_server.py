"""A mail server of our own, over SMTP: it keeps what it is given, and refuses what it is told to."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """`received` holds the mails in the order they came; `refuse` maps an address to the answer it gets."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self._server = Controller(self, hostname="127.0.0.1", port=port)

    def open(self) -> None:
        self._server.start()

    def close(self) -> None:
        self._server.stop(no_assert=True)

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name for it
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        return "250 OK"


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())

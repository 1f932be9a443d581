"""What a person reads and does on the pages of the shop."""

import re
from html import unescape
from typing import Any

from django.test import Client

from comptoir.marketplace.models import Automation, Order
from tests.cast import PASSWORD
from tests.sandbox_process import visible_text

FR = {"Accept-Language": "fr"}
HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}


def seen(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content[:500]
    return shown(answer)


def shown(answer: Any) -> str:
    return visible_text(main_part(answer.text))


def main_part(page: str) -> str:
    """What is between header and footer, without what only programs read."""
    return re.sub(r"<script.*?</script>", "", page[page.index("<main") : page.index("</main>")])


def add(client: Client, *automations: Automation) -> None:
    for automation in automations:
        assert client.post("/cart/add", {"item": automation.pk}).status_code == 303


def items_to_pay(page: str) -> list[list[str]]:
    """The ids in each bill of the cart's page."""
    forms = re.findall(r'<form method="post" action="/checkout">(.*?)</form>', page, re.DOTALL)
    return [re.findall(r'name="item" value="([^"]+)"', form) for form in forms]


def sign_in(client: Client, user: Any, login_url: str) -> Any:
    """By the form, as a person who was sent there."""
    answer = client.post(unescape(login_url), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return answer


def return_from_gateway(client: Client, order: Order) -> Any:
    return client.get(f"/payments/{order.payment_id}/return", follow=True)

"""Who hears of what, by mail. What a client told or was written stays out of mails: they say where to read it."""

from typing import Any

from comptoir.bespoke.models import Expert, Message, Order, OrderStatus, Revision
from comptoir.kernel.accounts import entry
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.roles import Role, holders
from comptoir.kernel.notifications import send_mail
from comptoir.kernel.payments.models import Refund


def paid(order: Order) -> None:
    _client(order, "bespoke_paid", "paid", to=f"/order/{order.pk}", due_on=order.due_on, amount=order.amount)
    _desk(order, "bespoke_new", "paid", due_on=order.due_on)


def intake_complete(order: Order) -> None:
    _desk(order, "bespoke_intake", "intake")


def answer_ready(order: Order) -> None:
    _desk(order, "bespoke_answer", f"answer:{order.current_id}")


def assistant_failed(revision: Revision) -> None:
    event = f"failed:{revision.pk}:{revision.failed_at:%Y%m%dT%H%M%S}"
    _desk(revision.order, "bespoke_assistant_failed", event, failure=revision.failure)


def delivered(order: Order) -> None:
    _client(order, "bespoke_delivered", f"delivered:{order.current_id}", to=f"/sanctuary/orders/{order.pk}")


def to_revise(order: Order) -> None:
    """The reason itself is read at the desk."""
    _desk(order, "bespoke_to_revise", f"revise:{order.revision_count}", count=order.revision_count)


def message(order: Order, line: Message) -> None:
    if line.from_client:
        _desk(order, "bespoke_message", f"message:{line.pk}", author="")
    else:
        to = f"/sanctuary/orders/{order.pk}"
        _client(order, "bespoke_message", f"message:{line.pk}", to=to, author=order.worked_by.name)


def refunded(order: Order, refund: Refund) -> None:
    whole = order.status == OrderStatus.REFUNDED
    _client(
        order,
        "bespoke_refunded",
        f"refund:{refund.pk}",
        to="/sanctuary",
        amount=refund.amount,
        whole=whole,
        reason=refund.reason,
    )


def stopped(order: Order) -> None:
    _desk(order, "bespoke_stopped", "stopped")


def operators() -> list[User]:
    return list(holders(Role.OPERATOR))


def _client(order: Order, template: str, event: str, *, to: str, **context: Any) -> None:
    """To the order's account, wherever it was ordered from; by a sign-in link where nobody has signed in yet."""
    client = order.customer
    assert client is not None, "a paid order has its client"
    path = entry.path_for(client, to=to)
    send_mail(
        template,
        to=client,
        key=f"bespoke.order:{order.pk}:client:{event}",
        secret=path != to,
        path=path,
        **_named(order),
        **context,
    )


def _desk(order: Order, template: str, event: str, **context: Any) -> None:
    """To whoever has the order in hand; where they were let go meanwhile, to the operators."""
    expert = order.worked_by
    for person in _at_work(expert):
        send_mail(
            template,
            to=person,
            key=f"bespoke.order:{order.pk}:desk:{person.pk}:{event}",
            path=f"/desk/orders/{order.pk}",
            **_named(order),
            **context,
        )


def _at_work(expert: Expert) -> list[User]:
    return [expert.user] if expert.is_active and expert.user.is_active else operators()


def _named(order: Order) -> dict[str, Any]:
    return {
        "code": order.code,
        "level": order.get_level_display(),
        "service": order.get_service_display(),
        "expert_name": order.worked_by.name,
    }

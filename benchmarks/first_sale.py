"""One of everything, made by the shop itself: what `filling` multiplies. Runs as a program in the shop's environment."""

from uuid import uuid4

from comptoir.config.setup_django import setup_django

setup_django()

from benchmarks.events import session_completed  # noqa: E402
from comptoir.kernel import clock  # noqa: E402
from comptoir.kernel.accounts.models import User  # noqa: E402
from comptoir.kernel.accounts.workspaces import open_workspace  # noqa: E402
from comptoir.kernel.files.models import FileState, StoredFile  # noqa: E402
from comptoir.kernel.jobs import drain  # noqa: E402
from comptoir.kernel.payments.gateways.base import Event  # noqa: E402
from comptoir.kernel.payments.models import Payee, Payment  # noqa: E402
from comptoir.kernel.payments.webhooks import inbox  # noqa: E402
from comptoir.marketplace.checkout.placing import check_out  # noqa: E402
from comptoir.marketplace.models import Automation, Purchase, Seller, Version  # noqa: E402
from comptoir.marketplace.search_text import searchable  # noqa: E402

DESCRIPTION = """Reads the unpaid invoices of the accounting every morning, and writes a polite reminder for each.

The first goes out after a week, the second after two, and the third is put before you. Paid invoices are left alone,
customers on your list too. Needs an account with the accounting service and a mailbox; ten minutes to set up."""


def main() -> None:
    seller = User.objects.create_user("seller@bench.test", verified=True, name="Camille Dubois", locale="fr")
    may_be_paid = {"charges_enabled": True, "payouts_enabled": True, "details_submitted": True}
    workspace = open_workspace(seller)
    Payee.objects.create(user=seller, workspace=workspace, account="acct_bench", **may_be_paid)
    automation = listing(Seller.objects.create(user=seller, workspace=workspace, name="Atelier Dubois"))
    buyer = User.objects.create_user("buyer@bench.test", verified=True, name="Bruno Martin")
    order_id = check_out(buyer, [automation.pk]).order_id
    payment = Payment.objects.get(subject_id=str(order_id))
    name, payload = session_completed(0, session=payment.session, payment=str(payment.pk))
    inbox.store("stripe", [Event(name, "checkout.session.completed", payload.decode())])
    drain()
    assert Purchase.objects.get().item.order_id == order_id


def listing(seller: Seller) -> Automation:
    automation = Automation(
        seller=seller,
        title="Chase late invoices politely",
        description=DESCRIPTION,
        price_minor=1999,
        currency="EUR",
        category="finance",
        platform="n8n",
        tags=["invoices", "reminders", "mail"],
        picture=stored(seller, "previewImage", "preview.png", "image/png"),
    )
    automation.search_text = searchable(automation)
    automation.save(force_insert=True)
    file = stored(seller, "automationFile", "chase.json", "application/json")
    automation.current = Version.objects.create(automation=automation, number="1.0.0", file=file)
    automation.save(update_fields=["current"])
    return automation


def stored(seller: Seller, kind: str, filename: str, content_type: str) -> StoredFile:
    """The row of a file. Its bytes are asked for by nobody here."""
    return StoredFile.objects.create(
        key=f"incoming/{uuid4().hex}",
        private_key=f"private/{uuid4().hex}",
        owner_id=seller.pk,
        kind=kind,
        filename=filename,
        content_type=content_type,
        size=12_345,
        sha256="0" * 64,
        state=FileState.STORED,
        width=1280,
        height=800,
        verified_at=clock.now(),
    )


if __name__ == "__main__":
    main()

"""Where the payer's browser comes back from the gateway's page."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from comptoir.kernel.jobs import run_job
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.gateways.errors import GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.installed_purposes import purpose_of
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.payments.settlement import reaction_key

log = structlog.get_logger(__name__)


@require_GET
@never_cache
def back_from_gateway(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The payer's browser returns. Coming back proves nothing: ask the gateway, and settle what it says.

    The product's reaction is tried at once, so that the payer finds what they bought; if that does not work,
    its job does it later.
    """
    payment = get_object_or_404(Payment, pk=payment_id)
    if payment.state != PaymentState.PAID and (payment.session or payment.reference):
        try:
            payment = charges.refresh(payment)
        except (GatewayUnreachable, GatewayRefused) as problem:
            log.warning("return_page_could_not_ask", payment=str(payment.pk), problem=str(problem))
    purpose = purpose_of(payment)
    if purpose is None:
        return _without_its_product(request, payment)
    if payment.state == PaymentState.PAID:
        reaction = Job.objects.filter(key=reaction_key(payment)).values_list("pk", flat=True).first()
        if reaction:
            run_job(reaction)
    return HttpResponseRedirect(purpose.return_path(payment))


def _without_its_product(request: HttpRequest, payment: Payment) -> HttpResponse:
    """Its product is not installed any more: how the payment stands is said here."""
    if payment.state == PaymentState.PAID:
        amount = payment.received.format(get_language() or "en")
        text = _(
            "Your payment of %(amount)s has arrived. What it was for is no longer offered here: write to us."
        )
        text %= {"amount": amount}
    elif payment.state in (PaymentState.FAILED, PaymentState.EXPIRED):
        text = _("Your payment did not go through, and nothing was charged.")
    elif payment.state == PaymentState.PROCESSING:
        text = _("Your payment is being confirmed. With some banks this takes a while.")
    else:
        text = _("Your payment has not arrived yet, as far as we know.")
    return render(request, "payments/return.html", {"text": text})

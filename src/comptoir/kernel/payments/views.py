"""Where the payer's browser comes back from the gateway's page."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from comptoir.kernel.jobs import run_job
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments import charges
from comptoir.kernel.payments.gateways.errors import GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.payments.purposes import all_purposes
from comptoir.kernel.payments.settlement import reaction_key

log = structlog.get_logger(__name__)


@require_GET
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
    if payment.state == PaymentState.PAID:
        reaction = Job.objects.filter(key=reaction_key(payment)).values_list("pk", flat=True).first()
        if reaction:
            run_job(reaction)
    return HttpResponseRedirect(all_purposes()[payment.purpose].return_path(payment))

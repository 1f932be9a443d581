"""Where gateways and their pages come back to us."""

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from comptoir.kernel import registry
from comptoir.kernel.jobs import run_job
from comptoir.kernel.jobs.models import Job
from comptoir.kernel.payments import inbox
from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.gateways.base import GatewayRefused, GatewayUnreachable
from comptoir.kernel.payments.models import Payment, PaymentState
from comptoir.kernel.payments.settle import settle

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Verify, store, and only then say yes. A repeat is told yes as well. Raises `BadSignature` (400)."""
    event = gateway("stripe").verify(request.body, request.headers)
    inbox.store("stripe", [event])
    return JsonResponse({"received": True})


@require_GET
def back_from_gateway(request: HttpRequest, payment_id: str) -> HttpResponse:
    """The payer's browser returns. Coming back proves nothing: ask the gateway, and settle what it says.

    The product's reaction is tried at once, so that the payer finds what they bought; if that does not work,
    its job does it later.
    """
    payment = get_object_or_404(Payment, pk=payment_id)
    if payment.state != PaymentState.PAID:
        try:
            payment = settle(payment.pk, gateway(payment.gateway).look(payment))
        except (GatewayUnreachable, GatewayRefused) as problem:
            log.warning("return_page_could_not_ask", payment=str(payment.pk), problem=str(problem))
    reaction = (
        Job.objects.filter(key=f"payment:{payment.id}:{payment.state}").values_list("pk", flat=True).first()
    )
    if reaction:
        run_job(reaction)
    return HttpResponseRedirect(registry.purposes()[payment.purpose].return_path(payment))

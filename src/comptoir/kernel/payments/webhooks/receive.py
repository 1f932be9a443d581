"""Where gateways send their events: `/api/webhooks/<gateway>`."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comptoir.kernel.payments.gateways import gateway
from comptoir.kernel.payments.webhooks import inbox


@csrf_exempt
@require_POST
def receive(request: HttpRequest, gateway_name: str) -> HttpResponse:
    """Verify, store, and only then say yes. A repeat is told yes as well. Raises `BadSignature` (400)."""
    event = gateway(gateway_name).verify(request.body, request.headers)
    inbox.store(gateway_name, [event])
    return JsonResponse({"received": True})

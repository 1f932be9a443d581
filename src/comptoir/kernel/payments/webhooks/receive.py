"""The webhook of every gateway: verify, store, and only then say yes."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from comptoir.kernel.payments import gateways
from comptoir.kernel.payments.webhooks import inbox


@csrf_exempt
@require_POST
def receive(request: HttpRequest, gateway: str) -> HttpResponse:
    """A repeat is told yes as well. Raises `BadSignature` (400), and 404 for a gateway that is not known here."""
    if gateway not in gateways.that_send_events():
        raise Http404
    event = gateways.events(gateway).verify(request.body, request.headers)
    inbox.store(gateway, [event])
    return JsonResponse({"received": True})

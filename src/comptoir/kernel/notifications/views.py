"""Pages for developers: the last mails, and each as its recipient sees it."""

from uuid import UUID

from csp.decorators import csp_replace
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from comptoir.kernel.notifications.models import Mail

PER_PAGE = 30


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    newest_first = Mail.objects.order_by("-pk").defer("text", "html", "context")
    page = Paginator(newest_first, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/mails.html", {"page": page})


@require_safe
def mail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    return render(request, "notifications/mail.html", {"mail": get_object_or_404(Mail, pk=mail_id)})


# A mail brings its styles with it, and its links open beside the frame that shows it; scripts never run.
@require_safe
@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type]  # typed for views without arguments
    {
        "default-src": ["'none'"],
        "script-src": ["'none'"],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": ["'self'"],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    return HttpResponse(get_object_or_404(Mail, pk=mail_id).html)

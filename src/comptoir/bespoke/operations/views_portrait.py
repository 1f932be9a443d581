"""The expert's portrait: the operator's page to bring one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comptoir.bespoke.ordering import storefront
from comptoir.bespoke.ordering.current_client import client_of
from comptoir.bespoke.orders import experts
from comptoir.kernel.errors import Refusal
from comptoir.ui.domain_forms import DomainForm
from comptoir.ui.redirects import SeeOther
from comptoir.ui.refused_pages import say_refusals


class PortraitForm(DomainForm):
    portrait_key = forms.CharField(
        label=gettext_lazy("Portrait"),
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Choose a picture first.")},
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@say_refusals
def portrait(request: HttpRequest, expert_id: UUID) -> HttpResponseBase:
    operator = client_of(request)
    assert operator, "this page is behind the sign-in"
    expert = experts.shown_by(operator, expert_id)
    form = PortraitForm(request.POST or None)
    if form.is_valid():
        try:
            experts.show_portrait(expert, key=form.cleaned_data["portrait_key"], by=operator)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(
                request, _("This is how clients see %(name)s from now on.") % {"name": expert.name}
            )
            return SeeOther(reverse("bespoke:portrait", args=[expert_id]))
    context = {"form": form, "expert": expert, "portrait": storefront.portrait(expert)}
    return render(
        request, "bespoke/ordering/portrait.html", context, status=form.status if form.errors else 200
    )

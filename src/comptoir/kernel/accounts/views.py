"""The pages of one's own account: name and language, and the tokens of one's programs."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from comptoir.kernel.accounts import entry
from comptoir.kernel.accounts.adapter import remember_language
from comptoir.kernel.accounts.forms import AccountForm, TokenForm
from comptoir.kernel.accounts.models import User
from comptoir.kernel.accounts.tokens import issue_token, revoke_token, tokens_of
from comptoir.kernel.errors import NotFound

_TOKENS_PER_PAGE = 20


class SignedInRequest(HttpRequest):
    """What a view behind `login_required` is given."""

    user: User


@login_required
@require_http_methods(["GET", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    form = AccountForm(request.POST or None, instance=request.user)
    if not form.is_valid():
        return render(request, "accounts/account.html", {"form": form}, status=422 if form.errors else 200)
    user = form.save()
    response = redirect("accounts:account")
    remember_language(response, user)
    with translation.override(user.locale):
        messages.success(request, _("Your account is up to date."))
    return response


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """Shows them all, and makes one: the answer to that is the page itself rather than a redirect, because the
    token must not rest anywhere on the way."""
    form = TokenForm(request.POST or None)
    if not form.is_valid():
        return _show_tokens(request, form=form, status=422 if form.errors else 200)
    token = issue_token(request.user, name=form.cleaned_data["name"], days=form.cleaned_data["days"])
    return _show_tokens(request, form=TokenForm(), new_token=token, status=201)


@login_required
@require_POST
def end_token(request: SignedInRequest, token_id: int) -> HttpResponse:
    try:
        revoke_token(request.user, token_id=token_id)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The token works no more."))
    return redirect("accounts:tokens")


def _show_tokens(
    request: SignedInRequest, *, form: TokenForm, new_token: str = "", status: int = 200
) -> HttpResponse:
    page = Paginator(tokens_of(request.user), _TOKENS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "accounts/tokens.html", {"form": form, "page": page, "new_token": new_token}, status=status
    )


@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, user_id: int, token: str) -> HttpResponse:
    """The link of a mail (see `entry`). It opens at a press of the button, not before: mail programs look at links."""
    try:
        user = entry.check_link(user_id, token)
    except entry.LinkUsed as refusal:
        return render(request, "accounts/enter.html", {"refusal": refusal}, status=refusal.status)
    if request.method == "GET":
        return render(request, "accounts/enter.html", {"entering": user})
    entry.confirm(user, by_link=True)
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return perform_login(request, user, redirect_url=wanted if is_ours else None)

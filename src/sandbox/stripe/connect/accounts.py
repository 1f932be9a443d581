"""Connected accounts: made by the platform, able to take money once their owner has been through onboarding."""

from typing import Any, Literal

from sandbox.state import Record
from sandbox.stripe.api.call import Call, Handler, merged_metadata
from sandbox.stripe.api.errors import account_invalid, invalid_request, parameter_missing, resource_missing
from sandbox.stripe.api.pagination import paginate
from sandbox.stripe.webhooks import events

PLATFORM = "acct_platform"
INITIAL_REQUIREMENTS = [
    "business_profile.product_description", "business_profile.url", "business_type", "external_account",
    "tos_acceptance.date", "tos_acceptance.ip",
]  # fmt: skip
CURRENCY_OF_COUNTRY = {"US": "usd", "GB": "gbp", "CH": "chf", "CA": "cad", "JP": "jpy"}
AccountStatus = Literal["complete", "pending", "restricted", "incomplete"]
EDITABLE = ("business_type", "email")


def create(call: Call) -> Record:
    params = call.params
    country = params.get("country", "FR")
    if len(country) != 2 or not country.isalpha() or country != country.upper():
        raise invalid_request(
            f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code.",
            param="country",
        )
    type_ = params.get("type") or _type_of(params.get("controller"))
    requested = params.get(
        "capabilities", {"card_payments": {"requested": True}, "transfers": {"requested": True}}
    )
    account = call.create(
        "account",
        "acct_1",
        type=type_,
        business_profile=_business_profile(params.get("business_profile", {})),
        business_type=params.get("business_type"),
        capabilities={name: "inactive" for name, given in requested.items() if given.get("requested")},
        charges_enabled=False,
        controller={"type": "application", "is_controller": True},
        country=country,
        default_currency=params.get("default_currency") or CURRENCY_OF_COUNTRY.get(country, "eur"),
        details_submitted=False,
        email=params.get("email"),
        external_accounts={"object": "list", "data": [], "has_more": False, "total_count": 0},
        future_requirements=_requirements([]),
        metadata=params.get("metadata") or {},
        payouts_enabled=False,
        requirements=_requirements(INITIAL_REQUIREMENTS, disabled_reason="requirements.past_due"),
        settings=_settings(),
        tos_acceptance={"date": None, "ip": None, "user_agent": None},
    )
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    return account


def _type_of(controller: dict[str, Any] | None) -> str:
    """The account type that the newer `controller` parameters come to."""
    dashboard = (controller or {}).get("stripe_dashboard", {}).get("type", "full")
    return {"express": "express", "full": "standard"}.get(dashboard, "none")


def _business_profile(given: dict[str, Any]) -> dict[str, Any]:
    nothing = (
        "mcc", "minority_owned_business_designation", "name", "product_description",
        "specified_commercial_transactions_act_url", "support_address", "support_email", "support_phone",
        "support_url", "url",
    )  # fmt: skip
    return {**dict.fromkeys(nothing), **given}


def _requirements(
    due: list[str], *, pending: tuple[str, ...] = (), disabled_reason: str | None = None
) -> dict[str, Any]:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": list(due),
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": list(due),
        "past_due": list(due),
        "pending_verification": list(pending),
    }


def _settings() -> dict[str, Any]:
    return {
        "branding": dict.fromkeys(("icon", "logo", "primary_color", "secondary_color")),
        "card_payments": {
            "decline_on": {"avs_failure": False, "cvc_failure": False},
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 7, "interval": "daily"},
            "statement_descriptor": None,
        },
        "sepa_debit_payments": {},
    }


def find_account(call: Call, account_id: str, *, param: str = "id") -> Record:
    """An account of the platform; only the account itself where the call is made for one."""
    account = call.world.store.get("account", account_id)
    if account is None or call.account not in (None, account_id):
        raise account_invalid(account_id, param=param)
    return account


def retrieve(call: Call) -> Record:
    return find_account(call, call.path["id"])


def retrieve_own(call: Call) -> Record:
    if call.account:
        return find_account(call, call.account)
    return platform_account(call)


def platform_account(call: Call) -> Record:
    """The platform's own account, made when first asked for."""
    existing = call.world.store.get("account", PLATFORM)
    if existing:
        return existing
    account = create(Call(call.world, params={"type": "standard", "country": "FR"}))
    call.world.store.delete(account)
    account.update(
        id=PLATFORM, _account=PLATFORM, charges_enabled=True, payouts_enabled=True, details_submitted=True
    )
    account["external_accounts"]["url"] = f"/v1/accounts/{PLATFORM}/external_accounts"
    return call.world.store.add(account)


def update(call: Call) -> Record:
    account = find_account(call, call.path["id"])
    changes: dict[str, Any] = {name: call.params[name] for name in EDITABLE if name in call.params}
    if "capabilities" in call.params:
        state = "active" if account["charges_enabled"] else "inactive"
        requested = {
            name: state for name, given in call.params["capabilities"].items() if given.get("requested")
        }
        changes["capabilities"] = {**requested, **account["capabilities"]}
    if "business_profile" in call.params:
        changes["business_profile"] = {**account["business_profile"], **call.params["business_profile"]}
    if "metadata" in call.params:
        changes["metadata"] = merged_metadata(account, call.params)
    _emit_updated(call, account, call.change(account, **changes))
    return account


def delete(call: Call) -> dict[str, Any]:
    account = find_account(call, call.path["id"])
    balances = [funds for funds in call.world.store.all("_funds") if funds["_account"] == account["id"]]
    if any(funds["amount"] for funds in balances):
        raise invalid_request(
            "This account cannot be deleted because it has a non-zero balance.",
            code="account_balance_not_zero",
        )
    call.world.store.delete(account)
    return {"id": account["id"], "object": "account", "deleted": True}


def reject(call: Call) -> Record:
    account = find_account(call, call.path["id"])
    reason = call.params["reason"]
    set_status(call, account, "restricted", disabled_reason=f"rejected.{reason}")
    return account


def list_accounts(call: Call) -> dict[str, Any]:
    return paginate(call, call.list_own("account"))


def create_login_link(call: Call) -> dict[str, Any]:
    account = find_account(call, call.path["id"])
    if account["type"] != "express":
        raise invalid_request("Cannot create a login link for an account that is not an Express account.")
    if not account["details_submitted"]:
        raise invalid_request("Cannot create a login link for an account that has not completed onboarding.")
    url = call.world.url(f"/express/{account['id']}/{call.new_id('', 20)}")
    return {"object": "login_link", "created": call.now, "url": url}


def set_status(
    call: Call, account: Record, status: AccountStatus, *, disabled_reason: str | None = None
) -> None:
    """Sets what Stripe's verification decides: whether the account can be paid, and what is required of its owner."""
    able = status == "complete"
    capability = {"complete": "active", "pending": "pending"}.get(status, "inactive")
    requirements = {
        "complete": _requirements([]),
        "pending": _requirements(
            [],
            pending=("individual.verification.document",),
            disabled_reason="requirements.pending_verification",
        ),
        "restricted": _requirements(
            ["individual.verification.document"], disabled_reason=disabled_reason or "requirements.past_due"
        ),
        "incomplete": _requirements(INITIAL_REQUIREMENTS, disabled_reason="requirements.past_due"),
    }[status]
    before = call.change(
        account,
        charges_enabled=able,
        payouts_enabled=able,
        details_submitted=account["details_submitted"] or status in ("complete", "pending"),
        capabilities=dict.fromkeys(account["capabilities"], capability),
        requirements=requirements,
    )
    _emit_updated(call, account, before)


def _emit_updated(call: Call, account: Record, before: dict[str, Any]) -> None:
    if before:
        events.emit(call, "account.updated", account, previous=before, account=account["id"])


def require_capability(call: Call, account_id: str, capability: str, *, param: str) -> Record:
    """The account that is to receive money; refused as by Stripe where it is unknown or lacks the capability."""
    account = call.world.store.get("account", account_id)
    if account is None:
        raise resource_missing("destination", account_id, param=param)
    if account["capabilities"].get(capability) != "active":
        raise invalid_request(
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments"
            if capability == "transfers"
            else f"The account {account_id} is missing the required capability: {capability}.",
            param=param,
            code="insufficient_capabilities_for_transfer" if capability == "transfers" else None,
        )
    return account


def create_account_link(call: Call) -> dict[str, Any]:
    account = find_account(call, call.params["account"], param="account")
    for param in ("refresh_url", "return_url"):
        if param not in call.params:
            raise parameter_missing(param)
    if call.params["type"] != "account_onboarding" and account["type"] != "custom":
        raise invalid_request(
            f"You cannot create `{call.params['type']}` type Account Links for this account.", param="type"
        )
    link = call.world.store.add(
        {
            "id": call.new_id("", 32),
            "_kind": "account_link",
            "_account": call.account,
            "_used": False,
            "_on": account["id"],
            "_refresh_url": call.params["refresh_url"],
            "_return_url": call.params["return_url"],
            "expires_at": call.now + 300,
        }
    )
    return {
        "object": "account_link",
        "created": call.now,
        "expires_at": link["expires_at"],
        "url": call.world.url(f"/onboarding/{link['id']}"),
    }


OPERATIONS: dict[str, Handler] = {
    "GET /v1/account": retrieve_own,
    "GET /v1/accounts": list_accounts,
    "POST /v1/accounts": create,
    "GET /v1/accounts/{id}": retrieve,
    "POST /v1/accounts/{id}": update,
    "DELETE /v1/accounts/{id}": delete,
    "POST /v1/accounts/{id}/login_links": create_login_link,
    "POST /v1/accounts/{id}/reject": reject,
    "POST /v1/account_links": create_account_link,
}

"""The client's profile, which the sanctuary asks for first."""

from django.utils.translation import gettext as _

from comptoir.bespoke.models import ClientProfile, Order
from comptoir.kernel import clock
from comptoir.kernel.accounts.models import User
from comptoir.kernel.errors import FieldError, Invalid

NAME_LENGTH, PHONE_LENGTH, ABOUT_LENGTH = 120, 40, 4000


def profile_of(client: User) -> ClientProfile | None:
    return ClientProfile.objects.filter(user=client).first()


def profile_defaults(client: User) -> dict[str, str]:
    """What the client has told already, in their account or with an order: nobody is asked twice."""
    placed = Order.objects.filter(customer=client).order_by("-created_at").first()
    name = client.name or (placed.customer_name if placed else "")
    return {"name": name, "phone": placed.customer_phone if placed else ""}


def save_profile(client: User, *, name: str, phone: str = "", about: str) -> ClientProfile:
    """What the sanctuary asks first (L13). Raises `Invalid`."""
    name, phone, about = " ".join(name.split()), " ".join(phone.split()), about.strip()
    errors = []
    if not 1 <= len(name) <= NAME_LENGTH:
        errors.append(FieldError("name", _("Write your name, in 120 characters at most.")))
    if len(phone) > PHONE_LENGTH or (phone and not any(map(str.isdigit, phone))):
        errors.append(FieldError("phone", _("Write a telephone number such as +33 6 12 34 56 78.")))
    if not 1 <= len(about) <= ABOUT_LENGTH:
        errors.append(FieldError("about", _("Tell a little of yourself, in 4000 characters at most.")))
    if errors:
        raise Invalid(errors=errors)
    told = {"name": name, "phone": phone, "about": about, "updated_at": clock.now()}
    return ClientProfile.objects.update_or_create(user=client, defaults=told)[0]

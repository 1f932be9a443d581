"""People who sign in, the workspaces that they are members of, and the tokens that programs show in their name."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id

# The same everywhere, so that rows can name the house without asking for it first.
HOUSE_ID = UUID("00000000-0000-7000-8000-000000000001")


class UserManager(BaseUserManager["User"]):
    def create_user(
        self, email: str, password: str | None = None, *, verified: bool = False, **fields: Any
    ) -> "User":
        """Make an account. `verified` vouches for the address, so that nobody has to open a mail to sign in."""
        from allauth.account.models import EmailAddress

        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.using(self._db).create(
                user=user, email=user.email, primary=True, verified=verified
            )
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, verified=True, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by their email, kept in lower case. What they may do beyond their own is in their roles."""

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    locale = models.CharField(_("language"), max_length=8, default="en")
    is_staff = models.BooleanField(_("may enter the operator’s desk"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Workspace(models.Model):
    """Whoever sells: payees, documents, number sequences and books belong to one. People are members of it.

    The house is one, made by a migration under `HOUSE_ID`; each seller has another. `founder` is the person who opened
    it to sell from, for as long as they own it: each person has at most one such workspace.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=120)
    founder = models.OneToOneField(
        User, null=True, on_delete=models.PROTECT, related_name="workspace", verbose_name=_("founder")
    )
    is_house = models.BooleanField(_("the house itself"), default=False, editable=False)
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")
        constraints = [
            models.UniqueConstraint(
                fields=["is_house"], condition=Q(is_house=True), name="accounts_workspace_one_house"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One role that a person has in a workspace: a row for each. See `roles.py` and `workspaces.py`."""

    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("workspace")
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("member")
    )
    # The kernel's roles and those that products declare.
    role = models.CharField(_("role"), max_length=32)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user", "role"], name="accounts_membership_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class ApiToken(models.Model):
    """A key for a program that acts for its owner. Only its hash is kept: see `tokens.py`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("starts with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        indexes = [models.Index(fields=["user", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > clock.now()

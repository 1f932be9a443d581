"""The books. Entries are only ever added, and the database sees to it (`guards.py`).

An entry names both its sides: the account it debits and the account it credits, with one amount. So no set of
entries can fail to sum to zero, in any currency, and there is nothing to check at commit.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.accounts.models import HOUSE_ID, Workspace
from comptoir.kernel.ids import new_id


class AccountKind(models.TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    REVENUE = "revenue", _("Revenue")
    EXPENSE = "expense", _("Expense")


class Account(models.Model):
    """One account in the books of a workspace, in one currency, known by its code: `gateway:<name>`, `payee:<id>`,
    `fees:<purpose>`."""

    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.PROTECT,
        related_name="+",
        default=HOUSE_ID,
        db_index=False,
        verbose_name=_("workspace"),
    )
    code = models.CharField(_("code"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    kind = models.CharField(_("kind"), max_length=12, choices=AccountKind)
    created_at = models.DateTimeField(_("opened"), default=clock.now)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code", "currency"], name="ledger_account_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"


class Balance(models.Model):
    """The present balance of an account that may not go below zero, changed by each posting that touches it.

    The sum of the account's entries, kept so that it can be locked and read in one row: see `guarded.py`.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, verbose_name=_("account")
    )
    amount_minor = models.BigIntegerField(_("amount in minor units"), default=0)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="ledger_balance_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount_minor}"


class Transfer(models.Model):
    """One thing that happened to money, in the books of one workspace.

    `key` is the business fact it records: a second posting finds it done.
    `fingerprint` is the SHA-256 of all that was posted under the key, in hexadecimal: see `fingerprints.py`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        Workspace,
        on_delete=models.PROTECT,
        related_name="+",
        default=HOUSE_ID,
        db_index=False,
        verbose_name=_("workspace"),
    )
    key = models.CharField(_("key"), max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=64)
    subject = models.CharField(_("subject"), max_length=64)
    subject_id = models.CharField(_("subject’s id"), max_length=64)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, editable=False)
    entry_count = models.PositiveSmallIntegerField(_("entries"))
    posted_at = models.DateTimeField(_("posted"), default=clock.now)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        indexes = [models.Index(fields=["subject", "subject_id"])]

    def __str__(self) -> str:
        return self.key


class Entry(models.Model):
    """`amount_minor` moves onto the debit side of one account and the credit side of another, same currency."""

    transfer = models.ForeignKey(
        Transfer, on_delete=models.PROTECT, related_name="entries", verbose_name=_("transfer")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    debit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="debits", verbose_name=_("debit")
    )
    credit = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="credits", verbose_name=_("credit")
    )
    amount_minor = models.BigIntegerField(_("amount in minor units"))

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "position"], name="ledger_entry_position"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_entry_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="ledger_entry_two_accounts"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.position}: {self.amount_minor}"

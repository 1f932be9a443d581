"""The rows of stored files."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.kernel import clock
from comptoir.kernel.ids import new_id
from comptoir.kernel.states import Transitions


class FileState(models.TextChoices):
    EXPECTED = "expected", _("expected")
    STORED = "stored", _("stored")
    REJECTED = "rejected", _("rejected")


FILE_TRANSITIONS: Transitions = {
    FileState.EXPECTED: frozenset({FileState.STORED, FileState.REJECTED}),
    FileState.STORED: frozenset(),
    FileState.REJECTED: frozenset(),
}


class StoredFile(models.Model):
    """A file that somebody announced (`expected`), and what became of it.

    Its bytes arrive at `key`. What was verified is a copy at `private_key`, which no form can write to: an
    upload link that is still valid never touches a verified file.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    private_key = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=32)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text=_("in bytes"))
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16, choices=FileState, default=FileState.EXPECTED)
    rejection = models.CharField(max_length=32, blank=True)
    details = models.JSONField(default=dict, blank=True, help_text=_("what its kind tells of it"))
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    claimed_again_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes = [
            models.Index(fields=["created_at"], condition=~Q(state="stored"), name="files_unverified"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="stored")
                | (Q(verified_at__isnull=False) & ~Q(sha256="") & ~Q(private_key="")),
                name="files_stored_is_verified",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.key})"

    @property
    def private_prefix(self) -> str:
        """Where the copies that are examined lie, one for each attempt."""
        return self.key.replace("incoming/", "private/", 1) + "/"

    @property
    def public_prefix(self) -> str:
        """Where the public variants lie. It tells nothing of the other keys."""
        return f"public/{self.kind}/{self.id.hex}/"

    def variant_key(self, variant: str) -> str:
        return f"{self.public_prefix}{variant}.webp"

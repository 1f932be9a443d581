"""The client's own place: who they are, and what each level has to read."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.models.grid import Level
from comptoir.kernel import clock
from comptoir.kernel.encrypted_fields import EncryptedText
from comptoir.kernel.ids import new_id


class ClientProfile(models.Model):
    """What a client tells of themselves before they enter their sanctuary (L13). Sealed."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="client_profile"
    )
    name = EncryptedText()
    phone = EncryptedText(blank=True)
    about = EncryptedText()
    updated_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.user_id)


class LevelContent(models.Model):
    """Something to read for everybody of a level and above; the others see its title and what it would bring."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(_("level"), max_length=16, choices=Level)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("what it brings"), max_length=300)
    body = models.TextField(_("text, in Markdown"))
    is_published = models.BooleanField(_("published"), default=True)
    created_at = models.DateTimeField(_("created"), default=clock.now)

    class Meta:
        verbose_name = _("content of a level")
        verbose_name_plural = _("contents of the levels")
        indexes = [
            models.Index(fields=["level", "created_at"], condition=Q(is_published=True), name="level_content")
        ]

    def __str__(self) -> str:
        return self.title

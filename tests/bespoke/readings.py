"""What experts deliver in tests: a text with all that a text may have, a picture for it, a recording and a paper."""

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from PIL import Image

from comptoir.bespoke.desk import assignments, validation
from comptoir.bespoke.desk.validation import Decision
from comptoir.bespoke.models import Attachment, Expert, Order
from comptoir.bespoke.orders import content
from comptoir.bespoke.sanctuary import profiles
from comptoir.kernel import files
from comptoir.kernel.accounts.models import User
from tests.bespoke import desk_driver

# Frames of MPEG-1 Layer III, 128 kbit/s and 44.1 kHz, that hold silence: 26 ms each.
SILENCE = (b"\xff\xfb\x90\x00" + bytes(413)) * 120
PAPER = b"%PDF-1.4\n%%EOF\n"

READING = """# Votre saison

Bonjour Paul ! Vous demandiez : "faut-il partir ?" -- prenez le temps de lire ces pages lentement.

## Ce que dit la Lune

La Lune, en **maison IV**, parle de *racines*. Elle demande :

- où vous dormez le mieux,
- qui vous y attend.

> Ce que l'on cherche au loin est souvent déjà dans la poche.

![La Lune sur la ville](attachment:{picture})

| Planète | Ce qu'elle demande |
|---|---:|
| Lune | du repos |

Écoutez aussi [la méditation](attachment:{sound}), le soir.
"""


def picture(width: int = 640, height: int = 400) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), "#17513d").save(drawn, "PNG")
    return drawn.getvalue()


def attach(expert: Expert, order: Order, data: bytes, name: str, content_type: str) -> Attachment:
    """A file that the expert has added to the order in hand."""
    upload = files.presign_upload(
        expert.user, kind="attachment", filename=name, content_type=content_type, size=len(data)
    )
    place = Path(settings.FILES_DIR) / upload.key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return content.attach(expert, order.pk, key=upload.key)


def deliver(expert: Expert, order: Order, text: str) -> Order:
    """Written by the expert's own hand, and approved."""
    assignments.claim(expert, order.pk)
    validation.write(expert, order.pk, content=text)
    validation.validate(expert, order.pk, Decision("approve"))
    order.refresh_from_db()
    return order


def delivered(expert: Expert, client: User, text: str = READING, **changes: Any) -> Order:
    """An order that was delivered with a picture in its text, a recording and a paper."""
    order = assignments.claim(expert, desk_driver.paid(expert, client, **changes).pk)
    drawn = attach(expert, order, picture(), "lune.png", "image/png")
    sound = attach(expert, order, SILENCE, "méditation.mp3", "audio/mpeg")
    attach(expert, order, PAPER, "carte.pdf", "application/pdf")
    words = text.replace("{picture}", str(drawn.pk)).replace("{sound}", str(sound.pk))
    return deliver(expert, order, words)


def at_home(client: User) -> User:
    """A client who has said who they are."""
    profiles.save_profile(client, name="Paul Okafor", about="I bake bread, and wonder.")
    return client

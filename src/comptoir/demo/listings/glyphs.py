"""The small signs on the cards: what kind of step it is, drawn with strokes on a grid of 24."""

from __future__ import annotations

# ("line", x, y, x, y, …) · ("circle", x, y, radius) · ("dot", x, y, radius) · ("box", x, y, x, y, corner)
# ("arc", x, y, radius, from, to) in degrees, clockwise from three o'clock
Stroke = tuple[str, *tuple[float, ...]]

GLYPHS: dict[str, tuple[Stroke, ...]] = {
    "clock": (("circle", 12, 12, 8.5), ("line", 12, 7, 12, 12, 15.5, 14)),
    "bolt": (("line", 13.5, 3, 6.5, 13.5, 11.5, 13.5, 10.5, 21, 17.5, 10.5, 12.5, 10.5, 13.5, 3),),
    "letter": (("box", 3.5, 6, 20.5, 18, 2), ("line", 4.5, 7.5, 12, 13.5, 19.5, 7.5)),
    "bubble": (
        ("box", 3.5, 5, 20.5, 16.5, 4),
        ("line", 8, 16.5, 8, 20.5, 12.5, 16.5),
        ("line", 8, 10.7, 16, 10.7),
    ),
    "phone": (("box", 7.5, 3, 16.5, 21, 2.5), ("line", 11, 17.7, 13, 17.7)),
    "sheet": (
        ("box", 4, 4.5, 20, 19.5, 2),
        ("line", 5, 9.5, 19, 9.5),
        ("line", 5, 14.3, 19, 14.3),
        ("line", 10, 9.5, 10, 18.5),
    ),
    "code": (
        ("line", 8, 7.5, 3.5, 12, 8, 16.5),
        ("line", 16, 7.5, 20.5, 12, 16, 16.5),
        ("line", 13.5, 5.5, 10.5, 18.5),
    ),
    "fork": (
        ("line", 3.5, 12, 9, 12),
        ("line", 9, 12, 14, 6.5, 20, 6.5),
        ("line", 9, 12, 14, 17.5, 20, 17.5),
        ("line", 17, 3.5, 20, 6.5, 17, 9.5),
        ("line", 17, 14.5, 20, 17.5, 17, 20.5),
    ),
    "funnel": (("line", 4, 5.5, 20, 5.5, 14, 12.5, 14, 19.5, 10, 17.5, 10, 12.5, 4, 5.5),),
    "join": (
        ("line", 4, 6.5, 9, 6.5, 14, 12, 20, 12),
        ("line", 4, 17.5, 9, 17.5, 14, 12),
        ("line", 17, 9, 20, 12, 17, 15),
    ),
    "loop": (("arc", 12, 12, 7.5, 300, 560), ("line", 12.3, 2.5, 16.2, 5.6, 12.2, 8.6)),
    "spark": (
        (
            "line",
            12,
            3.5,
            13.8,
            10.2,
            20.5,
            12,
            13.8,
            13.8,
            12,
            20.5,
            10.2,
            13.8,
            3.5,
            12,
            10.2,
            10.2,
            12,
            3.5,
        ),
    ),
    "globe": (
        ("circle", 12, 12, 8.5),
        ("line", 4.2, 12, 19.8, 12),
        ("arc", 4.5, 12, 11.3, 311, 409),
        ("arc", 19.5, 12, 11.3, 131, 229),
    ),
    "page": (
        ("line", 14, 3.5, 6, 3.5, 6, 20.5, 18, 20.5, 18, 7.5, 14, 3.5, 14, 7.5, 18, 7.5),
        ("line", 9, 12.5, 15, 12.5),
        ("line", 9, 16, 15, 16),
    ),
    "folder": (("line", 3.5, 18.5, 3.5, 6, 9.5, 6, 11.5, 8.5, 20.5, 8.5, 20.5, 18.5, 3.5, 18.5),),
    "calendar": (
        ("box", 4, 5.5, 20, 20, 2),
        ("line", 5, 10, 19, 10),
        ("line", 8.5, 3.5, 8.5, 7),
        ("line", 15.5, 3.5, 15.5, 7),
        ("dot", 12, 15, 1.6),
    ),
    "form": (
        ("box", 4.5, 4, 19.5, 20, 2),
        ("line", 8, 9.2, 9.3, 10.5, 11.5, 7.8),
        ("line", 13.5, 9.2, 16.3, 9.2),
        ("line", 8, 15.4, 16.3, 15.4),
    ),
    "person": (("circle", 12, 8.2, 4), ("arc", 12, 21.5, 7.8, 188, 352)),
    "drum": (
        ("line", 5, 6.5, 5, 17.5),
        ("line", 19, 6.5, 19, 17.5),
        ("line", 5, 6.5, 8, 4.5, 16, 4.5, 19, 6.5, 16, 8.5, 8, 8.5, 5, 6.5),
        ("line", 5, 12, 8, 14, 16, 14, 19, 12),
        ("line", 5, 17.5, 8, 19.5, 16, 19.5, 19, 17.5),
    ),
    "glass": (
        ("line", 6, 4, 18, 4),
        ("line", 6, 20, 18, 20),
        ("line", 7.5, 4, 7.5, 7, 16.5, 17, 16.5, 20),
        ("line", 16.5, 4, 16.5, 7, 7.5, 17, 7.5, 20),
    ),
    "waves": (("dot", 6.5, 17.5, 1.7), ("arc", 5.5, 18.5, 7, 270, 360), ("arc", 5.5, 18.5, 12.5, 270, 360)),
    "basket": (
        ("line", 3, 5, 6, 5, 8.5, 15.5, 18, 15.5, 20, 8.5, 7, 8.5),
        ("dot", 9.5, 19, 1.5),
        ("dot", 17, 19, 1.5),
    ),
    "lines": (("line", 4, 7, 20, 7), ("line", 4, 12, 20, 12), ("line", 4, 17, 13, 17)),
    "pen": (("line", 4.5, 19.5, 5.5, 15, 16, 4.5, 19.5, 8, 9, 18.5, 4.5, 19.5), ("line", 13.5, 7, 17, 10.5)),
    "picture": (
        ("box", 3.5, 5, 20.5, 19, 2),
        ("circle", 8.7, 9.8, 1.6),
        ("line", 4.5, 17.5, 10, 12.8, 13, 15.5, 16, 12, 19.7, 16),
    ),
    "tick": (("circle", 12, 12, 8.5), ("line", 8, 12.3, 11, 15.2, 16.2, 9.2)),
    "card": (("box", 3.5, 6, 20.5, 18, 2), ("line", 4.5, 10.3, 19.5, 10.3), ("line", 7, 14.5, 10.5, 14.5)),
    "star": (
        (
            "line",
            12,
            3.8,
            14.5,
            9.4,
            20.5,
            10,
            16,
            14,
            17.3,
            20,
            12,
            16.9,
            6.7,
            20,
            8,
            14,
            3.5,
            10,
            9.5,
            9.4,
            12,
            3.8,
        ),
    ),
    "warning": (
        ("line", 12, 4.5, 20.5, 19.5, 3.5, 19.5, 12, 4.5),
        ("line", 12, 10, 12, 14.3),
        ("dot", 12, 16.9, 0.9),
    ),
    "video": (("box", 3.5, 7, 15, 17, 2), ("line", 15, 11, 20.5, 8, 20.5, 16, 15, 13)),
}

KINDS: dict[str, tuple[str, ...]] = {
    "clock": ("Schedule",),
    "bolt": ("Webhook", "n8n", "Tools"),
    "letter": ("E-mail", "Gmail", "IMAP", "Brevo"),
    "bubble": ("Slack", "Telegram", "Respond To Webhook"),
    "phone": ("Twilio",),
    "sheet": ("Google Sheets", "Airtable", "Convert To File"),
    "code": ("Code", "JSON", "XML", "GitHub", "HTML"),
    "fork": ("If", "Switch", "Router"),
    "funnel": ("Filter", "Remove Duplicates"),
    "join": ("Merge", "Aggregate", "Summarize"),
    "loop": ("Loop", "Looping", "Iterator"),
    "spark": ("OpenAI", "ChatGPT"),
    "globe": ("HTTP",),
    "page": ("Google Docs", "Extract From File", "PandaDoc"),
    "folder": ("Google Drive", "S3"),
    "calendar": ("Google Calendar", "Calendly"),
    "form": ("Form", "Typeform"),
    "person": ("HubSpot", "Pipedrive", "Meta lead ads"),
    "drum": ("Postgres", "Data store"),
    "glass": ("Wait", "Delay"),
    "waves": ("RSS",),
    "basket": ("WooCommerce", "Shopify", "Etsy"),
    "lines": ("Split Out", "Fields", "Formatter"),
    "pen": ("Notion", "WordPress"),
    "picture": ("Cloudinary", "Instagram"),
    "tick": ("Done", "Todoist", "ClickUp", "Linear"),
    "card": ("Stripe",),
    "star": ("Google Business",),
    "warning": ("Error",),
    "video": ("Zoom",),
}

_KIND_OF = {app: kind for kind, apps in KINDS.items() for app in apps}


def glyph_of(app: str) -> str:
    """The name of the sign for a service; a bolt for one that has no sign of its own."""
    return _KIND_OF.get(app, "bolt")

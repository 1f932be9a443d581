"""The rows of bespoke orders."""

from comptoir.bespoke.models.alerts import AlertRule, Measure
from comptoir.bespoke.models.offers import Expert, Offer, PromptTemplate
from comptoir.bespoke.models.orders import (
    OPEN_STATUSES,
    ORDER_TRANSITIONS,
    Intake,
    Message,
    Order,
    OrderSearchToken,
    OrderStatus,
    PaymentStatus,
    StatusPeriod,
)
from comptoir.bespoke.models.revisions import (
    REVISION_TRANSITIONS,
    UNANSWERED,
    Attachment,
    Author,
    Revision,
    RevisionState,
)
from comptoir.bespoke.models.sanctuary import ClientProfile, LevelContent

__all__ = [
    "OPEN_STATUSES",
    "ORDER_TRANSITIONS",
    "REVISION_TRANSITIONS",
    "UNANSWERED",
    "AlertRule",
    "Attachment",
    "Author",
    "ClientProfile",
    "Expert",
    "Intake",
    "LevelContent",
    "Measure",
    "Message",
    "Offer",
    "Order",
    "OrderSearchToken",
    "OrderStatus",
    "PaymentStatus",
    "PromptTemplate",
    "Revision",
    "RevisionState",
    "StatusPeriod",
]

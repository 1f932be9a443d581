"""The rows of bespoke orders."""

from comptoir.commissions.models.alerts import AlertRule, Measure
from comptoir.commissions.models.offers import Expert, Offer, PromptTemplate
from comptoir.commissions.models.orders import (
    OPEN_STATUSES,
    ORDER_TRANSITIONS,
    Intake,
    Message,
    Order,
    OrderStatus,
    OrderWord,
    PaymentStatus,
    Stay,
)
from comptoir.commissions.models.revisions import (
    REVISION_TRANSITIONS,
    UNANSWERED,
    Attachment,
    Author,
    Revision,
    RevisionState,
)
from comptoir.commissions.models.sanctuary import ClientProfile, LevelContent

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
    "OrderStatus",
    "OrderWord",
    "PaymentStatus",
    "PromptTemplate",
    "Revision",
    "RevisionState",
    "Stay",
]

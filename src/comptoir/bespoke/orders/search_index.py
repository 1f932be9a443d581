"""Finding an order again by its client, though names and addresses are sealed: each word has its digest."""

from django.db.models import Q, QuerySet

from comptoir.bespoke.models import Order, OrderSearchToken
from comptoir.kernel.encrypted_fields import digest, digests

WORDS_AT_MOST = 8


def index(order: Order) -> None:
    """Write the words that the order is found by: the address whole, the name word by word."""
    words = {digest(text) for text in (order.customer_email, *order.customer_name.split()) if text}
    order.search_tokens.exclude(digest__in=words).delete()
    OrderSearchToken.objects.bulk_create(
        [OrderSearchToken(order=order, digest=word) for word in sorted(words)], ignore_conflicts=True
    )


def search(orders: QuerySet[Order], q: str, *, known: Q) -> QuerySet[Order]:
    """Those that every word fits: the order's number, and, of the orders that are `known` to whoever asks, the
    client's address or a word of their name."""
    for text in q.split()[:WORDS_AT_MOST]:
        named = OrderSearchToken.objects.filter(digest__in=digests(text)).values("order")
        orders = orders.filter(Q(code=text.upper()) | (known & Q(pk__in=named)))
    return orders

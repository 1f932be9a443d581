"""What a refund looks like over the API, whatever was sold."""

from uuid import UUID

from pydantic import Field

from comptoir.kernel.http.schema import Schema


class RefundIn(Schema):
    amount: int | None = Field(
        None, ge=1, le=2**53, description="In minor units; without it, all that is left."
    )
    reason: str = Field(max_length=1000, description="Who paid reads it.")


class RefundOut(Schema):
    id: UUID
    state: str = Field(description="`pending` until the payment provider has said that it is done.")
    amount: int = Field(validation_alias="amount_minor", description="In minor units of the currency.")
    currency: str = Field(validation_alias="payment.currency")

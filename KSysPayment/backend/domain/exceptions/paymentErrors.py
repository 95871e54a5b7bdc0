from __future__ import annotations

from typing import ClassVar

from shared.backend.exceptions.errors import (
    BadRequestError,
    ConflictError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
    UnprocessableError,
)


class PaymentNotFoundError(NotFoundError):
    code: ClassVar[str] = "payment.notFound"
    title: ClassVar[str] = "There is no such payment"


class CheckoutNotFoundError(NotFoundError):
    code: ClassVar[str] = "payment.checkoutNotFound"
    title: ClassVar[str] = "There is no such checkout"


class PaymentReferenceExistsError(ConflictError):
    code: ClassVar[str] = "payment.referenceExists"
    title: ClassVar[str] = "The reference is used already"


class PaymentNotCancellableError(ConflictError):
    code: ClassVar[str] = "payment.notCancellable"
    title: ClassVar[str] = "The payment can no longer be cancelled"


class PaymentMoveRefusedError(ConflictError):
    code: ClassVar[str] = "payment.moveRefused"
    title: ClassVar[str] = "The state of the payment does not allow it"


class PaymentMethodUnavailableError(UnprocessableError):
    code: ClassVar[str] = "payment.methodUnavailable"
    title: ClassVar[str] = "The payment method is not available"


class AmountInvalidError(InvalidInputError):
    code: ClassVar[str] = "payment.amountInvalid"
    title: ClassVar[str] = "The amount is not valid"


class VirtualAccountTakenError(ConflictError):
    """The number drawn for a new virtual account was given before; another one is drawn."""

    code: ClassVar[str] = "payment.virtualAccountTaken"
    title: ClassVar[str] = "The virtual account number is used already"


class BankUnavailableError(UnavailableError):
    code: ClassVar[str] = "payment.bankUnavailable"
    title: ClassVar[str] = "The bank did not give a clear answer"


class TooManyListenersError(UnavailableError):
    code: ClassVar[str] = "payment.tooManyListeners"
    title: ClassVar[str] = "Too many event streams are open"


class IdempotencyKeyRequiredError(BadRequestError):
    code: ClassVar[str] = "idempotency.keyRequired"
    title: ClassVar[str] = "The Idempotency-Key header is missing or malformed"


class IdempotencyKeyReusedError(UnprocessableError):
    code: ClassVar[str] = "idempotency.keyReused"
    title: ClassVar[str] = "The Idempotency-Key was used for another request"


class IdempotencyInProgressError(ConflictError):
    code: ClassVar[str] = "idempotency.inProgress"
    title: ClassVar[str] = "The first request with this Idempotency-Key is still running"

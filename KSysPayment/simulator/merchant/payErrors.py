"""Why the bank would not let a payer pay."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar


class PayRefusedError(Exception):
    """No money moved."""

    code: ClassVar[str]
    status: ClassVar[HTTPStatus] = HTTPStatus.CONFLICT


class AccountNotFoundError(PayRefusedError):
    """Nobody has this number."""

    code = "virtualAccountNotFound"
    status = HTTPStatus.NOT_FOUND


class AccountDeletedError(PayRefusedError):
    """The partner has taken the account down."""

    code = "virtualAccountDeleted"
    status = HTTPStatus.NOT_FOUND


class AccountExpiredError(PayRefusedError):
    """The account has run out."""

    code = "virtualAccountExpired"


class AccountPaidError(PayRefusedError):
    """The single payment was made, or the partner has marked the account as paid."""

    code = "virtualAccountPaid"


class WrongAmountError(PayRefusedError):
    """A closed account takes its exact amount."""

    code = "wrongAmount"


class InquiryFailedError(PayRefusedError):
    """The merchant did not answer the inquiry with a bill."""

    code = "inquiryFailed"

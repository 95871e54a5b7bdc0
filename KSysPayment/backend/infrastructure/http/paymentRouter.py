from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from KSysPayment.backend.application.input.createPaymentInput import CreatePaymentInput
from KSysPayment.backend.application.input.listPaymentsInput import ListPaymentsInput
from KSysPayment.backend.application.output.feedOutput import FeedOutput
from KSysPayment.backend.application.output.ledgerOutput import BalanceOutput, EntryOutput
from KSysPayment.backend.application.output.paymentOutput import PaymentOutput
from KSysPayment.backend.application.output.streamStateOutput import StreamStateOutput
from KSysPayment.backend.domain.exceptions.paymentErrors import (
    AmountInvalidError,
    BankUnavailableError,
    IdempotencyInProgressError,
    IdempotencyKeyRequiredError,
    IdempotencyKeyReusedError,
    PaymentMethodUnavailableError,
    PaymentNotCancellableError,
    PaymentNotFoundError,
    PaymentReferenceExistsError,
    TooManyListenersError,
)
from KSysPayment.backend.infrastructure.http.dependencies import (
    CredentialDep,
    IdempotencyKeyDep,
    ReaderDep,
    UseCasesDep,
    WriterDep,
)
from KSysPayment.backend.infrastructure.http.eventStream import streamStatus
from shared.backend.exceptions.accessErrors import ScopeRequiredError
from shared.backend.exceptions.errors import UnauthorizedError
from shared.backend.exceptions.problems import problemResponse, problemsOf
from shared.backend.http.credentials import CsrfRequiredError
from shared.backend.http.paging import PageDep
from shared.backend.utils.paging import MAX_CURSOR_LENGTH, MAX_LIMIT, InvalidCursorError, Page

REPLAYED = "Idempotent-Replayed"
EVENT_STREAM: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Server-Sent Events"}
}

paymentRouter = APIRouter(prefix="/api/payment", tags=["payments"])


@paymentRouter.post(
    "/payments",
    summary="Ask a payer for money",
    description=(
        "Opens a virtual account at the bank. `unknown` is an honest answer: the bank was asked and has not said yet; "
        "the payment turns to `awaitingPayment` or `failed` by itself. The same key never opens a second one."
    ),
    status_code=HTTPStatus.CREATED,
    response_model=PaymentOutput,
    responses=problemsOf(
        UnauthorizedError,
        ScopeRequiredError,
        CsrfRequiredError,
        IdempotencyKeyRequiredError,
        IdempotencyKeyReusedError,
        IdempotencyInProgressError,
        PaymentReferenceExistsError,
        PaymentMethodUnavailableError,
        AmountInvalidError,
    ),
)
async def createPayment(
    request: Request, actor: WriterDep, key: IdempotencyKeyDep, order: CreatePaymentInput, useCases: UseCasesDep
) -> Response:
    answer = await useCases.createPayment.execute(order, key, actor)
    headers = {REPLAYED: "true"} if answer.replayed else {}
    if answer.status == HTTPStatus.CREATED:
        return JSONResponse(dict(answer.body), answer.status, headers=headers)
    code, title, detail = (str(answer.body[name]) for name in ("code", "title", "detail"))
    return problemResponse(request, answer.status, code, title, detail, headers=headers)


@paymentRouter.get(
    "/payments",
    summary="The payments of the caller, newest first",
    description="Filters narrow the list; `nextCursor` leads on. Only the caller's own payments are seen.",
    responses=problemsOf(UnauthorizedError, ScopeRequiredError, InvalidCursorError),
)
async def listPayments(
    actor: ReaderDep, wanted: Annotated[ListPaymentsInput, Query()], useCases: UseCasesDep
) -> Page[PaymentOutput]:
    return await useCases.listPayments.execute(wanted, actor)


@paymentRouter.get(
    "/payments/{paymentId}",
    summary="One payment",
    description="The payment as it is now, with its virtual account. Another owner's payment is not found.",
    responses=problemsOf(UnauthorizedError, ScopeRequiredError, PaymentNotFoundError),
)
async def getPayment(paymentId: UUID, actor: ReaderDep, useCases: UseCasesDep) -> PaymentOutput:
    return await useCases.getPayment.execute(paymentId, actor)


@paymentRouter.post(
    "/payments/{paymentId}/cancel",
    summary="Take a payment back that nobody has paid",
    description="The account is taken down at the bank first. Cancelled means nobody can pay it any more.",
    responses=problemsOf(
        UnauthorizedError,
        ScopeRequiredError,
        CsrfRequiredError,
        PaymentNotFoundError,
        PaymentNotCancellableError,
        BankUnavailableError,
    ),
)
async def cancelPayment(paymentId: UUID, actor: WriterDep, useCases: UseCasesDep) -> PaymentOutput:
    return await useCases.cancelPayment.execute(paymentId, actor)


@paymentRouter.get(
    "/payments/{paymentId}/events",
    summary="Changes of one payment as they happen",
    description=(
        "Server-Sent Events: `payment.status` with the present state first, then each change; a comment "
        "line keeps the connection open."
    ),
    response_class=StreamingResponse,
    responses={
        **EVENT_STREAM,
        **problemsOf(UnauthorizedError, ScopeRequiredError, PaymentNotFoundError, TooManyListenersError),
    },
)
async def streamPaymentEvents(
    paymentId: UUID, actor: ReaderDep, credential: CredentialDep, useCases: UseCasesDep
) -> Response:
    async def readState() -> StreamStateOutput:
        return await useCases.readStreamState.execute(paymentId, actor)

    async def askAgain() -> None:
        await useCases.identityReader.resolve(credential)

    return await streamStatus(useCases.eventHub, readState, lambda payload: payload, askAgain)


@paymentRouter.get(
    "/events",
    summary="Everything that happened, in commit order, none missed",
    description="Follow it with `after` = the `nextCursor` of the answer before, for ever.",
    responses=problemsOf(UnauthorizedError, ScopeRequiredError, InvalidCursorError),
)
async def readEvents(
    actor: ReaderDep,
    useCases: UseCasesDep,
    after: Annotated[str | None, Query(max_length=MAX_CURSOR_LENGTH)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> FeedOutput:
    return await useCases.readFeed.execute(after, limit, actor)


@paymentRouter.get(
    "/balance",
    summary="What is owed to the caller, per account and currency",
    description="Sums of the ledger, per account and currency. Money that could not be matched is not in it.",
    responses=problemsOf(UnauthorizedError, ScopeRequiredError),
)
async def readBalance(actor: ReaderDep, useCases: UseCasesDep) -> BalanceOutput:
    return await useCases.readBalance.execute(actor)


@paymentRouter.get(
    "/ledger/entries",
    summary="The caller's lines in the books, newest first",
    description="Entries never change; a correction is a journal of its own. `nextCursor` leads to older ones.",
    responses=problemsOf(UnauthorizedError, ScopeRequiredError, InvalidCursorError),
)
async def readEntries(actor: ReaderDep, page: PageDep, useCases: UseCasesDep) -> Page[EntryOutput]:
    return await useCases.readEntries.execute(page, actor)

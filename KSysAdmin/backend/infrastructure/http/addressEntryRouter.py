from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from KSysAdmin.backend.application.output.addressEntryOutput import AddressEntryOutput
from KSysAdmin.backend.domain.exceptions.settingErrors import (
    AddressEntryExistsError,
    AddressEntryNotFoundError,
    AddressEntryOverError,
    OwnAddressDeniedError,
    RuleSetRefusedError,
)
from KSysAdmin.backend.domain.policies.addressRule import AddressRule
from KSysAdmin.backend.domain.policies.permission import Permission
from KSysAdmin.backend.infrastructure.http.authorization import (
    FRESH_REFUSALS,
    REFUSALS,
    ActorDep,
    UseCasesDep,
    requires,
)
from shared.backend.exceptions.problems import problemsOf
from shared.backend.http.paging import PageDep
from shared.backend.http.requestContext import RequestContextDep
from shared.backend.utils.paging import InvalidCursorError, Page

addressEntryRouter = APIRouter(prefix="/api/admin/address-entries", tags=["rate limits"])


@addressEntryRouter.get(
    "",
    summary="List the address lists, newest entry first",
    description="Ranges that the gateway never counts (`allow`) or never lets in (`deny`). An entry goes at its end.",
    dependencies=[requires(Permission.RATE_LIMIT_READ)],
    responses=problemsOf(*REFUSALS, InvalidCursorError),
)
async def listAddressEntries(page: PageDep, useCases: UseCasesDep) -> Page[AddressEntryOutput]:
    return await useCases.listAddressEntries.execute(page)


@addressEntryRouter.post(
    "",
    summary="Put a range of addresses on a list",
    description=(
        "Acts at the gateway within a second. An address alone is a range of one. Whoever is on both lists is "
        "not let in. The denied range may not be one you come from yourself."
    ),
    status_code=HTTPStatus.CREATED,
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(
        *FRESH_REFUSALS, AddressEntryExistsError, AddressEntryOverError, OwnAddressDeniedError, RuleSetRefusedError
    ),
)
async def createAddressEntry(
    rule: AddressRule, actor: ActorDep, context: RequestContextDep, useCases: UseCasesDep
) -> AddressEntryOutput:
    return await useCases.createAddressEntry.execute(rule, actor, context.clientIp)


@addressEntryRouter.put(
    "/{entryId}",
    summary="Replace an entry of the address lists",
    description="Acts at the gateway within a second.",
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(
        *FRESH_REFUSALS,
        AddressEntryNotFoundError,
        AddressEntryExistsError,
        AddressEntryOverError,
        OwnAddressDeniedError,
    ),
)
async def replaceAddressEntry(
    entryId: UUID, rule: AddressRule, actor: ActorDep, context: RequestContextDep, useCases: UseCasesDep
) -> AddressEntryOutput:
    return await useCases.replaceAddressEntry.execute(entryId, rule, actor, context.clientIp)


@addressEntryRouter.delete(
    "/{entryId}",
    summary="Take a range off its list",
    description="Acts at the gateway within a second.",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[requires(Permission.RATE_LIMIT_WRITE, isFresh=True)],
    responses=problemsOf(*FRESH_REFUSALS, AddressEntryNotFoundError),
)
async def removeAddressEntry(entryId: UUID, actor: ActorDep, useCases: UseCasesDep) -> None:
    await useCases.removeAddressEntry.execute(entryId, actor)

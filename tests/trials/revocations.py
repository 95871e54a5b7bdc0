"""Every way in which a credential dies, each with what must be dead after the answer and what must live on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from scripts.benchmarks.wire import Headers, Wire
from tests.support.people import Administrator
from tests.support.planted import CODE, PASSWORD, Account, Planted, Planter, bearerHeaders
from tests.support.plantedMoves import plantDoneMoves, plantMoves
from tests.trials.hammer import Door
from tests.trials.requests import Request

NEW_PASSWORD: Final = "seven lanterns hang over the quiet bay"


@dataclass(frozen=True)
class Case:
    """
    One revocation that is about to happen, and what dies of it.

    `asking` is the browser that asks and stays signed in: under another secret when it is given one by the answer.
    """

    request: Request
    dying: Sequence[Headers]
    asking: Headers | None = None
    living: Sequence[Headers] = ()
    dyingRefresh: Sequence[str] = ()


@dataclass(frozen=True)
class Ground:
    """Where cases are planted, and the doors at which their credentials are shown."""

    planter: Planter
    administrator: Administrator
    gateway: str
    doors: Sequence[Door]

    async def places(self, owners: Sequence[Account]) -> list[Places]:
        """Each owner signed in with two browsers and a program, and with an API key."""
        here, there = await self.planter.browsers(owners), await self.planter.browsers(owners)
        programs = [await self._start(one) for one in await self.planter.programs(owners)]
        rows = zip(owners, here, there, programs, await self.planter.apiKeys(owners), strict=True)
        return [Places(*row) for row in rows]

    async def _start(self, program: Planted) -> Program:
        async with Wire(self.gateway) as wire:
            answer = await wire.ask("POST", "/api/auth/token/refresh", body={"refreshToken": program.secret})
        assert answer.status == 200, answer.text
        tokens = answer.json()
        return Program(program.id, bearerHeaders(str(tokens["accessToken"])), str(tokens["refreshToken"]))


@dataclass(frozen=True)
class Program:
    """A client with tokens."""

    id: UUID
    access: Headers
    refresh: str


@dataclass(frozen=True)
class Places:
    """Where one person is signed in."""

    owner: Account
    here: Planted
    there: Planted
    program: Program
    key: Planted

    def caseOfOthers(self, request: Request) -> Case:
        """Everything but this browser dies."""
        dying = [self.there.headers, self.program.access]
        return Case(
            request, dying, asking=self.here.headers, living=[self.key.headers], dyingRefresh=[self.program.refresh]
        )

    def caseOfAll(self, request: Request, *, withKey: bool) -> Case:
        """Everything dies, the API key only of some things."""
        dying = [self.here.headers, self.there.headers, self.program.access]
        if withKey:
            return Case(request, [*dying, self.key.headers], dyingRefresh=[self.program.refresh])
        return Case(request, dying, living=[self.key.headers], dyingRefresh=[self.program.refresh])


PlantCases = Callable[[Ground, Sequence[Account]], Awaitable[Sequence[Case]]]


async def _logout(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    logout = "/api/auth/logout"
    return [
        case
        for each in await ground.places(owners)
        for case in (
            Case(Request("POST", logout, each.here.headers), [each.here.headers], living=[each.there.headers]),
            Case(
                Request("POST", logout, each.program.access), [each.program.access], dyingRefresh=[each.program.refresh]
            ),
        )
    ]


async def _oneDevice(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    return [
        Case(Request("DELETE", f"/api/auth/sessions/{dying.id}", each.here.headers), [shown], each.here.headers)
        for each in await ground.places(owners)
        for dying, shown in ((each.there, each.there.headers), (each.program, each.program.access))
    ]


async def _allOthers(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    places = await ground.places(owners)
    return [each.caseOfOthers(Request("DELETE", "/api/auth/sessions", each.here.headers)) for each in places]


async def _passwordChanged(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    change = {"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    places = await ground.places(owners)
    path = "/api/auth/password/change"
    return [each.caseOfOthers(Request("POST", path, each.here.headers, change)) for each in places]


async def _passwordReset(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await ground.planter.codes(owners, CodePurpose.RESET_PASSWORD)
    reset = {"code": CODE, "newPassword": NEW_PASSWORD}
    places = await ground.places(owners)
    requests = [Request("POST", "/api/auth/password/reset", body={"email": each.email, **reset}) for each in owners]
    return [each.caseOfAll(request, withKey=False) for each, request in zip(places, requests, strict=True)]


async def _emailChanged(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await plantMoves(ground.planter, owners)
    path, codes = "/api/auth/email/change/confirm", {"oldCode": CODE, "newCode": CODE}
    places = await ground.places(owners)
    return [each.caseOfOthers(Request("POST", path, each.here.headers, codes)) for each in places]


async def _emailReverted(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    """A key that was made after the address had changed dies too, and no older one."""
    path, older = "/api/auth/email/change/revert", await ground.planter.apiKeys(owners)
    tokens, places = await plantDoneMoves(ground.planter, owners), await ground.places(owners)
    cases = [
        each.caseOfAll(Request("POST", path, body={"token": token}), withKey=True)
        for each, token in zip(places, tokens, strict=True)
    ]
    return [replace(case, living=[key.headers]) for case, key in zip(cases, older, strict=True)]


async def _reauthenticated(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    """The session goes on under another secret, and the one before is dead."""
    proof = {"password": PASSWORD}
    browsers = await ground.planter.browsers(owners)
    return [Case(Request("POST", "/api/auth/reauthenticate", one.headers, proof), [one.headers]) for one in browsers]


async def _passkeyRemoved(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    passkeys, places = await ground.planter.passkeys(owners), await ground.places(owners)
    return [
        each.caseOfOthers(Request("DELETE", f"/api/auth/passkeys/{passkeyId}", each.here.headers))
        for each, passkeyId in zip(places, passkeys, strict=True)
    ]


async def _factorsReset(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await ground.planter.passkeys(owners)
    await ground.administrator.stayFresh()
    path, reason = "/api/admin/users/{}/factors/reset", {"reason": "a trial"}
    headers, places = ground.administrator.headers, await ground.places(owners)
    requests = [Request("POST", path.format(each.owner.id), headers, reason) for each in places]
    return [each.caseOfAll(request, withKey=False) for each, request in zip(places, requests, strict=True)]


async def _recoveryCodesRenewed(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await ground.planter.passkeys(owners)
    places = await ground.places(owners)
    return [each.caseOfOthers(Request("POST", "/api/auth/mfa/recovery-codes", each.here.headers)) for each in places]


async def _erased(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    places = await ground.places(owners)
    path = "/api/auth/account"
    return [each.caseOfAll(Request("DELETE", path, each.here.headers), withKey=True) for each in places]


async def _apiKey(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    return [
        Case(
            Request("DELETE", f"/api/auth/api-keys/{each.key.id}", each.here.headers),
            [each.key.headers],
            each.here.headers,
            living=[each.program.access],
        )
        for each in await ground.places(owners)
    ]


async def _suspended(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await ground.administrator.stayFresh()
    headers, reason = ground.administrator.headers, {"reason": "a trial"}
    return [
        each.caseOfAll(Request("POST", f"/api/admin/users/{each.owner.id}/suspend", headers, reason), withKey=True)
        for each in await ground.places(owners)
    ]


async def _endedByAdministrator(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    await ground.administrator.stayFresh()
    headers = ground.administrator.headers
    return [
        each.caseOfAll(Request("POST", f"/api/admin/users/{each.owner.id}/sessions/revoke", headers), withKey=False)
        for each in await ground.places(owners)
    ]


KINDS: Final[Mapping[str, PlantCases]] = {
    "logout": _logout,
    "oneDevice": _oneDevice,
    "allOthers": _allOthers,
    "passwordChanged": _passwordChanged,
    "passwordReset": _passwordReset,
    "emailChanged": _emailChanged,
    "emailReverted": _emailReverted,
    "reauthenticated": _reauthenticated,
    "passkeyRemoved": _passkeyRemoved,
    "factorsReset": _factorsReset,
    "recoveryCodesRenewed": _recoveryCodesRenewed,
    "erased": _erased,
    "apiKey": _apiKey,
    "suspended": _suspended,
    "endedByAdministrator": _endedByAdministrator,
}

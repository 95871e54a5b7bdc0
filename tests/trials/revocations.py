"""Every way in which a credential dies, each with what must be dead after the answer and what must live on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from scripts.benchmarks.wire import Headers, Wire
from tests.support.people import Administrator
from tests.support.planted import CODE, PASSWORD, Account, Planted, Planter, bearerHeaders
from tests.trials.hammer import Door
from tests.trials.requests import Request

NEW_PASSWORD: Final = "seven lanterns hang over the quiet bay"


@dataclass(frozen=True)
class Case:
    """One revocation that is about to happen."""

    request: Request
    dying: Sequence[Headers]
    living: Sequence[Headers] = ()
    dyingRefresh: Sequence[str] = ()


@dataclass(frozen=True)
class Ground:
    """Where cases are planted, and the doors at which their credentials are shown."""

    planter: Planter
    administrator: Administrator
    gateway: str
    doors: Sequence[Door]

    async def tokens(self, programs: Sequence[Planted]) -> list[tuple[Headers, str]]:
        """For each program the headers of its first access token, and the refresh token that came with it."""
        return [await self._tokensOf(program) for program in programs]

    async def _tokensOf(self, program: Planted) -> tuple[Headers, str]:
        async with Wire(self.gateway) as wire:
            answer = await wire.ask("POST", "/api/auth/token/refresh", body={"refreshToken": program.secret})
        assert answer.status == 200, answer.text
        tokens = answer.json()
        return bearerHeaders(str(tokens["accessToken"])), str(tokens["refreshToken"])

    async def places(self, owners: Sequence[Account]) -> list[Places]:
        """Each owner signed in with two browsers and a program."""
        here, there = await self.planter.browsers(owners), await self.planter.browsers(owners)
        programs = await self.planter.programs(owners)
        tokens = await self.tokens(programs)
        pairs = zip(owners, here, there, programs, tokens, strict=True)
        return [Places(owner, one, other, program, *both) for owner, one, other, program, both in pairs]


@dataclass(frozen=True)
class Places:
    """Where one person is signed in."""

    owner: Account
    here: Planted
    there: Planted
    program: Planted
    access: Headers
    refresh: str

    def caseOfOthers(self, request: Request) -> Case:
        """Everything but this browser dies."""
        return Case(request, [self.there.headers, self.access], [self.here.headers], [self.refresh])

    def caseOfAll(self, request: Request) -> Case:
        return Case(request, [self.here.headers, self.there.headers, self.access], [], [self.refresh])


PlantCases = Callable[[Ground, Sequence[Account]], Awaitable[Sequence[Case]]]


async def _logout(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    logout = "/api/auth/logout"
    return [
        case
        for each in await ground.places(owners)
        for case in (
            Case(Request("POST", logout, each.here.headers), [each.here.headers], [each.there.headers]),
            Case(Request("POST", logout, each.access), [each.access], [each.there.headers], [each.refresh]),
        )
    ]


async def _oneDevice(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    return [
        Case(Request("DELETE", f"/api/auth/sessions/{dying.id}", each.here.headers), [shown], [each.here.headers])
        for each in await ground.places(owners)
        for dying, shown in ((each.there, each.there.headers), (each.program, each.access))
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
    path = "/api/auth/password/reset"
    return [each.caseOfAll(Request("POST", path, body={"email": each.owner.email, **reset})) for each in places]


async def _suspended(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    return await _byAdministrator(ground, owners, "suspend", {"reason": "a trial"})


async def _endedByAdministrator(ground: Ground, owners: Sequence[Account]) -> list[Case]:
    return await _byAdministrator(ground, owners, "sessions/revoke", None)


async def _byAdministrator(
    ground: Ground, owners: Sequence[Account], call: str, body: Mapping[str, JsonValue] | None
) -> list[Case]:
    headers = ground.administrator.headers
    return [
        each.caseOfAll(Request("POST", f"/api/admin/users/{each.owner.id}/{call}", headers, body))
        for each in await ground.places(owners)
    ]


KINDS: Final[Mapping[str, PlantCases]] = {
    "logout": _logout,
    "oneDevice": _oneDevice,
    "allOthers": _allOthers,
    "passwordChanged": _passwordChanged,
    "passwordReset": _passwordReset,
    "suspended": _suspended,
    "endedByAdministrator": _endedByAdministrator,
}

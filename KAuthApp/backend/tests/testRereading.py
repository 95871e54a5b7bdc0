from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pydantic import JsonValue, SecretStr

from KAuthApp.backend.application.services.resolveIdentityService import ResolveIdentityService
from KAuthApp.backend.domain.exceptions.authErrors import UnauthenticatedError
from KAuthApp.backend.domain.interfaces.accessTokenSignerInterface import (
    AccessTokenClaims,
    AccessTokenSignerInterface,
    SignedAccessToken,
)
from KAuthApp.backend.domain.interfaces.credentialReaderInterface import CredentialReaderInterface
from KAuthApp.backend.domain.interfaces.sessionCopiesInterface import SessionCopiesInterface
from KAuthApp.backend.domain.models.sessionCopy import SessionCopy
from KAuthApp.backend.domain.policies.copyPolicy import CopyPolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.tests.builders import NOON
from KAuthApp.backend.tests.fakes import FakeAuthWork
from shared.backend.http.credentials import Credential, hashCredential
from shared.backend.utils.clock import FixedClock

SECRET = "s" * 43
HASH = hashCredential(SECRET)


def aCopy(**changed: object) -> SessionCopy:
    session = SessionCopy(
        credentialHash=HASH,
        userId=UUID(int=1),
        sessionId=UUID(int=2),
        roles=("merchant",),
        authenticatedAt=NOON - timedelta(hours=1),
        expiresAt=NOON + timedelta(days=1),
    )
    return session.model_copy(update=changed)


class ChangingTruth(CredentialReaderInterface):
    """What PostgreSQL says, one answer after the other."""

    def __init__(self, *answers: SessionCopy | None) -> None:
        self._answers = list(answers)

    async def readCookie(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        return self._answers.pop(0)

    async def readToken(self, credentialHash: str, claims: AccessTokenClaims, at: datetime) -> SessionCopy | None:
        raise NotImplementedError

    async def readApiKey(self, credentialHash: str, at: datetime) -> SessionCopy | None:
        raise NotImplementedError


class KeptCopies(SessionCopiesInterface):
    """A Redis that lost every tombstone."""

    def __init__(self) -> None:
        self.kept: dict[str, SessionCopy] = {}

    async def era(self) -> str | None:
        return "the only one"

    async def write(self, copy: SessionCopy, era: str | None) -> None:
        self.kept[copy.credentialHash] = copy

    async def read(self, credentialHash: str) -> SessionCopy | None:
        return self.kept.get(credentialHash)

    def oldest(self, at: datetime) -> datetime:
        raise NotImplementedError

    async def endSessions(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        raise NotImplementedError

    async def reread(self, sessionIds: Sequence[UUID], at: datetime) -> None:
        raise NotImplementedError

    async def renew(self, sessionId: UUID, retiredHash: str | None, at: datetime) -> None:
        self.kept.pop(retiredHash or "", None)


class NoTokens(AccessTokenSignerInterface):
    async def sign(self, userId: UUID, sessionId: UUID, sessionEndsAt: datetime) -> SignedAccessToken:
        raise NotImplementedError

    async def read(self, token: str) -> AccessTokenClaims | None:
        raise NotImplementedError

    async def publishedKeys(self) -> Sequence[Mapping[str, JsonValue]]:
        raise NotImplementedError


def resolving(truth: ChangingTruth, copies: KeptCopies) -> ResolveIdentityService:
    work = FakeAuthWork()
    clock = FixedClock(NOON)
    return ResolveIdentityService(lambda: work, truth, copies, NoTokens(), SessionPolicy(), CopyPolicy(), clock)


CREDENTIAL = Credential(kind="cookie", secret=SecretStr(SECRET), hash=HASH)


@pytest.mark.parametrize(
    "after", [aCopy(roles=()), aCopy(authenticatedAt=NOON), aCopy(authMethods=("password", "totp"))]
)
async def testWhatChangedWhileItWasCopiedIsCopiedAnew(after: SessionCopy) -> None:
    """The change has dropped the copies already when this reader, who read before it, writes its own."""
    copies = KeptCopies()
    identity = await resolving(ChangingTruth(aCopy(), after), copies).execute(CREDENTIAL)
    kept = copies.kept[HASH]
    for told in (identity, kept):
        assert (told.roles, told.authenticatedAt) == (after.roles, after.authenticatedAt)
        assert tuple(told.authMethods) == after.authMethods
    assert kept.expiresAt == NOON + CopyPolicy().lifetime


async def testWhatEndedWhileItWasCopiedLeavesNoCopy() -> None:
    copies = KeptCopies()
    with pytest.raises(UnauthenticatedError):
        await resolving(ChangingTruth(aCopy(), None), copies).execute(CREDENTIAL)
    assert copies.kept == {}

"""The domain's interfaces in memory. They pass the same repository tests as PostgreSQL does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from pydantic import JsonValue

from KAuthApp.backend.domain.exceptions.authErrors import EmailTakenError, SessionNotFoundError, UnauthenticatedError
from KAuthApp.backend.domain.exceptions.passkeyErrors import PasskeyNotFoundError, PasskeyTakenError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.emailChangeRepositoryInterface import EmailChangeRepositoryInterface
from KAuthApp.backend.domain.interfaces.oneTimeCodeRepositoryInterface import (
    CodeAttempt,
    OneTimeCodeRepositoryInterface,
)
from KAuthApp.backend.domain.interfaces.passwordGuesserInterface import PasswordGuesserInterface
from KAuthApp.backend.domain.interfaces.personalDataInterface import PersonalDataEraserInterface
from KAuthApp.backend.domain.interfaces.refreshTokenRepositoryInterface import RefreshTokenRepositoryInterface
from KAuthApp.backend.domain.interfaces.signInChallengeRepositoryInterface import SignInChallengeRepositoryInterface
from KAuthApp.backend.domain.interfaces.signingKeyRepositoryInterface import SigningKeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.userAccountRepositoryInterface import UserAccountRepositoryInterface
from KAuthApp.backend.domain.interfaces.userKeyRepositoryInterface import UserKeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.userPasskeyRepositoryInterface import UserPasskeyRepositoryInterface
from KAuthApp.backend.domain.interfaces.userRecoveryCodeRepositoryInterface import UserRecoveryCodeRepositoryInterface
from KAuthApp.backend.domain.interfaces.userSessionRepositoryInterface import UserSessionRepositoryInterface
from KAuthApp.backend.domain.interfaces.userTotpRepositoryInterface import UserTotpRepositoryInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.endedCredentials import EndedCredentials
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose, OneTimeCode
from KAuthApp.backend.domain.models.refreshToken import RefreshToken
from KAuthApp.backend.domain.models.secondFactors import SecondFactors
from KAuthApp.backend.domain.models.signInChallenge import ChallengeKind, SignInChallenge
from KAuthApp.backend.domain.models.signingKey import SigningKey
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.models.userPasskey import UserPasskey
from KAuthApp.backend.domain.models.userRecoveryCode import UserRecoveryCode
from KAuthApp.backend.domain.models.userSession import SessionEndReason, UserSession
from KAuthApp.backend.domain.models.userTotp import UserTotp
from KAuthApp.backend.domain.policies.challengePolicy import ChallengePolicy
from KAuthApp.backend.domain.policies.codePolicy import CodePolicy
from KAuthApp.backend.domain.policies.sessionPolicy import SessionPolicy
from KAuthApp.backend.tests.fakesOfDefence import FakeCounters, FakeDevices, FakePressure, FakeShadows, FakeSpentProofs
from shared.backend.database.auditTrail import AuditEntry, AuditTrailInterface
from shared.backend.database.outbox import OutboxInterface
from shared.backend.passwords.guessEstimate import GuessEstimate
from shared.backend.utils.paging import Page, PageInput
from shared.backend.webAuthn.ceremoniesInterface import CredentialHint, VerifiedAssertion, hasCounterGoneBack


class NoGuesser(PasswordGuesserInterface):
    """Finds every password strong, or gives the one reason it was made with."""

    def __init__(self, weakness: str | None = None, guessesLog10: float = 12) -> None:
        self._estimate = GuessEstimate(guessesLog10=guessesLog10, weakness=weakness)

    def estimate(self, password: str, ownWords: Sequence[str]) -> GuessEstimate:
        return self._estimate


class FakeUsers(UserAccountRepositoryInterface):
    def __init__(self, totps: FakeTotps, recoveryCodes: FakeRecoveryCodes, passkeys: FakePasskeys) -> None:
        self.rows: dict[UUID, UserAccount] = {}
        self.totps, self.recoveryCodes, self.passkeys = totps, recoveryCodes, passkeys

    async def register(self, account: UserAccount, isContested: bool = False) -> UserAccount | None:
        known = self._byEmail(account.email)
        if known is None:
            self.rows[account.id] = account
            return account
        if not known.isPending:
            return None
        known.renewRegistration(account, isContested)
        return known

    async def removeUnprovenBefore(self, before: datetime, most: int) -> Sequence[UUID]:
        unproven = [row.id for row in self.rows.values() if row.isPending and row.updatedAt < before][:most]
        for rowId in unproven:
            del self.rows[rowId]
        return unproven

    async def findByEmail(self, email: EmailAddress) -> UserAccount | None:
        return self._byEmail(email.normalised)

    async def findByEmailForUpdate(self, email: EmailAddress) -> UserAccount | None:
        return self._byEmail(email.normalised)

    async def get(self, userId: UUID) -> UserAccount:
        account = self.rows.get(userId)
        if account is None:
            raise UnauthenticatedError
        return account

    async def getForUpdate(self, userId: UUID) -> UserAccount:
        return await self.get(userId)

    async def moveTo(self, user: UserAccount, email: EmailAddress, at: datetime) -> None:
        other = self._byEmail(email.normalised)
        if other is not None and not other.isPending:
            raise EmailTakenError
        self.rows = {key: row for key, row in self.rows.items() if row is not other}
        user.moveTo(email, at)

    async def secondFactorsOf(self, userId: UUID) -> SecondFactors:
        totp = self.totps.rows.get(userId)
        left = await self.recoveryCodes.countLeft(userId)
        passkeys = len(await self.passkeys.listOf(userId))
        return SecondFactors(totp=totp is not None and totp.isConfirmed, passkeys=passkeys, recoveryCodesLeft=left)

    def _byEmail(self, normalised: str) -> UserAccount | None:
        return next((row for row in self.rows.values() if row.email == normalised), None)


class FakeSessions(UserSessionRepositoryInterface):
    def __init__(self, users: FakeUsers, refreshTokens: FakeRefreshTokens) -> None:
        self.rows: dict[UUID, UserSession] = {}
        self._users, self._refreshTokens = users, refreshTokens

    async def add(self, session: UserSession) -> None:
        self.rows[session.id] = session

    async def getForUpdate(self, userId: UUID, sessionId: UUID) -> UserSession:
        session = self.rows.get(sessionId)
        if session is None or session.userId != userId:
            raise SessionNotFoundError
        return session

    async def findFamilyForUpdate(self, refreshTokenHash: str) -> UserSession | None:
        familyId = self._refreshTokens.familyOf(refreshTokenHash)
        return None if familyId is None else self.rows.get(familyId)

    async def findBySecretForUpdate(self, secretHash: str) -> UserSession | None:
        return next((row for row in self.rows.values() if row.secretHash == secretHash), None)

    async def listLive(self, userId: UUID, at: datetime, page: PageInput) -> Page[UserSession]:
        live = [row for row in self.rows.values() if row.userId == userId and row.isLive(at)]
        newest = sorted(live, key=lambda row: (row.createdAt, row.id), reverse=True)
        return Page[UserSession].model_construct(items=newest[: page.limit])

    async def endAll(
        self,
        userId: UUID,
        reason: SessionEndReason,
        at: datetime,
        *,
        latelySince: datetime,
        exceptId: UUID | None = None,
    ) -> EndedCredentials:
        mine = [row for row in self.rows.values() if row.userId == userId]
        lately = [row.id for row in mine if row.endedAt is not None and row.endedAt > latelySince]
        ended = [row for row in mine if row.endedAt is None and row.id != exceptId]
        for row in ended:
            row.end(reason, at)
        return EndedCredentials([row.id for row in ended], lately)

    async def touch(self, sessionId: UUID, seenAt: datetime, policy: SessionPolicy) -> bool:
        row = self.rows.get(sessionId)
        if row is None or row.endedAt is not None or row.lastSeenAt > policy.unseenSince(seenAt):
            return False
        row.touch(policy, seenAt)
        return True

    async def removeEndedBefore(self, before: datetime, most: int) -> int:
        over = [row.id for row in self.rows.values() if (row.endedAt or row.expiresAt) < before]
        over += [row.id for row in self.rows.values() if row.expiresAt < before and row.id not in over]
        for rowId in over[:most]:
            del self.rows[rowId]
        return len(over[:most])


class FakeRefreshTokens(RefreshTokenRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, RefreshToken] = {}

    async def add(self, token: RefreshToken) -> None:
        self.rows[token.id] = token

    def familyOf(self, tokenHash: str) -> UUID | None:
        return next((row.sessionId for row in self.rows.values() if row.tokenHash == tokenHash), None)

    async def findInFamily(self, sessionId: UUID, tokenHash: str) -> tuple[RefreshToken, RefreshToken | None] | None:
        family = [row for row in self.rows.values() if row.sessionId == sessionId]
        token = next((row for row in family if row.tokenHash == tokenHash), None)
        if token is None:
            return None
        return token, next((row for row in family if row.successorId == token.id), None)

    async def forgetSuccessorsOf(self, usedBefore: datetime, most: int) -> int:
        sealed = [row for row in self.rows.values() if row.successorSealed is not None]
        stale = [row for row in sealed if row.usedAt is not None and row.usedAt < usedBefore][:most]
        for row in stale:
            row.forgetSuccessor()
        return len(stale)


class FakeCodes(OneTimeCodeRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, OneTimeCode] = {}

    async def replace(self, code: OneTimeCode) -> None:
        for row in self._of(code.userId, code.purpose):
            if row.isOpen:
                row.void(code.createdAt)
        self.rows[code.id] = code

    async def attempt(
        self, userId: UUID, purpose: CodePurpose, codeHash: str, policy: CodePolicy, at: datetime
    ) -> CodeAttempt:
        code = next((row for row in self._of(userId, purpose) if row.isOpen and at < row.expiresAt), None)
        if code is None:
            return CodeAttempt.NONE_OPEN
        return CodeAttempt.RIGHT if code.attempt(codeHash, policy, at) else CodeAttempt.WRONG

    async def attemptTogether(
        self, userId: UUID, codeHashes: Mapping[CodePurpose, str], policy: CodePolicy, at: datetime
    ) -> bool:
        rows = [row for purpose in codeHashes for row in self._of(userId, purpose)]
        codes = [row for row in rows if row.isOpen and at < row.expiresAt]
        wrong = [row for row in codes if row.codeHash != codeHashes[row.purpose]]
        areAllRight = len(codes) == len(codeHashes) and not wrong
        for row in codes if areAllRight else wrong:
            row.attempt(codeHashes[row.purpose], policy, at)
        return areAllRight

    async def voidAll(self, userId: UUID, at: datetime) -> None:
        for row in self.rows.values():
            row.voidedAt = at if row.userId == userId and row.isOpen else row.voidedAt

    async def isRight(self, userId: UUID, purpose: CodePurpose, codeHash: str, at: datetime) -> bool:
        open_ = [row for row in self._of(userId, purpose) if row.isOpen and at < row.expiresAt]
        return any(row.codeHash == codeHash for row in open_)

    async def countIssued(self, userId: UUID, purpose: CodePurpose, since: datetime) -> int:
        return sum(row.createdAt > since for row in self._of(userId, purpose))

    async def discard(self, codeId: UUID) -> None:
        self.rows.pop(codeId, None)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = [row.id for row in self.rows.values() if row.expiresAt < before][:most]
        for rowId in expired:
            del self.rows[rowId]
        return len(expired)

    def _of(self, userId: UUID, purpose: CodePurpose) -> list[OneTimeCode]:
        return [row for row in self.rows.values() if row.userId == userId and row.purpose == purpose]


class FakeUserKeys(UserKeyRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, UserKey] = {}

    async def find(self, userId: UUID) -> UserKey | None:
        return self.rows.get(userId)

    async def addUnlessThere(self, key: UserKey) -> UserKey:
        return self.rows.setdefault(key.userId, key)


class FakeEmailChanges(EmailChangeRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, EmailChange] = {}

    async def replace(self, change: EmailChange) -> None:
        await self.voidOpen(change.userId, change.createdAt)
        self.rows[change.id] = change

    async def find(self, changeId: UUID) -> EmailChange | None:
        return self.rows.get(changeId)

    async def findOpen(self, userId: UUID, at: datetime) -> EmailChange | None:
        return next((row for row in self.rows.values() if row.userId == userId and row.isOpen(at)), None)

    async def voidOpen(self, userId: UUID, at: datetime) -> None:
        for row in self.rows.values():
            isWaiting = row.userId == userId and row.appliedAt is None and row.voidedAt is None
            row.voidedAt = at if isWaiting else row.voidedAt

    async def countAsked(self, userId: UUID, since: datetime) -> int:
        return sum(row.userId == userId and row.createdAt > since for row in self.rows.values())

    async def allowRevert(self, changeId: UUID, revertHash: str) -> None:
        self.rows[changeId].revertHash = revertHash

    async def findRevertible(self, revertHash: str, at: datetime) -> EmailChange | None:
        return next((row for row in self.rows.values() if row.revertHash == revertHash and row.isRevertible(at)), None)

    async def spendRevert(self, change: EmailChange, at: datetime) -> bool:
        spent = [row for row in self.rows.values() if row.userId == change.userId and row.isRevertible(at)]
        later = [row for row in spent if (row.appliedAt or at) >= (change.appliedAt or at)]
        for row in later:
            row.revertedAt = at
        return change in later

    async def removeOverBefore(self, before: datetime, most: int) -> int:
        ends = {row.id: max(row.expiresAt, row.revertUntil or row.expiresAt) for row in self.rows.values()}
        past = [rowId for rowId, end in ends.items() if end < before][:most]
        for rowId in past:
            del self.rows[rowId]
        return len(past)


class FakeSigningKeys(SigningKeyRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, SigningKey] = {}

    async def lockAll(self) -> None:
        """Nobody else is here."""

    async def listPublished(self, at: datetime) -> Sequence[SigningKey]:
        published = [row for row in self.rows.values() if row.isPublished(at)]
        return sorted(published, key=lambda row: (row.signsFrom, row.id))

    async def add(self, key: SigningKey) -> None:
        self.rows[key.id] = key


class FakeChallenges(SignInChallengeRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, SignInChallenge] = {}

    async def add(self, challenge: SignInChallenge) -> None:
        self.rows[challenge.id] = challenge

    async def findOpen(self, challengeId: UUID, kind: ChallengeKind, at: datetime) -> SignInChallenge | None:
        found = self.rows.get(challengeId)
        return found if found is not None and found.kind == kind and found.isOpen(at) else None

    async def findOpenByWebAuthn(self, webAuthnChallenge: bytes, at: datetime) -> SignInChallenge | None:
        open_ = [row for row in self.rows.values() if row.isOpen(at)]
        return next((row for row in open_ if row.webAuthnChallenge == webAuthnChallenge), None)

    async def spend(self, challengeId: UUID, at: datetime) -> bool:
        found = self.rows.get(challengeId)
        if found is None or not found.isOpen(at):
            return False
        found.usedAt = at
        return True

    async def countFailure(self, challengeId: UUID, policy: ChallengePolicy, at: datetime) -> None:
        found = self.rows.get(challengeId)
        if found is not None and found.usedAt is None:
            found.countFailure(policy, at)

    async def voidAll(self, userId: UUID, at: datetime) -> None:
        for row in self.rows.values():
            row.usedAt = row.usedAt or (at if row.userId == userId else None)

    async def removeExpiredBefore(self, before: datetime, most: int) -> int:
        expired = [row.id for row in self.rows.values() if row.expiresAt < before][:most]
        for rowId in expired:
            del self.rows[rowId]
        return len(expired)


class FakeTotps(UserTotpRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, UserTotp] = {}

    async def findOf(self, userId: UUID) -> UserTotp | None:
        return self.rows.get(userId)

    async def propose(self, totp: UserTotp) -> bool:
        known = self.rows.get(totp.userId)
        if known is not None and known.isConfirmed:
            return False
        self.rows[totp.userId] = totp
        return True

    async def confirm(self, userId: UUID, secretSealed: str, step: int, at: datetime) -> bool:
        known = self.rows.get(userId)
        if known is None or known.isConfirmed or known.secretSealed != secretSealed:
            return False
        known.confirmedAt, known.lastStep, known.failuresInARow = at, step, 0
        return True

    async def spendStep(self, userId: UUID, step: int) -> bool:
        known = self.rows.get(userId)
        if known is None or not known.isConfirmed or known.lastStep >= step:
            return False
        known.lastStep, known.failuresInARow = step, 0
        return True

    async def countFailure(self, userId: UUID, at: datetime) -> None:
        known = self.rows.get(userId)
        if known is not None:
            known.failuresInARow, known.lastFailedAt = known.failuresInARow + 1, at

    async def removeConfirmed(self, userId: UUID) -> bool:
        known = self.rows.get(userId)
        if known is None or not known.isConfirmed:
            return False
        del self.rows[userId]
        return True


class FakeRecoveryCodes(UserRecoveryCodeRepositoryInterface):
    def __init__(self) -> None:
        self.rows: dict[UUID, UserRecoveryCode] = {}

    async def replace(self, userId: UUID, codes: Sequence[UserRecoveryCode]) -> None:
        self.rows = {row.id: row for row in self.rows.values() if row.userId != userId}
        self.rows |= {code.id: code for code in codes}

    async def spend(self, userId: UUID, codeHash: str, at: datetime) -> bool:
        found = next((row for row in self._left(userId) if row.codeHash == codeHash), None)
        if found is None:
            return False
        found.usedAt = at
        return True

    async def countLeft(self, userId: UUID) -> int:
        return len(self._left(userId))

    def _left(self, userId: UUID) -> list[UserRecoveryCode]:
        return [row for row in self.rows.values() if row.userId == userId and row.usedAt is None]


class FakePasskeys(UserPasskeyRepositoryInterface):
    def __init__(self, users: Callable[[], FakeUsers]) -> None:
        self.rows: dict[UUID, UserPasskey] = {}
        self._users = users

    async def add(self, passkey: UserPasskey) -> None:
        if any(row.credentialId == passkey.credentialId for row in self.rows.values()):
            raise PasskeyTakenError
        self.rows[passkey.id] = passkey

    async def listOf(self, userId: UUID) -> Sequence[UserPasskey]:
        return sorted((row for row in self.rows.values() if row.userId == userId), key=lambda row: row.id)

    async def listPage(self, userId: UUID, page: PageInput) -> Page[UserPasskey]:
        return Page[UserPasskey].model_construct(items=(await self.listOf(userId))[: page.limit])

    async def get(self, userId: UUID, passkeyId: UUID) -> UserPasskey:
        found = self.rows.get(passkeyId)
        if found is None or found.userId != userId:
            raise PasskeyNotFoundError
        return found

    async def findOf(self, userId: UUID, credentialId: bytes) -> UserPasskey | None:
        return next((row for row in await self.listOf(userId) if row.credentialId == credentialId), None)

    async def findWithOwner(self, credentialId: bytes) -> tuple[UserPasskey, UserAccount] | None:
        found = next((row for row in self.rows.values() if row.credentialId == credentialId), None)
        return None if found is None else (found, self._users().rows[found.userId])

    async def hintsFor(self, email: EmailAddress) -> Sequence[CredentialHint]:
        user = await self._users().findByEmail(email)
        return [] if user is None else [row.hint for row in await self.listOf(user.id)]

    async def recordUse(self, passkeyId: UUID, assertion: VerifiedAssertion, at: datetime) -> bool:
        row = self.rows[passkeyId]
        if hasCounterGoneBack(row.signCount, assertion.signCount):
            return False
        row.signCount, row.isBackedUp, row.lastUsedAt = assertion.signCount, assertion.isBackedUp, at
        return True

    async def markRegressed(self, passkeyId: UUID, at: datetime) -> None:
        self.rows[passkeyId].counterRegressedAt = at

    async def remove(self, passkey: UserPasskey) -> None:
        del self.rows[passkey.id]


class FakePersonalData(PersonalDataEraserInterface):
    def __init__(self, users: FakeUsers) -> None:
        self._users = users

    async def erase(self, userId: UUID) -> None:
        self._users.rows.pop(userId, None)


class FakeAudit(AuditTrailInterface):
    def __init__(self) -> None:
        self.entries: list[AuditEntry] = []

    async def append(self, entry: AuditEntry) -> None:
        self.entries.append(entry)


class FakeOutbox(OutboxInterface):
    def __init__(self) -> None:
        self.messages: list[tuple[str, Mapping[str, JsonValue]]] = []

    async def add(self, topic: str, payload: Mapping[str, JsonValue], availableAt: datetime | None = None) -> None:
        self.messages.append((topic, payload))


class FakeAuthWork(AuthUnitOfWorkInterface):
    """One store for every block; `commits` counts how often it was made so. Nothing is ever rolled back."""

    users: FakeUsers
    sessions: FakeSessions
    refreshTokens: FakeRefreshTokens
    codes: FakeCodes
    userKeys: FakeUserKeys
    emailChanges: FakeEmailChanges
    signingKeys: FakeSigningKeys
    challenges: FakeChallenges
    totps: FakeTotps
    recoveryCodes: FakeRecoveryCodes
    passkeys: FakePasskeys
    devices: FakeDevices
    counters: FakeCounters
    pressure: FakePressure
    spentProofs: FakeSpentProofs
    shadows: FakeShadows
    personalData: FakePersonalData
    audit: FakeAudit
    outbox: FakeOutbox

    def __init__(self) -> None:
        self.totps = FakeTotps()
        self.recoveryCodes = FakeRecoveryCodes()
        self.challenges = FakeChallenges()
        self.passkeys = FakePasskeys(lambda: self.users)
        self.users = FakeUsers(self.totps, self.recoveryCodes, self.passkeys)
        self.refreshTokens = FakeRefreshTokens()
        self.sessions = FakeSessions(self.users, self.refreshTokens)
        self.codes = FakeCodes()
        self.userKeys = FakeUserKeys()
        self.emailChanges = FakeEmailChanges()
        self.signingKeys = FakeSigningKeys()
        self.devices = FakeDevices()
        self.counters = FakeCounters()
        self.pressure = FakePressure()
        self.spentProofs = FakeSpentProofs()
        self.shadows = FakeShadows()
        self.personalData = FakePersonalData(self.users)
        self.audit = FakeAudit()
        self.outbox = FakeOutbox()
        self.commits = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves everything as it is."""

    async def commit(self) -> None:
        self.commits += 1

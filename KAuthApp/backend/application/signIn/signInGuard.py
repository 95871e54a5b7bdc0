from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import SecretStr

from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.pressureGauge import PressureGauge
from KAuthApp.backend.application.signIn.proofGate import ProofGate
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import Subjects
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from KAuthApp.backend.domain.policies.guardPolicy import Entry, GuardPolicy, Standing
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.clientNetwork import networkOf
from shared.backend.utils.uuid import generateId

MOST_MISTAKES_FORGIVEN: Final = 5


@dataclass(frozen=True)
class Admission:
    """A try that was let through, and is counted against the account until the password is known to be right."""

    entry: Entry
    known: KnownDevice | None = None


class SignInGuard:
    """Decides before a password is looked at whether it may be, and what a right one is worth.

    Every try is counted before it is made: of many at the same time not one more gets through than of as many one
    after the other. What is refused is not counted. An address nobody has is counted like any other.
    """

    def __init__(
        self,
        secrets: SecretMakerInterface,
        devices: DeviceMemory,
        proofs: ProofGate,
        gauge: PressureGauge,
        policy: GuardPolicy,
        counterPolicy: CounterPolicy,
    ) -> None:
        self._secrets, self._devices, self._proofs, self._gauge = secrets, devices, proofs, gauge
        self._policy, self._counterPolicy = policy, counterPolicy

    async def admit(
        self,
        work: AuthUnitOfWorkInterface,
        email: EmailAddress,
        user: UserAccount | None,
        device: Device,
        proof: SecretStr | None,
        at: datetime,
    ) -> Admission:
        """The caller commits. ProofRequiredError, TooManyAttemptsError: nothing is counted then."""
        userId = generateId() if user is None else user.id  # nobody's: the same statements run
        known = await self._devices.recognise(work, userId, device, at)
        if known is not None and await self._admitsKnown(work, known, at):
            return Admission(Entry.OPEN, known)
        return Admission(await self._admitStranger(work, email, device, proof, at))

    async def countFailure(
        self, work: AuthUnitOfWorkInterface, admission: Admission, device: Device, at: datetime
    ) -> None:
        """The password was wrong: the place a stranger came from has failed, and so has the platform's peace."""
        if admission.known is not None:
            return
        counted = await work.counters.count(self.addressOf(device), self._counterPolicy, at)
        await self._gauge.countFailure(work, counted[CounterKind.ADDRESS] - 1, at)

    async def forgive(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, device: Device, deviceId: UUID | None, at: datetime
    ) -> None:
        """The password was right: what the account, the device and this place failed before was its owner mistyping."""
        await self._forgive(work, user, device, deviceId, isEntry=False, at=at)

    async def welcome(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, device: Device, deviceId: UUID | None, at: datetime
    ) -> None:
        """As `forgive`, when the session opens; call it before the sign-in is recorded."""
        await self._forgive(work, user, device, deviceId, isEntry=True, at=at)

    async def beginAnew(self, work: AuthUnitOfWorkInterface, email: str) -> None:
        """The account has a new password: nobody has failed at it yet."""
        await work.counters.forget({CounterKind.ACCOUNT: self._secrets.counterKey("account", email)})

    async def standingOf(self, work: AuthUnitOfWorkInterface, subjects: Subjects, at: datetime) -> Standing:
        """What is counted against these now; kinds that are not asked for are clean."""
        tallies = await work.counters.read(subjects, self._counterPolicy, at)
        lately, today = await self._gauge.read(work, at)
        return Standing(
            account=tallies.get(CounterKind.ACCOUNT, Tally()),
            address=tallies.get(CounterKind.ADDRESS, Tally()),
            pair=tallies.get(CounterKind.PAIR, Tally()),
            lately=lately,
            today=today,
        )

    def addressOf(self, device: Device) -> Mapping[CounterKind, str]:
        return {CounterKind.ADDRESS: self._secrets.counterKey("address", networkOf(device.ip))}

    async def _admitsKnown(self, work: AuthUnitOfWorkInterface, known: KnownDevice, at: datetime) -> bool:
        """False when the device has lost its path by failures of its own."""
        subjects = self._subjectsOf(known.id)
        tally = (await work.counters.read(subjects, self._counterPolicy, at))[CounterKind.DEVICE]
        if not self._policy.keepsDevice(tally):
            return False
        self._policy.judgeDevice(tally, at)
        counted = await work.counters.count(subjects, self._counterPolicy, at)
        self._policy.judgeDevice(tally.overtakenBy(counted[CounterKind.DEVICE], at), at)
        return True

    async def _admitStranger(
        self, work: AuthUnitOfWorkInterface, email: EmailAddress, device: Device, proof: SecretStr | None, at: datetime
    ) -> Entry:
        subjects = self._strangerOf(email.normalised, device)
        standing = await self.standingOf(work, {**subjects, **self.addressOf(device)}, at)
        self._policy.ensureWaited(standing, at)
        hasProof = self._policy.needsProof(standing) and await self._proofs.accepts(work, proof, ProofPurpose.LOGIN, at)
        self._policy.judgeStranger(standing, hasProof, at)
        counted = await work.counters.count(subjects, self._counterPolicy, at)
        return self._policy.judgeStranger(standing.overtakenBy(counted, at), hasProof, at)

    async def _forgive(
        self,
        work: AuthUnitOfWorkInterface,
        user: UserAccount,
        device: Device,
        deviceId: UUID | None,
        isEntry: bool,
        at: datetime,
    ) -> None:
        own = self._strangerOf(user.email, device)
        before = await work.counters.forget({**own, **({} if deviceId is None else self._subjectsOf(deviceId))})
        tries = before.get(CounterKind.PAIR, Tally()).count
        if tries == 0:
            return
        mistakes = min(tries - 1, MOST_MISTAKES_FORGIVEN)  # this try was none
        address = self.addressOf(device)[CounterKind.ADDRESS]
        left = await work.counters.takeBack(CounterKind.ADDRESS, address, mistakes) if mistakes > 0 else 0
        entries = int(isEntry and self._policy.pressure.isFirstOfDay(user.lastLoginAt, at))
        await self._gauge.takeBack(work, mistakes, left, entries, at)

    def _strangerOf(self, email: str, device: Device) -> Mapping[CounterKind, str]:
        return {
            CounterKind.ACCOUNT: self._secrets.counterKey("account", email),
            CounterKind.PAIR: self._secrets.counterKey("pair", email, networkOf(device.ip)),
        }

    def _subjectsOf(self, deviceId: UUID) -> Mapping[CounterKind, str]:
        return {CounterKind.DEVICE: self._secrets.counterKey("device", str(deviceId))}

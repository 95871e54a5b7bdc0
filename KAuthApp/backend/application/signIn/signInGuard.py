from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import SecretStr

from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.proofGate import ProofGate
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.counterRepositoryInterface import Subjects
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.clientAddress import networkOf
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy, Tally
from KAuthApp.backend.domain.policies.guardPolicy import Entry, GuardPolicy, Standing
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.uuid import generateId

MOST_MISTAKES_FORGIVEN: Final = 5


@dataclass(frozen=True)
class Admission:
    """A try that was let through, and is counted as failed until the password is known to be right."""

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
        policy: GuardPolicy,
        counterPolicy: CounterPolicy,
    ) -> None:
        self._secrets, self._devices, self._proofs = secrets, devices, proofs
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
        entry = await self._admitStranger(work, self._strangerOf(email.normalised, device), proof, at)
        return Admission(entry)

    async def forgive(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, device: Device, known: KnownDevice | None, at: datetime
    ) -> None:
        """The password was right: what the account, the device and this place failed before was its owner mistyping.

        Call it before the sign-in is recorded: only the first of a day says that a person came in.
        """
        stranger = self._strangerOf(user.email, device)
        own = {kind: stranger[kind] for kind in (CounterKind.ACCOUNT, CounterKind.PAIR)}
        before = await work.counters.forget({**own, **({} if known is None else self._subjectsOf(known))})
        mistakes = min(before.get(CounterKind.PAIR, Tally()).count, MOST_MISTAKES_FORGIVEN)
        if mistakes == 0:
            return
        left = await work.counters.takeBack(CounterKind.ADDRESS, stranger[CounterKind.ADDRESS], mistakes)
        pressure = self._policy.pressure
        counted = pressure.takenBack(mistakes, left)
        if counted > 0:
            entries = int(pressure.isFirstOfDay(user.lastLoginAt, at))
            await work.pressure.press(entries - counted, -counted, pressure, at)

    async def beginAnew(self, work: AuthUnitOfWorkInterface, email: str) -> None:
        """The account has a new password: nobody has failed at it yet."""
        await work.counters.forget({CounterKind.ACCOUNT: self._secrets.counterKey("account", email)})

    async def standingOf(self, work: AuthUnitOfWorkInterface, subjects: Subjects, at: datetime) -> Standing:
        """What is counted against these now; kinds that are not asked for are clean."""
        tallies = await work.counters.read(subjects, self._counterPolicy, at)
        lately, today = await work.pressure.read(self._policy.pressure, at)
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
        subjects = self._subjectsOf(known)
        tally = (await work.counters.read(subjects, self._counterPolicy, at))[CounterKind.DEVICE]
        if not self._policy.keepsDevice(tally):
            return False
        self._policy.judgeDevice(tally, at)
        counted = await work.counters.count(subjects, self._counterPolicy, at)
        self._policy.judgeDevice(tally.overtakenBy(counted[CounterKind.DEVICE], at), at)
        return True

    async def _admitStranger(
        self, work: AuthUnitOfWorkInterface, subjects: Subjects, proof: SecretStr | None, at: datetime
    ) -> Entry:
        standing = await self.standingOf(work, subjects, at)
        self._policy.ensureWaited(standing, at)
        hasProof = self._policy.needsProof(standing) and await self._proofs.accepts(work, proof, ProofPurpose.LOGIN, at)
        self._policy.judgeStranger(standing, hasProof, at)
        counted = await work.counters.count(subjects, self._counterPolicy, at)
        entry = self._policy.judgeStranger(standing.overtakenBy(counted, at), hasProof, at)
        if self._policy.pressure.counts(counted[CounterKind.ADDRESS] - 1):
            await work.pressure.press(1, 1, self._policy.pressure, at)
        return entry

    def _strangerOf(self, email: str, device: Device) -> Mapping[CounterKind, str]:
        network = networkOf(device.ip)
        return {
            CounterKind.ACCOUNT: self._secrets.counterKey("account", email),
            CounterKind.PAIR: self._secrets.counterKey("pair", email, network),
            **self.addressOf(device),
        }

    def _subjectsOf(self, known: KnownDevice) -> Mapping[CounterKind, str]:
        return {CounterKind.DEVICE: self._secrets.counterKey("device", str(known.id))}

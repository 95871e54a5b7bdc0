from __future__ import annotations

from KAuthApp.backend.application.output.proofOfWorkOutput import ProofOfWorkOutput
from KAuthApp.backend.application.signIn.signInGuard import SignInGuard
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.proofOfWorkInterface import ProofOfWorkInterface
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.guardPolicy import GuardPolicy
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy, ProofPurpose
from shared.backend.utils.clock import ClockInterface


class RequestProofOfWorkService:
    """Hands out work to whoever asks: more to an address that failed often, and to everybody under an attack."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        guard: SignInGuard,
        proofs: ProofOfWorkInterface,
        guardPolicy: GuardPolicy,
        policy: ProofPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._guard, self._proofs = openWork, guard, proofs
        self._guardPolicy, self._policy, self._clock = guardPolicy, policy, clock

    async def execute(self, purpose: ProofPurpose, device: Device) -> ProofOfWorkOutput:
        now = self._clock.now()
        async with self._openWork() as work:
            standing = await self._guard.standingOf(work, self._guard.addressOf(device), now)
        rounds = self._policy.roundsFor(standing, self._guardPolicy.isAttack(standing))
        return ProofOfWorkOutput.of(self._proofs.challenge(purpose, rounds, now))

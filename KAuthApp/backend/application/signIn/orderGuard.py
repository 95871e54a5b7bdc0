from __future__ import annotations

from datetime import datetime

from pydantic import SecretStr

from KAuthApp.backend.application.signIn.proofGate import ProofGate
from KAuthApp.backend.domain.exceptions.authErrors import ProofRequiredError
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.failureCounter import CounterKind
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.orderPolicy import OrderPolicy
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.clientNetwork import networkOf


class OrderGuard:
    """Makes who orders many mails, from one place or to one address, work for the next. Nobody is refused for good."""

    def __init__(
        self, secrets: SecretMakerInterface, proofs: ProofGate, policy: OrderPolicy, counterPolicy: CounterPolicy
    ) -> None:
        self._secrets, self._proofs, self._policy, self._counterPolicy = secrets, proofs, policy, counterPolicy

    async def admit(
        self,
        work: AuthUnitOfWorkInterface,
        email: EmailAddress,
        device: Device,
        proof: SecretStr | None,
        purpose: ProofPurpose,
        at: datetime,
    ) -> None:
        """Counted with the caller's commit. ProofRequiredError: nothing is counted then."""
        subjects = {
            CounterKind.ORDER_SOURCE: self._secrets.counterKey("order", networkOf(device.ip)),
            CounterKind.ORDER_TARGET: self._secrets.counterKey("order", email.normalised),
        }
        counted = await work.counters.count(subjects, self._counterPolicy, at)
        isMuch = self._policy.isMuch(counted[CounterKind.ORDER_SOURCE], counted[CounterKind.ORDER_TARGET])
        if isMuch and not await self._proofs.accepts(work, proof, purpose, at):
            raise ProofRequiredError

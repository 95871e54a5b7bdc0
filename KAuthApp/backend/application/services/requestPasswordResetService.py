from __future__ import annotations

from pydantic import JsonValue

from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC, MailDTO
from KAuthApp.backend.application.dto.resetOrderDTO import ResetOrderDTO
from KAuthApp.backend.application.input.emailInput import EmailInput
from KAuthApp.backend.application.output.statusOutputs import ResetSentOutput
from KAuthApp.backend.application.signIn.deviceMemory import DeviceMemory
from KAuthApp.backend.application.signIn.orderGuard import OrderGuard
from KAuthApp.backend.application.signIn.placeGuard import PlaceGuard
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretSealerInterface import SecretSealerInterface
from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.proofPolicy import ProofPurpose
from shared.backend.utils.clock import ClockInterface


class RequestPasswordResetService:
    """Orders a mail with a reset code. Whether there is such an account is looked up by the job, not here."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        guard: OrderGuard,
        places: PlaceGuard,
        devices: DeviceMemory,
        sealer: SecretSealerInterface,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._guard, self._places, self._devices = openWork, guard, places, devices
        self._sealer, self._clock = sealer, clock

    async def execute(self, asked: EmailInput, device: Device) -> ResetSentOutput:
        email, now = EmailAddress.parse(asked.email), self._clock.now()
        async with self._openWork() as work:
            await self._guard.admit(work, email, device, asked.proof, ProofPurpose.FORGOT, now)
            isFew = await self._places.maySend(work, email, device, now)
            await work.outbox.add(MAIL_TOPIC, self._orderFrom(device, email, isFew=isFew))  # always, to take as long
            await work.commit()

        return ResetSentOutput()

    def _orderFrom(self, device: Device, email: EmailAddress, *, isFew: bool) -> dict[str, JsonValue]:
        order = ResetOrderDTO(deviceHashes=tuple(self._devices.hashesOf(device)), isOneOfMany=not isFew)
        return MailDTO.to(MailKind.PASSWORD_RESET, email, self._sealer, order.facts())

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import SecretStr

from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import AuthUnitOfWorkInterface
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.knownDevice import KnownDevice
from KAuthApp.backend.domain.models.userAccount import UserAccount
from KAuthApp.backend.domain.models.userSession import Device, SessionClient
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from KAuthApp.backend.domain.policies.knownDevicePolicy import KnownDevicePolicy

_MOST_PEOPLE_OF_A_BROWSER: Final = 5


class DeviceMemory:
    """Knows the browsers that signed in to an account before, and tells its owner of every new one.

    A browser keeps one secret for each of its people, all made here: one that was planted is never taken over.
    """

    def __init__(self, secrets: SecretMakerInterface, notices: OwnerNotices, policy: KnownDevicePolicy) -> None:
        self._secrets, self._notices, self._policy = secrets, notices, policy

    async def recognise(
        self, work: AuthUnitOfWorkInterface, userId: UUID, device: Device, at: datetime
    ) -> KnownDevice | None:
        if not device.secrets:
            return None
        return await work.devices.recognise(userId, self.hashesOf(device), at)

    async def renew(self, work: AuthUnitOfWorkInterface, userId: UUID, device: Device, at: datetime) -> UUID | None:
        """A known one signed in again: it stays known for as long as from the first time. Its id, None of a new one."""
        if not device.secrets:
            return None
        return await work.devices.renew(userId, self.hashesOf(device), at, self._policy.expiry(at))

    async def remember(
        self, work: AuthUnitOfWorkInterface, user: UserAccount, device: Device, client: SessionClient, at: datetime
    ) -> Sequence[SecretStr]:
        """A new device; call it before the sign-in is recorded. The secrets its browser keeps; none for a program."""
        label = describeDevice(device.userAgent)
        if user.lastLoginAt is not None:
            await self._tellOwner(work, user, label, at)
        return await self._add(work, user.id, device, label, at) if client == SessionClient.BROWSER else ()

    async def forget(self, work: AuthUnitOfWorkInterface, userId: UUID, exceptDevice: Device | None = None) -> None:
        """No browser is known any more but this one."""
        await work.devices.forgetAll(userId, () if exceptDevice is None else self.hashesOf(exceptDevice))

    def hashesOf(self, device: Device) -> list[str]:
        return [self._secrets.hashSecret(secret.get_secret_value()) for secret in device.secrets]

    async def _add(
        self, work: AuthUnitOfWorkInterface, userId: UUID, device: Device, label: str, at: datetime
    ) -> Sequence[SecretStr]:
        secret = self._secrets.newSecret()
        tokenHash = self._secrets.hashSecret(secret)
        await work.devices.add(KnownDevice.remember(userId, tokenHash, label, self._policy, at))
        await work.devices.keepNewest(userId, self._policy.mostOfOne)
        return (SecretStr(secret), *device.secrets)[:_MOST_PEOPLE_OF_A_BROWSER]

    async def _tellOwner(self, work: AuthUnitOfWorkInterface, user: UserAccount, label: str, at: datetime) -> None:
        facts = {"at": at.isoformat(), "device": label}
        await self._notices.order(work, user, MailKind.NEW_DEVICE, at, facts)

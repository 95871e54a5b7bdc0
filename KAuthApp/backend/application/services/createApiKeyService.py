from __future__ import annotations

from KAuthApp.backend.application.dto.auditEntries import API_KEY, byUser
from KAuthApp.backend.application.dto.identityDTO import IdentityDTO
from KAuthApp.backend.application.input.createApiKeyInput import CreateApiKeyInput
from KAuthApp.backend.application.mail.ownerNotices import OwnerNotices
from KAuthApp.backend.application.output.apiKeyOutput import CreatedApiKeyOutput
from KAuthApp.backend.application.signIn.callerLock import lockCaller
from KAuthApp.backend.domain.interfaces.authUnitOfWorkInterface import OpenAuthWork
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.interfaces.secretMakerInterface import SecretMakerInterface
from KAuthApp.backend.domain.models.apiKey import ApiKey
from KAuthApp.backend.domain.models.userSession import Device
from KAuthApp.backend.domain.policies.apiKeyPolicy import API_KEY_PREFIX, ApiKeyPolicy
from KAuthApp.backend.domain.policies.devicePolicy import describeDevice
from shared.backend.loggingFactory import SystemLogger
from shared.backend.utils.clock import ClockInterface

logger = SystemLogger("kauth")


class CreateApiKeyService:
    """Makes a key and shows its secret, this once. Its owner is told by mail."""

    def __init__(
        self,
        openWork: OpenAuthWork,
        secrets: SecretMakerInterface,
        notices: OwnerNotices,
        policy: ApiKeyPolicy,
        clock: ClockInterface,
    ) -> None:
        self._openWork, self._secrets, self._notices = openWork, secrets, notices
        self._policy, self._clock = policy, clock

    async def execute(self, asked: CreateApiKeyInput, device: Device, identity: IdentityDTO) -> CreatedApiKeyOutput:
        now = self._clock.now()
        secret = API_KEY_PREFIX + self._secrets.newSecret()
        secretHash = self._secrets.hashSecret(secret)
        async with self._openWork() as work:
            user = await lockCaller(work, identity, now)
            self._policy.ensureRoomFor(await work.apiKeys.countLive(user.id, now))
            key = ApiKey.issue(
                user.id, asked.name, secret, secretHash, asked.scopes, asked.expiresAt, self._policy, now
            )
            await work.apiKeys.add(key)
            facts = {"at": now.isoformat(), "device": describeDevice(device.userAgent), "keyName": key.name}
            await self._notices.order(work, user, MailKind.API_KEY_CREATED, now, facts)
            await work.audit.append(
                byUser(user.id, "auth.apiKeyCreated", now, target=(API_KEY, key.id), after=key.facts)
            )
            await work.commit()

        logger.security.info("auth.apiKeyCreated", userId=str(user.id), keyId=str(key.id))
        return CreatedApiKeyOutput.withSecret(key, secret)

"""What KSysAdmin puts into the outbox for KAuthApp is what KAuthApp takes out."""

from __future__ import annotations

from datetime import UTC, datetime

from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO, MailDTO
from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC as AUTH_MAIL_TOPIC
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KSysAdmin.backend.application.dto.outboxMessages import (
    END_USER_COPIES_TOPIC,
    MAIL_TOPIC,
    FactorsResetMailDTO,
    PasswordResetMailDTO,
    changedUserCredentials,
    endedUserSessions,
)
from KSysAdmin.backend.infrastructure.crypto.secretKeeper import SecretKeeper
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.uuid import generateId


def testEndedSessionsAreUnderstood() -> None:
    sessionIds = [generateId(), generateId()]
    assert END_USER_COPIES_TOPIC == END_COPIES_TOPIC
    assert list(EndedSessionsDTO.model_validate(endedUserSessions(sessionIds)).sessionIds) == sessionIds


def testChangedCredentialsAreUnderstood() -> None:
    credentialIds = [generateId(), generateId()]
    read = EndedSessionsDTO.model_validate(changedUserCredentials(credentialIds))
    assert list(read.changed) == credentialIds
    assert (read.sessionIds, read.renewed) == ((), ())


def testAnOrderedResetMailIsUnderstood(crypto: CryptoFactory) -> None:
    payload = PasswordResetMailDTO.to("Ayu@example.com", SecretKeeper(crypto))
    assert MAIL_TOPIC == AUTH_MAIL_TOPIC
    order = MailDTO.model_validate(payload)
    assert order.kind == "passwordReset"
    assert order.address(CryptoSecretSealer(crypto)).asGiven == "Ayu@example.com"


def testAnOrderedNoticeOfLostFactorsIsUnderstood(crypto: CryptoFactory) -> None:
    at = datetime(2026, 11, 21, 16, 57, tzinfo=UTC)
    order = MailDTO.model_validate(FactorsResetMailDTO.to("Ayu@example.com", at, SecretKeeper(crypto)))
    sealer = CryptoSecretSealer(crypto)
    assert order.kind is MailKind.FACTORS_RESET
    assert order.address(sealer).asGiven == "Ayu@example.com"
    assert order.facts(sealer) == {"at": at.isoformat()}

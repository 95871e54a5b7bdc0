"""What KSysAdmin puts into the outbox for KAuthApp is what KAuthApp takes out."""

from __future__ import annotations

from datetime import UTC, datetime

from KAuthApp.backend.application.dto.noticeDTO import NOTICE_TOPIC as AUTH_NOTICE_TOPIC
from KAuthApp.backend.application.dto.noticeDTO import Notice, NoticeDTO
from KAuthApp.backend.application.dto.outboxMessages import END_COPIES_TOPIC, EndedSessionsDTO, MailDTO
from KAuthApp.backend.application.dto.outboxMessages import MAIL_TOPIC as AUTH_MAIL_TOPIC
from KAuthApp.backend.domain.interfaces.mailWriterInterface import MailKind
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.infrastructure.security.cryptoPersonalSealer import CryptoPersonalSealer
from KAuthApp.backend.infrastructure.security.cryptoSecretSealer import CryptoSecretSealer
from KSysAdmin.backend.application.dto.outboxMessages import (
    END_USER_COPIES_TOPIC,
    MAIL_TOPIC,
    NOTICE_TOPIC,
    FactorsResetNoticeDTO,
    PasswordResetMailDTO,
    changedUserCredentials,
    endedUserSessions,
)
from KSysAdmin.backend.infrastructure.crypto.personalOpener import PersonalOpener
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
    at, userId = datetime(2026, 11, 21, 16, 57, tzinfo=UTC), generateId()
    personal = PersonalOpener(crypto)
    key = personal.newKey(userId, at)
    assert NOTICE_TOPIC == AUTH_NOTICE_TOPIC
    order = NoticeDTO.model_validate(FactorsResetNoticeDTO.to("Ayu@example.com", at, key, personal))
    assert (order.kind, order.userId) == (MailKind.FACTORS_RESET, userId)
    read = order.open(UserKey.keep(userId, key.keySealed, at), CryptoPersonalSealer(crypto))
    assert read == Notice(emailAsGiven="Ayu@example.com", facts={"at": at.isoformat()})

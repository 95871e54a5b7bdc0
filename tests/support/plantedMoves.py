"""Accounts that are about to move to another address, or have moved: their codes and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from KAuthApp.backend.domain.models.emailAddress import EmailAddress
from KAuthApp.backend.domain.models.emailChange import EmailChange
from KAuthApp.backend.domain.models.oneTimeCode import CodePurpose
from KAuthApp.backend.domain.models.userKey import UserKey
from KAuthApp.backend.domain.policies.emailChangePolicy import EmailChangePolicy
from KAuthApp.backend.infrastructure.security.cryptoPersonalSealer import CryptoPersonalSealer
from KAuthApp.backend.infrastructure.security.cryptoSecretMaker import CryptoSecretMaker
from shared.backend.utils.clock import SystemClock
from tests.support.planted import Account, Planter, Row

POLICY: Final = EmailChangePolicy()
MOVED: Final = """UPDATE user_account SET email = moved.address, email_as_given = moved.address
    FROM unnest($1::uuid[], $2::text[]) AS moved(id, address) WHERE user_account.id = moved.id"""


async def plantMoves(planter: Planter, owners: Sequence[Account]) -> None:
    """Each has asked to move, and `CODE` came to both addresses."""
    await _insert(planter, *_asked(planter, owners))
    for purpose in (CodePurpose.EMAIL_CHANGE_OLD, CodePurpose.EMAIL_CHANGE_NEW):
        await planter.codes(owners, purpose)


async def plantDoneMoves(planter: Planter, owners: Sequence[Account]) -> list[str]:
    """Each has moved; the secrets that take it back."""
    maker = CryptoSecretMaker(planter.crypto)
    tokens = [maker.newSecret() for _ in owners]
    keys, changes = _asked(planter, owners)
    for change, token in zip(changes, tokens, strict=True):
        change.apply(POLICY, change.createdAt)
        change.revertHash = maker.hashSecret(token)
    await _insert(planter, keys, changes)
    await planter.execute(MOVED, [owner.id for owner in owners], [_next(owner) for owner in owners])
    return tokens


def _asked(planter: Planter, owners: Sequence[Account]) -> tuple[Sequence[UserKey], Sequence[EmailChange]]:
    sealer, now = CryptoPersonalSealer(planter.crypto), SystemClock().now()
    keys = [sealer.newKey(owner.id, now) for owner in owners]
    changes = [
        EmailChange.ask(key, sealer, EmailAddress.parse(owner.email), EmailAddress.parse(_next(owner)), POLICY, now)
        for owner, key in zip(owners, keys, strict=True)
    ]
    return keys, changes


async def _insert(planter: Planter, keys: Sequence[UserKey], changes: Sequence[EmailChange]) -> None:
    await planter.insert("user_key", [_keyRow(key) for key in keys])
    await planter.insert("email_change", [_changeRow(change) for change in changes])


def _next(owner: Account) -> str:
    return f"moved-{owner.id.hex}@example.com"


def _keyRow(key: UserKey) -> Row:
    return {"user_id": key.userId, "key_sealed": key.keySealed, "created_at": key.createdAt}


def _changeRow(change: EmailChange) -> Row:
    return {
        "id": change.id,
        "user_id": change.userId,
        "new_email_sealed": change.newEmailSealed,
        "old_email_sealed": change.oldEmailSealed,
        "created_at": change.createdAt,
        "expires_at": change.expiresAt,
        "applied_at": change.appliedAt,
        "revert_hash": change.revertHash,
        "revert_until": change.revertUntil,
    }

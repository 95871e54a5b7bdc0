"""The crypto extension against `cryptography` and `argon2-cffi`: python -m scripts.benchmarks.cryptoBench"""

from __future__ import annotations

import base64
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from k_services_crypto import AeadKey, KeyRing, PasswordHasher

from scripts.benchmarks.benchRow import BenchRow

ROUNDS = 15
HASH_ROUNDS = 9
ROUND_SECONDS = 0.02
BATCH = 100
HASH_THREADS = 2
HASHES_A_ROUND = 8
MEMORY_KIB, ITERATIONS, LANES = 19456, 2, 1
CONTEXT = "user:0190f3a2:totp"
ROOT = os.urandom(32)
RING = KeyRing(1, {1: "a master key that serves this benchmark only"})

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two ways to do the same work; one call does `units` of it."""

    name: str
    ours: Work
    theirs: Work
    units: int = 1


def measure() -> list[BenchRow]:
    """Every comparison, ours and theirs in turns so that both meet the same machine."""
    rows = [_compared(comparison) for comparison in (*_sameCall(), *_wholeRecord(), *_batch())]
    return [*rows, *_passwords()]


def main() -> list[BenchRow]:
    rows = measure()
    for row in rows:
        print(row.toLine())
    return rows


def _sameCall() -> list[Comparison]:
    """One AES-256-GCM call with key, nonce and context at hand: what a call into the extension costs."""
    key, nonce, context = os.urandom(32), os.urandom(12), CONTEXT.encode()
    ours, theirs = AeadKey(key), AESGCM(key)

    def ofSize(label: str, size: int) -> list[Comparison]:
        text = os.urandom(size)
        sealed = theirs.encrypt(nonce, text, context)
        return [
            Comparison(
                f"AES-256-GCM same call, seal {label}",
                lambda: ours.seal(nonce, text, context),
                lambda: theirs.encrypt(nonce, text, context),
            ),
            Comparison(
                f"AES-256-GCM same call, open {label}",
                lambda: ours.open(nonce, sealed, context),
                lambda: theirs.decrypt(nonce, sealed, context),
            ),
        ]

    return [*ofSize("64 B", 64), *ofSize("1 KiB", 1024), *ofSize("64 KiB", 65536)]


def _wholeRecord() -> list[Comparison]:
    """A text sealed for one column, and opened from it."""
    text = "x" * 64
    ourToken, theirToken = RING.sealText(text, CONTEXT), _sealTheirs(text, CONTEXT)
    fixedKey = AESGCM(ROOT)
    return [
        Comparison(
            "whole record, seal (same work)",
            lambda: RING.sealText(text, CONTEXT),
            lambda: _sealTheirs(text, CONTEXT),
        ),
        Comparison(
            "whole record, open (same work)",
            lambda: RING.openText(ourToken, CONTEXT),
            lambda: _openTheirs(theirToken, CONTEXT),
        ),
        Comparison(
            "whole record, seal (theirs without a key per record)",
            lambda: RING.sealText(text, CONTEXT),
            lambda: _sealWithFixedKey(fixedKey, text, CONTEXT),
        ),
    ]


def _batch() -> list[Comparison]:
    """A list of records in one call against a loop."""
    texts = [("x" * 64, f"{CONTEXT}:{number}") for number in range(BATCH)]
    ours = list(zip(RING.sealTexts(texts), (context for _, context in texts), strict=True))
    theirs = [(_sealTheirs(text, context), context) for text, context in texts]
    fixedKey = AESGCM(ROOT)
    return [
        Comparison(
            f"batch of {BATCH}, seal (same work)",
            lambda: RING.sealTexts(texts),
            lambda: [_sealTheirs(text, context) for text, context in texts],
            BATCH,
        ),
        Comparison(
            f"batch of {BATCH}, open (same work)",
            lambda: RING.openTexts(ours),
            lambda: [_openTheirs(token, context) for token, context in theirs],
            BATCH,
        ),
        Comparison(
            f"batch of {BATCH}, seal (theirs without a key per record)",
            lambda: RING.sealTexts(texts),
            lambda: [_sealWithFixedKey(fixedKey, text, context) for text, context in texts],
            BATCH,
        ),
    ]


def _passwords() -> list[BenchRow]:
    """Argon2id at the default costs, on one thread and on two."""
    hasher = PasswordHasher(MEMORY_KIB, ITERATIONS, LANES, None, [])

    def ours(_: int) -> str:
        return hasher.hash("correct horse battery staple")

    def theirs(_: int) -> bytes:
        return hash_secret(b"correct horse battery staple", os.urandom(16), ITERATIONS, MEMORY_KIB, LANES, 32, Type.ID)

    with ThreadPoolExecutor(HASH_THREADS) as pool:
        each = range(HASHES_A_ROUND)
        threaded = Comparison(
            f"Argon2id 19 MiB t=2 p=1, {HASH_THREADS} threads",
            lambda: list(pool.map(ours, each)),
            lambda: list(pool.map(theirs, each)),
            HASHES_A_ROUND,
        )
        single = Comparison("Argon2id 19 MiB t=2 p=1, 1 thread", lambda: ours(0), lambda: theirs(0))
        return [_compared(comparison, HASH_ROUNDS) for comparison in (single, threaded)]


def _compared(comparison: Comparison, rounds: int = ROUNDS) -> BenchRow:
    repeats = _repeatsOf(comparison.theirs)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        ours.append(_secondsOf(comparison.ours, repeats) / comparison.units)
        theirs.append(_secondsOf(comparison.theirs, repeats) / comparison.units)
    ratio = statistics.median(their / our for our, their in zip(ours, theirs, strict=True))
    detail = f"ours {_duration(statistics.median(ours))}, theirs {_duration(statistics.median(theirs))}"
    return BenchRow(comparison.name, round(ratio, 3), "throughput", detail)


def _repeatsOf(work: Work) -> int:
    work()
    return max(1, round(ROUND_SECONDS / _secondsOf(work, 1)))


def _secondsOf(work: Work, repeats: int) -> float:
    startedAt = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - startedAt) / repeats


def _duration(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.2f} µs"


def _recordKey(salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"k-crypto/1/record").derive(ROOT))


def _sealTheirs(text: str, context: str) -> str:
    salt, nonce = os.urandom(16), os.urandom(12)
    ciphertext = _recordKey(salt).encrypt(nonce, text.encode(), context.encode())
    return "k1.1." + base64.urlsafe_b64encode(salt + nonce + ciphertext).decode().rstrip("=")


def _openTheirs(token: str, context: str) -> str:
    _, _, encoded = token.split(".")
    body = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    return _recordKey(body[:16]).decrypt(body[16:28], body[28:], context.encode()).decode()


def _sealWithFixedKey(key: AESGCM, text: str, context: str) -> str:
    nonce = os.urandom(12)
    ciphertext = key.encrypt(nonce, text.encode(), context.encode())
    return "k1.1." + base64.urlsafe_b64encode(nonce + ciphertext).decode().rstrip("=")


if __name__ == "__main__":
    main()

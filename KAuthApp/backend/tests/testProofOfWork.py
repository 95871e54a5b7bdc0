"""Proofs of work: altcha's own libraries solve them, and nothing else passes for one."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from altcha import Challenge, Payload, solve_challenge
from httpx import AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from conftest import TEST_MASTER_KEY
from KAuthApp.backend.application.output.proofOfWorkOutput import ProofOfWorkOutput
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy, ProofPurpose
from KAuthApp.backend.infrastructure.security.altchaProofOfWork import AltchaProofOfWork
from KAuthApp.backend.tests.harness import AuthServer
from shared.backend.cryptoFactory import CryptoFactory
from shared.backend.utils.clock import SystemClock

ROOT: Final = Path(__file__).resolve().parents[3]
CRYPTO: Final = CryptoFactory.fromKeys(TEST_MASTER_KEY)
POLICY: Final = ProofPolicy(iterations=2)
PROOFS: Final = AltchaProofOfWork(CRYPTO, POLICY)
SOLVE_IN_JAVASCRIPT: Final = """
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
const challenge = JSON.parse(process.argv[1])
const solution = await solveChallenge({ challenge, deriveKey })
console.log(btoa(JSON.stringify({ challenge, solution })))
"""
json_ = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def now() -> datetime:
    """When this file was read may be long ago: a proof expires by the clock of the wall too."""
    return SystemClock().now()


def issued(
    purpose: ProofPurpose = ProofPurpose.LOGIN, rounds: int = 4, at: datetime | None = None
) -> dict[str, JsonValue]:
    return ProofOfWorkOutput.of(PROOFS.challenge(purpose, rounds, at or now())).model_dump(mode="json")


def solved(challenge: dict[str, JsonValue]) -> str:
    solution = solve_challenge(Challenge.from_dict(challenge))
    assert solution is not None
    return Payload(Challenge.from_dict(challenge), solution).to_base64()


def asProof(payload: JsonValue) -> str:
    return base64.b64encode(json.dumps(payload).encode()).decode()


def testASolvedChallengeIsAProofForItsPurposeUntilItExpires() -> None:
    issuedAt = now()
    proof = solved(issued(ProofPurpose.FORGOT, at=issuedAt))
    assert PROOFS.read(proof, ProofPurpose.FORGOT, issuedAt) is not None
    assert PROOFS.read(proof, ProofPurpose.LOGIN, issuedAt) is None
    assert PROOFS.read(proof, ProofPurpose.FORGOT, issuedAt + POLICY.lifetime - timedelta(seconds=1)) is not None
    assert PROOFS.read(proof, ProofPurpose.FORGOT, issuedAt + POLICY.lifetime) is None


def testTheWorkIsWhatWasAskedFor() -> None:
    counters = {Payload.from_base64(solved(issued(rounds=40))).solution.counter for _ in range(40)}
    assert min(counters) >= 20
    assert max(counters) < 60
    assert len(counters) > 5


def testAnotherPlatformsChallengesAreNotOurs() -> None:
    foreign = AltchaProofOfWork(CryptoFactory.fromKeys("another master key, long enough to count"), POLICY)
    challenge = ProofOfWorkOutput.of(foreign.challenge(ProofPurpose.LOGIN, 2, now())).model_dump(mode="json")
    assert PROOFS.read(solved(challenge), ProofPurpose.LOGIN, now()) is None


def testEachProofHasItsOwnName() -> None:
    first, second = solved(issued()), solved(issued())
    names = {proof: PROOFS.read(proof, ProofPurpose.LOGIN, now()) for proof in (first, second)}
    assert len({each.challengeHash for each in names.values() if each is not None}) == 2
    spelt = json.loads(base64.b64decode(first))
    spelt["solution"]["derivedKey"] = spelt["solution"]["derivedKey"].upper()
    spelt["solution"]["time"] = 1
    again = PROOFS.read(asProof(spelt), ProofPurpose.LOGIN, now())
    assert again is None or again == names[first], "spelt otherwise it is still the same proof"


@given(st.sampled_from(["algorithm", "nonce", "salt", "cost", "keyPrefix", "keySignature", "expiresAt", "data"]), json_)
def testNothingOfAChallengeCanBeChanged(name: str, value: JsonValue) -> None:
    payload = json.loads(base64.b64decode(solved(issued())))
    if payload["challenge"]["parameters"][name] == value:
        return
    payload["challenge"]["parameters"][name] = value
    assert PROOFS.read(asProof(payload), ProofPurpose.LOGIN, now()) is None


@settings(max_examples=300)
@given(
    st.text(max_size=200)
    | json_.map(asProof)
    | st.fixed_dictionaries({"challenge": json_, "solution": json_}).map(asProof)
)
def testNothingElseIsAProofAndNothingBreaksTheReader(text: str) -> None:
    assert PROOFS.read(text, ProofPurpose.LOGIN, now()) is None


async def testTheBrowsersLibrarySolvesIt(client: AsyncClient, server: AuthServer) -> None:
    challenge = (await client.get("/api/auth/proof-of-work", params={"purpose": "register"})).text
    process = await asyncio.create_subprocess_exec(
        "node", "--input-type=module", "-e", SOLVE_IN_JAVASCRIPT, challenge, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    proof, _ = await process.communicate()
    reader = AltchaProofOfWork(server.resources.crypto, server.settings.defencePolicies.proof)
    assert reader.read(proof.decode().strip(), ProofPurpose.REGISTER, server.clock.now()) is not None


async def testAChallengeIsPublicAndOfTheCallsThereAre(client: AsyncClient) -> None:
    answer = await client.get("/api/auth/proof-of-work")
    assert answer.status_code == 200
    assert answer.json()["parameters"]["data"] == {"purpose": "login"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await client.get("/api/auth/proof-of-work", params={"purpose": "payment"})).status_code == 422


async def testPagesLearnHowLongAPasswordIs(client: AsyncClient, server: AuthServer) -> None:
    answer = await client.get("/api/auth/password-policy")
    assert answer.json() == {"minLength": 15, "maxLength": 128}
    assert answer.headers["Cache-Control"] == "public, max-age=60"

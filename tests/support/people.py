"""Customers and administrators of a running stack, doing over HTTP what they would do in a browser."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Self

import httpx
import pyotp
from pydantic import JsonValue

from shared.backend.utils.uuid import generateId
from tests.support.runningStack import RunningStack

PASSWORD = "a long sentence nobody would guess 4711"
# less than the time for which a sign-in is fresh
FRESH_S = 240.0
Body = Mapping[str, JsonValue]


class Person:
    """A browser with a cookie jar, through the gateway."""

    base = "/api"
    csrfPath = "/api/auth/csrf"

    def __init__(self, stack: RunningStack, email: str | None = None) -> None:
        self.stack = stack
        self.email = email or f"person-{generateId()}@example.com"
        self.http = httpx.AsyncClient(base_url=stack.endpoints.gateway, timeout=30, follow_redirects=False)
        self._csrf = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    @property
    def headers(self) -> dict[str, str]:
        """What this browser would send, for a client that has no jar."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.http.cookies.jar)
        return {"Cookie": cookies, "X-CSRF-Token": self._csrf}

    async def get(self, path: str, **parameters: str | int) -> httpx.Response:
        return await self.http.get(path, params=parameters or None)

    async def send(self, method: str, path: str, body: Body | None = None, **headers: str) -> httpx.Response:
        sent = {"X-CSRF-Token": self._csrf} if self._csrf else {}
        return await self.http.request(method, path, json=body, headers=sent | headers)

    async def post(self, path: str, body: Body | None = None, **headers: str) -> httpx.Response:
        return await self.send("POST", path, body, **headers)

    async def takeCsrf(self) -> None:
        answer = await self.get(self.csrfPath)
        assert answer.status_code == 200, answer.text
        self._csrf = answer.json()["csrfToken"]


class Customer(Person):
    """Someone with an account at KAuthApp."""

    async def register(self) -> None:
        answer = await self.post("/api/auth/register", {"email": self.email, "password": PASSWORD, "fullName": "Budi"})
        assert answer.status_code == 202, answer.text
        code = await self.stack.mailbox.codeFor(self.email)
        verified = await self.post("/api/auth/verify-email", {"email": self.email, "code": code})
        assert verified.json() == {"status": "verified"}, verified.text

    async def signIn(self) -> None:
        answer = await self.post("/api/auth/login", {"email": self.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] == "authenticated"
        await self.takeCsrf()

    async def createPayment(self, value: str = "150000.00", key: str | None = None) -> dict[str, JsonValue]:
        body: Body = {
            "reference": f"order-{generateId()}",
            "amount": {"value": value, "currency": "IDR"},
            "method": "briva",
            "description": "A test order",
        }
        answer = await self.post("/api/payment/payments", body, **{"Idempotency-Key": key or str(generateId())})
        assert answer.status_code == 201, answer.text
        payment: dict[str, JsonValue] = answer.json()
        return payment

    async def paymentStatus(self, paymentId: JsonValue) -> str:
        answer = await self.get(f"/api/payment/payments/{paymentId}")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["status"])

    async def awaitStatus(self, paymentId: JsonValue, wanted: str, seconds: float) -> float:
        """Seconds until the payment had this status; a failure when it takes longer than `seconds`."""
        startedAt = time.monotonic()
        seen = ""
        while time.monotonic() - startedAt < seconds:
            seen = await self._statusOrNothing(paymentId)
            if seen == wanted:
                return time.monotonic() - startedAt
            await asyncio.sleep(0.2)
        raise AssertionError(f"the payment is {seen or 'not readable'}, not {wanted}, after {seconds} s")

    async def _statusOrNothing(self, paymentId: JsonValue) -> str:
        try:
            answer = await self.get(f"/api/payment/payments/{paymentId}")
        except httpx.TransportError:
            return ""
        return str(answer.json()["status"]) if answer.status_code == 200 else ""


class Administrator(Person):
    """The owner of the installation, made by `scripts/manage`, with TOTP enrolled at the first sign-in."""

    csrfPath = "/api/admin/auth/csrf"

    def __init__(self, stack: RunningStack, email: str | None = None) -> None:
        super().__init__(stack, email)
        self._secret, self._provenAt = "", 0.0

    async def send(self, method: str, path: str, body: Body | None = None, **headers: str) -> httpx.Response:
        await self.stayFresh()
        return await super().send(method, path, body, **headers)

    async def stayFresh(self) -> None:
        """Proves again who it is before the sign-in is too long ago, as the console asks a person to."""
        if not self._secret or time.monotonic() - self._provenAt < FRESH_S:
            return
        proof = {"code": pyotp.TOTP(self._secret).now()}
        renewed = await super().send("POST", "/api/admin/auth/reauthenticate", proof)
        assert renewed.status_code == 200, renewed.text
        self._provenAt = time.monotonic()
        await self.takeCsrf()

    async def createAndSignIn(self) -> None:
        made = self.stack.run("manage", "createAdmin", "--email", self.email, stdin=f"{PASSWORD}\n")
        assert made.returncode == 0, made.stdout + made.stderr
        login = await self.post("/api/admin/auth/login", {"email": self.email, "password": PASSWORD})
        assert login.json()["status"] == "enrollmentRequired", login.text
        challenge = {"challengeId": login.json()["challengeId"]}
        enrolled = await self.post("/api/admin/auth/mfa/totp/enroll", challenge)
        assert enrolled.status_code == 200, enrolled.text
        secret = enrolled.json()["secret"]
        code = pyotp.TOTP(secret).now()
        confirmed = await self.post("/api/admin/auth/mfa/totp/confirm", challenge | {"code": code})
        assert confirmed.json()["status"] == "authenticated", confirmed.text
        assert len(confirmed.json()["recoveryCodes"]) == 10
        self._secret, self._provenAt = secret, time.monotonic()
        await self.takeCsrf()


class Bank:
    """The simulator's control API (apiContract 5)."""

    def __init__(self, stack: RunningStack) -> None:
        # an idle connection goes before the simulator ends it: both take 5 s by default, and one may be lost between
        soonClosed = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1)
        self._http = httpx.AsyncClient(base_url=stack.endpoints.simulator, timeout=60, limits=soonClosed)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def pay(self, payment: Mapping[str, JsonValue], times: int = 1) -> str:
        """Pay the account in full; the bank's id of the movement."""
        briva, amount = payment["briva"], payment["amount"]
        assert isinstance(briva, dict)
        assert isinstance(amount, dict)
        digits = str(briva["virtualAccountNo"]).replace(" ", "")
        body = {"amount": amount["value"], "times": times}
        answer = await self._http.post(f"/simulator/virtual-accounts/{digits}/pay", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["paymentRequestId"])

    async def tryToPay(self, payment: Mapping[str, JsonValue]) -> bool:
        """Pay; True when the account is paid now, by this call or by one whose answer was lost."""
        briva, amount = payment["briva"], payment["amount"]
        assert isinstance(briva, dict)
        assert isinstance(amount, dict)
        digits = str(briva["virtualAccountNo"]).replace(" ", "")
        try:
            answer = await self._http.post(
                f"/simulator/virtual-accounts/{digits}/pay", json={"amount": amount["value"]}
            )
        except httpx.TransportError:
            return False
        return answer.status_code in {200, 409}

    async def fault(self, operation: str, fault: str, times: int = 1) -> None:
        body = {"operation": operation, "fault": fault, "times": times}
        answer = await self._http.put("/simulator/faults", json=body)
        assert answer.is_success, answer.text

    async def reset(self) -> None:
        answer = await self._http.post("/simulator/reset")
        assert answer.is_success, answer.text

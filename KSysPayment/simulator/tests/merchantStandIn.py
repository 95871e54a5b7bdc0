"""A merchant of a few lines: issues tokens, checks the bank's signatures, records calls, answers as told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import JsonValue

BASE_PATH: Final = "/api/payment/bri"
TOKEN_PATH: Final = f"{BASE_PATH}/snap/v1.0/access-token/b2b"
NOTIFY_PATH: Final = f"{BASE_PATH}/snap/v1.0/transfer-va/notify-payment-intrabank"
INQUIRY_PATH: Final = f"{BASE_PATH}/snap/v1.0/transfer-va/inquiry"
PAYMENT_PATH: Final = f"{BASE_PATH}/snap/v1.0/transfer-va/payment"
ISSUED_TOKEN: Final = "merchant-issued-token-0123456789abcdef"

JsonObject = dict[str, JsonValue]


@dataclass(frozen=True)
class ReceivedCall:
    """One call of the bank; `isSigned` when its signature was good over the raw body."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    isSigned: bool
    headerNames: Sequence[str] = ()

    @property
    def content(self) -> JsonObject:
        """The body as an object."""
        content: JsonObject = json.loads(self.body)
        return content


@dataclass
class PlannedAnswer:
    """What to answer at one path."""

    status: int = 200
    content: JsonValue = None
    delaySeconds: float = 0.0


@dataclass
class MerchantStandIn:
    """Listens on a free port until stopped."""

    bankPublicKey: rsa.RSAPublicKey | None = None
    secret: str = ""
    received: list[ReceivedCall] = field(default_factory=list)
    answers: dict[str, PlannedAnswer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        standIn = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                standIn.handle(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
                """Keep quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self._server.request_queue_size = 128
        self._server.daemon_threads = True
        self._server.server_bind()
        self._server.server_activate()
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def baseUrl(self) -> str:
        """Where the bank finds it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{BASE_PATH}"

    def learn(self, briEnvironment: Mapping[str, str]) -> None:
        """Take the bank's key and the inbound secret from a started simulator."""
        pem = Path(briEnvironment["BRI_BANK_PUBLIC_KEY_FILE"]).read_bytes()
        key = serialization.load_pem_public_key(pem)
        assert isinstance(key, rsa.RSAPublicKey)
        self.bankPublicKey = key
        self.secret = briEnvironment["BRI_INBOUND_CLIENT_SECRET"]

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """Record one call and answer it."""
        body = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in request.headers.items()}
        isComplete = len(body) == int(headers.get("content-length", "0"))
        isToken = request.path == TOKEN_PATH
        isSigned = self.isRsaSigned(headers) if isToken else self.isHmacSigned(request.path, headers, body)
        if isComplete:
            self.received.append(ReceivedCall(request.path, headers, body, isSigned, request.headers.keys()))
        planned = self.answers.get(request.path, PlannedAnswer(content=self.usualAnswer(request.path)))
        time.sleep(planned.delaySeconds)
        raw = planned.content.encode() if isinstance(planned.content, str) else json.dumps(planned.content).encode()
        try:
            request.send_response(planned.status)
            request.send_header("Content-Type", "application/json")
            request.send_header("Content-Length", str(len(raw)))
            request.end_headers()
            request.wfile.write(raw)
        except OSError:
            return

    def usualAnswer(self, path: str) -> JsonObject:
        """What a merchant in good health says."""
        if path == TOKEN_PATH:
            return {"accessToken": ISSUED_TOKEN, "tokenType": "BearerToken", "expiresIn": "900"}
        codes = {NOTIFY_PATH: "2003400", INQUIRY_PATH: "2002400", PAYMENT_PATH: "2002500"}
        bill: JsonObject = {"virtualAccountName": "Budi", "totalAmount": {"value": "12345.00", "currency": "IDR"}}
        return {"responseCode": codes[path], "responseMessage": "Successful", "virtualAccountData": bill}

    def isRsaSigned(self, headers: Mapping[str, str]) -> bool:
        """Whether a token request is the bank's."""
        text = f"{headers['x-client-key']}|{headers['x-timestamp']}".encode()
        assert self.bankPublicKey is not None
        try:
            signature = base64.b64decode(headers["x-signature"])
            self.bankPublicKey.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def isHmacSigned(self, path: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether a transaction is signed with the shared secret and the issued token, over the raw body."""
        text = f"POST:{path}:{ISSUED_TOKEN}:{hashlib.sha256(body).hexdigest()}:{headers['x-timestamp']}"
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha512).digest()
        return hmac.compare_digest(base64.b64decode(headers["x-signature"]), digest)

    def callsTo(self, path: str) -> list[ReceivedCall]:
        """What came to one path."""
        return [call for call in self.received if call.path == path]

    def forget(self) -> None:
        """Start over."""
        self.received.clear()
        self.answers.clear()

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()

"""A payment server with its jobs, in a process of its own: `serve PORT`, settings as JSON on standard input."""

from __future__ import annotations

import json
import sys

import uvicorn

from KSysPayment.backend.tests.support.paymentServer import PaymentTestSettings, makeServerPlan
from shared.backend.server import createServer


def main(port: int) -> None:
    settings = PaymentTestSettings.model_validate(json.load(sys.stdin))
    app = createServer(makeServerPlan(lambda *_: None), settings)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    main(int(sys.argv[1]))

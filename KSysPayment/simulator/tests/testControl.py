from __future__ import annotations

import ast
from pathlib import Path

import httpx

from KSysPayment.simulator.tests.merchantCaller import CREATE_PATH, MerchantCaller
from KSysPayment.simulator.tests.merchantStandIn import NOTIFY_PATH, MerchantStandIn

PACKAGE = Path(__file__).resolve().parents[1]


def testItIsAlive(caller: MerchantCaller) -> None:
    response = httpx.get(f"{caller.simulator.baseUrl}/health/live")
    assert response.json() == {"status": "alive", "instanceId": "simulator-1"}


def testResetForgetsFaultsAndMoney(caller: MerchantCaller, merchant: MerchantStandIn) -> None:
    bill = caller.create()
    caller.fault("notify", "late", delaySeconds=0.5)
    caller.fault("createVa", "lost")
    assert caller.pay(bill).is_success
    assert caller.control("PUT", "/clock", {"offsetSeconds": 100}).json()["offsetSeconds"] == 100
    assert caller.control("POST", "/reset").json() == {"status": "reset"}
    for path in ("/faults", "/ledger", "/exchanges", "/virtual-accounts"):
        assert caller.control("GET", path).json() == {"items": []}
    assert caller.call("POST", CREATE_PATH, bill).json()["responseCode"] == "2002700"
    assert merchant.callsTo(NOTIFY_PATH) == []


def testTheControlInterfaceDescribesItself(caller: MerchantCaller) -> None:
    paths = caller.control("GET", "/openapi.json").json()["paths"]
    assert "/simulator/virtual-accounts/{digits}/pay" in paths
    assert "/simulator/faults" in paths


def testNothingOfThePaymentServiceOrTheSharedCodeIsImported() -> None:
    foreign = [
        f"{path.name}: {module}"
        for path in PACKAGE.rglob("*.py")
        for module in importedModules(path)
        if module.split(".")[0] in {"shared", "KAuthApp", "KSysAdmin", "scripts"}
        or module.startswith("KSysPayment.backend")
    ]
    assert foreign == []


def importedModules(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    return named + [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]

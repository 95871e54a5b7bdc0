from __future__ import annotations

from scripts.stack.systemdUnits import unitsFor


def testEveryShippedProcessHasAUnitAndNothingOfDevelopmentHas() -> None:
    units = unitsFor("k")
    assert set(units) == {
        "k-migrate.service",
        "k-publicServer.service",
        "k-adminServer.service",
        "k-gateway.service",
        "k.target",
    }


def testTheGatewayMayServeTheWebAndIsReloadedInPlace() -> None:
    units = unitsFor("k")
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in units["k-gateway.service"]
    assert "LimitNOFILE=65536" in units["k-gateway.service"]
    assert "ExecReload=" in units["k-gateway.service"]
    assert "AmbientCapabilities" not in units["k-publicServer.service"]


def testAUnitStartsAfterWhatItNeeds() -> None:
    unit = unitsFor("k")["k-publicServer.service"]
    assert "After=postgresql.service redis-server.service k-migrate.service" in unit
    assert "Restart=always" in unit
    assert "User=k" in unit


def testWhoAnswersWithinAMomentHasMoreOfFullProcessorsThanWhoComputes() -> None:
    units = unitsFor("k")
    assert "CPUWeight=3000\n" in units["k-gateway.service"]
    assert "CPUWeight=100\n" in units["k-publicServer.service"]

"""One running simulator and one merchant stand-in per test file; each test starts with an empty bank."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from KSysPayment.simulator.testing import RunningSimulator, startSimulator
from KSysPayment.simulator.tests.merchantCaller import MerchantCaller
from KSysPayment.simulator.tests.merchantStandIn import MerchantStandIn


@pytest.fixture(name="runningMerchant", scope="module")
def provideRunningMerchant() -> Iterator[MerchantStandIn]:
    """The merchant's listening side."""
    merchant = MerchantStandIn()
    yield merchant
    merchant.stop()


@pytest.fixture(name="simulator", scope="module")
def provideSimulator(
    tmp_path_factory: pytest.TempPathFactory, runningMerchant: MerchantStandIn
) -> Iterator[RunningSimulator]:
    """The program itself."""
    simulator = startSimulator(
        tmp_path_factory.mktemp("simulator"),
        runningMerchant.baseUrl,
        overrides={"SIMULATOR_MERCHANT_TIMEOUT_SECONDS": "1.5", "K_INSTANCE_ID": "simulator-1"},
    )
    runningMerchant.learn(simulator.briEnvironment)
    yield simulator
    simulator.stop()


@pytest.fixture(name="keptCaller", scope="module")
def provideKeptCaller(simulator: RunningSimulator) -> MerchantCaller:
    """One caller a file: request numbers and account numbers go on counting."""
    return MerchantCaller(simulator)


@pytest.fixture(name="caller")
def provideCaller(keptCaller: MerchantCaller) -> MerchantCaller:
    """The merchant's calling side, before an empty bank."""
    assert keptCaller.control("POST", "/reset").is_success
    return keptCaller


@pytest.fixture(name="merchant")
def provideMerchant(runningMerchant: MerchantStandIn) -> MerchantStandIn:
    """The merchant's listening side, with nothing received yet."""
    runningMerchant.forget()
    return runningMerchant

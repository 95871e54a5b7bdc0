"""All repositories over one file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from KSysPayment.simulator.state.database import StateDatabase
from KSysPayment.simulator.state.exchangeRepository import ExchangeRepository
from KSysPayment.simulator.state.externalIdRepository import ExternalIdRepository
from KSysPayment.simulator.state.faultRepository import FaultRepository
from KSysPayment.simulator.state.partnerRepository import PartnerRepository
from KSysPayment.simulator.state.paymentRepository import PaymentRepository
from KSysPayment.simulator.state.tokenRepository import TokenRepository
from KSysPayment.simulator.state.virtualAccountRepository import VirtualAccountRepository

FORGOTTEN: Final = (
    "fault",
    "payment",
    "ledger_entry",
    "open_debit",
    "virtual_account",
    "online_account",
    "exchange",
    "external_id",
)


class BankState:
    """What the bank knows; only tokens outlive a reset, so that a merchant need not notice it."""

    def __init__(self, path: Path, keptExchanges: int) -> None:
        self.database = StateDatabase(path)
        self.tokens = TokenRepository(self.database)
        self.externalIds = ExternalIdRepository(self.database)
        self.accounts = VirtualAccountRepository(self.database)
        self.payments = PaymentRepository(self.database)
        self.faults = FaultRepository(self.database)
        self.exchanges = ExchangeRepository(self.database, keptExchanges)
        self.partner = PartnerRepository(self.database)

    def reset(self) -> None:
        """Forget faults, money, accounts, exchanges, used request numbers and the clock's offset."""
        with self.database.transaction():
            for table in FORGOTTEN:
                self.database.execute(f"DELETE FROM {table}")  # noqa: S608 -- names from the constant above
            self.partner.setClockOffset(0.0)

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

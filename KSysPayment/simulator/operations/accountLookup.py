"""Finding the account a call speaks of, with the refusals all operations share."""

from __future__ import annotations

from typing import Final

from KSysPayment.simulator.settings import SimulatorSettings
from KSysPayment.simulator.snap.answers import (
    INVALID_BILL,
    INVALID_FORMAT,
    PARTNER_NOT_FOUND,
    JsonObject,
    SnapRefusedError,
)
from KSysPayment.simulator.snap.fields import DIGITS, PADDED_DIGITS, SERVICE_ID, VISIBLE, FieldRule, textAt
from KSysPayment.simulator.state.bankState import BankState
from KSysPayment.simulator.state.virtualAccount import VirtualAccount, VirtualAccountState

NUMBER_FIELDS: Final = (
    FieldRule("partnerServiceId", 8, SERVICE_ID, exact=True),
    FieldRule("customerNo", 13, DIGITS),
    FieldRule("virtualAccountNo", 28, PADDED_DIGITS),
)
TRX_ID: Final = FieldRule("trxId", 64, VISIBLE)
OPTIONAL_TRX_ID: Final = FieldRule("trxId", 64, VISIBLE, mandatory=False)


class AccountLookup:
    """Accounts of the partner, by the numbers a body carries."""

    def __init__(self, settings: SimulatorSettings, state: BankState) -> None:
        self._settings = settings
        self._state = state

    def ensureOwnPrefix(self, body: JsonObject) -> None:
        """Refuse a prefix that is not this partner's."""
        if textAt(body, "partnerServiceId") != self._settings.paddedServiceId:
            raise SnapRefusedError(PARTNER_NOT_FOUND)

    def readDigits(self, body: JsonObject) -> str:
        """The number without spaces, once its layout and owner are right."""
        serviceId, customerNo = textAt(body, "partnerServiceId"), textAt(body, "customerNo")
        if textAt(body, "virtualAccountNo") != serviceId + customerNo:
            raise SnapRefusedError(INVALID_FORMAT, "virtualAccountNo")
        self.ensureOwnPrefix(body)
        return serviceId.strip() + customerNo

    def find(self, body: JsonObject) -> VirtualAccount:
        """The standing account under the body's number and, when one is given, reference."""
        account = self._state.accounts.findLatest(self.readDigits(body))
        if account is None or account.state is VirtualAccountState.DELETED:
            raise SnapRefusedError(INVALID_BILL, "[Not Found]")
        trxId = textAt(body, "trxId")
        if trxId and trxId != account.trxId:
            raise SnapRefusedError(INVALID_BILL, "[trxId]")
        return account

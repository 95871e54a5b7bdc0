from __future__ import annotations

from dataclasses import dataclass

from KSysPayment.backend.application.services.acceptNotificationService import AcceptNotificationService
from KSysPayment.backend.application.services.cancelPaymentService import CancelPaymentService
from KSysPayment.backend.application.services.createPaymentService import CreatePaymentService
from KSysPayment.backend.application.services.getCheckoutService import GetCheckoutService
from KSysPayment.backend.application.services.getPaymentService import GetPaymentService
from KSysPayment.backend.application.services.issueInboundTokenService import IssueInboundTokenService
from KSysPayment.backend.application.services.listPaymentsService import ListPaymentsService
from KSysPayment.backend.application.services.readBalanceService import ReadBalanceService
from KSysPayment.backend.application.services.readCheckoutStateService import ReadCheckoutStateService
from KSysPayment.backend.application.services.readEntriesService import ReadEntriesService
from KSysPayment.backend.application.services.readFeedService import ReadFeedService
from KSysPayment.backend.application.services.readStreamStateService import ReadStreamStateService
from KSysPayment.backend.domain.interfaces.identityReaderInterface import IdentityReaderInterface
from KSysPayment.backend.infrastructure.events.paymentEventHub import PaymentEventHub


@dataclass(frozen=True)
class PaymentUseCases:
    """Everything the payment part of the server can do for a caller."""

    createPayment: CreatePaymentService
    cancelPayment: CancelPaymentService
    getPayment: GetPaymentService
    listPayments: ListPaymentsService
    getCheckout: GetCheckoutService
    readFeed: ReadFeedService
    readStreamState: ReadStreamStateService
    readCheckoutState: ReadCheckoutStateService
    readBalance: ReadBalanceService
    readEntries: ReadEntriesService
    issueInboundToken: IssueInboundTokenService
    acceptNotification: AcceptNotificationService
    identityReader: IdentityReaderInterface
    eventHub: PaymentEventHub

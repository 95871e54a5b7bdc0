from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from fastapi import APIRouter
from pydantic import JsonValue

from KSysPayment.backend.application.services.acceptNotificationService import AcceptNotificationService
from KSysPayment.backend.application.services.cancelPaymentService import CancelPaymentService
from KSysPayment.backend.application.services.checkAttemptsService import CheckAttemptsService
from KSysPayment.backend.application.services.checkInvariantsService import CheckInvariantsService
from KSysPayment.backend.application.services.createPaymentService import CreateOptions, CreatePaymentService
from KSysPayment.backend.application.services.getCheckoutService import GetCheckoutService
from KSysPayment.backend.application.services.getPaymentService import GetPaymentService
from KSysPayment.backend.application.services.issueInboundTokenService import IssueInboundTokenService
from KSysPayment.backend.application.services.listPaymentsService import ListPaymentsService
from KSysPayment.backend.application.services.placeEventsService import PlaceEventsService
from KSysPayment.backend.application.services.processInboxService import ProcessInboxService
from KSysPayment.backend.application.services.readBalanceService import ReadBalanceService
from KSysPayment.backend.application.services.readCheckoutStateService import ReadCheckoutStateService
from KSysPayment.backend.application.services.readEntriesService import ReadEntriesService
from KSysPayment.backend.application.services.readFeedService import ReadFeedService
from KSysPayment.backend.application.services.readStreamStateService import ReadStreamStateService
from KSysPayment.backend.application.services.removeExpiredService import RemoveExpiredService
from KSysPayment.backend.application.services.sweepReportService import SweepReportService
from KSysPayment.backend.domain.interfaces.failpointInterface import FailpointInterface, NoFailpoint
from KSysPayment.backend.domain.interfaces.inboundCallInterface import InboundCallVerifierInterface
from KSysPayment.backend.domain.interfaces.paymentGatewayInterface import PaymentGatewayInterface
from KSysPayment.backend.domain.interfaces.paymentWorkInterface import OpenPaymentWork
from KSysPayment.backend.domain.models.outboxMessage import OutboxMessage
from KSysPayment.backend.domain.policies.checkPolicy import CheckPolicy
from KSysPayment.backend.domain.policies.receiptPolicy import ReceiptPolicy
from KSysPayment.backend.infrastructure.bri.briGateway import BriGateway
from KSysPayment.backend.infrastructure.bri.briOptions import BriOptions
from KSysPayment.backend.infrastructure.bri.briTokens import BriTokens
from KSysPayment.backend.infrastructure.bri.briTransport import BriTransport
from KSysPayment.backend.infrastructure.bri.inboundVerifier import InboundOptions, InboundVerifier
from KSysPayment.backend.infrastructure.bri.snapSignature import loadPrivateKey, loadPublicKey
from KSysPayment.backend.infrastructure.config.killingFailpoint import KillingFailpoint
from KSysPayment.backend.infrastructure.config.paymentSettings import PaymentSettings
from KSysPayment.backend.infrastructure.database.externalIdRepository import BankCallLog, ExternalIdSource
from KSysPayment.backend.infrastructure.database.invariantsRepository import InvariantsRepository
from KSysPayment.backend.infrastructure.database.paymentWork import PaymentWork
from KSysPayment.backend.infrastructure.database.personalTables import paymentPersonalTables
from KSysPayment.backend.infrastructure.events.paymentEventHub import PaymentEventHub
from KSysPayment.backend.infrastructure.http.briRouter import briRouter
from KSysPayment.backend.infrastructure.http.checkoutRouter import checkoutRouter
from KSysPayment.backend.infrastructure.http.dependencies import PaymentGate
from KSysPayment.backend.infrastructure.http.paymentRouter import paymentRouter
from KSysPayment.backend.infrastructure.http.paymentUseCases import PaymentUseCases
from KSysPayment.backend.infrastructure.identity.callableIdentityReader import CallableIdentityReader, ResolveIdentity
from KSysPayment.backend.infrastructure.redis.redisLease import RedisLease
from shared.backend.database.auditAddresses import AuditAddresses
from shared.backend.http.credentials import cookieNameFor
from shared.backend.jobs.job import Job
from shared.backend.jobs.outboxRelay import OutboxRelay
from shared.backend.server import ServerResources, ServiceModule

__all__ = [
    "PaymentParts",
    "PaymentSettings",
    "composeParts",
    "composePayment",
    "paymentPersonalTables",
    "paymentRouters",
]

SESSION_COOKIE = "kSession"
EVENT_TOPIC = "payment.event"


@dataclass(frozen=True)
class PaymentParts:
    """The concrete things behind the interfaces, made once."""

    openWork: OpenPaymentWork
    gateway: PaymentGatewayInterface
    verifier: InboundCallVerifierInterface
    checkPolicy: CheckPolicy
    receiptPolicy: ReceiptPolicy
    failpoint: FailpointInterface
    invariants: InvariantsRepository
    eventHub: PaymentEventHub


def composePayment(
    resources: ServerResources, settings: PaymentSettings, identityReader: ResolveIdentity
) -> ServiceModule:
    """This service on the server's resources; `identityReader` says who a credential belongs to."""
    parts = composeParts(resources, settings)
    useCases = _composeUseCases(parts, resources, settings, identityReader)
    cookieName = cookieNameFor(SESSION_COOKIE, settings.publicBaseUrl)
    gate = PaymentGate(useCases.identityReader, cookieName, resources.clock)
    state = {"paymentUseCases": useCases, "paymentGate": gate}
    return ServiceModule("payment", state, _composeJobs(parts, resources, settings))


def paymentRouters() -> list[APIRouter]:
    return [paymentRouter, checkoutRouter, briRouter]


def composeParts(resources: ServerResources, settings: PaymentSettings) -> PaymentParts:
    addresses = AuditAddresses(resources.crypto)

    def openWork() -> PaymentWork:
        return PaymentWork(resources.database, addresses)

    options = _briOptions(settings)
    inbound = InboundOptions(
        bankAccount=options.bankAccount,
        companyCode=options.companyCode,
        clientId=settings.briInboundClientId,
        clientSecret=settings.briInboundClientSecret,
        toleranceSeconds=settings.briTimestampToleranceSeconds,
    )
    return PaymentParts(
        openWork=openWork,
        gateway=_composeGateway(resources, settings, options),
        verifier=InboundVerifier(inbound, loadPublicKey(settings.briBankPublicKey)),
        checkPolicy=CheckPolicy(
            firstSeconds=settings.paymentCheckFirstSeconds,
            earlySeconds=settings.paymentCheckEverySeconds,
            expiryGraceSeconds=settings.paymentExpiryGraceSeconds,
            outcomeDeadlineSeconds=settings.paymentOutcomeDeadlineSeconds,
        ),
        receiptPolicy=ReceiptPolicy(lateMoney=settings.paymentLateMoney),
        failpoint=KillingFailpoint(settings.paymentFailpoint) if settings.paymentFailpoint else NoFailpoint(),
        invariants=InvariantsRepository(resources.database),
        eventHub=PaymentEventHub(openWork),
    )


def _composeGateway(resources: ServerResources, settings: PaymentSettings, options: BriOptions) -> BriGateway:
    http = httpx.AsyncClient(
        timeout=httpx.Timeout(options.totalSeconds, connect=options.connectSeconds), trust_env=False
    )
    transport = BriTransport(http, options, BankCallLog(resources.database), resources.clock)
    key = loadPrivateKey(settings.briPrivateKey.get_secret_value())
    tokens = BriTokens(transport, options, key, resources.clock)
    source = ExternalIdSource(resources.database, options.bankAccount, resources.clock)
    return BriGateway(transport, tokens, options, source, resources.clock)


def _briOptions(settings: PaymentSettings) -> BriOptions:
    return BriOptions(
        baseUrl=settings.briBaseUrl,
        clientId=settings.briClientId,
        clientSecret=settings.briClientSecret,
        partnerId=settings.briPartnerId,
        channelId=settings.briChannelId,
        companyCode=settings.briPartnerServiceId.strip(),
        signatureEncoding=settings.briOutboundSignatureEncoding,
        connectSeconds=settings.briConnectSeconds,
        totalSeconds=settings.briTotalSeconds,
        createSeconds=settings.briCreateSeconds,
        paths=settings.briPaths,
    )


def _composeUseCases(
    parts: PaymentParts, resources: ServerResources, settings: PaymentSettings, identityReader: ResolveIdentity
) -> PaymentUseCases:
    openWork, clock, baseUrl = parts.openWork, resources.clock, settings.publicBaseUrl
    options = CreateOptions(
        companyCode=settings.briPartnerServiceId.strip(),
        accountName=settings.paymentAccountName,
        publicBaseUrl=baseUrl,
    )
    return PaymentUseCases(
        createPayment=CreatePaymentService(
            openWork, parts.gateway, clock, options, parts.checkPolicy, parts.failpoint, resources.crypto.randomToken
        ),
        cancelPayment=CancelPaymentService(openWork, parts.gateway, clock, baseUrl),
        getPayment=GetPaymentService(openWork, baseUrl),
        listPayments=ListPaymentsService(openWork, baseUrl),
        getCheckout=GetCheckoutService(openWork),
        readFeed=ReadFeedService(openWork),
        readStreamState=ReadStreamStateService(openWork, baseUrl),
        readCheckoutState=ReadCheckoutStateService(openWork),
        readBalance=ReadBalanceService(openWork),
        readEntries=ReadEntriesService(openWork),
        issueInboundToken=IssueInboundTokenService(openWork, parts.verifier, clock, resources.crypto.randomToken),
        acceptNotification=AcceptNotificationService(openWork, parts.verifier, clock, parts.failpoint),
        identityReader=CallableIdentityReader(identityReader),
        eventHub=parts.eventHub,
    )


def _composeJobs(parts: PaymentParts, resources: ServerResources, settings: PaymentSettings) -> list[Job]:
    openWork, clock = parts.openWork, resources.clock

    async def onEvent(_: Mapping[str, JsonValue]) -> None:
        """The event has its place in the feed and open streams look at once."""
        await placeEvents.execute()
        parts.eventHub.wake()

    placeEvents = PlaceEventsService(openWork)
    relay = OutboxRelay(resources.database, OutboxMessage, clock, {EVENT_TOPIC: onEvent})
    inbox = ProcessInboxService(openWork, parts.gateway, parts.verifier, clock, parts.receiptPolicy, parts.failpoint)
    check = CheckAttemptsService(
        openWork, parts.gateway, clock, parts.checkPolicy, parts.receiptPolicy, parts.failpoint
    )
    every = settings.paymentReportEverySeconds
    sweep = SweepReportService(
        openWork,
        parts.gateway,
        clock,
        parts.receiptPolicy,
        BankCallLog(resources.database),
        RedisLease(resources.redis),
        max(1, every - 5),
    )
    return [
        Job("payment.processInbox", inbox.execute, 0.5),
        Job("payment.checkAttempts", check.execute, 1),
        Job("payment.sweepReport", sweep.execute, every),
        relay.job("payment.relay"),
        Job("payment.checkInvariants", CheckInvariantsService(parts.invariants, clock).execute, 60),
        Job("payment.removeExpired", RemoveExpiredService(openWork, clock).execute, 3600),
    ]

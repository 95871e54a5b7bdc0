from __future__ import annotations

from KAuthApp.backend.domain.policies.counterPolicy import CounterPolicy
from KAuthApp.backend.domain.policies.guardPolicy import GuardPolicy
from KAuthApp.backend.domain.policies.knownDevicePolicy import KnownDevicePolicy
from KAuthApp.backend.domain.policies.orderPolicy import NoticePolicy, OrderPolicy
from KAuthApp.backend.domain.policies.proofPolicy import ProofPolicy
from KAuthApp.backend.domain.policies.registrationPolicy import RegistrationPolicy
from shared.backend.utils.valueObject import ValueObject


class DefencePolicies(ValueObject):
    """Every threshold that stands between accounts and those who guess, stuff, enumerate and flood."""

    guard: GuardPolicy = GuardPolicy()
    counters: CounterPolicy = CounterPolicy()
    orders: OrderPolicy = OrderPolicy()
    notices: NoticePolicy = NoticePolicy()
    proof: ProofPolicy = ProofPolicy()
    devices: KnownDevicePolicy = KnownDevicePolicy()
    registration: RegistrationPolicy = RegistrationPolicy()

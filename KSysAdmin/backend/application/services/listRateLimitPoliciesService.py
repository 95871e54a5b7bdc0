from __future__ import annotations

from KSysAdmin.backend.application.output.rateLimitPolicyOutput import RateLimitPolicyOutput
from KSysAdmin.backend.domain.interfaces.adminUnitOfWorkInterface import OpenAdminWork
from shared.backend.utils.paging import Page, PageInput


class ListRateLimitPoliciesService:
    def __init__(self, openWork: OpenAdminWork) -> None:
        self._openWork = openWork

    async def execute(self, page: PageInput) -> Page[RateLimitPolicyOutput]:
        async with self._openWork() as work:
            policies = await work.policies.listPage(page)
        return Page[RateLimitPolicyOutput](
            items=[RateLimitPolicyOutput.of(policy) for policy in policies.items], nextCursor=policies.nextCursor
        )

"""How a test orders a fault."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from KSysPayment.simulator.state.fault import (
    ANY_OPERATION,
    INBOUND_OPERATIONS,
    OUTBOUND_OPERATIONS,
    Fault,
    OrderedFault,
    isPossible,
)


class FaultInput(BaseModel):
    """`times` counts down with each call that shows the fault; zero takes the order back."""

    model_config = ConfigDict(extra="forbid")

    operation: str
    fault: Fault
    times: int = Field(default=1, ge=0, le=100_000)
    delaySeconds: float | None = Field(default=None, ge=0, le=3600)
    responseCode: str | None = Field(default=None, pattern=r"^\d{7}$", description="for unlistedCode")

    @model_validator(mode="after")
    def _ensurePossible(self) -> FaultInput:
        known = (*INBOUND_OPERATIONS, *OUTBOUND_OPERATIONS, ANY_OPERATION)
        if self.operation not in known:
            raise ValueError(f"unknown operation; this simulator has {', '.join(known)}")
        if not isPossible(self.operation, self.fault):
            raise ValueError(f"{self.operation} cannot show {self.fault.value}")
        return self

    def toOrder(self) -> OrderedFault:
        """The order as the state file keeps it."""
        return OrderedFault(
            operation=self.operation,
            fault=self.fault,
            times=self.times,
            delaySeconds=self.delaySeconds,
            responseCode=self.responseCode,
        )

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BenchRow:
    """
    One measured comparison. `ratio` is ours to theirs in `unit`, as the median of interleaved rounds, and more
    is better; `detail` holds the two medians behind it.
    """

    name: str
    ratio: float
    unit: str
    detail: str

    def toLine(self) -> str:
        return f"{self.name:<52} {self.ratio:6.2f} x  {self.unit:<12} {self.detail}"

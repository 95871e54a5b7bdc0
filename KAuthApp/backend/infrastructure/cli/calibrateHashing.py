"""`calibrateHashing`: what a password hash may cost on this machine to take about as long as is asked for."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from typing import Final

from k_services_crypto import PasswordHasher

from KAuthApp.backend.domain.policies.hashCalibration import HashCosts, calibrate

USUAL_MILLISECONDS: Final = 100.0
LONGEST_MILLISECONDS: Final = 5_000.0
RUNS: Final = 5


def main(argv: Sequence[str]) -> int:
    """0 and two lines for the settings on standard output; what they mean goes to standard error."""
    parser = argparse.ArgumentParser(prog="calibrateHashing", description=__doc__)
    parser.add_argument("--milliseconds", type=float, default=USUAL_MILLISECONDS, help="how long one may take")
    target = parser.parse_args(argv).milliseconds
    if not 0 < target <= LONGEST_MILLISECONDS:
        parser.error(f"--milliseconds is more than 0 and at most {LONGEST_MILLISECONDS:.0f}")
    found = calibrate(target, measureHash)
    sys.stdout.write(f"HASH_MEMORY_KIB={found.memoryKib}\nHASH_ITERATIONS={found.iterations}\n")
    sys.stderr.write(_explained(found, target))
    return 0


def measureHash(memoryKib: int, iterations: int) -> float:
    """Milliseconds of the fastest of a few: what else the machine does only ever adds."""
    hasher = PasswordHasher(memoryKib, iterations, 1, None, [])
    return min(_once(hasher) for _ in range(RUNS)) * 1000


def _once(hasher: PasswordHasher) -> float:
    startedAt = time.perf_counter()
    hasher.hash("a password as long as people choose")
    return time.perf_counter() - startedAt


def _explained(found: HashCosts, target: float) -> str:
    each = f"{found.milliseconds:.0f} ms a hash, {1000 / found.milliseconds:.1f} sign-ins a second for each thread"
    tooSlow = "; these are the lowest costs that are safe" if found.milliseconds > target else ""
    return f"{each}, {found.memoryKib / 1024:.0f} MiB each{tooSlow}. Stored passwords follow at the next sign-in.\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

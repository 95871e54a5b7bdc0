"""The bounded pool in which passwords are hashed: what does not fit is refused, not queued without end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import ClassVar, Final, TypeVar

from shared.backend.exceptions.errors import UnavailableError
from shared.backend.utils.scheduling import giveWay

NICER_BY: Final = 10
SLICE_MS: Final = 100
# A thread waits for nobody as long as what is done before a hash takes less than three hashes.
TURNS_OF_A_THREAD: Final = 4
# Longer is only waited when those before are stuck, in a database that hangs.
TURN_WITHIN_S: Final = 3.0

Result = TypeVar("Result")


class HashPoolFullError(UnavailableError):
    """Every hashing thread is busy and the queue is full: said at once, so that nobody waits for a refusal."""

    code: ClassVar[str] = "crypto.hashPoolFull"
    title: ClassVar[str] = "Too many passwords are being checked at this moment"


class _Place:
    """One place in a pool, and who to ask when the hash on it is done."""

    def __init__(self, pool: HashPool, isUrgent: bool) -> None:
        self.pool, self.isUrgent = pool, isUrgent
        self.whenDone: Callable[[Callable[[object], object]], None] | None = None


_held: Final[ContextVar[_Place | None]] = ContextVar("hashingPlace", default=None)


class HashPool:
    """
    So many threads, and so many who wait for one; `reserved` of those places only what is urgent gets.

    A place is held for one hash, or with `place` for all that a task does around its hash.
    """

    def __init__(self, threads: int, waiting: int, reserved: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="hash", initializer=_letOthersGoFirst)
        self._places = threads + waiting
        self._reserved = min(reserved, waiting)
        self._taken = 0
        self._lock = threading.Lock()
        self._turns = {isUrgent: asyncio.Semaphore(TURNS_OF_A_THREAD * threads) for isUrgent in (False, True)}

    async def run(self, work: Callable[[], Result], isUrgent: bool) -> Result:
        """What the work gives. HashPoolFullError when there is no place."""
        held = _held.get()
        if held is None or held.pool is not self:
            with self.place(isUrgent) as own:
                return await self._runOn(own, work)
        if held.isUrgent and not isUrgent:
            self._ensureMayStay()
        return await self._runOn(held, work)

    @contextmanager
    def place(self, isUrgent: bool) -> Iterator[_Place]:
        """A place for all that is hashed in the block, one after the other. HashPoolFullError when there is none."""
        self._take(isUrgent)
        place = _Place(self, isUrgent)
        token = _held.set(place)
        try:
            yield place
        finally:
            _held.reset(token)
            self._leave(place)

    @asynccontextmanager
    async def turn(self, isUrgent: bool) -> AsyncIterator[None]:
        """
        The wait of who has a place until a thread will soon be free, for all that is done in the block.

        So what comes before a hash is done by few at a time, and a refusal waits for nobody's statements. What is
        urgent, or only seems so and is soon found out, waits for no stranger. HashPoolFullError after three seconds.
        """
        turns = self._turns[isUrgent]
        try:
            await asyncio.wait_for(turns.acquire(), TURN_WITHIN_S)
        except TimeoutError:
            raise _full() from None
        try:
            yield
        finally:
            turns.release()

    def close(self) -> None:
        """Waiting work is dropped; what runs ends by itself."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _runOn(self, place: _Place, work: Callable[[], Result]) -> Result:
        running = self._executor.submit(work)
        place.whenDone = running.add_done_callback
        return await asyncio.wrap_future(running)

    def _take(self, isUrgent: bool) -> None:
        with self._lock:
            self._ensureFewer(self._places, isUrgent)
            self._taken += 1

    def _ensureMayStay(self) -> None:
        """What took a place because it seemed urgent, and is not, loses it when it is a reserved one."""
        self._ensureFewer(self._places + 1, isUrgent=False)

    def _ensureFewer(self, places: int, isUrgent: bool) -> None:
        if self._taken >= places - (0 if isUrgent else self._reserved):
            raise _full()

    def _leave(self, place: _Place) -> None:
        """Who was cancelled gives the place back only when the thread is done."""
        if place.whenDone is None:
            self._giveBack()
        else:
            place.whenDone(lambda _: self._giveBack())

    def _giveBack(self) -> None:
        with self._lock:
            self._taken -= 1


def _full() -> HashPoolFullError:
    return HashPoolFullError("try again in a moment", retryAfterSeconds=1)


def _letOthersGoFirst() -> None:
    giveWay(SLICE_MS, NICER_BY)

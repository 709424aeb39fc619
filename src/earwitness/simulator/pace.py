"""The call's own time: milliseconds since it began."""

import asyncio

from earwitness.clock import NS_PER_MS, NS_PER_S, Clock, Instant, SystemClock


class Pace:
    """Time that runs `speed` times as fast as the wall's.

    At 1 a call takes as long as it would. Faster, everybody hurries alike, sound included: good for load;
    who compares with arrival times needs 1.
    """

    def __init__(self, speed: float = 1.0, *, clock: Clock | None = None) -> None:
        self.speed = speed
        self._clock = clock or SystemClock()
        self.zero: Instant = self._clock.now()

    def now_ms(self) -> float:
        return (self._clock.now().monotonic_ns - self.zero.monotonic_ns) * self.speed / NS_PER_MS

    async def until(self, at_ms: float) -> None:
        """Returns at that moment, or at once when it is over; others get their turn in either case."""
        await asyncio.sleep(max(0.0, self.wait_s(at_ms)))

    async def pause(self, ms: float) -> None:
        await self.until(self.now_ms() + ms)

    def wait_s(self, at_ms: float) -> float:
        """How many seconds of the wall's time are left until then; negative once it is over."""
        return (at_ms - self.now_ms()) / 1000 / self.speed

    def wall_ns(self, at_ms: float) -> int:
        """The wall's time at that moment of the call."""
        return self.zero.wall_ns + int(at_ms / self.speed * NS_PER_S / 1000)

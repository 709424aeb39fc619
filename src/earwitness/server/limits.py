"""How much one key or login may ask, so that it leaves the others their share. Counted by this process."""

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException


class Limits:
    """At most so many requests in any minute, for each holder by themselves; 0: no limit."""

    def __init__(self, requests_per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(requests_per_minute) if requests_per_minute > 0 else None
        self._limiter: SlidingWindowCounterRateLimiter | None = None

    def count(self, holder: str) -> None:
        """One request more of theirs. Raises 429 where that is one too many."""
        if self._item is None:
            return
        if self._limiter is None:  # with the first request: it starts a thread
            self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        if not self._limiter.hit(self._item, holder):
            again_s = self._limiter.get_window_stats(self._item, holder).reset_time - time.time()
            headers = {"Retry-After": str(max(1, min(int(again_s) + 1, 60)))}
            raise HTTPException(429, "more requests than api.requests_per_minute", headers)

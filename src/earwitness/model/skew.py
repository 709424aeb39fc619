"""Another machine's media time against the recorder's clock: how far apart they are, and how fast they part.

Delay only ever adds, so the truth lies below all that is seen: on the line below the points (media time,
arrival less media time) that lies closest to them (Moon, Skelly and Towsley: Estimation and removal of clock
skew from network delay measurements, INFOCOM 1999). Of each stretch of media time the least delay is kept.
"""

NS_PER_S = 1_000_000_000
WINDOW_NS = 10 * NS_PER_S
LEAST_SPAN_NS = 60 * NS_PER_S  # in less no crystal strays far enough to matter
LEAST_DRIFT_NS = 15_000_000  # less than the 20 ms a track may be off is left alone
MOST_PPM = 1_000  # beyond this it is no crystal, but a wrong rate

PACE_NS = 20 * NS_PER_S  # in so long a stall is no matter
STEP_NS = 2 * NS_PER_S  # ... and in so short a while a starved sender shows that it has no pace at all
EVEN = 0.1  # so near to the pace of all lies that of a while
EVEN_SHARE = 0.8  # of all whiles

_Point = tuple[int, int]  # media time, offset


class MediaClock:
    """Media time of one leg. Until it is seen to drift, the least delay seen is taken for none."""

    def __init__(self) -> None:
        self.version = 0  # grows with every change of what `to_recorder` gives
        self._least: dict[int, _Point] = {}
        self._least_ns: int | None = None
        self._fitted = (-1, 0, 0.0)  # version it was fitted at, offset at media time 0, slope

    def observe(self, at_ns: int, media_end_ns: int) -> None:
        """A chunk whose sound ended at `media_end_ns` arrived at `at_ns`."""
        offset_ns = at_ns - media_end_ns
        window = media_end_ns // WINDOW_NS
        least = self._least.get(window)
        if least is None or offset_ns < least[1]:
            self._least[window] = (media_end_ns, offset_ns)
            self.version += 1
            if self._least_ns is None or offset_ns < self._least_ns:
                self._least_ns = offset_ns

    @property
    def drift_ppm(self) -> float:
        """By how much the other clock is fast, in millionths; 0 where it is not seen to drift."""
        slope = self._line()[1]
        return -slope / (1 + slope) * 1e6

    def to_recorder(self, media_ns: int) -> int:
        """When that moment of media time was, on the recorder's clock."""
        offset_ns, slope = self._line()
        return media_ns + offset_ns + (round(slope * media_ns) if slope else 0)

    def to_media(self, at_ns: int) -> int:
        """The other way round."""
        offset_ns, slope = self._line()
        return at_ns - offset_ns if not slope else round((at_ns - offset_ns) / (1 + slope))

    @property
    def slope(self) -> float:
        """By how many seconds the offset grows in a second of media time."""
        return self._line()[1]

    def _line(self) -> tuple[int, float]:
        if self._fitted[0] != self.version:
            self._fitted = (self.version, *self._fit())
        return self._fitted[1], self._fitted[2]

    def _fit(self) -> tuple[int, float]:
        points = sorted(self._least.values())
        constant = (self._least_ns or 0, 0.0)
        if not points or points[-1][0] - points[0][0] < LEAST_SPAN_NS:
            return constant
        (media_ns, offset_ns), (other_ns, other_offset_ns) = _edge_below(points)
        slope = (other_offset_ns - offset_ns) / (other_ns - media_ns)
        drift_ns = abs(slope) * (points[-1][0] - points[0][0])
        if drift_ns < LEAST_DRIFT_NS or abs(slope) * 1e6 > MOST_PPM:
            return constant
        return round(offset_ns - slope * media_ns), slope


def _edge_below(points: list[_Point]) -> tuple[_Point, _Point]:
    """The edge of the points' lower hull above which their middle lies: of all lines below the closest."""
    hull: list[_Point] = []
    for point in points:
        while len(hull) > 1 and _is_above(hull[-1], hull[-2], point):
            hull.pop()
        hull.append(point)
    middle_ns = sum(media_ns for media_ns, _ in points) // len(points)
    right = next(i for i, (media_ns, _) in enumerate(hull) if media_ns >= middle_ns)
    right = max(right, 1)
    return hull[right - 1], hull[right]


def _is_above(point: _Point, left: _Point, right: _Point) -> bool:
    rise = (point[1] - left[1]) * (right[0] - left[0])
    return rise >= (right[1] - left[1]) * (point[0] - left[0])


class Pace:
    """How fast counted sound comes, where it comes without a hole. The longest such run tells.

    A clock or a rate is the same all the time. A sender that lacks the time to send, or a line that stalls,
    is now slower and now faster: that is no pace.
    """

    def __init__(self) -> None:
        self._best: tuple[int, float | None, float] = (0, None, 0.0)  # how long, how fast, drift
        self._begun = self._step = self._last = (0, 0)
        self._steps: list[float] = []
        self._clock = MediaClock()

    def begin(self, at_ns: int, counted_ns: int) -> None:
        """Another run, from that moment and that much sound on."""
        self._best = self._now()
        self._begun = self._step = self._last = (at_ns, counted_ns)
        self._steps = []
        self._clock = MediaClock()

    def observe(self, at_ns: int, counted_ns: int) -> None:
        """By now so much sound has come."""
        self._last = (at_ns, counted_ns)
        self._clock.observe(at_ns - self._begun[0], counted_ns - self._begun[1])
        if at_ns - self._step[0] >= STEP_NS:
            self._steps.append(_pace(self._step, self._last))
            self._step = self._last

    def _now(self) -> tuple[int, float | None, float]:
        passed_ns = self._last[0] - self._begun[0]
        if passed_ns <= self._best[0]:
            return self._best
        return passed_ns, self._even_pace() if passed_ns >= PACE_NS else None, self._clock.drift_ppm

    def _even_pace(self) -> float | None:
        pace = _pace(self._begun, self._last)
        even = sum(abs(step - pace) <= EVEN * pace for step in self._steps)
        return pace if even >= EVEN_SHARE * len(self._steps) else None

    @property
    def times(self) -> float | None:
        """Sound by time passed; None where no run lasted long enough, or none was even."""
        return self._now()[1]

    @property
    def drift_ppm(self) -> float:
        """As `MediaClock.drift_ppm`, of counted sound."""
        return self._now()[2]


def _pace(since: _Point, until: _Point) -> float:
    """Counted sound by time passed, between two moments."""
    return (until[1] - since[1]) / (until[0] - since[0])

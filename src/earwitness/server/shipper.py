"""The desk's ways elsewhere: one thread each that takes there whatever is due, however long it takes."""

import logging
import random
import threading

from earwitness.desk.delivering import Carrier
from earwitness.errors import EarwitnessError, NotFound, StorageUnavailable

LOOK_EVERY_S = 2.0
LONGEST_WAIT_S = 60.0
GIVE_UP_ROUND_AFTER = 3  # conversations in a row that the store did not take: then it is away

log = logging.getLogger(__name__)


class Shipper:
    """Ships until stopped. A store that is away is asked again, ever more rarely, at times of chance."""

    def __init__(self, shipping: Carrier) -> None:
        self._shipping = shipping
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="earwitness-ship", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """What is on its way is sent again after the next start."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        failed_rounds = 0
        while not self._stop.wait(wait_s(failed_rounds)):
            failed_rounds = 0 if self.ship_all() else failed_rounds + 1

    def ship_all(self) -> bool:
        """One round over what is due; whether all of it went as it should."""
        is_whole, failures = True, 0
        try:
            due = self._shipping.due()
        except EarwitnessError as error:
            log.warning("shipping waits for the catalog: %s", error)
            return False
        for workspace, conversation in due:
            if self._stop.is_set():
                break
            try:
                self._shipping.ship(workspace, conversation)
                failures = 0
            except NotFound:  # erased meanwhile
                continue
            except StorageUnavailable as error:
                is_whole, failures = False, failures + 1
                log.warning("conversation %s is not shipped yet: %s", conversation, error)
                if failures == GIVE_UP_ROUND_AFTER:
                    break
        return is_whole


def wait_s(failed_rounds: int) -> float:
    """Until the next round: jitter keeps many machines from asking at once (AWS, "exponential backoff")."""
    if not failed_rounds:
        return LOOK_EVERY_S
    doublings = min(failed_rounds, 32)  # a thousand would be no float any more
    longest = min(LOOK_EVERY_S * 2.0**doublings, LONGEST_WAIT_S)
    return random.uniform(longest / 2, longest)  # noqa: S311  (no secret)

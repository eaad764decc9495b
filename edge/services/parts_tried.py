"""Which devices the box has heard since it was started: an open port alone is no scanner that works (row 103).

Who binds a device to another port starts the terminal anew, and nothing that was heard before counts for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from edge.bus import Bus
from edge.clock import iso_ms
from edge.messages import BoardFound, BoardLost, BoardRead, KeyPressed, ScanTrouble, WeightRead
from edge.model.counter import Counter, Waiting
from edge.model.first_setup import Heard
from edge.ports import ScanSeen, Transaction
from edge.services.scan_seen import TAKEN

KEYS = 8
"""Of a keypad, the last ones: enough to see that each key that was pressed is the one that came."""
COVERED = "*"
"""A key while somebody is served: it may be of a code that opens something, or of a phone's number."""
LOST = "hw.locker_offline"
_TROUBLES = frozenset(trouble.value for trouble in ScanTrouble)


class PartsTried:
    """Heard by the dispatcher, read by any thread. `tell` hears of a keypad that was pressed, `first` of each device
    when it is heard for the first time since the start.
    """

    def __init__(
        self, bus: Bus, tell: Callable[[str], None] = lambda _: None, first: Callable[[str], None] = lambda _: None
    ) -> None:
        self._tell = tell
        self._first = first
        self._last: dict[str, Heard] = {}
        self._well: set[str] = set()
        self._keys: dict[str, deque[str]] = {}
        self._lost: set[tuple[str, int]] = set()
        """Lock boards that do not answer."""
        bus.on(KeyPressed, self._pressed)
        bus.on(BoardRead, self._answered)
        bus.on(WeightRead, lambda read, _: self._works(read.device))
        bus.on(BoardLost, lambda lost, _: self._lost.add((lost.device, lost.board)))
        bus.on(BoardFound, lambda found, _: self._lost.discard((found.device, found.board)))

    def last(self, device: str) -> Heard | None:
        return self._last.get(device)

    def is_heard(self, device: str) -> bool:
        """Something came from it that the box understood."""
        return device in self._well

    def trouble(self, device: str) -> str:
        """The code of what is wrong though its port is open; empty: nothing is known to be."""
        return LOST if any(name == device for name, _ in self._lost) else ""

    def scanned(self, seen: ScanSeen) -> None:
        """A scan, or what was none: octets that nobody can read are no scanner that works."""
        if seen.fate == TAKEN:
            self._works(seen.device)
        elif seen.fate not in _TROUBLES:
            return
        self._last[seen.device] = Heard(seen.device, seen.text, seen.at, "" if seen.fate == TAKEN else seen.fate)

    def _pressed(self, press: KeyPressed, tx: Transaction) -> None:
        keys = self._keys.setdefault(press.device, deque(maxlen=KEYS))
        keys.append(press.key.value if _is_free(tx.counter) else COVERED)
        self._works(press.device)
        self._last[press.device] = Heard(press.device, " ".join(keys), iso_ms(tx.stamp.at))
        self._tell(press.device)

    def _answered(self, read: BoardRead, tx: Transaction) -> None:
        self._lost.discard((read.device, read.board))
        self._works(read.device)

    def _works(self, device: str) -> None:
        if device not in self._well:
            self._well.add(device)
            self._first(device)


def _is_free(counter: Counter) -> bool:
    return counter.waiting is Waiting.NOTHING and counter.sale is None and counter.refund is None

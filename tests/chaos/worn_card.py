"""Pranks of the terminal's own disk: slow, failing in the middle of a sale or of a start, full."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from random import Random

from shop_bench import Program, until
from worn_disk import ALWAYS, EIO, ENOSPC, NONE, Fault, WornDisk

from edge.services.storage import BY_A_PERSON

WORN_S = (0.3, 2.0)
"""A handful of sales."""
FULL_S = (0.8, 1.6)
"""Long enough for somebody to scan: a person who sees nothing happen tries again within 0.6 s."""
NOTICED_S = 0.3
"""From a fault until the terminal has said that it ends: what comes next must not meet it dying."""
SLOW_MS = (20, 250)
"""A sync of a good card takes some milliseconds, of one that tidies itself up a quarter of a second."""
ONE_IN = (ALWAYS, 2, 5, 20)
SPOKEN_OF_A_FULL_DISK = r"voice: store\.(full|spent)"
REFUSED_BY_A_FULL_DISK = r"health: (\w+) was not booked: .*the disk is full"
ASKED_FOR = frozenset(kind.__name__ for kind in BY_A_PERSON)
WORDS_OF_A_FAILED_STORE = r"the store failed: .*Starting anew"

Prank = Callable[[], None]


class WornCard:
    """Its pranks leave a sound disk behind. `ended` counts how often the terminal ended over one, and was started."""

    def __init__(self, terminal: Program, disk: WornDisk, chance: Random, enough: threading.Event) -> None:
        self.ended = 0
        self._terminal = terminal
        self._disk = disk
        self._chance = chance
        self._enough = enough
        self.pranks: dict[str, tuple[int, Prank]] = {
            "slow disk": (1, self._slow),
            "failing sync": (2, lambda: self._fail(sync=True)),
            "failing write": (2, lambda: self._fail(sync=False)),
            "full disk": (2, self._fill),
            "start on a failing disk": (1, self._start_on_it),
        }

    def stand_up(self) -> None:
        """Start a terminal that ended by itself, or is about to. It may do so for its disk only, and says so."""
        if self._terminal.said_in_this_life(WORDS_OF_A_FAILED_STORE):
            until(lambda: not self._terminal.running, "a terminal whose store failed ends")
        elif self._terminal.running:
            return
        assert self._terminal.exit_code == 1, f"it ended with {self._terminal.exit_code}\n{self._last_words()}"
        assert self._terminal.said_in_this_life(WORDS_OF_A_FAILED_STORE), f"it ended silently\n{self._last_words()}"
        self.ended += 1
        self._terminal.start()

    def _slow(self) -> None:
        self._disk.order(sync_delay_ms=self._chance.randint(*SLOW_MS))
        self._wait(*WORN_S)
        self._disk.heal()

    def _fail(self, *, sync: bool) -> None:
        self._order_fault(sync=sync)
        self._wait(*WORN_S)
        self._disk.heal()
        self._enough.wait(NOTICED_S)

    def _fill(self) -> None:
        """It may refuse to sell; it may not end, and must say why."""
        self.stand_up()
        begun, struck = len(self._terminal.text), self._refused_writes()
        self._disk.order(write=Fault(ENOSPC, one_in=ALWAYS))
        self._wait(*FULL_S)
        assert self._terminal.running, f"a full disk ended it\n{self._last_words()}"
        is_met = self._refused_writes() > struck
        self._disk.heal()
        if is_met:
            until(lambda: tells_of_a_full_disk(self._terminal.text[begun:]), "it says that its disk is full")

    def _refused_writes(self) -> int:
        """Of the ledger. Its main file is written behind SQLite's commits only, which tries that again by itself."""
        return sum(file.name == "ledger.db-wal" for _, _, file in self._disk.struck())

    def _start_on_it(self) -> None:
        """A power cut, and the card fails while the ledger is opened: it ends with 1 and takes nothing for damage."""
        self._terminal.kill()
        self._order_fault(sync=self._chance.random() < 0.5)
        came_up = self._terminal.comes_up()
        self._disk.heal()
        if came_up:
            self._enough.wait(NOTICED_S)
        else:
            assert self._terminal.exit_code == 1, f"it ended with {self._terminal.exit_code}\n{self._last_words()}"
            self._terminal.start()

    def _order_fault(self, *, sync: bool) -> None:
        fault = Fault(EIO, one_in=self._chance.choice(ONE_IN))
        self._disk.order(sync=fault if sync else NONE, write=NONE if sync else fault)

    def _wait(self, least_s: float, most_s: float) -> None:
        self._enough.wait(self._chance.uniform(least_s, most_s))

    def _last_words(self) -> str:
        return "\n".join(self._terminal.text.splitlines()[-30:])


def tells_of_a_full_disk(words: str) -> bool:
    """Who scans hears it. What nobody asked for, a receipt's outcome while the clerk waits for paper, is in the log."""
    refused = re.findall(REFUSED_BY_A_FULL_DISK, words)
    return bool(re.search(SPOKEN_OF_A_FULL_DISK, words)) or bool(refused and ASKED_FOR.isdisjoint(refused))

"""Starts that did not come to rest, counted where no ledger is needed: after three of them the next one is careful.

A start is written down as cut off before it does anything; whoever gets further takes that back. It is not synced: a
program that breaks off is counted for certain, a power cut perhaps, and no start costs the card a write more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from edge.errors import StoreError
from edge.store.durability import disk_errors

FILE = "starts"
FAILED_STARTS = 3
CUT_STARTS = 2
"""One is a power cut."""
KEPT = 5
MAX_OCTETS = 8_192
MAX_REASON = 400
CUT, SETTINGS, STORE, FAULT = "cut", "settings", "store", "fault"


@dataclass(frozen=True, slots=True)
class FailedStart:
    """`kind`: cut, settings, store or fault; `why` as the log has it, empty for what was cut off."""

    kind: str
    why: str = ""


class Starts:
    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FILE

    def failed(self) -> list[FailedStart]:
        """The oldest first; none where that cannot be read: a terminal that cannot count starts all the same."""
        try:
            with self._path.open("rb") as file:
                found = json.loads(file.read(MAX_OCTETS))
            return [FailedStart(str(kind), str(why)) for kind, why in found][-KEPT:]
        except (OSError, ValueError, TypeError, RecursionError):
            return []

    def is_enough(self) -> bool:
        return len(self.failed()) >= FAILED_STARTS

    def begin(self) -> None:
        self._put([*self.failed(), FailedStart(CUT)])

    def doubt(self) -> str:
        """Once this start has begun: why it is none for settings that are new; empty: it may be.

        Whatever they were the end of, they were it before anything could count their tries.
        """
        before = self.failed()[:-1]
        if before and before[-1].kind == FAULT:
            return before[-1].why
        cut = sum(one.kind == CUT for one in before)
        return f"{cut} starts were cut off" if cut >= CUT_STARTS else ""

    def ready(self) -> None:
        """This start was not cut off, and neither settings nor disk kept it from starting; a fault may still come."""
        self._put([one for one in self.failed() if one.kind == FAULT])

    def failed_by(self, kind: str, why: str) -> None:
        found = self.failed()
        before = found[:-1] if found and found[-1].kind == CUT else found
        self._put([*before, FailedStart(kind, why[:MAX_REASON])])

    def well(self) -> None:
        """It has come to rest, or somebody wants to see it tried again."""
        self._put([])

    def try_once(self) -> None:
        """One more start, and if that fails, too, the next one is careful again."""
        self._put(self.failed()[-FAILED_STARTS + 1 :])

    def _put(self, failed: list[FailedStart]) -> None:
        """A disk that does not take it is met, and told of, by whoever opens the ledger."""
        if not self._path.parent.is_dir():
            return
        beside = self._path.with_name(f"{FILE}.new")
        try:
            with disk_errors(self._path, "starts cannot be counted"):
                if not failed:
                    self._path.unlink(missing_ok=True)
                    return
                beside.write_text(json.dumps([[one.kind, one.why] for one in failed[-KEPT:]]), encoding="utf-8")
                beside.replace(self._path)
        except StoreError:
            return

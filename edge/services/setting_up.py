"""A new box is put into service at its page: how far the steps are, and the check of all devices (rows 103, 117).

setup.check ──► each test as a command of its own, one after the other ──► one commit: result, setup.checked, slip
            │   what has no test: ready, and heard since the start or seen by a person; else it is `untried`
            ├── somebody is served before or meanwhile: cmd.busy, and nothing is kept: no device has failed by that
            └── the power goes: cmd.outcome_unknown, as of any command; nothing is kept, and it is begun again

How far it is lies in `meta` of the ledger, so that a step, its record and its slip are one commit.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.clock import iso_ms
from edge.messages import MessageFailed, PageAnswer, PageOrder, Started
from edge.model.first_setup import (
    Checked,
    FirstSetup,
    Found,
    Mark,
    Part,
    Step,
    Tried,
    Verdict,
    absent,
    read_setup,
    setup_document,
)
from edge.model.handover_slip import handover_slip
from edge.model.setup_records import SetupChecked
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.device_tests import SERVED, TEST_DISPLAY, TEST_DRAWER, TEST_SCALE, TEST_VOICE
from edge.services.parts_tried import PartsTried
from edge.services.remote_print import TEST_PRINT
from edge.services.restarting import is_served
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

SET_STEP, SET_ANSWER, CHECK = "setup.step", "setup.answer", "setup.check"
KEY = "setup"
"""In `meta`."""
TEST_S = 20.0
"""The slowest test, the drawer, ends within 8 seconds; a paper that waits for a roll may wait for ever."""
TESTS: Mapping[Part, str] = {
    Part.PRINTER: TEST_PRINT, Part.DRAWER: TEST_DRAWER, Part.DISPLAY: TEST_DISPLAY, Part.SCALE: TEST_SCALE,
    Part.SPEAKER: TEST_VOICE,
}  # fmt: skip
"""Of the first device of its kind; all others are looked at."""
READY = frozenset({"ready", "paper_low"})
_ENDED = frozenset({"done", "failed", "rejected", "expired"})


@dataclass(frozen=True, slots=True)
class SetupParts:
    """`tried`: the parts that this terminal has, in order. `state` of a device, as it was last seen; empty: nobody
    knows; `ears`: what was heard of those that have no test. `places`: where each device hangs, by its name.
    `language`: the shop's, unless a card has changed it.
    """

    tid: str
    store: str
    zone: ZoneInfo
    language: str
    version: str
    tried: tuple[Tried, ...]
    printer: bool
    state: Callable[[str], str]
    ears: PartsTried
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TestOverdue:
    """A timer: the test with this cid has had its time."""

    cid: str


@dataclass(slots=True)
class _Check:
    """One that goes on. `test`: the cid of the test that is waited for."""

    cid: str
    by: str
    left: list[Tried]
    found: list[Found] = field(default_factory=list)
    now: Tried | None = None
    test: str = ""


class SettingUp:
    def __init__(self, bus: Bus, parts: SetupParts) -> None:
        self._bus = bus
        self._parts = parts
        self._check: _Check | None = None
        bus.on(Started, self._forget)
        bus.on(PageAnswer, self._tested)
        bus.on(TestOverdue, self._overdue)
        bus.on(Answered, self._over)
        bus.on(MessageFailed, self._failed)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {SET_STEP: self._set_step, SET_ANSWER: self._set_answer, CHECK: self._begin}

    def _forget(self, _: Started, tx: Transaction) -> None:
        before = kept(tx)
        if (now := before.still(self._parts.places)) != before:
            _keep(now, tx)

    def _set_step(self, ordered: Ordered, tx: Transaction) -> Answered:
        """args: step, mark. Said twice it stays; who comes back to a step may say something else of it."""
        step, mark = Step(ordered.args["step"]), Mark(ordered.args["mark"])
        _keep(kept(tx).marked(step, mark, iso_ms(tx.stamp.at), ordered.by), tx)
        return Answered(ordered.cid, "done")

    def _set_answer(self, ordered: Ordered, tx: Transaction) -> Answered:
        """args: device, part, works: what a person saw, heard or found open."""
        tried = Tried(ordered.args["device"], Part(ordered.args["part"]))
        if tried not in self._parts.tried:
            return Answered(ordered.cid, "rejected", "schema.invalid", f"there is no {tried.key[:64]}")
        place = self._parts.places.get(tried.device, "")
        _keep(kept(tx).answered(tried, place, works=ordered.args["works"]), tx)
        return Answered(ordered.cid, "done")

    def _begin(self, ordered: Ordered, tx: Transaction) -> Answered:
        if self._check is not None:
            return Answered(ordered.cid, "rejected", "cmd.busy", "a check is going on")
        if is_served(tx):
            return Answered(ordered.cid, "failed", "cmd.busy", SERVED)
        self._check = _Check(ordered.cid, ordered.by, list(self._parts.tried))
        # After this commit: a check that has nothing to wait for would end before it is known to have begun.
        tx.after_commit(TestOverdue(""))
        return Answered(ordered.cid, "accepted")

    def _tested(self, answer: PageAnswer, tx: Transaction) -> None:
        check = self._check
        if check is None or not check.test or answer.cid != check.test or answer.result["state"] not in _ENDED:
            return
        is_done = answer.result["state"] == "done"
        code = "" if is_done else str(answer.result.get("err", {}).get("code", "internal"))
        if code == "cmd.busy" and is_served(tx):
            self._check = None
            tx.after_commit(Answered(check.cid, "failed", code, SERVED))
            return
        self._note(check, Verdict.WORKS if is_done else Verdict.FAILED, code, tx)
        self._go_on(check, tx)

    def _overdue(self, due: TestOverdue, tx: Transaction) -> None:
        check = self._check
        if check is None or due.cid != check.test:
            return
        if check.now is not None:
            self._note(check, Verdict.FAILED, "cmd.timeout", tx)
        self._go_on(check, tx)

    def _note(self, check: _Check, verdict: Verdict, code: str, tx: Transaction) -> None:
        assert check.now is not None
        tried, check.now, check.test = check.now, None, ""
        seen = kept(tx).answers.get(tried.key)
        check.found.append(Found(tried.device, tried.part, verdict, code, seen))

    def _go_on(self, check: _Check, tx: Transaction) -> None:
        """To the next test that has to be waited for, or to the end."""
        while check.left:
            check.now = check.left.pop(0)
            kind = TESTS.get(check.now.part)
            if kind is not None and all(one.part is not check.now.part for one in check.found):
                check.test = tx.new_id()
                tx.after_commit(PageOrder(check.test, kind, {}, check.by))
                self._bus.after(TEST_S, TestOverdue(check.test))
                return
            self._note(check, *self._looked_at(check.now, tx), tx)
        self._end(check, tx)

    def _looked_at(self, tried: Tried, tx: Transaction) -> tuple[Verdict, str]:
        """What has no test of its own. A port that opens is no proof: another thing, or nothing, may hang on it."""
        state, ears = self._parts.state(tried.device), self._parts.ears
        code = ears.trouble(tried.device) if state in READY else state or "offline"
        if code:
            return Verdict.FAILED, code
        works = ears.is_heard(tried.device) or kept(tx).answers.get(tried.key, False)
        return Verdict.WORKS if works else Verdict.UNTRIED, ""

    def _end(self, check: _Check, tx: Transaction) -> None:
        none = tuple(Found("", part, Verdict.ABSENT) for part in absent(self._parts.tried))
        checked = Checked(iso_ms(tx.stamp.at), check.by, self._parts.version, (*check.found, *none))
        _keep(kept(tx).ended(checked), tx)
        tx.append(SetupChecked(checked))
        if self._parts.printer:
            parts, language = self._parts, manner_of(tx, self._parts.language).language
            now = local_time(tx.stamp.at, parts.zone)
            print_slip(handover_slip(checked, tid=parts.tid, store=parts.store, now=now, language=language), tx)
        tx.after_commit(Answered(check.cid, "done", out={"well": checked.is_well}))

    def _over(self, answered: Answered, tx: Transaction) -> None:
        """Heard after the commit that ended it: one that was rolled back has not ended."""
        if self._check is not None and answered.cid == self._check.cid:
            self._check = None

    def _failed(self, failed: MessageFailed, tx: Transaction) -> None:
        """A part of it was not kept, as on a full disk: it is begun again by whoever wants it."""
        check, message = self._check, failed.message
        if check is None:
            return
        if isinstance(message, PageAnswer | TestOverdue):
            self._check = None
            tx.after_commit(Answered(check.cid, "failed", "internal", str(failed.error)[:256]))
        elif isinstance(message, PageOrder) and message.cid == check.cid:
            self._check = None


def kept(tx: Transaction) -> FirstSetup:
    return read_setup(read_text(tx.get(KEY)))


def read_text(text: str | None) -> object:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _keep(setup: FirstSetup, tx: Transaction) -> None:
    tx.put(KEY, json.dumps(setup_document(setup), ensure_ascii=False))

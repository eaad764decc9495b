"""Hands at the locker wall and at the parcel desk: what every courier and recipient does, and what is seen of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import datetime, timedelta

from edge.messages import Key
from edge.model.counter import Waiting
from edge.model.parcel import HERE
from edge.sim.year.bill import same, seen_in
from edge.sim.year.day_errands import DayErrands
from edge.sim.year.hands import GLANCE_S, TRIES_MAX
from edge.sim.year.post import Post
from edge.sim.year.wall import CODE_DAYS, Wall, door_of

AT_WALL_S = 12.0
"""So long the wall is watched by whoever stands at it."""
LOOKS, LOOK_S = 16, 0.5
"""Until a door has opened, or three have not."""
SEEN_S = 3.0
"""Until the box has seen what a hand did to a door."""


class WallHands(DayErrands):
    """Nobody here touches a basket: the desk is for whoever comes while none lies on the counter."""

    _ajar: list[int]
    """Doors that somebody left open."""

    # --- the shopkeeper looks --------------------------------------------------------------------------------------

    def look_into_cells(self) -> Iterator[float]:
        """With a key, into each cell of which the box says that it does not know; what is broken was mended before."""
        yield from self._until_nothing_is_asked()
        for (cell,) in self._witness.rows("SELECT id FROM cell WHERE state = 'check' ORDER BY id"):
            door = door_of(cell)
            self._wall.unlock(door)
            yield from self._at_wall(SEEN_S)
            yield from self._shut(door)
            yield from self._say_what_is_in()

    def _say_what_is_in(self) -> Iterator[float]:
        """Where the box asks whether something lies in a cell."""
        for _ in range(TRIES_MAX):
            yield from self._until_light()
            counter = self._box.counter
            if counter.waiting is not Waiting.CELL or counter.barcode is None:
                return
            is_in = door_of(counter.barcode) in self._wall.inside
            yield from self._at_desk(self._keys("", Key.ENTER if is_in else Key.MINUS))

    # --- at the wall -----------------------------------------------------------------------------------------------

    def _open_doors(self) -> list[int]:
        self._wall.model.advance(self._clock.mono_s)
        return self._wall.open_doors

    def _opened(self, before: list[int]) -> Generator[float, None, int]:
        """The door that springs open now, 0: none does. One that was open before and was shut may open again."""
        for _ in range(LOOKS):
            now = self._open_doors()
            if new := [door for door in now if door not in before]:
                yield from self._at_wall(LOOK_S)
                return new[0]
            before[:] = [door for door in before if door in now]
            yield from self._at_wall(LOOK_S)
        return 0

    def _shut(self, door: int) -> Iterator[float]:
        self._wall.shut(door)
        for _ in range(TRIES_MAX):
            yield from self._until_light()
            marks = self._marks()
            yield from self._at_wall(SEEN_S)
            if marks == self._marks():
                break
        yield from self._say_what_is_in()

    def _leave_open(self, door: int) -> None:
        """Whoever comes next shuts it."""
        self._witness.deeds["doors left open"] += 1
        self._ajar.append(door)

    def _at_wall(self, seconds: float) -> Iterator[float]:
        self._busy()
        self._box.attend(AT_WALL_S + seconds)
        yield seconds

    def _at_desk(self, act: Iterator[float]) -> Iterator[float]:
        """A gesture that touches no basket."""
        yield from self._until_light()
        self._busy()
        marks = self._marks()
        yield from act
        yield GLANCE_S
        yield from self._until_light()
        if marks != self._marks():
            yield from self._let_all_land()
            yield from self._until_light()
        elif not self._is_another_box() and not same(seen_in(self._box.counter), self.bill.entries):
            self._complain(f"the parcel desk makes {seen_in(self._box.counter)} of the basket {self.bill.entries}")
        self.bill.begin_anew(seen_in(self._box.counter), knows_history=False)

    # --- what the box knows ----------------------------------------------------------------------------------------

    def _is_desk_free(self) -> Generator[float, None, bool]:
        """Nobody's basket lies on the counter, no wallet is waited for, nothing is asked."""
        if self._witness.post is None:
            return False
        while self._ajar:
            yield from self._shut(self._ajar.pop())
        yield from self._until_nothing_is_asked()
        yield from self._say_what_is_in()
        yield from self._until_light()
        return self._box.counter.sale is None and self._is_asked(Waiting.NOTHING)

    def _known(self, waybill: str) -> tuple[str, str, bool]:
        """(state, cell, doubt) of a parcel as the box would tell; of several with this waybill the one that is here."""
        found = self._witness.rows("SELECT state, cell, doubt FROM parcel WHERE waybill = ?", waybill)
        found.sort(key=lambda one: one[0] in HERE)
        state, cell, doubt = found[-1] if found else ("", "", 0)
        return str(state), str(cell), bool(doubt)

    def _is_told(self, waybill: str) -> bool:
        """Whether its code was sent, and is good still by the box's clock; what was refused waits for a courier."""
        found = self._witness.rows(
            "SELECT due_at FROM parcel WHERE waybill = ? AND told = 'done' AND doubt = 0"
            " AND state IN ('stored', 'overdue')",
            waybill,
        )
        good = timedelta(days=CODE_DAYS)
        return any(self._clock.wall() <= datetime.fromisoformat(due) + good for (due,) in found if due)

    def _last_said(self, *prompts: str) -> bool:
        return bool(self._box.words) and self._box.words[-1].prompt in prompts

    @property
    def _post(self) -> Post:
        assert self._witness.post is not None
        return self._witness.post

    @property
    def _wall(self) -> Wall:
        return self._post.wall

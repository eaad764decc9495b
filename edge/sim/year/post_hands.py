"""Couriers and recipients at the parcel desk: they scan, key and stand at open doors, as people do.

What lies behind a door and what somebody holds is the world's own truth (`post.py`). On a shelf the box's word is what
people go by: a parcel goes there when the box says its number, and goes out when the box says goodbye.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Verb, Waiting
from edge.model.parcel import HERE
from edge.sim.year.box import TID
from edge.sim.year.hands import STOP, TRIES_MAX
from edge.sim.year.paying import THINK_S
from edge.sim.year.post import Hands, Thing
from edge.sim.year.wall import CARRIERS, COURIERS, LOCKER, cell_of, lock_of
from edge.sim.year.wall_hands import AT_WALL_S, SEEN_S, WallHands

PARCELS_OUT, REFUSE, OVERDUE = card_code(132), card_code(134), card_code(135)
BADGE_S = 3.0
SIZES = "1123"
TO_SHELF = 0.3
FORGETS, LEAVES_OPEN, TAKES_BACK = 0.06, 0.06, 0.04
"""Hands at an open door: the parcel stays where it is, the door stays open, a deposit is taken back by minus."""
GUESSES, REFUSES, WILL_HAVE_IT = 0.15, 0.08, 0.5
"""How often somebody keys a code that is none, gives a parcel back on the spot, and wants one after all."""
GIVES_UP = 0.5
"""How often a parcel that could not be left is taken along again."""
SCANS_ANOTHER = 0.8
SLOW, SLOW_S = 0.15, (2.0, 30.0)
"""How often somebody stands before an open door for a while, and how long."""
NOBODYS_CODE = "000000"


class PostHands(WallHands):
    """Who comes to the desk: couriers with parcels and for parcels, recipients with codes."""

    # --- couriers bring --------------------------------------------------------------------------------------------

    def bring(self, count: int) -> Iterator[float]:
        """A courier with so many parcels, and what is to go back."""
        if not (yield from self._is_desk_free()):
            return
        carrier = self._chance.choice(CARRIERS)
        things, announced, addressed = self._post.brought(carrier, count)
        is_known = self._witness.cloud.announce(TID, announced, addressed)
        self._post.unknown |= {t.waybill for t in things if not (is_known and t.to)}
        yield self._chance.uniform(*THINK_S)
        for thing in things:
            yield from self._bring_one(thing)
        yield from self._at_desk(self._scan(STOP))
        self._witness.deeds["parcels brought"] += count
        self._witness.deeds["parcels taken in"] += sum(thing.is_here for thing in things)

    def _bring_one(self, thing: Thing) -> Iterator[float]:
        is_for_cell = self._chance.random() >= TO_SHELF
        for _ in range(TRIES_MAX):
            if thing.hands is not Hands.COURIER or not (yield from self._log_in(thing.carrier)):
                return
            size = self._chance.choice(SIZES) if is_for_cell else "0"
            yield from self._at_desk(self._keys(size, Key.ENTER))
            if not self._is_asked(Waiting.PARCEL_IN):
                continue  # the power went: once more, with the badge
            if is_for_cell:
                yield from self._into_cell(thing)
            else:
                yield from self._onto_shelf(thing)
            is_for_cell = False
            if self._chance.random() < GIVES_UP:
                return

    def _log_in(self, carrier: str) -> Generator[float, None, bool]:
        """Whether the box takes parcels from this courier now."""
        for _ in range(TRIES_MAX):
            yield from self._until_light()
            if self._is_asked(Waiting.PARCEL_IN):
                return True
            marks = self._marks()
            yield from self._at_desk(self._scan(COURIERS[carrier].text))
            if marks == self._marks() and not self._is_asked(Waiting.PARCEL_IN):
                self._complain(f"a courier of {carrier} showed a badge, the box waits for {self._box.counter.waiting}")
            yield BADGE_S
        return False

    def _scan_in(self, thing: Thing) -> Iterator[float]:
        """Its waybill, and what the box asks about it."""
        self._post.scanned.add(thing.waybill)
        yield from self._at_desk(self._scan(thing.waybill, faulty=True))
        if self._box.counter.verb is Verb.PARCEL_CONSENT:
            wants = self._chance.random() < WILL_HAVE_IT
            yield from self._at_desk(self._keys("", Key.ENTER if wants else Key.MINUS))

    def _onto_shelf(self, thing: Thing) -> Iterator[float]:
        marks, is_full = self._marks(), self._box.disk.used_percent > 0
        yield from self._scan_in(thing)
        state, cell, _ = self._known(thing.waybill)
        if state in HERE and not cell:
            self._post.shelve(thing)
        elif marks == self._marks() and not is_full and not self._last_said("parcel.not_taken", "scan.bad"):
            said = self._box.words[-1].prompt if self._box.words else "nothing"
            self._complain(
                f"{thing.waybill} was scanned for the shelf and is {state or 'unknown'}, the last word: {said}"
            )

    def _into_cell(self, thing: Thing) -> Iterator[float]:
        before = self._open_doors()
        yield from self._scan_in(thing)
        state, cell, _ = self._known(thing.waybill)
        if state in HERE and not cell and state != "checking_in":
            self._post.shelve(thing)  # a cut made the box forget that a cell was wanted
            return
        door = yield from self._opened(before)
        if not door:
            return
        if door in self._wall.inside:
            self._complain(f"door {door} opens for {thing.waybill}, {self._wall.inside[door]} lies behind it")
            return
        yield from self._put_in(thing, door)

    def _put_in(self, thing: Thing, door: int) -> Iterator[float]:
        fate = self._chance.random()
        if fate < FORGETS + TAKES_BACK:
            if fate < FORGETS and self._wall.sees:
                yield from self._shut(door)
            yield from self._take_back_deposit(thing, door)
            return
        self._post.put(thing, door)
        self._witness.deeds["parcels into cells"] += 1
        if fate > 1 - LEAVES_OPEN:
            yield from self._at_wall(self._chance.uniform(2.0, 40.0))
        marks = self._marks()
        yield from self._shut(door)
        if not self._wall.sees and self._is_asked(Waiting.PARCEL_IN):
            yield from self._at_desk(self._keys("", Key.ENTER))
        state, cell, doubt = self._known(thing.waybill)
        if (
            marks == self._marks()
            and self._is_well(LOCKER)
            and (state != "stored" or cell != cell_of(door))
            and not doubt
        ):
            self._complain(f"{thing.waybill} was put behind door {door} and is {state} in {cell}")

    def _take_back_deposit(self, thing: Thing, door: int) -> Iterator[float]:
        """Minus; the door opens once more where it was shut, and is shut empty."""
        for _ in range(TRIES_MAX):
            yield from self._at_desk(self._keys("", Key.MINUS))
            yield from self._at_wall(SEEN_S)
            yield from self._shut(door)
            state, _, doubt = self._known(thing.waybill)
            if state != "checking_in" or doubt:
                return

    # --- recipients fetch ------------------------------------------------------------------------------------------

    def fetch(self) -> Iterator[float]:
        """Somebody who was told a code, now or hours ago; or who believes so."""
        if not (yield from self._is_desk_free()):
            return
        codes = self._witness.cloud.codes(TID)
        waiting = [w for w in codes if (thing := self._post.things.get(w)) is not None and thing.is_here]
        if self._chance.random() < GUESSES:
            yield from self._guess()
        if not waiting:
            return
        thing = self._post.things[self._chance.choice(waiting)]
        newest = codes[thing.waybill][-1]
        yield from self._show_code(thing, newest, is_only=set(codes[thing.waybill]) == {newest})

    def _guess(self) -> Iterator[float]:
        pulses = len(self._wall.model.pulses)
        yield from self._at_desk(self._scan(PARCELS_OUT))
        if not self._is_asked(Waiting.PICKUP):
            return
        marks = self._marks()
        yield from self._at_desk(self._keys(NOBODYS_CODE, Key.ENTER))
        if marks == self._marks() and len(self._wall.model.pulses) != pulses:
            self._complain("a door was pulsed after a code that nobody has")
        yield from self._at_desk(self._scan(STOP))

    def _show_code(self, thing: Thing, code: str, *, is_only: bool) -> Iterator[float]:
        before = self._open_doors()
        yield from self._at_desk(self._scan(PARCELS_OUT))
        if not self._is_asked(Waiting.PICKUP):
            return
        self._post.entitle(thing.waybill)
        marks, is_told = self._marks(), self._is_told(thing.waybill)
        yield from self._at_desk(self._keys(code, Key.ENTER))
        is_fine = marks == self._marks() and is_told and not self._last_said("parcel.locked")
        fetched = yield from self._at_doors(before)
        fetched += yield from self._off_the_shelf()
        if is_fine and is_only and self._last_said("parcel.wrong_code") and thing.waybill not in self._post.forgotten:
            self._complain(f"the code of {thing.waybill} is {code}, and the box does not know it")
        self._witness.deeds["parcels collected"] += len(fetched)
        if fetched and self._chance.random() < REFUSES:
            yield from self._refuse(fetched[0])

    def _at_doors(self, before: list[int]) -> Generator[float, None, list[Thing]]:
        """One after the other opens for this person; returns what was taken."""
        taken: list[Thing] = []
        for _ in self._wall.doors:
            door = yield from self._opened(before)
            if not door:
                return taken
            fate = self._chance.random()
            if self._chance.random() < SLOW:
                yield from self._linger(door)
            if fate < FORGETS and self._wall.sees:
                yield from self._shut(door)
                if self._chance.random() < 0.5:
                    yield from self._at_desk(self._keys("", Key.ENTER))
                continue
            if (thing := self._post.take(door, Hands.RECIPIENT)) is not None:
                taken.append(thing)
                self._witness.deeds["parcels out of cells"] += 1
            if fate > 1 - LEAVES_OPEN and (self._wall.sees or not self._lies_more(taken)):
                self._leave_open(door)
                return taken
            yield from self._shut(door)
        return taken

    def _linger(self, door: int) -> Iterator[float]:
        """Before an open door; somebody leans against the wall, and a plug slips out for a while."""
        board = self._wall.model.boards[lock_of(door)[0]]
        if self._chance.random() < self.faults.plug_slips:
            self.excuse(SLOW_S[1] + AT_WALL_S, LOCKER)
            self._witness.deeds["plugs slipped out"] += board.answers
            board.answers = False
        yield from self._at_wall(self._chance.uniform(*SLOW_S))
        board.answers = True

    def _lies_more(self, taken: list[Thing]) -> bool:
        """Whether another door may open for this person, behind whom nobody would see what lies in it."""
        inside = {self._post.things[waybill].to for waybill in self._wall.inside.values()}
        return any(thing.to in inside for thing in taken)

    def _off_the_shelf(self) -> Generator[float, None, list[Thing]]:
        """The shopkeeper finds what the box has named, and scans it; sometimes another one first, which must stay."""
        found: list[Thing] = []
        on_shelf = [thing for thing in self._post.things.values() if thing.hands is Hands.SHELF]
        others = [thing for thing in on_shelf if self._known(thing.waybill)[0] == "stored"]
        if others and self._is_asked(Waiting.RELEASE) and self._chance.random() < SCANS_ANOTHER:
            another = self._chance.choice(others)
            yield from self._at_desk(self._scan(another.waybill))
            if self._known(another.waybill)[0] != "stored":
                self._complain(f"{another.waybill} was not to be handed out, was scanned, and is gone")
        for thing in on_shelf:
            if self._known(thing.waybill)[0] != "releasing" or not self._is_asked(Waiting.RELEASE):
                continue
            if thing.waybill not in self._post.entitled:
                self._complain(f"{thing.waybill} is to be handed out to somebody who has shown no code for it")
            marks = self._marks()
            yield from self._at_desk(self._scan(thing.waybill, faulty=True))
            state, _, _ = self._known(thing.waybill)
            if state == "picked_up":
                self._post.hand_over(thing.waybill, Hands.RECIPIENT)
                found.append(thing)
            elif marks == self._marks():
                self._complain(f"{thing.waybill} was to be handed out, was scanned, and is {state}")
        return found

    def _refuse(self, thing: Thing) -> Iterator[float]:
        """On the spot: into the same cell, or onto the shelf."""
        before = self._open_doors()
        self._post.scanned.add(thing.waybill)
        yield from self._at_desk(self._scan(REFUSE))
        if not self._is_asked(Waiting.REFUSE):
            return
        yield from self._at_desk(self._scan(thing.waybill))
        state, cell, _ = self._known(thing.waybill)
        if state == "refused" and not cell:
            self._post.shelve(thing)
            return
        door = yield from self._opened(before)
        if door and door not in self._wall.inside:
            self._post.put(thing, door)
            yield from self._shut(door)
        elif self._known(thing.waybill)[:2] == ("refused", ""):
            self._post.shelve(thing)  # its door did not open: the shelf takes it
        self._witness.deeds["parcels refused"] += thing.is_here

    # --- couriers take back ----------------------------------------------------------------------------------------

    def take_overdue(self) -> Iterator[float]:
        """A courier takes along what lies here for too long, and what was refused."""
        if not (yield from self._is_desk_free()):
            return
        carrier = self._chance.choice(CARRIERS)
        if not (yield from self._log_in(carrier)):
            return
        yield from self._at_desk(self._scan(OVERDUE))
        for waybill in self._waiting_for(carrier):
            if not self._is_asked(Waiting.TAKE_BACK):
                break
            yield from self._take_one(waybill)
        yield from self._at_desk(self._scan(STOP))
        yield from self._at_desk(self._scan(STOP))

    def _waiting_for(self, carrier: str) -> list[str]:
        found = self._witness.rows(
            "SELECT waybill FROM parcel WHERE state IN ('overdue', 'refused') AND carrier = ? ORDER BY at, id", carrier
        )
        return [waybill for (waybill,) in found]

    def _take_one(self, waybill: str) -> Iterator[float]:
        _, cell, _ = self._known(waybill)
        if not cell:
            yield from self._at_desk(self._scan(waybill))
            if self._known(waybill)[0] == "returned":
                self._gone_back(self._post.hand_over(waybill, Hands.BACK))
            return
        before = self._open_doors()
        yield from self._at_desk(self._keys("", Key.ENTER))
        door = yield from self._opened(before)
        if door:
            self._gone_back(self._post.take(door, Hands.BACK))
            yield from self._shut(door)
            if not self._wall.sees and self._is_asked(Waiting.TAKE_BACK) and self._known(waybill)[0] != "returned":
                yield from self._at_desk(self._keys("", Key.ENTER))

    def _gone_back(self, thing: Thing | None) -> None:
        self._witness.deeds["parcels taken back"] += thing is not None

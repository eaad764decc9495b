"""The one who pulls plugs: draws from the probabilities what goes wrong today, and puts it right again later."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

from edge.sim.printer import PrinterModel
from edge.sim.year.books import Books
from edge.sim.year.box import PRINTER, TID
from edge.sim.year.clerk import Clerk
from edge.sim.year.disk import FULL_PERCENT
from edge.sim.year.faults import Faults
from edge.sim.year.licences import PLATFORMS
from edge.sim.year.wall import BOARDS, LOCKER
from edge.sim.year.world import World

DAY_S = 86_400.0
FUSE_MAX = 250
"""Moments until a cut: a customer passes about as many."""
NEAR_FUSE_MAX, SOON_S = 120, (0.0, 12.0)
"""The same while a service is paid and carried out."""
AT_ONCE = 15
"""The same, before or just after somebody has pressed one key."""
SHORT_S = (1.0, 60.0)
LONG_S = (60.0, 6 * 3600.0)
PLUGGED_S, REOPENED_S = 1.0, 2.0
"""Until the cable is in again, and until the terminal has the device again."""
FULL_PAGES_MAX = 12
HINDERS_PAPER = ("paper out", "cover open", "printer off", "cable pulled", "disk full")
"""What else can keep a receipt from being known to be whole, beside the end of a life (`Witness.died`)."""
FILL_PERCENT = (82, 92, 96, FULL_PERCENT, FULL_PERCENT)
"""One of each level of contract P11, and twice as often the one that hurts."""
FULL_S = (600.0, 7200.0)
WRONG_S = (-40 * DAY_S, 400 * DAY_S)
NTP_S = (60.0, 7200.0)
OFFLINE_AFTER_RESTORE_S = (0.0, 6 * 3600.0)

_Told = dict[str, tuple[str, ...]]


class Gremlin:
    """`done` counts what was done by name. `forked` hears of a cloud that was restored."""

    def __init__(self, faults: Faults, world: World, clerk: Clerk, chance: Random, forked: Callable[[], None]) -> None:
        self.faults = faults
        self._forked = forked
        self._starved_until_mono = 0.0
        self.done: Counter[str] = Counter()
        self._world = world
        self._box, self._network, self._cloud = world.box, world.network, world.cloud
        self._witness, self._agenda, self._clock = world.witness, world.agenda, world.clock
        self._clerk = clerk
        clerk.disturb, clerk.disturb_payout = self.disturb_service, self.disturb_payout
        self._chance = chance
        self._backup: tuple[Path, Books, _Told, _Told, _Told] | None = None

    def visit_customer(self) -> None:
        """What goes wrong while this one is served."""
        self._change_roll()
        faults = self.faults
        for chance, name, act in (
            (faults.power_cut, "power cut", self._arm_fuse),
            (faults.disk_error, "disk error", self._break_disk),
            (faults.paper_out, "paper out", self._empty_printer),
            (faults.cover_open, "cover open", self._open_cover),
            (faults.printer_off, "printer off", self._switch_printer_off),
            (faults.cable_pulled, "cable pulled", self._pull_cable),
            (faults.door_jammed, "door jammed", self._jam_door),
            (faults.board_unplugged, "board unplugged", self._unplug_board),
            (
                faults.line_broken,
                "line broken",
                lambda: self._later(SHORT_S, lambda: self._agenda.play(self._outage())),
            ),
        ):
            self._perhaps(chance, name, act)

    def disturb_service(self) -> None:
        """What goes wrong just while a service is paid and carried out."""
        cut_or_line = self._chance.choice(
            ((("power cut"), self._arm_near_fuse), ("line broken", self._break_line_soon))
        )
        self._perhaps(self.faults.service_disturbed, *cut_or_line)

    def disturb_payout(self) -> None:
        """What goes wrong just while the cash of a loan is on the counter."""
        self._perhaps(self.faults.payout_cut, "power cut", lambda: self._box.fuse.set(self._chance.randint(1, AT_ONCE)))

    def visit_day(self) -> None:
        """What goes wrong today, each at its hour."""
        faults = self.faults
        for chance, name, act in (
            (faults.outage, "outage", lambda: self._agenda.play(self._outage())),
            (faults.broker_death, "broker death", self._network.kill_broker),
            (faults.cloud_death, "cloud death", self._cloud.die_at_next_message),
            (faults.disk_full, "disk full", lambda: self._agenda.play(self._fill_disk())),
            (faults.clock_wrong, "clock wrong", lambda: self._agenda.play(self._mislead_clock())),
            (faults.cloud_restored, "cloud restored", self._restore_cloud),
            (faults.box_restored, "box restored", self._restore_box),
            (faults.licence_withdrawn, "licence withdrawn", lambda: self._agenda.play(self._withdraw_licence())),
        ):
            if self._chance.random() < chance:
                self._agenda.after(self._chance.uniform(0, DAY_S), partial(self._perhaps, 1.0, name, act))

    def back_up(self) -> None:
        """Last night's copies, of the cloud and of the box: what a restore will be from."""
        if self._chance.random() < 0.3:
            self._cloud.back_up()
        if self._chance.random() < 0.5 and self._box.terminal is not None and not self._box.disk.in_transaction:
            home = self._box.folder.with_name("backup")
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(self._box.folder, home, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
            seen = self._witness
            self._backup = (home, seen.books.copy(), seen.payments(), seen.parcels(), seen.orders())

    def put_right(self) -> None:
        """Everything is healed, plugged in, filled and told the time."""
        self._network.heal()
        self._cloud.start()
        self._box.disk.clear()
        self._box.fuse.renew()
        self._clock.wrong_s, self._clock.disciplined = 0.0, True
        self._box.power_on()
        for device in self._box.devices:
            self._box.pull(device)
            self._box.plug(device)
        self._printer.close_cover()
        self._printer.refill()
        if self._box.wall is not None:
            self._box.wall.mend()

    def _perhaps(self, chance: float, name: str, act: Callable[[], object]) -> None:
        if self._chance.random() < chance:
            self.done[name] += act() is not False
            self._witness.paper_excuses += name in HINDERS_PAPER

    # --- a customer ------------------------------------------------------------------------------------------------

    def _break_line(self) -> None:
        self._later(SHORT_S, lambda: self._agenda.play(self._outage()))

    def _arm_fuse(self) -> None:
        self._box.fuse.set(self._chance.randint(1, FUSE_MAX))

    def _arm_near_fuse(self) -> None:
        self._box.fuse.set(self._chance.randint(1, NEAR_FUSE_MAX))

    def _break_line_soon(self) -> None:
        self._later(SOON_S, lambda: self._agenda.play(self._outage()))

    def _break_disk(self) -> None:
        word = self._chance.choice(("BEGIN", "INSERT", "COMMIT", "COMMIT", "COMMIT"))
        self._box.disk.fail_at(word, lies=word == "COMMIT" and self._chance.random() < 0.3)
        self._clerk.excuse()

    def _empty_printer(self) -> None:
        remaining_mm = self._chance.uniform(0, 200)  # it ends in the middle of one of the next receipts
        self._printer.run_down(remaining_mm)
        wait_s = self._chance.uniform(*LONG_S)
        self._starved_until_mono = self._clock.mono_s + wait_s
        self._agenda.after(wait_s, lambda: self._printer.refill())

    def _change_roll(self) -> None:
        """A roll that ended by itself, most likely within the receipt before: the next customer has it changed."""
        if self._printer.paper_out and self._clock.mono_s >= self._starved_until_mono:
            self._printer.refill()
            self._witness.paper_excuses += 1

    def _open_cover(self) -> None:
        self._clerk.excuse(2 * SHORT_S[1], PRINTER)  # a pulse waits in the buffer, and is gone as the cover closes
        self._later(SHORT_S, lambda: self._printer.open_cover())
        self._agenda.after(SHORT_S[1] + self._chance.uniform(*SHORT_S), lambda: self._printer.close_cover())

    def _switch_printer_off(self) -> None:
        self._printer.switch_off()
        self._clerk.excuse(LONG_S[1], PRINTER)
        self._later(LONG_S, lambda: self._printer.switch_on())

    @property
    def _printer(self) -> PrinterModel:
        """As it is now: it has gone on printing since somebody last looked."""
        printer = self._box.ware.printer
        printer.advance(self._clock.mono_s)
        return printer

    def _pull_cable(self) -> None:
        device = self._chance.choice(self._box.devices)
        self._clerk.excuse(SHORT_S[1], device)
        self._box.cables.cut_after(device, self._chance.randint(0, 400))
        self._later(SHORT_S, lambda: self._plug(device))

    def _plug(self, device: str) -> None:
        """Out and in again: a device that hangs on its cable alone forgets what it had not sent."""
        self._clerk.excuse(PLUGGED_S + REOPENED_S, device)
        self._world.hurry(PLUGGED_S + REOPENED_S)
        self._box.pull(device)
        self._agenda.after(PLUGGED_S, lambda: self._box.plug(device))

    def _jam_door(self) -> bool:
        wall = self._box.wall
        if wall is None:
            return False
        leaf = wall.leaf(self._chance.choice(wall.doors))
        self._clerk.excuse(LONG_S[1], LOCKER)
        leaf.jammed = True

        def mend() -> None:
            leaf.jammed = False

        self._later(LONG_S, mend)
        return True

    def _unplug_board(self) -> bool:
        wall = self._box.wall
        if wall is None:
            return False
        board = wall.model.boards[self._chance.choice(BOARDS)]
        self._clerk.excuse(LONG_S[1], LOCKER)

        def plug(*, is_in: bool) -> None:
            board.answers = is_in

        self._later(SHORT_S, lambda: plug(is_in=False))
        self._agenda.after(SHORT_S[1] + self._chance.uniform(*LONG_S) / 10, lambda: plug(is_in=True))
        return True

    # --- a day -----------------------------------------------------------------------------------------------------

    def _outage(self) -> Iterator[float]:
        if self._chance.random() < 0.5:
            self._network.cut()
        else:
            self._network.swallow()
        yield self._chance.uniform(*(SHORT_S if self._chance.random() < 0.5 else LONG_S))
        self._network.heal()

    def _fill_disk(self) -> Iterator[float]:
        percent = self._chance.choice(FILL_PERCENT)
        if percent == FULL_PERCENT:
            self._clerk.excuse()
            self._box.disk.fill(self._chance.randint(0, FULL_PAGES_MAX))
        else:
            self._box.disk.used_percent = percent
        yield self._chance.uniform(*FULL_S)
        self._box.disk.clear()

    def _mislead_clock(self) -> Iterator[float]:
        """Half the time by a boot with an empty battery, half by a step of the running clock; NTP comes later."""
        if self._chance.random() < 0.5:
            self._box.cut_power()
        self._clock.wrong_s = self._chance.uniform(*WRONG_S)
        self._clock.disciplined = False
        yield self._chance.uniform(*NTP_S)
        self._clock.wrong_s, self._clock.disciplined = 0.0, True

    def _withdraw_licence(self) -> Iterator[float]:
        """A platform takes its licence back, and gives it again later; its word can be lost on the way to the cloud."""
        platform = self._chance.choice(PLATFORMS)
        self._cloud.license(TID, platform, withdrawn=True)
        yield self._chance.uniform(*LONG_S)
        self._cloud.license(TID, platform, withdrawn=False)

    def _restore_cloud(self) -> bool:
        restored = self._cloud.restore()
        if restored:
            self._forked()
        return restored

    def _restore_box(self) -> bool:
        """The card failed; a copy of it is put in. It sells before it reaches the cloud."""
        if self._backup is None:
            return False
        home, books, told, parcels, ordered = self._backup
        self._box.cut_power()
        self._world.judge()
        self._clerk.excuse()
        known, here, orders = self._witness.payments(), self._witness.parcels(), self._witness.orders()
        shutil.rmtree(self._box.folder)
        shutil.copytree(home, self._box.folder)
        forgotten = {pid: state for pid, state in known.items() if told.get(pid) != state}
        unlike = {soid: order for soid, order in orders.items() if ordered.get(soid) != order}
        self._witness.forgive(books, _queued(self._box.ledger_file), _open(self._box.ledger_file), forgotten, unlike)
        if self._witness.post is not None:
            self._witness.post.forget(parcels, here)
        self._network.cut()
        self._later(OFFLINE_AFTER_RESTORE_S, self._network.heal)
        return True

    def _later(self, within_s: tuple[float, float], act: Callable[[], None]) -> None:
        self._agenda.after(self._chance.uniform(*within_s), act)


def _open(ledger: Path) -> list[str]:
    """Sales and refunds that have no end in this ledger."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT body ->> '$.id' FROM held UNION SELECT body ->> '$.sale.id' FROM counter"
            " UNION SELECT refund FROM refund_line WHERE refund NOT IN (SELECT id FROM refund)"
        )
        return [sale for (sale,) in found if sale is not None]


def _queued(ledger: Path) -> list[str]:
    """Receipts and refund slips whose original waits in this ledger to be printed."""
    with closing(sqlite3.connect(f"file:{ledger}?mode=ro", uri=True)) as connection:
        numbered = "(SELECT id, receipt FROM sale UNION ALL SELECT id, receipt FROM refund)"
        found = connection.execute(
            f"SELECT s.receipt FROM print_job p JOIN {numbered} s ON s.id = p.of"
            " WHERE p.state = 'queued' AND p.copy_no = 0"
        )
        return [receipt for (receipt,) in found]

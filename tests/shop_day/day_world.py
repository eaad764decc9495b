"""The shop of the day on virtual time: the terminal's own wiring, all devices on their cables, and its plug."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from day_eyes import Eyes
from day_script import Goods, Script
from day_settings import promotions_toml, shop_toml

from edge.codec.wire_down import CatOp
from edge.config import load_settings
from edge.devices import load_driver
from edge.messages import Key, SendPrint, Speech
from edge.model.money import yuan
from edge.model.slip import Slip
from edge.sim.model import DeviceModel
from edge.sim.scale import ScaleModel
from edge.sim.year.box import DEVICES, PAD, PRINTER, SCANNER, TID, Box, Counterware
from edge.sim.year.cables import Cables
from edge.sim.year.faults import CALM
from edge.sim.year.invariants import (
    Check,
    acknowledged_rows_are_in_the_cloud,
    every_receipt_has_its_record,
    hold,
    no_drawer_opens_without_a_reason,
    the_cloud_has_no_complaints,
    the_cloud_holds_what_was_acknowledged,
    the_day_is_the_sum_of_its_rows,
    the_takings_are_the_sum_of_their_rows,
    what_was_seen_was_right,
)
from edge.sim.year.witness import Witness
from edge.sim.year.world import World

SCALE = "scale"
OPENING_S = 20.0
DARK_S = (2.0, 100.0)
"""Somebody waits beside the fuse box: never so long that the last sale is too old to be voided, nor that the customer
who pays two minutes late (99) pays before the box can cancel. In the simulated year it is dark for longer.
"""
REST_S = 600.0
"""Link, cursors, open questions and papers that wait come to rest within it."""
KEY_S = 0.1


def rows_are_as_they_were_written(seen: Witness) -> Iterator[str]:
    """n goes up by one, each hash covers the row before; the sales go into the witness's books."""
    for row in seen.new:
        if row.n != seen.books.last_n + 1 or seen.link_of(row) != row.hash:
            yield f"row {row.n} after {seen.books.last_n} is not linked"
        body = row.told[-1]
        if row.type == "sale.completed":
            seen.sold(row.id, body)
        elif row.type in ("sale.refunded", "sale.voided"):
            seen.totals.setdefault(body["receipt"], []).append(yuan(body["total"]))
        elif row.type == "drawer.ended":
            seen.unknown_pulses += body["outcome"] == "unknown"
        seen.enter(row)


EVERY_STEP: tuple[Check, ...] = (
    what_was_seen_was_right, rows_are_as_they_were_written, the_day_is_the_sum_of_its_rows,
    acknowledged_rows_are_in_the_cloud, every_receipt_has_its_record, no_drawer_opens_without_a_reason,
)  # fmt: skip
AT_THE_END: tuple[Check, ...] = (
    the_cloud_holds_what_was_acknowledged, the_cloud_has_no_complaints, the_takings_are_the_sum_of_their_rows,
)  # fmt: skip


class DayWare(Counterware):
    """And a scale."""

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.scale = ScaleModel("ascii")

    def on(self, cables: Cables) -> Cables:
        models: tuple[DeviceModel, ...] = (self.scanner, self.pad, self.printer, self.display, self.scale)
        for name, model in zip((*DEVICES, SCALE), models, strict=True):
            cables.add(name, model)
        return cables


class DayBox(Box):
    """With the shop's own settings, and an ear for everything that it says."""

    prompts: list[str]
    slips: list[Slip]
    """All that was handed to the printer."""

    def furnish(self, script: Script, chance: Random) -> None:
        """Before it is first switched on."""
        home = self.folder.parent
        self.prompts, self.slips = [], []
        self.ware: DayWare = DayWare(chance)
        self.cables = self.ware.on(Cables(self._clock, self.fuse))
        (home / "promotions.toml").write_text(promotions_toml(script), encoding="utf-8")
        file = home / "shop.toml"
        devices = {"scanner": SCANNER, "keypad": PAD, "printer": PRINTER, "display": DEVICES[3], "scale": SCALE}
        ports = {what: f"sim://{name}" for what, name in devices.items()}
        file.write_text(shop_toml(TID, broker_port=1883, names=devices, ports=ports), encoding="utf-8")
        self._settings = load_settings(file, load_driver)

    def _hear(self, speech: Speech) -> None:
        super()._hear(speech)
        self.prompts.append(speech.prompt)

    def _leaving(self, effect: object) -> None:
        super()._leaving(effect)
        if isinstance(effect, SendPrint):
            self.slips.append(effect.slip)


class DayWorld(World):
    """Built on an empty folder. Every step is judged by what must hold on any day."""

    def __init__(self, folder: Path, script: Script, *, seed: int) -> None:
        chance = Random(seed)
        super().__init__(folder, chance, CALM)
        self.box: DayBox = DayBox(
            folder / "shop", self.agenda, self.clock, self.network, Random(chance.random()), self.witness, promotions=""
        )
        self.box.furnish(script, Random(chance.random()))
        self._goods = script.goods

    def judge(self) -> None:
        state = (self.box.handled, self.box.cuts, self.box.ends)
        if state != self._judged:
            self._judged = state
            self.witness.look()
            hold(EVERY_STEP, self.witness)

    def open(self) -> None:
        """Goods on the shelf, the cloud there, all devices on."""
        self.cloud.start()
        self.cloud.publish_catalogue(TID, [_put(goods) for goods in self._goods.values()])
        self.box.power_on()
        self.hurry(OPENING_S)
        self.pass_s(OPENING_S)


class VirtualStage:
    """See `Stage`. `gaps`: after how many moments of the fuse the power goes, again and again; empty: never."""

    look_s = 1.0

    def __init__(self, world: DayWorld, chance: Random, gaps: list[int] | None = None) -> None:
        self.eyes = Eyes(world.box.ledger_file)
        self._world = world
        self._chance = chance
        self._gaps = list(gaps or ())
        self._cuts_seen = -1
        self._arm()

    @property
    def cuts(self) -> int:
        return self._world.box.cuts

    def scan(self, code: str) -> None:
        self._world.box.ware.scanner.scan(code)
        self._world.box.poke(SCANNER)

    def press(self, key: Key) -> None:
        if self._world.box.terminal is None:
            return
        self._world.box.ware.pad.press(key)
        for _ in range(2):  # down and up
            self._world.box.poke(PAD)
            self.pass_s(KEY_S)

    def weigh(self, grams: int) -> None:
        scale = self._world.box.ware.scale
        if scale.load_g != grams:
            scale.take_off()
            scale.put_on(grams)
        self.pass_s(1.0)

    def paper(self, *, there: bool) -> None:
        printer = self._world.box.ware.printer
        printer.refill() if there else printer.out_of_paper()
        self._world.box.poke(PRINTER)

    def cover(self, *, shut: bool) -> None:
        printer = self._world.box.ware.printer
        printer.close_cover() if shut else printer.open_cover()
        self._world.box.poke(PRINTER)

    def network(self, *, up: bool) -> None:
        if up:
            self._world.network.heal()
        else:
            self._world.network.cut()

    def shut_drawer(self) -> None:
        self._world.box.ware.drawer.shut()

    def is_online(self) -> bool:
        terminal = self._world.box.terminal
        return terminal is not None and terminal.link.online()

    def said(self, prompt: str = "") -> int:
        prompts = self._world.box.prompts
        return prompts.count(prompt) if prompt else len(prompts)

    def pass_s(self, seconds: float) -> None:
        self._world.hurry(seconds + 1.0)
        self._world.pass_s(seconds)
        self._arm()

    def until_clock(self, at_s: int) -> None:
        """Nobody stands there meanwhile: time goes in strides."""
        self._world.pass_s(max(0.0, at_s - self._world.clock.mono_s))
        self._arm()

    def wake(self) -> None:
        if self._world.box.terminal is None:
            self.pass_s(self._chance.uniform(*DARK_S))
            self._world.box.power_on()
            self.pass_s(4.0)
            self.wake()

    def rest(self) -> None:
        """The fuse holds from now on; all comes to rest, and all books agree."""
        fuse = self._world.box.fuse
        late = len(self._gaps) + (fuse.left is not None)  # whose moments never came: the cuts before spared some work
        self._gaps.clear()
        fuse.renew()
        for _ in range(late):
            self.wake()
            self._world.box.cut_power()
        self.wake()
        self.paper(there=True)
        self.cover(shut=True)
        for _ in range(10):
            self.pass_s(REST_S / 10)
            self._world.box.poke(PRINTER)
        hold(AT_THE_END, self._world.witness)

    def _arm(self) -> None:
        """After each cut the fuse is set to the next."""
        if self._cuts_seen != self.cuts and self._gaps:
            self._world.box.fuse.set(self._gaps.pop(0))
        self._cuts_seen = self.cuts


def _put(goods: Goods) -> CatOp:
    gtin = {"gtin": goods.code} if goods.has_barcode else {}
    price = {"price": goods.fen}
    return CatOp.model_validate({"op": "put", "sku": goods.code, "name": goods.name, **gtin, **price, **goods.more})

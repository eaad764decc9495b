"""What is saved to a stick, and who goes before: a real terminal without threads, and a stick that is pulled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from keep_bench import PASSWORD
from stick_bench import StickMachine
from test_keeping import KeepingBox

from edge.daemon import build
from edge.devices import load_driver
from edge.messages import Started
from edge.model.backup import SUFFIX, Secret
from edge.model.stick import StickSave
from edge.outside import Outside
from edge.services.stick_saving import TOLD_S, ToldLongEnough
from edge.settings_layers import effective_settings
from edge.store.disk import Disk, Space
from edge.store.stick_files import stick_files

WEB = '[web]\nbind = "127.0.0.1:0"\n'


class BundleDisk(Disk):
    """Full where bundles lie, whenever a test says so."""

    is_full = False

    def space(self, folder: Path) -> Space:
        there = super().space(folder)
        return Space(there.total, 0) if self.is_full and folder.name == "outgoing" else there


class StickBox(KeepingBox):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder, more=WEB)
        self.machine = StickMachine(folder / "root")
        self.disk = BundleDisk()

    def start(self) -> None:
        outside = Outside(clock=self.clock, chance=Random(3), disk=self.disk, sticks=self.machine.look)
        self.terminal = build(effective_settings(self.config, load_driver), outside)
        self.tell(Started())

    @property
    def save_state(self) -> StickSave:
        forget: Any = self.terminal.bus._handlers[ToldLongEnough][0]
        state: StickSave = forget.__self__.state()
        return state

    def bundle(self) -> str:
        (stick,) = self.machine.look()
        return self.order("stick.bundle", stick=stick.key)

    def write(self) -> None:
        while self.terminal.more_jobs[-1].run_waiting():
            self.terminal.bus.run_pending()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[StickBox]:
    box = StickBox(tmp_path / "shop")
    box.machine.plug()
    box.start()
    box.work()
    yield box
    box.off()


def test_one_save_at_a_time_and_it_is_done_when_it_is_on_the_stick(box: StickBox) -> None:
    first, second = box.bundle(), box.bundle()
    assert box.answer(first)["state"] == "running" and box.answer(second)["err"]["code"] == "cmd.busy"
    box.write()
    told: Any = box.answer(first)
    (file,) = Path(box.machine.look()[0].folder).iterdir()
    assert told["state"] == "done" and told["out"] == {"name": file.name, "label": "KINGSTON"}


def test_what_the_page_hands_out_stays_while_another_is_saved_to_a_stick(box: StickBox) -> None:
    assert box.answer(cid := box.order("bundle.make"))["state"] == "running"
    box.work()
    (ours,) = (box.folder / "data/outgoing").glob("*.zip")
    assert box.answer(cid)["state"] == "done"
    box.bundle()
    box.write()
    assert ours.exists()


def test_a_stick_that_is_pulled_before_its_turn_is_told_and_the_next_save_goes_on(box: StickBox) -> None:
    cid = box.bundle()
    box.machine.pull()
    box.write()
    assert box.answer(cid)["state"] == "failed" and "pulled out" in box.answer(cid)["err"]["msg"]
    box.machine.plug()
    again = box.bundle()
    box.write()
    assert box.answer(again)["state"] == "done"


def test_a_backup_on_a_stick_is_copied_by_the_sticks_thread_and_looked_at_by_another(box: StickBox) -> None:
    folder = Path(box.machine.look()[0].folder)
    (folder / "a.edgebackup").write_bytes(b"no backup at all" * 9)
    (folder / "b.edgebackup").touch()
    keys = {file.name: file.key for file in stick_files(box.machine.look(), (SUFFIX,))}
    for name, told in (("a", "no backup"), ("b", "cut short"), ("c", "not on the stick")):
        key = keys.get(f"{name}.edgebackup", "0" * 16)
        cid = box.order("restore.look", password=Secret(PASSWORD), path=f"stick:{key}")
        box.work()
        assert box.answer(cid)["state"] == "running", "nothing of it waits for the thread of all else"
        box.write()
        box.work()
        assert box.answer(cid)["state"] == "failed" and told in box.answer(cid)["err"]["msg"], name
    assert not list((box.folder / "data/restore").glob("given-*"))


def test_the_counter_sells_while_a_save_waits(box: StickBox) -> None:
    cid = box.bundle()
    box.sell(3)
    assert box.books.rows("SELECT count(*) FROM sale") == [(3,)] and box.answer(cid)["state"] == "running"
    box.write()
    assert box.answer(cid)["state"] == "done"


def test_where_the_box_has_no_room_the_page_says_so(box: StickBox) -> None:
    box.disk.is_full = True
    cid = box.bundle()
    box.write()
    assert box.answer(cid)["err"]["code"] == "store.full" and box.save_state.why == "room"


def test_how_it_ended_is_told_for_ten_minutes_and_the_next_one_longer(box: StickBox) -> None:
    first = box.bundle()
    box.write()
    box.pass_s(TOLD_S / 2)
    second = box.bundle()
    box.pass_s(TOLD_S)
    box.write()
    assert [box.answer(cid)["state"] for cid in (first, second)] == ["done", "done"]


def test_a_save_that_the_power_cut_is_of_unknown_end_and_what_is_left_of_it_goes_with_the_next(box: StickBox) -> None:
    cid = box.bundle()
    box.off()
    box.start()
    assert box.answer(cid)["err"]["code"] == "cmd.outcome_unknown"
    again = box.bundle()
    box.write()
    assert box.answer(again)["state"] == "done"

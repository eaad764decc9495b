"""A box is put into service at its page: steps that stay, and a check that tries each device (rows 103, 117)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from counter_bench import COLA
from test_device_tests import CID, PageBench

from edge.bus import Bus
from edge.messages import KickOutcome, Outcome
from edge.model.first_setup import (
    Checked,
    FirstSetup,
    Found,
    Mark,
    Part,
    Step,
    Tried,
    Verdict,
    read_setup,
    setup_document,
    to_try,
)
from edge.model.slip import Align, Row, Text
from edge.services.commands import CarryOut
from edge.services.setting_up import KEY, TEST_S, SettingUp, SetupParts, kept
from edge.store.documents import Documents

DRIVERS = {"counter": "scanner_evdev", "printer": "printer_escpos", "scale": "scale_serial", "wall": "locker_8a"}
OTHER = CID.replace("019a", "019b")


class SetupBench(PageBench):
    """`states_of` is how each device stands."""

    def boot(self) -> None:
        self.states_of = {"counter": "ready", "wall": "offline"}
        super().boot()

    def _at_page(self, bus: Bus, documents: Documents, chance: Random) -> Mapping[str, CarryOut]:
        parts = SetupParts(
            "T7K3M9Q2", "S-00817", ZoneInfo(self.habits.zone), "zh-CN", "0.1.0",
            to_try(DRIVERS, drawer=True), printer=True, state=lambda name: self.states_of.get(name, ""),
        )  # fmt: skip
        return SettingUp(bus, parts).orders

    @property
    def setup(self) -> FirstSetup:
        tx = self.begin()
        found = kept(tx)
        tx.rollback()
        return found

    def check(self, *, paper: Outcome = Outcome.DONE, cid: str = CID) -> None:
        """To its end, as the devices have it."""
        self.order("setup.check", cid)
        self.paper(paper)
        self.tell(KickOutcome("printer", self.kicked[-1].kick, Outcome.DONE))
        self.pass_s(4.0)
        self.paper(Outcome.DONE)


@pytest.fixture
def shop(tmp_path: Path) -> SetupBench:
    shop = SetupBench(tmp_path)
    shop.printer_ready()
    shop.hush()
    return shop


def found(shop: SetupBench) -> dict[Part, Found]:
    checked = shop.setup.checked
    assert checked is not None
    return {one.part: one for one in checked.found}


def test_a_step_that_is_told_as_done_outlives_a_power_cut(shop: SetupBench) -> None:
    assert shop.setup == FirstSetup()
    shop.order("setup.step", step="language", mark="done")
    shop.order("setup.step", OTHER, step="network", mark="skipped")
    assert shop.states == ["done", "done"]
    shop.restart()
    assert shop.setup.next is Step.SHOP
    assert [one.mark for one in shop.setup.steps.values()] == [Mark.DONE, Mark.SKIPPED]


def test_two_phones_that_say_the_same_do_no_harm_and_a_skipped_step_is_done_later(shop: SetupBench) -> None:
    for cid, mark in ((CID, "skipped"), (OTHER, "skipped"), (CID.replace("019a", "019c"), "done")):
        shop.order("setup.step", cid, step="time", mark=mark)
    assert shop.setup.steps[Step.TIME].mark is Mark.DONE and shop.setup.next is Step.LANGUAGE


def test_the_check_tries_each_device_and_tells_paper_journal_and_page(shop: SetupBench) -> None:
    shop.put_on(735)
    shop.order("setup.answer", OTHER, device="printer", part="printer", works=True)
    shop.check()
    assert shop.answer["state"] == "done" and shop.answer["out"] == {"well": False}
    told = found(shop)
    assert [one for one, is_ in told.items() if is_.verdict is Verdict.WORKS] == [
        Part.SCANNER, Part.PRINTER, Part.DRAWER, Part.SCALE,
    ]  # fmt: skip
    assert told[Part.PRINTER].seen is True and told[Part.DRAWER].seen is None
    assert (told[Part.LOCKER].verdict, told[Part.LOCKER].code) == (Verdict.FAILED, "offline")
    assert told[Part.DISPLAY].verdict is told[Part.SPEAKER].verdict is Verdict.ABSENT
    (row,) = shop.records("setup.checked")
    assert row["data"]["well"] is False and row["data"]["by"] == "technician" and len(row["data"]["parts"]) == 8
    slip = shop.printed[-1].slip
    assert slip is not None and slip.blocks[0] == Text("交付检查", Align.CENTRE, bold=True, big=True)
    assert Row("柜锁板", "不好", bold=True) in slip.blocks and Row("打印机", "好") in slip.blocks


def test_the_last_step_is_done_by_a_check_in_which_all_is_well_alone(shop: SetupBench) -> None:
    shop.put_on(735)
    shop.check()
    assert Step.CHECK not in shop.setup.steps
    shop.states_of["wall"] = "ready"
    shop.check(cid=OTHER)
    assert shop.answer["out"] == {"well": True} and shop.setup.steps[Step.CHECK].mark is Mark.DONE
    assert [row["data"]["well"] for row in shop.records("setup.checked")] == [False, True]


def test_what_a_person_saw_fail_has_failed_whatever_the_device_says(shop: SetupBench) -> None:
    shop.states_of["wall"] = "ready"
    shop.put_on(735)
    shop.order("setup.answer", OTHER, device="printer", part="drawer", works=False)
    shop.check()
    assert found(shop)[Part.DRAWER].verdict is Verdict.WORKS and shop.answer["out"] == {"well": False}


def test_a_paper_that_never_comes_holds_nothing_up(shop: SetupBench) -> None:
    shop.order("setup.check")
    shop.pass_s(4 * TEST_S)
    assert shop.answer["state"] == "done"
    assert found(shop)[Part.PRINTER].code == "cmd.timeout" and found(shop)[Part.DRAWER].code == "cmd.busy"


def test_one_check_at_a_time_and_another_after_it(shop: SetupBench) -> None:
    shop.order("setup.check")
    shop.order("setup.check", OTHER)
    assert shop.answer["err"]["code"] == "cmd.busy"
    shop.paper(Outcome.DONE)
    shop.pass_s(2 * TEST_S)
    shop.paper(Outcome.DONE)
    shop.check(cid=CID.replace("019a", "019c"))
    assert len(shop.records("setup.checked")) == 2


def test_whoever_is_served_goes_before(shop: SetupBench) -> None:
    shop.scan(COLA)
    shop.order("setup.check")
    shop.paper(Outcome.DONE)
    shop.pass_s(4 * TEST_S)
    assert found(shop)[Part.DRAWER].code == "cmd.busy" and not shop.kicked


def test_a_check_that_the_power_cut_short_is_told_so_and_kept_nowhere(shop: SetupBench) -> None:
    shop.order("setup.check")
    shop.restart()
    shop.order("setup.check")
    assert shop.answer["err"]["code"] == "cmd.outcome_unknown" and shop.setup.checked is None
    assert shop.records("setup.checked") == []


@pytest.mark.parametrize("args", [{"device": "nothing", "part": "printer"}, {"device": "printer", "part": "scale"}])
def test_an_answer_about_what_is_not_there_is_refused(shop: SetupBench, args: dict[str, Any]) -> None:
    shop.order("setup.answer", works=True, **args)
    assert shop.answer["state"] == "rejected" and shop.setup.answers == {}


@pytest.mark.parametrize("document", [
    None, [], "x", {"steps": []}, {"steps": {"tea": {}}}, {"steps": {"time": {"mark": "maybe", "at": "", "by": ""}}},
    {"checked": {"found": [{}]}}, {"answers": 7},
])  # fmt: skip
def test_what_is_no_such_document_is_a_new_box(document: object) -> None:
    assert read_setup(document) == FirstSetup()


def test_how_far_it_is_is_read_as_it_was_kept() -> None:
    checked = Checked("2026-11-27T02:00:00.000Z", "technician", "0.1.0", (
        Found("printer", Part.PRINTER, Verdict.WORKS, "", True), Found("", Part.SCALE, Verdict.ABSENT),
    ))  # fmt: skip
    setup = FirstSetup().marked(Step.TIME, Mark.SKIPPED, "2026-11-27T01:00:00.000Z", "technician")
    setup = setup.answered(Tried("printer", Part.PRINTER), works=True).ended(checked)
    assert read_setup(setup_document(setup)) == setup and KEY == "setup"


def test_a_drawer_hangs_on_the_first_printer_and_a_driver_without_a_test_is_looked_at() -> None:
    tried = to_try({"a": "printer_escpos", "b": "printer_escpos", "c": "barometer"}, drawer=True)
    assert [(one.device, one.part) for one in tried] == [
        ("a", Part.PRINTER), ("a", Part.DRAWER), ("b", Part.PRINTER), ("c", Part.OTHER),
    ]  # fmt: skip

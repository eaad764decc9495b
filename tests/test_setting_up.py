"""A box is put into service at its page: steps that stay, and a check that tries each device (rows 103, 117)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from counter_bench import COLA, PAD
from test_device_tests import CID, PageBench

from edge.bus import Bus
from edge.codec.command_card import card_code
from edge.messages import BoardFound, BoardLost, BoardRead, KickOutcome, Outcome, ScanTrouble
from edge.model.door import Contacts
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
from edge.ports import ScanSeen
from edge.services.commands import CarryOut
from edge.services.device_tests import SERVED
from edge.services.parts_tried import KEYS, LOST, PartsTried
from edge.services.scan_seen import FLOOD, REPEATED, TAKEN
from edge.services.setting_up import KEY, TEST_S, SettingUp, SetupParts, kept
from edge.store.documents import Documents

DRIVERS = {"counter": "scanner_evdev", "printer": "printer_escpos", "scale": "scale_serial", "wall": "locker_8a"}
OTHER = CID.replace("019a", "019b")


class SetupBench(PageBench):
    """`states_of` is how each device stands; `pressed` are keypads of which a key came; `places`: where each hangs."""

    places: Mapping[str, str] = {name: f"{driver} /dev/{name}" for name, driver in DRIVERS.items()}

    def boot(self) -> None:
        self.states_of = {"counter": "ready", "wall": "offline"}
        self.pressed: list[str] = []
        super().boot()

    def _at_page(self, bus: Bus, documents: Documents, chance: Random) -> Mapping[str, CarryOut]:
        self.ears = PartsTried(bus, self.pressed.append)
        parts = SetupParts(
            "T7K3M9Q2", "S-00817", ZoneInfo(self.habits.zone), "zh-CN", "0.1.0",
            to_try(DRIVERS, drawer=True), printer=True, state=lambda name: self.states_of.get(name, ""),
            ears=self.ears, places=self.places,
        )  # fmt: skip
        return SettingUp(bus, parts).orders

    @property
    def setup(self) -> FirstSetup:
        tx = self.begin()
        found = kept(tx)
        tx.rollback()
        return found

    def scans(self, fate: str = TAKEN, device: str = "counter") -> None:
        """As the scanning tells what a scanner sent."""
        self.ears.scanned(ScanSeen(device, "2026-11-27T02:00:00.000Z", COLA, "", "idle", "item", "6", fate))

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
    shop.scans()
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
    shop.scans()
    shop.check()
    assert Step.CHECK not in shop.setup.steps
    shop.states_of["wall"] = "ready"
    shop.tell(BoardRead("wall", 1, Contacts(bytes(2), None), 0.0))
    shop.check(cid=OTHER)
    assert shop.answer["out"] == {"well": True} and shop.setup.steps[Step.CHECK].mark is Mark.DONE
    assert [row["data"]["well"] for row in shop.records("setup.checked")] == [False, True]


def test_a_scanner_that_nobody_heard_is_not_tried_and_no_check_is_well_with_it(shop: SetupBench) -> None:
    shop.put_on(735)
    shop.states_of["wall"] = "ready"
    shop.tell(BoardRead("wall", 1, Contacts(bytes(2), None), 0.0))
    shop.check()
    assert found(shop)[Part.SCANNER].verdict is Verdict.UNTRIED and shop.answer["out"] == {"well": False}
    assert Step.CHECK not in shop.setup.steps
    (row,) = shop.records("setup.checked")
    assert {"dev": "counter", "part": "scanner", "works": "untried"} in row["data"]["parts"]
    slip = shop.printed[-1].slip
    assert slip is not None and Row("扫码枪", "没试过", bold=True) in slip.blocks
    assert Text("有没试过的，试好再检查一次", Align.CENTRE, bold=True) in slip.blocks
    shop.scans()
    shop.check(cid=OTHER)
    assert found(shop)[Part.SCANNER].verdict is Verdict.WORKS and shop.answer["out"] == {"well": True}


def test_a_person_who_saw_a_scan_arrive_is_believed_and_one_who_saw_none_too(shop: SetupBench) -> None:
    shop.order("setup.answer", OTHER, device="counter", part="scanner", works=True)
    shop.check()
    assert found(shop)[Part.SCANNER] == Found("counter", Part.SCANNER, Verdict.WORKS, "", True)
    shop.order("setup.answer", OTHER.replace("019b", "019d"), device="counter", part="scanner", works=False)
    shop.check(cid=OTHER.replace("019b", "019e"))
    assert found(shop)[Part.SCANNER].is_bad


def test_a_scanner_that_is_not_there_has_failed_whatever_was_heard_of_it(shop: SetupBench) -> None:
    shop.scans()
    shop.order("setup.answer", OTHER, device="counter", part="scanner", works=True)
    shop.states_of["counter"] = "offline"
    shop.check()
    scanner = found(shop)[Part.SCANNER]
    assert (scanner.verdict, scanner.code) == (Verdict.FAILED, "offline")


def test_what_was_said_of_a_device_is_forgotten_where_it_hangs_elsewhere_after_a_start(shop: SetupBench) -> None:
    for cid, device, part in ((CID, "counter", "scanner"), (OTHER, "printer", "drawer")):
        shop.order("setup.answer", cid, device=device, part=part, works=True)
    shop.restart()
    assert shop.setup.answers == {"counter.scanner": True, "printer.drawer": True}
    shop.places = {**shop.places, "counter": "scanner_evdev /dev/input/event9"}
    shop.restart()
    assert shop.setup.answers == {"printer.drawer": True}
    shop.places = {}
    shop.restart()
    assert shop.setup.answers == {}, "another driver, or none: nobody has seen it work"


def test_a_scale_is_heard_once_it_was_asked_for_a_weight(shop: SetupBench) -> None:
    assert not shop.ears.is_heard("scale")
    shop.put_on(735)
    shop.order("test.scale")
    shop.pass_s(4.0)
    assert shop.ears.is_heard("scale")


def test_what_was_heard_counts_until_the_next_start(shop: SetupBench) -> None:
    shop.scans()
    assert shop.ears.is_heard("counter")
    shop.restart()
    assert not shop.ears.is_heard("counter") and shop.ears.last("counter") is None


def test_octets_that_nobody_can_read_are_shown_and_are_no_scan(shop: SetupBench) -> None:
    for trouble in ScanTrouble:
        shop.scans(trouble.value)
        last = shop.ears.last("counter")
        assert last is not None and last.trouble == trouble.value and not shop.ears.is_heard("counter")
    shop.scans()
    for fate in (REPEATED, FLOOD):
        shop.scans(fate)
    last = shop.ears.last("counter")
    assert last is not None and (last.text, last.trouble) == (COLA, "") and shop.ears.is_heard("counter")


def test_keys_are_shown_while_nobody_is_served_and_covered_else(shop: SetupBench) -> None:
    shop.keys("123456789")
    last = shop.ears.last(PAD)
    assert last is not None and last.text == "2 3 4 5 6 7 8 9" and len(last.text.split()) == KEYS
    assert shop.pressed == [PAD] * 9 and shop.ears.is_heard(PAD)
    shop.scan(COLA)
    shop.keys("42")
    last = shop.ears.last(PAD)
    assert last is not None and last.text.endswith("* *")


def test_a_lock_board_that_does_not_answer_has_failed_though_its_port_is_open(shop: SetupBench) -> None:
    shop.states_of["wall"] = "ready"
    shop.tell(BoardRead("wall", 1, Contacts(bytes(2), None), 0.0))
    shop.tell(BoardLost("wall", 2, "silence"))
    shop.check()
    assert (found(shop)[Part.LOCKER].verdict, found(shop)[Part.LOCKER].code) == (Verdict.FAILED, LOST)
    shop.tell(BoardFound("wall", 2))
    shop.check(cid=OTHER)
    assert found(shop)[Part.LOCKER].verdict is Verdict.WORKS


def test_what_a_person_saw_fail_has_failed_whatever_the_device_says(shop: SetupBench) -> None:
    shop.states_of["wall"] = "ready"
    shop.put_on(735)
    shop.scans()
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
    assert (shop.answer["state"], shop.answer["err"]["code"]) == ("rejected", "cmd.busy")
    shop.paper(Outcome.DONE)
    shop.pass_s(2 * TEST_S)
    shop.paper(Outcome.DONE)
    shop.check(cid=CID.replace("019a", "019c"))
    assert len(shop.records("setup.checked")) == 2


def test_whoever_is_served_goes_before(shop: SetupBench) -> None:
    """A slip that says of each device that it does not work would be untrue."""
    shop.scan(COLA)
    shop.order("setup.check")
    assert shop.answer["err"] | {"retry": None} == {"code": "cmd.busy", "msg": SERVED, "retry": None}
    assert shop.printed == [] and shop.setup.checked is None


def test_a_customer_who_comes_in_the_middle_ends_it_and_no_device_has_failed_by_that(shop: SetupBench) -> None:
    shop.order("setup.check")
    shop.scan(COLA)
    shop.paper(Outcome.DONE)
    shop.pass_s(4 * TEST_S)
    assert shop.answer["err"]["msg"] == SERVED and shop.setup.checked is None and not shop.kicked
    shop.card(card_code(106), card_code(106))
    shop.check(cid=OTHER)
    assert found(shop)[Part.DRAWER].verdict is Verdict.WORKS


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
    setup = setup.answered(Tried("printer", Part.PRINTER), "printer_escpos /dev/usb/lp0", works=True).ended(checked)
    assert read_setup(setup_document(setup)) == setup and KEY == "setup"


def test_a_drawer_hangs_on_the_first_printer_and_a_driver_without_a_test_is_looked_at() -> None:
    tried = to_try({"a": "printer_escpos", "b": "printer_escpos", "c": "barometer"}, drawer=True)
    assert [(one.device, one.part) for one in tried] == [
        ("a", Part.PRINTER), ("a", Part.DRAWER), ("b", Part.PRINTER), ("c", Part.OTHER),
    ]  # fmt: skip


def test_answers_of_an_older_release_that_kept_no_places_count_on_until_a_device_moves() -> None:
    old = read_setup({"steps": {}, "answers": {"printer.printer": True, "gone.scale": True}})
    now = old.still({"printer": "here"})
    assert now.answers == {"printer.printer": True} and now.places == {"printer": "here"}
    assert now.still({"printer": "there"}).answers == {}

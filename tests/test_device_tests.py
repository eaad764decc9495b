"""What a technician tries at the page: done is what the device has done; whoever is served goes before (row 105)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA
from test_cloud_wishes import WishBench
from weighing_bench import WeighingBench

from edge.messages import CommandRefused, KickOutcome, Outcome, PageAnswer, PageOrder, SendKick, View
from edge.services.device_tests import KICK_S, SHOWN_S, WEIGH_S

CID = "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f"


class PageBench(WeighingBench):
    """`answers` went to the page."""

    def boot(self) -> None:
        self.answers: list[PageAnswer] = []
        super().boot()
        self.bus.route(PageAnswer, self.answers.append)

    def order(self, kind: str, cid: str = CID, **args: Any) -> None:
        self.tell(PageOrder(cid, kind, args, "technician"))

    @property
    def states(self) -> list[str]:
        return [answer.result["state"] for answer in self.answers]

    @property
    def answer(self) -> Mapping[str, Any]:
        return self.answers[-1].result


@pytest.fixture
def shop(tmp_path: Path) -> PageBench:
    shop = PageBench(tmp_path)
    shop.printer_ready()
    shop.hush()
    return shop


def test_a_test_print_is_done_once_it_is_on_paper(shop: PageBench) -> None:
    shop.order("test.print")
    assert shop.states == ["accepted"] and len(shop.printed) == 1
    shop.paper(Outcome.DONE)
    assert shop.states == ["accepted", "done"]
    shop.order("test.print")
    assert len(shop.printed) == 1 and shop.states == ["accepted", "done", "done"], "one form, one paper"


def test_a_test_print_that_was_cut_short_is_told_so(shop: PageBench) -> None:
    shop.order("test.print")
    shop.paper(Outcome.UNKNOWN)
    assert shop.answer["err"]["code"] == "cmd.outcome_unknown"


def test_the_drawer_is_done_once_its_pulse_is(shop: PageBench) -> None:
    shop.order("test.drawer")
    (kick,) = shop.kicked
    assert shop.states == ["accepted"]
    shop.tell(KickOutcome("printer", kick.kick, Outcome.DONE))
    assert shop.states == ["accepted", "done"]
    assert [row["data"]["why"] for row in shop.records("drawer.opened")] == ["test"], "each opening is told"
    shop.pass_s(KICK_S + 1)
    assert shop.states == ["accepted", "done"]


def test_a_drawer_whose_printer_is_gone_or_silent_is_told(shop: PageBench) -> None:
    shop.order("test.drawer")
    shop.tell(CommandRefused("printer", SendKick(shop.kicked[0].kick, 0.0)))
    assert shop.answer["err"]["code"] == "hw.printer_offline"
    shop.order("test.drawer", CID.replace("019a", "019b"))
    shop.pass_s(KICK_S + 1)
    assert shop.states == ["accepted", "failed"] * 2


def test_a_line_stands_on_the_display_for_a_moment(shop: PageBench) -> None:
    shop.order("test.display")
    shop.pass_s(SHOWN_S + 1)
    assert shop.states == ["done"]
    assert [show.view for show in shop.shown] == [View.TEXT, View.IDLE]


@pytest.mark.parametrize("kind", ["test.drawer", "test.display"])
def test_whoever_is_served_goes_before(shop: PageBench, kind: str) -> None:
    shop.scan(COLA)
    shop.hush()
    shop.order(kind)
    assert shop.answer["err"]["code"] == "cmd.busy"
    assert shop.kicked == [] and shop.shown == []


def test_a_line_of_the_test_does_not_take_the_place_of_a_sale_that_began(shop: PageBench) -> None:
    shop.order("test.display")
    shop.scan(COLA)
    shop.hush()
    shop.pass_s(SHOWN_S + 1)
    assert shop.shown == [], "what the sale shows stands"


def test_the_scale_tells_what_lies_on_it(shop: PageBench) -> None:
    shop.put_on(735)
    shop.order("test.scale")
    shop.pass_s(WEIGH_S + 1)
    assert shop.states == ["accepted", "done"]
    assert shop.answer["out"]["weight"] == "0.735 kg"


def test_a_pulse_of_which_nobody_knows_is_told_as_that(shop: PageBench) -> None:
    shop.order("test.drawer")
    shop.tell(KickOutcome("printer", shop.kicked[0].kick, Outcome.UNKNOWN))
    assert shop.answer["err"]["code"] == "cmd.outcome_unknown"


@pytest.mark.parametrize(("kind", "driver"), [
    ("test.display", "line_display"), ("test.voice", "speaker"), ("test.scale", "scale_serial"),
])  # fmt: skip
def test_what_is_not_there_is_not_tried(shop: PageBench, kind: str, driver: str) -> None:
    shop.device_states[driver] = "offline"
    shop.order(kind)
    assert shop.answer["err"]["code"] == "hw.device_offline"
    del shop.device_states[driver]
    shop.order(kind, CID.replace("019a", "019b"))
    assert shop.answer["err"]["code"] == "cmd.unsupported"
    assert shop.shown == [] and shop.spoken == [] and shop.weighed == []


def test_a_cid_is_used_up_by_what_it_was_given_for(shop: PageBench) -> None:
    shop.order("test.display")
    shop.order("test.drawer")
    assert shop.answer["err"]["code"] == "schema.invalid" and shop.kicked == []


def test_a_silent_scale_is_told(shop: PageBench) -> None:
    shop.scale.switch_off()
    shop.order("test.scale")
    shop.pass_s(WEIGH_S + 1)
    assert shop.answer["err"]["code"] == "cmd.timeout"


def test_a_command_of_the_page_is_stored_by_its_cid_and_names_who_gave_it(shop: PageBench) -> None:
    shop.order("test.display")
    shop.restart()
    shop.order("test.display")
    assert shop.shown == [] or shop.shown[-1].view is not View.TEXT, "not done again after a power cut"
    assert shop.states == ["done"]
    (row,) = shop.records("cmd.result")
    assert row["data"] == {"cid": CID, "type": "test.display", "state": "done", "by": "technician"}


def test_what_this_terminal_does_not_have_is_told(shop: PageBench) -> None:
    shop.order("no.such.thing")
    assert shop.answer["err"]["code"] == "cmd.unsupported"


def test_what_only_the_page_may_order_the_cloud_cannot(tmp_path: Path) -> None:
    shop = WishBench(tmp_path)
    cid = shop.give("test.drawer")
    assert shop.heard(cid).err.code == "cmd.unknown" and shop.kicked == []

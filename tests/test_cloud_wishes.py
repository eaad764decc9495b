"""What the cloud may have printed, shown, said and done: each command is carried out once, and answered truly (A8)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, PRINTER, Habits
from service_bench import CHANCE, TOP_UP, ServiceBench
from test_jws import KEYS

from edge.clock import iso_ms
from edge.codec import wire_command as wire
from edge.codec.topics import Down
from edge.messages import Outcome, Show
from edge.model.counter import Waiting
from edge.model.ids import uuid7
from edge.model.slip import Text
from edge.services.remote_messages import LATER_S, LOOK_S, MAX_UNREAD
from edge.services.restarting import WAITS_S, StopNow

NO_TEXTS: tuple[dict[str, Any], ...] = (
    {},
    {"lines": []},
    {"lines": ["\x1b@"]},
    {"lines": ["x"], "copies": 9},
    {"lines": ["x" * 999]},
    {"lines": 1},
)


class WishBench(ServiceBench):
    """Online, with a printer that has paper."""

    def __init__(self, folder: Path, habits: Habits | None = None) -> None:
        super().__init__(folder, habits or Habits(command_keys=KEYS))
        self.stops: list[str] = []
        self.printer_ready()
        self.go_online()
        self.hush()

    def boot(self) -> None:
        super().boot()
        self.bus.route(StopNow, lambda stop: self.stops.append(stop.why))

    def give(self, kind: str, args: dict[str, Any] | None = None, *, cid: str = "", ttl_s: int = 300) -> str:
        """Class N."""
        cid = cid or uuid7(self.clock.wall(), CHANCE)
        command = {"cid": cid, "type": kind, "iat": iso_ms(self.clock.wall()), "ttl_s": ttl_s, "args": args or {}}
        self.hear(Down.CMD, command | {"by": "user:ops-17"})
        return cid

    def states(self, cid: str) -> list[str]:
        return [result.state for result in self.sent("res") if result.cid == cid]

    def heard(self, cid: str) -> Any:
        return [result for result in self.sent("res") if result.cid == cid][-1]

    def paper_lines(self) -> list[str]:
        return [block.text for block in self.printed[-1].slip.blocks if isinstance(block, Text)]


@pytest.fixture
def shop(tmp_path: Path) -> WishBench:
    return WishBench(tmp_path / "shop")


# --- paper -----------------------------------------------------------------------------------------------------------


def test_lines_are_printed_as_the_platforms_and_done_when_the_paper_is_out(shop: WishBench) -> None:
    cid = shop.give(wire.PRINT_TEXT, {"lines": ["Store closes 18:00", "", "明天见"]})
    assert shop.states(cid) == ["accepted"]
    assert {"平台打印", "Store closes 18:00", "明天见", "不是收据"} <= set(shop.paper_lines())
    shop.paper(Outcome.DONE)
    assert (shop.states(cid), shop.heard(cid).out) == (["accepted", "done"], {"papers": 1})


def test_three_copies_are_done_with_the_last(shop: WishBench) -> None:
    cid = shop.give(wire.PRINT_TEXT, {"lines": ["x"], "copies": 3})
    for _ in range(3):
        assert shop.states(cid)[-1] == "accepted"
        shop.paper(Outcome.DONE)
    assert (len(shop.printed), shop.heard(cid).out) == (3, {"papers": 3})


def test_the_same_command_again_prints_nothing(shop: WishBench) -> None:
    cid = shop.give(wire.PRINT_TEXT, {"lines": ["x"]})
    shop.paper(Outcome.DONE)
    shop.give(wire.PRINT_TEXT, {"lines": ["x"]}, cid=cid)
    assert (len(shop.printed), shop.heard(cid).dup) == (1, True)


def test_a_paper_that_waits_over_a_power_cut_is_answered_when_it_is_out(shop: WishBench) -> None:
    shop.tell(*[])
    cid = shop.give(wire.PRINT_TEXT, {"lines": ["x"], "copies": 2})
    shop.paper(Outcome.DONE)
    shop.paper(Outcome.NOT_STARTED)
    before = len(shop.printed)
    shop.restart()
    shop.printer_ready()
    assert len(shop.printed) == before + 1
    shop.go_online()
    assert "failed" not in shop.states(cid)
    shop.paper(Outcome.DONE)
    assert shop.heard(cid).out == {"papers": 2}


def test_a_paper_that_was_being_printed_when_the_power_went_is_unknown(shop: WishBench) -> None:
    cid = shop.give(wire.PRINT_TEXT, {"lines": ["x"]})
    shop.restart()
    shop.printer_ready()
    shop.go_online()
    shop.give(wire.PRINT_TEXT, {"lines": ["x"]}, cid=cid)
    assert shop.heard(cid).err.code == "cmd.outcome_unknown"


def test_a_receipt_is_printed_as_a_copy(shop: WishBench) -> None:
    shop.sell(COLA)
    shop.paper(Outcome.DONE)
    receipt = shop.records("sale.completed")[-1]["data"]["receipt"]
    cid = shop.give(wire.PRINT_RECEIPT, {"receipt": receipt})
    assert shop.printed[-1].copy_no >= 1
    shop.paper(Outcome.DONE)
    assert shop.states(cid) == ["accepted", "done"]
    assert shop.heard(shop.give(wire.PRINT_RECEIPT, {"receipt": "260101-1-0001"})).state == "rejected"


def test_a_shop_without_a_printer_says_so(tmp_path: Path) -> None:
    shop = WishBench(tmp_path / "shop", Habits(command_keys=KEYS, has_printer=False))
    answer = shop.heard(shop.give(wire.PRINT_TEXT, {"lines": ["x"]}))
    assert (answer.state, answer.err.code) == ("rejected", "cmd.unsupported")


@pytest.mark.parametrize(
    "args",
    [{}, {"lines": []}, {"lines": ["\x1b@"]}, {"lines": ["x"], "copies": 9}, {"lines": ["x" * 999]}, {"lines": 1}],
)
def test_what_is_no_text_is_refused(shop: WishBench, args: dict[str, Any]) -> None:
    answer = shop.heard(shop.give(wire.PRINT_TEXT, args))
    assert (answer.state, answer.err.code, shop.printed) == ("rejected", "schema.invalid", [])


# --- messages --------------------------------------------------------------------------------------------------------


def test_a_message_is_heard_printed_and_read_by_enter(shop: WishBench) -> None:
    cid = shop.give(wire.MESSAGE, {"text": "明天停电两小时"}, ttl_s=86_400)
    assert (shop.states(cid), shop.prompts[-1], shop.printed) == (["accepted"], "msg.new", [])
    shop.keys("E")
    assert {"平台通知", "明天停电两小时"} <= set(shop.paper_lines())
    assert (shop.last_words, shop.states(cid)) == ("明天停电两小时", ["accepted", "done"])
    assert [show.name for show in shop.shown if isinstance(show, Show)][-1] == "明天停电两小时"


def test_a_message_waits_for_the_customer_to_go(shop: WishBench) -> None:
    shop.scan(COLA)
    cid = shop.give(wire.MESSAGE, {"text": "hello", "paper": False})
    shop.pass_s(2 * LOOK_S)
    assert ("msg.hear" in shop.prompts, len(shop.lines)) == (False, 1)
    shop.keys("10E")
    shop.pass_s(LOOK_S + 1)
    assert shop.prompts[-1] == "msg.hear"
    shop.keys("E")
    assert shop.states(cid)[-1] == "done"


def test_goods_go_before_a_message_and_minus_puts_it_off(shop: WishBench) -> None:
    cid = shop.give(wire.MESSAGE, {"text": "hello", "paper": False})
    shop.scan(COLA)
    assert [name for name, _ in shop.lines] != []
    shop.keys("10E")
    assert shop.prompts[-1] != "msg.hear"
    shop.pass_s(LOOK_S + 1)
    assert shop.prompts[-1] == "msg.hear"
    shop.keys("-")
    assert (shop.states(cid), shop.begin().counter.waiting) == (["accepted"], Waiting.NOTHING)
    shop.hush()
    shop.scan(COLA)
    shop.keys("10E")
    shop.hush()
    shop.pass_s(LATER_S - 2 * LOOK_S)
    assert shop.prompts == []
    shop.pass_s(3 * LOOK_S)
    assert shop.prompts[-1] == "msg.hear"


def test_a_message_outlives_a_power_cut(shop: WishBench) -> None:
    cid = shop.give(wire.MESSAGE, {"text": "hello", "paper": False})
    shop.restart()
    shop.go_online()
    shop.pass_s(LOOK_S + 1)
    assert shop.prompts[-1] == "msg.hear"
    shop.keys("E")
    assert shop.states(cid)[-1] == "done"


def test_nobody_is_told_of_more_messages_than_a_person_reads(shop: WishBench) -> None:
    for _ in range(MAX_UNREAD):
        shop.give(wire.MESSAGE, {"text": "hello", "paper": False})
    assert shop.heard(shop.give(wire.MESSAGE, {"text": "one more"})).err.code == "quota.exceeded"


# --- a sentence, a test ----------------------------------------------------------------------------------------------


def test_a_prompt_of_the_pack_is_said(shop: WishBench) -> None:
    cid = shop.give(wire.SAY, {"prompt": "buy.printed", "words": {"n": "3"}})
    assert (shop.states(cid), shop.prompts[-1]) == (["done"], "buy.printed")


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"prompt": "no.such"}, "schema.invalid"),
        ({"prompt": "buy.printed"}, "schema.invalid"),
        ({"prompt": "pay.ok_sale"}, "auth.denied"),
        ({}, "schema.invalid"),
    ],
)
def test_nothing_else_is_said_and_never_money(shop: WishBench, args: dict[str, Any], code: str) -> None:
    assert shop.heard(shop.give(wire.SAY, args)).err.code == code
    assert shop.prompts == []


def test_a_self_test_tells_how_the_terminal_is(shop: WishBench) -> None:
    tx = shop.begin()
    shop.seen = shop.health.snapshot(tx, shop.ledger.last_n)
    tx.rollback()
    out = shop.heard(shop.give(wire.SELFTEST)).out
    assert (out["devices"], out["problems"], out["version"]) == ({PRINTER: "ready"}, [], "0.1")


# --- a pause, a restart ----------------------------------------------------------------------------------------------


def test_a_suspended_terminal_sells_for_cash_and_begins_no_service(shop: WishBench) -> None:
    cid = shop.command(wire.SUSPEND, {"on": True, "why": "contract ended"})
    assert (shop.states(cid), shop.prompts[-1]) == (["done"], "term.suspended")
    shop.restart()
    shop.go_online()
    shop.hush()
    shop.card(TOP_UP)
    assert (shop.prompts[-1], shop.begin().counter.waiting) == ("term.suspended", Waiting.NOTHING)
    shop.sell(COLA)
    assert len(shop.records("sale.completed")) == 1
    shop.ctr += 10
    shop.command(wire.SUSPEND, {"on": False})
    shop.card(TOP_UP)
    assert shop.prompts[-1] == "svc.phone"
    assert [row["data"]["on"] for row in shop.records("terminal.suspended")] == [True, False]


def test_without_a_signature_nobody_suspends_it(shop: WishBench) -> None:
    assert shop.heard(shop.give(wire.SUSPEND, {"on": True})).err.code == "sig.required"
    shop.card(TOP_UP)
    assert shop.prompts[-1] == "svc.phone"


def test_a_restart_waits_until_nobody_is_served_and_is_answered_after_it(shop: WishBench) -> None:
    shop.scan(COLA)
    cid = shop.give(wire.RESTART)
    shop.pass_s(60)
    assert (shop.stops, shop.states(cid)) == ([], ["accepted"])
    shop.keys("10E")
    shop.paper(Outcome.DONE)
    shop.pass_s(10)
    assert (shop.prompts[-1], shop.stops) == ("sys.restart", [wire.RESTART])
    shop.restart(clean=True)
    shop.go_online()
    shop.give(wire.RESTART, cid=cid)
    assert (shop.heard(cid).state, shop.heard(cid).dup, len(shop.stops)) == ("done", True, 1)


def test_a_restart_gives_up_after_a_quarter_of_an_hour_of_work(shop: WishBench) -> None:
    shop.scan(COLA)
    cid = shop.give(wire.RESTART)
    shop.pass_s(WAITS_S + 5)
    assert (shop.stops, shop.heard(cid).err.code) == ([], "cmd.busy")


def test_a_power_cut_before_the_restart_is_no_restart(shop: WishBench) -> None:
    shop.scan(COLA)
    cid = shop.give(wire.RESTART)
    shop.restart()
    shop.go_online()
    shop.give(wire.RESTART, cid=cid)
    assert shop.heard(cid).err.code == "cmd.outcome_unknown"


def test_a_machine_that_is_not_the_terminals_is_not_restarted(shop: WishBench) -> None:
    assert shop.heard(shop.give(wire.REBOOT)).err.code == "cmd.unsupported"

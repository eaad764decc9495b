"""The cash drawer: one pulse a cash sale, never a second one, and a word when it stays open."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import PRINTER, TID, CounterBench, Habits

from edge.codec.command_card import card_code
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.errors import DiskFull
from edge.messages import CommandRefused, Key, KeyPressed, KickOutcome, Outcome, PrinterState, SendKick
from edge.model.ledger_rows import EffectState
from edge.services.drawer import KICK_EXPIRES_S, LEFT_OPEN_S, RETRY_S

OPEN_DRAWER = card_code(163)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", Habits(drawer_open_level=True))


def kicks(shop: CounterBench) -> list[str]:
    tx = shop.begin()
    return [state.value for state in EffectState for _ in tx.kicks.in_state(state)]


def ended(shop: CounterBench) -> list[str]:
    return [row["data"]["outcome"] for row in shop.records("drawer.ended")]


def test_a_cash_sale_opens_the_drawer_once_and_nothing_else_does(shop: CounterBench) -> None:
    shop.scan("ZZ1113")
    assert shop.kicked == []
    shop.sell()
    assert len(shop.kicked) == 1
    assert shop.kicked[0].expires_mono <= shop.clock.mono_s + KICK_EXPIRES_S
    shop.tell(KickOutcome(PRINTER, shop.kicked[0].kick, Outcome.DONE))
    shop.printer(PrinterState.READY)
    assert (len(shop.kicked), kicks(shop), ended(shop)) == (1, ["done"], [])


def test_the_card_opens_the_drawer_without_a_sale_and_the_journal_says_why(shop: CounterBench) -> None:
    shop.card(OPEN_DRAWER)
    (opened,) = shop.records("drawer.opened")
    assert opened["data"] == {"why": "no_sale"}
    assert [kick.kick for kick in shop.kicked] == [opened["id"]]
    assert shop.spoken[-1].text == "开钱箱"
    shop.tell(KickOutcome(PRINTER, opened["id"], Outcome.DONE))
    shop.card(OPEN_DRAWER)
    assert (len(shop.kicked), len(shop.records("drawer.opened"))) == (2, 2)


def test_without_a_drawer_the_card_says_so_and_nothing_is_journaled(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(drawer=False))
    shop.card(OPEN_DRAWER)
    assert (shop.kicked, shop.records("drawer.opened")) == ([], [])
    assert shop.spoken[-1].text == "没有接钱箱"


def test_a_no_sale_pulse_that_the_power_cut_is_not_driven_again(shop: CounterBench) -> None:
    shop.card(OPEN_DRAWER)
    shop.restart()
    shop.printer(PrinterState.READY, pin3_high=False)
    assert (len(shop.kicked), kicks(shop)) == (1, ["unknown"])


def test_the_ledger_says_sending_before_the_pulse(shop: CounterBench) -> None:
    seen: list[list[str]] = []
    shop.bus.route(SendKick, lambda _: seen.append(kicks(shop)))
    shop.sell()
    assert seen == [["sending"]]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.NOT_STARTED, "expired"), (Outcome.UNKNOWN, "unknown"), (Outcome.FAILED, "expired")],
)
def test_a_pulse_that_failed_is_said_and_logged_and_not_repeated(
    shop: CounterBench, outcome: Outcome, state: str
) -> None:
    shop.sell()
    shop.tell(KickOutcome(PRINTER, shop.kicked[0].kick, outcome, "why"))
    shop.pass_s(60)
    shop.printer_ready()
    assert (len(shop.kicked), kicks(shop), ended(shop)) == (1, [state], [state])
    assert "钱箱没有打开" in [speech.text for speech in shop.spoken]


def test_a_pulse_that_no_printer_took_expires(shop: CounterBench) -> None:
    shop.sell()
    shop.tell(CommandRefused(PRINTER, shop.kicked[0]))
    shop.printer_ready()
    assert (len(shop.kicked), kicks(shop)) == (1, ["expired"])


@pytest.mark.parametrize(("pin3_high", "state"), [(True, "done"), (False, "unknown")])
def test_after_a_power_cut_the_switch_tells_what_became_of_the_pulse(
    shop: CounterBench, pin3_high: bool, state: str
) -> None:
    shop.sell()
    shop.restart()
    assert kicks(shop) == ["sending"]
    shop.printer(PrinterState.READY, pin3_high=None)
    assert kicks(shop) == ["sending"]
    shop.printer(PrinterState.READY, pin3_high=pin3_high)
    assert (kicks(shop), ended(shop)) == ([state], [state])
    shop.pass_s(60)
    assert len(shop.kicked) == 1


def test_after_a_power_cut_without_a_switch_nobody_knows_and_nothing_moves(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.sell()
    shop.restart()
    shop.printer_ready()
    assert (len(shop.kicked), kicks(shop), ended(shop)) == (1, ["unknown"], ["unknown"])


def test_a_pulse_that_was_queued_when_the_power_went_expires(shop: CounterBench) -> None:
    shop.sell()
    tx = shop.begin()
    tx.kicks.move(shop.kicked[0].kick, EffectState.QUEUED)
    tx.commit()
    shop.restart()
    shop.printer_ready()
    assert (len(shop.kicked), kicks(shop), ended(shop)) == (1, ["expired"], ["expired"])


def test_an_open_drawer_is_mentioned_after_30_seconds_and_again_until_it_is_closed(shop: CounterBench) -> None:
    shop.printer(PrinterState.READY, pin3_high=False)
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.hush()
    shop.pass_s(LEFT_OPEN_S - 1)
    assert shop.spoken == []
    shop.pass_s(2)
    assert shop.last_words == "请关好钱箱"
    shop.pass_s(LEFT_OPEN_S)
    assert len(shop.spoken) == 2
    shop.printer(PrinterState.READY, pin3_high=False)
    shop.pass_s(5 * LEFT_OPEN_S)
    assert len(shop.spoken) == 2


def test_a_drawer_closed_and_opened_again_is_timed_from_the_second_opening(shop: CounterBench) -> None:
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.pass_s(20)
    shop.printer(PrinterState.READY, pin3_high=False)
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.hush()
    shop.pass_s(20)
    assert shop.spoken == []
    shop.pass_s(11)
    assert len(shop.spoken) == 1


def test_a_shop_without_a_drawer_sells_without_a_pulse_a_word_or_a_row(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(drawer=False, drawer_open_level=True))
    shop.printer_ready()
    shop.sell()
    shop.restart()
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.pass_s(5 * LEFT_OPEN_S)
    assert (len(shop.sales()), shop.kicked, kicks(shop), ended(shop)) == (1, [], [], [])
    assert not {"drawer.fault", "drawer.open"} & set(shop.prompts)


def test_a_pulse_cut_off_before_the_drawer_was_taken_away_is_settled_at_the_next_boot(shop: CounterBench) -> None:
    shop.sell()
    shop.habits.drawer = False
    shop.restart()
    assert (kicks(shop), ended(shop)) == (["unknown"], ["unknown"])


@pytest.mark.parametrize("failures", [1, 2])
def test_an_outcome_that_found_no_room_is_booked_later_and_once(shop: CounterBench, failures: int) -> None:
    shop.sell()
    left = [DiskFull("full")] * failures

    def no_room(*_: object) -> None:
        if left:
            raise left.pop()

    shop.bus.on(KickOutcome, no_room)
    shop.tell(KickOutcome(PRINTER, shop.kicked[0].kick, Outcome.NOT_STARTED, "why"))
    shop.pass_s(3 * RETRY_S)
    assert kicks(shop) == ["expired"]
    assert shop.prompts.count("drawer.fault") == 1


def test_an_outcome_that_is_told_twice_is_booked_once(shop: CounterBench) -> None:
    shop.sell()
    for outcome in (Outcome.DONE, Outcome.NOT_STARTED):
        shop.tell(KickOutcome(PRINTER, shop.kicked[0].kick, outcome))
    assert (kicks(shop), ended(shop)) == (["done"], [])


@pytest.mark.parametrize(
    ("devices", "drawers"),
    [
        ("", 0),
        ('[devices.receipt_printer]\ndriver = "printer_escpos"\nport = "sim://p"\ndrawer = false\n', 0),
        ('[devices.receipt_printer]\ndriver = "printer_escpos"\nport = "sim://p"\n', 1),
    ],
)
def test_the_terminal_has_a_drawer_when_its_printer_says_so(tmp_path: Path, devices: str, drawers: int) -> None:
    config = tmp_path / "shop.toml"
    config.write_text(f'[terminal]\ntid = "{TID}"\nstore = "S-1"\ndata_dir = "{tmp_path}/data"\n{devices}')
    terminal = build(load_settings(config, load_driver))
    for key in (Key.D3, Key.PLUS, Key.D3, Key.ENTER):
        terminal.bus.post(KeyPressed("keypad", key, terminal.clock.mono()))
    terminal.bus.run_pending()
    tx = terminal.ledger.begin(lambda record, tx: None)
    assert tx.sales.last() is not None
    assert len(tx.kicks.in_state(EffectState.SENDING)) == drawers
    tx.rollback()
    terminal.close()

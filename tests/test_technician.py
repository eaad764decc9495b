"""The technician's PIN: on one paper, in no file, and never on a paper that nobody could read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from counter_bench import PRINTER, CounterBench

from edge.bus import Bus
from edge.codec.command_card import card_code
from edge.errors import EdgeError
from edge.messages import DeviceDown, DeviceUp, Outcome, PrinterState, PrinterStatus
from edge.model.account import is_own, read_account
from edge.model.set_up_slip import PageWays, grouped
from edge.model.slip import QrCode
from edge.services.owner_gate import ARMED_S
from edge.services.technician import ACCOUNT, HASH_AGAIN_S, SLIPS_A_BOOT, KeepAccount, SlipText, Technician
from edge.store.documents import Collection, Documents
from edge.web.login import Gate, hash_pin

NEW_PIN = card_code(204)


class SetUpBench(CounterBench):
    """The counter with a technician's page. `hash_fails`: how many of the next hashes fail."""

    hash_fails = 0
    page_ways = PageWays(("http://127.0.0.1:8080/",))

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        documents, _ = Documents.open(self.folder / "documents", at=self.clock.wall())
        accounts: Collection = documents.collection("accounts")
        self.accounts = accounts
        Technician(
            bus, SlipText("T7K3M9Q2", "S-00817", lambda: self.page_ways, "zh-CN"), chance=chance, printer=PRINTER,
            known=lambda name: accounts.get(name) is not None, chosen=lambda name: is_own(accounts.get(name)),
            forget=accounts.delete, hashed=self._hashed, run=self._run,
        )  # fmt: skip
        bus.on(KeepAccount, lambda kept, _: accounts.put(kept.name, {
            "hash": kept.hash, "made_at": kept.made_at, "own": kept.own,
        }))  # fmt: skip

    def _hashed(self, pin: str) -> str:
        if self.hash_fails:
            self.hash_fails -= 1
            raise EdgeError("no memory for a hash")
        return hash_pin(pin)

    @property
    def pins(self) -> list[str]:
        """On the set-up slips that went to the printer."""
        return [block.text for job in self.printed for block in job.slip.blocks if isinstance(block, QrCode)]

    def opens(self, pin: str) -> bool:
        """Whether the page lets this PIN in."""

        gate = Gate(self.clock, lambda name: read_account(name, self.accounts.get(name)), lambda name, source: None)
        return gate.enter(ACCOUNT, pin, "") is not None

    def keeps(self, pin: str) -> bool:
        """Whether the PIN stands in the ledger, as it is printed or as it is typed."""
        with closing(sqlite3.connect(self.ledger.path)) as connection:
            dump = "\n".join(connection.iterdump())
        return pin in dump or grouped(pin) in dump


@pytest.fixture
def shop(tmp_path: Path) -> SetUpBench:
    """Set up and plugged in: its first slip is being printed."""
    shop = SetUpBench(tmp_path / "shop")
    shop.run_jobs()
    shop.printer_ready()
    return shop


def cover_opened(shop: SetUpBench, outcome: Outcome = Outcome.UNKNOWN) -> None:
    shop.printer(PrinterState.COVER_OPEN)
    shop.paper(outcome)


def test_the_first_boot_prints_a_pin_that_opens_the_page_and_keeps_it_nowhere(shop: SetUpBench) -> None:
    (pin,) = shop.pins
    assert shop.keeps(pin)  # until it is printed
    shop.paper(Outcome.DONE)
    assert shop.opens(pin)
    assert not shop.keeps(pin)
    shop.restart()
    shop.run_jobs()
    shop.printer_ready()
    assert shop.pins == [pin]


def test_a_slip_torn_off_in_the_middle_is_replaced_as_soon_as_the_printer_is_well(shop: SetUpBench) -> None:
    cover_opened(shop)
    torn = shop.pins[0]
    assert not shop.keeps(torn)
    assert not shop.opens(torn)
    shop.printer(PrinterState.READY)
    shop.run_jobs()
    shop.paper(Outcome.DONE)
    assert len(shop.pins) == 2
    assert shop.opens(shop.pins[1])
    assert not shop.keeps(shop.pins[1])
    shop.printer(PrinterState.PAPER_OUT)
    shop.printer(PrinterState.READY)
    shop.run_jobs()
    assert len(shop.pins) == 2


def test_the_voice_does_not_send_the_technician_to_the_reprint_card(shop: SetUpBench) -> None:
    cover_opened(shop)
    assert "print.unknown" not in shop.prompts


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_a_lost_slip_is_replaced_at_the_next_boot(shop: SetUpBench, outcome: Outcome) -> None:
    cover_opened(shop, outcome)
    assert not shop.keeps(shop.pins[0])
    shop.restart()
    shop.run_jobs()
    shop.printer_ready()
    shop.paper(Outcome.DONE)
    assert [shop.opens(pin) for pin in shop.pins] == [False, True]


def test_a_slip_that_no_printer_can_print_is_not_tried_again_before_the_next_boot(shop: SetUpBench) -> None:
    shop.paper(Outcome.FAILED)
    shop.printer(PrinterState.COVER_OPEN)
    shop.printer(PrinterState.READY)
    shop.run_jobs()
    assert len(shop.pins) == 1


def test_power_lost_in_the_middle_of_the_slip_makes_a_new_one(shop: SetUpBench) -> None:
    shop.restart()
    assert not shop.keeps(shop.pins[0])
    shop.run_jobs()
    shop.printer_ready()
    shop.paper(Outcome.DONE)
    assert [shop.opens(pin) for pin in shop.pins] == [False, True]


@pytest.mark.parametrize("boots", [0, 3])
def test_a_printer_that_never_answers_gets_one_slip_and_its_pin_is_valid(tmp_path: Path, boots: int) -> None:
    shop = SetUpBench(tmp_path / "shop")
    shop.run_jobs()
    shop.tell(DeviceUp(PRINTER), PrinterStatus(PRINTER, PrinterState.UNKNOWN))
    shop.paper(Outcome.UNKNOWN)
    for _ in range(boots):
        shop.restart()
        shop.run_jobs()
        shop.tell(DeviceUp(PRINTER), PrinterStatus(PRINTER, PrinterState.UNKNOWN))
    shop.tell(DeviceDown(PRINTER, "cable"), DeviceUp(PRINTER), PrinterStatus(PRINTER, PrinterState.READY))
    shop.run_jobs()
    (pin,) = shop.pins
    assert shop.opens(pin)
    assert not shop.keeps(pin)


def test_a_printer_that_loses_every_slip_gets_only_so_many_a_boot(shop: SetUpBench) -> None:
    for _ in range(3 * SLIPS_A_BOOT):
        cover_opened(shop)
        shop.printer(PrinterState.READY)
        shop.run_jobs()
    assert len(set(shop.pins)) == SLIPS_A_BOOT


def test_another_status_while_the_new_pin_is_hashed_does_not_print_two(shop: SetUpBench) -> None:
    cover_opened(shop)
    shop.printer(PrinterState.READY, pin3_high=False)
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.run_jobs()
    shop.paper(Outcome.DONE)
    shop.printer(PrinterState.READY)
    assert [shop.opens(pin) for pin in shop.pins] == [False, True]


@pytest.mark.parametrize("cut_after", ["outcome", "slip"])
def test_a_power_cut_between_ledger_and_account_leaves_a_pin_that_opens(
    shop: SetUpBench, cut_after: str, tmp_path: Path
) -> None:
    """The ledger has the step, the documents have not: the account as it was before, beside the ledger after it."""
    before = (shop.folder / "documents" / "accounts.json").read_bytes()
    cover_opened(shop)
    if cut_after == "slip":
        before = (shop.folder / "documents" / "accounts.json").read_bytes()
        shop.printer(PrinterState.READY)
        shop.run_jobs()
    (shop.folder / "documents" / "accounts.json").write_bytes(before)
    shop.restart()
    for _ in range(2):
        shop.run_jobs()
        shop.printer_ready()
        if shop.printed:
            shop.paper(Outcome.DONE)
    assert shop.opens(shop.pins[-1])


def test_a_pin_that_the_owner_asks_for_replaces_the_old_one_at_once(shop: SetUpBench) -> None:
    shop.paper(Outcome.DONE)
    (old,) = shop.pins
    shop.as_owner(NEW_PIN)
    assert shop.last_words == "换技术员密码？按确认"
    assert shop.opens(old)
    shop.keys("E")
    assert shop.prompts[-1] == "technician.slip"
    assert not shop.opens(old)
    shop.run_jobs()
    shop.paper(Outcome.DONE)
    assert [shop.opens(pin) for pin in shop.pins] == [False, True]
    assert not shop.keeps(shop.pins[1])


def test_a_pin_that_is_confirmed_too_late_leaves_the_old_one(shop: SetUpBench) -> None:
    shop.paper(Outcome.DONE)
    (old,) = shop.pins
    shop.as_owner(NEW_PIN)
    shop.pass_s(ARMED_S)
    shop.keys("E")
    assert shop.prompts[-1] == "owner.late"
    assert shop.opens(old)
    shop.as_owner(NEW_PIN)
    shop.pass_s(ARMED_S - 5)
    shop.as_owner(NEW_PIN)
    shop.pass_s(ARMED_S - 5)
    shop.keys("E")
    assert not shop.opens(old), "asked anew, it has its minute anew"


def test_the_owner_may_ask_for_as_many_slips_as_he_likes(shop: SetUpBench) -> None:
    for _ in range(2 * SLIPS_A_BOOT):
        shop.paper(Outcome.DONE)
        shop.as_owner(NEW_PIN)
        shop.keys("E")
        shop.run_jobs()
    assert len(set(shop.pins)) == 2 * SLIPS_A_BOOT + 1


def test_a_hash_that_failed_is_told_and_tried_again_once_after_a_minute(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shop = with_failing_hash(tmp_path / "once", 1)
    assert "no memory for a hash" in caplog.text
    shop.pass_s(HASH_AGAIN_S)
    shop.run_jobs()
    shop.printer_ready()
    assert shop.opens(shop.pins[0])


def test_a_hash_that_fails_again_is_left_to_the_next_boot(tmp_path: Path) -> None:
    shop = with_failing_hash(tmp_path / "often", 2)
    for _ in range(3):
        shop.pass_s(HASH_AGAIN_S)
        shop.run_jobs()
    shop.printer_ready()
    assert shop.pins == []
    shop.restart()
    shop.run_jobs()
    shop.printer_ready()
    assert shop.opens(shop.pins[0])


def test_a_jobs_thread_that_has_no_room_is_asked_again(tmp_path: Path) -> None:
    class Busy(SetUpBench):
        busy = True

        def _run(self, job: str, work: Callable[[], object]) -> bool:
            return not self.busy and super()._run(job, work)

    shop = Busy(tmp_path / "shop")
    shop.busy = False
    shop.pass_s(HASH_AGAIN_S)
    shop.run_jobs()
    shop.printer_ready()
    assert len(shop.pins) == 1


def with_failing_hash(folder: Path, fails: int) -> SetUpBench:
    class Failing(SetUpBench):
        hash_fails = fails

    shop = Failing(folder)
    shop.run_jobs()
    return shop


def test_a_password_that_somebody_chose_does_not_go_with_a_lost_slip(shop: SetUpBench) -> None:
    shop.tell(KeepAccount(ACCOUNT, hash_pin("laoban-2026"), "2026-11-27T00:00:00.000Z", own=True))
    shop.paper(Outcome.UNKNOWN)
    gate = Gate(shop.clock, lambda name: read_account(name, shop.accounts.get(name)), lambda name, source: None)
    assert gate.enter(ACCOUNT, "laoban-2026", "") is not None

"""The owner's account: its PIN on one paper, in no file, void when nobody could read it; and taken away again."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import PRINTER, CounterBench

from edge.bus import Bus
from edge.errors import DiskFull, EdgeError
from edge.messages import DeviceUp, Outcome, PageAnswer, PageOrder, PrinterState, PrinterStatus
from edge.model.account import Role, read_account
from edge.model.set_up_slip import PageWays, grouped
from edge.model.slip import QrCode, Text
from edge.services.commands import CarryOut
from edge.services.owner_pin import FORMER, OWNER, PIN, REMOVE, Accounts, OwnerPin
from edge.services.technician import KeepAccount, SlipText
from edge.store.documents import Documents
from edge.web.login import Gate, hash_pin

CID = "019aadf2-4c02-7c3e-9d51-{:012d}"


class OwnerBench(CounterBench):
    """`answers` went to the page. `full`: the disk takes no account. `hash_fails`: no memory for it."""

    printer_name: str | None = PRINTER
    full = hash_fails = False
    given = 0

    def boot(self) -> None:
        self.answers: list[PageAnswer] = []
        super().boot()
        self.bus.route(PageAnswer, self.answers.append)

    def _at_page(self, bus: Bus, documents: Documents, chance: Random) -> Mapping[str, CarryOut]:
        accounts = self.accounts = documents.collection("accounts")
        kept = Accounts(self._keep, accounts.delete, accounts.get, accounts.put)
        text = SlipText("T7K3M9Q2", "S-00817", lambda: PageWays(("http://127.0.0.1:8080/",)), "zh-CN")
        return OwnerPin(
            bus, text, kept, chance=chance, printer=self.printer_name, hashed=self._hashed, run=self._run
        ).orders

    def _keep(self, kept: KeepAccount) -> None:
        if self.full:
            raise DiskFull("no room")
        self.accounts.put(kept.name, {"hash": kept.hash, "made_at": kept.made_at, "own": kept.own})

    def _hashed(self, pin: str) -> str:
        if self.hash_fails:
            raise EdgeError("no memory for a hash")
        return hash_pin(pin)

    def order(self, kind: str = PIN) -> None:
        self.given += 1
        self.tell(PageOrder(CID.format(self.given), kind, {}, "technician"))
        self.run_jobs()

    def ended(self) -> tuple[str, str]:
        """(state, code) of the newest answer to the newest order."""
        result = [one.result for one in self.answers if one.cid == CID.format(self.given)][-1]
        return result["state"], result.get("err", {}).get("code", "")

    @property
    def pins(self) -> list[str]:
        return [block.text for job in self.printed for block in job.slip.blocks if isinstance(block, QrCode)]

    def opens(self, password: str) -> bool:
        gate = Gate(self.clock, lambda name: read_account(name, self.accounts.get(name)), lambda name, source: None)
        return gate.enter(OWNER, password, "") is not None

    def keeps(self, pin: str) -> bool:
        with closing(sqlite3.connect(self.ledger.path)) as connection:
            dump = "\n".join(connection.iterdump())
        return pin in dump or grouped(pin) in dump


@pytest.fixture
def shop(tmp_path: Path) -> OwnerBench:
    shop = OwnerBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def test_the_owners_pin_is_printed_opens_the_page_and_is_kept_nowhere(shop: OwnerBench) -> None:
    shop.order()
    (pin,) = shop.pins
    texts = [block.text for block in shop.printed[-1].slip.blocks if isinstance(block, Text)]
    assert texts[0] == "店主" and grouped(pin) in texts
    assert shop.ended()[0] == "accepted"
    shop.paper(Outcome.DONE)
    assert shop.ended() == ("done", "")
    assert shop.opens(pin) and not shop.keeps(pin)
    (ended,) = [row["data"] for row in shop.records() if PIN in row["data"].values()]
    assert "technician" in ended.values(), "who asked for it is written down"


def test_another_pin_ends_the_old_password_at_once(shop: OwnerBench) -> None:
    shop.accounts.put(OWNER, {"hash": hash_pin("laoban-2026"), "made_at": "", "own": True})
    shop.order()
    assert not shop.opens("laoban-2026") and shop.opens(shop.pins[0])


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_a_paper_that_never_came_takes_no_password_away(shop: OwnerBench, outcome: Outcome) -> None:
    own: dict[str, Any] = {"hash": hash_pin("laoban-2026"), "made_at": "", "own": True}
    shop.accounts.put(OWNER, own)
    shop.order()
    shop.paper(outcome)
    assert shop.opens("laoban-2026") and not shop.opens(shop.pins[0])
    assert shop.accounts.get(FORMER) is None
    shop.printer(PrinterState.PAPER_OUT)
    shop.order()
    shop.order()
    shop.restart()
    assert shop.opens("laoban-2026") and shop.accounts.get(FORMER) is None
    shop.printer_ready()
    shop.order()
    shop.paper(Outcome.DONE)
    assert shop.opens(shop.pins[-1]) and not shop.opens("laoban-2026")
    assert shop.accounts.get(FORMER) is None


def test_power_lost_before_the_slip_is_queued_leaves_the_password_as_it_was(shop: OwnerBench) -> None:
    shop.accounts.put(FORMER, {"hash": hash_pin("laoban-2026"), "made_at": "", "own": True})
    shop.accounts.put(OWNER, {"hash": hash_pin("8JGP9PRMVS9XR"), "made_at": "", "own": False})
    shop.restart()
    assert shop.opens("laoban-2026") and shop.accounts.get(FORMER) is None


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.FAILED])
def test_a_pin_on_a_paper_that_was_cut_short_is_void(shop: OwnerBench, outcome: Outcome) -> None:
    shop.order()
    shop.paper(outcome)
    assert shop.ended() == ("failed", "cmd.outcome_unknown")
    assert not shop.opens(shop.pins[0]) and not shop.keeps(shop.pins[0])


def test_of_a_printer_that_never_answers_the_slip_is_good(shop: OwnerBench) -> None:
    shop.tell(DeviceUp(PRINTER), PrinterStatus(PRINTER, PrinterState.UNKNOWN))
    shop.order()
    shop.paper(Outcome.UNKNOWN)
    assert shop.ended() == ("failed", "cmd.outcome_unknown"), "somebody has to go and look"
    assert shop.opens(shop.pins[0])


def test_a_slip_that_waits_for_paper_gives_way_to_the_next(shop: OwnerBench) -> None:
    shop.printer(PrinterState.PAPER_OUT)
    shop.order()
    first = shop.answers[-1].cid
    shop.order()
    assert [one.result["state"] for one in shop.answers if one.cid == first] == ["accepted", "failed"]
    shop.printer(PrinterState.READY)
    assert len(shop.pins) == 1 and shop.opens(shop.pins[0])


def test_power_lost_while_it_waits_or_prints_leaves_no_pin_that_opens(shop: OwnerBench) -> None:
    shop.printer(PrinterState.PAPER_OUT)
    shop.order()
    shop.restart()
    shop.printer_ready()
    assert shop.pins == [] and shop.accounts.get(OWNER) is None
    shop.order()
    shop.restart()
    assert shop.accounts.get(OWNER) is None and not shop.keeps(shop.pins[-1])


def test_a_full_disk_and_a_failing_hash_are_told_and_print_nothing(shop: OwnerBench) -> None:
    shop.full = True
    shop.order()
    assert shop.ended() == ("failed", "store.full")
    shop.full, shop.hash_fails = False, True
    shop.order()
    assert shop.ended()[0] == "failed" and shop.pins == []


def test_without_a_printer_there_is_no_pin(tmp_path: Path) -> None:
    class Paperless(OwnerBench):
        printer_name = None

    shop = Paperless(tmp_path / "shop")
    shop.order()
    assert shop.ended() == ("rejected", "cmd.unsupported")


def test_an_account_that_is_taken_away_opens_no_more(shop: OwnerBench) -> None:
    shop.accounts.put(OWNER, {"hash": hash_pin("laoban-2026"), "made_at": "", "own": True})
    shop.order(REMOVE)
    assert shop.ended() == ("done", "") and not shop.opens("laoban-2026")
    shop.order(REMOVE)
    assert shop.ended() == ("done", ""), "there is none, as was wanted"


def test_taken_away_while_its_slip_waits_the_slip_is_not_printed(shop: OwnerBench) -> None:
    shop.printer(PrinterState.PAPER_OUT)
    shop.order()
    shop.order(REMOVE)
    shop.printer(PrinterState.READY)
    assert shop.pins == []


def test_the_same_form_sent_twice_is_one_slip(shop: OwnerBench) -> None:
    order = PageOrder(CID.format(1), PIN, {}, "technician")
    shop.tell(order)
    shop.run_jobs()
    shop.tell(order)
    shop.run_jobs()
    shop.paper(Outcome.DONE)
    assert len(shop.pins) == 1


def test_an_account_reads_back_as_it_was_kept() -> None:
    document: dict[str, Any] = {"hash": "x", "made_at": "2026-11-27T00:00:00.000Z", "own": True}
    account = read_account(OWNER, document)
    assert account is not None and (account.role, account.made_at) == (Role.OWNER, document["made_at"])
    assert read_account(OWNER, {"hash": 1}) is None

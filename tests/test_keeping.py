"""What the page orders of a shop that is kept and moved, and who goes before: a real terminal, without threads."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from keep_bench import COLA, PASSWORD, Box, backed_up

from edge.codec.wire_command import RESTART
from edge.messages import Outcome, PageOrder, PrintOutcome, ScanData
from edge.model.backup import Secret
from edge.services.keeping import ANSWER_S, KEPT_S, PAPER_S
from edge.services.restarting import SPOKEN_S
from edge.store.sealed_file import read_sealed_head

PRINTER = '[devices.receipt_printer]\ndriver = "printer_escpos"\nport = "/dev/usb/lp0"\n'


class KeepingBox(Box):
    """A page that nobody looks at: its orders are given here, and their answers read from the ledger."""

    _numbers = count(1)

    def order(self, kind: str, **args: Any) -> str:
        cid = f"019aadf2-4c02-7c3e-9d51-{next(self._numbers):012d}"
        self.tell(PageOrder(cid, kind, args, "technician"))
        return cid

    def work(self) -> None:
        while self.terminal.jobs.run_waiting():
            self.tell()
            self.terminal.bus.run_pending()

    def pass_s(self, seconds: float) -> None:
        self.clock.pass_s(seconds)
        self.terminal.bus.run_pending()

    def answer(self, cid: str) -> Any:
        ((result,),) = self.books.rows(f"SELECT res FROM cmd WHERE cid = '{cid}'")
        return json.loads(result) if result else {"state": "running"}

    def save(self) -> None:
        """A backup, and the word of whoever has it."""
        self.order("backup.make", password=Secret(PASSWORD))
        self.work()
        (backup,) = made(self)
        assert self.answer(self.order("backup.safe", sha256=sha256_of(backup)))["state"] == "done"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[KeepingBox]:
    box = KeepingBox(tmp_path / "shop")
    box.start()
    box.work()
    yield box
    box.off()


def id_of(backup: Path) -> str:
    with backup.open("rb") as file:
        return read_sealed_head(file)[0].prefix.hex()


def sha256_of(backup: Path) -> str:
    return hashlib.sha256(backup.read_bytes()).hexdigest()


def made(box: KeepingBox) -> list[Path]:
    return list((box.folder / "data" / "backup").glob("*.edgebackup"))


def test_one_backup_at_a_time_and_it_is_kept_for_an_hour(box: KeepingBox) -> None:
    box.sell()
    first, second = (box.order("backup.make", password=Secret(PASSWORD)) for _ in range(2))
    assert box.answer(second)["err"]["code"] == "cmd.busy"
    box.work()
    assert box.answer(first)["state"] == "done" and len(made(box)) == 1
    box.pass_s(KEPT_S - 1)
    box.work()
    assert len(made(box)) == 1
    box.pass_s(2)
    box.work()
    assert made(box) == []


def test_a_box_with_a_sale_that_nobody_else_has_is_not_erased(box: KeepingBox) -> None:
    box.sell()
    assert box.answer(box.order("box.erase"))["state"] == "rejected"
    box.save()
    box.sell()
    assert box.answer(box.order("box.erase"))["state"] == "rejected", "one more since"
    box.save()
    box.tell(ScanData("scanner", COLA, box.clock.mono()))
    assert box.answer(box.order("box.erase"))["err"]["code"] == "cmd.busy", "somebody is served"
    assert not (box.folder / "data/erase").exists()


def test_nothing_counts_as_saved_before_a_person_says_so_of_the_backup_that_there_is(box: KeepingBox) -> None:
    box.sell()
    assert box.answer(box.order("backup.safe", sha256="0" * 64))["state"] == "failed", "there is none"
    box.order("backup.make", password=Secret(PASSWORD))
    box.work()
    assert box.answer(box.order("backup.safe", sha256="0" * 64))["state"] == "failed", "another one"
    assert box.answer(box.order("box.erase"))["state"] == "rejected"
    (backup,) = made(box)
    assert box.answer(box.order("backup.safe", sha256=sha256_of(backup)))["state"] == "done"
    assert box.answer(box.order("box.erase"))["state"] == "running"


def test_it_is_announced_and_whoever_comes_meanwhile_goes_before(box: KeepingBox) -> None:
    cid = box.order("box.erase")
    box.tell(ScanData("scanner", COLA, box.clock.mono()))
    box.pass_s(SPOKEN_S)
    assert box.answer(cid)["err"]["code"] == "cmd.busy" and not (box.folder / "data/erase").exists()


def test_without_a_printer_the_number_of_the_certificate_is_the_answer(box: KeepingBox) -> None:
    cid = box.order("box.erase")
    box.pass_s(SPOKEN_S)
    number = box.answer(cid)["out"]["number"]
    assert (box.folder / "data/erase").read_text() == number == cid[-12:].upper()
    box.pass_s(ANSWER_S)
    assert box.terminal.ending == RESTART
    box.off()
    box.start()
    assert box.books.sold == 0 and box.terminal.goods == 0


def test_a_certificate_that_waits_for_paper_is_not_printed_after_a_power_cut(tmp_path: Path) -> None:
    box = KeepingBox(tmp_path / "shop", PRINTER)
    box.start()
    cid = box.order("box.erase")
    ((waits,),) = box.books.rows("SELECT state FROM print_job WHERE state = 'queued'")
    assert waits == "queued"
    box.off()
    box.start()
    assert box.books.rows("SELECT count(*) FROM print_job WHERE state = 'queued'") == [(0,)], "nothing was erased"
    assert box.answer(cid)["err"]["code"] == "cmd.outcome_unknown"
    assert box.answer(box.order("box.erase"))["state"] == "running", "and it can be asked for again"
    box.pass_s(PAPER_S)
    assert box.books.rows("SELECT count(*) FROM print_job WHERE state = 'queued'") == [(0,)]
    box.off()


def test_a_backup_that_was_looked_at_is_put_in_by_the_next_start(box: KeepingBox, tmp_path: Path) -> None:
    other = Box(tmp_path / "other")
    other.start()
    other.sell(2)
    backup = Path(backed_up(other.folder).path)
    other.off()
    given = box.folder / "data" / "given"
    given.write_bytes(backup.read_bytes())
    cid = box.order("restore.look", password=Secret("wrong-password"), path=str(given))
    box.work()
    assert box.answer(cid)["state"] == "failed" and not given.exists()
    given.write_bytes(backup.read_bytes())
    cid = box.order("restore.look", password=Secret(PASSWORD), path=str(given))
    box.work()
    assert box.answer(cid)["state"] == "done" and not given.exists()
    assert box.answer(box.order("restore.go", id="another"))["err"]["code"] == "cmd.busy"
    go = box.order("restore.go", id=id_of(backup))
    box.pass_s(SPOKEN_S)
    assert box.answer(go)["state"] == "done"
    box.pass_s(ANSWER_S)
    assert box.terminal.ending == RESTART
    box.off()
    box.start()
    assert box.books.sold == 2


def test_between_the_word_and_the_stop_no_other_backup_is_looked_at(box: KeepingBox, tmp_path: Path) -> None:
    other = Box(tmp_path / "other")
    other.start()
    other.sell(2)
    backup = Path(backed_up(other.folder).path)
    other.off()
    given = box.folder / "data" / "given"
    given.write_bytes(backup.read_bytes())
    box.order("restore.look", password=Secret(PASSWORD), path=str(given))
    box.work()
    go = box.order("restore.go", id=id_of(backup))
    given.write_bytes(backup.read_bytes()[:20_000])
    look = box.order("restore.look", password=Secret(PASSWORD), path=str(given))
    assert box.answer(look)["err"]["code"] == "cmd.busy"
    assert box.answer(box.order("backup.make", password=Secret(PASSWORD)))["err"]["code"] == "cmd.busy"
    box.work()
    box.pass_s(SPOKEN_S)
    assert box.answer(go)["state"] == "done"


@pytest.fixture
def printing(tmp_path: Path) -> Iterator[KeepingBox]:
    box = KeepingBox(tmp_path / "printing", PRINTER)
    box.start()
    yield box
    box.off()


def certificate(box: KeepingBox) -> str:
    """The job of the newest paper, which is on its way to the printer."""
    with closing(sqlite3.connect(box.books.path)) as ledger, ledger:
        ((job,),) = ledger.execute("SELECT id FROM print_job ORDER BY id DESC LIMIT 1")
        ledger.execute("UPDATE print_job SET state = 'sending' WHERE id = ?", (job,))
    return str(job)


def waiting_papers(box: KeepingBox) -> list[str]:
    return [str(slip) for (slip,) in box.books.rows("SELECT slip FROM print_job WHERE state = 'queued'")]


def test_what_the_certificate_says_is_true_as_soon_as_it_is_on_paper(printing: KeepingBox) -> None:
    cid = printing.order("box.erase")
    printing.tell(PrintOutcome("receipt_printer", certificate(printing), Outcome.DONE))
    assert (printing.folder / "data/erase").read_text() == cid[-12:].upper(), "no moment in which somebody can come"
    assert printing.answer(cid)["state"] == "done" and waiting_papers(printing) == []
    printing.pass_s(ANSWER_S)
    assert printing.terminal.ending == RESTART


def test_a_certificate_of_a_box_that_could_not_be_erased_is_taken_back_on_paper(printing: KeepingBox) -> None:
    cid = printing.order("box.erase")
    job = certificate(printing)
    printing.tell(ScanData("scanner", COLA, printing.clock.mono()))
    printing.tell(PrintOutcome("receipt_printer", job, Outcome.DONE))
    assert printing.answer(cid)["err"]["code"] == "cmd.busy" and not (printing.folder / "data/erase").exists()
    (void,) = waiting_papers(printing)
    assert "清除证明作废" in void and cid[-12:].upper() in void


def test_a_certificate_that_may_be_out_when_the_power_goes_is_taken_back_on_paper(printing: KeepingBox) -> None:
    cid = printing.order("box.erase")
    certificate(printing)
    printing.off()
    printing.start()
    (void,) = waiting_papers(printing)
    assert "清除证明作废" in void and cid[-12:].upper() in void
    printing.off()
    printing.start()
    assert len(waiting_papers(printing)) == 1, "once"


def test_a_box_with_a_sale_that_stands_aside_is_not_erased(box: KeepingBox) -> None:
    with closing(sqlite3.connect(box.books.path)) as ledger, ledger:
        ledger.execute("INSERT INTO held(at, body) VALUES ('2026-11-27T00:00:00.000Z', 'nobody can read it')")
    assert box.answer(box.order("box.erase"))["err"]["code"] == "cmd.busy"
    assert box.books.queries.custody() == 1

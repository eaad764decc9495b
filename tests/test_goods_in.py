"""Goods from a file on a real terminal: a look changes nothing, a second press all, over a power cut, too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from keep_bench import COLA, Box
from stick_bench import StickMachine

from edge.errors import DiskFull
from edge.messages import MessageFailed, PageAnswer, PageOrder, ScanData
from edge.model.backup import Stage
from edge.model.goods_in import TABLES, GoodsIn
from edge.model.money import Fen
from edge.model.stick import Stick
from edge.ports import Transaction
from edge.services.goods_in import BATCH, KEPT_S, PricesDue
from edge.store.catalogue_build import catalogue_files
from edge.store.given import GOODS_FILE, given_files
from edge.store.stick_files import stick_files

TEA = "6909999999996"
HEAD = "编码,商品,售价\r\n"


class Shop(Box):
    """Cola at 3.50 in its own catalogue, and somebody at its page."""

    def __init__(self, folder: Path, sticks: Callable[[], Sequence[Stick]] = tuple) -> None:
        super().__init__(folder, more='[web]\nbind = "127.0.0.1:0"\n')
        self.sticks = sticks
        self.orders = 0
        self.start()

    def start(self) -> None:
        super().start()
        self.answers: list[dict[str, Any]] = []
        self.terminal.bus.route(PageAnswer, lambda told: self.answers.append(dict(told.result)))
        self.pass_s(5)

    def order(self, kind: str, by: str = "technician", **args: object) -> dict[str, Any]:
        self.orders += 1
        self.tell(PageOrder(f"019aadf2-4c02-7c3e-9d51-{self.orders:012d}", kind, args, by))
        self.work()
        return self.answers[-1]

    def work(self) -> None:
        """What waits for a thread: the stick's, then the one of all else."""
        while self.terminal.more_jobs[-1].run_waiting() or self.terminal.jobs.run_waiting():
            self.terminal.bus.run_pending()

    def look(self, text: str, by: str = "technician") -> GoodsIn:
        path = self.folder / "data" / "goods" / f"given-{self.orders}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.order("goods.look", by, path=str(path))
        return self.state

    def keep(self, by: str = "technician", *, wait_s: float = 10) -> dict[str, Any]:
        found = self.state.found
        answer = self.order("goods.keep", by, id=found.id if found else "")
        self.pass_s(wait_s)
        return answer

    @property
    def state(self) -> GoodsIn:
        found: GoodsIn = self._goods.state()
        return found

    def pass_s(self, seconds: float) -> None:
        until = self.clock.mono_s + seconds
        while (due := self.terminal.bus.next_due()) is not None and due <= until:
            self.clock.pass_s(max(0.0, due - self.clock.mono_s))
            self.terminal.bus.run_once()
            self.work()
            self.terminal.bus.run_pending()
        self.clock.pass_s(max(0.0, until - self.clock.mono_s))

    @property
    def _goods(self) -> Any:
        return self.terminal.bus._handlers[PricesDue][0].__self__  # type: ignore[attr-defined]

    @property
    def ways(self) -> Any:
        return self._goods._ways

    def scan(self, code: str) -> None:
        self.clock.pass_s(2)
        self.tell(ScanData("scanner", code, self.clock.mono()))

    @property
    def lines(self) -> list[tuple[str, int]]:
        tx = self.terminal.ledger.begin(lambda record, tx: None)
        sale = tx.counter.sale
        found = [(line.name, int(line.price)) for line in sale.standing] if sale else []
        tx.rollback()
        return found

    def rows(self, kind: str) -> int:
        sql = "SELECT count(*) FROM journal WHERE type = ?"
        (count,) = self.terminal.ledger._connection.execute(sql, (kind,)).fetchone()
        return int(count)


def test_a_table_on_a_stick_is_taken_though_the_stick_is_pulled_before_the_press(tmp_path: Path) -> None:
    machine = StickMachine(tmp_path / "machine")
    shop = Shop(tmp_path / "shop", machine.look)
    folder = machine.plug()
    (folder / "goods.csv").write_text(f"{HEAD}{TEA},茶,8\r\n", encoding="gb18030")
    (file,) = stick_files(machine.look(), TABLES)
    shop.order("goods.look", path=f"stick:{file.key}")
    assert shop.state.found is not None and (shop.state.found.new, shop.state.found.encoding) == (1, "gb18030")
    machine.pull()
    assert shop.keep()["state"] == "done"
    shop.scan(TEA)
    assert shop.lines == [("茶", 800)]
    assert shop.order("goods.look", path=f"stick:{file.key}")["state"] == "failed" and shop.state.why == "stick_file"
    assert not given_files(shop.folder / "data", GOODS_FILE)
    shop.off()


def test_a_stick_that_does_not_answer_holds_up_nothing_but_its_own_thread(tmp_path: Path) -> None:
    machine = StickMachine(tmp_path / "machine")
    shop = Shop(tmp_path / "shop", machine.look)
    (machine.plug() / "goods.csv").write_text(f"{HEAD}{TEA},茶,8\r\n", encoding="utf-8")
    (file,) = stick_files(machine.look(), TABLES)
    shop.tell(PageOrder("019aadf2-4c02-7c3e-9d51-999999999999", "goods.look", {"path": f"stick:{file.key}"}, "owner"))
    assert not shop.terminal.jobs.run_waiting(), "no job of this thread reads the stick"
    assert shop.terminal.more_jobs[-1].run_waiting() and shop.state.looking
    assert given_files(shop.folder / "data", GOODS_FILE), "the copy"
    shop.work()
    assert shop.state.stage is Stage.READY
    shop.off()


def test_a_copy_from_a_stick_outlives_the_cleaning_after_the_file_before(tmp_path: Path) -> None:
    machine = StickMachine(tmp_path / "machine")
    shop = Shop(tmp_path / "shop", machine.look)
    (machine.plug() / "goods.csv").write_text(f"{HEAD}{TEA},茶,8\r\n", encoding="utf-8")
    (file,) = stick_files(machine.look(), TABLES)
    shop.terminal.jobs.submit("goods.drop", lambda: shop.ways.drop({f"stick:{file.key}"}))
    shop.tell(PageOrder("019aadf2-4c02-7c3e-9d51-999999999998", "goods.look", {"path": f"stick:{file.key}"}, "owner"))
    shop.work()
    assert shop.state.stage is Stage.READY
    shop.off()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path)
    yield shop
    shop.off()


def test_a_look_changes_nothing_and_a_press_all_of_it(shop: Shop) -> None:
    state = shop.look(f"{HEAD}{TEA},茶,8\r\n{COLA},可口可乐 330ml,3.80\r\n")
    assert state.stage is Stage.READY and state.found is not None
    assert (state.found.new, state.found.changed, state.found.named, state.found.is_managed) == (1, 1, 0, False)
    shop.scan(COLA)
    assert shop.lines == [("可口可乐 330ml", 350)]
    shop.scan("ZZ1021")
    answer = shop.keep()
    assert (answer["state"], answer["out"]) == ("done", {"new": 1, "changed": 1, "named": 0, "altered": 0})
    shop.scan(TEA)
    shop.scan(COLA)
    assert shop.lines == [("茶", 800), ("可口可乐 330ml", 380)]
    assert (shop.rows("price.set"), shop.rows("cat.applied")) == (1, 2)
    assert shop.state.kept == state.found.id and not given_files(shop.folder / "data", GOODS_FILE)


def test_what_one_shop_learnt_at_the_counter_does_not_keep_the_next_one_from_its_goods(shop: Shop) -> None:
    learnt = shop.terminal.ledger.begin(lambda record, tx: None)
    learnt.learned.learn("A7", Fen(200))
    learnt.commit()
    found = shop.look(f"{HEAD}{TEA},茶,8\r\n6901234567893,,3\r\n{COLA},,3.80\r\nA7,,2\r\n").found
    assert found is not None
    assert (found.nameless, found.new, found.changed, found.same, found.wrong_lines) == (1, 1, 1, 1, 0)
    assert shop.keep()["state"] == "done" and shop.look(f"{HEAD}6901234567893,,3\r\n").stage is Stage.READY
    assert shop.keep()["state"] == "rejected", "nothing of it is new"


def test_another_unit_or_number_for_known_goods_is_kept_too(shop: Shop) -> None:
    table = f"编码,商品,售价,单位,plu,年龄,称重\r\n{COLA},,,瓶,7,18,否\r\n"
    found = shop.look(table).found
    assert found is not None and (found.altered, found.changed, found.named, found.same) == (1, 0, 0, 0)
    assert shop.keep()["out"] == {"new": 0, "changed": 0, "named": 0, "altered": 1}
    shop.pass_s(5)
    found = shop.look(table).found
    assert found is not None and (found.altered, found.same) == (0, 1)


def test_sent_twice_it_is_kept_once(shop: Shop) -> None:
    shop.look(f"{HEAD}{TEA},茶,8\r\n{COLA},,3.80\r\n")
    shop.keep()
    assert shop.keep()["state"] == "done"
    assert (shop.rows("price.set"), shop.rows("cat.applied")) == (1, 2)
    found = shop.look(f"{HEAD}{TEA},茶,8\r\n{COLA},,3.80\r\n").found
    assert found is not None and (found.new, found.changed, found.same) == (0, 0, 2)
    assert shop.rows("price.set") == 1


def test_the_basket_that_is_open_keeps_its_prices_and_the_goods_come_after_it(shop: Shop) -> None:
    shop.scan(COLA)
    shop.look(f"{HEAD}{TEA},茶,8\r\n{COLA},,3.80\r\n")
    assert shop.keep()["state"] == "done"
    assert shop.lines == [("可口可乐 330ml", 350)]
    assert shop.rows("cat.applied") == 1
    shop.scan("ZZ1021")
    shop.pass_s(5)
    assert shop.rows("cat.applied") == 2


@pytest.mark.parametrize("row", [f"{COLA},可乐,x", "6901234567893,新,3", f"{TEA},茶,8\r\n{TEA},茶,9"])
def test_one_wrong_line_and_nothing_of_the_file_is_kept(shop: Shop, row: str) -> None:
    shop.look(f"{HEAD}A1,甲,1\r\n{row}\r\n")
    assert shop.keep()["state"] == "rejected"
    assert (shop.rows("price.set"), shop.rows("cat.applied")) == (0, 1)


def test_far_below_the_price_only_the_owner_goes(shop: Shop) -> None:
    shop.look(f"{HEAD}{COLA},,0.10\r\n")
    assert shop.keep()["err"]["code"] == "auth.denied"
    assert shop.keep("owner")["state"] == "done"
    shop.scan(COLA)
    assert shop.lines == [("可口可乐 330ml", 10)]


def many(count: int, fen: int) -> str:
    return HEAD + "".join(f"A{n},货{n},{fen / 100:.2f}\r\n" for n in range(count))


def test_prices_go_on_where_the_power_went(shop: Shop) -> None:
    shop.look(many(4 * BATCH, 100))
    shop.keep()
    shop.look(many(4 * BATCH, 120))
    assert shop.keep(wait_s=0.03)["state"] == "done", "it is in the ledger that it will all be so"
    done = shop.rows("price.set")
    assert 0 < done < 4 * BATCH and shop.state.taking and shop.state.of == 4 * BATCH
    shop.off()
    shop.start()
    assert not shop.state.taking and shop.state.done == 4 * BATCH
    assert shop.rows("price.set") == 4 * BATCH


def test_between_two_batches_whoever_is_served_goes_first(shop: Shop) -> None:
    shop.look(many(4 * BATCH, 100))
    shop.keep()
    shop.look(many(4 * BATCH, 120))
    shop.keep(wait_s=0.03)
    shop.tell(ScanData("scanner", COLA, shop.clock.mono()))
    assert shop.state.taking and shop.lines == [("可口可乐 330ml", 350)]


def test_the_same_table_is_taken_once_more_after_somebody_changed_a_price(shop: Shop) -> None:
    table = f"{HEAD}{COLA},,3.80\r\n{TEA},茶,8\r\n"
    shop.look(table)
    shop.keep()
    assert shop.look(f"{HEAD}{COLA},,4.20\r\n").kept == "", "what was kept before is news again"
    shop.keep()
    assert shop.order("goods.keep", id="0" * 64)["state"] == "failed", "no other file is told as this one"
    state = shop.look(table)
    assert state.found is not None and state.found.changed == 1 and state.kept != state.found.id
    assert shop.keep()["out"] == {"new": 0, "changed": 1, "named": 0, "altered": 0}
    shop.scan(COLA)
    assert shop.lines == [("可口可乐 330ml", 380)] and shop.rows("price.set") == 3
    assert shop.look(table).kept == state.found.id, "all of it is here"


def test_a_press_for_a_file_that_is_not_shown_any_more_is_answered(shop: Shop) -> None:
    shop.look(f"{HEAD}{COLA},,3.80\r\n")
    shop.keep()
    kept = shop.state.kept
    shop.order("goods.look", path=str(shop.folder / "data/goods/given-none"))
    assert shop.state.stage is Stage.FAILED and shop.state.kept == kept
    assert shop.order("goods.keep", id=kept)["state"] == "failed"


def pages(shop: Shop, most: int = 0) -> None:
    """The disk is full, or has room again."""
    ledger = shop.terminal.ledger._connection
    most = most or ledger.execute("PRAGMA page_count").fetchone()[0]
    ledger.execute(f"PRAGMA max_page_count = {most}")


def test_a_disk_that_is_full_when_all_is_built_gives_up_and_says_so(shop: Shop) -> None:
    shop.look(many(2_000, 100))
    shop.keep(wait_s=60)
    found = shop.look(many(2_000, 150) + f"{TEA},茶,8\r\n").found
    assert found is not None
    cid = "019aadf2-4c02-7c3e-9d51-000000000999"
    before = catalogue_files(shop.folder / "data")
    shop.tell(PageOrder(cid, "goods.keep", {"id": found.id}, "technician"))
    pages(shop)
    shop.terminal.bus.on(MessageFailed, lambda failed, tx: pages(shop, 100_000))
    while shop.terminal.jobs.run_waiting():
        shop.terminal.bus.run_pending()
    assert (shop.answers[-1]["cid"], shop.answers[-1]["err"]["code"]) == (cid, "store.full")
    assert (shop.state.stage, shop.state.why, shop.state.taking) == (Stage.FAILED, "room", False)
    assert catalogue_files(shop.folder / "data") == before, "nobody shall sell by it one day"
    shop.look(many(2_000, 150))
    assert shop.keep(wait_s=60)["state"] == "done"


def test_a_command_for_which_there_is_no_room_does_nothing(shop: Shop) -> None:
    found = shop.look(f"{HEAD}{TEA},茶,8\r\n").found
    assert found is not None

    def fail(order: PageOrder, tx: Transaction) -> None:
        raise DiskFull("no room", where="ledger.db")

    before = catalogue_files(shop.folder / "data")
    shop.terminal.bus.on(PageOrder, fail)
    assert shop.keep()["state"] == "failed"
    assert (shop.state.stage, shop.state.why, shop.state.taking) == (Stage.FAILED, "room", False)
    assert shop.rows("cat.applied") == 1 and catalogue_files(shop.folder / "data") == before


def test_what_another_browser_is_sending_is_left_alone_until_the_next_start(shop: Shop) -> None:
    other = shop.folder / "data" / "goods" / "given-of-another"
    shop.look(f"{HEAD}{TEA},茶,8\r\n")
    other.write_bytes(b"half of it")
    shop.look(f"{HEAD}{TEA},茶,9\r\n")
    assert len(given_files(shop.folder / "data", GOODS_FILE)) == 2, "the one that is looked at, and that"
    shop.keep()
    assert given_files(shop.folder / "data", GOODS_FILE) == [other]
    shop.off()
    shop.start()
    assert not given_files(shop.folder / "data", GOODS_FILE)


def test_a_catalogue_that_changed_meanwhile_is_not_built_upon(shop: Shop) -> None:
    before = catalogue_files(shop.folder / "data")
    shop.look(f"{HEAD}{TEA},茶,8\r\n")
    found = shop.state.found
    assert found is not None
    shop.tell(PageOrder("019aadf2-4c02-7c3e-9d51-000000000999", "goods.keep", {"id": found.id}, "technician"))
    tx = shop.terminal.ledger.begin(lambda record, tx: None)
    tx.put("cat_ver", "7")
    tx.commit()
    while shop.terminal.jobs.run_waiting():
        shop.terminal.bus.run_pending()
    assert shop.answers[-1]["state"] == "failed" and shop.state.why == "changed"
    assert shop.rows("cat.applied") == 1 and catalogue_files(shop.folder / "data") == before


def test_where_the_catalogue_is_the_clouds_only_prices_are_taken(shop: Shop) -> None:
    tx = shop.terminal.ledger.begin(lambda record, tx: None)
    tx.put("cat_ver", "7")
    tx.commit()
    found = shop.look(f"{HEAD}{TEA},茶,8\r\n{COLA},别的名字,3.80\r\n").found
    assert found is not None and (found.new, found.named, found.changed, found.left_out) == (0, 0, 1, 2)
    assert shop.keep()["state"] == "done"
    assert (shop.rows("price.set"), shop.rows("cat.applied")) == (1, 1)


def test_a_file_for_which_nobody_presses_is_forgotten(shop: Shop) -> None:
    shop.look(f"{HEAD}{TEA},茶,8\r\n")
    assert len(given_files(shop.folder / "data", GOODS_FILE)) == 1
    shop.pass_s(KEPT_S + 1)
    assert shop.state.stage is Stage.NONE and not given_files(shop.folder / "data", GOODS_FILE)
    assert shop.order("goods.keep", id="0" * 64)["state"] == "failed"


def test_a_box_without_any_catalogue_gets_its_first_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.off()
    for path in (tmp_path / "data").glob("*.db*"):
        path.unlink()
    shop.start()
    shop.look(many(10, 150))
    assert shop.keep()["out"] == {"new": 10, "changed": 0, "named": 0, "altered": 0}
    shop.scan("A7")
    assert shop.rows("cat.applied") == 1 and shop.rows("price.set") == 0
    shop.off()

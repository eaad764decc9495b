"""`edge run` on a card that fails or is full: it ends and is started anew, or goes on and says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Mosquitto
from shop_bench import COLA, EXACT_CASH, NOODLES, WATER, Shop, shop_on, until
from worn_disk import ALWAYS, EIO, ENOSPC, NONE, Fault, WornDisk

from edge.__main__ import main


@pytest.fixture
def disk(tmp_path: Path) -> WornDisk:
    return WornDisk(tmp_path / "shop" / "data", tmp_path / "disk")


@pytest.fixture
def shop(broker: Mosquitto, disk: WornDisk, tmp_path: Path) -> Iterator[Shop]:
    with shop_on(tmp_path / "shop", broker_port=broker.port, environment=disk.environment) as shop:
        yield shop


def is_still(shop: Shop) -> bool:
    """Nothing is being printed, no drawer is about to spring open."""
    states = "SELECT state FROM print_job UNION ALL SELECT state FROM drawer_kick"
    return not shop.books.rows(f"SELECT 1 FROM ({states}) WHERE state IN ('queued', 'sending')")


def is_whole(shop: Shop) -> bool:
    """Nothing was taken for damage, and the journal's chain holds."""
    aside = list((shop.folder / "data" / "aside").glob("*"))
    return not aside and main(["journal", "--config", str(shop.config), "--verify"]) == 0


@pytest.mark.parametrize("kind", ["sync", pytest.param("write", marks=pytest.mark.slow)])
def test_a_sale_in_whose_commit_the_disk_fails_is_booked_and_printed_once_or_not_at_all(
    kind: str, shop: Shop, disk: WornDisk
) -> None:
    shop.terminal.start()
    shop.sell(WATER)
    until(lambda: is_still(shop), "the first receipt is printed")
    shop.put_in_basket(COLA)
    fault = Fault(EIO, one_in=ALWAYS)
    disk.order(sync=fault if kind == "sync" else NONE, write=fault if kind == "write" else NONE)
    shop.devices.scan(EXACT_CASH)
    until(lambda: not shop.terminal.running, "a terminal whose store failed ends")
    assert shop.terminal.exit_code == 1
    assert shop.terminal.said("the store failed: .* Starting anew is the only safe way on")
    disk.heal()
    shop.terminal.start()
    assert (shop.books.sold, shop.books.basket) in [(2, 0), (1, 1)], "the sale, or the basket as of the last beep"
    if shop.books.basket:
        shop.devices.scan(EXACT_CASH)
    until(lambda: shop.books.sold == 2, "it is booked")
    shop.sell(NOODLES)
    until(lambda: is_still(shop), "the receipts are printed")
    receipts = [receipt for (receipt,) in shop.books.rows("SELECT receipt FROM sale ORDER BY n")]
    assert len(set(receipts)) == 3
    for receipt in receipts:
        assert sum(receipt in slip.text for slip in shop.devices.slips) == 1
    kicks = dict(shop.books.rows("SELECT state, count(*) FROM drawer_kick GROUP BY state"))
    assert kicks in [{"done": 3}, {"done": 2, "expired": 1}], "the pulse of a sale that a start found is too late"
    assert shop.devices.pulses == kicks["done"]
    assert is_whole(shop)


def test_a_full_disk_refuses_the_scan_in_plain_words_and_sells_again_once_there_is_room(
    shop: Shop, disk: WornDisk
) -> None:
    shop.terminal.start()
    shop.sell(WATER)
    until(lambda: is_still(shop), "nothing but the scan will be written")
    disk.order(write=Fault(ENOSPC, one_in=ALWAYS))
    shop.devices.scan(COLA)
    until(lambda: shop.terminal.said("voice: store.spent"), "it says that it has no room")
    assert shop.terminal.running
    assert (shop.books.sold, shop.books.basket) == (1, 0)
    disk.heal()
    shop.sell(NOODLES)
    assert [sale["data"]["total"] for sale in shop.books.sales()] == [200, 450]
    assert is_whole(shop)


def test_a_write_that_finds_no_room_is_made_in_the_ballasts_place(shop: Shop, disk: WornDisk) -> None:
    shop.terminal.start()
    ballast = shop.folder / "data" / "ballast"
    until(lambda: ballast.exists() and ballast.stat().st_size, "the ballast is laid down")
    lines = ("edge: ready", "receipt_printer: open", "cloud: open")
    until(lambda: all(map(shop.terminal.said, lines)), "the log has its lines of a start: one more could take it")
    shop.put_in_basket(NOODLES)  # of a scanner's first scan it is kept that it was heard
    disk.order(write=Fault(ENOSPC, at=1))
    shop.put_in_basket(WATER)
    assert disk.faults() == {"write ENOSPC": 1}
    until(lambda: shop.terminal.said("voice: store.full"), "it says that only cash is taken")
    assert not ballast.exists()
    shop.sell(COLA)
    assert [sale["data"]["total"] for sale in shop.books.sales()] == [1000]


@pytest.mark.slow
def test_a_start_at_whose_steps_the_disk_fails_ends_with_1_and_takes_nothing_for_damage(
    shop: Shop, disk: WornDisk
) -> None:
    """Syncs 1 and 3, writes 2 (the shared index), 10 (the log's head) and 13 and 18 (the first commits). Write 1 counts
    starts, and whatever becomes of that the terminal opens.
    """
    shop.terminal.start()
    shop.sell(WATER)
    shop.put_in_basket(COLA)
    shop.terminal.kill()
    steps = [(at, 0) for at in (1, 3)] + [(0, at) for at in (2, 10, 13, 18)]
    for sync, write in steps:
        disk.order(sync=Fault(EIO, at=sync) if sync else NONE, write=Fault(EIO, at=write) if write else NONE)
        assert not shop.terminal.comes_up(), f"sync {sync}, write {write}"
        assert (shop.terminal.exit_code, shop.terminal.said_in_this_life("Traceback")) == (1, [])
        (shop.folder / "data" / "starts").unlink()  # so that none of the next is careful
    assert disk.faults() == {"sync EIO": 2, "write EIO": 4}
    disk.heal()
    shop.terminal.start()
    assert (shop.books.sold, shop.books.basket) == (1, 1)
    assert is_whole(shop)

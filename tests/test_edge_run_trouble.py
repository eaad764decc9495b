"""`edge run` among what goes wrong: old brokers, hostile messages, a damaged ledger, wild scanners."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from broker_ear import Ear
from conftest import Mosquitto
from old_broker import OldBroker
from shop_bench import COLA, NOODLES, TID, WATER, Shop, shop_on, until

from edge.__main__ import main
from edge.sim.fault_proxy import FaultProxy

DN = f"stores/v1/{TID}/dn"
REFUSALS = {"0x84": bytes.fromhex("2003008400"), "3.1.1 rc 1": bytes.fromhex("20020001")}


@pytest.fixture
def shop(broker: Mosquitto, tmp_path: Path) -> Iterator[Shop]:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        yield shop


@pytest.mark.parametrize("refusal", ["0x84", pytest.param("3.1.1 rc 1", marks=pytest.mark.slow)])
def test_a_broker_of_mqtt_3_1_1_only_is_spoken_to_in_3_1_1(refusal: str, broker: Mosquitto, tmp_path: Path) -> None:
    with (
        OldBroker(broker.port, REFUSALS[refusal]) as old,
        shop_on(tmp_path / "shop", broker_port=broker.port, terminal_port=old.port) as shop,
    ):
        shop.cloud.start()
        shop.open()
        shop.sell(WATER)
        until(lambda: shop.books.unsent("tx") == 0, "the sale is acknowledged")
        assert old.levels == [5, 4]
        shop.terminal.kill()
        shop.open()
        shop.sell(COLA)
        until(lambda: shop.books.unsent("tx") == 0, "the next sale is acknowledged")
        assert old.levels == [5, 4, 4], "remembered for a day, over a power cut"


@pytest.mark.slow
def test_a_silent_network_holds_up_neither_a_sale_nor_a_planned_stop(broker: Mosquitto, tmp_path: Path) -> None:
    with (
        FaultProxy("127.0.0.1", broker.port) as proxy,
        shop_on(tmp_path / "shop", broker_port=broker.port, terminal_port=proxy.port) as shop,
    ):
        shop.cloud.start()
        shop.terminal.start()
        shop.sell(WATER)
        until(lambda: shop.books.unsent("tx") == 0, "the sale is acknowledged")
        proxy.swallow()
        shop.sell(COLA)
        code, seconds = shop.terminal.stop()
        assert (code, seconds < 2.0) == (0, True), f"exit {code} after {seconds:.1f} s"
        assert shop.books.unsent("tx") == 1
        proxy.pass_on()
        shop.terminal.start()
        shop.sell(NOODLES)
        until(lambda: shop.books.unsent("tx") == 0, "what waited is acknowledged")
        stored = [row.data["total"] for row in shop.cloud_rows() if row.type == "sale.completed"]
        assert stored == [200, 350, 450]


def hostile(epoch: str) -> dict[str, tuple[str, bytes]]:
    """What somebody with a stolen password could send: (leaf, payload)."""
    ack = {"v": 1, "tid": TID, "t": "ack", "stream": "tx", "epoch": epoch, "upto": 1, "at": "2026-11-23T02:16:12.190Z"}
    text = json.dumps(ack)
    return {
        "64 KB and more": ("ack", b"{" + b" " * 100_000 + b"}"),
        "a gzip bomb": ("ack", gzip.compress(b"{" + b" " * 40_000_000 + b"}")),
        "half a gzip": ("ack", gzip.compress(text.encode() * 50)[:60]),
        "depth": ("cmd", b'{"v":1,"args":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_001),
        "duplicate keys": ("ack", text.replace('"upto": 1', '"upto": 1, "upto": 1').encode()),
        "a wrong tid": ("ack", text.replace(TID, "T0000000").encode()),
        "no JSON": ("ctl", b"\xff\xfe\x00"),
        "nothing": ("ctl", b""),
        "NaN": ("ack", text.replace('"upto": 1', '"upto": NaN').encode()),
        "a float": ("ack", text.replace('"upto": 1', '"upto": 1.0').encode()),
        "beyond 2^53": ("ack", text.replace('"upto": 1', '"upto": 99999999999999999999').encode()),
        "another version": ("ack", text.replace('"v": 1', '"v": 2').encode()),
        "an unknown leaf": ("shell", b'{"v":1}'),
        "an unknown kind": ("ctl", json.dumps({"v": 1, "tid": TID, "t": "format"}).encode()),
        "a list": ("cat", b"[1,2,3]"),
    }


@pytest.mark.slow
def test_hostile_messages_are_counted_and_change_nothing(shop: Shop, broker: Mosquitto) -> None:
    with Ear(broker.port) as ear:
        shop.terminal.start()
        shop.sell(WATER)
        until(lambda: ear.messages("/up/hello"), "the terminal is there")
        attacks = hostile(shop.books.epoch())
        for leaf, octets in attacks.values():
            ear.say(f"{DN}/{leaf}", octets)
        # The last one is retained: it will be the first that the next session hears.
        ear.say(f"{DN}/ctl", b"{" * 1000, retain=True)
        until(lambda: shop.health().get("refused_messages") == len(attacks) + 1, "each is counted")
        assert shop.books.unsent("tx") == 2, "a forged ack moves nothing"
        shop.cloud.start()
        shop.sell(COLA)
        until(lambda: shop.books.unsent("tx") == 0, "the sales are acknowledged")
        shop.terminal.kill()
        shop.terminal.start()
        shop.sell(NOODLES)
        until(lambda: shop.books.unsent("tx") == 0, "the sale after the power cut is acknowledged")
        until(lambda: shop.health().get("refused_messages") == 1, "the retained one is counted again")
    assert not shop.terminal.said("Traceback")


def test_an_ack_for_more_than_was_sent_moves_nothing(shop: Shop, broker: Mosquitto) -> None:
    with Ear(broker.port) as ear:
        shop.terminal.start()
        shop.sell(WATER)
        until(lambda: ear.messages("/up/hello"), "the terminal is there")
        forged = {"v": 1, "tid": TID, "t": "ack", "stream": "tx", "at": "2026-11-23T02:16:12.190Z"}
        for epoch, upto in ((shop.books.epoch(), 1_000), ("01KAQ3Z8F0S7J6W2R9XDBN4V5C", 1)):
            ear.say(f"{DN}/ack", json.dumps(forged | {"epoch": epoch, "upto": upto}).encode())
        shop.cloud.start()
        until(lambda: shop.books.unsent("tx") == 0, "the sale is acknowledged by the cloud itself")
    assert [row.type for row in shop.cloud_rows() if row.stream == "tx"] == ["shift.opened", "sale.completed"]


def alter_a_row(path: Path) -> None:
    """A stray hand: one row no longer says what its hash says. All of it can be read."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE journal SET hash = zeroblob(32) WHERE n = 2")
        connection.commit()


def tear_the_last_pages(path: Path) -> None:
    """A disk that forgot: the file ends too early."""
    octets = path.read_bytes()
    path.write_bytes(octets[: len(octets) // 2])


def wipe_the_header(path: Path) -> None:
    """Nothing of it can be read any more."""
    with path.open("r+b") as file:
        file.write(b"\x00" * 4096)


@pytest.mark.parametrize(
    ("damage", "readable"),
    [
        (alter_a_row, True),
        pytest.param(wipe_the_header, False, marks=pytest.mark.slow),
        pytest.param(tear_the_last_pages, False, marks=pytest.mark.slow),
    ],
)
def test_a_damaged_ledger_is_set_aside_and_the_shop_sells_on(
    damage: Callable[[Path], None], *, readable: bool, shop: Shop
) -> None:
    shop.terminal.start()
    receipts = [shop.sell(WATER), shop.sell(COLA)]
    epoch = shop.books.epoch()
    assert shop.terminal.stop()[0] == 0
    damage(shop.books.path)
    shop.cloud.start()
    shop.terminal.start()
    assert len(shop.terminal.said(r"ledger\.db was damaged .*; it is kept as ledger\..*\.db")) == 1
    assert shop.terminal.said("voice: store.aside")
    assert [file.name for file in (shop.folder / "data" / "aside").glob("ledger.*.damaged.db")]
    assert shop.books.epoch() != epoch
    receipts.append(shop.sell(NOODLES))
    assert len(set(receipts)) == 3, "no two receipts of a day share a number"
    until(lambda: shop.books.unsent("tx") == 0, "the outbox is empty")
    stored = [row.data["receipt"] for row in shop.cloud_rows() if row.type == "sale.completed"]
    assert stored == (receipts if readable else receipts[2:])
    assert main(["journal", "--config", str(shop.config), "--verify"]) == 0


def test_a_wild_scanner_is_refused_and_disturbs_nothing(shop: Shop) -> None:
    shop.terminal.start()
    shop.put_in_basket(WATER)
    with shop.devices.scanner_host.lock:
        shop.devices.scanner.garble(COLA)
        shop.devices.scanner.babble(10_000)
        shop.devices.scanner.noise(b"\r")
        shop.devices.scanner.scan("6901234567893")
    until(lambda: len(shop.terminal.said("voice: scan.")) >= 3, "each is said")
    assert shop.books.basket == 1
    shop.sell(COLA)
    assert [sale["data"]["total"] for sale in shop.books.sales()] == [550]


def test_the_console_tells_each_sale_in_one_line(shop: Shop) -> None:
    shop.terminal.start()
    receipt = shop.sell(WATER, COLA)
    until(lambda: shop.terminal.said("edge.sale:"), "the sale is told")
    (line,) = shop.terminal.said("edge.sale:")
    number = shop.books.sales()[0]["n"]
    assert re.search(rf"sale {receipt} ¥5\.50 2 lines, journal {number}, [\d.]+ ms$", line)

"""A parcel on real processes, cables and a broker: announced, taken in, a kill, told by text message, handed out."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from conftest import Mosquitto
from shop_bench import TID, Shop, disagreements, shop_on, until

from edge.__main__ import main
from edge.codec.command_card import card_code

IN, OUT, STOP, ENTER = (card_code(number) for number in (131, 132, 190, 233))
DIGITS = {str(digit): card_code(220 + digit) for digit in range(10)}
DOUBLE_READ_S = 0.5
NAME, PHONE = "张三丰", "13812344321"
ANNOUNCED, STRANGER = "SF1000000000042", "YT0000000000043"


def scan(shop: Shop, code: str, words: str) -> None:
    heard = len(shop.terminal.said(words))
    shop.devices.scan(code)
    until(lambda: len(shop.terminal.said(words)) > heard, f"{code} is answered by {words}")


def states(shop: Shop) -> dict[str, str]:
    return dict(shop.books.rows("SELECT waybill, state FROM parcel"))


def printed(shop: Shop) -> str:
    return "\n".join(slip.text for slip in shop.devices.printer.paper.slips)


def whole(octets: bytes) -> list[str]:
    """What of the recipient's name and phone stands there unmasked, however it is written (row 64)."""
    spelt = [
        text.encode(code) for text in (NAME, PHONE) for code in ("utf-8", "gb18030", "utf-16-le", "unicode_escape")
    ]
    return [text.decode("latin-1") for text in spelt if text in octets]


def code_of(db: Path, waybill: str) -> str:
    """What its recipient reads on the phone; empty: nothing yet."""
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT code FROM text_message WHERE tid = ? AND waybill = ? ORDER BY n DESC", (TID, waybill)
        ).fetchall()
    return str(rows[0][0]) if rows else ""


@pytest.mark.slow
def test_a_parcel_is_announced_taken_in_and_handed_out_and_a_kill_changes_nothing(
    broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        with shop.config.open("a") as config:
            config.write("[parcels]\n")
        shop.open()
        shop.cloud.start()
        until(shop.synced, "the cloud is there")
        db = shop.cloud_file
        whose = {"to": "r1", "name": NAME, "tail": PHONE}
        parcels = [{"parcel": "p_42", "waybill": ANNOUNCED, "carrier": "SF"} | whose]
        order = ["cloud", "command", TID, "parcel.expect", "--db", str(db)]
        assert main([*order, "--args", json.dumps({"parcels": parcels})]) == 0
        until(lambda: states(shop).get(ANNOUNCED) == "expected", "the parcel is expected")

        scan(shop, IN, "请扫快递单")
        scan(shop, ANNOUNCED, "零零零一")
        scan(shop, STRANGER, "零零零二")
        until(lambda: "张**" in printed(shop), "a sticker with a masked name")
        shop.devices.scan(STOP)
        until(lambda: code_of(db, ANNOUNCED), "the recipient is told")

        shop.terminal.kill()
        shop.open()
        scan(shop, OUT, "输取件码")
        for digit in code_of(db, ANNOUNCED):
            shop.devices.scan(DIGITS[digit])
            Event().wait(DOUBLE_READ_S)  # the same card twice within it is one scan
        scan(shop, ENTER, "在一，一，零零零一")
        scan(shop, STRANGER, "放回去")
        scan(shop, ANNOUNCED, "取好了")
        until(shop.synced, "the cloud has all")
        assert states(shop) == {ANNOUNCED: "picked_up", STRANGER: "stored"}
        assert disagreements(shop) == []
        told = [row["type"] for row in shop.books.journal() if row["stream"] == "pk"]
        sold = json.dumps([row["data"] for row in shop.books.journal()], ensure_ascii=False)
        assert whole(sold.encode()) == [] and whole(printed(shop).encode()) == []
    assert told.count("parcel.stored") == 2 and told.count("parcel.collected") == 1
    ours = [file for file in (tmp_path / "shop").rglob("*") if file.is_file() and "cloud" not in file.name]
    assert any("张**".encode() in file.read_bytes() for file in ours), "what is looked for would be found"
    assert {file.name: found for file in ours if (found := whole(file.read_bytes()))} == {}

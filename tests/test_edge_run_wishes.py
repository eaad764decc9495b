"""The cloud's wishes with real processes: paper, a message, a test and a restart, ordered by the command line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Mosquitto
from shop_bench import TID, WATER, Shop, disagreements, shop_on, until

from edge.codec.command_card import card_code
from edge.model.counter import Waiting
from edge.reference_cloud.main import run

ENTER = card_code(233)


def order(shop: Shop, kind: str, **args: Any) -> str:
    """Its cid."""
    words = ["command", TID, kind, "--db", str(shop.cloud_file), "--args", json.dumps(args)]
    assert run(words) == 0
    with closing(sqlite3.connect(f"file:{shop.cloud_file}?mode=ro", uri=True)) as cloud:
        ((cid,),) = cloud.execute("SELECT cid FROM command ORDER BY cid DESC LIMIT 1")
    return str(cid)


def answer(shop: Shop, cid: str) -> dict[str, Any]:
    """What the cloud has heard; empty before."""
    with closing(sqlite3.connect(f"file:{shop.cloud_file}?mode=ro", uri=True)) as cloud:
        ((state, result),) = cloud.execute("SELECT state, result FROM command WHERE cid = ?", (cid,))
    return {"state": state} | (json.loads(result) if result else {})


def ends(shop: Shop, cid: str, state: str = "done") -> dict[str, Any]:
    until(lambda: answer(shop, cid)["state"] in ("done", "failed", "rejected", "expired"), f"{cid} is answered")
    told = answer(shop, cid)
    assert told["state"] == state, told
    return told


@pytest.mark.slow
def test_paper_a_test_and_a_restart_from_the_cloud(broker: Mosquitto, tmp_path: Path) -> None:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        shop.cloud.start()
        shop.open()
        until(lambda: shop.health()["link"] == "online", "the cloud is there")
        receipt = shop.sell(WATER)
        assert ends(shop, order(shop, "print.text", lines=["Store closes 18:00"]))["out"] == {"papers": 1}
        ends(shop, order(shop, "print.receipt", receipt=receipt))
        assert ends(shop, order(shop, "selftest"))["out"]["problems"] == []
        read = order(shop, "message.show", text="明天停电两小时")
        until(lambda: answer(shop, read)["state"] == "accepted", "the message is there")
        started = shop.terminal.text.count("ready: terminal")
        ends(shop, order(shop, "service.restart"))
        assert shop.terminal.text.count("ready: terminal") == started + 1
        until(lambda: shop.health()["ready"], "it sells again")
        shop.sell(WATER)
        until(lambda: shop.books.counter.waiting is Waiting.MESSAGE, "the message is asked about", patience_s=60)
        shop.devices.scan(ENTER)
        ends(shop, read)
        until(shop.synced, "all is told")
        assert disagreements(shop) == []

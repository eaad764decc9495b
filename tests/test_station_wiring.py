"""The daemon itself: a parcel station takes up locker.open and parcel.expect, another shop knows neither."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import TID
from test_jws import KEYS, SECRET

from edge.clock import SystemClock, iso_ms
from edge.codec.json_text import pack_object
from edge.codec.jws import key_text, write_jws
from edge.codec.topics import Down, Topics
from edge.codec.wire import read_up
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import CloudMessage, CloudUp, Connect, Publish, Started
from edge.model.ids import uuid7

KID = "cmd-2026q4"
SHOP = f"""
[terminal]
tid = "{TID}"
store = "S-1"
data_dir = "data"
[cloud]
url = "mqtt://127.0.0.1:1883"
command_keys = "keys.toml"
"""


@pytest.mark.parametrize(("table", "opens", "expects"), [
    ("[parcels]\n", "schema.invalid", "schema.invalid"), ("", "cmd.unsupported", "cmd.unknown"),
])  # fmt: skip
def test_only_a_station_opens_doors_and_expects_parcels(tmp_path: Path, table: str, opens: str, expects: str) -> None:
    (tmp_path / "keys.toml").write_text(f'"{KID}" = "{key_text(KEYS[KID])}"\n')
    (tmp_path / "shop.toml").write_text(SHOP + table)
    terminal = build(load_settings(tmp_path / "shop.toml", load_driver))
    clock, topics, connects, published = SystemClock(), Topics(), list[Connect](), list[Publish]()
    terminal.bus.route(Connect, connects.append)
    terminal.bus.route(Publish, published.append)

    def tell(message: object) -> None:
        terminal.bus.post(message)
        terminal.bus.run_pending()

    def hear(leaf: Down, told: dict[str, Any]) -> None:
        tell(CloudMessage(topics.down(TID, leaf), pack_object(told)))

    tell(Started())
    while not connects:
        terminal.bus.run_once(0.2)
    tell(CloudUp(connects[-1].sess, 5))
    now = iso_ms(clock.wall())
    hear(Down.CTL, {"v": 1, "tid": TID, "t": "welcome", "at": now, "sess": connects[-1].sess, "upto": {},
                    "epoch": terminal.ledger.epoch, "cfg_ver": 0, "cat_ver": 0})  # fmt: skip
    for number, (kind, is_signed) in enumerate((("locker.open", True), ("parcel.expect", False)), start=1):
        command: dict[str, Any] = {
            "v": 1, "tid": TID, "cid": uuid7(clock.wall(), Random(number)), "type": kind, "iat": now, "ttl_s": 60,
            "args": {"box": "Z9", "why": "look"}, "by": "user:test",
        }  # fmt: skip
        if is_signed:
            command |= {"nonce": terminal.link.nonce(), "ctr": number}
            hear(Down.CMD, {"jws": write_jws(command, kid=KID, sign=SECRET.sign)})
        else:
            hear(Down.CMD, command)
    terminal.close()
    told = [read_up(topics, one.topic, one.payload) for one in published]
    answers = [message.wire()["err"]["code"] for _, leaf, message in told if leaf.value == "res"]
    assert answers == [opens, expects]

"""`edge cloud catalogue` and `resend`: the file is held against what the terminal was given, and told in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cloud_bench import EPOCH, TID, Cloud, batch, event, request
from conftest import Mosquitto
from fleet_bench import OTHER, Fleet
from test_reference_cloud_mqtt import Box, CloudProcess, sales
from test_reference_cloud_mqtt import hello as greeting

from edge.codec.json_text import read_object
from edge.reference_cloud.main import run

HEAD = "sku,gtin,name,price_fen,unit"
CSV = f"{HEAD},weighed\n,6901234567892,可乐 330ml,350,罐,\n,6909999999996,水,200,瓶,\n2100045,,散糖,1200,kg,1\n"


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    fleet = Fleet(tmp_path / "cloud.db", capsys)
    fleet.greet(cat_ver=0, tx=(20, 0))
    return fleet


def leaving(fleet: Fleet) -> list[dict[str, Any]]:
    return [read_object(one.payload) for one in fleet.cloud.ingest.due()]


def written(tmp_path: Path, text: str, name: str = "goods.csv") -> str:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return str(tmp_path / name)


def test_a_whole_catalogue_is_told_as_what_differs(fleet: Fleet, tmp_path: Path) -> None:
    text = CSV
    said = fleet.type("catalogue", TID, written(tmp_path, text))
    assert said.code == 0
    assert said.lines[0] == f"version 1 for {TID}: 3 put, 0 deleted, in 1 notice"
    assert "it is online: the cloud that serves this file sends it at once" in said.lines[1]
    (notice,) = leaving(fleet)
    assert (notice["ver"], notice["base"], notice["kind"], len(notice["inline"])) == (1, 0, "delta", 3)
    assert leaving(fleet) == []
    assert "nothing to change: version 1" in fleet.type("catalogue", TID, written(tmp_path, text)).out
    changed = text.replace("350,罐", "360,").replace(",6909999999996,水,200,瓶,\n", "")
    assert "1 put, 1 deleted" in fleet.type("catalogue", TID, written(tmp_path, changed)).out
    (notice,) = leaving(fleet)
    assert notice["inline"] == [{"op": "del", "sku": "6909999999996"},
                                {"op": "put", "sku": "6901234567892", "price": 360, "unit": ""}]  # fmt: skip
    assert f"{'0 of 2':<9}" in fleet.type("terminals").out


def test_without_changes_it_tells_what_this_cloud_has_told_and_whether_it_is_in_use(fleet: Fleet) -> None:
    said = fleet.type("catalogue", TID, "--put", "6901234567892", "price=360", "name=可乐")
    assert "6901234567892 is new to this cloud" in said.out
    assert "new" not in fleet.type("catalogue", TID, "--put", "6901234567892", "price=350").out
    said = fleet.type("catalogue", TID)
    assert (said.code, said.lines) == (1, ["6901234567892  可乐  price 350", f"version 2, and {TID} uses 0"])


def many(first: int, end: int) -> str:
    return f"{HEAD}\n" + "".join(f"{n:06d},,商品 {n},{n},件\n" for n in range(first, end))


def test_a_large_one_leaves_in_pieces_that_chain(fleet: Fleet, tmp_path: Path) -> None:
    rows = "".join(f"{n:06d},商品 {n},{n},件\n" for n in range(1, 1_001))
    assert (
        fleet.type(
            "catalogue", TID, written(tmp_path, "sku,gtin,name,price_fen,unit\n" + rows.replace(",商", ",,商"))
        ).code
        == 0
    )
    notices = leaving(fleet)
    assert len(notices) > 3 and sum(len(one["inline"]) for one in notices) == 1_000
    assert [(one["base"], one["ver"]) for one in notices] == [(n, n + 1) for n in range(len(notices))]
    refused = fleet.type("catalogue", TID, written(tmp_path, many(10_001, 20_001)))
    assert refused.code == 2 and "too many changes" in refused.err and "edge catalogue import" in refused.err
    assert leaving(fleet) == []


def test_a_price_is_changed_by_hand(fleet: Fleet) -> None:
    said = fleet.type(
        "catalogue", TID, "--put", "69", "price=360", "name=水", "--put", "70", "price=null", "name=冰", "--del", "71"
    )
    assert said.code == 0 and "2 put, 1 deleted" in said.out
    assert leaving(fleet)[0]["inline"] == [
        {"op": "put", "sku": "69", "price": 360, "name": "水"},
        {"op": "put", "sku": "70", "price": None, "name": "冰"},
        {"op": "del", "sku": "71"},
    ]  # fmt: skip


def test_changes_come_from_a_file_too(fleet: Fleet, tmp_path: Path) -> None:
    lines = '{"op": "put", "sku": "69", "price": 360, "name": "a"}\n\n{"op": "del", "sku": "70"}\n'
    assert fleet.type("catalogue", TID, "--delta", written(tmp_path, lines, "d.ndjson")).code == 0
    assert len(leaving(fleet)[0]["inline"]) == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [('{"op": "put"', "line 2: this is not JSON"), ('{"op": "set", "sku": "1"}', "line 2: unknown catalogue operation"),
     ('{"op": "put", "sku": "1", "price": "3.50"}', "line 2, field price_fen: this is not a whole fen"),
     ('{"op": "put", "sku": "1", "prize": 3}', "line 2: no goods have this"),
     ('{"op": "put", "sku": "1"}', "line 2: a put changes something"), ("[]", "line 2: this is not a catalogue op")],
)  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_leaves(fleet: Fleet, tmp_path: Path, line: str, told: str) -> None:
    path = written(tmp_path, '{"op": "del", "sku": "70"}\n' + line, "d.ndjson")
    refused = fleet.type("catalogue", TID, "--delta", path)
    assert refused.code == 2 and told in refused.err
    assert leaving(fleet) == []


def test_what_is_wrong_with_the_words_or_the_file_is_named(fleet: Fleet, tmp_path: Path) -> None:
    path = written(tmp_path, "gtin,name,price_fen,unit\n6901234567890,可乐,350,罐\n")
    assert "goods.csv line 2" in fleet.type("catalogue", TID, path).err
    assert "was told of no goods" in fleet.type("catalogue", TID).out
    assert "what shall it sell?" in fleet.type("catalogue", TID, path, "--del", "69").err
    assert "no such terminal" in fleet.type("catalogue", OTHER, path).err
    assert "cannot be read" in fleet.type("catalogue", TID, str(tmp_path / "none.csv")).err
    assert "expected key=value" in fleet.type("catalogue", TID, "--put", "69", "360").err
    (tmp_path / "gbk.ndjson").write_bytes("可乐".encode("gb18030"))
    assert "not UTF-8" in fleet.type("catalogue", TID, "--delta", str(tmp_path / "gbk.ndjson")).err


def test_one_that_is_away_is_told_when_it_comes_back(fleet: Fleet) -> None:
    fleet.leaves()
    said = fleet.type("catalogue", TID, "--put", "69", "price=360", "name=水")
    assert "it is offline since" in said.out and "told when it comes back" in said.out
    leaving(fleet)
    assert any(one.get("base") == 0 for one in fleet.greet(cat_ver=0, sess=413))


def test_rows_are_asked_for_once_more(fleet: Fleet) -> None:
    fleet.cloud.hear("tx", batch(event(1), event(2)))
    said = fleet.type("resend", TID, "tx", "2", "4")
    assert said.code == 0
    assert said.lines[0] == f"rs-1: tx 2 to 4 of {TID}, 3 rows. 2 of them are missing here"
    (order,) = leaving(fleet)
    assert (order["t"], order["rid"], order["epoch"], order["lo"], order["hi"]) == ("resend", "rs-1", EPOCH, 2, 4)
    assert leaving(fleet) == []
    fleet.cloud.hear("tx", batch(event(2), event(3), event(4), rid="rs-1"))
    assert "all of them are here" in fleet.type("resend", TID, "tx", "1", "4").out
    assert leaving(fleet)[0]["rid"] == "rs-2"
    assert "resend tx 1-4 rs-2" in fleet.type("audit").out


@pytest.mark.parametrize(
    ("words", "told"),
    [(("tx", "0", "4"), "it has no such rows, expected 1 to 20"), (("tx", "5", "4"), "no such rows"),
     (("tx", "1", "21"), "no such rows"), (("ev", "1", "1"), "has no ev rows yet"),
     (("xx", "1", "1"), "invalid choice"), (("tx", "one", "1"), "invalid int")],
)  # fmt: skip
def test_rows_that_it_does_not_have_are_not_asked_for(fleet: Fleet, words: tuple[str, ...], told: str) -> None:
    fleet.cloud.hear("tx", batch(event(1)))
    refused = fleet.type("resend", TID, *words)
    assert refused.code == 2 and told in refused.err
    assert leaving(fleet) == []


def test_no_more_is_asked_of_it_than_it_may_have_under_way(fleet: Fleet) -> None:
    fleet.cloud.hear("tx", batch(event(1)))
    for lo in (3, 5, 7, 9):
        assert fleet.type("resend", TID, "tx", str(lo), str(lo)).code == 0
    assert "enough is asked of it already" in fleet.type("resend", TID, "tx", "11", "11").err


def test_goods_that_are_new_need_a_name_or_the_terminal_would_refuse_all_that_builds_on_them(fleet: Fleet) -> None:
    refused = fleet.type("catalogue", TID, "--put", "69", "price=360")
    assert refused.code == 2 and "sku 69: goods of which this cloud has told nothing need a name" in refused.err
    assert fleet.type("catalogue", TID, "--put", "69", "name=水", "price=360", "--put", "69", "price=350").code == 0
    assert fleet.type("catalogue", TID, "--put", "69", "price=340").code == 0
    assert fleet.type("catalogue", TID, "--put", "69", "name=null").code == 2
    fleet.type("catalogue", TID, "--del", "69")
    assert fleet.type("catalogue", TID, "--put", "69", "price=340").code == 2
    fleet.greet(OTHER, cat_ver=20881)
    assert fleet.type("catalogue", OTHER, "--put", "69", "price=340").code == 0, "another cloud told of them, perhaps"


def applied(fleet: Fleet, seq: int, ver: int) -> None:
    told = event(seq, n=100 + seq, kind="cat.applied", data={"ver": ver, "items": 49})
    fleet.cloud.hear("ev", batch(told, stream="ev"))


def test_the_version_in_use_is_shown_as_soon_as_the_terminal_tells_of_it(fleet: Fleet) -> None:
    fleet.type("catalogue", TID, "--put", "69", "price=360", "name=水")
    assert "0 of 1" in fleet.type("terminals").out
    applied(fleet, 1, 1)
    (one,) = fleet.books()
    assert (one["cat_ver"], one["cat_due"]) == (1, 1)


def test_what_the_shop_took_in_by_itself_is_never_taken_away_by_a_whole_that_does_not_have_it(fleet: Fleet) -> None:
    fleet.type("catalogue", TID, "--put", "69", "price=360", "name=水")
    fleet.cloud.hear("req", request(7, "cat.full"))
    applied(fleet, 1, 0)
    (answer,) = fleet.cloud.hear("req", request(8, "cat.full"))
    assert (answer["ok"], answer["err"]["code"]) == (False, "cat.base_missing")


def test_what_was_handed_in_outlives_a_cloud_that_stops(fleet: Fleet) -> None:
    fleet.type("catalogue", TID, "--put", "69", "price=360", "name=水")
    fleet.cloud.store.close()
    fleet.cloud = Cloud(fleet.cloud.path, fleet.cloud.clock)
    assert leaving(fleet)[0]["ver"] == 1


def test_over_a_real_broker_goods_and_an_order_for_rows_arrive(
    tmp_path: Path, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, box = CloudProcess(broker.url, tmp_path / "cloud.db"), Box(broker.port)
    try:
        box.send("hello", greeting())
        box.heard("welcome")
        box.send("tx", sales(1, 2))
        box.heard("ack")
        assert run(["catalogue", TID, "--put", "69", "price=360", "name=水", "--db", str(cloud.db)]) == 0
        assert run(["resend", TID, "tx", "1", "2", "--db", str(cloud.db)]) == 0
        assert box.told("inline")["inline"] == [{"op": "put", "sku": "69", "price": 360, "name": "水"}]
        order = box.heard("resend")
        assert (order["lo"], order["hi"]) == (1, 2)
        box.send("tx", sales(1, 2) | {"rid": order["rid"]})
        assert box.heard("ack")["upto"] == 2
    finally:
        box.close()
        cloud.kill()
    assert "all of them are here" in capsys.readouterr().out

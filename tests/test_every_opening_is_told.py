"""Each door that opens is an event with who wanted it and why, whichever way it was opened (checklist row 22)."""

from __future__ import annotations

from pathlib import Path

from parcel_bench import OPENS_S, OUT
from word_bench import WordBench


def test_there_are_as_many_openings_in_the_journal_as_doors_that_opened(tmp_path: Path) -> None:
    shop = WordBench(tmp_path / "shop")  # a courier has put a parcel into cell 1
    shop.order("B03", why="look")
    shop.pass_s(OPENS_S)
    shop.shut(3)
    shop.as_owner(OUT)
    shop.keys("4E")
    shop.pass_s(OPENS_S)
    shop.shut(4)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    told = [row["data"] for row in shop.records("locker.opened")]
    assert [(one["box"], one["why"]) for one in told] == [
        ("B01", "deposit"), ("B03", "remote"), ("B04", "owner"), ("B01", "pickup"),
    ]  # fmt: skip
    assert len(told) == len(shop.pulsed)
    assert all(one["by"] for one in told if one["why"] in ("remote", "owner", "deposit"))
    shop.leaf(5).is_open = True  # a crowbar
    shop.pass_s(3)
    assert [row["data"]["box"] for row in shop.records("locker.forced")] == ["B05"]
    assert len(shop.records("locker.opened")) == len(told)

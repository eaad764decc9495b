"""Messages that are not believed or not understood are told to the cloud, and a flood of them fills no disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cloud_bench import Cloud, batch, event, hello
from counter_bench import TID, TOPICS
from link_bench import LinkBench, online
from test_catalogue_trouble import FailingBench

from edge.codec.topics import Down
from edge.messages import CloudMessage
from edge.reference_cloud.fleet_table import ailments
from edge.reference_cloud.registry import Registry
from edge.services.inbound import NotTaken


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    return online(LinkBench(tmp_path / "shop"))


def told(shop: LinkBench) -> list[tuple[str, str, int]]:
    rows = [row["data"] for row in shop.records("message.refused")]
    return [(row["code"], row["on"], row["n"]) for row in rows]


def forge(shop: LinkBench, leaf: str = Down.CMD.value) -> None:
    shop.tell(CloudMessage(f"stores/v1/{TID}/dn/{leaf}", b'{"jws": "e30.e30.e30"}'))


def test_the_first_of_each_kind_is_told_at_once_and_names_the_topic(shop: LinkBench) -> None:
    forge(shop)
    shop.tell(CloudMessage(TOPICS.down(TID, Down.CFG), b"{"))
    assert told(shop) == [("sig.header", "cmd", 1), ("proto.malformed", "cfg", 1)]
    assert shop.sent("res") == [], "who cannot sign is not answered"


def test_a_topic_that_there_is_not_is_not_repeated_in_its_own_words(shop: LinkBench) -> None:
    forge(shop, "13812345678")
    assert told(shop) == [("proto.malformed", "other", 1)]


def test_a_flood_is_one_event_an_hour_with_its_count(shop: LinkBench) -> None:
    for _ in range(500):
        forge(shop)
    assert told(shop) == [("sig.header", "cmd", 1)]
    shop.pass_s(3_600)
    forge(shop)
    assert told(shop) == [("sig.header", "cmd", 1), ("sig.header", "cmd", 500)]
    assert shop.inbound.refused["sig.header"] == 501


class ForgetfulBench(FailingBench):
    kind = NotTaken


def test_what_was_rolled_back_was_not_told_and_is_told_with_the_next(tmp_path: Path) -> None:
    shop = ForgetfulBench(tmp_path / "shop")
    online(shop)
    shop.failures = 1
    forge(shop)
    assert told(shop) == []
    forge(shop)
    assert told(shop) == [("sig.header", "cmd", 2)]


def test_whoever_runs_the_fleet_hears_of_forged_orders(tmp_path: Path) -> None:
    """For a day; what is merely broken is no forgery."""
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.hear("hello", hello())

    def said(after: timedelta = timedelta()) -> str:
        now = cloud.clock.wall() + after
        return " ".join(ailments(Registry(cloud.store, cloud.clock).terminals(), now))

    refused = {"on": "cmd", "n": 1}
    first, second = (
        event(n, kind="message.refused", data=refused | {"code": code})
        for n, code in ((1, "proto.malformed"), (2, "sig.invalid"))
    )
    cloud.hear("ev", batch(first, stream="ev"))
    assert "refused" not in said()
    cloud.hear("ev", batch(second, stream="ev"))
    assert "it refused signed orders, sig.invalid" in said()
    assert "refused" not in said(timedelta(days=2))
    plan = cloud.store.rows("EXPLAIN QUERY PLAN SELECT n FROM event WHERE tid = ? AND type = 'message.refused'", (TID,))
    assert "event_forged" in str(plan)
    cloud.store.close()

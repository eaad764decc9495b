"""Messages that are not believed or not understood are told to the cloud, and a flood of them fills no disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import TID, TOPICS
from link_bench import LinkBench, online

from edge.codec.topics import Down
from edge.messages import CloudMessage


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

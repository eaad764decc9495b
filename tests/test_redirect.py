"""Another broker for a while: followed only where the box's own file allows it, and given up where nobody is (P19)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from link_bench import LinkBench

from edge.codec.topics import Down
from edge.messages import Connect
from edge.services.other_broker import TRIES, may_follow

SUFFIXES = ("shop.example",)


class MovedBench(LinkBench):
    def boot(self) -> None:
        super().boot()
        self.link._suffixes = SUFFIXES

    def redirect(self, host: str = "b.shop.example", **more: Any) -> None:
        told = {"t": "redirect", "host": host, "port": 8884, "spread_s": 900, "ttl_s": 86_400}
        self.hear(Down.CTL, told | more)

    @property
    def place(self) -> tuple[str, int] | None:
        newest = self.connected[-1]
        assert isinstance(newest, Connect)
        return newest.place


@pytest.fixture
def shop(tmp_path: Path) -> MovedBench:
    shop = MovedBench(tmp_path / "shop")
    shop.go_online()
    return shop


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("shop.example", True),
        ("b.shop.example", True),
        ("badshop.example", False),
        ("shop.example.evil", False),
        ("evil", False),
    ],
)
def test_a_suffix_stands_for_itself_and_names_below_it(host: str, good: bool) -> None:
    assert may_follow(host, SUFFIXES) is good


def test_it_moves_within_the_spread_and_is_welcomed_there(shop: MovedBench) -> None:
    shop.redirect()
    assert 0 < shop.dial() <= 900
    assert shop.place == ("b.shop.example", 8884)
    shop.up()
    shop.welcome()
    assert shop.link.online()
    shop.restart()
    shop.dial()
    assert shop.place == ("b.shop.example", 8884), "it outlives a power cut"


def test_its_time_ends(shop: MovedBench) -> None:
    shop.redirect(ttl_s=3_600)
    shop.dial()
    shop.up()
    shop.welcome()
    shop.pass_s(3_700)
    shop.down()
    shop.dial()
    assert shop.place is None


def test_where_nobody_answers_the_configured_one_is_tried_again(shop: MovedBench) -> None:
    shop.redirect()
    for _ in range(TRIES):
        shop.dial()
        assert shop.place == ("b.shop.example", 8884)
        shop.down()
    shop.dial()
    assert shop.place is None
    shop.up()
    shop.welcome()
    assert shop.link.online()


def test_a_strangers_host_is_not_followed(shop: MovedBench) -> None:
    shop.redirect("b.shop.example.evil")
    shop.pass_s(1_000)
    assert shop.link.online()
    assert shop.place is None


def test_the_same_word_again_moves_it_once(shop: MovedBench) -> None:
    before = len(shop.connected)
    shop.redirect()
    shop.redirect()
    shop.dial()
    assert sum(isinstance(one, Connect) for one in shop.connected[before:]) == 1


def test_brokers_that_name_each_other_are_left_and_waited_for_longer_and_longer(shop: MovedBench) -> None:
    places, waits = [], []
    for turn in range(40):
        shop.redirect("ab"[turn % 2] + ".shop.example", spread_s=0)
        waits.append(shop.dial())
        places.append(shop.place)
        shop.up()
        shop.welcome()
    assert None in places, "the configured one has its turn"
    assert max(waits[:5]) <= 2**7 and max(waits) > 200
    shop.pass_s(61)
    shop.redirect(spread_s=0)
    assert shop.dial() < 1, "one that lasted a minute is blamed for nothing"

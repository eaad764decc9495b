"""A cloud that does not want this box, a version it does not speak, a redirect, a step that found no room."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from link_bench import LONG_S, LinkBench

from edge.codec.topics import Down
from edge.errors import DiskFull
from edge.messages import Connect, Refusal, Tone
from edge.ports import Transaction
from edge.services.link import ConnectDue, Phase


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    return LinkBench(tmp_path / "shop")


def test_a_broker_that_refuses_3_1_1_too_is_asked_no_more_often_than_any_other(shop: LinkBench) -> None:
    versions, waits = [], list[float]()
    for _ in range(16):
        waits.append(shop.dial())
        connect = shop.connected[-1]
        assert isinstance(connect, Connect)
        versions.append(connect.version)
        shop.down(Refusal.PROTOCOL_VERSION)
    assert versions == [5, 4] * 8
    assert max(waits[1::2]) < 0.1, "3.1.1 is tried at once"
    assert sum(wait > 10 for wait in waits[2::2]) >= 4, "then it waits"


def test_a_broker_that_closes_twice_at_mqtt_5_is_spoken_to_in_3_1_1_and_for_24_hours_if_that_was_it(
    shop: LinkBench,
) -> None:
    def dialled() -> int:
        shop.dial()
        connect = shop.connected[-1]
        assert isinstance(connect, Connect)
        return connect.version

    versions = []
    for _ in range(6):
        versions.append(dialled())
        shop.down(Refusal.CLOSED_BEFORE_CONNACK, tls=False)
    assert versions == [5, 5, 4, 5, 5, 4], "3.1.1 that is closed too was not the remedy"
    assert dialled() == 5
    shop.down(Refusal.CLOSED_BEFORE_CONNACK)
    for _ in range(3):
        assert dialled() == 5
        shop.down(Refusal.NETWORK)
    assert dialled() == 5
    shop.down(Refusal.CLOSED_BEFORE_CONNACK)
    for _ in range(3):
        assert dialled() == 4
        shop.down(Refusal.NETWORK)  # whoever does not answer says nothing of versions
    assert dialled() == 4
    shop.up()
    shop.restart()
    assert dialled() == 4, "it is remembered"
    shop.clock.pass_s(timedelta(hours=24).total_seconds())
    shop.down()
    assert dialled() == 5
    shop.down(Refusal.CLOSED_BEFORE_CONNACK)
    assert dialled() == 4, "what was the remedy before is tried at once"


def test_a_refusal_is_an_alarm_once_and_a_problem_until_the_cloud_takes_the_box_again(shop: LinkBench) -> None:
    def problems() -> list[str]:
        return [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("cloud")]

    for _ in range(3):
        shop.dial()
        shop.down(Refusal.AUTH)
    shop.dial()
    shop.down()
    assert [speech.text for speech in shop.spoken if speech.tone is Tone.ALARM] == ["云端不认这台机器，叫技术员"]
    assert problems() == ["cloud: refuses this box: gone"]
    shop.go_online()
    assert problems() == []
    shop.down(Refusal.AUTH)
    assert shop.prompts.count("cloud.refused") == 2


def test_a_link_whose_step_found_no_room_does_not_stay_down(shop: LinkBench) -> None:
    full = True

    def write(due: ConnectDue, tx: Transaction) -> None:
        if full:
            raise DiskFull("the disk is full")

    shop.bus._handlers[ConnectDue].insert(0, write)
    shop.pass_s(LONG_S)
    full = False
    shop.pass_s(LONG_S)
    assert [connect for connect in shop.connected if isinstance(connect, Connect)] != []


def test_a_redirect_is_told_once_and_not_followed(shop: LinkBench, caplog: pytest.LogCaptureFixture) -> None:
    shop.go_online()
    for _ in range(3):
        shop.hear(Down.CTL, {"t": "redirect", "host": "b2.example.com", "port": 8883, "spread_s": 0, "ttl_s": 60})
    shop.pass_s(10)
    assert (shop.link.phase, len(shop.connected)) == (Phase.ONLINE, 1)
    assert [record.getMessage() for record in caplog.records if "redirect" in record.getMessage()] == [
        "a redirect to b2.example.com:8883 is not followed"
    ]

"""Boxes of an older release on the cloud of now, boxes of now on an older cloud: by what the release wrote and knew.

What a release sends is its document's examples, told to the real ingest and to the real services. What it understands
of ours is its document's schemas, put in the way of a whole conversation.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from cloud_bench import TID, Cloud, batch, event, hello
from link_bench import LinkBench, Note
from lossy_world import World, plain_world
from release import RELEASES, Release

from edge.codec.json_text import pack_object, read_object
from edge.codec.wire_term import MAX_EVENTS
from edge.messages import CloudMessage, MessageFailed, Publish
from edge.model.ids import uuid7
from edge.model.stream import Stream
from edge.ports import Transaction

releases = pytest.mark.parametrize("release", [Release.read(path) for path in RELEASES], ids=[p.stem for p in RELEASES])
YOUNG = (
    ("Hello", "past"), ("Hello", "ctr"), ("Hello", "boot_reason"), ("Welcome", "last"), ("Welcome", "sess_min"),
    ("Welcome", "ctr_min"), ("Welcome", "pace"), ("Welcome", "reconnect"), ("Ack", "pace"), ("Event", "clk"),
)  # fmt: skip
"""Fields that may be left out: a release that did not have them yet must be lived with."""


# --- an older box on the cloud of now --------------------------------------------------------------------------------


@releases
def test_each_event_of_an_older_box_is_stored_and_understood(release: Release, tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.hear("hello", hello())
    stored = 0
    for stream in Stream:
        told = list(release.events(stream))
        for first in range(0, len(told), MAX_EVENTS):
            part = told[first : first + MAX_EVENTS]
            rows = [
                event(seq, n=1000 * stored + seq, kind=kind, sv=sv, data=body)
                for seq, (kind, sv, body) in enumerate(part, first + 1)
            ]
            said = cloud.hear(stream, batch(*rows, stream=stream))
            assert [m["upto"] for m in said if m.get("t") == "ack"] == [first + len(part)]
            assert not any(m.get("rej") for m in said)
        lane = cloud.lane(stream)
        assert (lane.rows, lane.parked, lane.unknown) == (len(told), 0, 0)
        stored += len(told)
    assert stored == len(release.document["x-events"]) > 100
    assert cloud.report.refused() == {}


@releases
def test_each_message_of_an_older_box_is_taken(release: Release, tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    leaves = set()
    for path, payload in release.shown("up"):
        leaf = path.rpartition("/")[2]
        leaves.add(leaf)
        if leaf == "res":  # an answer wants a command that was given
            payload = payload | {"cid": cloud.ingest.order(TID, "selftest", {}, ttl_s=60, by="user:ops-17")}
        said = cloud.hear(leaf, payload)
        if leaf == "hello":
            assert [m["sess"] for m in said if m.get("t") == "welcome"] == [payload["sess"]]
        if leaf in set(Stream):
            assert [m["epoch"] for m in said if m.get("t") == "ack"] == [payload["epoch"]]
        assert cloud.report.refused() == {}, (leaf, payload)
    assert leaves == {"status", "hello", "tx", "pk", "ev", "tele", "cfg", "res", "req"}


@releases
def test_each_question_of_an_older_box_is_read(release: Release, tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    cloud.hear("hello", hello())
    wrong, asked = [], 0
    for n, (kind, args) in enumerate(release.asked()):
        cid = uuid7(cloud.clock.wall(), Random(n))
        question = {"v": 1, "tid": TID, "cid": cid, "type": kind, "at": "2026-11-23T02:14:02.000Z", "exp_s": 3}
        for answer in cloud.hear("req", question | {"args": args}):
            if answer.get("cid") == cid and answer.get("err", {}).get("code") == "schema.invalid":
                wrong.append((kind, answer["err"]))
        asked += 1
    assert asked > 15
    assert wrong == []
    assert cloud.report.refused() == {}


# --- the box of now and an older cloud -------------------------------------------------------------------------------


@releases
def test_each_message_of_an_older_cloud_is_understood(release: Release, tmp_path: Path) -> None:
    told = list(release.shown("dn"))
    assert len(told) > 15
    for number, (leaf, payload) in enumerate(told):
        shop = LinkBench(tmp_path / f"{number}")
        failed = Failures()
        shop.bus.on(MessageFailed, failed.note)
        shop.go_online()
        shop.tell(CloudMessage(f"stores/v1/{TID}/{leaf}", pack_object(payload)))
        unread = [code for code in shop.inbound.refused if code.startswith(("proto.", "schema."))]
        assert (unread, failed.found) == ([], []), (
            leaf,
            payload,
        )  # a key that it does not have is no matter of reading


class Failures:
    """Messages over which a service stumbled."""

    def __init__(self) -> None:
        self.found: list[MessageFailed] = []

    def note(self, failed: MessageFailed, _: Transaction) -> None:
        self.found.append(failed)


# --- both ways, in a whole conversation ------------------------------------------------------------------------------


class TwoReleases:
    """A world in which a release reads along: each message must be one for it, and only what it knows arrives."""

    def __init__(self, world: World[LinkBench], release: Release) -> None:
        self.world, self._release = world, release
        self.heard = 0
        self.lost = 0
        world.network.loss = world.network.doubled = 0.0
        self._send = world.network.send
        world.network.send = self._carry  # type: ignore[method-assign]

    def _carry(self, publish: Publish, now: float, *, up: bool) -> None:
        assert self._release.faults(publish) == [], publish.topic
        known = self._release.cut(publish)
        self.heard += 1
        self.lost += read_object(known.payload) != read_object(publish.payload)
        self._send(known, now, up=up)

    def live(self) -> None:
        """Sales, notes, a batch that is lost with its line, a power cut."""
        world = self.world
        world.greet()
        for n in range(12):
            world.shop.sell()
            world.shop.tell(Note())
            world.turns(2)
            if n == 3:
                world.shop.published.clear()
                world.lose_line()
            if n == 7:
                world.cut()
        world.settle(200)


@pytest.mark.parametrize("older", [False, True], ids=["with all its fields", "without the youngest"])
@releases
def test_a_conversation_of_two_releases_loses_nothing(release: Release, *, older: bool, tmp_path: Path) -> None:
    world = plain_world(tmp_path, 1)
    both = TwoReleases(world, release.without(*YOUNG) if older else release)
    both.live()
    assert both.heard > 30
    assert bool(both.lost) is older
    assert world.shop.queries.unsent() == 0
    for stream in ("tx", "ev"):
        assert world.at_cloud(stream) == world.in_journal(stream)
    assert world.report.refused() == {}
    world.store.close()


@releases
def test_a_field_that_may_not_be_left_out_parts_two_releases(release: Release, tmp_path: Path) -> None:
    world = plain_world(tmp_path, 1)
    TwoReleases(world, release.without(("Welcome", "epoch"))).live()
    assert world.shop.queries.unsent() > 0
    world.store.close()


@releases
def test_what_a_release_could_not_read_is_found(release: Release, tmp_path: Path) -> None:
    document = Release(release.without().document).document
    document["components"]["schemas"]["Ack"]["properties"]["upto"] = {"type": "string"}
    world = plain_world(tmp_path, 1)
    with pytest.raises(AssertionError, match="dn/ack"):
        TwoReleases(world, Release(document)).live()
    world.store.close()

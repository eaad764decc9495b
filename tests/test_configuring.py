"""Settings from the cloud: tried at a start of their own, kept when all is well, taken back by themselves (P14)."""

from __future__ import annotations

import base64
import errno
import json
from pathlib import Path
from typing import Any

import pytest
from hand_clock import HandClock
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec.command_card import card_code
from edge.codec.config_body import canonical_sha
from edge.codec.jws import write_jws
from edge.codec.topics import TID_LEVEL, Down, Topics
from edge.codec.wire_command import RESTART
from edge.config_tables import Cloud
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import CloudMessage, CloudUp, Connect, DeviceUp, Publish, ScanData, Started
from edge.model.found_port import FoundPort
from edge.outside import Outside
from edge.settings_layers import effective_settings
from edge.store.disk import Disk
from edge.terminal import Terminal

TID = "T7K3M9Q2"
TOPICS = Topics(Cloud.model_fields["topic_prefix"].default + TID_LEVEL)
SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-1"
data_dir = "./data"
[cloud]
url = "mqtt://127.0.0.1:1"
command_keys = "keys.toml"
[receipt]
footer = ["谢谢"]
"""


class FillingDisk(Disk):
    """No document finds room on it while it is full."""

    is_full = False

    def reached(self, step: str) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")


class Box:
    """A real terminal without threads, started anew as often as it wants to be; the cloud is a hand.

    `doubt`: see `Starts.doubt`.
    """

    doubt = ""

    def __init__(self, folder: Path) -> None:
        self.config = folder / "shop.toml"
        self.config.write_text(SHOP, encoding="utf-8")
        (folder / "keys.toml").write_text("".join(f'{kid} = "{_text(key)}"\n' for kid, key in KEYS.items()))
        self.clock = HandClock()
        self.disk = FillingDisk()
        self.plugged: list[FoundPort] = []
        self.starts = 0
        self.start()

    def start(self, *, reachable: bool = True) -> None:
        settings = effective_settings(self.config, load_driver, doubt=self.doubt)
        self.terminal: Terminal = build(
            settings, Outside(clock=self.clock, disk=self.disk, discover=lambda: tuple(self.plugged))
        )
        self.sent: list[Publish] = []
        self.connects: list[Connect] = []
        self.terminal.bus.route(Publish, self.sent.append)
        self.terminal.bus.route(Connect, self.connects.append)
        self.starts += 1
        self.tell(Started())
        if reachable:
            self.welcome()

    def welcome(self) -> None:
        self.pass_s(30)
        self.tell(CloudUp(self.connects[-1].sess, 5))
        epoch = self.terminal.ledger.begin(lambda record, tx: None)
        told = {"t": "welcome", "sess": self.connects[-1].sess, "epoch": epoch.outbox.epoch, "upto": {}, "cat_ver": 0}
        epoch.rollback()
        self.hear(Down.CTL, told | {"cfg_ver": 0})

    def hear(self, leaf: Down, message: dict[str, Any]) -> None:
        told = {"v": 1, "tid": TID, "at": iso_ms(self.clock.wall())} | message
        self.tell(CloudMessage(TOPICS.down(TID, leaf), json.dumps(told).encode()))

    def desire(self, version: int, body: dict[str, Any], *, signed: bool = False, **more: Any) -> None:
        told = {"v": 1, "tid": TID, "ver": version, "sha": canonical_sha(body), "confirm_s": 60, "body": body} | more
        octets = json.dumps({"jws": write_jws(told, kid="cmd-2026q4", sign=SECRET.sign)} if signed else told)
        self.tell(CloudMessage(TOPICS.down(TID, Down.CFG), octets.encode()))

    def tell(self, *messages: object) -> None:
        for message in messages:
            self.terminal.bus.post(message)
            self.terminal.bus.run_pending()

    def pass_s(self, seconds: float) -> None:
        until = self.clock.mono_s + seconds
        while (due := self.terminal.bus.next_due()) is not None and due <= until:
            self.clock.pass_s(max(0.0, due - self.clock.mono_s))
            self.terminal.bus.run_pending()
        self.clock.pass_s(max(0.0, until - self.clock.mono_s))

    def next_start(self, *, reachable: bool = True) -> None:
        """What the process does when it wants to start anew."""
        assert self.terminal.ending == RESTART
        self.off(reachable=reachable)

    def off(self, *, reachable: bool = True) -> None:
        self.terminal.close()
        self.start(reachable=reachable)

    @property
    def footer(self) -> list[str]:
        return list(self.terminal.settings.receipt.footer)

    @property
    def reports(self) -> list[dict[str, Any]]:
        return [json.loads(one.payload) for one in self.sent if one.topic.endswith("/up/cfg")]

    def rows(self, kind: str) -> list[dict[str, Any]]:
        found = self.terminal.ledger._connection.execute("SELECT body FROM journal WHERE type = ?", (kind,))
        return [json.loads(body) for (body,) in found]


def _text(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode().rstrip("=")


@pytest.fixture
def box(tmp_path: Path) -> Any:
    box = Box(tmp_path)
    yield box
    box.terminal.close()


FOOTER = {"receipt": {"footer": ["欢迎再来"]}}


def test_a_good_document_is_in_force_once_the_cloud_has_welcomed_the_start_under_it(box: Box) -> None:
    box.desire(31, FOOTER)
    assert (box.footer, box.reports) == (["谢谢"], [])
    box.pass_s(20)
    box.next_start()
    assert box.footer == ["欢迎再来"]
    box.pass_s(20)
    assert [(one["ver"], one["status"]) for one in box.reports] == [(31, "applied")]
    assert [row["ver"] for row in box.rows("cfg.applied")] == [31]
    box.off()
    assert (box.footer, [one["status"] for one in box.reports]) == (["欢迎再来"], ["applied"]), "told at each welcome"


def test_a_document_under_which_the_cloud_is_not_reached_is_taken_back(box: Box) -> None:
    box.desire(31, FOOTER)
    box.pass_s(20)
    box.next_start(reachable=False)
    assert box.footer == ["欢迎再来"]
    box.pass_s(120)
    box.next_start()
    assert (box.footer, box.starts) == (["谢谢"], 3)
    assert [(one["status"], one["err"]["code"]) for one in box.reports] == [("rolled_back", "cfg.unconfirmed")]
    assert [row["status"] for row in box.rows("cfg.rejected")] == ["rolled_back"]
    box.desire(31, FOOTER)
    box.pass_s(60)
    assert not box.terminal.stopping, "it was tried"


def test_a_box_that_dies_under_it_twice_starts_without_it(box: Box) -> None:
    box.desire(31, FOOTER)
    box.pass_s(20)
    box.next_start(reachable=False)
    box.off(reachable=False)
    assert box.footer == ["欢迎再来"]
    box.off()
    assert (box.footer, box.reports[-1]["status"]) == (["谢谢"], "rolled_back")


def test_nobody_is_interrupted_for_it(box: Box) -> None:
    box.tell(ScanData("counter_scanner", card_code(161), box.clock.mono_s))
    box.desire(31, FOOTER)
    box.pass_s(600)
    assert not box.terminal.stopping, "the drawer is being counted"
    box.tell(ScanData("counter_scanner", card_code(190), box.clock.mono_s))
    box.pass_s(20)
    assert box.terminal.stopping


def test_a_device_that_was_well_before_and_is_not_now_takes_it_back(box: Box) -> None:
    with box.config.open("a", encoding="utf-8") as file:
        file.write('[devices.counter_scanner]\ndriver = "scanner_serial"\nport = "/dev/none"\n')
    box.off()
    box.tell(DeviceUp("counter_scanner"))
    box.desire(31, FOOTER)
    box.pass_s(20)
    box.next_start()
    box.pass_s(120)
    assert box.reports[-1]["err"]["msg"] == "counter_scanner: not there within 60 s"
    box.next_start()
    assert box.footer == ["谢谢"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"receipt": {"footers": ["x"]}}, "cfg.invalid"),
        ({"receipt": {"footer": 5}}, "cfg.invalid"),
        ({"receipt": 5}, "cfg.invalid"),
        ({"cloud": {"url": "mqtt://elsewhere:1883"}}, "cfg.invalid"),
        ({"terminal": {"tid": "T7K3M9Q3"}}, "cfg.invalid"),
        ({"devices": {"lock": {"driver": "locker_kerong"}}}, "cfg.unsigned"),
        ({"no_such": {}}, "cfg.invalid"),
    ],
)
def test_what_is_wrong_is_refused_at_once_with_its_place_and_nothing_changes(
    box: Box, body: dict[str, Any], code: str
) -> None:
    box.desire(31, body)
    box.pass_s(60)
    assert [(one["status"], one["err"]["code"]) for one in box.reports] == [("rejected", code)]
    assert not box.terminal.stopping
    box.desire(32, FOOTER)
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    assert box.reports[-1]["status"] == "applied"


def test_another_document_than_its_sha_names_is_refused(box: Box) -> None:
    box.desire(31, FOOTER, sha="0" * 64)
    assert box.reports[-1]["err"]["code"] == "cfg.invalid"


def test_devices_come_signed(box: Box) -> None:
    box.desire(31, {"devices": {"counter_scanner": {"driver": "scanner_serial", "port": "/dev/none"}}}, signed=True)
    box.pass_s(20)
    box.next_start()
    assert set(box.terminal.settings.devices) == {"counter_scanner"}
    box.pass_s(20)
    assert box.reports[-1]["status"] == "applied", "no device was well before, so none is missed"


def test_a_forged_signature_changes_nothing(box: Box) -> None:
    jws = write_jws({"v": 1, "tid": TID, "ver": 31, "sha": "0" * 64}, kid="stranger", sign=SECRET.sign)
    box.tell(CloudMessage(TOPICS.down(TID, Down.CFG), json.dumps({"jws": jws}).encode()))
    assert box.reports == [] and not box.terminal.stopping
    assert [(row["code"], row["on"]) for row in box.rows("message.refused")] == [("sig.unknown_kid", "cfg")]

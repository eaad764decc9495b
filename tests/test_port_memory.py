"""What a device was known by when it was well: kept by its name, and never asked of the device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from counter_bench import CounterBench
from test_configuring import SHOP
from test_own_settings import OwnBox

from edge.messages import DeviceDown, DeviceUp, JobDone
from edge.model.found_port import FoundPort, PortKind
from edge.services.port_memory import AFTER_S, LOOK, PortMemory, identity_kept, table_kept
from edge.store.documents import Documents

HERE = FoundPort("/dev/by-id/a", PortKind.SERIAL, "1900", ("/dev/by-id/a", "/dev/ttyACM0"), "0c2e:0901", "0c2e:0901:A")
NAMELESS = FoundPort("/dev/ttyUSB0", PortKind.SERIAL, "CH340", ("/dev/ttyUSB0",), "1a86:7523")
DEVICES = """
[devices.counter_scanner]
driver = "scanner_serial"
port = "/dev/ttyACM0"
[devices.scale]
driver = "scale_serial"
port = "/dev/ttyUSB0"
protocol = "cas"
"""


class KnownBox(OwnBox):
    def start(self, *, reachable: bool = False) -> None:
        self.config.write_text(SHOP + DEVICES, encoding="utf-8")
        super().start(reachable=reachable)

    def look(self) -> None:
        self.pass_s(AFTER_S + 1)
        while self.terminal.jobs.run_waiting():
            self.terminal.bus.run_pending()

    def known(self) -> dict[str, Any]:
        return {name: identity_kept(one) for name, one in self.kept().items() if identity_kept(one)}

    def kept(self) -> dict[str, Any]:
        documents, _ = Documents.open(self.config.parent / "data/documents", at=self.clock.wall())
        return dict(documents.collection("devices").all())


@pytest.fixture
def box(tmp_path: Path) -> Iterator[KnownBox]:
    box = KnownBox(tmp_path)
    box.plugged = [HERE, NAMELESS]
    yield box
    box.terminal.close()


def test_a_device_that_came_up_is_known_by_its_serial_number(box: KnownBox) -> None:
    box.tell(DeviceUp("counter_scanner"), DeviceUp("scale"))
    box.look()
    assert box.known() == {"counter_scanner": "0c2e:0901:A"}, "what has no number of its own is not known again"


def test_it_stays_known_when_it_is_gone(box: KnownBox) -> None:
    box.tell(DeviceUp("counter_scanner"))
    box.look()
    box.tell(DeviceDown("counter_scanner", "gone"))
    box.plugged = []
    box.tell(DeviceUp("scale"))
    box.look()
    assert box.known() == {"counter_scanner": "0c2e:0901:A"}


def test_its_settings_are_kept_for_when_it_is_taken_out_whether_it_has_a_number_of_its_own_or_not(
    box: KnownBox,
) -> None:
    box.tell(DeviceUp("counter_scanner"), DeviceUp("scale"))
    box.look()
    assert {name: table_kept(one) for name, one in box.kept().items()} == {
        "counter_scanner": {"driver": "scanner_serial", "port": "/dev/ttyACM0"},
        "scale": {"driver": "scale_serial", "port": "/dev/ttyUSB0", "protocol": "cas"},
    }
    box.plugged = []
    box.tell(DeviceUp("scale"))
    box.look()
    assert table_kept(box.kept()["scale"])["protocol"] == "cas", "what is open is there, whether it is seen or not"
    assert box.known() == {"counter_scanner": "0c2e:0901:A"}
    assert table_kept({"port": "/dev/ttyACM0", "identity": "A"}) == table_kept(None) == {}, "as older ones kept it"


WALL = {"driver": "locker_cu16", "port": "/dev/ttyUSB0", "boards": [1, 2]}


def test_a_port_is_known_by_the_newest_that_hung_there_and_is_written_once(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    documents, _ = Documents.open(tmp_path / "documents", at=shop.clock.wall())
    shelf, file = documents.collection("devices"), tmp_path / "documents/devices.json"
    shelf.put("by_mistake", {"identity": "", "table": {"driver": "scale_serial", "port": "/dev/ttyUSB0"}})

    def run(job: str, work: Callable[[], object]) -> bool:
        shop.bus.post(JobDone(job, result=work()))
        return True

    PortMemory(shop.bus, {"wall": WALL}, shelf, look=lambda: (NAMELESS,), run=run)
    written = []
    for _ in range(2):
        shop.bus.post(DeviceUp("wall"))
        shop.pass_s(AFTER_S + 1)
        written.append(file.stat().st_mtime_ns)
    assert {*shelf.all()} == {"wall"} and written[0] == written[1], "lists are read as tuples, and are no news"


def test_what_never_came_up_is_not_known(box: KnownBox) -> None:
    box.tell(DeviceUp("counter_scanner"), DeviceDown("counter_scanner", "gone"))
    box.look()
    assert box.known() == {}


def test_a_full_disk_and_a_look_that_failed_stop_nobody(box: KnownBox) -> None:
    box.tell(DeviceUp("counter_scanner"))
    box.tell(JobDone(LOOK, error=OSError("no /sys")))
    box.disk.is_full = True
    box.look()
    box.disk.is_full = False
    assert box.known() == {}
    box.tell(DeviceUp("scale"))
    box.look()
    assert box.known() == {"counter_scanner": "0c2e:0901:A"}

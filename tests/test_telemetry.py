"""Samples of how the terminal is: on the wire, on /metrics, and as sentences when a bound is passed (contract G)."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, PRINTER, TID, TOPICS
from link_bench import LinkBench

from edge.bus import Bus
from edge.messages import CloudUp, DeviceDown, DeviceUp, PrinterState
from edge.services.telemetry import EVERY_S, OLD_S, RESTLESS, Telemetry, Watched, metrics_text
from edge.vitals import read_vitals


class SampledBench(LinkBench):
    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        self.machine: dict[str, Any] = {"mem_free_mb": 400}
        watched = Watched(
            lambda: self.machine, self.link.online, lambda: 3, lambda: self.catalogue.version,
            {PRINTER: "printer_escpos", "counter_scanner": "scanner_serial"}, "0.1",
        )  # fmt: skip
        self.telemetry = Telemetry(bus, watched, tid=TID, topics=TOPICS)

    @property
    def samples(self) -> list[dict[str, Any]]:
        return [tele.m for tele in self.sent("tele")]


@pytest.fixture
def shop(tmp_path: Path) -> SampledBench:
    return SampledBench(tmp_path / "shop")


def test_a_sample_leaves_every_five_minutes(shop: SampledBench) -> None:
    shop.go_online()
    before = len(shop.samples)
    shop.pass_s(2 * EVERY_S + 1)
    assert len(shop.samples) - before == 2
    newest = shop.samples[-1]
    assert (newest["link"], newest["rejects"], newest["mem_free_mb"], newest["app"]) == ("online", 3, 400, "0.1")


def test_what_waits_and_for_how_long_is_in_it(shop: SampledBench) -> None:
    shop.sell(COLA)
    shop.pass_s(EVERY_S + 1)
    assert shop.samples[-1]["q_tx"] >= 1
    assert EVERY_S - 10 <= shop.samples[-1]["q_age_s"] <= EVERY_S + 60


def test_a_device_that_goes_is_told_at_once(shop: SampledBench) -> None:
    shop.printer_ready()
    shop.tell(DeviceUp(PRINTER), DeviceUp("counter_scanner"))
    shop.pass_s(3)
    before = len(shop.samples)
    assert (shop.samples[-1]["devices_down"], shop.samples[-1]["paper"]) == (0, "ok")
    shop.tell(DeviceDown("counter_scanner", "unplugged"))
    shop.printer(PrinterState.PAPER_OUT)
    shop.pass_s(3)
    assert len(shop.samples) == before + 1
    assert (shop.samples[-1]["devices_down"], shop.samples[-1]["paper"]) == (1, "out")


def test_each_bound_that_is_passed_is_a_sentence_with_what_to_do(shop: SampledBench) -> None:
    shop.machine |= {"throttled": 0x50005, "disk_free_pct": 4.2, "ro_fs": 1}
    shop.go_online()
    shop.sell(COLA)
    for _ in range(RESTLESS + 1):
        shop.tell(CloudUp(shop.sess, 5))
    shop.welcome()
    shop.pass_s(EVERY_S + OLD_S + EVERY_S)
    said = " ".join(alert.text for alert in shop.telemetry.alerts)
    assert all(word in said for word in ("voltage", "4.2 percent", "only be read", "within an hour")), said
    assert "nothing was taken for" in said
    shop.machine.clear()
    shop.ack(1, stream="tx")
    shop.pass_s(3600 + EVERY_S)
    assert not [alert for alert in shop.telemetry.alerts if "cloud" not in alert.text]


def test_metrics_are_text_that_prometheus_reads() -> None:
    text = metrics_text({"q_tx": 3, "cpu_c": 61.2, "app": 'a"b', "printer": None}, TID)
    assert f'edge_q_tx{{tid="{TID}"}} 3\n' in text
    assert f'edge_cpu_c{{tid="{TID}"}} 61.2\n' in text
    assert text.endswith(f'edge_info{{tid="{TID}",app="a\\"b"}} 1\n')
    assert "printer" not in text


def test_this_machine_says_something_of_itself(tmp_path: Path) -> None:
    vitals = read_vitals(tmp_path)
    assert {"load1", "mem_free_mb", "rss_mb", "fds", "threads", "disk_free_mb", "ro_fs", "ports"} <= vitals.keys()
    assert float(vitals["rss_mb"]) > 1 and float(vitals["threads"]) >= 1


def test_a_raspberry_pi_says_more(tmp_path: Path) -> None:
    for name, text in (
        ("sys/class/thermal/thermal_zone0/temp", "61200\n"),
        ("sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n"),
        ("proc/loadavg", "0.42 0.3 0.2 1/100 99\n"), ("proc/meminfo", "MemTotal: 8 kB\nMemAvailable:  2160640 kB\n"),
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    vitals = read_vitals(tmp_path, proc=tmp_path / "proc", sys=tmp_path / "sys")
    told = (vitals["cpu_c"], vitals["throttled"], vitals["load1"], vitals["mem_free_mb"])
    assert told == (61.2, 0x50005, 0.42, 2110)


def test_a_machine_that_says_nothing_is_no_error(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert read_vitals(nowhere, proc=nowhere, sys=nowhere).keys() == {"fds", "ports"}

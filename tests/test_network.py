"""The box's network over D-Bus: what is there, and settings that are tried, kept, taken back (product row 111)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from network_bench import NEW, OLD, NetworkBench, network

from edge.errors import NetworkRefused
from edge.model.network import TRIAL_S, Heard, How, Kind, Wanted
from edge.network import DbusNetwork

MANUAL = Wanted("eth0", How.MANUAL, f"{NEW}/8", "127.0.0.1", ("127.0.0.1",))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[NetworkBench]:
    with network(tmp_path) as bench:
        bench.until_address("eth0", OLD)
        yield bench


def test_it_tells_what_is_there(bench: NetworkBench) -> None:
    found = bench.manager.look(bench.up_ms)
    assert found is not None and found.changeable and found.trial is None
    wire, wifi = found.interfaces
    assert (wire.name, wire.kind, wire.state, wire.how) == ("eth0", Kind.WIRE, "up", How.AUTO)
    assert (wire.addresses, wire.gateway, wire.dns) == ((f"{OLD}/8",), "127.0.0.1", ("127.0.0.1",))
    assert (wifi.name, wifi.kind, wifi.state, wifi.ssid) == ("wlan0", Kind.WIFI, "down", "")
    assert found.heard == (Heard("小店", 80, is_locked=True),)


def test_without_a_bus_there_is_none() -> None:
    assert DbusNetwork("unix:path=/nowhere/bus").look(0) is None


def test_settings_that_are_confirmed_from_their_own_address_outlive_a_power_cut(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    assert bench.model.address("eth0") == f"{NEW}/8"
    found = bench.manager.look(bench.up_ms)
    assert found is not None and found.trial is not None
    assert found.trial.interface == "eth0" and TRIAL_S - 5 < found.trial.left_s <= TRIAL_S
    bench.manager.keep(NEW)
    bench.skipped_s += TRIAL_S + 1
    assert bench.model.address("eth0") == f"{NEW}/8"
    with bench.model.lock:
        bench.model.power_cut()
    bench.until_address("eth0", NEW)


def test_settings_that_nobody_confirms_are_taken_back_after_ninety_seconds(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    bench.skipped_s += TRIAL_S - 2
    assert bench.model.address("eth0") == f"{NEW}/8"
    bench.skipped_s += 3
    bench.until_address("eth0", OLD)
    with pytest.raises(NetworkRefused) as told:
        bench.manager.keep(NEW)
    assert told.value.cause == "over"


def test_a_second_try_waits_for_the_first_and_what_was_before_both_comes_back(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    for second in (Wanted("eth0", How.MANUAL, "127.0.0.9/8"), Wanted("wlan0", How.AUTO, ssid="小店", password="x" * 8)):
        with pytest.raises(NetworkRefused) as told:
            bench.manager.attempt(second)
        assert told.value.cause == "busy"
    assert bench.model.address("eth0") == f"{NEW}/8"
    bench.skipped_s += TRIAL_S + 1
    bench.until_address("eth0", OLD)


def test_a_power_cut_on_trial_brings_back_what_was(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    with bench.model.lock:
        bench.model.power_cut()
    bench.until_address("eth0", OLD)
    found = bench.manager.look(bench.up_ms)
    assert found is not None and found.trial is None


def test_a_confirmation_that_comes_in_at_the_old_address_proves_nothing(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    for elsewhere in (OLD, "127.0.0.1", "", "10.0.0.1"):
        with pytest.raises(NetworkRefused) as told:
            bench.manager.keep(elsewhere)
        assert told.value.cause == "elsewhere"
    bench.manager.keep(NEW)


def test_undone_it_is_as_it_was(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    bench.manager.undo()
    bench.until_address("eth0", OLD)
    with pytest.raises(NetworkRefused):
        bench.manager.undo()


def test_a_wifi_with_its_password_is_joined_and_with_a_wrong_one_all_is_as_before(bench: NetworkBench) -> None:
    for ssid, password, cause in (("小店", "wrong-2026", "password"), ("隔壁", "x" * 8, "absent")):
        with pytest.raises(NetworkRefused) as told:
            bench.manager.attempt(Wanted("wlan0", How.AUTO, ssid=ssid, password=password))
        assert told.value.cause == cause
        assert bench.model.address("wlan0") == "" and bench.model.checkpoints == {}
    bench.manager.attempt(Wanted("wlan0", How.AUTO, ssid="小店", password="laoban-2026"))
    bench.manager.keep(NEW)
    found = bench.manager.look(bench.up_ms)
    assert found is not None and found.interfaces[1].ssid == "小店" and found.interfaces[1].addresses == (f"{NEW}/8",)
    bench.manager.attempt(Wanted("wlan0", How.MANUAL, "127.0.0.9/8"))
    assert bench.model.address("wlan0") == "127.0.0.9/8", "its password is kept"


def test_another_wifi_that_is_not_there_is_refused_though_the_one_before_is_up(bench: NetworkBench) -> None:
    bench.manager.attempt(Wanted("wlan0", How.AUTO, ssid="小店", password="laoban-2026"))
    bench.manager.keep(NEW)
    with pytest.raises(NetworkRefused) as told:
        bench.manager.attempt(Wanted("wlan0", How.AUTO, ssid="隔壁", password="x" * 8))
    assert told.value.cause == "absent"
    bench.until_address("wlan0", NEW)


def test_what_cannot_be_saved_stays_on_trial_and_is_taken_back(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    bench.model.disk_full = True
    with pytest.raises(NetworkRefused):
        bench.manager.keep(NEW)
    found = bench.manager.look(bench.up_ms)
    assert found is not None and found.trial is not None
    bench.skipped_s += TRIAL_S + 1
    bench.until_address("eth0", OLD)


def test_where_no_dhcp_answers_all_is_as_before(bench: NetworkBench) -> None:
    bench.manager.attempt(MANUAL)
    bench.manager.keep(NEW)
    with bench.model.lock:
        bench.model.devices[next(iter(bench.model.devices))].lan.lease = ""  # type: ignore[union-attr]
    with pytest.raises(NetworkRefused) as told:
        bench.manager.attempt(Wanted("eth0", How.AUTO))
    assert told.value.cause == "dhcp"
    bench.until_address("eth0", NEW)


def test_an_interface_that_is_not_there_is_refused(bench: NetworkBench) -> None:
    with pytest.raises(NetworkRefused) as told:
        bench.manager.attempt(Wanted("eth9", How.AUTO))
    assert told.value.cause == "gone"

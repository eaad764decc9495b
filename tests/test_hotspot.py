"""The box's own Wi-Fi: there for a box that nobody could reach else, and for no other (product row 102)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from counter_bench import CounterBench
from hotspot_bench import ADDRESS, NAME, HotspotBench
from network_bench import NEW, OLD, network
from network_model import Lan

from edge.codec.gb18030 import cells
from edge.errors import NetworkRefused
from edge.messages import Confirmed, Outcome, PageOrder
from edge.model.counter import Verb
from edge.model.hotspot import (
    ALONE_S,
    BY_HAND_S,
    LEAVES_S,
    Course,
    Step,
    hotspot_of,
    is_there,
    new_key,
    next_step,
    wifi_code,
)
from edge.model.hotspot_slip import hotspot_slip, trial_slip
from edge.model.ledger_rows import EffectState
from edge.model.manner import LANGUAGES
from edge.model.network import TRIAL_S, Hotspot, How, Interface, Kind, Network, OnTrial, Wanted
from edge.model.set_up_slip import PageWays
from edge.model.slip import Text
from edge.services.hotspot import DROP, KEY, RAISE, SLIPS_A_START
from edge.services.networking import KEEP, TRY

LAN = Lan(f"{OLD}/8", "127.0.0.1")
WIFI = {"interface": "wlan0", "how": "auto", "ssid": "小店", "password": "laoban-2026"}
OURS = Hotspot(NAME, "0123456789ab", ADDRESS)
RADIO = Interface("wlan0", Kind.WIFI, "down", can_be_hotspot=True)
CABLE = Interface("eth0", Kind.WIRE, "up", addresses=("192.168.1.7/24",))
NEW_BOX = Course(is_new=True, is_first=False, by_hand=False, alone_s=ALONE_S)
SERVED = Course(is_new=False, is_first=True, by_hand=False, served_s=LEAVES_S)
SET_UP = replace(NEW_BOX, is_new=False)
FIRST = replace(SET_UP, is_first=True)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[HotspotBench]:
    """New, with its cable out and a radio that can be an access point."""
    with network(tmp_path, can_ap=True) as net:
        net.model.plug("eth0", None)
        box: HotspotBench = type("Box", (HotspotBench,), {"net": net})(tmp_path / "shop")
        box.printer_ready()
        yield box


def test_a_network_is_where_somebody_gave_an_address() -> None:
    assert is_there(Network((RADIO, CABLE)))
    for other in ({"state": "connecting"}, {"addresses": ()}, {"addresses": ("169.254.3.4/16",)}, {"is_hotspot": True}):
        assert not is_there(Network((replace(CABLE, **other),)))


@pytest.mark.parametrize(("course", "network", "step"), [
    (NEW_BOX, Network((RADIO,)), Step.RAISE),
    (replace(NEW_BOX, alone_s=ALONE_S - 1), Network((RADIO,)), Step.LEAVE),
    (NEW_BOX, Network((replace(RADIO, can_be_hotspot=False),)), Step.LEAVE),
    (NEW_BOX, Network((RADIO, replace(CABLE, addresses=(f"{ADDRESS}/24",), state="down"))), Step.LEAVE),
    (NEW_BOX, Network((RADIO,), trial=OnTrial("wlan0", 60)), Step.LEAVE),
    (NEW_BOX, Network((RADIO, CABLE), hotspot=OURS), Step.LEAVE),
    (SET_UP, Network((RADIO,)), Step.LEAVE), (FIRST, Network((RADIO,)), Step.RAISE),
    (FIRST, Network((RADIO,), hotspot=OURS), Step.LEAVE), (SERVED, Network((RADIO, CABLE), hotspot=OURS), Step.DROP),
    (replace(SERVED, served_s=LEAVES_S - 1), Network((RADIO, CABLE), hotspot=OURS), Step.LEAVE),
    (SET_UP, Network((RADIO,), hotspot=OURS), Step.DROP),
    (SET_UP, Network((RADIO,), hotspot=OURS, trial=OnTrial("eth0", 9)), Step.LEAVE),
    (replace(SET_UP, by_hand=True), Network((RADIO, CABLE), hotspot=OURS), Step.LEAVE),
])  # fmt: skip
def test_what_is_next(course: Course, network: Network, step: Step) -> None:
    assert next_step(network, course, ADDRESS) is step


def test_its_key_has_sixty_bits_and_neither_name_nor_key_wants_escaping() -> None:
    keys = {new_key(Random(seed)) for seed in range(1000)}
    assert len(keys) == 1000 and all(len(key) == 12 and key.isalnum() for key in keys)
    assert wifi_code(hotspot_of("T7K3M9Q2", "0123456789ab", ADDRESS)) == "WIFI:T:WPA;S:EDGE-K3M9Q2;P:0123456789ab;;"
    assert "0123456789ab" not in repr(OURS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_its_slips_is_wider_than_the_narrowest_paper(language: str) -> None:
    ways = PageWays(("https://192.168.100.236/",), "https://t7k3m9q2.local/", is_for_phones=True)
    slips = (
        hotspot_slip(OURS, tid="T7K3M9Q2", url="http://10.11.12.1/", language=language, is_new=True),
        trial_slip("小店", ways, "/network", language=language),
    )
    lines = [block.text for slip in slips for block in slip.blocks if isinstance(block, Text)]
    assert len(lines) > 10 and all(cells(line) <= 32 for line in lines)


# --- NetworkManager ----------------------------------------------------------------------------------------------


def test_it_is_raised_seen_and_taken_down_and_a_power_cut_forgets_it(tmp_path: Path) -> None:
    with network(tmp_path, can_ap=True) as net:
        net.manager.raise_hotspot(OURS)
        found = net.manager.look(net.up_ms)
        assert found is not None and found.hotspot == OURS
        radio = found.interfaces[1]
        assert radio.is_hotspot and radio.can_be_hotspot and radio.addresses == (f"{ADDRESS}/24",)
        net.manager.raise_hotspot(replace(OURS, key="another-key1"))
        assert len([one for one in net.model.profiles.values() if one.saved is None]) == 1, "the one before is gone"
        net.manager.drop_hotspot()
        net.manager.drop_hotspot()
        found = net.manager.look(net.up_ms)
        assert found is not None and found.hotspot is None and found.interfaces[1].state == "down"
        net.manager.raise_hotspot(OURS)
        with net.model.lock:
            net.model.power_cut()
        found = net.manager.look(net.up_ms)
        assert found is not None and found.hotspot is None


def test_a_radio_that_cannot_and_settings_on_trial_refuse_it(tmp_path: Path) -> None:
    with network(tmp_path) as net, pytest.raises(NetworkRefused) as told:
        net.manager.raise_hotspot(OURS)
    assert told.value.cause == "no_ap"
    with network(tmp_path, can_ap=True) as net:
        net.until_address("eth0", OLD)
        net.manager.attempt(Wanted("eth0", How.MANUAL, f"{NEW}/8"))
        with pytest.raises(NetworkRefused) as told:
            net.manager.raise_hotspot(OURS)
        assert told.value.cause == "busy"
        with pytest.raises(NetworkRefused) as told:
            net.manager.drop_hotspot()
        assert told.value.cause == "busy"


# --- a new box ---------------------------------------------------------------------------------------------------


def test_a_new_box_without_a_network_has_it_within_ninety_seconds_and_prints_how_to_join(
    box: HotspotBench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    box.live(44)
    assert box.hotspot is None
    assert box.until_up(46) + 44 <= 90
    hotspot = box.hotspot
    assert hotspot is not None and (hotspot.ssid, hotspot.address) == (NAME, ADDRESS)
    assert box.codes == [wifi_code(hotspot)]
    assert hotspot.key not in caplog.text + str(box.records())
    box.paper(Outcome.DONE)
    box.live(120)
    assert box.hotspot == hotspot and len(box.codes) == 1


def test_a_box_that_has_a_network_has_none_and_no_password_either(box: HotspotBench) -> None:
    box.net.model.plug("eth0", LAN)
    box.live(200)
    assert box.hotspot is None and box.codes == []


def test_a_router_that_was_slow_is_given_its_time(box: HotspotBench) -> None:
    box.live(40)
    box.net.model.plug("eth0", LAN)
    box.live(20)
    box.net.model.plug("eth0", None)
    box.live(40)
    assert box.hotspot is None
    box.until_up(30)


def test_one_that_is_set_up_never_raises_it_by_itself(box: HotspotBench) -> None:
    box.new = False
    box.power_cut()
    box.live(200)
    assert box.hotspot is None and box.codes == []
    assert not [job for job, _ in box.waiting_jobs if job.startswith("hotspot")]


def test_with_a_password_and_a_network_it_goes_after_two_minutes(box: HotspotBench) -> None:
    box.until_up(90)
    box.net.model.plug("eth0", LAN)
    box.live(200)
    assert box.hotspot is not None, "somebody may be about to log in by it"
    box.new = False
    box.live(60)
    assert box.hotspot is not None
    box.live(round(LEAVES_S))
    assert box.hotspot is None and not box.watch.is_up
    box.net.model.plug("eth0", None)
    box.live(200)
    assert box.hotspot is None, "it is set up"


def test_a_trial_that_fails_brings_it_back_and_one_that_is_kept_ends_it(box: HotspotBench) -> None:
    box.until_up(90)
    box.new, hotspot = False, box.hotspot
    assert box.order(1, TRY, **(WIFI | {"password": "wrong-2026"})) == ("failed", "password")
    box.live(2)
    assert box.hotspot == hotspot
    assert box.order(2, TRY, **WIFI) == ("done", "")
    assert box.hotspot is None and box.net.model.address("wlan0") == f"{NEW}/8"
    box.live(TRIAL_S + 5)
    assert box.hotspot == hotspot, "nobody has kept it"
    box.live(round(LEAVES_S) + 30)
    assert box.hotspot == hotspot, "and there is no network still"
    assert box.order(3, TRY, **WIFI) == ("done", "")
    assert box.order(4, KEEP, at=NEW) == ("done", "")
    box.live(300)
    assert box.hotspot is None and box.net.model.address("wlan0") == f"{NEW}/8"
    assert all("edge-hotspot" not in str(one.memory) for one in box.net.model.profiles.values()), "nor its profile"
    papers = len(box.all_codes)
    assert box.order(5, TRY, **WIFI) == ("done", "")
    assert len(box.all_codes) == papers, "no paper tells of a hotspot that was"
    assert box.order(6, KEEP, at=NEW) == ("done", "")
    box.power_cut()
    box.live(200)
    assert box.hotspot is None and box.net.model.address("wlan0") == f"{NEW}/8"
    assert len(box.codes) == 1


def test_who_tries_a_wifi_by_the_hotspot_is_told_on_paper_where_to_keep_it(box: HotspotBench) -> None:
    box.until_up(90)
    box.paper(Outcome.DONE)
    box.new = False
    assert box.order(1, TRY, **(WIFI | {"password": "wrong-2026"})) == ("failed", "password")
    box.live(20)
    assert box.all_codes[2:] == []
    for number in (2, 3):
        assert box.order(number, TRY, **WIFI) == ("done", "")
        assert box.all_codes[-1] == "https://127.0.0.3/network", "at once: there are 90 seconds"
        box.paper(Outcome.DONE)
        box.live(TRIAL_S + 20)
        assert len(box.all_codes) == number + 1, "once a trial"


def test_after_a_power_cut_a_new_box_has_the_wifi_that_its_slip_tells_of(box: HotspotBench) -> None:
    box.until_up(90)
    box.paper(Outcome.DONE)
    hotspot = box.hotspot
    box.power_cut()
    assert box.hotspot is None
    box.until_up(90)
    assert box.hotspot == hotspot and len(box.codes) == 1
    box.new = False
    box.power_cut()
    box.until_up(90)
    assert box.hotspot == hotspot, "its technician was about to set a network"
    box.sell()
    box.live(round(LEAVES_S) + 30)
    assert box.hotspot is None, "a shop that sells without a network"
    box.power_cut()
    box.live(200)
    assert box.hotspot is None


def test_a_process_that_dies_finds_it_again(box: HotspotBench) -> None:
    box.until_up(90)
    hotspot = box.hotspot
    box.killed()
    box.live(1)
    assert box.watch.is_up and box.hotspot == hotspot


def test_a_lost_slip_is_printed_again_but_not_for_ever_and_the_owner_may_ask(box: HotspotBench) -> None:
    box.until_up(90)
    for _ in range(4):
        box.paper(Outcome.FAILED)
        box.live(20)
    assert len(box.codes) == SLIPS_A_START
    box.tell(Confirmed(Verb.TECHNICIAN_PIN, 0, box.clock.mono_s))
    assert len(box.codes) == SLIPS_A_START + 1 and len(set(box.codes)) == 1


def test_a_radio_that_cannot_be_one_leaves_a_new_box_as_it_is(tmp_path: Path) -> None:
    with network(tmp_path) as net:
        net.model.plug("eth0", None)
        box: HotspotBench = type("Box", (HotspotBench,), {"net": net})(tmp_path / "shop")
        box.live(120)
        assert box.hotspot is None and isinstance(box, CounterBench)
        box.new = False
        assert box.order(1, RAISE) == ("failed", "no_ap")


# --- by hand -----------------------------------------------------------------------------------------------------


def test_a_technician_has_it_for_half_an_hour_and_the_wifi_before_comes_back(box: HotspotBench) -> None:
    box.new = False
    assert box.order(1, TRY, **WIFI) == ("done", "")
    assert box.order(2, KEEP, at=NEW) == ("done", "")
    assert box.order(3, RAISE) == ("done", "")
    hotspot = box.hotspot
    assert hotspot is not None and box.codes == [wifi_code(hotspot)]
    assert box.net.model.address("wlan0") == f"{ADDRESS}/24"
    box.killed()
    box.live(60)
    box.killed()
    box.live(120)
    assert box.hotspot == hotspot
    with box.net.model.lock:
        box.net.skipped_s += BY_HAND_S
    box.sleep_s(BY_HAND_S)
    box.live(40)
    assert box.hotspot is None and box.net.model.address("wlan0") == f"{NEW}/8"


def test_it_is_turned_off_by_hand_and_the_next_one_has_another_key(box: HotspotBench) -> None:
    box.new = False
    assert box.order(1, RAISE) == ("done", "")
    first = box.hotspot
    assert first is not None
    assert box.order(2, RAISE) == ("done", ""), "half an hour more"
    assert box.hotspot == first
    assert box.order(3, DROP) == ("done", "")
    assert box.hotspot is None
    box.live(60)
    assert box.hotspot is None
    assert box.order(4, RAISE) == ("done", "")
    second = box.hotspot
    assert second is not None and second.key != first.key
    box.paper(Outcome.DONE)
    assert box.codes == [wifi_code(first), wifi_code(second)]
    box.power_cut()
    box.live(120)
    assert box.hotspot is None


def test_of_a_hotspot_whose_key_is_not_told_there_is_no_paper_until_it_is(box: HotspotBench) -> None:
    box.net.model.tells_secrets = False
    box.until_up(90)
    box.live(60)
    hotspot = box.hotspot
    assert hotspot is not None and (hotspot.ssid, hotspot.key) == (NAME, ""), "it is seen all the same"
    assert box.codes == []
    box.net.model.tells_secrets = True
    box.live(20)
    assert box.hotspot is not None and box.codes == [wifi_code(box.hotspot)]


def test_a_shop_without_a_printer_queues_no_slip(box: HotspotBench) -> None:
    box.prints = False
    box.power_cut()
    box.until_up(90)
    box.live(20)
    assert box.order(1, TRY, **WIFI) == ("done", "")
    box.live(20)
    box.tell(Confirmed(Verb.TECHNICIAN_PIN, 0, box.clock.mono_s))
    jobs = box.begin().print_jobs
    assert not any(jobs.in_state(state) for state in EffectState) and box.all_codes == []


def test_a_refused_press_leaves_no_key(box: HotspotBench) -> None:
    box.new = False
    with box.net.model.lock:
        for device in box.net.model.devices.values():
            device.can_ap = False
    assert box.order(1, RAISE) == ("failed", "no_ap")
    assert not box.queries.noted(KEY), "nobody is told the key of what is not there"


def test_who_presses_while_it_comes_up_gets_the_one_that_comes_up(box: HotspotBench) -> None:
    box.until_raising()
    assert box.order(1, RAISE) == ("done", "")
    hotspot = box.hotspot
    assert hotspot is not None
    box.paper(Outcome.DONE)
    box.power_cut()
    box.until_up(90)
    assert box.hotspot == hotspot and box.codes == [wifi_code(hotspot)], "its slip still tells of it"


def test_a_second_press_is_no_second_key(box: HotspotBench) -> None:
    box.new = False
    box.tell(PageOrder("019aadf2-4c02-7c3e-9d51-000000000001", RAISE, {}, "technician"))
    box.live(3)
    assert box.order(2, RAISE) == ("done", "")
    hotspot = box.hotspot
    assert hotspot is not None and box.codes == [wifi_code(hotspot)]
    assert box.queries.noted(KEY) == hotspot.key
    assert [one.result["state"] for one in box.answers] == ["accepted", "accepted", "done", "done"]


def test_while_settings_are_on_trial_it_is_neither_raised_nor_dropped(box: HotspotBench) -> None:
    box.net.model.plug("eth0", LAN)
    box.new = False
    box.net.until_address("eth0", OLD)
    assert box.order(1, TRY, interface="eth0", how="manual", address=f"{NEW}/8") == ("done", "")
    assert box.order(2, RAISE) == ("failed", "busy")
    assert box.order(3, DROP) == ("failed", "busy")

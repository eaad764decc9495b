"""A whole terminal, new and without a network: its Wi-Fi, a phone in it, a password, a network, and no Wi-Fi."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from network_bench import OLD, NetworkBench, network
from network_model import Lan
from own_page_bench import PASSWORD, PIN, Browser
from test_page_in_the_shop import free_port
from test_page_tls import asked

from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.outside import Outside
from edge.services.technician import KeepAccount
from edge.terminal import Terminal
from edge.web.login import hash_pin

HOTSPOT = "127.0.0.7"
LIMIT_S = 20.0
SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[web]
bind = "0.0.0.0:{port}"
redirect = {redirect}
service = "127.0.0.7"
mdns = false
"""


class Skipped(SystemClock):
    """All of the box's time goes on with what the test skips."""

    def __init__(self, net: NetworkBench) -> None:
        super().__init__()
        self._net = net

    def mono(self) -> float:
        return super().mono() + self._net.skipped_s

    def up_ms(self) -> int:
        return super().up_ms() + round(1000 * self._net.skipped_s)


@contextmanager
def running(folder: Path, net: NetworkBench, redirect: int) -> Iterator[Terminal]:
    config = folder / "shop.toml"
    config.write_text(SHOP.format(port=free_port(), redirect=redirect), encoding="utf-8")
    outside = Outside(clock=Skipped(net), network=net.manager, addresses=lambda: ())
    terminal = build(load_settings(config, load_driver), outside)
    terminal.start()
    terminal.bus.post(KeepAccount("technician", hash_pin(PIN), "2026-11-23T02:14:01.000Z"))
    thread = threading.Thread(target=terminal.run)
    thread.start()
    try:
        yield terminal
    finally:
        terminal.stop()
        thread.join()
        terminal.close()


def until(what: Callable[[], bool], net: NetworkBench, terminal: Terminal, most_s: float) -> float:
    """Skips second by second; how many until it was so."""
    waiting, clock = threading.Event(), SystemClock()
    begun, end = net.skipped_s, clock.mono() + LIMIT_S
    while not what():
        assert clock.mono() < end and net.skipped_s - begun <= most_s
        net.skipped_s += 1
        terminal.bus.post(object())  # its timers are looked at
        waiting.wait(0.02)
    return net.skipped_s - begun


def is_up(net: NetworkBench) -> bool:
    network = net.manager.look(net.up_ms)
    return network is not None and network.hotspot is not None


@pytest.mark.slow
def test_a_phone_sets_it_up_by_its_own_wifi_which_goes_when_there_is_a_network(tmp_path: Path) -> None:
    redirect = free_port()
    with network(tmp_path, can_ap=True) as net:
        net.model.plug("eth0", None)
        with running(tmp_path, net, redirect) as terminal:
            assert asked(redirect, "GET", "/generate_204", at=HOTSPOT, host="captive.apple.com").status == 421

            def led() -> bool:
                probe = asked(redirect, "GET", "/generate_204", at=HOTSPOT, host="captive.apple.com")
                return probe.headers.get("Location") == f"http://{HOTSPOT}:{redirect}/"

            took_s = until(led, net, terminal, 90)
            assert 40 <= took_s <= 90 and is_up(net)
            with closing(Browser(redirect, HOTSPOT).connection) as line:
                phone = Browser(redirect, HOTSPOT)
                phone.connection = line
                assert phone.get("/").headers["Location"] == "/login"
                assert phone.log_in(PIN).status == 303
                chosen = phone.post("/password", {"password": PASSWORD, "password_again": PASSWORD})
                assert chosen.status == 303
                assert phone.get("/").headers["Location"].startswith(f"https://{HOTSPOT}:")
            net.model.plug("eth0", Lan(f"{OLD}/8", "127.0.0.1"))
            until(lambda: not is_up(net), net, terminal, 200)
            until(lambda: not led(), net, terminal, 30)

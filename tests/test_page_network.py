"""The network at the page: what is there, fields that are checked, and a change that is kept from its new address."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import CounterBench
from network_bench import NEW, OLD, NetworkBench, network
from own_page_bench import STATE, Browser, OwnPage, served, with_password

from edge.bus import Bus
from edge.messages import PageAnswer, PageOrder
from edge.model.network import TRIAL_S, Heard, Hotspot, How, Interface, Kind, Network, OnTrial
from edge.services.commands import CarryOut
from edge.services.networking import KEEP, SOON_S, TRY, UNDO, Networking
from edge.web.server import Entrance, WebServer

HERE = Network(
    (Interface("eth0", Kind.WIRE, "up", How.AUTO, ("192.168.1.7/24",), "192.168.1.1", ("223.5.5.5",)),
     Interface("wlan0", Kind.WIFI, "down")),
    (Heard("小店", 80, is_locked=True),), changeable=True,
)  # fmt: skip
MANUAL = {"interface": "eth0", "how": "manual", "address": "192.168.1.20", "prefix": "24", "gateway": "192.168.1.1"}


@contextmanager
def technician(page: OwnPage) -> Iterator[Browser]:
    with served(page) as browser:
        browser.log_in()
        yield browser


def with_network(trial: OnTrial | None = None) -> OwnPage:
    page = with_password()
    page.network = Network(HERE.interfaces, HERE.heard, trial, changeable=True)
    return page


def test_it_shows_what_is_there() -> None:
    with technician(with_network()) as browser:
        text = browser.get("/network").text
        for word in ("eth0", "192.168.1.7/24", "192.168.1.1", "223.5.5.5", "wlan0", "没连上", "小店 (80%)"):
            assert word in text, word
    with technician(with_password()) as browser:
        text = browser.get("/network").text
        assert "没有 NetworkManager" in text and "192.168.1.9" in text, "without NetworkManager"


@pytest.mark.parametrize("path", ["/network", "/setup?step=network"])
def test_whoever_waits_for_the_line_sees_it_come_up_with_a_script_or_without(path: str) -> None:
    page = with_network()
    page.state = replace(STATE, link="greeting")
    again = '<noscript><meta http-equiv="refresh" content="5"></noscript>'
    with technician(page) as browser:
        text = browser.get(path).text
        assert again in text and "live.js" in text and 'data-live="line"' in text and "等云端回答" in text
        page.state = replace(STATE, link="online")
        assert again not in browser.get(path).text, "a form that is being filled in is not drawn anew"
        page.feed.note("state", None)
        browser.connection.request(
            "GET", "/events?since=0", headers={"Cookie": f"session={browser.cookies['session']}"}
        )
        stream = browser.connection.getresponse()
        said = "".join(iter(lambda: stream.readline().decode(), "event: problems\n"))
        assert '<span class="good">在线</span>' in said.partition("event: line\n")[2]


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"address": ""}, "这里要填"), ({"address": "192.168.1"}, "这不是能用的地址"),
    ({"address": "一九二"}, "这不是能用的地址"),
    ({"address": "192.168.1.255"}, "这不是能用的地址"), ({"address": "1" * 16}, "太长，最多 15 位"),
    ({"address": "127.0.0.1"}, "这不是能用的地址"), ({"prefix": "33"}, "最大是 30"), ({"prefix": "x"}, "要填整数"),
    ({"gateway": "10.0.0.1"}, "网关要和本机地址在同一个网里"), ({"gateway": "192.168.1.20"}, "又不能是本机"),
    ({"dns": "223.5.5.5, 8.8.8"}, "最多三个地址"), ({"dns": "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4"}, "最多三个地址"),
])  # fmt: skip
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(typed: dict[str, str], sentence: str) -> None:
    page = with_network()
    with technician(page) as browser:
        answer = browser.post("/network/wire", MANUAL | typed)
        assert answer.status == 422 and sentence in answer.text
        (value,) = typed.values()
        assert f'value="{value}"' in answer.text and "<details open>" in answer.text
    assert page.orders == []


@pytest.mark.parametrize(("typed", "sentence"), [
    ({"ssid": ""}, "这里要填"), ({"ssid": "好" * 11}, "名称太长"), ({"password": "short"}, "8 到 63 位"),
    ({"password": "密码密码密码密码"}, "8 到 63 位"), ({"interface": "../x"}, "格式不对"),
])  # fmt: skip
def test_of_a_wifi_too_and_its_password_is_not_sent_back(typed: dict[str, str], sentence: str) -> None:
    page = with_network()
    with technician(page) as browser:
        fields = {"interface": "wlan0", "ssid": "小店", "password": "laoban-2026"} | typed
        answer = browser.post("/network/wifi", fields)
        assert answer.status == 422
        assert sentence in answer.text or "interface" in typed
        assert fields["password"] not in answer.text
    assert page.orders == []


def test_what_was_checked_is_one_command_that_tells_no_password() -> None:
    page = with_network()
    with technician(page) as browser:
        browser.post("/network/wire", MANUAL | {"dns": "223.5.5.5，1.1.1.1"})
        browser.post("/network/wire", {"interface": "eth0", "how": "auto", "address": "junk", "prefix": ""})
        browser.post("/network/wifi", {"interface": "wlan0", "ssid": "小店", "password": "laoban-2026"})
    wire, auto, wifi = page.orders
    assert wire.args == {
        "interface": "eth0", "how": "manual", "address": "192.168.1.20/24", "gateway": "192.168.1.1",
        "dns": ["223.5.5.5", "1.1.1.1"],
    }  # fmt: skip
    assert auto.args == {"interface": "eth0", "how": "auto"}
    assert "laoban-2026" not in repr(wifi) and wifi.args["ssid"] == "小店"


def test_on_trial_the_page_says_where_to_go_and_offers_to_keep_only_there() -> None:
    page = with_network(OnTrial("eth0", 71))
    with technician(page) as browser:
        text = browser.get("/network").text
        assert "还剩 71 秒" in text and 'href="http://192.168.1.7:' in text
        assert "/network/keep" not in text and "/network/undo" in text and "/network/wire" not in text
    page.network = Network((Interface("eth0", Kind.WIRE, "up", addresses=("127.0.0.1/8",)),), trial=OnTrial("eth0", 5))
    with technician(page) as browser:
        assert 'action="/network/keep"' in browser.get("/network").text


@pytest.mark.parametrize("cause", ["elsewhere", "password", "dhcp", "over", "busy"])
def test_why_it_was_not_done_is_a_sentence(cause: str) -> None:
    page = with_network(OnTrial("eth0", 71))
    page.answer = {"state": "failed", "err": {"code": "internal", "msg": cause}}
    with technician(page) as browser:
        browser.post("/network/keep")
        text = browser.get("/network").text
        assert 'class="notice refused"' in text and cause not in text.split('class="notice refused"')[1][:80]


OWN = Hotspot("EDGE-K3M9Q2", "0123456789ab", "10.11.12.1")
RADIO = Interface("wlan0", Kind.WIFI, "down", can_be_hotspot=True)
MADE = Interface("wlan0", Kind.WIFI, "up", addresses=("10.11.12.1/24",), ssid="EDGE-K3M9Q2", is_hotspot=True,
                 can_be_hotspot=True)  # fmt: skip


@pytest.mark.parametrize(("interfaces", "url", "sentence"), [
    ((RADIO,), "http://10.11.12.1/", "打开后 30 分钟自动关闭"), ((RADIO,), "", "没有热点的地址"),
    ((HERE.interfaces[1],), "http://10.11.12.1/", "无线网卡做不了热点"),
    ((RADIO, Interface("eth1", Kind.WIRE, "up", addresses=("10.11.12.1/24",))), "http://10.11.12.1/", "被网线占用"),
])  # fmt: skip
def test_it_says_whether_it_can_make_a_wifi_of_its_own(
    interfaces: tuple[Interface, ...], url: str, sentence: str
) -> None:
    page = with_network()
    page.network, page.hotspot_url = Network(interfaces, changeable=True), url
    with technician(page) as browser:
        text = browser.get("/network").text
        assert sentence in text and ('action="/network/hotspot"' in text) is ("30 分钟" in sentence)
    page.network = Network(HERE.interfaces[:1], changeable=True)
    with technician(page) as browser:
        assert "设备热点" not in browser.get("/network").text, "without a radio"


def test_of_one_that_is_up_it_tells_name_and_key_and_turns_it_off() -> None:
    page = with_network()
    page.hotspot_url = "http://10.11.12.1/"
    page.network = Network((MADE, HERE.interfaces[0]), HERE.heard, changeable=True, hotspot=OWN)
    with technician(page) as browser:
        text = browser.get("/network").text
        for word in (OWN.ssid, OWN.key, "http://10.11.12.1/", "/network/hotspot-off", "热点会回来"):
            assert word in text, word
        assert 'value="EDGE-K3M9Q2"' not in text, "it does not offer to join itself"
        browser.post("/network/hotspot")
        browser.post("/network/hotspot-off")
    page.network = Network((MADE,), changeable=True, hotspot=OWN)
    with technician(page) as browser:
        assert "/network/hotspot-off" not in browser.get("/network").text, "nobody could reach the box then"
    assert [(order.type, dict(order.args)) for order in page.orders] == [("hotspot.raise", {}), ("hotspot.drop", {})]


def test_without_a_printer_the_page_tells_name_and_key_before_its_line_goes() -> None:
    page, kept = with_network(), list[Hotspot]()
    page.hotspot_url, page.hotspot_kept = "http://10.11.12.1/", lambda: kept[0] if kept else None
    page.network, page.answer = Network((RADIO,), changeable=True), {"state": "accepted"}
    with technician(page) as browser:
        text = browser.get("/network").text
        assert "纸条" not in text and "显示在本页" in text and OWN.ssid not in text
        browser.post("/network/hotspot")
        kept.append(OWN)
        text = browser.get("/network").text
        assert "请先记下" in text and OWN.ssid in text and OWN.key in text and "纸条" not in text
        page.answer = {"state": "done"}
        browser.post("/network/hotspot")
        assert "热点已打开，名称和密码在下面" in browser.get("/network").text


def test_a_key_that_is_not_told_is_no_empty_line() -> None:
    page = with_network()
    page.hotspot_url = "http://10.11.12.1/"
    page.network = Network((MADE,), changeable=True, hotspot=replace(OWN, key=""))
    with technician(page) as browser:
        text = browser.get("/network").text
        assert OWN.ssid in text and "<dt>密码</dt>" not in text


def test_why_there_is_no_hotspot_is_a_sentence() -> None:
    page = with_network()
    page.answer = {"state": "failed", "err": {"code": "internal", "msg": "no_ap"}}
    with technician(page) as browser:
        browser.post("/network/hotspot")
        assert "做不了热点" in browser.get("/network").text


# --- from the page to the router ---------------------------------------------------------------------------------


class RealBench(CounterBench):
    """The dispatcher with the real client of NetworkManager, whose model is on a bus of its own."""

    net: NetworkBench

    def boot(self) -> None:
        self.answers: list[PageAnswer] = []
        super().boot()
        self.bus.route(PageAnswer, self.answers.append)

    def _at_page(self, bus: Bus, *_: object) -> Mapping[str, CarryOut]:
        return Networking(bus, self.net.manager, self._run).orders

    def order(self, number: int, kind: str, **args: object) -> tuple[str, str]:
        cid = f"019aadf2-4c02-7c3e-9d51-{number:012d}"
        self.tell(PageOrder(cid, kind, args, "technician"))
        self.pass_s(SOON_S + 0.1)
        self.run_jobs()
        result = [one.result for one in self.answers if one.cid == cid][-1]
        return result["state"], result.get("err", {}).get("msg", "")


def test_a_change_is_lost_with_the_connection_and_comes_back_or_is_kept_from_the_new_address(tmp_path: Path) -> None:
    with network(tmp_path) as net:
        net.until_address("eth0", OLD)
        bench = type("Bench", (RealBench,), {"net": net})(tmp_path / "shop")
        manual = {"interface": "eth0", "how": "manual", "address": f"{NEW}/8"}
        assert bench.order(1, TRY, **manual) == ("done", "")
        assert net.model.address("eth0") == f"{NEW}/8"
        assert bench.order(2, KEEP, at=OLD) == ("failed", "elsewhere")
        net.skipped_s += TRIAL_S
        net.until_address("eth0", OLD)
        assert bench.order(3, KEEP, at=NEW) == ("failed", "over")
        assert bench.order(4, TRY, **manual) == ("done", "")
        assert bench.order(5, KEEP, at=NEW) == ("done", "")
        net.skipped_s += TRIAL_S
        assert net.model.address("eth0") == f"{NEW}/8"
        assert bench.order(6, UNDO) == ("failed", "over")
        wifi = {"interface": "wlan0", "how": "auto", "ssid": "小店", "password": "wrong-2026"}
        assert bench.order(7, TRY, **wifi) == ("failed", "password")
        assert "wrong-2026" not in "".join(map(str, bench.records()))


def test_the_page_knows_at_which_of_its_addresses_it_was_asked() -> None:
    page = with_network(OnTrial("eth0", 60))
    page.network = Network((Interface("eth0", Kind.WIRE, "up", addresses=(f"{NEW}/8",)),), trial=OnTrial("eth0", 60))
    page.names = frozenset({OLD, NEW})
    for host, is_there in ((OLD, False), (NEW, True)):
        server = WebServer(Entrance(host, 0, page.app()))
        server.start()
        browser = Browser(int(server.url.rsplit(":", 1)[1].rstrip("/")), host)
        try:
            browser.log_in()
            assert ("/network/keep" in browser.get("/network").text) is is_there
            browser.post("/network/keep")
        finally:
            browser.connection.close()
            server.stop()
    assert [order.args["at"] for order in page.orders] == [OLD, NEW]


def test_only_of_a_change_it_is_told_that_it_will_be_tried() -> None:
    page = with_network()
    page.answer = {"state": "accepted"}
    with technician(page) as browser:
        for path in ("keep", "undo"):
            browser.post(f"/network/{path}")
            text = browser.get("/network").text
            assert "正在做" in text and "几秒后开始试" not in text

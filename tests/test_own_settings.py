"""Settings from the page on a real terminal: staged, tried at a start of their own, kept or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_configuring import FOOTER, Box

from edge.cli.check import check
from edge.codec.command_card import card_code
from edge.codec.shop_template import read_template, write_template
from edge.messages import DeviceUp, PageAnswer, PageOrder, ScanData
from edge.model.shop_template import fitted, template_of
from edge.store.config_book import PAGE, kept_before_start
from edge.store.shop_folder import DOCUMENTS


class OwnBox(Box):
    """And a technician at its page."""

    def start(self, *, reachable: bool = False) -> None:
        super().start(reachable=reachable)
        self.answers: list[dict[str, Any]] = []
        self.terminal.bus.route(PageAnswer, lambda told: self.answers.append(dict(told.result)))

    def next_start(self, *, reachable: bool = False) -> None:
        super().next_start(reachable=reachable)

    def off(self, *, reachable: bool = False) -> None:
        super().off(reachable=reachable)

    def put(self, *changes: dict[str, Any], seen: int = 0) -> dict[str, Any]:
        self.orders = getattr(self, "orders", 0) + 1
        cid = f"019aadf2-4c02-7c3e-9d51-{self.orders:012d}"
        args = {"changes": list(changes), "seen": seen}
        self.tell(PageOrder(cid, "settings.put", args, "technician"))
        return self.answers[-1]

    @property
    def till(self) -> str:
        return self.terminal.settings.terminal.till


@pytest.fixture
def box(tmp_path: Path) -> Iterator[OwnBox]:
    box = OwnBox(tmp_path)
    yield box
    box.terminal.close()


TILL = {"table": "terminal", "key": "till", "value": "7"}
SCANNER = {"driver": "scanner_serial", "port": "/dev/none"}


def device(name: str, table: object) -> dict[str, Any]:
    return {"table": "devices", "key": name, "value": table}


def test_a_change_is_in_force_after_a_start_of_its_own_and_needs_no_cloud(box: OwnBox) -> None:
    assert box.put(TILL)["state"] == "done"
    assert box.till == "1", "nothing changes under a sale"
    box.pass_s(20)
    box.next_start()
    assert box.till == "7"
    box.pass_s(20)
    box.off()
    assert (box.till, box.starts) == ("7", 3)
    assert not box.terminal.stopping
    kept = kept_before_start(box.terminal.settings.terminal.data_dir / DOCUMENTS, PAGE)
    assert kept.changed == ("terminal.till",) and kept.ended_at.endswith("Z")


def test_what_is_staged_when_a_start_broke_off_is_left_out_and_what_is_in_force_stays(box: OwnBox) -> None:
    box.put(TILL)
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    box.put(TILL | {"value": "8"}, seen=1)
    box.doubt = "ZeroDivisionError"
    box.pass_s(20)
    box.next_start()
    assert (box.till, box.terminal.settings.layer_refused) == ("7", "ZeroDivisionError")
    box.off()
    assert (box.till, box.terminal.settings.layer_refused) == ("7", ""), "nothing is on trial any more"


def test_what_was_set_is_taken_back_to_what_the_file_says(box: OwnBox) -> None:
    box.put(TILL)
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    assert box.put({"table": "terminal", "key": "till", "back": True}, seen=1)["state"] == "done"
    box.pass_s(20)
    box.next_start()
    assert box.till == "1"


def test_several_changes_are_one_start(box: OwnBox) -> None:
    box.put(TILL)
    box.put(device("counter_scanner", SCANNER), seen=1)
    box.pass_s(20)
    box.next_start()
    assert (box.till, list(box.terminal.settings.devices)) == ("7", ["counter_scanner"])


def test_nobody_is_interrupted_for_it(box: OwnBox) -> None:
    box.tell(ScanData("counter_scanner", card_code(161), box.clock.mono_s))
    box.put(TILL)
    box.pass_s(600)
    assert not box.terminal.stopping, "the drawer is being counted"


WRONG: list[dict[str, Any]] = [
    {"table": "terminal", "key": "till", "value": "0"}, {"table": "terminal", "key": "till", "value": 7},
    {"table": "terminal", "key": "tid", "value": "T7K3M9Q3"}, {"table": "web", "key": "bind", "value": "0.0.0.0:80"},
    {"table": "cloud", "key": "url", "value": "mqtt://elsewhere:1"}, {"table": "no", "key": "such", "value": 1},
    device("lock", {"driver": "locker_none", "port": "x"}), device("Lock", SCANNER), device("lock", {"port": "x"}),
    device("lock", SCANNER | {"baud": 5}), device("lock", 5),
    {"table": "promotions", "key": "hint_percent", "value": 5},
]  # fmt: skip


@pytest.mark.parametrize("change", WRONG)
def test_what_does_not_go_with_the_rest_changes_nothing(box: OwnBox, change: dict[str, Any]) -> None:
    told = box.put(change)
    assert (told["state"], told["err"]["code"]) == ("rejected", "cfg.invalid")
    box.pass_s(60)
    assert not box.terminal.stopping


def test_two_printers_are_refused_before_anything_restarts(box: OwnBox) -> None:
    printer = {"driver": "printer_escpos", "port": "tcp://127.0.0.1:9"}
    box.put(device("one", printer))
    assert "one receipt printer" in box.put(device("two", printer), seen=1)["err"]["msg"]


def test_a_full_disk_is_told_and_changes_nothing(box: OwnBox) -> None:
    box.disk.is_full = True
    told = box.put(TILL)
    assert (told["state"], told["err"]["code"]) == ("failed", "store.full")
    box.disk.is_full = False
    box.pass_s(60)
    assert not box.terminal.stopping and box.put(TILL)["state"] == "done"


def test_of_two_phones_the_second_is_told(box: OwnBox) -> None:
    box.put(TILL)
    assert box.put({"table": "terminal", "key": "till", "value": "8"})["err"]["code"] == "seq.conflict"


def test_while_a_change_is_being_tried_there_is_no_other(box: OwnBox) -> None:
    box.put(TILL)
    box.pass_s(20)
    box.next_start()
    assert box.put({"table": "terminal", "key": "till", "value": "8"}, seen=1)["err"]["code"] == "cmd.busy"


def test_a_device_that_was_well_and_is_not_at_its_new_port_takes_the_change_back(box: OwnBox) -> None:
    box.tell(DeviceUp("counter_scanner"))
    box.put(device("counter_scanner", SCANNER))
    box.pass_s(20)
    box.next_start()
    box.pass_s(120)
    box.next_start()
    assert dict(box.terminal.settings.devices) == {}
    assert box.put(TILL, seen=1)["state"] == "done", "and another change is possible"


def with_old_one(box: OwnBox) -> str:
    """The shop's file names a device, and it is well; the file as it was before."""
    before = box.config.read_text(encoding="utf-8")
    box.config.write_text(
        before + '[devices.old]\ndriver = "scanner_serial"\nport = "/dev/none"\n', encoding="utf-8"
    )  # fmt: skip
    box.off()
    assert list(box.terminal.settings.devices) == ["old"]
    box.tell(DeviceUp("old"))
    return before


def test_a_device_that_somebody_else_took_out_is_not_missed(box: OwnBox) -> None:
    before = with_old_one(box)
    box.put(TILL)
    box.config.write_text(before, encoding="utf-8")
    box.pass_s(20)
    box.next_start()
    box.pass_s(120)
    assert not box.terminal.stopping
    box.off()
    assert box.till == "7"


def test_a_device_in_place_of_one_that_was_well_must_come_up(box: OwnBox) -> None:
    with_old_one(box)
    box.put(device("old", None), device("new", SCANNER))
    box.pass_s(20)
    box.next_start()
    assert list(box.terminal.settings.devices) == ["new"]
    box.pass_s(120)
    box.next_start()
    assert list(box.terminal.settings.devices) == ["old"]


def test_a_device_that_is_taken_out_is_not_missed(box: OwnBox) -> None:
    with_old_one(box)
    box.put(device("old", None))
    box.pass_s(20)
    box.next_start()
    assert list(box.terminal.settings.devices) == []
    box.pass_s(120)
    assert not box.terminal.stopping


def test_power_that_goes_twice_under_a_change_brings_back_what_was_before(box: OwnBox) -> None:
    box.put(TILL)
    box.off()
    assert box.till == "7"
    box.off()
    box.off()
    assert box.till == "1"


def test_the_cloud_wins_but_for_what_is_local(box: OwnBox) -> None:
    box.welcome()
    box.put(
        {"table": "receipt", "key": "footer", "value": ["本店"]},
        {"table": "replenishment", "key": "max_cover_days", "value": 5},
    )
    box.desire(31, {**FOOTER, "replenishment": {"max_cover_days": 9}})
    box.pass_s(20)
    box.next_start(reachable=True)
    assert box.footer == ["本店"]
    assert box.terminal.settings.replenishment.max_cover_days == 9


def test_a_layer_that_fits_no_longer_is_left_out_and_the_shop_opens(box: OwnBox) -> None:
    box.put(device("counter_scanner", SCANNER))
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    text = box.config.read_text(encoding="utf-8")
    box.config.write_text(text + "[devices]\n" + "".join(
        f'd{n} = {{driver = "scanner_serial", port = "/dev/none{n}"}}\n' for n in range(32)
    ), encoding="utf-8")  # fmt: skip
    box.off()
    assert "counter_scanner" not in box.terminal.settings.devices and box.terminal.settings.layer_refused


def test_check_says_what_comes_from_the_page(box: OwnBox, capsys: pytest.CaptureFixture[str]) -> None:
    box.put(TILL, device("counter_scanner", SCANNER))
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    check(str(box.config))
    told = capsys.readouterr().out
    assert 'terminal.till = "7"    (the page)' in told
    assert 'devices.counter_scanner.port = "/dev/none"    (the page)' in told
    assert "devices.counter_scanner.baud = 9600    (default)" in told


def test_a_template_is_on_trial_like_any_change_and_what_is_this_boxs_own_stays(box: OwnBox) -> None:
    box.put(TILL, {"table": "terminal", "key": "shop_name", "value": "小王便利店"})
    box.pass_s(20)
    box.next_start()
    box.pass_s(20)
    body = {"terminal": {"till": "2", "language": "en"}, "receipt": {"print": "never", "footer": ["再来"]},
            "devices": {"counter_scanner": {"driver": "scanner_serial", "port": "tcp://10.0.0.9:4001"}}}  # fmt: skip
    octets = write_template(template_of(body, (), app="0.1.0", made_at=""))
    found = fitted(read_template(octets), (), {})
    changes = [{"table": table, "key": key, "value": value} for table, key, value in found.settings]
    assert box.put(*changes, *(device(*one) for one in found.devices), seen=1)["state"] == "done"
    box.pass_s(20)
    box.next_start()
    now = box.terminal.settings
    assert (now.terminal.language.value, now.receipt.print.value, box.till) == ("en", "never", "7")
    assert box.footer != ["再来"], "a receipt tells the shop's address"
    assert now.terminal.shop_name == "小王便利店" and "counter_scanner" in now.devices

"""The software at the page: version, since when, and the slots of the appliance; nothing is ordered there."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import CounterBench
from own_page_bench import served, with_password

from edge.codec.rauc_status import read_rauc_status
from edge.errors import CodecError
from edge.model.account import Role
from edge.model.software import SINCE, Slot, running_since
from edge.slots import read_slots

TOLD = (
    b'{"compatible":"edge","variant":"","booted":"/dev/vda5","boot_primary":"rootfs.1","slots":['
    b'{"rootfs.1":{"class":"rootfs","device":"/dev/vda6","type":"raw","bootname":"B","state":"inactive","parent":null,'
    b'"mountpoint":null,"boot_status":"bad","slot_status":{"bundle":{"compatible":"edge","version":"0.2.0"},'
    b'"installed":{"timestamp":"2026-11-26T20:00:00Z","count":1},"status":"ok"}}},'
    b'{"boot.0":{"class":"boot","bootname":null,"state":"active","parent":"rootfs.0","boot_status":null}},'
    b'{"rootfs.0":{"class":"rootfs","bootname":"A","state":"booted","boot_status":"good","slot_status":{"bundle":'
    b'{"compatible":null}}}}],"artifact-repositories":[]}'
)
A = Slot("A", "", "", is_running=True, is_next=False, is_good=True)
B = Slot("B", "0.2.0", "2026-11-26T20:00:00Z", is_running=False, is_next=True, is_good=False)


def test_slots_are_told_by_the_names_that_the_firmware_starts() -> None:
    assert read_rauc_status(TOLD) == (A, B)


@pytest.mark.parametrize("octets", [b"", b"[]", b"{}", b'{"slots":7}', b'{"slots":'])
def test_what_is_no_status_is_refused(octets: bytes) -> None:
    with pytest.raises(CodecError):
        read_rauc_status(octets)


def test_strange_slots_are_left_out() -> None:
    assert read_rauc_status(b'{"slots":[7,{"a":7},{"b":{"bootname":7}},{"c":{"bootname":"C"}}]}') == (
        Slot("C", "", "", is_running=False, is_next=False, is_good=None),
    )


def rauc(folder: Path, script: str) -> str:
    program = folder / "rauc"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return str(program)


def test_rauc_is_asked_and_never_ordered(tmp_path: Path) -> None:
    (tmp_path / "told").write_bytes(TOLD)
    program = rauc(tmp_path, f'echo "$@" > {tmp_path}/asked; cat {tmp_path}/told')
    assert read_slots(lambda name: program) == (A, B)
    assert (tmp_path / "asked").read_text() == "status --detailed --output-format=json\n"


def test_a_rauc_that_fails_or_is_not_there_is_told_apart(tmp_path: Path) -> None:
    assert read_slots(lambda name: rauc(tmp_path, "exit 1")) == ()
    assert read_slots(lambda name: rauc(tmp_path, "echo no service")) == ()
    assert read_slots(lambda name: str(tmp_path / "gone")) == ()
    assert read_slots(lambda name: None) is None


def test_the_page_shows_the_slots_and_has_no_button() -> None:
    page = with_password()
    page.slots = (A, B)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/update").text
        for words in ("0.1.0", "11-20 09:00", "系统分区 A", "正在用", "0.2.0", "11-27 04:00", "还没证明"):
            assert words in text, words
        assert "下次从它启动" in text
        assert text.split("<main", 1)[1].count("<form") == 0
        assert browser.get("/api/update").json["slots"][1]["name"] == "B"


@pytest.mark.parametrize(("slots", "words"), [(None, "这台机器没有用系统镜像"), ((), "问不出状态")])
def test_a_box_without_slots_says_how_it_is_updated(slots: tuple[Slot, ...] | None, words: str) -> None:
    page = with_password()
    page.slots = slots
    with served(page) as browser:
        browser.log_in()
        assert words in browser.get("/update").text


def test_it_is_the_technicians() -> None:
    with served(with_password(Role.OWNER)) as browser:
        browser.log_in(account="owner")
        assert browser.get("/update").status == 403


def test_since_when_a_version_runs_is_noted_once_and_of_that_version_alone(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path)
    first = shop.begin().get(SINCE)
    assert first is not None
    shop.clock.pass_s(3_600)
    shop.restart()
    assert shop.begin().get(SINCE) == first
    version, _, at = first.partition(" ")
    assert running_since(first, version) == at and running_since(first, "9.9") == "" == running_since(None, version)

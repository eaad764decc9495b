"""The table of commands in the docs is what the cloud gives, and leaves out no row that the product asks for."""

from __future__ import annotations

import re
from pathlib import Path

from edge.codec.wire_down import SIGNED_TYPES
from edge.reference_cloud.command_kinds import DAY, HOUR, KINDS, MINUTE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cloud-commands.md"
_UNITS = {"s": 1, "min": MINUTE, "h": HOUR, "d": DAY}


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if re.match(r"\| (1[123]\d|beside) \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in found]


def test_each_row_is_mapped_to_its_type_class_right_and_time() -> None:
    mapped = {
        name: (letter, who, int(ttl.split()[0]) * _UNITS[ttl.split()[1]])
        for _, _, wire, letter, who, ttl in rows() if ttl
        for name in re.findall(r"`([a-z]+\.[a-z]+|[a-z]+)`", wire)
    }  # fmt: skip
    assert mapped == {kind.name: (kind.letter, kind.right.value, kind.ttl_s) for kind in KINDS.values()}


def test_no_row_is_left_out_and_what_is_no_command_says_why() -> None:
    assert {row[0] for row in rows()} == {"beside", *(str(number) for number in range(118, 136))}
    for _, _, wire, letter, _, _ in rows():
        assert letter or wire.startswith(("none: ", "dn/"))


def test_what_must_be_signed_is_known_here_but_for_what_is_no_order() -> None:
    assert SIGNED_TYPES - KINDS.keys() == {"parcel.grant"}

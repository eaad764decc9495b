"""docs/cloud-contract.md says what the code says, and says all of it."""

from __future__ import annotations

import re
from pathlib import Path

import contract
import pytest
from contract_prose import COMMAND

from edge.codec import wire_down, wire_up
from edge.codec.bodies import BODIES
from edge.codec.topics import Down, Up
from edge.codec.wire_term import RETRY, Message

PAGE = contract.page()


def test_the_page_is_what_the_models_say() -> None:
    assert contract.main(["--check"]) == 0, f"run: {COMMAND}"


def test_a_page_that_is_behind_is_told_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    behind = tmp_path / "docs" / "cloud-contract.md"
    behind.parent.mkdir()
    behind.write_text(PAGE.replace("required", "optional", 1), encoding="utf-8")
    monkeypatch.setattr(contract, "PAGE", behind)
    assert contract.main(["--check"]) == 1
    assert COMMAND in capsys.readouterr().err
    assert contract.main([]) == 0
    assert contract.main(["--check"]) == 0


def test_every_topic_message_event_and_code_is_on_the_page() -> None:
    messages = {
        name
        for module in (wire_up, wire_down)
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, Message) and kind.__module__ == module.__name__
    } - {"BatchHead"}
    assert {f"\n### {name}\n" for name in messages} <= set(re.findall(r"\n### \w+\n", PAGE.replace("\n", "\n\n")))
    for shown in (*(f"up/{leaf}" for leaf in Up), *(f"dn/{leaf}" for leaf in Down), *BODIES, *RETRY):
        assert f"`{shown}`" in PAGE, shown


def test_links_lead_to_a_heading_of_the_page() -> None:
    headings = {line.strip("# ").lower() for line in PAGE.splitlines() if line.startswith("#")}
    assert set(re.findall(r"\]\(#([\w-]+)\)", PAGE)) <= headings


def test_no_field_is_left_without_words() -> None:
    assert "anything" not in PAGE

"""Documents survive a power cut at every step, a full disk, a damaged file and an update of the software."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import CorruptStore, DiskFull, StoreError
from edge.store.aside import set_aside
from edge.store.atomic_storage import MAX_OCTETS, AtomicStorage, Schema, read_tables
from edge.store.documents import Documents, SetAside

AT = datetime(2026, 11, 23, 5, 3, 59, tzinfo=UTC)
STEPS = ("written", "synced", "linked", "kept", "renamed", "durable")
SCHEMAS: Mapping[str, Schema] = {"settings": Schema(), "cells": Schema()}


class PowerCut(BaseException):
    """The process is gone: nothing that runs after it may run."""


class Fuse:
    """Cuts the power after the step of this name; what was not yet synced is then half there."""

    def __init__(self, step: str, folder: Path, kept: float) -> None:
        self._step, self._folder, self._kept = step, folder, kept

    def __call__(self, step: str) -> None:
        if step != self._step:
            return
        if step == "written":
            new = self._folder / "settings.json.new"
            octets = new.read_bytes()
            new.write_bytes(octets[: int(len(octets) * self._kept)])
        raise PowerCut


def opened(folder: Path, **given: Any) -> Documents:
    documents, damaged = Documents.open(folder, at=AT, **{"schemas": SCHEMAS, **given})
    assert damaged == []
    return documents


def reopened(folder: Path) -> tuple[Documents, list[SetAside]]:
    return Documents.open(folder, at=AT, schemas=SCHEMAS)


def test_a_document_is_there_after_a_restart(tmp_path: Path) -> None:
    settings = opened(tmp_path / "documents").collection("settings")
    settings.put("terminal", {"shop_name": "老王便利店", "list": [1, {"a": None}]})
    settings.put("terminal", {"shop_name": "新店"})
    settings.put("web", {"bind": "127.0.0.1:1"})
    assert settings.delete("web") and not settings.delete("web")
    again = opened(tmp_path / "documents").collection("settings")
    assert again.all() == {"terminal": {"shop_name": "新店"}} and again.get("web") is None


def test_a_technician_can_read_the_file(tmp_path: Path) -> None:
    opened(tmp_path).collection("settings").put("shop", "老王")
    text = (tmp_path / "settings.json").read_text()
    assert "老王" in text
    assert json.loads(text) == {"schema": {"1": {"number": 1}}, "documents": {"1": {"key": "shop", "value": "老王"}}}


def test_what_a_reader_holds_never_changes(tmp_path: Path) -> None:
    documents = opened(tmp_path)
    given: dict[str, Any] = {"cell": {"door": [1, 2]}}
    documents.collection("cells").put("A", given)
    before = documents.snapshot()
    given["cell"]["door"].append(3)
    documents.collection("cells").put("B", 1)
    assert before["cells"] == {"A": {"cell": {"door": (1, 2)}}}
    with pytest.raises(TypeError):
        before["cells"]["A"]["cell"] = 1  # type: ignore[index]


def test_a_frozen_document_can_be_put_back(tmp_path: Path) -> None:
    cells = opened(tmp_path).collection("cells")
    cells.put("A", {"doors": [1, 2], "inner": {"x": 1}})
    cells.put("B", cells.get("A"))
    assert opened(tmp_path).collection("cells").get("B") == {"doors": (1, 2), "inner": {"x": 1}}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_power_cut_leaves_the_old_or_the_new_and_the_next_write_succeeds(
    tmp_path: Path, step: str, kept: float
) -> None:
    opened(tmp_path).collection("settings").put("price", "old")
    with pytest.raises(PowerCut):
        opened(tmp_path, step=Fuse(step, tmp_path, kept)).collection("settings").put("price", "new")
    found = opened(tmp_path).collection("settings")
    assert found.get("price") == ("new" if step in ("renamed", "durable") else "old")
    found.put("price", "newest")
    assert opened(tmp_path).collection("settings").all() == {"price": "newest"}


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("linked", "kept")])
def test_a_power_cut_in_the_first_write_leaves_nothing_or_the_new(tmp_path: Path, step: str) -> None:
    with pytest.raises(PowerCut):
        opened(tmp_path, step=Fuse(step, tmp_path, 0.5)).collection("settings").put("price", "new")
    assert opened(tmp_path).collection("settings").get("price") == ("new" if step in ("renamed", "durable") else None)


def test_cut_after_cut_at_any_step_never_breaks_a_document(tmp_path: Path) -> None:
    opened(tmp_path).collection("settings").put("n", 0)
    for n, step in enumerate(STEPS * 3, 1):
        before = opened(tmp_path).collection("settings").get("n")
        with pytest.raises(PowerCut):
            opened(tmp_path, step=Fuse(step, tmp_path, 0.3)).collection("settings").put("n", n)
        assert opened(tmp_path).collection("settings").get("n") in (before, n)


@pytest.mark.parametrize("damage", [b"", b"\0" * 300, b"{", b"[]", b'{"schema": {}}', b"\xff\xfe", b"[" * 100_000,
    b'{"schema": {"1": {"number": 1}}, "documents": {"x": {"key": "a", "value": 1}}}',
    b'{"schema": {"1": {"number": 1}}, "documents": {"1": {"key": "a", "value": NaN}}}',
    b'{"schema": {"1": {"number": 1}}, "documents": {"1": {"key": "a", "value": "\\ud800"}}}',
    b'{"schema": {"1": {"number": 1}}, "documents": {"1": {"key": 7, "value": 1}}}'])  # fmt: skip
def test_a_damaged_file_is_set_aside_and_its_last_copy_used(tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / "documents"
    settings = opened(folder).collection("settings")
    settings.put("price", 1)
    settings.put("price", 2)
    (folder / "settings.json").unlink()
    (folder / "settings.json").write_bytes(damage)
    documents, damaged = reopened(folder)
    kept_as = tmp_path / "aside" / "settings.20261123T050359Z.damaged.json"
    assert damaged == [SetAside(folder / "settings.json", kept_as, "the document is damaged", "the last copy")]
    assert kept_as.read_bytes() == damage
    assert documents.collection("settings").get("price") == 1
    documents.collection("settings").put("price", 3)
    assert opened(folder).collection("settings").get("price") == 3


def test_without_a_good_copy_the_collection_begins_empty_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    settings = opened(folder).collection("settings")
    settings.put("price", 1)
    settings.put("price", 2)
    for path in folder.glob("settings.json*"):
        path.write_bytes(b"\0")
    documents, damaged = reopened(folder)
    assert [(one.reason, one.instead) for one in damaged] == [("the document is damaged", "empty")]
    assert documents.collection("settings").all() == {}
    assert len(list((tmp_path / "aside").iterdir())) == 2


def test_a_file_that_vanished_comes_back_from_its_copy(tmp_path: Path) -> None:
    settings = opened(tmp_path).collection("settings")
    settings.put("price", 1)
    settings.put("price", 2)
    (tmp_path / "settings.json").unlink()
    documents, damaged = reopened(tmp_path)
    assert [(one.kept_as, one.reason, one.instead) for one in damaged] == [(None, "the file was gone", "the last copy")]
    assert documents.collection("settings").get("price") == 1


def test_a_full_disk_changes_nothing_and_is_said(tmp_path: Path) -> None:
    def no_room(step: str) -> None:
        raise OSError(28, "No space left on device")

    opened(tmp_path).collection("settings").put("price", "old")
    settings = opened(tmp_path, step=no_room).collection("settings")
    with pytest.raises(DiskFull, match="cannot be written: the disk is full"):
        settings.put("price", "new")
    with pytest.raises(DiskFull):
        settings.delete("price")
    assert settings.get("price") == "old"
    assert not (tmp_path / "settings.json.new").exists()
    assert opened(tmp_path).collection("settings").get("price") == "old"


def test_a_disk_that_fails_is_a_store_error(tmp_path: Path) -> None:
    def input_output_error(step: str) -> None:
        raise OSError(5, "Input/output error")

    with pytest.raises(StoreError, match=r"settings\.json: the document cannot be written: Input/output error"):
        opened(tmp_path, step=input_output_error).collection("settings").put("price", "new")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("x" * MAX_OCTETS, "grown too large, expected at most 1024 KiB"),
        (float("nan"), "this is no JSON"),
        ("\ud800", "this is no JSON"),
        (json.loads("[" * 20 + "]" * 20), "nested too deeply"),
    ],
)
def test_what_no_document_can_hold_is_refused(tmp_path: Path, value: Any, told: str) -> None:
    settings = opened(tmp_path).collection("settings")
    settings.put("a", 1)
    with pytest.raises(StoreError, match=told):
        settings.put("b", value)
    assert settings.all() == {"a": 1} == opened(tmp_path).collection("settings").all()


def test_an_older_schema_is_read_in_the_newest_and_written_so(tmp_path: Path) -> None:
    opened(tmp_path).collection("settings").put("price", 3)
    fen: Mapping[int, Any] = {1: lambda documents: {"price_fen": documents["price"] * 100}}
    newer = {"settings": Schema(2, MappingProxyType(fen))}
    settings = opened(tmp_path, schemas=newer).collection("settings")
    assert settings.all() == {"price_fen": 300}
    settings.put("shop", "a")
    assert opened(tmp_path, schemas=newer).collection("settings").all() == {"price_fen": 300, "shop": "a"}
    assert json.loads((tmp_path / "settings.json").read_text())["schema"] == {"1": {"number": 2}}


def test_after_a_roll_back_the_older_software_goes_on_with_its_last_copy(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    opened(folder).collection("settings").put("price", 3)
    newer = {"settings": Schema(2, MappingProxyType({1: lambda documents: documents}))}
    opened(folder, schemas=newer).collection("settings").put("price", 4)
    documents, damaged = reopened(folder)
    assert [one.reason for one in damaged] == ["the document is from newer software"]
    assert documents.collection("settings").get("price") == 3


@given(st.binary(max_size=60) | st.text().map(str.encode))
def test_garbage_is_a_corrupt_store_and_nothing_else(tmp_path_factory: pytest.TempPathFactory, octets: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage.json"
    path.write_bytes(octets)
    with pytest.raises(CorruptStore):
        read_tables(path, Schema())


def test_what_is_set_aside_never_overwrites_and_takes_its_wal_along(tmp_path: Path) -> None:
    names = []
    for content in (b"first", b"second"):
        (tmp_path / "ledger.db").write_bytes(content)
        (tmp_path / "ledger.db-wal").write_bytes(content + b" wal")
        names.append(set_aside(tmp_path / "ledger.db", at=AT, reason="Bad page!"))
    assert [path.name for path in names] == [
        "ledger.20261123T050359Z.bad-page.db", "ledger.20261123T050359Z.bad-page-2.db",
    ]  # fmt: skip
    assert [path.read_bytes() for path in names] == [b"first", b"second"]
    assert names[1].with_name(names[1].name + "-wal").read_bytes() == b"second wal"
    assert [path.name for path in tmp_path.iterdir()] == ["aside"]


def test_setting_aside_what_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be set aside"):
        set_aside(tmp_path / "ledger.db", at=AT, reason="damaged")


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file")
    with pytest.raises(StoreError, match="the documents cannot be opened"):
        reopened(tmp_path / "documents")
    with pytest.raises(StoreError, match="cannot be written"):
        AtomicStorage(tmp_path / "documents" / "x.json", Schema()).write({})

"""Documents under any sequence of changes and power cuts: after each, what was there before or what was written."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_documents import AT, SCHEMAS, STEPS, PowerCut

from edge.store.documents import Documents, Json

KEYS = st.sampled_from(["shop", "web", "a b", "店", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
CUTS = st.none() | st.tuples(st.sampled_from(STEPS), st.floats(0, 1))
ACTS = st.tuples(KEYS, st.none() | st.tuples(VALUES), CUTS)
"""A key; a value to put, None to delete it; the step after which the power goes, and how much of the file stays."""


class Desk:
    """A collection on the disk, whose power can be cut at any step of a write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cut: tuple[str, float] | None = None
        self.boot()

    def boot(self) -> None:
        self.cut = None
        documents, damaged = Documents.open(self.folder, at=AT, schemas=SCHEMAS, step=self._step)
        assert damaged == [], "a power cut alone damages nothing"
        self.settings = documents.collection("settings")

    def _step(self, step: str) -> None:
        if self.cut is None or step != self.cut[0]:
            return
        new = self.folder / "settings.json.new"
        if step == "written":
            octets = new.read_bytes()
            new.write_bytes(octets[: int(len(octets) * self.cut[1])])
        raise PowerCut


def plain(value: Json) -> Any:
    if isinstance(value, tuple):
        return [plain(inner) for inner in value]
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


@settings(max_examples=40, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_after_a_cut_it_is_the_old_or_the_new_and_never_a_mixture(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, tuple[Any] | None, tuple[str, float] | None]]
) -> None:
    folder = tmp_path_factory.mktemp("desk")
    desk, told = Desk(folder / "documents"), dict[str, Any]()
    for key, value, cut in acts:
        after = {name: document for name, document in told.items() if name != key} | ({key: value[0]} if value else {})
        desk.cut = cut
        try:
            if value:
                desk.settings.put(key, value[0])
            else:
                desk.settings.delete(key)
        except PowerCut:
            desk.boot()
            found = {name: plain(document) for name, document in desk.settings.all().items()}
            assert found in (told, after)
            told = found
        else:
            told = after
        assert {name: plain(document) for name, document in desk.settings.all().items()} == told
    desk.boot()
    assert {name: plain(document) for name, document in desk.settings.all().items()} == told
    shutil.rmtree(folder)

"""A backup that was made can be put in: whatever its files are called, and whatever changed while it was made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hand_clock import HandClock
from keep_bench import PASSWORD, Box, backed_up, staged, write_settings

from edge.clock import iso_ms
from edge.config import load_settings
from edge.errors import StoreError
from edge.keeping import backup_facts
from edge.store.backup import BackupFacts, make_backup
from edge.store.documents import Documents
from edge.store.restore import arm, put_in
from edge.store.shop_folder import belongs, setting_name


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path / "shop")
    box.start()
    box.sell()
    yield box
    box.off()


@pytest.fixture
def spare(tmp_path: Path) -> Path:
    write_settings(tmp_path / "spare")
    (tmp_path / "spare" / "data").mkdir()
    return tmp_path / "spare"


def test_a_document_that_grows_while_it_is_packed_spoils_nothing(shop: Box, spare: Path) -> None:
    documents, _ = Documents.open(shop.folder / "data/documents", at=HandClock().wall())
    documents.collection("cells").put("wall", {"doors": 1})
    document = shop.folder / "data/documents/cells.json"
    before = document.read_bytes()

    def grows(done: int, of: int) -> None:
        document.write_bytes(before + b" " * 100_000)

    facts = backup_facts(load_settings(shop.config))
    at = iso_ms(HandClock().wall())
    made = make_backup(
        shop.folder / "data", shop.folder / "b.edgebackup", PASSWORD, facts, at=at, chance=Random(5), progress=grows
    )  # fmt: skip
    assert staged(spare, Path(made.path)).sales == 1
    assert (spare / "data/restore/new/documents/cells.json").read_bytes() == before


def test_a_catalogue_that_is_cut_while_it_is_packed_gives_no_backup(shop: Box) -> None:
    (catalogue,) = (shop.folder / "data").glob("catalogue-*.db")

    def spoils(done: int, of: int) -> None:
        catalogue.write_bytes(b"")

    facts = backup_facts(load_settings(shop.config))
    with pytest.raises(StoreError):
        make_backup(
            shop.folder / "data", shop.folder / "b.edgebackup", PASSWORD, facts,
            at=iso_ms(HandClock().wall()), chance=Random(5), progress=spoils,
        )  # fmt: skip
    assert not list(shop.folder.glob("b.edgebackup*"))


def test_names_that_a_backup_does_not_know_are_changed_and_all_of_it_is_put_in(shop: Box, spare: Path) -> None:
    odd = ["shop 1.toml", "shop?1.toml", "shop-1.toml", "小店.toml", "..", "x" * 200 + ".toml", "(copy).toml"]
    files = {}
    for number, name in enumerate(odd):
        files[name] = shop.folder / f"file-{number}"
        files[name].write_text(name, encoding="utf-8")
    (shop.folder / "data/documents").mkdir(exist_ok=True)
    (shop.folder / "data/documents/cells (old).json").write_text("{}")
    facts = BackupFacts("T7K3M9Q2", "S-00817", "", "1", files)
    made = make_backup(
        shop.folder / "data", shop.folder / "b.edgebackup", PASSWORD, facts, at=iso_ms(HandClock().wall()),
        chance=Random(5), progress=lambda done, of: None,
    )  # fmt: skip
    arm(spare / "data", staged(spare, Path(made.path)).id)
    assert put_in(spare / "data", HandClock().wall())
    shown = sorted(path.read_text("utf-8") for path in (spare / "data/restored-settings").iterdir())
    assert shown == sorted(odd), "each of them, under a name of its own"
    assert all(belongs(setting_name(name)) for name in (*odd, "", ".", "\udcff", "a\nb", "/" * 90))


def test_a_settings_file_with_a_blank_in_its_name_is_no_reason_to_refuse(shop: Box, spare: Path) -> None:
    shop.config.rename(shop.folder / "shop 1.toml")
    facts = backup_facts(load_settings(shop.folder / "shop 1.toml"))
    shop.config.write_bytes((shop.folder / "shop 1.toml").read_bytes())
    assert "shop 1.toml" in facts.settings
    made = make_backup(
        shop.folder / "data", shop.folder / "b.edgebackup", PASSWORD, facts, at=iso_ms(HandClock().wall()),
        chance=Random(5), progress=lambda done, of: None,
    )  # fmt: skip
    assert staged(spare, Path(made.path)).sales == 1
    assert backed_up(shop.folder).journal_n

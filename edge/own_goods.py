"""Goods that the page takes from a file, wired: read by the codec, held against catalogue and ledger, built beside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from edge.bus import Bus
from edge.codec.catalogue_op import PutItem
from edge.codec.goods_file import GoodsFile, wrong_barcode
from edge.config import Settings
from edge.model.backup import FROM_STICK
from edge.model.goods_in import TABLES, FoundGoods
from edge.model.goods_plan import GoodsPlan, plan_goods
from edge.off_stick import OffStick
from edge.outside import Outside
from edge.services.commands import CarryOut
from edge.services.goods_in import GoodsAsked, GoodsBuilt, GoodsFromFile, GoodsWays
from edge.store.catalogue import CatalogueFile
from edge.store.catalogue_build import LOCAL_VERSION, build_delta, drop_built
from edge.store.given import GOODS_FILE, Given, drop_given, given_blocks, given_files
from edge.store.goods_list import GoodsList
from edge.store.stick_given import fetch
from edge.terminal_folder import LEDGER_FILE
from edge.web.goods_facts import GoodsFacts


class OwnGoods:
    """`run`: see `Jobs.submit`."""

    def __init__(
        self, settings: Settings, bus: Bus, outside: Outside, run: Callable[[str, Callable[[], object]], bool],
        off_stick: OffStick,
    ) -> None:  # fmt: skip
        own = settings.terminal
        self._folder = own.data_dir
        self._disk = outside.disk
        self._sticks = outside.sticks
        self._off_stick = off_stick
        self._coming = ""
        """The copy of a stick's that no look has begun on yet: what cleans up after the last one leaves it."""
        self._limit_percent = own.price_cut_limit_percent
        self._goods = GoodsList(own.data_dir / LEDGER_FILE, own.data_dir)
        ways = GoodsWays(self._look, self._build, self._unbuild, self._drop, self._drop_all)
        self._service = GoodsFromFile(bus, ways, run=run)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return self._service.orders

    def facts(self) -> GoodsFacts:
        return GoodsFacts(
            self._service.state, lambda name: Given(self._folder, name, self._disk, GOODS_FILE),
            lambda path: drop_given(Path(path)),
        )  # fmt: skip

    def _look(self, job: str, asked: GoodsAsked) -> bool:
        def looked(path: Path) -> FoundGoods:
            self._coming = ""
            found, _ = self._planned(asked, path)
            return found

        return self._off_stick.begin(job, asked.path, fetched=self._here, work=looked)

    def _planned(self, asked: GoodsAsked, path: Path) -> tuple[FoundGoods, GoodsPlan]:
        seen = hashlib.sha256()
        for block in given_blocks(path):
            seen.update(block)
        file = GoodsFile(partial(given_blocks, path))
        plan = plan_goods(
            file.lines(), self._goods.known, wrong_barcode=wrong_barcode, limit_percent=self._limit_percent,
            is_managed=asked.is_managed,
        )  # fmt: skip
        found = FoundGoods(
            id=seen.hexdigest(), path=str(path), encoding=file.encoding, ignored=file.ignored, new=plan.new,
            changed=len(plan.prices), named=plan.named, altered=plan.altered, same=plan.same, far=plan.far,
            left_out=plan.left_out, nameless=plan.nameless, wrong=tuple(plan.wrong), wrong_lines=plan.wrong_lines,
            is_managed=asked.is_managed,
        )  # fmt: skip
        return found, plan

    def _here(self, key: str) -> Path:
        """Where it is read from. A stick may be pulled while it is, and before somebody confirms."""
        given = self._from_stick(key)
        self._coming = str(given.path)
        return fetch(self._sticks(), TABLES, key, given, GOODS_FILE.most_octets, empty="stick_file")

    def _from_stick(self, key: str) -> Given:
        return Given(self._folder, f"stick-{key}", self._disk, GOODS_FILE)

    def _build(self, asked: GoodsAsked) -> GoodsBuilt:
        found, plan = self._planned(asked, Path(asked.path))
        name = ""
        if plan.puts and not plan.wrong_lines:
            ops = (PutItem(put.sku, put.values) for put in plan.puts)
            name = self._built(asked.base, ops)
        return GoodsBuilt(found, asked.base, name, tuple(plan.prices), asked.by)

    def _built(self, base: str, ops: Iterator[PutItem]) -> str:
        step = self._disk.reached
        if not base:
            return build_delta(self._folder, None, ops, version=LOCAL_VERSION, step=step).path.name
        with closing(CatalogueFile.open(self._folder / base)) as file:
            return build_delta(self._folder, file, ops, version=LOCAL_VERSION, step=step).path.name

    def _unbuild(self, name: str) -> None:
        drop_built(self._folder / name)

    def _drop(self, paths: Collection[str]) -> None:
        for path in paths:
            is_copy = path.startswith(FROM_STICK)
            self._drop_one(self._from_stick(path.removeprefix(FROM_STICK)).path if is_copy else Path(path))

    def _drop_all(self) -> None:
        for path in given_files(self._folder, GOODS_FILE):
            self._drop_one(path)

    def _drop_one(self, path: Path) -> None:
        if str(path) != self._coming:
            drop_given(path)

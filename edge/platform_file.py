"""What a platform brings to a shop, as a file: edge/platforms/NAME.toml, and a shop's own of the same form.

    [carriers.SF]                         [wallets.alipay]      [suppliers.LST]               [services.ALI_TOP_UP]
    zh-CN = "顺丰"                         zh-CN = "支付宝"        zh-CN = "零售通"               zh-CN = "话费充值"
    en = "SF Express"                     en = "Alipay"         en = "LST"                    en = "Phone top-up"
    numbers = ["SF[A-Z0-9][0-9]{12}"]     [texts] …             free_delivery_fen = 28800     kind = "top_up"

A file is laid over those before it by id: of what they have it names what is another, a new one says everything
(docs/platforms.md). What has an id belongs to the platform that named it first; a table that nobody reads is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from edge.carrier_row import CarrierRow, is_carrier_id
from edge.errors import SettingsError
from edge.model.carrier import Carriers
from edge.model.platform import Platforms
from edge.platform_row import ID_EXPECTED, NamedRow, is_id
from edge.service_row import ServiceRow
from edge.settings_table import WrongSettings, meant_or_known, shown, shown_key, validate_table
from edge.supplier_row import CHANNEL_EXPECTED, SupplierRow, TextRow, WalletRow, is_channel
from edge.toml_file import TomlFile
from edge.warranty_row import WarrantyRow

TABLES = ("carriers", "wallets", "suppliers", "services", "warranties", "texts")
CARRIERS, WALLETS, SUPPLIERS, SERVICES, WARRANTIES, TEXTS = TABLES
"""`TABLES` of a platform file are read."""

_FOLDER = "edge.platforms"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How [TABLE.ID] is read. `most` is of a shop: a carrier is tried on each scan, the others are read out."""

    table: str
    noun: str
    row: type[NamedRow]
    is_id: Callable[[str], bool]
    expected: str
    example: str
    most: int


_KINDS = {
    kind.table: kind
    for kind in (
        _Kind(CARRIERS, "carrier", CarrierRow, is_carrier_id, ID_EXPECTED, "[carriers.YTO]", 50),
        _Kind(WALLETS, "wallet", WalletRow, is_channel, CHANNEL_EXPECTED, "[wallets.alipay]", 10),
        _Kind(SUPPLIERS, "supplier", SupplierRow, is_id, ID_EXPECTED, "[suppliers.LST]", 20),
        _Kind(SERVICES, "service", ServiceRow, is_id, ID_EXPECTED, "[services.TOP_UP]", 60),
        _Kind(WARRANTIES, "warranty", WarrantyRow, is_id, ID_EXPECTED, "[warranties.APPLIANCE]", 20),
    )
}


@dataclass(slots=True)
class _Found:
    """One [TABLE.ID] of all files: what they say together, where the last of them says it."""

    platform: str
    file: TomlFile
    path: tuple[str, ...]
    raw: dict[str, Any] = field(default_factory=dict)


def platform_names() -> tuple[str, ...]:
    """The platforms that came with us, in the order in which what they bring is named."""
    names = (file.name for file in resources.files(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_platforms(active: Iterable[str] | None = None, own: Path | None = None) -> Platforms:
    """What `active` platforms bring (None: all), by the alphabet whatever their order, then what the `own` file adds.

    Raises SettingsError, or WrongSettings with all that is wrong in the file.
    """
    wanted = platform_names() if active is None else tuple(sorted(active))
    return _our_platforms(wanted) if own is None else read_platforms(*map(_ours, wanted), TomlFile.read(own))


def load_carriers(active: Iterable[str] | None = None, own: Path | None = None) -> Carriers:
    """Those of load_platforms alone."""
    return load_platforms(active, own).carriers


def read_platforms(*files: TomlFile) -> Platforms:
    """All `files`, each a platform that is called as its file, a later one laid over those before it by id.

    Raises as load_platforms.
    """
    errors: list[SettingsError] = []
    found: dict[tuple[str, str], _Found] = {}
    for file in files:
        for table, entry_id, path, raw in _entries(file, errors):
            entry = found.setdefault((table, entry_id), _Found(platform_of(file), file, path))
            entry.raw.update(raw)
            entry.file = file
    known = {entry_id for table, entry_id in found if table == CARRIERS}
    errors.extend(_too_many(files, found))
    brought: dict[str, list[Any]] = {table: [] for table in TABLES}
    for (table, entry_id), entry in found.items():
        if isinstance(value := _value(table, entry_id, entry), SettingsError):
            errors.append(value)
        else:
            brought[table].append(value)
    errors.extend(_unknown_carriers(SUPPLIERS, "waybills", brought[SUPPLIERS], known, found))
    errors.extend(_unknown_carriers(SERVICES, "carriers", brought[SERVICES], known, found))
    if errors:
        raise WrongSettings(errors)
    return Platforms(
        tuple(map(platform_of, files)), Carriers(tuple(brought[CARRIERS])), tuple(brought[WALLETS]),
        tuple(brought[SUPPLIERS]), tuple(brought[SERVICES]), tuple(brought[TEXTS]), tuple(brought[WARRANTIES]),
    )  # fmt: skip


def platform_of(file: TomlFile) -> str:
    """A platform is called as its file is."""
    return Path(file.name).stem


@cache  # the simulation boots many a time
def _our_platforms(names: tuple[str, ...]) -> Platforms:
    return read_platforms(*map(_ours, names))


@cache
def _ours(name: str) -> TomlFile:
    text = resources.files(_FOLDER).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return TomlFile(f"edge/platforms/{name}.toml", text)


_Entry = tuple[str, str, tuple[str, ...], Mapping[str, Any]]
"""Table, id, path in the file, content."""


def _entries(file: TomlFile, errors: list[SettingsError]) -> Iterator[_Entry]:
    """The tables of a file; what else stands in it goes to `errors`."""
    for name, value in file.tables.items():
        where = file.where((name,))
        if name not in TABLES:
            what = f"unknown table [{shown_key(name)}], {meant_or_known(name, TABLES)}"
            errors.append(SettingsError(what, where=where, cure="A carrier is [carriers.ID], its settings below it."))
        elif not isinstance(value, Mapping):
            kind = _KINDS.get(name)
            expected = f"[{name}.ID] on a line of its own, such as {kind.example}" if kind else f"[{name}]"
            errors.append(SettingsError(f"'{name}' is not a table", where=where, expected=expected))
        elif name == TEXTS:
            yield name, platform_of(file), (name,), value
        else:
            yield from _entries_of(_KINDS[name], file, value, errors)


def _entries_of(
    kind: _Kind, file: TomlFile, tables: Mapping[str, Any], errors: list[SettingsError]
) -> Iterator[_Entry]:
    for entry_id, table in tables.items():
        path = (kind.table, entry_id)
        where = file.where(path)
        if not isinstance(table, Mapping):
            what = f"'{shown_key(entry_id)}' is not a {kind.noun}"
            expected = f"[{kind.table}.ID] on a line of its own, its settings below it"
            errors.append(SettingsError(what, where=where, expected=expected, got=shown(table)))
        elif not kind.is_id(entry_id):
            what = f"this is no id for a {kind.noun}"
            errors.append(SettingsError(what, where=where, expected=kind.expected, got=shown(entry_id)))
        else:
            yield kind.table, entry_id, path, table


def _value(table: str, entry_id: str, entry: _Found) -> object:
    """What it is to the shop, or the SettingsError that says what is wrong."""
    row: type[NamedRow] = TextRow if table == TEXTS else _KINDS[table].row
    try:
        return validate_table(row, entry.raw, table=entry.path, file=entry.file).brought(entry_id, entry.platform)
    except SettingsError as error:
        return error


def _too_many(files: Iterable[TomlFile], found: dict[tuple[str, str], _Found]) -> Iterator[SettingsError]:
    """Of each kind; what is too many is then not looked into."""
    for kind in _KINDS.values():
        ours = [key for key in found if key[0] == kind.table]
        if len(ours) > kind.most:
            where, expected = tuple(files)[-1].name, f"at most {kind.most}"
            yield SettingsError(f"too many {kind.table}", where=where, expected=expected, got=str(len(ours)))
            for key in ours:
                del found[key]


def _unknown_carriers(
    table: str, key: str, brought: Iterable[Any], known: Set[str], found: Mapping[tuple[str, str], _Found]
) -> Iterator[SettingsError]:
    """A supplier's goods come, and customers' parcels go, by carriers that the shop's platforms have."""
    for one in brought:
        for carrier_id in getattr(one, key):
            if carrier_id not in known:
                entry = found[table, one.id]
                what = f"'{key}' in [{table}.{one.id}]: there is no carrier '{shown_key(carrier_id)}'"
                where = entry.file.where((*entry.path, key))
                yield SettingsError(f"{what}, {meant_or_known(carrier_id, known)}", where=where)

"""The settings file as a whole. TOML is the factory layer: read once at the start, never written by the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from edge.codec.instore import LabelTemplate
from edge.config_labels import LABELS, label_settings
from edge.config_tables import (
    Cloud,
    CommandCards,
    Orders,
    Parcels,
    Promotions,
    Receipt,
    Replenishment,
    ShopPlatforms,
    Table,
    Terminal,
    Voice,
)
from edge.config_web import Web
from edge.enrolled import FROM_ENROLMENT, with_enrolment
from edge.errors import SettingsError
from edge.model.configuration import Layer
from edge.model.page_layer import DEVICES, parted
from edge.settings_table import (
    WrongSettings,
    meant_or_known,
    nearest,
    place,
    shown,
    shown_key,
    unknown_setting,
    validate_table,
)
from edge.toml_file import TomlFile

MAX_DEVICES = 32
"""Each has a thread; a counter has four devices, a station with lockers a dozen."""
TABLES: Mapping[str, type[Table]] = MappingProxyType(
    {
        "terminal": Terminal,
        "receipt": Receipt,
        "cards": CommandCards,
        "voice": Voice,
        "promotions": Promotions,
        "platforms": ShopPlatforms,
        "orders": Orders,
        "parcels": Parcels,
        "replenishment": Replenishment,
        "cloud": Cloud,
        "web": Web,
    }
)
OPTIONAL_TABLES = frozenset({"promotions", "parcels", "cloud", "web"})
"""Absent means: there is none. Another one that is absent has its defaults, but [terminal], which lacks its keys."""

MOVED: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {("parcels", "platforms"): ("platforms", "active"), ("parcels", "profile"): ("platforms", "profile")}
)
"""Keys that older files have, and where each stands now: carriers are one of several things that platforms bring."""

FROM_CLOUD, FROM_PAGE = "the cloud's settings", "the page"
"""Where a value comes from that is not the file's, and not the default."""

_DEVICE_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KNOWN_TABLES = (*TABLES, LABELS, "devices")


@dataclass(frozen=True, slots=True)
class Device:
    """[devices.NAME]: `raw` is the table without `driver`; `settings` the same as the driver's own model."""

    name: str
    driver: str
    raw: Mapping[str, Any]
    settings: BaseModel | None = None


LoadDriver = Callable[[str], type[BaseModel]]
"""The `Settings` of a driver by its name; raises SettingsError that says which drivers there are."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole file, checked. `promotions`, `parcels`, `cloud` and `web` are None when the file has no such table."""

    file: TomlFile
    terminal: Terminal
    receipt: Receipt
    cards: CommandCards
    voice: Voice
    promotions: Promotions | None
    platforms: ShopPlatforms
    orders: Orders
    parcels: Parcels | None
    replenishment: Replenishment
    cloud: Cloud | None
    web: Web | None
    devices: Mapping[str, Device]
    labels: tuple[LabelTemplate, ...] = ()
    """What the shop's scale prints; none: its labels are barcodes like others."""
    layer: int = 0
    """The version of the cloud's settings that lie above the file; 0: none."""
    page: int = 0
    """The version of what was set at the page; 0: nothing was."""
    layer_refused: str = ""
    """Why the newest settings of cloud or page are not among them, though they should have been tried."""
    enrolled: frozenset[str] = frozenset()
    """Keys of [cloud] that do not stand in the file: enrolment gave them."""

    @property
    def redirect_suffixes(self) -> tuple[str, ...]:
        """Ends of names of brokers to which the cloud may move this terminal: none where nothing vouches for them."""
        return self.cloud.redirect_suffixes if self.cloud is not None and self.cloud.tls else ()


@dataclass(frozen=True, slots=True)
class Source:
    """One effective value and where it comes from: a line of the file, or "default"."""

    key: str
    value: str
    source: str


def load_settings(
    path: Path, load_driver: LoadDriver | None = None, layer: Layer | None = None, page: Layer | None = None
) -> Settings:
    """Read and check a settings file; with `load_driver` the tables of its devices too. Above the file lie `layer`, the
    cloud's, and `page`, what was set at the terminal's own page (`model.page_layer`).

    Raises SettingsError for a file that is no TOML, WrongSettings with all that is wrong in one that is.
    """
    file = _layered(TomlFile.read(path), layer, page)
    folder = path.absolute().parent
    errors = [*_unknown_tables(file), *_moved(file)]
    tables: dict[str, Any] = dict.fromkeys(TABLES)
    for name, model in TABLES.items():
        if name in file.tables or name not in OPTIONAL_TABLES:
            try:
                tables[name] = validate_table(model, _table(file, name), table=(name,), file=file, folder=folder)
            except SettingsError as error:
                errors.append(error)
    devices: dict[str, Device] = {}
    for name, raw in _device_tables(file, errors):
        try:
            devices[name] = device_settings(name, raw, load_driver, file=file, folder=folder)
        except SettingsError as error:
            errors.append(error)
    labels: tuple[LabelTemplate, ...] = ()
    try:
        labels = label_settings(file)
    except SettingsError as error:
        errors.append(error)
    if errors:
        raise WrongSettings(errors)
    tables["cloud"], enrolled = with_enrolment(tables["cloud"], tables["terminal"].data_dir)
    version = layer.version if layer is not None else 0
    return Settings(
        file=file, devices=MappingProxyType(devices), labels=labels, layer=version, enrolled=enrolled,
        page=page.version if page is not None else 0, **tables,
    )  # fmt: skip


def _layered(file: TomlFile, layer: Layer | None, page: Layer | None) -> TomlFile:
    below, above = parted(page.body) if page is not None else ({}, {})
    if below:
        file = file.over(below, name=FROM_PAGE)
    if layer is not None:
        file = file.over(layer.body, name=f"{FROM_CLOUD} {layer.version}")
    devices = above.pop(DEVICES, {})
    if above:
        file = file.over(above, name=FROM_PAGE)
    return file.instead(DEVICES, devices, name=FROM_PAGE) if devices else file


def device_settings(
    name: str, raw: object, load_driver: LoadDriver | None, *, file: TomlFile | None = None, folder: Path | None = None
) -> Device:
    """One [devices.NAME]; without `load_driver` only its name and `driver` are checked. Raises SettingsError."""
    table = ("devices", name)
    if _DEVICE_NAME.fullmatch(name) is None:
        expected = "small letters, digits and _, such as receipt_printer"
        raise SettingsError(
            "this is not a name for a device", where=place(file, table), expected=expected, got=shown(name)
        )
    if not isinstance(raw, Mapping):
        expected = f"[devices.{name}] on a line of its own"
        raise SettingsError(f"'devices.{name}' is not a table", where=place(file, table), expected=expected)
    driver = _driver_name(raw, table, file)
    options = MappingProxyType({key: value for key, value in raw.items() if key != "driver"})
    if load_driver is None:
        return Device(name, driver, options)
    try:
        model = load_driver(driver)
    except SettingsError as error:
        where = place(file, (*table, "driver"))
        raise SettingsError(error.what, where=where, expected=error.expected, got=error.got, cure=error.cure) from error
    return Device(name, driver, options, validate_table(model, options, table=table, file=file, folder=folder))


def sources(settings: Settings) -> Iterator[Source]:
    """Each effective value with its source, in the order of the tables, for `edge check`."""
    for name in TABLES:
        table = getattr(settings, name)
        if table is not None:
            values = _values(table)
            given = [pair for pair in values if name == "cloud" and pair[0] in settings.enrolled]
            yield from _sources(settings.file, (name,), [pair for pair in values if pair not in given])
            yield from (Source(f"{name}.{key}", _value_text(value), FROM_ENROLMENT) for key, value in given)
    for number, label in enumerate(settings.labels):
        shape = [("layout", label.layout), ("prefix", ", ".join(label.prefixes))]
        yield from _sources(settings.file, (LABELS, str(number)), shape)
    for device in settings.devices.values():
        own = device.raw.items() if device.settings is None else _values(device.settings)
        yield from _sources(settings.file, ("devices", device.name), [("driver", device.driver), *own])


def _unknown_tables(file: TomlFile) -> Iterator[SettingsError]:
    for name, value in file.tables.items():
        homes = [f"[{table}]" for table, model in TABLES.items() if name in model.model_fields]
        where = file.where((name,))
        if name in _KNOWN_TABLES:
            continue
        if isinstance(value, Mapping):
            yield SettingsError(
                f"unknown table [{shown_key(name)}], {meant_or_known(name, _KNOWN_TABLES)}", where=where
            )
        elif homes:
            yield SettingsError(f"'{name}' stands outside its table", where=where, expected=f"it below {homes[0]}")
        else:
            yield unknown_setting(name, _KNOWN_TABLES, table=(), file=file)


def _moved(file: TomlFile) -> Iterator[SettingsError]:
    for old, (table, key) in MOVED.items():
        if file.has(old):
            expected = f"it as '{key}' in a table [{table}]"
            yield SettingsError(f"'{old[1]}' has moved out of [{old[0]}]", where=file.where(old), expected=expected)


def _table(file: TomlFile, name: str) -> Mapping[str, Any]:
    table = file.tables.get(name, {})
    if isinstance(table, Mapping):
        return {key: value for key, value in table.items() if (name, key) not in MOVED}
    raise SettingsError(
        f"'{name}' is not a table", where=file.where((name,)), expected=f"[{name}] on a line of its own"
    )


def _device_tables(file: TomlFile, errors: list[SettingsError]) -> Iterable[tuple[str, object]]:
    try:
        tables = _table(file, "devices")
    except SettingsError as error:
        errors.append(error)
        return ()
    if len(tables) > MAX_DEVICES:
        expected = f"at most {MAX_DEVICES}"
        errors.append(SettingsError("too many devices", where=file.name, expected=expected, got=str(len(tables))))
        return ()
    return tables.items()


def _driver_name(raw: Mapping[str, Any], table: tuple[str, ...], file: TomlFile | None) -> str:
    driver, inside = raw.get("driver"), f"in [{'.'.join(table)}]"
    expected = "the name of a driver, such as printer_escpos"
    if isinstance(driver, str) and _DEVICE_NAME.fullmatch(driver):
        return driver
    if driver is not None:
        where = place(file, (*table, "driver"))
        raise SettingsError(f"'driver' {inside} is wrong", where=where, expected=expected, got=shown(driver))
    for key in raw:
        if nearest(key, ("driver",)):
            raise unknown_setting(key, ("driver",), table=table, file=file)
    raise SettingsError(f"the setting 'driver' is missing {inside}", where=place(file, table), expected=expected)


def _values(table: BaseModel) -> list[tuple[str, object]]:
    return [(key, getattr(table, key)) for key in type(table).model_fields]


def _sources(file: TomlFile, table: tuple[str, ...], values: Iterable[tuple[str, object]]) -> Iterator[Source]:
    for key, value in values:
        path = (*table, key)
        yield Source(".".join(path), _value_text(value), file.where(path) if file.has(path) else "default")


def _value_text(value: object) -> str:
    if value is None:
        return "not set"
    return f'"{value:%H:%M}"' if isinstance(value, time) else shown(value)

"""The tables of the settings file: every key with its bounds, its default and, as `description`, what it expects."""

from __future__ import annotations

import re
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from edge.codec.topics import ROOT
from edge.model.fill import MAX_COVER_DAYS
from edge.model.money import MAX_FEN, Rounding
from edge.model.reorder import Z_CENTI
from edge.platform_file import platform_names
from edge.settings_table import FOLDER, meant_or_known, shown_key

MAX_SLIP_LINES = 8
"""Above and below the goods each: a receipt is for reading."""
MAX_SLIP_LINE = 64
"""Characters; longer lines are wrapped by the paper's width anyway."""
MAX_WIRE_OCTETS = 64_000
"""One PUBLISH (contract B8): the lowest limit of the large clouds but Tencent's 16,000, which is a setting."""
MQTT_PORT = 1883
MQTTS_PORT = 8883

_BROKER = re.compile(r"mqtts?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:\d{1,5})?/?")
_PRINTABLE = r"^[^\x00-\x1f\x7f]*$"
_PROFILE = re.compile(r"[a-z][a-z0-9_]{1,23}")


class Language(StrEnum):
    CHINESE = "zh-CN"
    ENGLISH = "en"


class QuantityHabit(StrEnum):
    """What `3 *` changes: the last line, or the next scan (product row 4)."""

    AFTER_SCAN = "after_scan"
    BEFORE_SCAN = "before_scan"


class ReceiptRule(StrEnum):
    """When a completed sale prints by itself. ON_REQUEST: the reprint card prints the original; NEVER: no card does."""

    ALWAYS = "always"
    ON_REQUEST = "on_request"
    NEVER = "never"


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    if path == Path() or "\0" in str(path):
        raise ValueError("this is not a path")
    folder = (info.context or {}).get(FOLDER)
    return folder / path if folder else path


SettingsPath = Annotated[Path, AfterValidator(_beside_the_file)]
"""A path in a settings file; a relative one starts from the file's folder."""
SlipLine = Annotated[str, Field(max_length=MAX_SLIP_LINE, pattern=_PRINTABLE)]


class Table(BaseModel):
    """Frozen, and a key that nobody reads is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Terminal(Table):
    """[terminal]: which terminal this is, and the habits of its shop."""

    tid: str = Field(pattern="^[A-Z0-9]{8,23}$", description="8 to 23 capital letters and digits, such as T7K3M9Q2")
    store: str = Field(
        pattern="^[A-Za-z0-9._-]{1,32}$", description="1 to 32 letters, digits, dots and dashes, such as S-00817"
    )
    data_dir: SettingsPath = Field(description='a folder, such as "./data"')
    language: Language = Field(Language.CHINESE, description='"zh-CN" or "en"')
    time_zone: str = Field("Asia/Shanghai", description="a name such as Asia/Shanghai")
    shop_name: str | None = Field(
        None, min_length=1, max_length=32, pattern=_PRINTABLE, description="1 to 32 characters"
    )
    till: str = Field("1", pattern="^[1-9][0-9]?$", description='"1" to "99", in quotes')
    rounding: Rounding = Field(Rounding.NONE, description='"none", "fen" or "jiao"')
    day_starts: time = Field(time(4), description='hours and minutes, such as "04:00"')
    quantity: QuantityHabit = Field(QuantityHabit.AFTER_SCAN, description='"after_scan" or "before_scan"')
    double_read_ms: int = Field(
        400, ge=0, le=1000, description="milliseconds, 0 to 1000: the same code within this time is read once; 0: twice"
    )
    require_shift: bool = Field(False, description="true or false: nothing is sold before somebody opened a shift")
    open_price_limit_fen: int = Field(50_000, ge=1, le=MAX_FEN, description=f"fen, 1 to {MAX_FEN}")

    price_cut_limit_percent: int = Field(
        20, ge=0, le=100, description="percent, 0 to 100: so much may come off a price without the owner's card"
    )
    refund_without_receipt_limit_fen: int = Field(
        0,
        ge=0,
        le=MAX_FEN,
        description=f"fen, 0 to {MAX_FEN}: the most that one refund without a receipt gives; 0: none",
    )

    @property
    def shop(self) -> str:
        """What stands at the top of a receipt: `shop_name`, else `store`."""
        return self.shop_name or self.store

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            has_zones = bool(available_timezones())
            cure = "expected a name such as Asia/Shanghai" if has_zones else "this machine has none: install tzdata"
            raise ValueError(f"this time zone is not known, {cure}") from error
        return name

    @field_validator("day_starts")
    @classmethod
    def _whole_minutes(cls, start: time) -> time:
        if start.tzinfo or start.second or start.microsecond:
            raise ValueError('expected hours and minutes of the shop\'s own clock, such as "04:00"')
        return start


class Receipt(Table):
    """[receipt]: lines above and below what was sold."""

    header: tuple[SlipLine, ...] = Field((), max_length=MAX_SLIP_LINES)
    footer: tuple[SlipLine, ...] = Field((), max_length=MAX_SLIP_LINES)
    print: ReceiptRule = Field(ReceiptRule.ALWAYS, description='"always", "on_request" or "never"')


class CommandCards(Table):
    """[cards]: what this shop changes of the command cards."""

    file: SettingsPath | None = Field(None, description='a file of cards, such as "cards.toml"')


class Voice(Table):
    """[voice]: what the box says."""

    pack: SettingsPath | None = Field(None, description="a folder with prompts.toml")
    yao: bool = Field(False, description="true or false: phone numbers are read with 幺 for 1")


class Promotions(Table):
    """[promotions]: the shop's own file of them (docs/promotions.md)."""

    file: SettingsPath = Field(description='a file, such as "promotions.toml"')
    coupon_keys: SettingsPath | None = Field(None, description='a file of public keys, such as "coupon-keys.toml"')
    hint_percent: int = Field(20, ge=0, le=100, description="percent of a threshold, 0 to 100; 0: no hints")


class Orders(Table):
    """[orders]: what the shop orders for customers (docs/orders.md)."""

    booklet: SettingsPath | None = Field(None, description='a file of goods, such as "booklet.csv"')


class ShopPlatforms(Table):
    """[platforms]: whose carriers, wallets, suppliers and services the shop works with (docs/platforms.md)."""

    active: tuple[str, ...] = Field(default_factory=platform_names, description='platforms, such as ["alibaba", "jd"]')
    profile: SettingsPath | None = Field(None, description='a file of the shop\'s own, such as "own.toml"')
    licence_keys: SettingsPath | None = Field(None, description='a file of public keys, such as "licence-keys.toml"')

    @field_validator("active")
    @classmethod
    def _known_platforms(cls, active: tuple[str, ...]) -> tuple[str, ...]:
        known = platform_names()
        for name in active:
            if name not in known:
                raise ValueError(f"there is no platform '{shown_key(name)}', {meant_or_known(name, known)}")
        if len(set(active)) < len(active):
            raise ValueError("names a platform twice, expected each once")
        return active

    @field_validator("profile")
    @classmethod
    def _own_name(cls, profile: Path | None) -> Path | None:
        """What the file brings belongs to a platform that is called as the file is."""
        if profile is not None and _PROFILE.fullmatch(profile.stem) is None:
            raise ValueError("this is no name for a platform, expected small letters, digits and _, such as own.toml")
        if profile is not None and profile.stem in platform_names():
            raise ValueError(f"there is a platform '{profile.stem}' already, expected another name, such as own.toml")
        return profile

    @model_validator(mode="after")
    def _some_platform(self) -> Self:
        if not self.active and self.profile is None:
            raise ValueError("names no platform, expected one at least, or a profile of the shop's own")
        return self


class Parcels(Table):
    """[parcels]: without it the shop is no parcel station. Carriers: [platforms]."""

    shelf: str = Field(
        "1-1", pattern="^([A-Z]|[0-9]{1,3})-[0-9]{1,2}$", description='shelf and layer, such as "1-1" or "A-2"'
    )
    code_days: int = Field(
        7, ge=1, le=60, description="days, 1 to 60: how long a pick-up code is good after the free time"
    )


class Replenishment(Table):
    """[replenishment]: when goods are ordered anew, and how much of them at most (docs/replenishment.md)."""

    service_percent: Literal[80, 90, 95, 98, 99] = Field(
        95, description="80, 90, 95, 98 or 99: how often in a hundred the goods last until the next delivery"
    )
    max_cover_days: int = Field(
        MAX_COVER_DAYS, ge=1, le=90, description="days, 1 to 90: nothing is ordered unasked that lasts for longer"
    )

    @property
    def z_centi(self) -> int:
        return Z_CENTI[self.service_percent]


HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")]


class Cloud(Table):
    """[cloud]: without it the terminal sells and keeps its journal to itself."""

    url: str = Field(description="mqtt://host:port or mqtts://host:port")
    ca_file: SettingsPath | None = None
    cert_file: SettingsPath | None = None
    key_file: SettingsPath | None = None
    command_keys: SettingsPath | None = Field(None, description='a file of public keys, such as "command-keys.toml"')
    topic_prefix: str = Field(
        ROOT, max_length=24, pattern="^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+){0,3}$",
        description="1 to 4 words with slashes between them, at most 24 characters, such as stores/v1",
    )  # fmt: skip
    redirect_suffixes: tuple[HostName, ...] = Field(
        (), max_length=8, description='ends of names of brokers that the cloud may move to, such as ["shop.example"]'
    )
    upload_hosts: tuple[HostName, ...] = Field(
        (), max_length=8, description='hosts to which files may be sent, such as ["files.example"]'
    )
    download_hosts: tuple[HostName, ...] = Field(
        (), max_length=8, description='hosts from which files may be fetched, such as ["files.example"]'
    )
    upload_ca_file: SettingsPath | None = Field(
        None, description="roots for both kinds of hosts, beside those of the system; such as roots.pem"
    )
    max_rate: int | None = Field(None, ge=1, le=1000, description="messages a second, 1 to 1000")
    max_payload: int = Field(
        MAX_WIRE_OCTETS, ge=4_000, le=MAX_WIRE_OCTETS, description=f"octets of one message, 4000 to {MAX_WIRE_OCTETS}"
    )

    @property
    def tls(self) -> bool:
        return self.url.startswith("mqtts:")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (MQTTS_PORT if self.tls else MQTT_PORT)

    @field_validator("url")
    @classmethod
    def _broker_address(cls, url: str) -> str:
        try:
            sound = _BROKER.fullmatch(url) is not None and urlsplit(url).port != 0
        except ValueError:
            sound = False  # a port beyond 65535, or brackets without an IPv6 address
        if not sound:
            raise ValueError("expected mqtt://host:port or mqtts://host:port")
        return url

    @model_validator(mode="after")
    def _files_together(self) -> Self:
        files = {"ca_file": self.ca_file, "cert_file": self.cert_file, "key_file": self.key_file}
        missing = [key for key, path in files.items() if path is None]
        if self.tls and 0 < len(missing) < len(files):
            told = "all of ca_file, cert_file and key_file, or none where the box was enrolled"
            raise ValueError(f"mqtts:// needs {told}, missing: {', '.join(missing)}")
        if not self.tls and len(missing) < len(files):
            raise ValueError("ca_file, cert_file and key_file are for mqtts://, and the url is mqtt://, not encrypted")
        return self

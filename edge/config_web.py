"""[web] of the settings file: where the terminal's own page is asked, and under which names (contract C38–C41)."""

from __future__ import annotations

import ipaddress
import re
from typing import Self

from pydantic import Field, field_validator, model_validator

from edge.config_tables import Table

MAX_PORT = 65_535

_BIND = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]*):(\d{1,5})")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_NUMBER = re.compile(r"[0-9.]+")


class Web(Table):
    """[web]: the terminal's own page. On this machine alone it is plain HTTP; on every other address HTTPS, always."""

    bind: str = Field("127.0.0.1:8080", description="address:port, such as 127.0.0.1:8080 or 0.0.0.0:443")
    name: str | None = Field(None, description="the box's name in the shop's own network, such as till.lan")
    redirect: int | None = Field(
        None, ge=1, le=MAX_PORT, description="a port, such as 80, that leads from plain HTTP to HTTPS"
    )
    service: str | None = Field(
        None, description="the address of the wired service port or the box's own hotspot, such as 10.11.12.1"
    )
    mdns: bool = Field(True, description="true or false: whether the shop's network is told the name TID.local")

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """0 lets the system choose."""
        return int(self.bind.rpartition(":")[2])

    @property
    def tls(self) -> bool:
        return not is_loopback(self.host)

    def hosts(self, tid: str) -> tuple[str, ...]:
        """Its names, the best one first."""
        own = (f"{tid.lower()}.local", self.name or "", "localhost")
        return tuple(dict.fromkeys(name for name in own if name))

    @field_validator("bind")
    @classmethod
    def _address(cls, bind: str) -> str:
        match = _BIND.fullmatch(bind)
        if match is None or int(match[2]) > MAX_PORT or not match[1]:
            raise ValueError("expected address:port, such as 127.0.0.1:8080 or 0.0.0.0:443")
        if match[1] != "localhost" and _ip(match[1].strip("[]")) is None:
            raise ValueError("this is no address of a box, expected one in numbers, such as 0.0.0.0:443 for all it has")
        return bind

    @field_validator("name")
    @classmethod
    def _host_name(cls, name: str | None) -> str | None:
        lower = name.lower() if name is not None else None
        if lower is not None and (_NAME.fullmatch(lower) is None or _NUMBER.fullmatch(lower)):
            raise ValueError("this is no name of a host, expected letters, digits, - and dots, such as till.lan")
        return lower

    @field_validator("service")
    @classmethod
    def _own_net(cls, service: str | None) -> str | None:
        found = _ip(service) if service is not None else None
        if service is not None and (found is None or not found.is_private or found.is_unspecified):
            raise ValueError("plain HTTP is for a private address of the box's own, expected one such as 10.11.12.1")
        return service

    @model_validator(mode="after")
    def _plain_beside_https(self) -> Self:
        if self.service is not None and self.redirect is None:
            raise ValueError("service is where the port of redirect shows the page, expected redirect = 80 beside it")
        if self.redirect is not None and not self.tls:
            raise ValueError(
                "redirect leads to HTTPS, and bind is this machine alone, in plain HTTP; expected bind = 0.0.0.0:443"
            )
        if self.redirect is not None and self.redirect == self.port:
            raise ValueError("redirect and bind are the same port, expected two, such as 80 and 443")
        return self


def is_loopback(host: str) -> bool:
    found = _ip(host)
    return host == "localhost" or (found is not None and found.is_loopback)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None

"""Where the page is found: its names, its addresses of this moment, its certificate, and who announces them."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator, Sequence

from starlette.types import ASGIApp

from edge.bus import Bus
from edge.config import Settings
from edge.messages import Started
from edge.model.problem import Problem
from edge.model.records import StoreSetAside
from edge.model.set_up_slip import PageWays
from edge.outside import Outside
from edge.ports import Transaction
from edge.services.technician import PRINTED_FINGERPRINT
from edge.store.page_key import PageCertificate, open_page_certificate
from edge.web.captive import CaptivePortal
from edge.web.guard import LOOPBACK_NAMES
from edge.web.mdns import HTTP_SERVICE, HTTPS_SERVICE, Announcer
from edge.web.plain import FirstBoot, ToHttps, https_url
from edge.web.server import Entrance, WebServer
from edge.worker import Worker

MDNS_WORKER = "mdns"
EVERYWHERE = frozenset({"0.0.0.0", "::"})
HTTP_PORT = 80

_log = logging.getLogger("edge.web")


class PageAddress:
    """Of a terminal with `[web]`. `is_new`: nobody has chosen a password yet. `is_hotspot`: its own Wi-Fi is up."""

    def __init__(
        self, settings: Settings, bus: Bus, outside: Outside, is_new: Callable[[], bool], is_hotspot: Callable[[], bool]
    ) -> None:
        assert settings.web is not None
        self._web, self._own = settings.web, settings.terminal
        self._bus = bus
        self._outside = outside
        self._is_new = is_new
        self._is_hotspot = is_hotspot
        self._certificate: PageCertificate | None = None
        self._server: WebServer | None = None
        bus.on(Started, self._started)

    def names(self) -> frozenset[str]:
        """The hosts by which it may be asked, beside the address at which a connection arrives."""
        return LOOPBACK_NAMES | frozenset(self._web.hosts(self._own.tid))

    def server(self, app: Callable[[bool], ASGIApp]) -> WebServer:
        """`app`: the page, for HTTPS or for plain HTTP."""
        web = self._web
        entrances = [Entrance(web.host, web.port, app(web.tls), self._tls if web.tls else None)]
        if web.redirect is not None:
            plain: ASGIApp = ToHttps(names=self.names, port=lambda: server.port)
            if web.service is not None:
                plain = FirstBoot(app(False), plain, address=web.service, is_new=self._is_new)
                plain = CaptivePortal(
                    plain, address=web.service, url=self.service_url, is_up=self._is_hotspot, names=self.names
                )
            entrances.append(Entrance(web.host, web.redirect, plain, key="redirect"))
        self._server = server = WebServer(*entrances, handed=self._outside.listeners)
        return server

    @property
    def service_url(self) -> str:
        """In plain HTTP, at the service port's or the hotspot's own address; empty: the settings name none."""
        web = self._web
        if web.service is None or web.redirect is None:
            return ""
        return f"http://{web.service}" + ("/" if web.redirect == HTTP_PORT else f":{web.redirect}/")

    def ways(self) -> PageWays:
        """What a slip says of it."""
        web, certificate = self._web, self._certificate
        port = self._server.port if self._server is not None else web.port
        if not web.tls:
            return PageWays((f"http://{web.bind}/",))
        name = web.name or (f"{self._own.tid.lower()}.local" if web.mdns else "")
        # The service port has a way in of its own until there is a password, and is no way for the shop after that.
        urls = [f"{https_url(address, port)}/" for address in self._addresses() if address != web.service]
        service = self.service_url if self._is_new() else ""
        return PageWays(
            tuple(urls), f"{https_url(name, port)}/" if name else "", certificate.fingerprint if certificate else "",
            is_for_phones=True, service=service,
        )  # fmt: skip

    def _addresses(self) -> Sequence[str]:
        """Of this moment, as far as the page is asked there."""
        return self._outside.addresses() if self._web.host in EVERYWHERE else (self._web.host,)

    def workers(self) -> list[Worker]:
        """None where the page is on this machine alone, or at an address of IPv6."""
        web = self._web
        is_ipv4 = web.host in EVERYWHERE or ":" not in web.host
        if not web.tls or not web.mdns or not is_ipv4:
            return []

        def services() -> list[tuple[str, int]]:
            port = self._server.port if self._server is not None else web.port
            return [(HTTPS_SERVICE, port), *([(HTTP_SERVICE, web.redirect)] if web.redirect is not None else [])]

        announcer = Announcer(self._own.tid, addresses=self._addresses, services=services)
        clock, chance = self._outside.clock, self._outside.chance
        return [Worker(MDNS_WORKER, lambda _: announcer, post=self._bus.post, clock=clock, chance=chance)]

    def problems(self, tx: Transaction) -> Iterator[Problem]:
        if self._server is not None and self._server.trouble:
            yield Problem("page.closed", "page", self._server.trouble)
        printed, certificate = tx.get(PRINTED_FINGERPRINT), self._certificate
        if printed and certificate is not None and printed != certificate.fingerprint:
            # Not which one it is now: a false page would say that, too. Paper comes from the box.
            yield Problem("page.certificate", "page", "its certificate is not the one of the newest slip")

    def _tls(self) -> ssl.SSLContext:
        """Made on the box at first need. Raises StoreError."""
        if self._certificate is None:
            hosts, disk = self._web.hosts(self._own.tid), self._outside.disk
            self._certificate = open_page_certificate(
                self._own.data_dir, hosts, self._outside.clock.wall(), step=disk.reached
            )
        return self._certificate.tls

    def _started(self, _: Started, tx: Transaction) -> None:
        certificate = self._certificate
        if certificate is None:
            return
        if certificate.kept_as is not None:
            tx.append(StoreSetAside("page.pem", certificate.kept_as.name, "damaged"))
            _log.error("the page's key was damaged; there is a new one, with another fingerprint")
        ways = self.ways()
        _log.info(
            "page %s certificate until %s, SHA-256 %s", " ".join(filter(None, (*ways.urls, ways.service, ways.name))),
            f"{certificate.facts.ends_at:%Y-%m-%d}", certificate.fingerprint,
        )  # fmt: skip

"""The page over TLS on a real socket, with a certificate that it made; and a phone that believes this one alone."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from own_page_bench import Answer, Browser, OwnPage

from edge.store.page_key import PAGE_KEY, PageCertificate, open_page_certificate
from edge.web.captive import CaptivePortal
from edge.web.plain import FirstBoot, ToHttps
from edge.web.server import Entrance, WebServer

NAME = "t7k3m9q2.local"
NAMES = (NAME, "till.lan", "localhost")
LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Box:
    """A page with HTTPS and its plain port. `believes`: as a phone that has compared the fingerprint."""

    server: WebServer
    plain_port: int
    certificate: PageCertificate
    believes: ssl.SSLContext

    @property
    def port(self) -> int:
        return self.server.port

    def line(self, host: str = "127.0.0.1") -> ssl.SSLSocket:
        return self.believes.wrap_socket(socket.create_connection((host, self.port), LIMIT_S), server_hostname=NAME)


class Phone(Browser):
    """A browser that speaks HTTPS, and believes this certificate alone."""

    def __init__(self, box: Box) -> None:
        super().__init__(box.port)
        self.connection = http.client.HTTPSConnection("localhost", box.port, timeout=LIMIT_S, context=box.believes)
        self.own = f"https://localhost:{box.port}"

    def close(self) -> None:
        self.connection.close()

    def post(self, path: str, fields: Mapping[str, str] | None = None, **headers: str) -> Answer:
        return super().post(path, fields, **({"Origin": self.own} | headers))


@contextmanager
def opened(page: OwnPage, folder: Path, *, is_hotspot: Callable[[], bool] = lambda: False) -> Iterator[Box]:
    """`is_hotspot`: whether the service address is that of the box's own Wi-Fi now."""
    made = open_page_certificate(folder, NAMES, datetime.now(UTC))
    page.tls = True
    plain = OwnPage(page.state, page.accounts, page.clock, page.feed)
    plain.gate = page.gate

    def names() -> frozenset[str]:
        return frozenset({*NAMES, "127.0.0.1", "::1"})

    def is_new() -> bool:
        return page.accounts["technician"].printed

    to_https = ToHttps(names=names, port=lambda: server.port)
    port = free_port()
    plain.hotspot_url = f"http://127.0.0.7:{port}/"
    first = FirstBoot(plain.app(), to_https, address="127.0.0.7", is_new=is_new)
    portal = CaptivePortal(first, address="127.0.0.7", url=plain.hotspot_url, is_up=is_hotspot, names=names)
    server = WebServer(
        Entrance("127.0.0.1", 0, page.app(), lambda: made.tls),
        Entrance("0.0.0.0", port, portal, key="redirect"),
    )
    server.start()
    try:
        yield Box(server, port, made, ssl.create_default_context(cafile=folder / PAGE_KEY))
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])

"""What `edge check` says of the terminal's own page: where it is, its certificate, and a port that is not to be had."""

from __future__ import annotations

from collections.abc import Iterator

from edge.addresses import own_addresses
from edge.config import Settings
from edge.errors import CodecError, StoreError
from edge.page_address import EVERYWHERE
from edge.store.page_key import PageCertificate, read_page_certificate
from edge.web.plain import https_url
from edge.web.server import closed_because, listening


def page_lines(settings: Settings, *, runs: bool) -> Iterator[str]:
    """Nothing without a page. `runs`: the terminal runs, and has its ports by right."""
    web = settings.web
    if web is None:
        return
    if web.tls:
        yield from _https(settings)
    else:
        yield f"page: http://{web.bind}/, on this machine alone"
    for key, port in (("bind", web.port), ("redirect", web.redirect)):
        if port and not runs:
            yield from _not_to_be_had(web.host, port, key)


def _https(settings: Settings) -> Iterator[str]:
    web, own = settings.web, settings.terminal
    assert web is not None
    addresses = own_addresses() if web.host in EVERYWHERE else (web.host,)
    urls = [f"{https_url(host, web.port)}/" for host in (*addresses, *web.hosts(own.tid)[:-1])]
    yield f"page: {', '.join(urls)}"
    if web.service is not None and web.service not in addresses:
        yield f"warning: [web] service: this box has no address {web.service} now; its port or hotspot may be off"
    try:
        found: PageCertificate | None = read_page_certificate(own.data_dir)
    except (CodecError, StoreError) as error:
        yield f"warning: {error}; the next start sets it aside and makes another one, with another fingerprint"
        return
    if found is None:
        yield "page: its certificate is made at the first start"
        return
    yield f"page: certificate until {found.facts.ends_at:%Y-%m-%d}, SHA-256 {found.fingerprint}"
    if found.facts.hosts != web.hosts(own.tid):
        yield "warning: the box has other names now; the next start makes another certificate, with another fingerprint"


def _not_to_be_had(host: str, port: int, key: str) -> Iterator[str]:
    try:
        listening(host, port).close()
    except OSError as error:
        yield f"warning: {closed_because(host, port, error, key=key)}"

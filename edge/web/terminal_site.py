"""The terminal's site: its views in the order of the menu, its actions, and what only this machine's programs read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from edge.web.account import password_action, password_view
from edge.web.album import picture_route
from edge.web.app import build_app
from edge.web.backup import backup_actions, backup_download, backup_view
from edge.web.bundle import bundle_action, bundle_download, bundle_to_stick
from edge.web.cells import cell_actions, cells_view
from edge.web.claim import claim_action
from edge.web.clock import time_action, time_view
from edge.web.cloud import cloud_view
from edge.web.commands import commands_view
from edge.web.counter import counter_view, live_parts
from edge.web.devices import device_actions, devices_view
from edge.web.feed import Feed
from edge.web.fixes import fix_actions, fix_view
from edge.web.guard import LOOPBACK_NAMES
from edge.web.live import Live
from edge.web.login import Gate
from edge.web.logs import logs_view
from edge.web.look import Look
from edge.web.network import network_actions, network_view
from edge.web.overview import overview_view
from edge.web.parts import WebParts
from edge.web.ports import port_actions, port_view
from edge.web.reset import reset_action, reset_view
from edge.web.restore import restore_actions, restore_view
from edge.web.settings import settings_actions, settings_view
from edge.web.setup import first_page, setup_actions, setup_view
from edge.web.shop_site import shop_actions, shop_downloads, shop_views
from edge.web.site import Site
from edge.web.sources import PageSources
from edge.web.teach import teach_action, teach_view
from edge.web.template import template_actions, template_download, template_view
from edge.web.update import update_view
from edge.web.users import users_actions, users_view


def terminal_site(sources: PageSources, gate: Gate, feed: Feed, tid: str, zone: ZoneInfo) -> Site:
    return Site(
        views=(
            overview_view(sources), setup_view(sources, zone), fix_view(sources), counter_view(sources, feed),
            devices_view(sources), port_view(sources), teach_view(sources), cells_view(sources),
            network_view(sources), time_view(sources, zone), cloud_view(sources), commands_view(sources),
            *shop_views(sources), logs_view(sources), settings_view(sources), update_view(sources),
            backup_view(sources), restore_view(sources), reset_view(sources), users_view(sources, gate),
            password_view(sources.box.hotspot_url),
            template_view(sources),
        ),
        actions=(
            *setup_actions(sources),
            *device_actions(sources), *port_actions(sources), teach_action(sources), *cell_actions(sources),
            *settings_actions(sources), *users_actions(sources, gate), *fix_actions(sources), bundle_action(sources),
            bundle_to_stick(sources),
            *network_actions(sources), time_action(sources, zone), claim_action(sources),
            *shop_actions(sources), *backup_actions(sources), *restore_actions(sources), reset_action(sources),
            *template_actions(sources),
            password_action(sources.order, gate, tid, first_page(sources)),
        ),
        downloads=(*shop_downloads(sources), backup_download(sources), bundle_download(sources),
                   template_download(sources)),
    )  # fmt: skip


def terminal_app(
    sources: PageSources, gate: Gate, feed: Feed, look: Look, *, names: Callable[[], frozenset[str]],
    new_id: Callable[[], str], version: str, tls: bool = False,
) -> ASGIApp:  # fmt: skip
    site = terminal_site(sources, gate, feed, look.tid, look.zone)
    parts = WebParts(site, gate, look, names, new_id, lambda: feed.n, version, tls, first_page(sources))
    live = Live(feed, parts, live_parts(sources))
    return build_app(
        parts,
        (
            Route("/events", live.events),
            picture_route(sources.box.album, gate, parts.cookie),
            *_local(sources),
        ),
    )


def _local(sources: PageSources) -> tuple[Route, ...]:
    """For whoever watches this process on this machine: no login, and no answer for anybody else (contract C41)."""

    def for_this_machine(answer: Callable[[], Response]) -> Callable[[Request], Response]:
        def told(request: Request) -> Response:
            if request.client is None or request.client.host not in LOOPBACK_NAMES:
                return PlainTextResponse("for this machine's own programs\n", 403)
            return answer()

        return told

    def health() -> Response:
        state = sources.snapshot()
        if state is None:
            return JSONResponse({"ready": False}, 503)
        return JSONResponse(asdict(state) | {"problems": state.problems}, 200 if state.ready else 503)

    return (
        Route("/health", for_this_machine(health)),
        Route("/metrics", for_this_machine(lambda: PlainTextResponse(sources.metrics()))),
    )

"""The terminal's site: its views in the order of the menu, its actions, and what only this machine's programs read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from edge.web.account import password_action, password_view
from edge.web.app import build_app
from edge.web.cloud import cloud_view
from edge.web.commands import commands_view
from edge.web.counter import counter_view, live_parts
from edge.web.devices import device_actions, devices_view
from edge.web.feed import Feed
from edge.web.guard import LOOPBACK_NAMES
from edge.web.live import Live
from edge.web.login import Gate
from edge.web.logs import logs_view
from edge.web.look import Look
from edge.web.overview import overview_view
from edge.web.parts import WebParts
from edge.web.settings import settings_view
from edge.web.site import Site
from edge.web.sources import PageSources


def terminal_site(sources: PageSources, gate: Gate, feed: Feed) -> Site:
    return Site(
        views=(
            overview_view(sources), counter_view(sources, feed), devices_view(sources), cloud_view(sources),
            commands_view(sources), logs_view(sources), settings_view(sources), password_view(),
        ),
        actions=(*device_actions(sources), password_action(sources.order, gate)),
    )  # fmt: skip


def terminal_app(
    sources: PageSources, gate: Gate, feed: Feed, look: Look, *, names: Callable[[], frozenset[str]],
    new_id: Callable[[], str], version: str, tls: bool = False,
) -> ASGIApp:  # fmt: skip
    parts = WebParts(terminal_site(sources, gate, feed), gate, look, names, new_id, lambda: feed.n, version, tls)
    live = Live(feed, parts, live_parts(sources))
    return build_app(parts, (Route("/events", live.events), *_local(sources)))


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

"""The page as an ASGI application: routes of the site's tables, behind the guard."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from edge.errors import WireError
from edge.web.actions import Actions
from edge.web.guard import Guard, TooLong
from edge.web.login_page import LoginPage
from edge.web.look import STATIC
from edge.web.pages import Pages
from edge.web.parts import WebParts
from edge.web.refusals import Refusals
from edge.web.request import LOGIN, Asker, NoSession
from edge.web.site import API


def build_app(parts: WebParts, more: tuple[BaseRoute, ...]) -> ASGIApp:
    """Every route but login, language and static files wants a session; `more`, neither views nor actions, see to
    their own.
    """
    asker, site = Asker(parts), parts.site
    pages, entry, refusals = Pages(parts, asker), LoginPage(parts, asker), Refusals(parts.look, asker)
    actions = Actions(parts, asker, pages)
    routes: list[BaseRoute] = [
        Route(LOGIN, entry.login, methods=["GET", "POST"]),
        Route(f"{API}{LOGIN}", entry.api_login, methods=["POST"]),
        Route("/logout", entry.logout, methods=["POST"]),
        Route("/language", entry.language, methods=["POST"]),
        Route(f"{API}/openapi.json", pages.described()),
        *(Route(view.path, pages.page(view)) for view in site.views),
        *(Route(view.api_path, pages.api_view(view)) for view in site.views),
        *(Route(download.path, pages.download(download)) for download in site.downloads),
        *(Route(action.path, actions.form(action), methods=["POST"]) for action in site.actions),
        *(Route(action.path, actions.stood(action)) for action in site.actions),
        *(Route(f"{API}{action.path}", actions.api_action(action), methods=["POST"]) for action in site.actions),
        *more,
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    errors = {
        NoSession: refusals.no_session, HTTPException: refusals.http_error, TooLong: refusals.too_long,
        WireError: refusals.not_understood, Exception: refusals.fault,
    }  # fmt: skip
    files = {path for one in site.actions if one.keeps is not None for path in (one.path, f"{API}{one.path}")}
    app = Starlette(routes=routes, exception_handlers=errors)
    return Guard(app, names=parts.names, files=frozenset(files), ending=refusals.ending)

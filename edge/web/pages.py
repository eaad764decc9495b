"""Each view as a page and as JSON, and what is downloaded; a page stands again where a form of it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from edge.model.account import Role
from edge.web.downloads import hand_over
from edge.web.login import Session
from edge.web.look import Reader
from edge.web.open_api import describe
from edge.web.parts import WebParts
from edge.web.request import Asker, Endpoint, query_of
from edge.web.site import Download, View


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """`action` is its path. What was typed stays in it, what is wrong stands at its field; `detail` as of `Told`."""

    action: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    detail: str = ""


NOTHING_REFUSED = RefusedForm()


class Pages:
    def __init__(self, parts: WebParts, asker: Asker) -> None:
        self._parts = parts
        self._asker = asker

    def page(self, view: View) -> Endpoint:
        async def shown(request: Request) -> Response:
            session = self._asker.session(request, view.roles)
            return await self.drawn(view, request, session, query_of(request))

        return shown

    def api_view(self, view: View) -> Endpoint:
        async def told(request: Request) -> Response:
            session = self._asker.session(request, view.roles)
            found = await run_in_threadpool(view.read, self._asker.asking(request, session, query_of(request)))
            return JSONResponse(found.model_dump(mode="json"))

        return told

    def download(self, download: Download) -> Endpoint:
        async def sent(request: Request) -> Response:
            session = self._asker.session(request, download.roles)
            asking = self._asker.asking(request, session, query_of(request))
            return await hand_over(await run_in_threadpool(download.find, asking), request)

        return sent

    def described(self) -> Endpoint:
        @cache  # for whoever asks first: it takes longer than all the rest of a start of the page
        def document() -> dict[str, Any]:
            return describe(self._parts.site, self._parts.version, self._parts.cookie)

        async def told(request: Request) -> Response:
            self._asker.session(request, frozenset(Role))
            return JSONResponse(await run_in_threadpool(document))

        return told

    async def drawn(
        self, view: View, request: Request, session: Session, query: Mapping[str, str], *,
        refused: RefusedForm = NOTHING_REFUSED,
    ) -> Response:  # fmt: skip
        parts, since = self._parts, self._parts.moment()
        asking = self._asker.asking(request, session, query)
        found, home = await run_in_threadpool(lambda: (view.read(asking), parts.home(session.account)))
        reader = Reader(asking.language, session.account, session.csrf, session.take_notice())
        draw = partial(
            parts.look.draw, f"{view.name}.html", reader, parts.site, view=view, page=found, new_id=parts.new_id,
            since=since, refused=refused.action, wrong=refused.wrong, typed=refused.typed, detail=refused.detail,
            here=_here(view, query), home=home,
        )  # fmt: skip
        return HTMLResponse(await run_in_threadpool(draw), 422 if refused.action else 200)


def _here(view: View, query: Mapping[str, str]) -> str:
    """The page as its address says it, for a form that leads back to it."""
    return f"{view.path}?{urlencode(query)}" if query else view.path

"""What a request says: who asks, in which language, with which fields; and what is no request of this page's."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from edge.codec.json_text import read_object
from edge.model.account import Role
from edge.web.login import Session
from edge.web.parts import WebParts
from edge.web.site import API, Asking
from edge.web.words import language_of

MAX_FIELDS = 100
CSRF, CID = "csrf", "cid"
CSRF_HEADER = "x-csrf-token"
LOGIN, PASSWORD = "/login", "/password"
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
Endpoint = Callable[[Request], Awaitable[Response]]


class NoSession(Exception):
    """Nobody has logged in, or the session is over."""


class Asker:
    """Finds out who asks, and refuses who may not."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts

    def session(self, request: Request, roles: frozenset[Role], *, may_choose: bool = False) -> Session:
        """`may_choose`: open to who has no password of their own yet, too. Raises NoSession; HTTPException 403 for what
        is another role's.
        """
        session = self._parts.gate.session(request.cookies.get(self._parts.cookie))
        if session is None:
            raise NoSession
        is_password = path_of(request).removeprefix(API) == PASSWORD
        if session.printed and not may_choose and not is_password:
            if is_api(request):
                raise HTTPException(403)
            raise HTTPException(303, headers={"Location": PASSWORD})
        if session.account not in roles:
            raise HTTPException(403)
        return session

    def language(self, request: Request) -> str:
        return language_of(request.cookies, self._parts.look.usual)

    def asking(self, request: Request, session: Session, query: Mapping[str, str]) -> Asking:
        return Asking(session.account, self.language(request), query, address_of(request))

    def cid(self, sent: str) -> str:
        """A form brings the one that was made with it; who brings none does something new."""
        if sent and not _UUID7.fullmatch(sent):
            raise HTTPException(422)
        return sent or self._parts.new_id()


def check_csrf(session: Session, token: str) -> None:
    if not session.is_own(token):
        raise HTTPException(403)


def path_of(request: Request) -> str:
    """As the routes see it: `request.url` is put together from the Host header."""
    return str(request.scope["path"])


def is_api(request: Request) -> bool:
    """Whether a program asks, which is answered in JSON."""
    return path_of(request).startswith(f"{API}/")


def query_of(request: Request) -> Mapping[str, str]:
    return dict(request.query_params)


def fields_of(body: bytes) -> dict[str, str]:
    """The fields of a form; of one that is there twice the last."""
    try:
        found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(413) from error
    return {name: values[-1] for name, values in found.items()}


def json_of(body: bytes) -> Mapping[str, Any]:
    return read_object(body) if body else {}


def source_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def address_of(request: Request) -> str:
    """The box's own, by the socket, not by the Host header, which a browser is told to send."""
    host, port = request.scope["server"]
    return f"{request.scope['scheme']}://{f'[{host}]' if ':' in host else host}:{port}"


def own_path(back: str) -> str:
    """Where a form stood, as a path of this box; empty for anything that could lead elsewhere."""
    try:
        parts = urlsplit(back)
    except ValueError:  # such as "//["
        return ""
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not back.startswith("//")
    return back if is_own and "\\" not in back else ""

"""The handlers of all routes: each view and each action once as a page and once as JSON, and the login."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from edge.codec.json_text import read_object
from edge.codec.multipart import boundary_of
from edge.model.account import Role
from edge.model.manner import LANGUAGES
from edge.web.downloads import hand_over
from edge.web.forms import wrong_fields
from edge.web.login import ABSOLUTE_S, Session
from edge.web.look import Reader, typed_values
from edge.web.open_api import describe
from edge.web.parts import WebParts
from edge.web.site import API, Action, Asking, Doing, Download, End, Notice, Sink, Told, View
from edge.web.upload import FILE, Sent, read_sent

MAX_FIELDS = 100
CSRF, CID, LANGUAGE = "csrf", "cid", "language"
CSRF_HEADER = "x-csrf-token"
LOGIN, PASSWORD = "/login", "/password"
STATUS = {End.DONE: 200, End.RUNNING: 202, End.REFUSED: 422}
_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
Handler = Callable[[Request], Awaitable[Response]]


class NoSession(Exception):
    """Nobody has logged in, or the session is over."""


class Pages:
    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._gate = parts.gate
        self._look = parts.look

    # --- views -----------------------------------------------------------------------------------------------------

    def page(self, view: View) -> Handler:
        async def shown(request: Request) -> Response:
            session = self._session(request, view.roles)
            return await self._drawn(view, request, session, _query(request))

        return shown

    def api_view(self, view: View) -> Handler:
        async def told(request: Request) -> Response:
            session = self._session(request, view.roles)
            found = await run_in_threadpool(view.read, self._asking(request, session, _query(request)))
            return JSONResponse(found.model_dump(mode="json"))

        return told

    def download(self, download: Download) -> Handler:
        async def sent(request: Request) -> Response:
            session = self._session(request, download.roles)
            asking = self._asking(request, session, _query(request))
            return await hand_over(await run_in_threadpool(download.find, asking), request)

        return sent

    async def _drawn(
        self, view: View, request: Request, session: Session, query: Mapping[str, str], status: int = 200,
        wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, of: str = "",
        detail: str = "",
    ) -> Response:  # fmt: skip
        """`of`: the action whose form was refused; what was typed stays in it, what is wrong stands at its field."""
        since = self._parts.moment()
        asking = self._asking(request, session, query)
        found, home = await run_in_threadpool(lambda: (view.read(asking), self._parts.home(session.account)))
        reader = Reader(self._language(request), session.account, session.csrf, session.take_notice())
        draw = partial(
            self._look.draw, f"{view.name}.html", reader, self._parts.site, view=view, page=found,
            new_id=self._parts.new_id, since=since, wrong=wrong or {}, typed=typed or {}, refused=of,
            detail=detail,
            here=_here(view, query), home=home,
        )  # fmt: skip
        return HTMLResponse(await run_in_threadpool(draw), status)

    def _stood(self, action: Action, back: str, role: Role) -> View:
        """Where the form was that did this: the action's own page, or one that has forms of others on it."""
        path, site = urlsplit(_own_path(back)).path, self._parts.site
        return next(
            (view for view in site.views if view.holds and view.path == path and role in view.roles),
            site.view(action.view),
        )

    # --- actions ---------------------------------------------------------------------------------------------------

    def form(self, action: Action) -> Handler:
        async def posted(request: Request) -> Response:
            sent = await self._sent(action, request)
            typed = sent.fields
            back = typed.pop("back", "")
            with _dropped_unless_taken(sent):
                # A body may take its time; who sends it must still be logged in when the last of it is here.
                session = self._session(request, action.roles)
                self._check_csrf(session, typed.pop(CSRF, ""))
                cid = self._checked(typed.pop(CID, ""))
                told, wrong = await self._act(action, typed, cid, request, session, sent)
            view = self._stood(action, back, session.account)
            if told is None or told.field:
                query = {name: value[-1] for name, value in parse_qs(urlsplit(_own_path(back)).query).items()}
                detail = told.detail if told is not None else ""
                return await self._drawn(
                    view, request, session, query, 422, wrong, typed_values(typed), action.path, detail
                )
            session.notice = Notice(told.end, self._sentence(told, request), told.detail)
            to = "" if view.holds and not told.to.startswith(view.path) else told.to
            return RedirectResponse(to or _own_path(back) or action.view, 303)

        return posted

    def api_action(self, action: Action) -> Handler:
        async def posted(request: Request) -> Response:
            sent = await self._sent(action, request) if action.keeps is not None else None
            body = await request.body() if sent is None else b""
            with _dropped_unless_taken(sent):
                session = self._session(request, action.roles)
                self._check_csrf(session, request.headers.get(CSRF_HEADER, ""))
                typed: dict[str, Any] = dict(sent.fields) if sent is not None else dict(_json(body))
                typed.pop(CSRF, "")
                cid = self._checked(str(typed.pop(CID, "")))
                told, wrong = await self._act(action, typed, cid, request, session, sent)
            if told is None:
                return JSONResponse({"state": End.REFUSED, "fields": wrong}, 422)
            answer: dict[str, Any] = {"state": told.end, "message": self._sentence(told, request), CID: cid}
            more = {name: value for name, value in (("fields", wrong), ("detail", told.detail)) if value}
            return JSONResponse(answer | more, STATUS[told.end])

        return posted

    async def _sent(self, action: Action, request: Request) -> Sent:
        """What came: with a file only from who is logged in, before its first octet is kept."""
        if action.keeps is None:
            return Sent(_fields(await request.body()))
        session = self._session(request, action.roles)
        if boundary_of(request.headers.get("content-type", "")) is None:
            self._check_csrf(session, request.headers.get(CSRF_HEADER, ""))
            raise HTTPException(422)

        def sink(fields: Mapping[str, str]) -> Sink:
            self._check_csrf(session, request.headers.get(CSRF_HEADER) or fields.get(CSRF, ""))
            assert action.keeps is not None
            return action.keeps(self._checked(fields.get(CID, "")))

        return await read_sent(request, sink)

    async def _act(
        self, action: Action, typed: Mapping[str, Any], cid: str, request: Request, session: Session,
        sent: Sent | None = None,
    ) -> tuple[Told | None, dict[str, str]]:  # fmt: skip
        """What became of it, and what is wrong at which field. None: the form was not understood."""
        language = self._language(request)
        say = partial(self._look.words.text, language)
        try:
            form = action.form.model_validate(typed)
        except ValidationError as error:
            if sent is not None:
                await run_in_threadpool(sent.drop)
            return None, wrong_fields(error, say)
        if sent is not None and sent.refused:
            return Told(End.REFUSED, f"file.{sent.refused}", field=FILE), {FILE: say(f"file.{sent.refused}")}
        given = sent.path if sent is not None else ""
        doing = Doing(session.account, language, cid, session.token, given=given, at=_at(request), mark=_mark(typed))
        told = await run_in_threadpool(action.act, form, doing)
        return told, {told.field: self._sentence(told, request)} if told.field else {}

    def _checked(self, cid: str) -> str:
        """A form brings the one that was made with it; who brings none does something new."""
        if cid and not _UUID7.fullmatch(cid):
            raise HTTPException(422)
        return cid or self._parts.new_id()

    def _sentence(self, told: Told, request: Request) -> str:
        return self._look.words.text(self._language(request), told.key, **told.values)

    # --- who asks --------------------------------------------------------------------------------------------------

    async def login(self, request: Request) -> Response:
        source = _source(request)
        if request.method == "GET":
            return self._login_form(request, wait_s=self._gate.wait_s(source))
        typed = _fields(await request.body())
        token = await self._enter(typed, source)
        if token is None:
            name = typed.get("account", "")
            return self._login_form(request, 403, name=name, wrong=True, wait_s=self._gate.wait_s(source))
        self._gate.leave(request.cookies.get(self._parts.cookie))  # whoever logs in anew is nobody else any more
        session = self._gate.session(token)
        home = await run_in_threadpool(self._parts.home, session.account) if session is not None else "/"
        answer = RedirectResponse(home, 303)
        self._set_cookie(answer, token)
        return answer

    async def api_login(self, request: Request) -> Response:
        typed = {name: str(value) for name, value in _json(await request.body()).items()}
        source = _source(request)
        token = await self._enter(typed, source)
        session = self._gate.session(token)
        if token is None or session is None:
            return JSONResponse({"state": End.REFUSED, "wait_s": self._gate.wait_s(source)}, 403)
        answer = JSONResponse({"state": End.DONE, CSRF: session.csrf})
        self._set_cookie(answer, token)
        return answer

    async def _enter(self, typed: Mapping[str, str], source: str) -> str | None:
        name, password = typed.get("account", ""), typed.get("password", "")
        return await run_in_threadpool(self._gate.enter, name, password, source)

    def _login_form(self, request: Request, status: int = 200, **values: Any) -> Response:
        reader, roles = Reader(self._language(request)), [role.value for role in self._gate.accounts()]
        known: dict[str, Any] = {"name": "", "wrong": False, "wait_s": 0, "roles": roles} | values
        if known["name"] not in roles:
            known["name"] = roles[0]
        return HTMLResponse(self._look.draw("login.html", reader, **known), status)

    def _set_cookie(self, answer: Response, token: str) -> None:
        answer.set_cookie(
            self._parts.cookie, token, max_age=round(ABSOLUTE_S), httponly=True, samesite="strict",
            secure=self._parts.tls,
        )  # fmt: skip

    async def logout(self, request: Request) -> Response:
        body = await request.body()
        session = self._session(request, frozenset(Role), may_choose=True)
        self._check_csrf(session, _fields(body).get(CSRF, ""))
        self._gate.leave(session.token)
        return RedirectResponse(LOGIN, 303)

    async def language(self, request: Request) -> Response:
        typed = _fields(await request.body())
        answer = RedirectResponse(_own_path(typed.get("back", "")) or "/", 303)
        if typed.get(LANGUAGE) in LANGUAGES:
            answer.set_cookie(LANGUAGE, typed[LANGUAGE], max_age=31_536_000, samesite="strict", httponly=True)
        return answer

    def _session(self, request: Request, roles: frozenset[Role], *, may_choose: bool = False) -> Session:
        """Raises NoSession; HTTPException 403 for what is another role's."""
        session = self._gate.session(request.cookies.get(self._parts.cookie))
        if session is None:
            raise NoSession
        is_password = request.url.path.removeprefix(API) == PASSWORD
        if session.printed and not may_choose and not is_password:
            if request.url.path.startswith(f"{API}/"):
                raise HTTPException(403)
            raise HTTPException(303, headers={"Location": PASSWORD})
        if session.account not in roles:
            raise HTTPException(403)
        return session

    def _check_csrf(self, session: Session, token: str) -> None:
        if not session.is_own(token):
            raise HTTPException(403)

    def _asking(self, request: Request, session: Session, query: Mapping[str, str]) -> Asking:
        return Asking(session.account, self._language(request), query, _at(request))

    def _language(self, request: Request) -> str:
        chosen = request.cookies.get(LANGUAGE)
        return chosen if chosen in LANGUAGES else self._look.usual

    # --- what is told instead --------------------------------------------------------------------------------------

    def described(self) -> Handler:
        document = describe(self._parts.site, self._parts.version, self._parts.cookie)

        async def told(request: Request) -> Response:
            self._session(request, frozenset(Role))
            return JSONResponse(document)

        return told

    async def no_session(self, request: Request, _: Exception) -> Response:
        if request.url.path.startswith(f"{API}/"):
            return JSONResponse({"state": End.REFUSED, "message": "log in first"}, 401)
        return RedirectResponse(LOGIN, 303)

    async def http_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return self._told(request, error.status_code, dict(error.headers or {}))

    async def fault(self, request: Request, _: Exception) -> Response:
        """Of ours; uvicorn logs it."""
        return self._told(request, 500, {})

    async def too_long(self, request: Request, _: Exception) -> Response:
        return self._told(request, 413, {"Connection": "close"})

    async def not_understood(self, request: Request, error: Exception) -> Response:
        return JSONResponse({"state": End.REFUSED, "message": str(error)}, 422)

    def _told(self, request: Request, status: int, headers: Mapping[str, str]) -> Response:
        if request.url.path.startswith(API):
            return JSONResponse({"state": End.REFUSED, "message": str(status)}, status, headers=dict(headers))
        key = f"error.{status}" if self._look.words.has(f"error.{status}") else "error.other"
        reader = Reader(self._language(request))
        return HTMLResponse(self._look.draw("error.html", reader, key=key), status, headers=dict(headers))


def _query(request: Request) -> Mapping[str, str]:
    return dict(request.query_params)


def _fields(body: bytes) -> dict[str, str]:
    """The fields of a form; of one that is there twice the last."""
    try:
        found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise HTTPException(413) from error
    return {name: values[-1] for name, values in found.items()}


@contextmanager
def _dropped_unless_taken(sent: Sent | None) -> Iterator[None]:
    """A file whose form is refused, or fails, must not fill the disk."""
    try:
        yield
    except BaseException:
        if sent is not None:
            sent.drop()
        raise


def _mark(typed: Mapping[str, Any]) -> str:
    """Of what was typed; a password is no part of it, as nothing that can be tried out may be kept of one."""
    words = {name: value for name, value in typed.items() if "password" not in name}
    return hashlib.sha256(json.dumps(words, sort_keys=True, default=str).encode()).hexdigest()[:32]


def _here(view: View, query: Mapping[str, str]) -> str:
    """The page as its address says it, for a form that leads back to it."""
    return f"{view.path}?{urlencode(query)}" if query else view.path


def _json(body: bytes) -> Mapping[str, Any]:
    return read_object(body) if body else {}


def _source(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _own_path(back: str) -> str:
    """Where a form stood, as a path of this box; empty for anything that could lead elsewhere."""
    try:
        parts = urlsplit(back)
    except ValueError:  # such as "//["
        return ""
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not back.startswith("//")
    return back if is_own and "\\" not in back else ""


def _at(request: Request) -> str:
    """By the socket, not by the Host header, which a browser is told to send."""
    host, port = request.scope["server"]
    return f"{request.url.scheme}://{f'[{host}]' if ':' in host else host}:{port}"

"""The handlers of all routes: each view and each action once as a page and once as JSON, and the login."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from edge.codec.json_text import read_object
from edge.model.account import Role
from edge.model.manner import LANGUAGES
from edge.web.forms import wrong_fields
from edge.web.login import ABSOLUTE_S, Session
from edge.web.look import Reader, typed_values
from edge.web.open_api import describe
from edge.web.parts import WebParts
from edge.web.site import API, Action, Asking, Doing, End, Notice, Told, View

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

    async def _drawn(
        self, view: View, request: Request, session: Session, query: Mapping[str, str], status: int = 200,
        wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None, of: str = "",
    ) -> Response:  # fmt: skip
        """`of`: the action whose form was refused; what was typed stays in it, what is wrong stands at its field."""
        since = self._parts.moment()
        found = await run_in_threadpool(view.read, self._asking(request, session, query))
        reader = Reader(self._language(request), session.account, session.csrf, session.take_notice())
        draw = partial(
            self._look.draw, f"{view.name}.html", reader, self._parts.site, view=view, page=found,
            new_id=self._parts.new_id, since=since, wrong=wrong or {}, typed=typed or {}, refused=of,
        )  # fmt: skip
        return HTMLResponse(await run_in_threadpool(draw), status)

    # --- actions ---------------------------------------------------------------------------------------------------

    def form(self, action: Action) -> Handler:
        async def posted(request: Request) -> Response:
            # A body may take its time; who sends it must still be logged in when the last of it is here.
            body = await request.body()
            session = self._session(request, action.roles)
            typed = _fields(body)
            self._check_csrf(session, typed.pop(CSRF, ""))
            back, cid = typed.pop("back", ""), typed.pop(CID, "")
            told, wrong = await self._act(action, typed, self._checked(cid), request, session)
            if told is None or told.field:
                view = self._parts.site.view(action.view)
                query = {name: value[-1] for name, value in parse_qs(urlsplit(back).query).items()}
                return await self._drawn(view, request, session, query, 422, wrong, typed_values(typed), action.path)
            session.notice = Notice(told.end, self._sentence(told, request), told.detail)
            return RedirectResponse(told.to or _own_path(back) or action.view, 303)

        return posted

    def api_action(self, action: Action) -> Handler:
        async def posted(request: Request) -> Response:
            body = await request.body()
            session = self._session(request, action.roles)
            self._check_csrf(session, request.headers.get(CSRF_HEADER, ""))
            typed = dict(_json(body))
            cid = self._checked(str(typed.pop(CID, "")))
            told, wrong = await self._act(action, typed, cid, request, session)
            if told is None:
                return JSONResponse({"state": End.REFUSED, "fields": wrong}, 422)
            answer: dict[str, Any] = {"state": told.end, "message": self._sentence(told, request), CID: cid}
            more = {name: value for name, value in (("fields", wrong), ("detail", told.detail)) if value}
            return JSONResponse(answer | more, STATUS[told.end])

        return posted

    async def _act(
        self, action: Action, typed: Mapping[str, Any], cid: str, request: Request, session: Session
    ) -> tuple[Told | None, dict[str, str]]:
        """What became of it, and what is wrong at which field. None: the form was not understood."""
        language = self._language(request)
        say = partial(self._look.words.text, language)
        try:
            form = action.form.model_validate(typed)
        except ValidationError as error:
            return None, wrong_fields(error, say)
        doing = Doing(session.account, language, cid, session.token)
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
        answer = RedirectResponse("/", 303)
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
        reader, roles = Reader(self._language(request)), [role.value for role in Role]
        known: dict[str, Any] = {"name": Role.TECHNICIAN.value, "wrong": False, "wait_s": 0, "roles": roles}
        return HTMLResponse(self._look.draw("login.html", reader, **(known | values)), status)

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
        return Asking(session.account, self._language(request), query)

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


def _json(body: bytes) -> Mapping[str, Any]:
    return read_object(body) if body else {}


def _source(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _own_path(back: str) -> str:
    """Where a form stood, as a path of this box; empty for anything that could lead elsewhere."""
    parts = urlsplit(back)
    is_own = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not back.startswith("//")
    return back if is_own and "\\" not in back else ""

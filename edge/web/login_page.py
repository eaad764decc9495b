"""Where somebody comes in and goes out, as a page and as JSON; and which language a browser has chosen."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from edge.model.account import Role
from edge.model.manner import LANGUAGES
from edge.web.login import ABSOLUTE_S
from edge.web.look import Reader
from edge.web.parts import WebParts
from edge.web.request import CSRF, LOGIN, Asker, check_csrf, fields_of, json_of, own_path, source_of
from edge.web.site import End
from edge.web.words import LANGUAGE

A_YEAR_S = 31_536_000


class LoginPage:
    def __init__(self, parts: WebParts, asker: Asker) -> None:
        self._parts = parts
        self._gate = parts.gate
        self._asker = asker

    async def login(self, request: Request) -> Response:
        source = source_of(request)
        if request.method == "GET":
            return self._form(request, wait_s=self._gate.wait_s(source))
        typed = fields_of(await request.body())
        token = await self._enter(typed, source)
        if token is None:
            name = typed.get("account", "")
            return self._form(request, status=403, name=name, wrong=True, wait_s=self._gate.wait_s(source))
        self._gate.leave(request.cookies.get(self._parts.cookie))  # whoever logs in anew is nobody else any more
        session = self._gate.session(token)
        home = await run_in_threadpool(self._parts.home, session.account) if session is not None else "/"
        answer = RedirectResponse(home, 303)
        self._set_cookie(answer, token)
        return answer

    async def api_login(self, request: Request) -> Response:
        typed = {name: str(value) for name, value in json_of(await request.body()).items()}
        source = source_of(request)
        token = await self._enter(typed, source)
        session = self._gate.session(token)
        if token is None or session is None:
            return JSONResponse({"state": End.REFUSED, "wait_s": self._gate.wait_s(source)}, 403)
        answer = JSONResponse({"state": End.DONE, CSRF: session.csrf})
        self._set_cookie(answer, token)
        return answer

    async def logout(self, request: Request) -> Response:
        body = await request.body()
        session = self._asker.session(request, frozenset(Role), may_choose=True)
        check_csrf(session, fields_of(body).get(CSRF, ""))
        self._gate.leave(session.token)
        return RedirectResponse(LOGIN, 303)

    async def language(self, request: Request) -> Response:
        typed = fields_of(await request.body())
        answer = RedirectResponse(own_path(typed.get("back", "")) or "/", 303)
        if typed.get(LANGUAGE) in LANGUAGES:
            answer.set_cookie(LANGUAGE, typed[LANGUAGE], max_age=A_YEAR_S, samesite="strict", httponly=True)
        return answer

    async def _enter(self, typed: Mapping[str, str], source: str) -> str | None:
        name, password = typed.get("account", ""), typed.get("password", "")
        return await run_in_threadpool(self._gate.enter, name, password, source)

    def _form(
        self, request: Request, *, status: int = 200, name: str = "", wrong: bool = False, wait_s: int = 0
    ) -> Response:
        roles = [role.value for role in self._gate.accounts()]
        drawn = self._parts.look.draw(
            "login.html", Reader(self._asker.language(request)), name=name if name in roles else roles[0], roles=roles,
            wrong=wrong, wait_s=wait_s, is_reset=self._gate.was_reset(request.cookies.get(self._parts.cookie)),
        )  # fmt: skip
        return HTMLResponse(drawn, status)

    def _set_cookie(self, answer: Response, token: str) -> None:
        answer.set_cookie(
            self._parts.cookie, token, max_age=round(ABSOLUTE_S), httponly=True, samesite="strict",
            secure=self._parts.tls,
        )  # fmt: skip

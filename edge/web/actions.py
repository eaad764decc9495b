"""Each action as a form of a page and as JSON: what was sent is checked, done once, and told in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from edge.codec.multipart import boundary_of
from edge.model.account import Role
from edge.web.forms import wrong_fields
from edge.web.login import Session
from edge.web.look import typed_values
from edge.web.pages import Pages, RefusedForm
from edge.web.parts import WebParts
from edge.web.request import (
    CID,
    CSRF,
    CSRF_HEADER,
    Asker,
    Endpoint,
    address_of,
    check_csrf,
    fields_of,
    json_of,
    own_path,
)
from edge.web.site import Action, Doing, End, Notice, Sink, Told, View, Word
from edge.web.upload import FILE, Sent, read_sent

STATUS = {End.DONE: 200, End.RUNNING: 202, End.REFUSED: 422}


@dataclass(frozen=True, slots=True)
class _Order:
    """What somebody wants done: `typed` without what every form has."""

    session: Session
    cid: str
    language: str
    at: str
    typed: Mapping[str, Any]


class Actions:
    def __init__(self, parts: WebParts, asker: Asker, pages: Pages) -> None:
        self._parts = parts
        self._asker = asker
        self._pages = pages

    def form(self, action: Action) -> Endpoint:
        async def posted(request: Request) -> Response:
            sent = await self._sent(action, request)
            typed = sent.fields
            back = own_path(typed.pop("back", ""))
            with _dropped_unless_taken(sent):
                # A body may take its time; who sends it must still be logged in when the last of it is here.
                session = self._asker.session(request, action.roles)
                check_csrf(session, typed.pop(CSRF, ""))
                order = self._order(request, session, typed)
                told, wrong = await self._act(action, order, sent)
            view = self._stood(action, back, session.account)
            if told is None or told.field or told.stays:
                query = {name: values[-1] for name, values in parse_qs(urlsplit(back).query).items()}
                detail = told.detail if told is not None else ""
                session.refused = (action.path, back)
                if told is not None and told.stays:
                    session.notice = self._notice(told, order, back)
                refused = RefusedForm(action.path, wrong, typed_values(typed), detail)
                return await self._pages.drawn(view, request, session, query, refused=refused)
            to = "" if view.holds and not told.to.startswith(view.path) else told.to
            to = to or back or action.view
            session.notice = self._notice(told, order, to)
            return RedirectResponse(to, 303)

        return posted

    def stood(self, action: Action) -> Endpoint:
        """Whoever looks at the address of a form, as a browser does that comes back to one that was refused."""

        async def led(request: Request) -> Response:
            session = self._asker.session(request, action.roles)
            path, back = session.refused
            return RedirectResponse((back if path == action.path else "") or action.view, 303)

        return led

    def api_action(self, action: Action) -> Endpoint:
        async def posted(request: Request) -> Response:
            sent = await self._sent(action, request) if action.keeps is not None else None
            body = await request.body() if sent is None else b""
            with _dropped_unless_taken(sent):
                session = self._asker.session(request, action.roles)
                check_csrf(session, request.headers.get(CSRF_HEADER, ""))
                typed: dict[str, Any] = dict(sent.fields) if sent is not None else dict(json_of(body))
                typed.pop(CSRF, "")
                order = self._order(request, session, typed)
                told, wrong = await self._act(action, order, sent)
            if told is None:
                return JSONResponse({"state": End.REFUSED, "fields": wrong}, 422)
            answer: dict[str, Any] = {
                "state": told.end, "message": self._sentence(told, order.language), CID: order.cid,
            }  # fmt: skip
            more = {name: value for name, value in (("fields", wrong), ("detail", told.detail)) if value}
            return JSONResponse(answer | more, STATUS[told.end])

        return posted

    async def _sent(self, action: Action, request: Request) -> Sent:
        """What came: with a file only from who is logged in, before its first octet is kept."""
        if action.keeps is None:
            return Sent(fields_of(await request.body()))
        keeps, session = action.keeps, self._asker.session(request, action.roles)
        if boundary_of(request.headers.get("content-type", "")) is None:
            check_csrf(session, request.headers.get(CSRF_HEADER, ""))
            raise HTTPException(422)

        def sink(fields: Mapping[str, str]) -> Sink:
            check_csrf(session, request.headers.get(CSRF_HEADER) or fields.get(CSRF, ""))
            return keeps(self._asker.cid(fields.get(CID, "")))

        return await read_sent(request, sink)

    def _order(self, request: Request, session: Session, typed: dict[str, Any]) -> _Order:
        """Takes the cid out of `typed`."""
        cid = self._asker.cid(str(typed.pop(CID, "")))
        return _Order(session, cid, self._asker.language(request), address_of(request), typed)

    async def _act(self, action: Action, order: _Order, sent: Sent | None) -> tuple[Told | None, dict[str, str]]:
        """What became of it, and what is wrong at which field. None: the form was not understood."""
        say = partial(self._parts.look.words.text, order.language)
        try:
            form = action.form.model_validate(order.typed)
        except ValidationError as error:
            if sent is not None:
                await run_in_threadpool(sent.drop)
            return None, wrong_fields(error, say)
        if sent is not None and sent.refused:
            return Told(End.REFUSED, f"file.{sent.refused}", field=FILE), {FILE: say(f"file.{sent.refused}")}
        doing = Doing(
            order.session.account, order.language, order.cid, order.session.token,
            given=sent.path if sent is not None else "", at=order.at, mark=_mark(order.typed),
        )  # fmt: skip
        told = await run_in_threadpool(action.act, form, doing)
        return told, {told.field: self._sentence(told, order.language)} if told.field else {}

    def _stood(self, action: Action, back: str, role: Role) -> View:
        """Where the form was that did this: the action's own page, or one that has forms of others on it."""
        path, site = urlsplit(back).path, self._parts.site
        return next(
            (view for view in site.views if view.holds and view.path == path and role in view.roles),
            site.view(action.view),
        )

    def _notice(self, told: Told, order: _Order, to: str) -> Notice:
        return Notice(told.end, self._sentence(told, order.language), told.detail, urlsplit(to).fragment)

    def _sentence(self, told: Told, language: str) -> str:
        say = partial(self._parts.look.words.text, language)
        values = {name: say(one) if isinstance(one, Word) else one for name, one in told.values.items()}
        return say(told.key, **values)


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

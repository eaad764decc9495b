"""The counter page: what the shop looks like, as server-sent events, and the hands on it, as posts."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from edge.codec.classification import APP_CODE_MAX
from edge.codec.pickup_code import is_pickup_code
from edge.errors import EdgeError, SettingsError
from edge.model.money import Fen
from edge.sim.counter.addresses import LOOPBACK
from edge.sim.counter.customers import MAX_WALL, PHONES
from edge.sim.counter.deliveries import COURIERS
from edge.sim.counter.desk import trades
from edge.sim.counter.goods import appliances, cards, goods, labels, stranger
from edge.sim.counter.shop import Shop
from edge.sim.counter.wall import BOARDS, DOORS, Hand
from edge.web.server import listening

PAGE = Path(__file__).parent / "page"
FILES = {"/": "counter.html"} | {
    f"/{name}": name for name in ("counter.css", "counter.js", "station.css", "station.js", "desk.css", "desk.js")
}
LOOK_EVERY_S = 0.1
LISTEN_EVERY_S = 0.03
STOP_TIMEOUT_S = 1.0
START_TIMEOUT_S = 5.0
MAX_POST = 16_384
"""Octets; room for a scan that is far too long."""
SWITCHES = ("power", "network", "scanner", "paper", "cover", "trap", "drawer", "scale")
TOO_MUCH = "the wall takes 0.01 to 10,000 yuan"
NO_OWNER, NO_ORDER = "the owner's card does not lie here", "nobody has ordered in an app"
MAX_LOAD_G = 20_000
"""More than the scale can bear."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def build_page(shop: Shop, is_closing: Callable[[], bool]) -> Starlette:
    """The ASGI application. Posts are JSON, so that no other site's form can send one."""

    async def events(_: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            sent = ""
            while not is_closing():
                text = shop.state_text
                if text != sent:
                    sent = text
                    yield f"data: {text}\n\n"
                await asyncio.sleep(LOOK_EVERY_S)

        return StreamingResponse(lines(), media_type="text/event-stream", headers=_HEADERS)

    def state(_: Request) -> Response:
        return Response(shop.state_text, media_type="application/json", headers=_HEADERS)

    run = secrets.token_hex(4)  # in the address of a slip: another shop's first slip is another picture

    def shelf(_: Request) -> Response:
        return JSONResponse({"run": run, **_lying(shop)}, headers=_HEADERS)

    def slip(request: Request) -> Response:
        number = request.path_params["number"]
        png = shop.bench.slip_png(number)
        if png is None:
            return PlainTextResponse("there is no such slip", 404)
        # A slip that was cut off never changes.
        kept = {} if number == 0 else {"Cache-Control": "max-age=86400"}
        return Response(png, media_type="image/png", headers={**_HEADERS, **kept})

    def slip_codes(request: Request) -> Response:
        codes = shop.bench.slip_codes(request.path_params["number"])
        return JSONResponse([{"above": above, "code": code} for above, code in codes], headers=_HEADERS)

    routes = [
        Route("/events", events), Route("/sound", _heard(shop, is_closing)), Route("/state", state),
        Route("/shelf", shelf), Route("/slip/{number:int}.png", slip),
        Route("/slip/{number:int}.json", slip_codes),
        Route("/scan", _taking(lambda post: _scan(shop, post)), methods=["POST"]),
        Route("/key", _taking(lambda post: _press(shop, post)), methods=["POST"]),
        Route("/phone", _taking(lambda post: _show_phone(shop, post)), methods=["POST"]),
        Route("/show", _taking(lambda post: _show(shop, post)), methods=["POST"]),
        Route("/owner", _taking(lambda _: _scan_if(shop, shop.bench.owners_code(), NO_OWNER)), methods=["POST"]),
        Route("/app_order", _taking(lambda _: _order_in_app(shop)), methods=["POST"]),
        Route("/rider", _taking(lambda _: _scan_if(shop, shop.fetching_code(), NO_ORDER)), methods=["POST"]),
        Route("/wall", _taking(lambda post: _pay_at_wall(shop, post)), methods=["POST"]),
        Route("/door", _taking(lambda post: _lay_hand_on_door(shop, post)), methods=["POST"]),
        Route("/board", _taking(lambda post: _plug_board(shop, post)), methods=["POST"]),
        Route("/van", _taking(lambda _: _van(shop)), methods=["POST"]),
        Route("/courier", _taking(lambda post: _courier(shop, post)), methods=["POST"]),
        Route("/code", _taking(lambda post: _show_code(shop, post)), methods=["POST"]),
        Route("/load", _taking(lambda post: _load(shop, post)), methods=["POST"]),
        Route("/switch", _taking(lambda post: _switch(shop, post)), methods=["POST"]),
        *(Route(path, _file(name)) for path, name in FILES.items()),
    ]  # fmt: skip
    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    return Starlette(routes=routes, middleware=[own_names])


def _lying(shop: Shop) -> dict[str, Any]:
    """What lies on the counter and never changes."""
    return {
        "goods": [asdict(good) for good in [*goods(), *appliances()]], "cards": [asdict(card) for card in cards()],
        "trades": [asdict(trade) for trade in trades()], "phones": [asdict(phone) for phone in PHONES],
        "labels": [asdict(label) for label in labels()], "stranger": stranger(),
        "terminal_page": f"http://{LOOPBACK}:{shop.plan.web_port}/",
        "couriers": [{"carrier": c.carrier, "name": c.name, "name_en": c.name_en} for c in COURIERS],
        "cloud_file": str(shop.cloud_file), "config": str(shop.config),
    }  # fmt: skip


class PageServer:
    """uvicorn in a thread of its own."""

    def __init__(self, shop: Shop, port: int) -> None:
        self.port = port
        self._closing = threading.Event()
        self._app = build_page(shop, self._closing.is_set)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/"

    def start(self) -> None:
        """Raises SettingsError when the port is taken."""
        try:
            listener = listening(LOOPBACK, self.port)
        except OSError as error:
            cure = "Stop the other program, or choose another by --port."
            raise SettingsError(f"port {self.port} is taken", where="the counter page", cure=cure) from error
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(self._app, log_config=None, access_log=False, lifespan="off", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listener]}, name="counter-page", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        self._closing.set()
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(STOP_TIMEOUT_S)


def _heard(shop: Shop, is_closing: Callable[[], bool]) -> Callable[[Request], Any]:
    async def sound(_: Request) -> Response:
        """What the loudspeaker plays, as it plays it: 16 bit, one channel, SAMPLE_RATE; without an end."""

        async def pieces() -> AsyncIterator[bytes]:
            position, _ = shop.bench.listen(None)
            while not is_closing():
                position, pcm = shop.bench.listen(position)
                if pcm:
                    yield pcm
                await asyncio.sleep(LISTEN_EVERY_S)

        return StreamingResponse(pieces(), media_type="application/octet-stream", headers=_HEADERS)

    return sound


def _scan(shop: Shop, post: dict[str, Any]) -> str:
    slip = post.get("slip")
    code = shop.bench.slip_code(slip) if isinstance(slip, int) else post.get("code")
    if not isinstance(code, str) or not code:
        return "there is nothing to scan on it" if isinstance(slip, int) else "expected a code"
    return "" if shop.bench.scan(code) else "the scanner is not plugged in"


def _show_phone(shop: Shop, post: dict[str, Any]) -> str:
    phone = next((phone for phone in PHONES if phone.digits == post.get("digits")), None)
    if phone is None:
        return "nobody has that phone"
    return "" if shop.show_phone(phone) else "the scanner is not plugged in"


def _show(shop: Shop, post: dict[str, Any]) -> str:
    try:
        read = shop.desk.show(str(post.get("example")))
    except KeyError:
        return "nobody has that"
    return "" if read else "the scanner is not plugged in"


def _order_in_app(shop: Shop) -> str:
    shop.order_in_app()
    return ""


def _scan_if(shop: Shop, code: str | None, missing: str) -> str:
    if not code:
        return missing
    return "" if shop.bench.scan(code) else "the scanner is not plugged in"


def _pay_at_wall(shop: Shop, post: dict[str, Any]) -> str:
    amount = post.get("amount")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= MAX_WALL:
        return TOO_MUCH
    shop.pay_at_wall(Fen(amount))
    return ""


def _lay_hand_on_door(shop: Shop, post: dict[str, Any]) -> str:
    door, hand = post.get("door"), post.get("hand")
    if hand not in list(Hand) or not isinstance(door, int) or isinstance(door, bool) or door not in DOORS:
        return f"expected a door of {min(DOORS)} to {max(DOORS)}, and one of {', '.join(Hand)}"
    return shop.bench.wall.lay_hand_on(door, Hand(hand))


def _plug_board(shop: Shop, post: dict[str, Any]) -> str:
    board, is_in = post.get("board"), post.get("on")
    if not isinstance(board, int) or isinstance(board, bool) or board not in BOARDS or not isinstance(is_in, bool):
        return f"expected a board of {BOARDS[0]} to {BOARDS[-1]}, on or off"
    shop.bench.wall.plug_board(board, is_in=is_in)
    return ""


def _van(shop: Shop) -> str:
    shop.station.vans.come()
    return ""


def _courier(shop: Shop, post: dict[str, Any]) -> str:
    courier = next((courier for courier in COURIERS if courier.carrier == post.get("carrier")), None)
    if courier is None:
        return "nobody has that badge"
    return "" if shop.bench.scan(courier.badge.text) else "the scanner is not plugged in"


def _show_code(shop: Shop, post: dict[str, Any]) -> str:
    code, keyed = post.get("code"), post.get("keyed")
    is_app = isinstance(code, str) and keyed is False and code.startswith("ME:") and len(code) <= APP_CODE_MAX
    if not isinstance(code, str) or not (is_app or is_pickup_code(code)) or not isinstance(keyed, bool):
        return "a pick-up code has six digits"
    return shop.station.show_code(code, keyed=keyed)


def _press(shop: Shop, post: dict[str, Any]) -> str:
    try:
        shop.press(str(post.get("key")))
    except ValueError:
        return "the pad has no such key"
    return ""


def _load(shop: Shop, post: dict[str, Any]) -> str:
    grams = post.get("grams")
    if not isinstance(grams, int) or isinstance(grams, bool) or not 0 <= grams <= MAX_LOAD_G:
        return f"expected grams, 0 to {MAX_LOAD_G}"
    shop.bench.put_on_scale(grams)
    return ""


def _switch(shop: Shop, post: dict[str, Any]) -> str:
    name, on = post.get("name"), post.get("on")
    if name not in SWITCHES or not isinstance(on, bool):
        return f"expected one of {', '.join(SWITCHES)}, on or off"
    shop.switch(str(name), on=on)
    return ""


def _taking(act: Callable[[dict[str, Any]], str]) -> Callable[[Request], Any]:
    """A post of a JSON object; `act` returns what was wrong, or nothing."""

    async def taken(request: Request) -> Response:
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return PlainTextResponse("expected application/json", 415)
        octets = await request.body()
        try:
            post = json.loads(octets) if len(octets) <= MAX_POST else None
            json.dumps(post, ensure_ascii=False).encode()  # half a surrogate pair is no text that a scanner could read
        except (ValueError, RecursionError):
            post = None
        if not isinstance(post, dict):
            return PlainTextResponse("expected a JSON object", 400)
        try:
            wrong = await run_in_threadpool(act, post)
        except EdgeError as error:
            return PlainTextResponse(str(error), 503)
        return PlainTextResponse(wrong, 409 if wrong else 200)

    return taken


def _file(name: str) -> Callable[[Request], Response]:
    def served(_: Request) -> Response:
        return FileResponse(PAGE / name, headers=_HEADERS)

    return served

"""Answers to what terminals ask on up/req (P16): few kinds, and only what this cloud really knows."""

from __future__ import annotations

from collections.abc import Callable

from edge.codec.json_text import compact, read_object
from edge.codec.wire_down import Response
from edge.codec.wire_term import fault
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.reference_cloud.catalogues import Catalogues
from edge.reference_cloud.store import CloudStore

MAX_KEPT = 10_000
"""Answers kept, so that a retry gets the same one; a terminal retries within a minute."""
CURRENCY = "CNY"


class Answers:
    """Each request is answered once; the same `cid` gets the stored answer."""

    def __init__(self, store: CloudStore, catalogues: Catalogues) -> None:
        self._store = store
        self._catalogues = catalogues

    def answer(self, request: Request) -> Response:
        return self.once(request, self._out)

    def once(self, request: Request, out: Callable[[Request], dict[str, object]]) -> Response:
        """What `out` says, or the WireError that it raises; to the same `cid` the same ever after."""
        stored = self._store.rows("SELECT answer FROM request WHERE tid = ? AND cid = ?", (request.tid, request.cid))
        if stored:
            return Response.model_validate(read_object(stored[0][0].encode()))
        try:
            response = Response(tid=request.tid, cid=request.cid, ok=True, out=out(request))
        except WireError as error:
            response = Response(tid=request.tid, cid=request.cid, ok=False, err=fault(error.code, error.what))
        cursor = self._store.run(
            "INSERT INTO request(tid, cid, type, answer) VALUES(?, ?, ?, ?)",
            (request.tid, request.cid, request.type, compact(response.wire())),
        )
        self._store.run("DELETE FROM request WHERE n <= ?", ((cursor.lastrowid or 0) - MAX_KEPT,))
        return response

    def _out(self, request: Request) -> dict[str, object]:
        if request.type == "price.lookup":
            sku = request.args.get("sku")
            if not isinstance(sku, str):
                raise WireError("schema.invalid", "a look-up needs args.sku")
            return {"sku": sku, "price": self._catalogues.price(request.tid, sku), "cur": CURRENCY}
        if request.type == "cat.full":
            return self._catalogues.full(request.tid)
        raise WireError("cmd.unknown", f"this cloud does not answer {request.type}")

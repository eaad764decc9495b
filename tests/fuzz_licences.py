"""What the fuzz tests feed to whoever reads store licences."""

from __future__ import annotations

from fuzz_target import Target, of_json, of_text
from test_licences import GOOD, KEYS, text

from edge.codec import licence, wire_licence
from edge.errors import WireError

SIGNED = (text().encode(), text(version=2, withdrawn=True).encode(), b"eyJ.eyJ.AA")
GOT = (b'{"licences":["eyJ.eyJ.AA","x"]}', b'{"licences":[]}')


def _read(signed: str) -> None:
    found = licence.read_licence(signed, KEYS)
    assert found.number == GOOD.number and found.platform in ("alibaba", "jd")


LICENCE_PARSERS: tuple[Target, ...] = (
    Target("licence", of_text(_read), SIGNED, (WireError,)),
    Target("licence.claimed", of_text(licence.claimed_platform), SIGNED),
    Target("wire_licence.got", of_json(wire_licence.read_got), GOT, (WireError,)),
    Target("wire_licence.put", of_json(wire_licence.read_put), (b'{"licence":"eyJ.eyJ.AA"}',), (WireError,)),
)

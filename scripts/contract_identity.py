"""The words of docs/cloud-contract.md about certificates."""

from __future__ import annotations

from collections.abc import Iterator

from edge.codec import wire_identity

ROWS = (
    (f"POST {wire_identity.PATH}", "HTTPS", "[EnrolRequest](#enrolrequest)", "[Enrolled](#enrolled) or a refusal"),
    (
        f"POST {wire_identity.RENEW_PATH}",
        "HTTPS",
        "[RenewRequest](#renewrequest)",
        "[Enrolled](#enrolled) or a refusal",
    ),
    (wire_identity.SIGN, "up/req", "[SignArgs](#signargs)", "[Signed](#signed)"),
    (wire_identity.ROTATE, "dn/cmd, signed", "nothing", "`serial` of the certificate that is to be replaced"),
)
RULES = (
    "A code is 10 Crockford characters, for one terminal, once, within 15 minutes and 5 tries; the same key gets the",
    "same certificate again. A request has `CN` = the terminal's own tid and a key of P-256; nothing else of it is",
    "looked at. The old certificate goes on to be good until the terminal told `cert.renewed`, and a day more. A box",
    "whose certificate is over comes to `/v1/renew` with its old key, for up to three years; RENEW_MARK is",
    "`edge renew` and a line feed.\n",
)


def identity_head() -> Iterator[str]:
    yield "## Certificates\n"
    yield "| what | on | args | answer |"
    yield "|---|---|---|---|"
    yield from (f"| `{kind}` | {leaf} | {args} | {out} |" for kind, leaf, args, out in ROWS)
    yield ""
    yield from RULES

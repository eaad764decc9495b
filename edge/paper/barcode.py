"""Bars and modules as a printer draws them: Code 128 and EAN-13 from the data of GS k, QR from that of GS ( k.

A bar symbol is a string of modules, 1 black. Code 128: start, data, check (start + Σ position × value, mod 103), stop.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.errors import CodecError

EAN13_OLD, EAN13, CODE128 = 2, 67, 73
"""The m of GS k."""

CODE128_WIDTHS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 "
    "113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 "
    "212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 "
    "113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 "
    "314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 "
    "241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 "
    "214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 "
    "211232 2331112"
)
"""Bar and space widths of 6, the last of 7 digits, by symbol value, ISO/IEC 15417."""

EAN_LEFT = "0001101 0011001 0010011 0111101 0100011 0110001 0101111 0111011 0110111 0001011"
EAN_PARITY = "LLLLLL LLGLGG LLGGLG LLGGGL LGLLGG LGGLLG LGGGLL LGLGLG LGLGGL LGGLGL"

_SETS = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_STOP = 106
_FUNCTIONS = {"1": 102, "2": 97, "3": 96}


@dataclass(frozen=True, slots=True)
class Symbol:
    """`bars` are modules from left to right; `text` is what a scanner reads."""

    bars: str
    text: str


def bar_symbol(kind: int, content: bytes) -> Symbol:
    """The symbol for one GS k. Raises CodecError for a kind that we do not draw and for data that it cannot hold."""
    if kind == CODE128:
        return _code128(content.decode("latin-1"))
    if kind in (EAN13_OLD, EAN13):
        return _ean13(content.decode("latin-1"))
    raise CodecError("this kind of barcode is not drawn", expected="Code 128 or EAN-13", got=f"GS k {kind}")


def qr_modules(content: bytes, level: int) -> list[list[bool]]:
    """Rows of modules without the quiet zone. `level` 48 to 51 is L, M, Q, H. Raises CodecError when it is too much."""
    # here: 40 ms, and only papers with a QR code need it
    from qrcode.exceptions import DataOverflowError  # type: ignore[import-untyped]  # has no py.typed
    from qrcode.main import QRCode  # type: ignore[import-untyped]

    grade = {48: 1, 49: 0, 50: 3, 51: 2}.get(level)
    if grade is None:
        raise CodecError("no such QR error level", expected="30 to 33 hexadecimal", got=f"{level:02X}")
    code = QRCode(error_correction=grade, border=0)
    try:
        code.add_data(content)
        code.make(fit=True)
    except (DataOverflowError, ValueError) as err:
        raise CodecError("this does not fit a QR code", got=f"{len(content)} bytes") from err
    return [[bool(module) for module in row] for row in code.get_matrix()]


def _code128(content: str) -> Symbol:
    if content[:1] != "{" or content[1:2] not in _SETS:
        raise CodecError("Code 128 must begin with its code set", expected="{A, {B or {C", got=repr(content[:2]))
    current = content[1]
    values, text, at = [_SETS[current]], "", 2
    while at < len(content):
        char, escaped = content[at], content[at + 1 : at + 2]
        if char == "{" and escaped in _SWITCH and escaped:
            current = escaped
            values.append(_SWITCH[current])
            at += 2
        elif char == "{" and escaped in _FUNCTIONS and escaped:
            values.append(_FUNCTIONS[escaped])
            at += 2
        else:
            values.append(_code128_value(current, char))
            text += f"{ord(char):02d}" if current == "C" else char
            at += 2 if char == "{" and current != "C" else 1
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    table = CODE128_WIDTHS.split()
    widths = "".join(table[value] for value in (*values, check, _STOP))
    return Symbol("".join(("0" if odd % 2 else "1") * int(width) for odd, width in enumerate(widths)), text)


def _code128_value(code_set: str, char: str) -> int:
    code = ord(char)
    if code_set == "C" and code <= 99:
        return code
    if code_set == "B" and 0x20 <= code <= 0x7F:
        return code - 0x20
    if code_set == "A" and code <= 0x5F:
        return (code - 0x20) % 96
    raise CodecError(f"Code 128 set {code_set} has no such character", got=repr(char))


def _ean13(content: str) -> Symbol:
    digits = content.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (12, 13):
        raise CodecError("EAN-13 has 12 or 13 digits", got=repr(content[:20]))
    check = -sum(int(digit) * (3 if odd % 2 else 1) for odd, digit in enumerate(digits[:12])) % 10
    if len(digits) == 13 and int(digits[12]) != check:
        raise CodecError("a printer refuses a wrong check digit", expected=str(check), got=digits[12])
    digits = digits[:12] + str(check)
    left = "".join(_ean_digit(d, kind) for d, kind in zip(digits[1:7], EAN_PARITY.split()[int(digits[0])], strict=True))
    right = "".join(_ean_digit(digit, "R") for digit in digits[7:])
    return Symbol(f"101{left}01010{right}101", digits)


def _ean_digit(digit: str, kind: str) -> str:
    left = EAN_LEFT.split()[int(digit)]
    right = "".join("10"[int(module)] for module in left)
    return {"L": left, "R": right, "G": right[::-1]}[kind]

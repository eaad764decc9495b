"""Whose a parcel is, as far as anybody may see it: no name in full, four digits of a phone, no room (GB/T 41833-2022).

The one place where names of people become texts of the terminal. What comes in is masked here, once, before it is kept.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

HIDDEN = "*"
NAME_MAX = 12
"""Characters of a masked name; a longer one is cut, which hides no less."""
LINE_MAX = 64
"""Characters of a line of a label, before and after."""

_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")
"""A character of a name that is written without blanks: Han, kana, hangul."""
_SPELLED = str.maketrans("零一二三四五六七八九〇幺", "012345678901")
_NUMERAL = f"[{''.join(map(chr, _SPELLED))}]"
_WAYBILL = (
    r"(?<![A-Za-z0-9])(?!TEL|FAX|MOB|PH|CALL|SMS)"
    r"(?:[A-Z]{2}[0-9]{9}[A-Z]{2}|[A-Z]{2,4}(?!(?:0{0,2}86)?0?1[3-9][0-9]{9}(?![0-9]))[0-9]{11,15})(?![A-Za-z0-9])"
)
"""A number of a carrier, as a whole: S10, or capitals and 11 to 15 digits that are no mobile phone."""
_LOOKED_AT = re.compile(rf"(?P<waybill>{_WAYBILL})|\+?\d(?:[\W_]*\d){{6,}}|{_NUMERAL}(?:[\W_]*{_NUMERAL}){{6,}}")
"""What stays, or a run of 7 digits or more, whatever stands between them: as people write phones."""

_GAP = r"[\s\-.()·—－]{0,2}"
_MOBILE = re.compile(rf"(?<![0-9])(?:\+?(?:00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}[0-9]){{9}}(?![0-9])|{_NUMERAL}{{11,}}")
_LONG = re.compile(rf"(?<![0-9])[1-9](?:{_GAP}[0-9]){{13,17}}{_GAP}[0-9Xx](?![0-9])")
_RESIDENT = re.compile(
    r"[1-9][0-9]{5}(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"|[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3})"
)
"""Of 18 characters, or of 15 as old papers have it."""
_DIGITS = re.compile(r"[0-9](?:[ -]?[0-9]){4,}")


@dataclass(frozen=True, slots=True)
class Recipient:
    """`key` tells one recipient's parcels from another's and is the cloud's own word; the others are for eyes."""

    key: str = ""
    name: str = ""
    tail: str = ""

    @property
    def text(self) -> str:
        """As labels have it: `张* 5678`."""
        return " ".join(part for part in (self.name, self.tail) if part)


def recipient(key: str, name: str, phone: str) -> Recipient:
    """Masked, however much of it was sent."""
    return Recipient(key, masked_name(name), phone_tail(phone))


def masked_name(name: str) -> str:
    """The first character stays: 张三丰 → 张**; of Latin names each word's first letter: Li Lei → L* L**.

    Blanks inside a name of Han characters are padding: 张 三 → 张*. A name that is masked already stays as it is; a
    single character is hidden, unless more follows it: J Smith → J S****.
    """
    words = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFKC", name)).split()
    unspaced = "".join(word for word in words if _CJK.search(word))
    words = [unspaced, *(word for word in words if not _CJK.search(word))] if unspaced else words
    is_alone = len(words) == 1
    masked = [_masked_word(word, hide=n > 0 or is_alone) for n, word in enumerate(words)]
    return " ".join(masked)[:NAME_MAX].rstrip()


def phone_tail(phone: str) -> str:
    """The last four digits, empty where there are fewer."""
    digits = [str(unicodedata.decimal(c)) for c in unicodedata.normalize("NFKC", phone) if c.isdecimal()]
    return "".join(digits[-4:]) if len(digits) >= 4 else ""


def masked_line(text: str) -> str:
    """A line for a label, without what looks like a phone but for its last four digits. Waybills stay."""
    return _LOOKED_AT.sub(_masked_number, unicodedata.normalize("NFKC", text))[:LINE_MAX]


def provider_line(text: str, *, subject: str = "") -> str:
    """A line of a service slip: dates, times, seats and codes stay, phones and residents' numbers do not. Neither does
    the number that the service is for, of which `subject` is what may be seen: 138****8000.
    """
    head, stars, tail = subject.partition(HIDDEN * 4)

    def own(found: re.Match[str]) -> str:
        digits = re.sub(r"[^0-9]", "", found.group())
        is_own = bool(stars and tail) and digits.startswith(head) and digits.endswith(tail)
        return subject if is_own else found.group()

    return _DIGITS.sub(own, without_persons(unicodedata.normalize("NFKC", text)))[:LINE_MAX]


def without_persons(text: str) -> str:
    """Mobile phones, residents' numbers and bank cards are hidden but for their last four digits.

    A text in which none stands stays as it was written.
    """
    written = unicodedata.normalize("NFKC", text)
    plain = _MOBILE.sub(_masked_number, written)
    plain = _LONG.sub(lambda found: _masked_number(found) if _is_persons(found.group()) else found.group(), plain)
    return text if plain == written else plain


def _is_persons(number: str) -> bool:
    """A resident's number, or a bank card by its check digit, which nine of ten other codes have not."""
    plain = re.sub(r"[^0-9Xx]", "", number)
    if _RESIDENT.fullmatch(plain):
        return True
    if not (16 <= len(plain) <= 19 and plain.isdigit()):
        return False
    return sum(sum(divmod(int(digit) * (1 + at % 2), 10)) for at, digit in enumerate(reversed(plain))) % 10 == 0


def _masked_number(found: re.Match[str]) -> str:
    return found.groupdict().get("waybill") or HIDDEN * 4 + phone_tail(found.group().translate(_SPELLED))


def _masked_word(word: str, *, hide: bool) -> str:
    """`hide`: also a single letter."""
    if len(word) == 1:
        return HIDDEN if hide else word
    return word[0] + HIDDEN * (len(word) - 1)

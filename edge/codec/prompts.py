"""What the terminal says, by prompt id, in each language (product C5). The texts stand in edge/words/prompts.toml.

    ["sale.change"]
    zh-CN = "收您{a}，找您{b}"
    en = "Received {a}, change {b}"

    {a} {b}            amounts, 元角分 style; with `amounts = "point"` as wallets speak
    {n}                a count; before 号 and behind 第 a number
    {item}             a goods name, cut to what is worth hearing
    {shelf} {phone}    read digit by digit
    {channel}          a way of paying, by its name in the language
    {t}                a time of day, 15:05
    {what}             as it is

`en-one`: the English sentence for a count of one, where that is another one; it may leave out {n}.
`money = true`: it tells of money, so that it is heard to its end (codec/floor.py).
`later = true`: nothing says it yet, so that a pack may leave it out.

Ids are stable: recordings and translations hang on them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from edge.codec.speech import (
    amount_en,
    amount_point_zh,
    amount_zh,
    digits_en,
    digits_zh,
    number_zh,
    quantity_en,
    quantity_zh,
    time_of_day_en,
    time_of_day_zh,
)
from edge.errors import CodecError, SettingsError
from edge.model.manner import LANGUAGES
from edge.model.money import Fen, Milli
from edge.model.tender_names import tender_name

MAX_PROMPTS = 1_000
"""Twice what a counter says; more is another file, given by mistake."""

MAX_TEXT = 80
"""Longer speech is not listened to."""

ITEM_CELLS = 16
"""A goods name is spoken up to eight Chinese characters, or sixteen Latin ones (product C5)."""

POINT = "point"
ONE = "en-one"

AMOUNTS = frozenset({"a", "b"})
WORDS = frozenset({"n", "item", "shelf", "phone", "what", "channel", "t"})

_BRACE = re.compile(r"(第?)\{([a-z]+)\}(号?)")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_COUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class _Prompt:
    texts: Mapping[str, str]
    one: str
    point: bool
    money: bool
    later: bool


class Prompts:
    """All prompts of a pack. Build with `Prompts.parse`."""

    def __init__(self, prompts: Mapping[str, _Prompt]) -> None:
        self._prompts = prompts

    @classmethod
    def parse(cls, toml_text: str, where: str) -> Prompts:
        """Read a pack; `where` names the file. Raises SettingsError with the line: a language is missing, the languages
        have different braces, a brace or a key is unknown, a text is empty or too long.
        """
        try:
            tables = tomllib.loads(toml_text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise SettingsError(f"this is not TOML: {error}", where=where) from error
        if len(tables) > MAX_PROMPTS:
            raise SettingsError("too many prompts", where=where, expected=f"at most {MAX_PROMPTS}")
        pack = _Pack(toml_text, where)
        return cls(MappingProxyType({prompt: pack.prompt(prompt, table) for prompt, table in tables.items()}))

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(self._prompts)

    @property
    def needed(self) -> frozenset[str]:
        """Those that are said already: all but `later = true`."""
        return frozenset(prompt for prompt, found in self._prompts.items() if not found.later)

    def over(self, base: Prompts) -> Prompts:
        """These, and what only `base` has."""
        return Prompts(MappingProxyType({**base._prompts, **self._prompts}))

    def is_money(self, prompt: str) -> bool:
        """Whether it tells of money; False for an unknown prompt."""
        found = self._prompts.get(prompt)
        return found is not None and found.money

    def is_fixed(self, prompt: str) -> bool:
        """Whether nothing is filled in, so that a recording can say it; False for an unknown prompt."""
        found = self._prompts.get(prompt)
        return found is not None and not any(_BRACE.search(text) for text in found.texts.values())

    def text(
        self,
        prompt: str,
        language: str,
        amounts: Sequence[tuple[str, Fen]] = (),
        words: Sequence[tuple[str, str]] = (),
        *,
        yao: bool = False,
    ) -> str:
        """The sentence, every brace filled; values that it has no brace for are ignored. `yao`: 幺 in phone numbers.

        Raises CodecError for an unknown prompt or language, a brace without its value, a negative amount.
        """
        found = self._prompts.get(prompt)
        if found is None or language not in found.texts:
            raise CodecError("there is no such prompt", expected="an id of prompts.toml", got=f"{prompt} in {language}")
        spoken = dict(words) | {name: _amount(fen, language, point=found.point) for name, fen in amounts}
        known = AMOUNTS & dict(amounts).keys()

        def fill(brace: re.Match[str]) -> str:
            before, name, behind = brace.groups()
            if name not in spoken or (name in AMOUNTS) != (name in known):
                raise CodecError(f"the prompt {prompt} lacks a value", expected=f"{{{name}}}")
            word = (
                spoken[name] if name in known
                else _word(name, spoken[name], language, ordinal=bool(before or behind), yao=yao)
            )  # fmt: skip
            return before + word + behind

        is_one = language == "en" and found.one and spoken.get("n") == "1"
        return _BRACE.sub(fill, found.one if is_one else found.texts[language])


@dataclass(frozen=True, slots=True)
class _Pack:
    """The text of a pack while it is checked, so that a complaint can name its line."""

    text: str
    where: str

    def prompt(self, prompt: str, table: object) -> _Prompt:
        if not isinstance(table, dict):
            raise self._wrong("a prompt is a table", prompt, expected=f'["{prompt}"]')
        texts = {language: self._sentence(prompt, table, language) for language in LANGUAGES}
        for key in table.keys() - {*LANGUAGES, ONE, "amounts", "money", "later"}:
            expected = f"{', '.join(LANGUAGES)}, {ONE}, amounts, money or later"
            raise self._wrong("unknown key", prompt, key, expected=expected, got=key)
        for key in ("money", "later"):
            if table.get(key, True) is not True:
                raise self._wrong(f"{key} is true or left out", prompt, key, expected="true", got=repr(table[key]))
        if table.get("amounts", POINT) != POINT:
            raise self._wrong("unknown style of amounts", prompt, "amounts", expected=POINT, got=repr(table["amounts"]))
        first, *others = (_braces(texts[language]) for language in LANGUAGES)
        for language, braces in zip(LANGUAGES[1:], others, strict=True):
            if braces != first:
                raise self._wrong(
                    "the languages do not say the same", prompt, language, expected=_shown(first), got=_shown(braces)
                )
        one = self._sentence(prompt, table, ONE) if ONE in table else ""
        if one and ("n" not in first or _braces(one) | {"n"} != first):
            raise self._wrong(
                "one is not said as many are", prompt, ONE, expected=_shown(first), got=_shown(_braces(one))
            )  # fmt: skip
        marks = {mark: mark in table for mark in ("money", "later")}
        return _Prompt(MappingProxyType(texts), one, point="amounts" in table, **marks)

    def _sentence(self, prompt: str, table: Mapping[str, object], language: str) -> str:
        text = table.get(language)
        if text is None:
            raise self._wrong(f"{prompt} is not said in {language}", prompt, expected=f'{language} = "…"')
        if not isinstance(text, str) or not 0 < len(text.strip()) <= MAX_TEXT:
            raise self._wrong(
                "a prompt is a sentence", prompt, language, expected=f"1 to {MAX_TEXT} characters", got=repr(text)[:40]
            )
        unknown = _braces(text) - AMOUNTS - WORDS
        if unknown or set("{}") & set(_BRACE.sub("", text)):
            raise self._wrong(
                "unknown brace", prompt, language,
                expected=_shown(AMOUNTS | WORDS), got=_shown(unknown) if unknown else text,
            )  # fmt: skip
        return text

    def _wrong(self, what: str, prompt: str, key: str = "", *, expected: str = "", got: str = "") -> SettingsError:
        return SettingsError(what, where=f"{self.where} line {self._line(prompt, key)}", expected=expected, got=got)

    def _line(self, prompt: str, key: str) -> int:
        """Of the key inside its prompt's table, of the table where there is no such line."""
        lines = self.text.splitlines()
        named = re.compile(rf"""\s*\[?\s*["']?{re.escape(prompt)}["']?\s*[]=]""")
        table = next((n for n, line in enumerate(lines, 1) if named.match(line)), 1)
        for n, line in enumerate(lines[table:], table + 1):
            if line.lstrip().startswith("["):
                break
            if key and line.split("=")[0].strip(" \t\"'") == key:
                return n
        return table


def _braces(text: str) -> frozenset[str]:
    return frozenset(brace[2] for brace in _BRACE.finditer(text))


def _shown(names: frozenset[str]) -> str:
    return " ".join(f"{{{name}}}" for name in sorted(names)) or "no brace"


def _amount(fen: Fen, language: str, *, point: bool) -> str:
    style: Callable[[Fen], str] = amount_point_zh if point else amount_zh
    return style(fen) if language == "zh-CN" else amount_en(fen)


def _word(name: str, value: str, language: str, *, ordinal: bool, yao: bool) -> str:
    chinese = language == "zh-CN"
    match name:
        case "n":
            return _counted(value, chinese=chinese, ordinal=ordinal)
        case "t":
            return _timed(value, chinese=chinese)
        case "item":
            return _short(value)
        case "channel":
            return tender_name(value, language)
        case "shelf" | "phone":
            return digits_zh(value, yao=yao and name == "phone") if chinese else digits_en(value)
    return value


def _counted(value: str, *, chinese: bool, ordinal: bool) -> str:
    """ "2" → 两, of an ordinal 二; what is no number stays as it is."""
    match = _COUNT.fullmatch(value)
    if match is None:
        return value
    qty = Milli(int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")))
    if not chinese:
        return quantity_en(qty)
    return number_zh(qty // 1000) if ordinal and qty % 1000 == 0 else quantity_zh(qty)


def _timed(value: str, *, chinese: bool) -> str:
    """15:05 → 下午三点零五分. What is no time stays as it is."""
    match = _TIME.fullmatch(value)
    if match is None:
        return value
    return (time_of_day_zh if chinese else time_of_day_en)(int(match[1]), int(match[2]))


def _short(name: str) -> str:
    cells = 0
    for at, character in enumerate(name):
        cells += 1 if character.isascii() else 2
        if cells > ITEM_CELLS:
            return name[:at].rstrip()
    return name

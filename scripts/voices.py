"""Renders prompts and earcons to docs/voice, and the page that lists them: what a shop hears, for whoever has none.

By hand: `make voices`. 16 kHz, one channel, 16 bit, silence trimmed: small enough to keep.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from edge.codec.earcon import earcon
from edge.codec.pcm import SAMPLE_RATE, resampled, trimmed, wav_file
from edge.codec.prompts import Prompts
from edge.codec.spoken_runs import spoken_runs
from edge.errors import DeviceError
from edge.messages import Tone
from edge.model.manner import LANGUAGES, Pace
from edge.model.money import Fen
from edge.prompt_pack import shipped_prompts
from edge.synthesizer import EspeakSynthesis, whole

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "voice"
PAGE = ROOT / "docs" / "voice.md"
RATE = 16_000
MAX_OCTETS = 2_500_000
"""Of all files together: a repository is no place for a sound archive."""
BEGIN, END = "<!-- rendered: make voices -->\n", "<!-- end -->\n"

SPOKEN = (
    "sys.ready", "sys.offline", "sys.power", "scan.bad", "item.added", "item.qty", "item.unknown", "sale.total",
    "sale.short", "sale.change", "sale.exact", "pay.wait", "pay.password", "pay.ok_sale", "pay.ok_other",
    "pay.declined", "pay.unknown", "refund.cash", "print.paper", "shift.diff.over",
)  # fmt: skip
"""What a shopkeeper hears on a first day."""
AMOUNTS = (("a", Fen(2000)), ("b", Fen(205)))
WORDS = {
    "zh-CN": (("item", "可乐"), ("n", "3"), ("channel", "支付宝")),
    "en": (("item", "Cola"), ("n", "3"), ("channel", "Alipay")),
}


def sentence(prompts: Prompts, prompt: str, language: str) -> str:
    return prompts.text(prompt, language, AMOUNTS, WORDS[language])


def rendered(prompts: Prompts) -> Iterator[tuple[str, bytes]]:
    """(path below FOLDER, WAV file); raises DeviceError where espeak-ng is missing."""
    for tone in Tone:
        yield f"earcon/{tone}.wav", wav_file(resampled(earcon(tone), SAMPLE_RATE, RATE), RATE)
    for language in LANGUAGES:
        for prompt in SPOKEN:
            spoken = whole(EspeakSynthesis(spoken_runs(sentence(prompts, prompt, language), language), Pace.USUAL))
            yield f"{language}/{prompt}.wav", wav_file(resampled(trimmed(spoken), SAMPLE_RATE, RATE), RATE)


def table(prompts: Prompts) -> str:
    """What stands on the page between BEGIN and END."""
    lines = ["| earcon | |", "|---|---|"]
    lines += [f"| {tone} | [hear](voice/earcon/{tone}.wav) |" for tone in Tone]
    lines += ["", "| prompt | 普通话 | English |", "|---|---|---|"]
    for prompt in SPOKEN:
        heard = [f"[{sentence(prompts, prompt, language)}](voice/{language}/{prompt}.wav)" for language in LANGUAGES]
        lines.append(f"| `{prompt}` | {' | '.join(heard)} |")
    return "\n".join(lines) + "\n"


def page_with(text: str, rows: str) -> str:
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + rows + END + rest.partition(END)[2]


def main() -> int:
    prompts, octets = shipped_prompts(), 0
    try:
        for name, wav in rendered(prompts):
            path = FOLDER / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wav)
            octets += len(wav)
    except DeviceError as error:
        print(f"voices: {error}", file=sys.stderr)
        return 1
    PAGE.write_text(page_with(PAGE.read_text("utf-8"), table(prompts)), "utf-8")
    print(f"voices: {2 * len(SPOKEN)} sentences and {len(Tone)} earcons, {octets / 1e6:.2f} MB in {FOLDER}")
    return 0 if octets <= MAX_OCTETS else 1


if __name__ == "__main__":
    sys.exit(main())

"""docs/voice.md and the sounds it links to."""

from __future__ import annotations

import re

import voices

from edge.codec.floor import Floor
from edge.codec.pcm import SAMPLE_OCTETS, is_audible, read_wav
from edge.messages import Speech, Tone
from edge.model.manner import LANGUAGES, Weight
from edge.prompt_pack import shipped_prompts

PAGE = voices.PAGE.read_text("utf-8")
FILES = {path.relative_to(voices.FOLDER).as_posix(): path for path in voices.FOLDER.rglob("*.wav")}


def test_the_page_lists_what_would_be_rendered_now() -> None:
    assert voices.page_with(PAGE, voices.table(shipped_prompts())) == PAGE, "make voices"


def test_twenty_prompts_in_both_languages_and_the_earcons_are_there_and_small() -> None:
    wanted = {f"earcon/{tone}.wav" for tone in Tone}
    wanted |= {f"{language}/{prompt}.wav" for language in LANGUAGES for prompt in voices.SPOKEN}
    assert set(FILES) == wanted and len(voices.SPOKEN) == 20
    assert sum(path.stat().st_size for path in FILES.values()) <= voices.MAX_OCTETS


def test_every_link_leads_to_a_sound_that_can_be_heard() -> None:
    links = re.findall(r"\(voice/([^)]+\.wav)\)", PAGE)
    assert set(links) == set(FILES)
    for name in links:
        octets = FILES[name].read_bytes()
        assert int.from_bytes(octets[24:28], "little") == voices.RATE
        assert is_audible(read_wav(octets, name))
        assert len(octets) > voices.RATE * SAMPLE_OCTETS // 20


def test_the_rule_on_the_page_is_the_rule() -> None:
    rows = re.findall(r"^\| (routine|money|alarm) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for speaking, scan, *others in rows:
        before = Floor(Speech("p", Tone.OK, "", weight=Weight(speaking)))
        assert (scan == "cut") == (before.hushed().speaking is None)
        for weight, told in zip(Weight, others, strict=True):
            after = before.asked(Speech("q", Tone.OK, "", weight=weight))
            assert (told == "cut") == (after.waiting is None), (speaking, weight)

"""Commands that every terminal carries out (contract P13): what the cloud may have printed, shown, said and done.

print.text       {lines[], copies?, cut?}      a slip of lines, headed as the cloud's
print.receipt    {receipt}                     a COPY of a receipt of this terminal
message.show     {text, paper?}                heard, shown, read by Enter: then it is done
sound.say        {prompt, words?}              a sentence of the terminal's own pack, and never one about money
selftest         {}                            how the terminal is
terminal.suspend {on, why?}                    signed: no new services and parcels; cash and what lies here go on
service.restart  {}   reboot {}                when nobody is being served
time.sync        {}                            held against the cloud's clock; stepped where nothing else keeps it
cat.sync         {}                            held against the cloud's version; what is behind is fetched
support.session  {why?}                        more telemetry for an hour, once the owner allows it at the counter
cfg.resend       {}                            what became of the newest configuration is reported again
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from edge.codec.wire_down import Url
from edge.codec.wire_term import Moment, Part, Text, Word

PRINT_TEXT, PRINT_RECEIPT = "print.text", "print.receipt"
MESSAGE, SAY, SELFTEST = "message.show", "sound.say", "selftest"
SUSPEND, RESTART, REBOOT = "terminal.suspend", "service.restart", "reboot"

TIME, CATALOGUE, CONFIG = "time.sync", "cat.sync", "cfg.resend"
SUPPORT = "support.session"
LOGS, DIAGNOSIS, JOURNAL = "log.upload", "diag.run", "db.export"

MAX_LINES, MAX_COPIES, MAX_WORDS = 60, 3, 4
MAX_MB = 100
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
"""Characters that stand on paper as they are: none that a printer, a log or a voice would obey."""

Line = Annotated[str, StringConstraints(pattern=_PLAIN, max_length=200)]
Sentence = Annotated[str, StringConstraints(pattern=_PLAIN, min_length=1, max_length=200)]


class PrintTextArgs(Part):
    """Lines are wrapped to the paper; an empty one is an empty line. `copies`: papers in all."""

    lines: Annotated[tuple[Line, ...], Field(strict=False, min_length=1, max_length=MAX_LINES)]
    copies: Annotated[int, Field(ge=1, le=MAX_COPIES)] = 1


class PrintReceiptArgs(Part):
    """`receipt` as it is printed and journaled, such as 261126-1-0001."""

    receipt: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}-[0-9]{1,2}-[0-9]{4,9}$")]


class MessageArgs(Part):
    """`paper` False: nothing is printed."""

    text: Sentence
    paper: bool = True


class SayArgs(Part):
    """`words` fill the braces of the prompt `prompt`, all of them."""

    prompt: Word
    words: Annotated[dict[Word, Sentence], Field(max_length=MAX_WORDS)] = Field(default_factory=dict)


class SuspendArgs(Part):
    """`on` False: it may do everything again. `why` stands in the journal."""

    on: bool
    why: Text | None = None


class UploadArgs(Part):
    """`put`: where it goes by HTTPS, a host of `[cloud] upload_hosts`; `since`: nothing older; `max_mb`: unpacked."""

    put: Url
    since: Moment | None = None
    max_mb: Annotated[int, Field(ge=1, le=MAX_MB)] = 20


class SupportArgs(Part):
    """`why` is for whoever reads what was ordered."""

    why: Text | None = None


class NoArgs(Part):
    """Of a command that says everything by its type."""


Args = PrintTextArgs | PrintReceiptArgs | MessageArgs | SayArgs | SuspendArgs | UploadArgs | SupportArgs | NoArgs

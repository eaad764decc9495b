"""A sentence that the cloud has spoken: one of the terminal's own prompts, by its id (sound.say, row 132).

No sound comes over the network, and nothing about money is said at anybody's word: who hears "paid" here must be able
to believe it.
"""

from __future__ import annotations

from edge.codec.prompts import Prompts
from edge.codec.wire import checked
from edge.codec.wire_command import SAY, SayArgs
from edge.errors import CodecError, WireError
from edge.messages import Say, Tone
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered

_LANGUAGES = ("zh-CN", "en")


class RemoteVoice:
    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def say(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of SAY. Done means that it is handed to the voice; what is spoken meanwhile may cut it."""
        try:
            args = checked(SayArgs, dict(ordered.args), where=SAY)
        except WireError as error:
            return Answered(ordered.cid, "rejected", error.code, error.what)
        if self._prompts.is_money(args.prompt):
            return Answered(ordered.cid, "rejected", "auth.denied", f"{args.prompt} is about money")
        words = tuple(args.words.items())
        try:
            for language in _LANGUAGES:
                self._prompts.text(args.prompt, language, words=words)
        except CodecError as error:
            return Answered(ordered.cid, "rejected", "schema.invalid", str(error)[:256])
        tx.after_commit(Say(args.prompt, Tone.ATTENTION, words=words))
        return Answered(ordered.cid, "done")

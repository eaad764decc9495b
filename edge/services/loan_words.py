"""What is asked where cash changes hands for others, by what is waited for; and what a loan costs, said aloud."""

from __future__ import annotations

from edge.codec.speech import digits_zh, number_zh
from edge.messages import Say, Tone
from edge.model.counter import Counter, Verb
from edge.model.loan import Terms
from edge.model.money import Fen

_WORDS = {
    Verb.LOAN_QUOTE: "loan.wait", Verb.LOAN_OFFER: "loan.accept", Verb.LOAN_CODE: "loan.code",
    Verb.LOAN_CHECK: "loan.check", Verb.LOAN_PAY: "loan.pay", Verb.LOAN_DOUBT: "loan.doubt_q",
    Verb.AGENT_OUT: "agent.slip", Verb.AGENT_IN: "agent.slip",
}  # fmt: skip


def cash_question(counter: Counter) -> Say:
    """Of a loan; and of the bank's note the number of its slip, with the most that can be."""
    prompt = _WORDS.get(counter.verb, "loan.info") if counter.verb is not None else "loan.info"
    return Say(prompt, Tone.ATTENTION, amounts=(("a", Fen(counter.value)),))


def offer_told(terms: Terms, language: str) -> Say:
    """The cost first: that is what a customer must have heard before anything else."""
    rate = terms.rate_text if language == "en" else spoken_rate(terms)
    words = (("what", rate), ("n", str(terms.parts)))
    return Say("loan.offer", Tone.ATTENTION, amounts=(("a", terms.amount), ("b", terms.cost)), words=words)


def spoken_rate(terms: Terms) -> str:
    """7.2 → 百分之七点二."""
    whole, _, part = terms.rate_text.partition(".")
    return f"百分之{number_zh(int(whole))}" + (f"点{digits_zh(part)}" if part else "")

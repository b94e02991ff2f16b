"""What a verbatim tells beside its themes, in words; nothing of what it does not tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from cx_text.explaining.source import Facts
from cx_text.reports.wording import chance, decimal, listing

FORMULA = "Each kind of it with weight w and s steps leaves (1 - w)^s of an effortless 1."


def whole_in_words(facts: Facts) -> Iterator[str]:
    """Yield what a verbatim tells as a whole."""
    if facts["effort"] is not None:
        yield _effort(facts)
    if (facts["contacts"] or 0) > 1:
        yield f"In touch about it at least {facts['contacts']} times{_words(facts, {'contact'})}."
    if facts["repeat_contact"]:
        yield f"A repeated contact, or still not mended{_words(facts, {'repeat'})}."
    if facts["risks"]:
        yield f"Risks: {listing(facts['risks'])}{_words(facts, {'risk'})}."
    if facts["journey"]:
        yield f"Stage of the journey: {_spaced(facts['journey'])}{_words(facts, {'journey'})}."
    if facts["emotion"]:
        yield f"Emotion: {facts['emotion']}, which most of its words tell, as far as that is sure."
    if facts["behaviours"]:
        yield f"Behaviours: {', '.join(facts['behaviours'])} (+ shown, - missing)."
    if facts["attribution"]:
        yield f"Who can change it: {facts['attribution']}, by most of its words."


def part_in_words(span: Facts) -> Iterator[str]:
    """Yield what a part of a verbatim tells."""
    if span["emotion"]:
        sure = f"{chance(span['emotion_chance'])} sure among those that its sentiment allows"
        yield f"Emotion: {span['emotion']}, {sure}{_quoted(span['emotion_words'])}."
    for one in span["behaviours"]:
        yield f"{'Shown' if one['shown'] else 'Missing'}: {_spaced(one['name'])}{_quoted([one['words']])}."
    if span["attribution"]:
        why = ", as usual for what was shown or missing" if span["behaviours"] else ""
        yield f"Who can change it: {span['attribution']}{why}{_quoted(span['attribution_words'])}."


def _effort(facts: Facts) -> str:
    """Return how much effort it was and what raised it."""
    counted = {"effort", "contact"} if (facts["contacts"] or 0) > 1 else {"effort"}
    eased = _words(facts, {"ease"})
    raised = _words(facts, counted) if facts["effort"] else ""
    value = f"Effort {decimal(facts['effort'], 2)} of 1{raised}{'; praise of ease' * bool(eased)}{eased}."
    return value + f" {FORMULA}" * bool(raised)


def _words(facts: Facts, families: Collection[str]) -> str:
    """Return the words of a verbatim that tell of signs of these families, led by a colon."""
    return _quoted([one["words"] for one in facts["signs"] if one["family"] in families])


def _quoted(words: Sequence[str]) -> str:
    """Return words in quotation marks, led by a colon; nothing without any."""
    quotes = listing([" ".join(f'"{one}"'.split()) for one in words])
    return f": {quotes}" if quotes else ""


def _spaced(name: str) -> str:
    """Return a name of the tables in words."""
    return name.replace("_", " ")

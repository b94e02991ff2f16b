"""The explanation of a verbatim in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cx_text.explaining.source import Facts
from cx_text.explaining.telling_observed import part_in_words, whole_in_words
from cx_text.records import SUBSTANTIVE
from cx_text.reports.wording import LANGUAGES, chance, day, decimal, listing, percent, signed

STATUS: Mapping[str, str] = {
    "themed": "It says something that themes were found in.",
    "unthemed": "It says something, but no theme of it is sure.",
    "non_answer": 'It says nothing ("n/a", "no comment" and the like); it is counted nowhere.',
    "boilerplate": "All of it is the survey's own words or a template; it is counted nowhere.",
    "other_language": "It is in another language than the model's ({language}): no theme is looked for.",
}
SLIGHT = 0.01
"""Themes less likely than this are not told."""

NOBODY: Mapping[str, str] = {
    "taken back": "Theme: none. It would be {theme_id}, which is no theme any more.",
    "no reason": "Theme: none. It names nothing that a theme could be about.",
    "unknown words": "Theme: none. The model knows none of its words.",
    "chatter": "Theme: none. It is most like sentences that are alike but name nothing.",
    "untaught": "Theme: none. No built-in topic says it; there are too few comments to learn themes from.",
    "unsure": "Theme: none. No theme is likely enough; the likeliest must have {least}.",
}


def verbatim_in_words(facts: Facts) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections of a verbatim: what it says, what was made of it, each of its spans."""
    yield "What it says", [f'"{" ".join(facts["text"].split())}"', *_about(facts)]
    yield "What was made of it", list(_whole(facts))
    for number, span in enumerate(facts["spans"], 1):
        title = f"Part {number} of {len(facts['spans'])}, characters {span['start']} to {span['end']}"
        yield (
            title,
            [
                f'"{" ".join(span["text"].split())}"',
                *_feeling(span),
                *_theme(span, facts),
                *part_in_words(span),
            ],
        )


def _about(facts: Facts) -> Iterator[str]:
    """Yield where it comes from."""
    told = [f"{name} {facts[name]}" for name in ("channel", "agent", "team") if facts[name]]
    told = [*([day(facts["created_at"])] if facts["created_at"] else []), *told]
    yield f"From {listing([*told, 'in language ' + (facts['language'] or 'unknown')])}."
    if facts["duplicate_of"]:
        yield f"It repeats {facts['duplicate_of']}, which came first."


def _whole(facts: Facts) -> Iterator[str]:
    """Yield status, sentiment, main theme and what else it tells."""
    yield STATUS[facts["status"]].format(language=facts["model_language"])
    if not facts["as_stored"]:
        yield "What the workspace holds differs from what the model says now: a person may have corrected it."
    yield from _sentiment(facts)
    if facts["weights"]:
        main, *others = facts["weights"]
        rest = listing([f"{_named(one)} {decimal(one['weight'])}" for one in others])
        yield (
            f"Main theme {_named(main)} with {decimal(main['weight'])}"
            + (f", then {rest}" if rest else "")
            + ": the words of each part times how likely the theme is there."
        )
    yield from whole_in_words(facts)


def _sentiment(facts: Facts) -> Iterator[str]:
    """Yield how a verbatim feels and what that comes from; nothing where it says nothing."""
    language = facts["language"] or ""
    named = LANGUAGES.get(language, language or "an unknown language")
    if facts["sentiment"] is None:
        if facts["status"] in {*SUBSTANTIVE, "other_language"}:
            yield f"Sentiment: none, for there are no words of {named} here that tell how it feels."
        return
    value = f"Sentiment {signed(facts['sentiment'], 2)}, {facts['sentiment_label']}"
    if facts["foreign"] is not None:
        told = ", ".join(_opinion(one) for one in facts["foreign"])
        yield f"{value}, by words of {named}: {told or 'none of them holds a feeling'}."
        return
    yield (
        f"{value}: the mean of its parts, each counted by its strength times the root of its words. "
        f"From {facts['threshold']:g} on a comment is positive, from {decimal(-facts['threshold'], 2)} on "
        f"negative, and mixed where both sides weigh alike."
    )


def _feeling(span: Facts) -> Iterator[str]:
    """Yield how a span feels and why."""
    feeling = span["feeling"]
    if feeling["by"] == "nobody":
        return
    value = signed(feeling["sentiment"], 2)
    if feeling["by"] == "theme":
        yield (
            f"Sentiment {value}: its words hold no feeling, so it takes that of the others who speak of "
            f"{_named(span)}."
        )
        return
    told = ", ".join(_opinion(one) for one in feeling["opinions"])
    if feeling["by"] == "reading":
        yield (
            f"Sentiment {value}: read as a whole by a model that learned from people's comments; its words "
            f"alone give {signed(feeling['by_words'], 2)}" + (f" ({told})." if told else ".")
        )
        return
    if feeling["by"] == "question":
        asked = "bad" if feeling["sentiment"] < 0 else "good"
        yield f"Sentiment {value}: a short answer without feeling to a question for what was {asked}."
        return
    marks = " Exclamation and question marks make it stronger." if told and _marked(feeling) else ""
    yield f"Sentiment {value}: {told or 'no word of it holds a feeling'}.{marks}"


def _marked(feeling: Facts) -> bool:
    """Return whether marks made a feeling stronger."""
    return bool(feeling["exclamations"] or feeling["questions"] > 1)


def _opinion(opinion: Facts) -> str:
    """Return a word that counted with its worth, and why that is not its usual one."""
    alone, value = opinion["valence"], opinion["value"]
    reasons = [f'"{one}"' for one in opinion["by"]]
    if opinion["factor"] < 1:
        reasons.append('what follows after "but", or because it is asked')
    if opinion["factor"] > 1:
        reasons.append('it follows a "but"')
    if not reasons and abs(value - alone) > 1e-9:
        reasons.append("its capitals")
    why = f", not {signed(alone)}, for {listing(reasons)}" if reasons else ""
    return f'"{opinion["said"]}" {signed(value)}{why}'


def _theme(span: Facts, facts: Facts) -> Iterator[str]:
    """Yield the theme of a span and what decided it."""
    decided = span["decided"]
    if decided["by"] == "nobody":
        yield NOBODY[decided["why"]].format(
            theme_id=decided.get("theme_id"), least=percent(facts["least_confidence"])
        )
    else:
        edits = listing([str(one) for one in span["edits"]])
        as_told = f" By edit {edits} what was found counts as this theme." if edits else ""
        yield f"Theme: {_named(span)}, {chance(span['confidence'])} sure. {_decided(decided)}{as_told}"
    if span["spoke_for_it"]:
        yield _spoke(span["spoke_for_it"])
    likely = [one for one in span["likely"] if one["probability"] >= SLIGHT]
    if likely:
        told = listing([f"{_named(one)} {chance(one['probability'])}" for one in likely])
        yield f"The model alone: {told}."


def _decided(decided: Facts) -> str:
    """Return what decided a theme in a sentence."""
    held = listing([f'"{one}"' for one in decided.get("phrases", [])])
    if decided["by"] == "rule":
        maker = f", made by edit {decided['rule']['edit']}" if decided["rule"]["edit"] else ""
        return f"A rule decided{maker}" + (f": it holds {held}." if held else ", a small model of its own.")
    if decided["by"] == "topic":
        return "A built-in topic" + (
            f": it holds {held}." if held else ": it says one of its examples again."
        )
    if decided["by"] == "opinion":
        return "It is an opinion without a reason, and its feeling decides."
    return "The learned model decided."


def _spoke(evidence: Facts) -> str:
    """Return what spoke for a theme, the words first."""
    words = _terms(evidence["terms"])
    parts = [f"its words {words}" if words else "no single word"]
    if beside := _terms(evidence["context_terms"]):
        parts.append(f"the sentences beside it ({beside})")
    told = f"For it spoke {listing(parts)}"
    sense, feeling = signed(evidence["sense"]), signed(evidence["feeling"])
    told += f"; the sense of the sentence as a whole gave {sense} and its feeling {feeling}."
    if against := _terms(evidence["terms_against"]):
        told += f" Against it: {against}."
    return told


def _terms(found: Sequence[Facts]) -> str:
    """Return words with what they contributed; what rounds to nothing is left out."""
    return ", ".join(f'"{one["term"]}" {one["weight"]:+.1f}' for one in found if abs(one["weight"]) >= 0.05)


def _named(theme: Facts) -> str:
    """Return a theme's label with its id."""
    return f'"{theme["label"]}" ({theme["theme_id"]})'

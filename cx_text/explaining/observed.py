"""What a verbatim tells beside its themes, and the words that say so."""

from __future__ import annotations

from cx_text.explaining.learned import phrases_in
from cx_text.explaining.source import Facts
from cx_text.reading import Spans
from cx_text.stages.behaviours import ATTRIBUTIONS, Behaviours
from cx_text.stages.emotions import EMOTIONS, Emotions
from cx_text.stages.signals import Signals

OBSERVED = (
    "effort",
    "contacts",
    "repeat_contact",
    "risks",
    "journey",
    "emotion",
    "behaviours",
    "attribution",
)
"""The columns of table VERBATIMS that are told here."""

UNTOLD: Facts = {
    "emotion": None,
    "emotion_chance": 0.0,
    "emotion_words": [],
    "behaviours": [],
    "attribution": None,
    "attribution_words": [],
}
"""What is told of a span that is not read for it."""


def signs_in(text: str) -> list[Facts]:
    """Return the words of a redacted text that tell of effort, contacts, risks and journey, in order.

    The weight of a sign is what it costs as effort, see `cx_text.stages.signals.effort_of`.

    >>> [(one["sign"], one["words"]) for one in signs_in("I had to call three times!")]
    [('contacts', 'had to call three times')]
    """
    shipped = Signals.shipped()
    signs = {sign.id: sign for sign in shipped.signs}
    return [
        {
            "sign": kind,
            "family": signs[kind].family,
            "weight": signs[kind].weight,
            "start": start,
            "end": end,
            "words": text[start:end],
        }
        for kind, start, end in shipped.find(text).evidence
    ]


def parts_told(spans: Spans) -> list[Facts]:
    """Return what each span tells: emotion, behaviours, who can change it, each with its words.

    An emotion may have no words: it is read from the whole span. Who can change what has words only where
    no behaviour decides.
    """
    behaviours, emotions = Behaviours.shipped(), Emotions.shipped()
    shown = behaviours.find(spans.texts, spans.sentiments)
    changers = behaviours.attributions(spans.texts, shown)
    felt, sure = emotions.predict(spans.texts, spans.vectors, spans.sentiments)
    told = zip(spans.texts, shown, changers, felt, sure.tolist(), strict=True)
    return [
        {
            "emotion": emotion or None,
            "emotion_chance": chance,
            "emotion_words": phrases_in(emotions.cues, EMOTIONS.index(emotion), text) if emotion else [],
            "behaviours": [
                {"name": one.name, "shown": one.shown, "words": text[one.start : one.end]} for one in found
            ],
            "attribution": changer or None,
            "attribution_words": (
                phrases_in(behaviours.causes, ATTRIBUTIONS.index(changer), text)
                if changer and not found
                else []
            ),
        }
        for text, found, changer, emotion, chance in told
    ]

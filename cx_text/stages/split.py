"""Sentences and clauses of a comment: text -> spans.

spaCy's English tokenizer says what a word is (short forms, emoticons, contractions, addresses); two small
components of ours behind it say where a sentence and where a turning clause starts. No model, no tagger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import accumulate
from typing import TYPE_CHECKING

from cx_text.text import PLACEHOLDER, WORD

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.pipeline import Sentencizer
    from spacy.tokens import Doc, Span, Token

Offsets = tuple[int, int]

_MOST_STRINGS = 100_000
"""spaCy keeps every word it has seen, in about 100 bytes; past this it starts anew."""

_FULL_WIDTH = "\u3002\uff01\uff1f\u0964"
_PIECE = re.compile(
    rf"[^\n{_FULL_WIDTH}]{{0,5000}}[{_FULL_WIDTH}]+"
    rf"|[^\n{_FULL_WIDTH}]{{1,5000}}(?:(?![^\n{_FULL_WIDTH}])|(?<=[.!?])(?=\s))"
    r"|[^\n]{1,5000}(?!\S)|[^\n]{1,5000}"
)
"""A line, or up to a stop that needs no blank; longer ones are read in pieces that end at a stop or blank."""
_OPAQUE = re.compile(r"\S{65,}|[\ud800-\udfff]")
"""What the tokenizer must not see: it peels marks off a word one by one, in the square of its length."""
_MAY_DIVIDE = re.compile(
    r"[.!?\u2026](?=\W[^.!?\u2026]*\w)|\.(?<=[a-z.]{2}\.)(?=[a-z])|[!?\u2026](?=[a-z])|;|\s[-\u2013\u2014]+\s"
    r"|\w\u2014\w|\b(?:but|however|although|though|whereas)\b",
    re.IGNORECASE,
)
"""What must be in a line before spaCy is asked."""
_SAYS = re.compile(
    r"[^\W_]|[\u203c\u2049\u2122-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
    r"|[:;=][\-'^o]?[)(\]\[DPp/\\|*3]|<3|\^_?\^|[)(\]\[][\-']?[:;=]"
)
"""A word, an emoji or an emoticon."""
_BULLET = re.compile(
    r"[\s*>+\-;\u2022\u2013\u2014\u00b7\u25aa\u25cf]+(?=\s)|(?:[\s\u2022\u25aa\u25cf\u2014]|;(?=\w\w))+"
)

_STOPS = ".!?\u2026"
_GLUED = r"(?<=[a-z]{3})\.(?=(?:and|but|the|no|not|i|it|they|he|she|we|my|very|so|this|that|also|then|when)$)"
"""The stop of "slow.but cheap", which else is an address."""
_INFIXES = (_GLUED, r"(?<=[a-z]{2})[!?]+(?=[A-Za-z]{2})", r"(?<=[a-z]{2});(?=[a-z]{2})")

_SHORT_FORM = re.compile(r"(?:[^\W\d_]+\.)+")
_LIST_MARK = re.compile(r"(?:\d{1,2}|[a-z])\.")
_TITLES = frozenset(
    "mr. mrs. ms. mx. dr. prof. st. vs. approx. eg. ie. e.g. i.e. fig. jr. sr. gen. capt. rev. cf.".split()
)
_NUMBERED = frozenset("no. nos. nr. ext. tel. ref. acct. pg. pp. vol. rs. qty. order. ticket.".split())
_SHORTENED = frozenset(
    "etc. inc. ltd. dept. est. min. mins. max. hr. hrs. incl. excl. apt. ave. rd. blvd. jan. feb. mar. apr."
    " jun. jul. aug. sep. sept. oct. nov. dec. mon. tue. tues. wed. thu. thur. thurs. fri. sat. sun.".split()
)
"""Short forms that spaCy parts from their stop, in small letters at least."""

_TURNS = {"but": 1, ";": 1, "-": 3, "--": 3, "\u2013": 3, "\u2014": 3} | dict.fromkeys(
    ("however", "although", "though", "whereas"), 2
)
"""What a clause may start with, and how many words must stand on both of its sides."""
_MAY_TURN = re.compile("|".join(map(re.escape, _TURNS)), re.IGNORECASE)
_REACH = 30
_BOUND_BEFORE = re.compile(
    r"\bnot (?:only|just|merely)\b"
    r"|\b(?:nothing|anything|everything|all|none|no one|nobody|help|choice|option|last)\Z",
    re.IGNORECASE,
)
_BOUND_AFTER = re.compile(r"(?:not least|also)\b", re.IGNORECASE)

_SUBJECT = (
    r"(?:they|he|she|it|there|nobody|no one|someone|everyone|everything|nothing)\b(?:['\u2019]\w+)?\s+\w"
    r"|(?:this|that|these|those|which)\s+(?=(?:is|was|are|were|has|had|did|does|will|would|makes?|made)\b)"
)
_VERB = (
    r"(?:(?:is|was|are|were|has|had|have|did|does|do|could|would|should|must|need)(?:n['\u2019]?t)?"
    r"|can(?:['\u2019]?t|not)?|wo(?:n['\u2019]?t)|will|may|might|never|always|still|also|just|then|seem(?:s|ed)?"
    r"|look(?:s|ed)?|took|takes?|came|comes?|got|gets?|went|goes|works?|worked|makes?|made|gave|felt|kept"
    r"|keeps|left|broke|arrived|stopped|started|tastes?|tasted|told|said|brings?|brought|served|answered"
    r"|helped|refused|charged|sent|lost|forgot|ruined)\b"
)
_DETERMINER = (
    r"(?:the|my|our|your|their|his|her|its|an?|this|that|these|those|some|all|both|every|each|no|one)"
)
_ASKS, _OWN = r"(?:who|what|when|where|why|how|which|can|could|would|do|does|did|is|are)\b", r"(?:i|we|you)\b"
"""Whoever goes on to ask, or to tell of himself, is still at the same matter."""
_JOINT = re.compile(
    r"(?:,\s+(?:(?:and|so|yet|plus|or)\s+)?|\s(?P<beside>and|while|whilst|yet|plus)\s+)"
    rf"(?={_SUBJECT}|(?!{_ASKS}|{_OWN})(?:{_DETERMINER}\s+)?(?:[a-z'\u2019]+\s+){{1,3}}?{_VERB})",
    re.IGNORECASE,
)
"""Where a clause with a subject and a verb of its own is joined to the one before."""
_TELLS = re.compile(rf"\b(?:{_SUBJECT}|{_OWN}|{_VERB}|\w{{2,}}ed\b)", re.IGNORECASE)
"""What a clause must have before another is joined to it: else it is a list."""
_SUBORDINATE = re.compile(
    r"\W*(?:(?:and|but|so)\s+)?(?:even\s+)?"
    r"(?:when|whenever|if|as|after|before|since|once|while|because|until|unless|whether|where)\b[^,]*,?\s*\Z",
    re.IGNORECASE,
)
"""A clause that only leads to the one behind its comma: "When I called, ..."."""
_JOINED_WORDS = 3
"""Words that both clauses must have."""


def split(text: str, skip: Sequence[Offsets] = ()) -> list[Offsets]:
    """Return the (start, end) of sentences and clauses of cleaned `text`, sorted and disjoint.

    Lines, list items and sentences end a span; a clause that turns ("..., but ...") or that has a
    subject and a verb of its own ("... and the staff was rude") starts one.
    Every word outside `skip` (sorted, disjoint ranges) is in a span, every span has a word, an
    emoji or an emoticon and no outer blanks. Empty: nothing is said.

    >>> text = "Fast delivery, but nobody answered. Never again"
    >>> [text[start:end] for start, end in split(text)]
    ['Fast delivery,', 'but nobody answered.', 'Never again']
    """
    edges = [0, *(edge for span in skip for edge in span), len(text)]
    return [
        span
        for region in zip(edges[::2], edges[1::2], strict=True)
        for piece in _PIECE.finditer(text, *region)
        for part in _parts(text, *piece.span())
        for clause in _joined(text, *part)
        for span in _trimmed(text, *clause)
    ]


def _parts(text: str, start: int, end: int) -> list[Offsets]:
    """Return the sentences and clauses of one line; what has no word goes with the one before."""
    line = _OPAQUE.sub(lambda found: "x" * len(found[0]), text[start:end])
    if not _MAY_DIVIDE.search(line):
        return [(start, end)]
    doc = _english()(line)
    if len(doc.vocab.strings) > _MOST_STRINGS:
        _english.cache_clear()
    parts: list[Offsets] = []
    for sentence in doc.sents:
        first, last = start + sentence.start_char, start + sentence.end_char
        if parts and not (WORD.search(text, first, last) and _SAYS.search(text, *parts[-1])):
            first = parts.pop()[0]
        parts.append((first, last))
    return parts


def _joined(text: str, start: int, end: int) -> Iterator[Offsets]:
    """Yield the clauses of a part that have a subject and a verb of their own."""
    for joint in _JOINT.finditer(text, start, end):
        before, behind = text[start : joint.start()], text[joint.end() : end]
        few = any(len(side.split(None, _JOINED_WORDS)) < _JOINED_WORDS for side in (before, behind))
        if not few and _TELLS.search(before) and (joint["beside"] or not _SUBORDINATE.fullmatch(before)):
            edge = joint.start("beside") if joint["beside"] else joint.start() + 1
            yield start, edge
            start = edge
    yield start, end


def _trimmed(text: str, start: int, end: int) -> Iterator[Offsets]:
    """Yield the span without bullet and outer blanks, if it says something."""
    if not _SAYS.search(text, start, end):
        return
    if (bullet := _BULLET.match(text, start, end)) and _SAYS.search(text, bullet.end(), end):
        start = bullet.end()
    piece = text[start:end]
    yield end - len(piece.lstrip()), start + len(piece.rstrip())


@lru_cache(maxsize=1)
def _english() -> Language:
    """Return spaCy's rule-based English with our rules; imported by the first text that needs it."""
    import spacy  # noqa: PLC0415 - takes seconds
    from spacy.lang.tokenizer_exceptions import URL_MATCH  # noqa: PLC0415

    nlp = spacy.blank("en")
    # Working out all that spaCy could say of a new word would take longer than finding the word.
    asked = (spacy.attrs.LOWER, spacy.attrs.IS_SPACE, spacy.attrs.IS_LEFT_PUNCT)
    nlp.vocab.lex_attr_getters = {name: nlp.vocab.lex_attr_getters[name] for name in asked}
    glued = re.compile(_GLUED)
    nlp.tokenizer.infix_finditer = spacy.util.compile_infix_regex([*nlp.Defaults.infixes, *_INFIXES]).finditer
    nlp.tokenizer.token_match = re.compile(r"@?\w+\Z").match
    nlp.tokenizer.url_match = lambda word: None if glued.search(word) else URL_MATCH(word)
    for kind in re.findall("[A-Z]+", PLACEHOLDER.pattern):
        nlp.tokenizer.add_special_case(f"[{kind}]", [{"ORTH": f"[{kind}]"}])
    for name, starts in (("feedback_sentences", _sentences), ("feedback_clauses", _clauses)):
        rule = partial(_mark, spacy.pipeline.Sentencizer(overwrite=True), starts)
        spacy.Language.component(name, func=rule)
        nlp.add_pipe(name)
    return nlp


def _mark(sentencizer: Sentencizer, starts: Callable[[Doc], list[bool]], doc: Doc) -> Doc:
    """Write which tokens start a sentence, all at once: spaCy checks the whole text for a single one."""
    sentencizer.set_annotations([doc], [starts(doc)])
    return doc


def _sentences(doc: Doc) -> list[bool]:
    """Return which tokens start a sentence: behind a stop and a blank, or with a letter glued to the stop."""
    starts = [True] + [False] * (len(doc) - 1)
    following = 0
    for place in [place for place, token in enumerate(doc) if token.text[-1] in _STOPS]:
        if place >= following:
            following = next((i for i in range(place + 1, len(doc)) if _parted(doc[i])), len(doc))
            if following < len(doc):
                starts[following] = _ends(doc[place], doc[following])
    return starts


def _parted(token: Token) -> bool:
    """Return whether a token behind a stop is no mark glued to it."""
    before = token.nbor(-1)
    return not token.is_space and bool(before.whitespace_ or before.is_space or token.text[0].isalpha())


def _ends(stop: Token, following: Token) -> bool:
    """Return whether a sentence ends at a mark or short form, given the token that follows."""
    initial = following.text[0]
    if following.nbor(-1).text in {",", ":", ";", "&"}:
        return False
    if stop.text[0] in "!?":
        return True
    if stop.text[0] in _STOPS and stop.text != ".":
        return not initial.islower()
    form = stop.doc[max(stop.i - 1, 0) : stop.i + 1].text.lower() if stop.text == "." else stop.lower_
    if form in _TITLES or (stop.i < 2 and _LIST_MARK.fullmatch(form)):
        return False
    if form in _NUMBERED:
        return not initial.isdigit()
    short = form in _SHORTENED or (stop.text != "." and _SHORT_FORM.fullmatch(form))
    return not short or initial.isupper() or initial == "#"


def _clauses(doc: Doc) -> list[bool]:
    """Return which tokens start a sentence or a clause that turns, with all that leads to the turn."""
    tokens = list(doc)
    starts = [token.is_sent_start for token in tokens]
    if not _MAY_TURN.search(doc.text):
        return starts
    said = list(accumulate((bool(WORD.search(token.text)) for token in tokens), initial=0))
    for sentence in doc.sents:
        start = sentence.start
        for turn in (token for token in tokens[start : sentence.end] if token.lower_ in _TURNS):
            at = turn.i
            while at > start and _leads(tokens[at - 1]):
                at -= 1
            around = min(said[at] - said[start], said[sentence.end] - said[turn.i + 1])
            if around >= _TURNS[turn.lower_] and _divides(doc[max(start, at - _REACH) : at], turn):
                starts[at] = True
                start = at
    return starts


def _leads(before: Token) -> bool:
    """Return whether a token before a turn belongs to it: "even though", "(but ...)"."""
    return before.lower_ == "even" or bool(before.is_left_punct and not before.whitespace_)


def _divides(before: Span, turn: Token) -> bool:
    """Return whether a turn is no hyphen, no tail ("... though.") and no part of a set phrase."""
    if turn.text in {"-", "--", "\u2013"}:
        return bool(turn.nbor(-1).whitespace_ and turn.whitespace_)
    following = turn.doc[turn.i + 1 : turn.i + 3].text
    if turn.lower_ != "but":
        return following[0] not in _STOPS
    return not (_BOUND_BEFORE.search(before.text) or _BOUND_AFTER.match(following))

"""Repair of comments, and what in them is no answer: text -> text, text -> spans.

Every pattern stops at the next mark of its kind, so that all work grows linearly with the text.
"""

from __future__ import annotations

import html
import html.entities
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache

import ftfy

from cx_text.stages import clean_patterns as p
from cx_text.text import text_key, words

_FTFY = ftfy.TextFixerConfig(unescape_html=False, replace_lossy_sequences=False, explain=False)
_MAX_LAYERS = 6
_MIN_TEMPLATE_WORDS = 6
_LONGEST_EMPTY_ANSWER = 80
_LONGEST_TAIL_LINE = 8

Span = tuple[int, int]


def clean(text: str) -> str:
    r"""Return `text` with its damage repaired and its voice kept; clean text comes back as it is.

    Mojibake, markup, entities and escapes are undone, curly quotes straightened, control, bidi and
    zero-width characters removed (not inside emoji), a sign repeated more than three times is cut
    to three, blanks become one blank and line breaks one ``\n``. Case, emoji and words stay.

    >>> clean("It&#39;s  sooooooo <b>slow</b>!!!!!")
    "It's sooo slow!!!"
    """
    if text.isascii() and not p.DIRTY.search(text):
        return text
    for _ in range(_MAX_LAYERS):
        before, text = text, _peeled(text)
        if text == before:
            return text
    # Deeper layers are an attack, not damage: without their marks nothing is left to undo.
    return _tidied(re.sub(r"[<>&\\]", " ", text))


def _peeled(text: str) -> str:
    """Return `text` with one layer of encoding, markup and escapes undone."""
    if not text.isascii():
        text = ftfy.fix_encoding(_paired(text), _FTFY)
    if "\\" in text or "u20" in text:
        text = _unescaped(text)
    if "&" in text:
        text = p.ENTITY.sub(_entity, text)
    if "<" in text:
        text = p.BREAK.sub("\n", p.COMMENT.sub(" ", p.STYLE.sub(" ", text)))
        text = p.TAG.sub(" ", p.INLINE.sub("", text))
    return _tidied(text)


def _paired(text: str) -> str:
    """Return `text` with halves of UTF-16 pairs joined; a lone half has no meaning and goes."""
    if not p.SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")


def _real(character: str) -> str:
    """Return what an escape stands for; an impossible character leaves nothing."""
    return "" if character == "\ufffd" else character


def _entity(match: re.Match[str]) -> str:
    """Return the character of one entity; a name that HTML does not know stays as it is."""
    if match[0][1] == "#":
        return _real(html.unescape(match[0]))
    return html.entities.html5.get(match[0][1:], match[0])


def _unescaped(text: str) -> str:
    """Return `text` with the literal escapes of programs replaced by what they stand for."""
    text = p.UNICODE_ESCAPE.sub(_escaped, text)
    text = p.LOST_ESCAPE.sub(lambda m: chr(int("20" + m[1], 16)), text)
    text = p.BYTE_ESCAPE.sub(_decoded, text)
    if not p.FILE_PATH.search(text):
        text = p.LINE_ESCAPE.sub("\n", text)
    return _paired(p.QUOTE_ESCAPE.sub("", text))


def _escaped(match: re.Match[str]) -> str:
    r"""Return the character of one ``\uXXXX``, or nothing if there is none."""
    code = int(match[1] or match[2] or match[3], 16)
    return _real(chr(code)) if code <= 0x10FFFF else ""


def _decoded(match: re.Match[str]) -> str:
    r"""Return the text of a run of ``\xNN``: UTF-8, else Windows-1252."""
    data = bytes.fromhex(match[0].replace("\\x", ""))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "ignore")


def _tidied(text: str) -> str:
    """Return `text` without invisible characters, with plain quotes, short runs and single blanks."""
    text = p.LINES.sub("\n", text)
    text = p.CONTROL.sub(" ", text)
    if not text.isascii():
        text = p.INVISIBLE.sub("", _paired(text)).translate(p.QUOTES)
    text = p.BACKTICK.sub("'", text)
    text = p.DOUBLED_QUOTE.sub('"', p.DOUBLED_APOSTROPHE.sub("'", text))
    text = p.REPEATED.sub(lambda m: m[1] * 3, text)
    return p.NEWLINES.sub("\n", p.BLANKS.sub(" ", text)).strip()


def is_non_answer(text: str) -> bool:
    """Return whether cleaned `text` says nothing that could be themed.

    Bare agreement ("yes", "no", "ok"), placeholders ("n/a", "nothing to add"), lone numbers and
    letters and keyboard mash say nothing; a bare judgement ("good", ":)", a thumb) does.

    >>> is_non_answer("N/A"), is_non_answer("no"), is_non_answer("very good"), is_non_answer(":)")
    (True, True, False, False)
    """
    if len(text) > _LONGEST_EMPTY_ANSWER:
        return False
    if p.FACE.search(text):
        return False
    spoken = words(text)
    if not spoken:
        return not p.EMOTICON.search(text)
    key = " ".join(spoken)
    if key.isdigit() or (len(key) == 1 and len(text.strip(" .,-_!?*")) == 1 and key.isascii()):
        return True
    if key in p.EMPTY_ANSWERS or p.FILLER.sub("", p.FILLER.sub("", key)) in p.EMPTY_ANSWERS:
        return True
    return len(spoken) == 1 and p.MASH.fullmatch(key) is not None


def boilerplate(text: str, question: str = "", templates: Collection[str] = ()) -> list[Span]:
    r"""Return the (start, end) of what the customer did not write as an answer, sorted and disjoint.

    Signatures, disclaimers, quoted mail, an agent's lines in a transcript, the survey's own
    `question`, and lines or sentences whose `text_key` is in `templates`. Empty: all is the
    customer's.

    >>> boilerplate("Very slow.\nSent from my iPhone")
    [(11, 30)]
    """
    spans: list[Span] = []
    lowered = text.lower()
    if any(hint in lowered for hint in p.HINTS):
        spans += _mail(text)
        spans += _transcript(text)
    if question:
        spans += _question(text, question)
    if templates:
        spans += [(start, end) for start, end in _units(text) if text_key(text[start:end]) in templates]
    return _merged(spans)


def _mail(text: str) -> Iterator[Span]:
    """Yield the spans of signatures, disclaimers and quoted mail."""
    for match in p.SENT_FROM.finditer(text):
        yield match.span()
    end = 0
    while closing := p.CLOSING.search(text, end):
        end = _end_of_tail(text, closing.end())
        yield closing.start(), end
    for match in p.DISCLAIMER.finditer(text):
        yield _start_of_sentence(text, match.start()), _end_of_line(text, match.end())
    for match in p.QUOTED_LINE.finditer(text):
        yield match.span()
    if quoted := p.QUOTED_MAIL.search(text):
        below = text[quoted.end() :].lstrip(" \n")
        yield quoted.start(), quoted.end() if below.startswith(">") else len(text)


def _end_of_line(text: str, start: int) -> int:
    """Return where the line that holds `start` ends."""
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _start_of_sentence(text: str, position: int) -> int:
    """Return where the sentence that holds `position` starts."""
    line = text.rfind("\n", 0, position) + 1
    stops = (text.rfind(stop, line, position) for stop in (". ", "! ", "? "))
    return max(line, *(stop + 2 if stop >= 0 else 0 for stop in stops))


def _end_of_tail(text: str, start: int) -> int:
    """Return where a signature that opens before `start` ends: after its last short line."""
    end = start
    while (line := p.SHORT_LINE.match(text, end)) and line[0]:
        if len(line[0].split()) > _LONGEST_TAIL_LINE or p.POSTSCRIPT.match(line[0]):
            break
        end = line.end()
    return end


def _transcript(text: str) -> Iterator[Span]:
    """Yield the agent's turns and the customer's labels of a chat transcript."""
    turns = list(p.SPEAKER.finditer(text))
    agents = [turn for turn in turns if turn["agent"]]
    customers = len(turns) - len(agents)
    if not agents or not (customers or len(agents) > 2 or p.GREETING.search(text)):
        return
    for turn, end in zip(turns, [*(t.start() for t in turns[1:]), len(text)], strict=True):
        if turn["customer"]:
            yield turn.span()
        else:
            # Without labels of the customer, a line without a label is the customer's.
            yield turn.start(), end if customers else min(end, _end_of_line(text, turn.end()))


def _question(text: str, question: str) -> Iterator[Span]:
    """Yield where the survey's question stands in the answer."""
    pattern = _question_pattern(question)
    if pattern is not None:
        yield from (match.span() for match in pattern.finditer(text))


@lru_cache(maxsize=256)
def _question_pattern(question: str) -> re.Pattern[str] | None:
    """Return what finds `question` whatever its marks and case; None: too short to be told apart."""
    parts = [re.escape(word) for word in words(question)]
    if len(parts) < 3:
        return None
    asked = r"\W{1,5}".join(parts)
    return re.compile(rf"(?<!\w)(?:Q\d*[:.] ?)?{asked}\b[?.:!]*", re.IGNORECASE)


def _units(text: str) -> Iterator[Span]:
    """Yield every line of cleaned `text`, and every sentence of a line that holds several."""
    for line in p.LINE.finditer(text):
        start, end = line.span()
        yield start, end
        stops = [stop.start() for stop in p.SENTENCE_END.finditer(text, start, end)]
        starts = [start, *(stop + 1 for stop in stops)]
        yield from zip(starts, [*stops, end], strict=True) if stops else ()


def _merged(spans: list[Span]) -> list[Span]:
    """Return `spans` sorted, overlapping ones as one, empty ones gone."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def learn_templates(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the `text_key`, sorted, of lines and sentences that many different texts hold.

    A template has six words or more and is a part of at least max(20, 1 %) of the distinct texts;
    a text that is wholly such a sentence does not count, so that a popular comment is none.
    """
    whole = {text_key(text): text for text in sorted(set(texts))}
    counts: Counter[str] = Counter()
    for key, text in whole.items():
        parts = {text_key(text[start:end]) for start, end in _units(text)} - {key}
        counts.update(part for part in parts if part.count(" ") >= _MIN_TEMPLATE_WORDS - 1)
    least = max(20, -(-len(whole) // 100))
    return tuple(sorted(part for part, count in counts.items() if count >= least))

"""Personal data out of comments, agents kept: text -> text with placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import ahocorasick_rs

from cx_text.stages import redact_names as n
from cx_text.stages import redact_patterns as p
from cx_text.stages import redact_rules as r

_DIGIT = re.compile(r"\d")
_PLAIN = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


PASSES = 8
"""More than any text needs: a clean one is read once, one with personal data mostly twice."""


@dataclass(frozen=True)
class Redactor:
    """Replaces personal data by placeholders such as ``[EMAIL]``; the rest stays as it is.

    Mail, phone, card, IBAN, IP, identity, account and order numbers and dates of birth go by shape,
    checksum and context; postal addresses by shape; names by cue ("my name is ...") and by a list of
    first names: other names are not found. Full-width digits become plain ones. Social
    handles stay: in feedback they name brands, and without them a tweet has no subject. A public web
    address stays without its query; one that leads to a person goes.

    Attributes:
        roster: names of agents as the exports spell them.
        keep_agents: names on the roster stay, a first or last name of theirs behind a cue too;
            else they become ``[NAME]`` like all others.
    """

    roster: tuple[str, ...] = ()
    keep_agents: bool = True

    def __call__(self, text: str) -> str:
        """Return `text` without personal data; redacting twice changes nothing more.

        >>> Redactor()("Mail me at ann@example.org about order 123456")
        'Mail me at [EMAIL] about order [ORDER]'
        """
        for _ in range(PASSES):
            before, text = text, self._once(text)
            if text == before:
                break
        return text

    def _once(self, text: str) -> str:
        """Return `text` after one pass; what a placeholder cuts apart may be seen only in the next."""
        text = plain_width(text)
        lowered = f" {text.lower()}".replace("\n", " ")
        if "://" in text or "www." in lowered:
            text = p.URL.sub(r.web_address, text)
        if "@" in text or " at " in lowered or "(at)" in lowered or "[at]" in lowered:
            text = p.SPELLED_EMAIL.sub(r.spelled_mail, p.EMAIL.sub("[EMAIL]", text))
        if _holds(lowered, p.SPOKEN_HINTS):
            text = p.SPOKEN.sub("[ACCOUNT]", text)
        if digits := len(_DIGIT.findall(text)):
            for least, hints, pattern, replacement in r.RULES:
                if digits >= least and (not hints or _holds(lowered, hints)):
                    text = pattern.sub(replacement, text)
        if not self.keep_agents and self.roster:
            text = self._without_roster(text)
        for hints, cue in n.CUES:
            if _holds(lowered, hints):
                text = self._without_names(text, cue)
        return n.RUN.sub(self._without_first, text)

    def __getstate__(self) -> dict[str, Any]:
        """Return the settings alone: what is derived from them is built again where it is needed."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def _full(self) -> frozenset[str]:
        """The roster, case-folded."""
        return frozenset(" ".join(name.casefold().split()) for name in self.roster)

    @cached_property
    def _parts(self) -> frozenset[str]:
        """Every first and last name on the roster, case-folded."""
        return frozenset(part for name in self._full for part in (name.split()[0], name.split()[-1]) if name)

    @cached_property
    def _finder(self) -> ahocorasick_rs.AhoCorasick:
        """The automaton of all names on the roster, longest first."""
        names = sorted({_lowered(" ".join(name.split())) for name in self.roster} - {""})
        return ahocorasick_rs.AhoCorasick(names, matchkind=ahocorasick_rs.MATCHKIND_LEFTMOST_LONGEST)

    def _without_roster(self, text: str) -> str:
        """Return `text` with every full name of the roster replaced, whatever its case."""
        pieces, done = [], 0
        for _, start, end in self._finder.find_matches_as_indexes(_lowered(text)):
            if text[start - 1 : start].isalnum() or text[end : end + 1].isalnum():
                continue
            pieces += [text[done:start], "[NAME]"]
            done = end
        return "".join([*pieces, text[done:]])

    def _without_names(self, text: str, cue: re.Pattern[str]) -> str:
        """Return `text` with the people behind `cue` replaced, kept agents excepted."""
        pieces, done = [], 0
        match = cue.search(text)
        while match:
            start = match.start(match.lastgroup or 0)
            name = _person(text[start : match.end()], listed=match.lastgroup == "listed")
            if name and not self.keeps(name):
                pieces += [text[done:start], "[NAME]"]
                start = done = start + len(name)
            # A cue may stand inside of what looked like a name.
            match = cue.search(text, start)
        return "".join([*pieces, text[done:]])

    def _without_first(self, run: re.Match[str]) -> str:
        """Return capitalised words with the name replaced that begins with a listed first name."""
        for word in re.finditer(r"\S+", run[0]):
            start = run.start() + word.start()
            is_place = n.PLACE.search(run.string, max(0, start - 8), start)
            if _folded(word[0]) in n.lists().first and not word[0].isupper() and not is_place:
                name = _person(run[0][word.start() :], strict=True)
                if name and not self.keeps(name):
                    return f"{run[0][: word.start()]}[NAME]{run[0][word.start() + len(name) :]}"
        return run[0]

    def keeps(self, name: str) -> bool:
        """Return whether `name` stays: an agent's as on the roster, or one word that is part of one."""
        folded = " ".join(name.casefold().split())
        return self.keep_agents and (folded in self._full or (" " not in folded and folded in self._parts))


def plain_width(text: str) -> str:
    r"""Return `text` with full-width letters and marks as plain ones where digits or @ are among them.

    >>> plain_width("\uff10\uff12\uff10 1")
    '020 1'
    """
    return text.translate(_PLAIN) if not text.isascii() and p.WIDE.search(text) else text


def _holds(text: str, hints: Iterable[str]) -> bool:
    """Return whether one of `hints` is in `text`; a plain loop, for all texts pass here."""
    for hint in hints:  # noqa: SIM110 - any() over a generator takes twice the time
        if hint in text:
            return True
    return False


def _lowered(text: str) -> str:
    """Return `text` in lower case, every character still at its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _person(candidate: str, *, listed: bool = False, strict: bool = False) -> str:
    """Return the leading words of `candidate` that can be a name; empty if the first cannot.

    Args:
        candidate: words that begin where a name is expected.
        listed: the first must be a listed first name.
        strict: ordinary words are no names though they are capitalised ("Ann Called").
    """
    end = 0
    for match in re.finditer(r"\S+", candidate):
        word = _folded(match[0])
        if end and word in n.LINKS:
            continue
        plain = strict or match[0].isupper() or match[0].islower()
        if word in n.NOT_NAMES or (plain and len(word) > 1 and word in n.lists().words):
            break
        if listed and not end and word not in n.lists().first:
            break
        end = match.end()
    return candidate[:end].rstrip(".'").removesuffix("'s") if end > 2 else ""


def _folded(word: str) -> str:
    """Return `word` as the lists have it: in small letters, without a possessive or a mark behind it."""
    return word.casefold().strip(".'").removesuffix("'s")

"""Personal data out of comments, agents kept: text -> text with placeholders."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import Any

import ahocorasick_rs

from cx_text.stages import redact_patterns as p

_DIGIT = re.compile(r"\d")
_Replacement = str | Callable[[re.Match[str]], str]
_SEPARATORS = re.compile(r"\D+")


PASSES = 8
"""More than any text needs: a clean one is read once, one with personal data mostly twice."""


@dataclass(frozen=True)
class Redactor:
    """Replaces personal data by placeholders such as ``[EMAIL]``; the rest stays as it is.

    Mail, phone, card, IBAN, IP, identity, account and order numbers go by shape, checksum and
    context; postal addresses and names by shape and cue ("my name is ..."): what has no cue is not
    found. Social handles stay: in feedback they name brands, and without them a tweet has no subject.
    A public web address stays without its query; one that leads to a person goes.

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
        lowered = f" {text.lower()}".replace("\n", " ")
        if "://" in text or "www." in lowered:
            text = p.URL.sub(_address_of_page, text)
        if "@" in text or " at " in text or "(at)" in lowered or "[at]" in lowered:
            text = p.SPELLED_EMAIL.sub(_spelled, p.EMAIL.sub("[EMAIL]", text))
        if digits := len(_DIGIT.findall(text)):
            for least, hints, pattern, replacement in RULES:
                if digits >= least and (not hints or any(hint in lowered for hint in hints)):
                    text = pattern.sub(replacement, text)
        if not self.keep_agents and self.roster:
            text = self._without_roster(text)
        for hints, cue in p.CUES:
            if any(hint in lowered for hint in hints):
                text = self._without_names(text, cue)
        return text

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
            name = _person(text[start : match.end()])
            if name and not (self.keep_agents and self._is_agent(name)):
                pieces += [text[done:start], "[NAME]"]
                start = done = start + len(name)
            # A cue may stand inside of what looked like a name.
            match = cue.search(text, start)
        return "".join([*pieces, text[done:]])

    def _is_agent(self, name: str) -> bool:
        """Return whether `name` is a full name of the roster, or one word that is part of one."""
        folded = " ".join(name.casefold().split())
        return folded in self._full or (" " not in folded and folded in self._parts)


def _lowered(text: str) -> str:
    """Return `text` in lower case, every character still at its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _person(candidate: str) -> str:
    """Return the leading words of `candidate` that can be a name; empty if the first cannot."""
    end = 0
    for word in re.finditer(r"\S+", candidate):
        if word[0].casefold().strip(".'") in p.NOT_NAMES:
            break
        end = word.end()
    return candidate[:end].rstrip(".") if end > 2 else ""


def _spelled(match: re.Match[str]) -> str:
    """Return a placeholder where a mail address is written out in words."""
    return "[EMAIL]" if p.MAIL_HOSTS.search(match[0]) else match[0]


def _address_of_page(match: re.Match[str]) -> str:
    """Return a public web address without its query, or a placeholder where it leads to a person."""
    url = match[0].rstrip(".,;:!?)'")
    rest = match[0][len(url) :]
    plain = re.split(r"[?#]", url, maxsplit=1)[0]
    personal = p.URL_USER.search(plain) or p.URL_SECRET.search(plain)
    return ("[URL]" if personal else plain) + rest


def _valued(match: re.Match[str], kind: str) -> str:
    """Return the match with its value replaced and its cue kept."""
    start, end = (edge - match.start() for edge in match.span("value"))
    return f"{match[0][:start]}[{kind}]{match[0][end:]}"


def _iban(match: re.Match[str]) -> str:
    """Return a placeholder for an IBAN whose check digits hold, and what stood behind it.

    Reference: ISO 13616, modulus 97 of the rearranged number is 1.
    """
    raw = match[0]
    length = p.IBAN_LENGTHS.get(raw[:2].upper(), 0)
    places = [i for i, character in enumerate(raw) if character.isalnum()]
    if not length or len(places) < length:
        return raw
    end = places[length - 1] + 1
    compact = "".join(raw[i] for i in places[:length]).upper()
    number = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    return f"[IBAN]{raw[end:]}" if int(number) % 97 == 1 else raw


def _card(match: re.Match[str]) -> str:
    """Return a placeholder for a card number: grouped like one, or with a check digit that holds.

    Reference: ISO/IEC 7812, the Luhn sum is a multiple of 10.
    """
    digits = [int(digit) for digit in _DIGIT.findall(match[0])]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    valid = (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
    return "[CARD]" if valid or match[1] or match[2] else match[0]


def _ip(match: re.Match[str]) -> str:
    """Return a placeholder for an IPv6 address; a time of day is none."""
    if match[0].count(":") < 3:
        return match[0]
    try:
        ipaddress.IPv6Address(match[0])
    except ValueError:
        return match[0]
    return "[IP]"


def _identifier(match: re.Match[str], kind: str) -> str:
    """Return the match with its number replaced, unless it is a year, a date or a quantity."""
    value = match["value"]
    lead = match[0][: match.start("value") - match.start()].rstrip()
    marked = match["named"] or value.startswith("#") or lead.endswith((":", "#", "="))
    least = 3 if marked else 5
    if len(_DIGIT.findall(value)) < least or p.YEAR.fullmatch(value):
        return match[0]
    if not marked and p.UNITS.match(match.string, match.end()):
        return match[0]
    return _valued(match, kind)


def _number(match: re.Match[str]) -> str:
    """Return a placeholder for a phone number; dates, amounts and lists of numbers stay."""
    raw, text = match[0], match.string
    groups = [group for group in _SEPARATORS.split(raw) if group]
    size = sum(map(len, groups))
    if match["ext"] or (raw[0] == "+" and size > 6):
        return "[PHONE]"
    cued = p.PHONE_CUE.search(text, max(0, match.start() - 30), match.start()) or p.NUMBER_TAIL.match(
        text, match.end()
    )
    if p.DATE.fullmatch(raw) and not cued:
        return raw
    if len(groups) == 1:
        return "[PHONE]" if _is_phone_length(raw, size, cued=bool(cued)) else raw
    is_version = "." in raw and min(map(len, groups)) == 1
    shaped = size > 6 and "/" not in raw and size >= 2 * len(groups) and not (is_version or _is_range(raw))
    return "[PHONE]" if shaped or (cued and size > 5) else raw


def _is_phone_length(raw: str, size: int, *, cued: bool) -> bool:
    """Return whether digits without a gap are a phone number by length, first digit and cue."""
    return (cued and 7 <= size <= 15) or (size in (10, 11) and raw[0] in "06789")


def _is_range(raw: str) -> bool:
    """Return whether two numbers stand for "from - to" or a decimal rather than one number."""
    parts = re.split(r" ?[.-] ?", raw)
    return (
        len(parts) == 2
        and len(parts[0]) != 3
        and len(parts[1]) != 7
        and all(part.isdigit() for part in parts)
    )


def _long(match: re.Match[str]) -> str:
    """Return a placeholder for a long number that nothing explains; a date of 8 digits stays."""
    if p.DATE.fullmatch(match[0]):
        return match[0]
    return "[ACCOUNT]" if match[0].isdigit() else "[ORDER]"


RULES: tuple[tuple[int, tuple[str, ...], re.Pattern[str], _Replacement], ...] = (
    (3, ("-",), p.UUID, "[ID]"),
    (8, (), p.IBAN, _iban),
    (13, (), p.CARD, _card),
    (2, (":", "-"), p.MAC, "[ID]"),
    (4, (".",), p.IP4, "[IP]"),
    (2, (":",), p.IP6, _ip),
    (6, (), p.SSN, "[ID]"),
    (4, ("end",), p.CARD_TAIL, partial(_valued, kind="CARD")),
    (1, p.SECRET_HINTS, p.SECRET, partial(_valued, kind="ID")),
    *(
        (3, p.KIND_HINTS[kind], pattern, partial(_identifier, kind=kind))
        for kind, pattern in p.IDENTIFIER.items()
    ),
    (1, (), p.STREET, "[ADDRESS]"),
    (1, p.ABROAD_HINTS, p.STREET_ABROAD, "[ADDRESS]"),
    (1, ("box", "apt", "apartment", "suite", "ste"), p.BOX, "[ADDRESS]"),
    (
        1,
        ("address", "live at", "live on", "lives at", "lives on"),
        p.ADDRESS_CUE,
        partial(_valued, kind="ADDRESS"),
    ),
    (5, (), p.ZIP, "[ADDRESS]"),
    (2, (", ", "code", "zip"), p.POSTCODE, "[ADDRESS]"),
    (5, ("#", "-"), p.ORDER, "[ORDER]"),
    (6, (), p.NUMBER, _number),
    (6, (), p.LONG_ID, _long),
)
"""In order: fewest digits of the text, hints of which one must be in it, what to find, what to put."""

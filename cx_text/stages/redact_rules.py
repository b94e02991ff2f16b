"""What `redact` does with a shape it found: the rules in order, and the judges of unclear cases."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import partial

from cx_text.stages import redact_patterns as p

_DIGIT = re.compile(r"\d")
_SEPARATORS = re.compile(r"\D+")
_Replacement = str | Callable[[re.Match[str]], str]


def spelled_mail(match: re.Match[str]) -> str:
    """Return a placeholder where a mail address is written out in words."""
    return "[EMAIL]" if p.MAIL_HOSTS.search(match[0]) else match[0]


def web_address(match: re.Match[str]) -> str:
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
    """Return a placeholder for a card number, by groups or check digit, and what stood behind it.

    Reference: ISO/IEC 7812, the Luhn sum is a multiple of 10.
    """
    raw = match[0]
    ends = [digit.end() for digit in _DIGIT.finditer(raw)]
    whole = [end for end in ends[:11:-1] if not raw[end : end + 1].isdigit()]
    end = next((end for end in whole if _luhn(raw[:end])), 0)
    if grouped := p.CARD_GROUPS.match(raw):
        end = max(end, grouped.end())
    return f"[CARD]{raw[end:]}" if end else raw


def _luhn(raw: str) -> bool:
    """Return whether the last digit of `raw` checks the others."""
    digits = [int(digit) for digit in _DIGIT.findall(raw)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


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
    if not p.CODE.fullmatch(value):
        lead = match[0][: match.start("value") - match.start()].rstrip()
        marked = match["named"] or value.startswith("#") or lead.endswith((":", "#", "=", "("))
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
    cued = bool(
        p.PHONE_CUE.search(text, max(0, match.start() - 30), match.start())
        or p.NUMBER_TAIL.match(text, match.end())
    )
    if cued and size > 6 and raw[0] in "0(":
        return "[PHONE]"
    if p.DATE.fullmatch(raw) and not cued:
        return raw
    if len(groups) == 1:
        return "[PHONE]" if _is_phone_length(raw, size, cued=cued) else raw
    return "[PHONE]" if _is_shaped(raw, groups) or (cued and size > 5) else raw


def _is_shaped(raw: str, groups: list[str]) -> bool:
    """Return whether groups of digits look like one phone number, or like one read out digit by digit."""
    size = sum(map(len, groups))
    if size == len(groups):
        return size > 6 and set(_SEPARATORS.findall(raw)) == {" "} and "".join(groups) not in "12345678910"
    if "\n" in raw and raw[0] not in "0(":
        return False
    is_version = "." in raw and ". " not in raw and min(map(len, groups)) == 1
    return (
        size > 6
        and ("/" not in raw or bool(p.SLASHED.fullmatch(raw)))
        and size >= 2 * len(groups) - 1
        and not (is_version or _is_range(raw))
    )


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
    (4, (".", " dot "), p.IP4, "[IP]"),
    (2, (":",), p.IP6, _ip),
    (2, p.BIRTH_HINTS, p.BIRTH, partial(_valued, kind="ID")),
    (6, (), p.SSN, "[ID]"),
    (4, ("end",), p.CARD_TAIL, partial(_valued, kind="CARD")),
    (1, p.SECRET_HINTS, p.SECRET, partial(_valued, kind="ID")),
    *(
        (2, p.KIND_HINTS[kind], pattern, partial(_identifier, kind=kind))
        for kind, pattern in p.IDENTIFIER.items()
    ),
    (1, (), p.STREET, "[ADDRESS]"),
    (1, p.ABROAD_HINTS, p.STREET_ABROAD, "[ADDRESS]"),
    (5, (), p.STREET_FIRST, "[ADDRESS]"),
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

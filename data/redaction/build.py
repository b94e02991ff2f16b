"""Writes 2,000 comments with invented personal data, and where in them it stands.

    python data/redaction/build.py [--output FILE]

Ten kinds of identifiers, 200 comments each, in eight manners of writing. All words and numbers lie in
``phrases.toml``; the same arguments give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

HERE = Path(__file__).parent
PHRASES: dict[str, Any] = tomllib.loads((HERE / "phrases.toml").read_text("utf-8"))
EACH = 25
"""Comments of one kind in one manner."""

Parts = tuple[str, str, str]
"""What stands before the private data, the data, what stands behind."""


# --- what is private -----------------------------------------------------------------------------


def filled(rng: Random, shape: str, signs: str) -> str:
    """Return `shape` with digits for its 9 or n and capitals for its A, as far as in `signs`."""
    draws = {"9": "0123456789", "n": "0123456789", "A": "ABCDEFGHJKLMNPRSTUVWXYZ"}
    return "".join(rng.choice(draws[sign]) if sign in signs else sign for sign in shape)


def mail(rng: Random) -> str:
    """Return a mail address at a domain that is kept for examples."""
    words = PHRASES["mail"]
    name = rng.choice(words["shapes"]).format(
        f=rng.choice(words["first"]), l=rng.choice(words["last"]), n=rng.randrange(1, 99)
    )
    return f"{name}@{rng.choice(words['host'])}"


def birth(rng: Random) -> str:
    """Return the date of birth of an adult, in one of several spellings."""
    words = PHRASES["birth"]
    month, year = rng.choice(words["months"]), rng.randrange(1941, 2004)
    return str(rng.choice(words["shapes"])).format(
        d=rng.randrange(11, 20), m=rng.randrange(1, 13), y=year, s=year % 100, M=month, S=month[:3]
    )


def person(rng: Random) -> str:
    """Return a first name, with a surname mostly."""
    first, last = rng.choice(PHRASES["name"]["first"]), rng.choice(PHRASES["name"]["last"])
    return f"{first} {last}" if rng.random() < 0.7 else str(first)


def listed(kind: str, signs: str = "") -> Callable[[Random], str]:
    """Return what draws one of the values listed under `kind`."""
    return lambda rng: filled(rng, rng.choice(PHRASES[kind]["all"]), signs)


VALUES: dict[str, Callable[[Random], str]] = {
    "EMAIL": mail,
    "PHONE": listed("phone", "n"),
    "CARD": listed("card"),
    "IBAN": listed("iban"),
    "IP": listed("ip", "n"),
    "ADDRESS": lambda rng: rng.choice(PHRASES["address"]["all"]).format(n=rng.randrange(2, 300)),
    "NAME": person,
    "BIRTH": birth,
}
KINDS = (*VALUES, "ID", "NUMBER")


def drawn(rng: Random, kind: str) -> tuple[str, str, str]:
    """Return a frame, a value for it, and the value's type."""
    if kind == "NUMBER":
        what, about = rng.choice(list(PHRASES["numbers"].items()))
        frame = rng.choice(PHRASES["number_frames"]["all"]).replace("{what}", what)
        return frame, filled(rng, rng.choice(about["shapes"]), "9A"), about["type"]
    frame = rng.choice(PHRASES["frames"][kind])
    if kind == "ID":
        what, values = rng.choice(list(PHRASES["identity"].items()))
        return frame.replace("{what}", what), rng.choice(values), kind
    return frame, VALUES[kind](rng), kind


# --- how it is written ---------------------------------------------------------------------------


def plain(_: Random, __: str, parts: Parts) -> Parts:
    """Return the comment as it is."""
    return parts


def chat(rng: Random, _: str, parts: Parts) -> Parts:
    """Return the comment as a turn of a chat."""
    opening, closing = rng.choice(PHRASES["chat"]["frames"])
    return opening + parts[0], parts[1], parts[2] + closing


def hasty(rng: Random, _: str, parts: Parts) -> Parts:
    """Return the comment in lower case, with a slip in each sixth word around the private data."""

    def slip(match: re.Match[str]) -> str:
        """Return a word with two letters swapped, one dropped or one doubled."""
        word, at = match[0], rng.randrange(1, len(match[0]) - 2)
        if rng.random() > 1 / 6:
            return word
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return rng.choice([swapped, word[:at] + word[at + 1 :], word[: at + 1] + word[at:]])

    before, value, after = (part.lower() for part in parts)
    return re.sub(r"[a-z]{4,}", slip, before), value, re.sub(r"[a-z]{4,}", slip, after)


def lines(rng: Random, kind: str, parts: Parts) -> Parts:
    """Return the comment with line breaks around its private data, at times inside of it."""
    before, value, after = parts
    broken = value.replace(" ", "\n", 1) if kind not in {"ADDRESS", "NAME"} else value.replace(", ", ",\n")
    return re.sub(r" \Z", "\n", before), rng.choice([value, broken]), re.sub(r"\A ", "\n", after)


def glued(_: Random, __: str, parts: Parts) -> Parts:
    """Return the comment with the blanks beside its private data taken by marks."""
    before, value, after = parts
    return re.sub(r"[:,]? ?\Z", ":", before, count=1), value, re.sub(r"\A ", ",", after)


def wide(_: Random, __: str, parts: Parts) -> Parts:
    """Return the comment with full-width digits, as East Asian keyboards write them."""
    table = {code: code + 0xFEE0 for code in (*range(0x30, 0x3A), 0x40)}
    return parts[0], parts[1].translate(table), parts[2]


def shouted(_: Random, __: str, parts: Parts) -> Parts:
    """Return the comment in capitals."""
    return parts[0].upper(), parts[1].upper(), parts[2].upper()


def spelled(rng: Random, kind: str, parts: Parts) -> Parts:
    """Return the comment with its private data dictated, where such a thing is dictated."""
    value, digits = parts[1], re.sub(r"\D", "", parts[1])
    if kind == "EMAIL":
        at, dot = rng.choice(PHRASES["spelled"]["marks"])
        value = value.replace("@", at).replace(".", dot)
    elif kind == "IP":
        value = value.replace(".", " dot ")
    elif kind not in {"BIRTH", "ADDRESS"} and re.fullmatch(r"[\d -]{8,}", value):
        words = " ".join(PHRASES["spelled"]["digits"][int(digit)] for digit in digits)
        value = rng.choice([words, " ".join(digits), ". ".join(re.findall("..?", digits))])
    return parts[0], value, parts[2]


MANNERS = (plain, chat, hasty, lines, glued, wide, shouted, spelled)


# --- the set -------------------------------------------------------------------------------------


def comments() -> Iterator[dict[str, Any]]:
    """Yield the comments: id, text, spans as (start, end, type)."""
    for kind, manner, number in product(KINDS, MANNERS, range(EACH)):
        rng = Random(f"{kind} {manner.__name__} {number}")
        frame, value, type_ = drawn(rng, kind)
        before, after = frame.split("{value}")
        decoys = rng.sample(PHRASES["decoys"]["all"], 2)
        ahead = f"{decoys[0]} " if rng.random() < 1 / 3 else ""
        behind = f". {decoys[1]}" if rng.random() < 1 / 2 and (after or kind != "NAME") else ""
        parts = manner(rng, type_, (ahead + before, value, after + behind))
        start = len(parts[0])
        span = [start, start + len(parts[1]), type_]
        yield {"id": f"{kind.lower()}-{manner.__name__}-{number:02}", "text": "".join(parts), "spans": [span]}


def main() -> None:
    """Write the set as JSON lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=HERE / "comments.jsonl")
    output: Path = parser.parse_args().output
    rows = (json.dumps(comment, ensure_ascii=False) for comment in comments())
    output.write_text("".join(f"{row}\n" for row in rows), "utf-8", newline="\n")


if __name__ == "__main__":
    main()

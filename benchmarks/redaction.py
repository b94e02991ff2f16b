"""Redaction against gold: what is found of each type, what is touched that is clean, and how fast.

Run as ``python benchmarks/redaction.py [--data DIR] [--verbose]``. The name recogniser is measured where
its model is installed (``pip install 'cx_text[names]'``).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from cx_text.errors import UsageError
from cx_text.stages.clean import clean
from cx_text.stages.recognise import NameRecogniser
from cx_text.stages.redact import Redactor, plain_width
from cx_text.text import PLACEHOLDER

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
OURS = ROOT / "data" / "redaction" / "comments.jsonl"
CLEAN = ("app_reviews_4class", "banking77", "mams_acsa", "womens_clothing_part")
"""Reviews and questions that hold no personal data but, at times, a first name of the staff."""
EACH = 1250
STRUCTURED = {
    "ours": ("EMAIL", "PHONE", "CARD", "IBAN", "ID", "IP", "ACCOUNT", "ORDER", "BIRTH"),
    "presidio_synth": (
        *("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN"),
        "US_DRIVER_LICENSE",
    ),
    "bitext_support": ("order_id", "invoice_id"),
}
LOOSE = {
    "ours": ("NAME", "ADDRESS"),
    "presidio_synth": ("PERSON", "STREET_ADDRESS", "ADDRESS", "ZIP_CODE"),
    "bitext_support": ("person_name",),
}
"""What is measured, and not promised."""
TITLE = re.compile(r"(?:mrs?|ms|miss|dr|prof)\b\.? ?", re.IGNORECASE)
NOT_PERSONAL = {
    "ORGANIZATION",
    "GPE",
    "LOCATION",
    "DATE_TIME",
    "TITLE",
    "AGE",
    "NRP",
    "PREFIX",
    "DOMAIN_NAME",
}
"""Labels of presidio_synth that redaction does not look for."""

Hide = Callable[[str], str]


class Comment(NamedTuple):
    """A text and its personal data as (start, end, type)."""

    text: str
    spans: Sequence[tuple[int, int, str]]


def ours() -> list[Comment]:
    """Return our own 2,000 comments."""
    rows = [json.loads(line) for line in OURS.read_text("utf-8").splitlines()]
    return [Comment(row["text"], [tuple(span) for span in row["spans"]]) for row in rows]


def read(name: str, folder: Path) -> pd.DataFrame:
    """Return a public set, all cells as text.

    Raises:
        SystemExit: it is not there.
    """
    path = folder / f"{name}.csv.gz"
    if not path.is_file():
        sys.exit(f"error: {path} is missing; name the folder of the public sets with --data")
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


def presidio(folder: Path) -> list[Comment]:
    """Return the synthetic texts of presidio-research and all their labels."""
    frame = read("presidio_synth", folder)
    return [
        Comment(text, [tuple(span) for span in json.loads(label)])
        for text, label in zip(frame["text"], frame["label"], strict=True)
    ]


def bitext(folder: Path) -> list[Comment]:
    """Return the questions of bitext_support that hold an order, a bill or a name.

    The only thing mended on them are numbers without a blank before them ("order123456").
    """
    frame = read("bitext_support", folder)
    kinds = (*STRUCTURED["bitext_support"], *LOOSE["bitext_support"])
    return [
        Comment(text, [(int(float(start)), int(float(end)), kind)])
        for text, kind, start, end in zip(
            *(frame[name] for name in ("text", "entity_type", "start_offset", "end_offset")), strict=True
        )
        if kind in kinds
    ]


def spread(name: str, folder: Path, size: int = EACH) -> list[str]:
    """Return `size` cleaned texts from all over a public set, other ones than were read while mending."""
    texts = read(name, folder)["text"].tolist()
    return [clean(texts[(2 * n + 1) * len(texts) // (2 * size)]) for n in range(size)]


def replaced(text: str, safe: str) -> list[tuple[int, int]]:
    """Return the places of `text` that are no more in its redacted form `safe`.

    >>> replaced("call 555-0100 now", "call [PHONE] now")
    [(5, 13)]
    """
    pattern = []
    for part in re.split(rf"({PLACEHOLDER.pattern}|(?:https?://|www\.)[^\s\[]+)", plain_width(safe)):
        if PLACEHOLDER.fullmatch(part):
            pattern.append("(.+?)")
        else:  # a web address loses its query without a mark
            pattern.append(re.escape(part) + (r"([^\s\[]*?)" if re.match("https?://|www", part) else ""))
    match = re.fullmatch("".join(pattern), plain_width(text), re.DOTALL)
    if not match:
        message = f"{safe!r} is no redacted form of {text!r}"
        raise ValueError(message)
    return [span for span in match.regs[1:] if span[0] < span[1]]


class Figures(NamedTuple):
    """What became of a set: found and all by type, replaced places that hold personal data and all."""

    found: Counter[str]
    total: Counter[str]
    right: int
    places: int
    missed: dict[str, list[str]]


def measured(comments: Sequence[Comment], hide: Hide) -> Figures:
    """Return the figures of `hide`: found is a span of which no letter or digit is left but a title."""
    found, total, right, places = Counter[str](), Counter[str](), 0, 0
    missed = defaultdict(list)
    for text, spans in comments:
        safe = hide(text)
        gone = replaced(text, safe)
        hidden = {place for start, end in gone for place in range(start, end)}
        for start, end, kind in spans:
            name = range(title.end() if (title := TITLE.match(text, start, end)) else start, end)
            whole = all(place in hidden for place in name if text[place].isalnum())
            total[kind] += 1
            found[kind] += whole
            if not whole:
                missed[kind].append(f"{text[start:end]!r} in {safe!r}")
        places += len(gone)
        right += sum(any(start < last and first < end for first, last, _ in spans) for start, end in gone)
    return Figures(found, total, right, places, missed)


def recall(
    name: str, comments: Sequence[Comment], hiders: dict[str, Hide], *, verbose: bool
) -> Iterator[str]:
    """Yield recall by type and the precision of what is replaced."""
    told = {reader: measured(comments, hide) for reader, hide in hiders.items()}
    yield f"{name + ', recall':32} {'n':>5} " + "".join(f"{reader:>16}" for reader in told)
    for kind in (*STRUCTURED[name], *LOOSE[name]):
        total = next(iter(told.values())).total[kind]
        shares = "".join(f"{one.found[kind] / total:16.1%}" for one in told.values())
        yield f"{kind + ('' if kind in STRUCTURED[name] else ' (not promised)'):32} {total:5} {shares}"
        if verbose:
            yield from (f"    {line}" for line in list(told.values())[-1].missed[kind])
    yield f"{'precision of replacements':38} " + "".join(
        f"{one.right / max(one.places, 1):16.1%}" for one in told.values()
    )


def touched(folder: Path, hiders: dict[str, Hide], *, verbose: bool) -> Iterator[str]:
    """Yield the share of clean comments that are changed, and how fast all are read."""
    yield f"{'clean comments touched':32} {'n':>5} " + "".join(f"{reader:>16}" for reader in hiders)
    texts = {name: spread(name, folder) for name in CLEAN}
    every = [text for part in texts.values() for text in part]
    for name, part in (*texts.items(), ("all", every)):
        shares = "".join(f"{sum(hide(t) != t for t in part) / len(part):16.2%}" for hide in hiders.values())
        yield f"{name:32} {len(part):5} {shares}"
    if verbose:
        hide = list(hiders.values())[-1]
        yield from (f"    {safe!r}" for text in every if (safe := hide(text)) != text)
    speeds = "".join(f"{len(every) / seconds(every, hide):16,.0f}" for hide in hiders.values())
    yield f"{'comments a second of one core':38} {speeds}"


def seconds(texts: Sequence[str], hide: Hide) -> float:
    """Return the processor seconds that `hide` takes for `texts`, the better of two."""
    times = []
    for _ in range(2):
        begin = time.process_time()
        for text in texts:
            hide(text)
        times.append(time.process_time() - begin)
    return min(times)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    parser.add_argument("--verbose", action="store_true", help="print what was missed and what was touched")
    options = parser.parse_args()
    redactor = Redactor()
    hiders: dict[str, Hide] = {"patterns": redactor}
    try:
        recogniser = NameRecogniser(redactor.keeps)
    except UsageError as error:
        print(error)
    else:
        hiders["and recogniser"] = lambda text: recogniser(redactor(text))
    sets = {"ours": ours(), "presidio_synth": presidio(options.data), "bitext_support": bitext(options.data)}
    for name, comments in sets.items():
        print(*recall(name, comments, hiders, verbose=options.verbose), sep="\n", end="\n\n")
    print(*touched(options.data, hiders, verbose=options.verbose), sep="\n")


if __name__ == "__main__":
    main()

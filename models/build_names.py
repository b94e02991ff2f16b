"""Make the word lists of names-1: first names, and ordinary words that are no names (development time only).

Run from the project's root: ``python models/build_names.py CENSUS_DIR PUBLIC_DIR``. CENSUS_DIR holds
``dist.male.first`` and ``dist.female.first`` of the 1990 census of the United States (public domain; the
package ``names`` 0.3.0 carries them), PUBLIC_DIR the public sets that a shipped model may learn from.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent / "names-1"
SETS = ("goemotions", "skytrax_lounge_seat", "cfpb_narratives")
LEAST = 3
"""Texts that write a word in small letters; at least half as many as write it with a capital."""
WORD = re.compile(r"(?<![\w@'\u2019])[A-Za-z][a-z]+(?![\w'\u2019]|@)")


def ordinary(folder: Path) -> set[str]:
    """Return the words that people write in small letters, inside of a sentence too."""
    small, capital = Counter[str](), Counter[str]()
    for name in SETS:
        frame = pd.read_csv(folder / f"{name}.csv.gz", dtype=str, keep_default_na=False, lineterminator="\n")
        for text in frame["text"]:
            for word in set(WORD.findall(text)):
                (small if word.islower() else capital)[word.lower()] += 1
    return {word for word, count in small.items() if count >= LEAST and 2 * count >= capital[word]}


def first_names(folder: Path) -> set[str]:
    """Return the first names of the census that are no word of another language, and our own."""
    lines = [
        line
        for half in ("male", "female")
        for line in (folder / f"dist.{half}.first").read_text("ascii").split("\n")
        if line
    ]
    added = (HERE / "added.txt").read_text("utf-8").split()
    foreign = {
        word
        for code in ("de", "es", "fr", "it", "nl", "pt")
        for word in import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS
    }
    return {line.split()[0].lower() for line in lines} - foreign | set(added)


def main() -> None:
    """Write both lists and the manifest."""
    census, public = map(Path, sys.argv[1:])
    words = ordinary(public)
    other = set((HERE / "not_alone.txt").read_text("utf-8").split())
    names = first_names(census) - words - other
    lists = {"words.txt": words, "first.txt": names}
    for name, held in lists.items():
        (HERE / name).write_text("".join(f"{word}\n" for word in sorted(held)), "utf-8", newline="\n")
    hashes = {path.name: sha256(path.read_bytes()).hexdigest() for path in sorted(HERE.glob("*.txt"))}
    (HERE / "manifest.json").write_text(
        json.dumps({"format": 1, "sha256": hashes}, indent=2) + "\n", "utf-8", newline="\n"
    )


if __name__ == "__main__":
    main()

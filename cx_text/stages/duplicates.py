"""Near copies: templates, chain mails and copied comments, grouped so that each counts once.

Two texts are near copies if, with names, amounts, dates, links and placeholders left open, they are
nearly the same string, no word stands in another's place, and nothing differs at a negation.
Candidates come from MinHash; each is verified against the centre of a group, never against a
neighbour, so that no chain of small steps joins what differs.

Reference: Broder 1997, On the resemblance and containment of documents; Indyk & Motwani 1998,
Approximate nearest neighbors (bands); Dahlgaard, Knudsen & Thorup 2017, Fast similarity sketching.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA, Indel, Levenshtein
from rensa import RMinHash
from vaderSentiment.vaderSentiment import NEGATE, SentimentIntensityAnalyzer

from cx_text.text import PLACEHOLDER, digest_of, text_key, words

SIMILARITY = 0.9
"""Near copies share this part of their letters in order (2 x common / both lengths), slots apart."""

MINIMUM_WORDS = 6
"""Fewer words than this are said again by chance: such texts are near copies only if they are equal."""

LEAST_OWN = 4
"""Words beside its slots that a template has; "Order 5, order 7" is a form filled in, not copied."""

LONGEST = 10_000
"""Characters; of longer texts only those that are equal, slots apart, are near copies."""

BANDS, ROWS = 20, 3
"""Who agrees in all rows of a band is a candidate: 93 % at half of the word pairs shared, 0.2 % at 5 %."""

SEED = 7
KEPT = 4
"""Centres that a bucket remembers, so that a crowded one costs no more than a small one."""

TRIES = 8
"""Candidates that are verified for a text, the likeliest first."""

SLOT = "#"
OPEN = " 1 "
NONE_AT_ALL = "0"
CHUNK = 10_000
ALONE = -1
SHORTEST_TYPO = 5

TURNS = frozenset(word.replace("'", "") for word in NEGATE) | frozenset(
    "no nobody non nt dnt zero hardly barely scarcely except unless until unable far instead anything too "
    "less least fail fails failed failing refuse refuses refused refusing lack lacks lacked lacking "
    "stop stops stopped forget forgets forgot deny denies denied".split()
)
"""Words, without apostrophes, that turn what stands beside them into something else."""

OPPOSITES = frozenset(
    "more before after always sometimes often early late first last fast slow quickly slowly quick open "
    "closed up down on off in out under over higher lower cheap expensive long short".split()
)
"""Words that the opinion lexicon lacks, and that tell one comment from another all the same."""

DATES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec "
    "two three four five six seven eight nine ten eleven twelve twenty thirty fifty hundred thousand".split()
)
_GREETING = re.compile(
    r"\s*(?:(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern)"
    r"(?: (?:there|all|team|support|sirs?|or|madam|everyone|everybody|guys|folks|\[NAME\])){0,3}[ ,.:;!-]+)+",
    re.IGNORECASE,
)
RATED = frozenset("star stars out".split())
"""What follows a number that judges: "5 stars", "3 out of 10"."""

_RATING = re.compile(r"\b(\d{1,3}) ?/ ?(5|10|100)\b(?! ?/)")
_OPEN = re.compile(rf"{PLACEHOLDER.pattern}|https?://\S+|www\.\S+|@\w+")
_TITLE = re.compile(r"\b[A-Z][^\W\dA-Z_]+(?:['\u2019][^\W\d_]+)?")
_NAME = re.compile(rf"(?<=[a-z0-9,'\"\])] ){_TITLE.pattern}")
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)


def near_duplicates(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return for each of n distinct redacted texts the index of its group's representative, shape (n,).

    A text alone in its group is its own representative; the representative has the smallest
    `digest_of(text_key(text))` of the group. Texts of one `text_key` are of one group; texts of
    fewer than 6 words join no others. The groups depend on the set of texts alone, not on their
    order. Empty for no texts.

    >>> near_duplicates(["Your parcel [ORDER] is lost, please call us on Monday", "Very slow",
    ...                  "Your parcel [ORDER] is lost, please call us on Friday"]).tolist()
    [2, 1, 2]
    """
    keys = [text_key(text) for text in texts]
    places = [(digest_of(key), text) for key, text in zip(keys, texts, strict=True)]
    firsts: dict[str, int] = {}
    for index in sorted(range(len(texts)), key=places.__getitem__):
        firsts.setdefault(keys[index], index)
    canonical = list(firsts.values())
    groups = _groups([_line(texts[index]) for index in canonical])
    home = {key: canonical[first] for key, first in zip(firsts, groups, strict=True)}
    return np.array([home[key] for key in keys], dtype=np.int64)


def near_copies(one: str, other: str) -> bool:
    """Return whether two redacted texts are near copies of each other.

    >>> near_copies("The woman on the phone was helpful", "The woman on the phone was not helpful")
    False
    """
    return text_key(one) == text_key(other) or _alike(_line(one), _line(other))


def _line(text: str) -> str:
    """Return the words of `text` with its slots open, without greeting; nothing if they are too few."""
    if text_key(text).count(" ") < MINIMUM_WORDS - 1:
        return ""
    text = _OPEN.sub(OPEN, _GREETING.sub("", text, count=1))
    # Where every other word has a capital, a capital tells no name.
    if 2 * len(_TITLE.findall(text)) <= text.count(" ") + 1:
        text = _NAME.sub(_name, text)
    said = words(_RATING.sub(r"\1 out of \2", text))
    kept: list[str] = []
    for word, following in pairwise([*said, ""]):
        part = SLOT if _is_amount(word) and following not in RATED else word.replace("'", "")
        if part != SLOT or kept[-1:] != [SLOT]:
            kept.append(part)
    return " ".join(kept) if len(kept) - kept.count(SLOT) >= LEAST_OWN else ""


def _is_amount(word: str) -> bool:
    """Return whether `word` is a number, a date or a code; none at all is no amount."""
    return word in DATES or (word != NONE_AT_ALL and not word.isalpha() and any(map(str.isdigit, word)))


def _name(match: re.Match[str]) -> str:
    """Return a slot for a word with a capital inside a sentence, unless it judges or turns."""
    word = words(match[0])[0]
    return match[0] if word in _judging() or word.replace("'", "") in TURNS else OPEN


@lru_cache(maxsize=1)
def _judging() -> frozenset[str]:
    """Return words that judge or that have an opposite; one for another is another opinion."""
    return frozenset(SentimentIntensityAnalyzer().lexicon) | OPPOSITES


def _alike(one: str, other: str) -> bool:
    """Return whether two lines are near copies."""
    if one == other:
        return bool(one)
    if max(len(one), len(other)) > LONGEST:
        return False
    if not Indel.normalized_similarity(one, other, score_cutoff=SIMILARITY):
        return False
    left, right = one.split(" "), other.split(" ")
    if min(len(left) - left.count(SLOT), len(right) - right.count(SLOT)) < MINIMUM_WORDS:
        return False
    return not any(_partings(left, right))


def _partings(one: list[str], other: list[str]) -> Iterator[bool]:
    """Yield for each place where two texts differ whether it parts them."""
    for same, steps in groupby(Levenshtein.opcodes(one, other), key=lambda step: bool(step.tag == "equal")):
        if same:
            continue
        places = list(steps)
        first, last = places[0], places[-1]
        left, right = one[first.src_start : last.src_end], other[first.dest_start : last.dest_end]
        beside = one[max(first.src_start - 1, 0) : last.src_end + 1]
        beside += other[max(first.dest_start - 1, 0) : last.dest_end + 1]
        _drop_typos(left, right)
        if "".join(left) != "".join(right):
            yield bool(left and right) or not TURNS.isdisjoint(beside)
        elif left:
            yield not TURNS.isdisjoint(left + right)


def _drop_typos(left: list[str], right: list[str]) -> None:
    """Remove from both lists the words that are one but for a slip."""
    for word in list(left):
        meant = next((other for other in right if _is_typo(word, other)), None)
        if meant is not None:
            left.remove(word)
            right.remove(meant)


def _is_typo(one: str, other: str) -> bool:
    """Return whether one word is the other with a slip: a letter more, less, other or swapped.

    A prefix is no slip (regular, irregular), nor is one judging word for another (better, bitter).
    """
    if min(len(one), len(other)) < SHORTEST_TYPO or one.endswith(other) or other.endswith(one):
        return False
    if not TURNS.isdisjoint((one, other)) or {one, other} <= _judging():
        return False
    return bool(OSA.distance(one, other, score_cutoff=1) == 1)


def _groups(lines: list[str]) -> list[int]:
    """Return for each line, in canonical order, the first line of its group.

    The lines that share most with others come first: who is a near copy of no centre so far becomes
    one. Only centres are compared with, so that the work grows with the number of lines, however
    many are alike.
    """
    buckets = _buckets(lines)
    centres = list(range(len(lines)))
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in _crowded_first(buckets):
        mine = buckets[row][buckets[row] != ALONE].tolist()
        shared = Counter(centre for bucket in mine for centre in held[bucket])
        likeliest = sorted(shared, key=lambda centre: (-shared[centre], centre))[:TRIES]
        centres[row] = next((c for c in likeliest if _alike(lines[c], lines[row])), row)
        if centres[row] == row:
            for bucket in mine:
                held[bucket] += [row] if len(held[bucket]) < KEPT else []
    first: dict[int, int] = {}
    return [first.setdefault(centre, row) for row, centre in enumerate(centres)]


def _crowded_first(buckets: NDArray[np.int64]) -> list[int]:
    """Return the rows that share a bucket, those in the fullest buckets first, ties in order."""
    shared = buckets != ALONE
    sizes = np.bincount(buckets[shared], minlength=1)
    crowds = np.where(shared, sizes[np.maximum(buckets, 0)], 0).sum(axis=1)
    order = np.argsort(-crowds, kind="stable")
    return [int(row) for row in order[: np.count_nonzero(crowds)]]


def _buckets(lines: list[str]) -> NDArray[np.int64]:
    """Return the number of each line's bucket in each band, shape (n, BANDS); ALONE: nobody shares it."""
    chunks = [lines[start : start + CHUNK] for start in range(0, len(lines), CHUNK)]
    bands = np.concatenate([np.empty((0, BANDS), np.uint64), *map(_bands, chunks)])
    buckets = np.full(bands.shape, ALONE)
    for band in range(BANDS):
        _, numbers, sizes = np.unique(bands[:, band], return_inverse=True, return_counts=True)
        buckets[:, band] = np.where(sizes[numbers] > 1, numbers * BANDS + band, ALONE)
    buckets[[not line for line in lines]] = ALONE
    return buckets


def _bands(lines: list[str]) -> NDArray[np.uint64]:
    """Return a hash of each band of each line's MinHash over pairs of words, shape (n, BANDS)."""
    spoken = [["", *line.split(" "), ""] for line in lines]
    pairs = [[f"{one} {other}" for one, other in pairwise(said)] for said in spoken]
    sketches = RMinHash.digest_matrix_from_token_sets(pairs, BANDS * ROWS, SEED).to_rows()
    return np.array(sketches, dtype=np.uint64).reshape(len(lines), BANDS, ROWS) @ _MIX

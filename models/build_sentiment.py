"""Learn the sentiment model `sentiment-2` (development time only; about an hour on two cores).

MiniLM is fine-tuned on labelled texts, then labels a hundred thousand more, and a network small enough
to ship learns from what it says. Run from the project's root: ``python models/build_sentiment.py``.
Needs torch and onnx beside the package, and the public sets in ``../shared/data``. The teacher's
weights are kept in ``--keep DIR`` and read from there if they are there.
"""

from __future__ import annotations

import argparse
from hashlib import sha256
from pathlib import Path

import build_sentiment_texts as texts
import msgspec
import numpy as np
import torch
from build_sentiment_student import Examples, Student, arrays, learn
from build_sentiment_teacher import Teacher, chances, teach
from build_sentiment_texts import Labelled, joined

from cx_text.stages.sentiment import SentimentScorer
from cx_text.stages.sentiment_model import FORMAT, LONGEST, Windows, counts, pieces
from cx_text.stages.vectors import StaticEncoder

FOLDER = Path(__file__).parent / "sentiment-2"
SEED = 7
GOLD = 4.0
"""Weight of a text with our label, beside 1 of one that the teacher labelled."""
TRUST = 0.6
"""How far a label of ours is believed where the teacher says otherwise."""


def taught(kept: Path, rng: np.random.Generator) -> Teacher:
    """Return the teacher: first widely, then on our own labels."""
    teacher = Teacher()
    if kept.exists():
        teacher.load_state_dict(torch.load(kept, weights_only=True))
        return teacher
    ours = texts.ours(held_out=False)
    wide = {"tweets": 4200, "movies": 1500, "nyt": 1000}
    first = joined(texts.goemotions(2000, rng), texts.rated(wide, rng), texts.reviewed(1500, rng))
    teach(teacher, first, 1e-4, rng)
    rng = np.random.default_rng(SEED + 1)
    near = {"tweets": 4200, "movies": 1500, "nyt": 500}
    general = joined(texts.rated(near, rng), texts.goemotions(1000, rng), texts.reviewed(1500, rng))
    teach(teacher, joined(texts.balanced(ours, 4), general), 1.2e-4, rng)
    torch.save(teacher.state_dict(), kept)
    return teacher


def varied(service: list[str], count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` texts made of `service` texts: cut, joined, with words dropped or swapped."""
    pool = [word for text in service for word in text.split()]
    made = []
    for _ in range(count):
        words = service[rng.integers(len(service))].split()
        way = rng.integers(4)
        if way == 0 and len(words) > 5:
            start = rng.integers(len(words) - 3)
            words = words[start : start + int(rng.integers(3, 14))]
        elif way == 1:
            other = service[rng.integers(len(service))].split()
            words = [*words[:20], *(["but"] if rng.random() < 0.4 else []), *other[:20]]
        elif way == 2:
            words = [word for word in words if rng.random() > 0.15]
        else:
            words = [pool[rng.integers(len(pool))] if rng.random() < 0.15 else word for word in words]
        made.append(" ".join(words[:60]))
    return [text for text in made if text]


def gathered(rng: np.random.Generator) -> tuple[Labelled, Labelled, list[str]]:
    """Return our labelled texts, those that people rated, and unlabelled ones for the teacher."""
    ours = texts.ours(held_out=False)
    rated = texts.rated({"tweets": 4200, "movies": 2500, "nyt": 1500}, rng)
    lounges = texts.sentences("skytrax_lounge_seat")["text"].sample(14000, random_state=rng).tolist()
    letters = texts.sentences("cfpb_narratives")["text"].sample(5000, random_state=rng).tolist()
    spoken = texts.public("goemotions")["text"].sample(18000, random_state=rng).tolist()
    service = [*ours.texts * 4, *lounges[:5000], *letters[:1500]]
    return ours, rated, lounges + letters + spoken + varied(service, 42000, rng)


def examples(found: list[str], chances: np.ndarray, weights: np.ndarray) -> Examples:
    """Return texts as the student sees them."""
    scorer, tokens = SentimentScorer(), pieces()
    ids = [tokens.of(text)[:LONGEST] for text in found]
    scores = np.array([scorer.score(text) for text in found])
    told = counts(found, Windows.of(ids).lengths, scores)
    return Examples(ids, np.hstack([StaticEncoder().encode(found), told]), chances, weights)


def lesson(teacher: Teacher, kept: Path, rng: np.random.Generator) -> Examples:
    """Return all that the student learns from."""
    ours, rated, unlabelled = gathered(rng)
    found = [*ours.texts, *rated.texts, *unlabelled]
    if kept.exists():
        said = np.load(kept)
    else:
        said = chances(teacher, found)
        np.save(kept, said)
    first, second = len(ours.texts), len(ours.texts) + len(rated.texts)
    said[:first] += TRUST * (ours.chances - said[:first])
    said[first:second] = (said[first:second] + rated.chances) / 2
    alone = texts.single(3000, rng)
    weights = np.ones(len(found) + len(alone.texts))
    weights[:first] = GOLD
    return examples([*found, *alone.texts], np.vstack([said, alone.chances]), weights)


def ship(student: Student) -> None:
    """Write weights and manifest."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "weights.npz"
    np.savez_compressed(path, **arrays(student))
    manifest = {"format": FORMAT, "sha256": {path.name: sha256(path.read_bytes()).hexdigest()}}
    (FOLDER / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def main() -> None:
    """Teach the teacher, then the student; write the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, default=Path("build"), help="folder for what takes long to make")
    kept = parser.parse_args().keep
    kept.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    teacher = taught(kept / "teacher.pt", np.random.default_rng(SEED))
    data = lesson(teacher, kept / "chances.npy", np.random.default_rng(SEED))
    torch.manual_seed(SEED)
    student = learn(data, 6, 3e-3, np.random.default_rng(SEED))
    ship(student)


if __name__ == "__main__":
    main()

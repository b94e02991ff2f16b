"""Which comments are copies of one another, which only sound alike, and what the search costs."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.stages import duplicates
from cx_text.stages.duplicates import near_copies, near_duplicates
from cx_text.text import digest_of, text_key

DATA = Path(__file__).parents[2].parent / "shared" / "data"

LETTER = (
    "I object to the new monthly fee for paper bills. Many of us have no other way to read a bill, and "
    "nobody asked us before. Please take the fee back before the end of the quarter."
)

SAME = [
    # Equal words
    ("Very good", "very  GOOD!!"),
    ("Too slow.", "too slow"),
    ("The queue was long and nobody came", "The queue was long, and nobody came!!!"),
    # Placeholders, whatever they hide
    (
        "Please send the invoice to [EMAIL] before the weekend",
        "Please send the invoice to [PHONE] before the weekend",
    ),
    ("My order [ORDER] came without the second lamp", "My order [ID] came without the second lamp"),
    (
        "Mail went to [EMAIL] [EMAIL] and still no answer came",
        "Mail went to [EMAIL] and still no answer came",
    ),
    ("I told [NAME] that the boiler leaks again", "I told [NAME] [NAME] that the boiler leaks again"),
    # Amounts, numbers, codes
    ("I was charged $20 for a bag that was free", "I was charged $35.50 for a bag that was free"),
    ("Ticket 48213 was closed without any word to me", "Ticket AB-77 was closed without any word to me"),
    ("We waited 2 hours in the shop for one signature", "We waited 45 hours in the shop for one signature"),
    ("We waited two hours in the shop for a signature", "We waited 3 hours in the shop for a signature"),
    (
        "I paid 1,299.00 for this phone and the screen flickers",
        "I paid 80 for this phone and the screen flickers",
    ),
    # Dates and times
    (
        "Delivery was promised for Monday and the van came late",
        "Delivery was promised for friday and the van came late",
    ),
    ("On 12/03/2024 the line went dead for a whole day", "On 1 April the line went dead for a whole day"),
    ("The app logs me out every day since 5 June", "The app logs me out every day since 17 January"),
    ("Someone should have called at 9:30 this morning", "Someone should have called at 11 this morning"),
    # Names
    (
        "I spoke with Anna about the wrong address on my card",
        "I spoke with Dmitri about the wrong address on my card",
    ),
    (
        "The train from Leeds to York had no heating at all",
        "The train from Bath to Hull had no heating at all",
    ),
    (
        "My adviser, Mr Olsen, answered every question I had",
        "My adviser, Mrs Da Silva, answered every question I had",
    ),
    ("I left Emma's parcel with the guard at the gate", "I left Oskar's parcel with the guard at the gate"),
    (
        "I talked to José in the shop about my broken router",
        "I talked to Ann in the shop about my broken router",
    ),
    # Links and handles
    (
        "@northair see our offer for empty seats https://a.example/x1",
        "@southair see our offer for empty seats https://b.example/q9",
    ),
    (
        "RT @northair our crews sing on board today www.a.example",
        "RT @northair our crews sing on board today www.b.example/2",
    ),
    (
        "@northair: Our crews sing today https://a.example/1",
        "@southair: Our crews sing today https://b.example/2",
    ),
    # One slip of the finger
    ("The technician was friendly and fixed the heating", "The techncian was friendly and fixed the heating"),
    (
        "The technician was friendly and fixed the heating",
        "The technician was freindly and fixed the heating",
    ),
    ("The delivery arrived with a broken handle", "The delivery arived with a broken handle"),
    ("The delivery arrived with a broken handle", "The delivery arrrived with a broken handle"),
    ("The delivery arrived with a broken handle", "The delibery arrived with a broken handle"),
    ("Your excellent support saved my weekend trip", "Your excelent support saved my weekend trip"),
    ("I don't see why the refund takes so long", "I dont see why the refund takes so long"),
    ("It\u2019s the third router that broke within a year", "It's the third router that broke within a year"),
    ("Your help desk on the second floor called me back", "Your helpdesk on the second floor called me back"),
    # A greeting before, a tail behind
    (
        "My parcel was left in the rain behind the house",
        "Hello, my parcel was left in the rain behind the house",
    ),
    (
        "My parcel was left in the rain behind the house",
        "Dear Sir or Madam, my parcel was left in the rain behind the house",
    ),
    (
        "My parcel was left in the rain behind the house",
        "Good morning team! My parcel was left in the rain behind the house",
    ),
    (
        "My parcel was left in the rain behind the house",
        "Hi [NAME], my parcel was left in the rain behind the house",
    ),
    (
        "To whom it may concern: the lift is broken again this week",
        "Hi there, the lift is broken again this week",
    ),
    (LETTER, f"Dear all, {LETTER}"),
    (LETTER, LETTER + " Best regards, [NAME]"),
    (LETTER, LETTER[: -len(" of the quarter.")]),
    (LETTER, "Fwd: " + LETTER),
    # A word more
    ("I am happy with the way my claim was handled", "I am very happy with the way my claim was handled"),
    (
        "Please cancel my contract by the end of the year",
        "Please cancel my contract by the very end of the year",
    ),
]

APART = [
    # A negation more
    ("The agent was helpful when I called today", "The agent was not helpful when I called today"),
    ("I did get an answer about the missing suitcase", "I did not get an answer about the missing suitcase"),
    ("The new app works on my old phone", "The new app never works on my old phone"),
    ("They sent a refund for the cancelled trip", "They sent no refund for the cancelled trip"),
    ("The box came with the screws we ordered", "The box came without the screws we ordered"),
    ("I can log in with my new password", "I can't log in with my new password"),
    ("I can log in with my new password", "I cannot log in with my new password"),
    ("You do answer the phone on a Sunday", "You don\u2019t answer the phone on a Sunday"),
    ("Somebody told me about the change of plan", "Nobody told me about the change of plan"),
    ("I could hear the man on the phone", "I could hardly hear the man on the phone"),
    ("They called me back about the leaking pipe", "They failed called me back about the leaking pipe"),
    ("I am happy with the way my claim was handled", "I am far from happy with the way my claim was handled"),
    ("The portions are big for such a price", "The portions are too big for such a price"),
    (LETTER, LETTER.replace("nobody asked", "somebody asked")),
    (LETTER, LETTER.replace("I object", "I do not object")),
    (LETTER, LETTER + " No."),
    (LETTER.replace("I object", "i do NOT object"), LETTER.replace("I object", "i do object")),
    ("I asked the shop to Not send it to my office", "I asked the shop to Please send it to my office"),
    ("The spare part for my car is now here", "The spare part for my car is nowhere"),
    # The negation moves, or what stands beside it changes
    ("I did not ask for a call but you did write", "I did ask for a call but you did not write"),
    ("The staff was not rude and the room was clean", "The staff was rude and the room was not clean"),
    ("It was not good but I would come back", "It was not very good but I would come back"),
    ("I do not like the tone of your letters", "I do not only like the tone of your letters"),
    ("There was no water on the train all day", "There was no hot water on the train all day"),
    # A judgement for another
    ("The service in your shop was good today", "The service in your shop was bad today"),
    ("The service in your shop was Good today", "The service in your shop was Bad today"),
    ("The woman at the desk was helpful to my father", "The woman at the desk was unhelpful to my father"),
    ("Your prices are cheap for what one gets here", "Your prices are expensive for what one gets here"),
    ("The van came early and the men were strong", "The van came late and the men were strong"),
    ("It got better after the last update of the app", "It got bitter after the last update of the app"),
    ("Please switch the light On before you leave", "Please switch the light Off before you leave"),
    ("This letter is regular and came by normal post", "This letter is irregular and came by normal post"),
    ("I would recommend this bank to all my friends", "I would avoid this bank to all my friends"),
    ("I give the new shop in town 1 stars", "I give the new shop in town 5 stars"),
    ("I give the new shop in town two stars", "I give the new shop in town five stars"),
    ("My visit to the shop was 2/10 at best", "My visit to the shop was 9/10 at best"),
    ("The help desk gets 0 out of 10 from me", "The help desk gets 10 out of 10 from me"),
    ("I got 0 answers to my letter about the roof", "I got 3 answers to my letter about the roof"),
    # Another thing in the same frame
    ("I want to cancel my order from last week please", "I want to change my order from last week please"),
    ("My flight to the coast was cancelled last night", "My flight to the coast was delayed last night"),
    ("How do I close the account of my late mother", "How do I open the account of my late mother"),
    ("The courier lost the parcel in the first week", "The courier found the parcel in the first week"),
    # The same in other words
    ("Nobody answered my mail for two weeks", "For two weeks my mail went without an answer"),
    ("The room was clean and the bed was soft", "The bed was soft and the room was clean"),
    ("I had to wait half an hour for a coffee", "Getting a coffee took half an hour of waiting"),
    # Too much is added or missing
    (LETTER, LETTER[: len(LETTER) // 2]),
    ("Please send somebody to look at the meter in the cellar",
     "Please send somebody to look at the meter in the cellar, the neighbours have the same trouble"),
    # Too short to be a copy
    ("No refund", "Now refund"),
    ("Good service", "Good services"),
    ("Thanks Anna for helping", "Thanks Bob for helping"),
    ("very slow app today", "very slow apps today"),
    ("the staff was friendly", "the staff was freindly"),
    ("call me on [PHONE] 5", "call me on [EMAIL] 7"),
    # A form filled in, not a copy
    ("iPhone 7, iOS 11.0.3, build 8.4.22", "iPhone 6, iOS 10.2, build 8.4.25"),
    ("See https://a.example/1 and https://a.example/2", "See https://b.example/3 and https://b.example/4"),
]  # fmt: skip

NEGATIONS = "not never no hardly without cannot don't didn't wasn't won't dont nobody nothing none".split()
SENTENCES = [
    "the agent on the phone was helpful and explained the bill to me",
    "I got my refund within the time that the letter had promised",
    "Your driver rang the bell and carried the box up the stairs",
    "My new card works in every shop that I tried during the holiday",
]
WORDS = "cable night letter corner market signal garden window number paper river button".split()


def groups_of(texts: list[str]) -> set[frozenset[str]]:
    """Return the groups of `texts` as sets of texts."""
    found = near_duplicates(texts)
    return {frozenset(np.array(texts, dtype=object)[found == one]) for one in set(found.tolist())}


def sentences(count: int, length: int = 20, seed: int = 1) -> list[str]:
    """Return `count` sentences of random syllables that have little in common."""
    rng = random.Random(seed)
    syllables = [a + b for a in "bdfgklmnprst" for b in "aeiou"]
    vocabulary = ["".join(rng.choices(syllables, k=3)) for _ in range(5_000)]
    return [" ".join(rng.choices(vocabulary, k=length)) for _ in range(count)]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_copies_with_other_slots_slips_or_greetings_are_one(one: str, other: str) -> None:
    """They are alike whichever comes first, and the search finds them."""
    assert near_copies(one, other)
    assert near_copies(other, one)
    assert len(set(near_duplicates([one, other]).tolist())) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_means_another_thing_stays_apart(one: str, other: str) -> None:
    """However few letters differ."""
    assert not near_copies(one, other)
    assert not near_copies(other, one)
    assert near_duplicates([one, other]).tolist() == [0, 1]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("negation", NEGATIONS)
def test_a_negation_put_anywhere_makes_another_comment(sentence: str, negation: str) -> None:
    """At each place of the sentence, and in the middle of a long letter that is otherwise the same."""
    said = sentence.split()
    for place in range(len(said) + 1):
        negated = " ".join([*said[:place], negation, *said[place:]])
        assert not near_copies(sentence, negated)
        assert not near_copies(f"{LETTER} {sentence}", f"{LETTER} {negated}")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_negation_that_moves_makes_another_comment(sentence: str) -> None:
    """The same words with "not" at two different places are never one."""
    said = sentence.split()
    negated = [" ".join([*said[:place], "not", *said[place:]]) for place in range(len(said) + 1)]
    assert not any(near_copies(one, other) for one, other in combinations(negated, 2))


def test_no_text_gives_no_group() -> None:
    """Empty in, empty out, still whole numbers."""
    assert near_duplicates([]).shape == (0,)
    assert near_duplicates([]).dtype == np.int64


@pytest.mark.parametrize("texts", [[""], ["", "!!!", "👍", "👎"], ["one"], ["\ud83d", "漢字だけの文です"]])
def test_texts_without_words_or_alone_stand_for_themselves(texts: list[str]) -> None:
    """Nothing is joined because nothing is said."""
    assert near_duplicates(texts).tolist() == list(range(len(texts)))


def test_a_group_is_named_by_the_text_with_the_smallest_digest() -> None:
    """Of texts with one key, by the smallest spelling."""
    texts = [f"Ticket {number} was closed without any word to me" for number in range(1, 41)]
    smallest = min(range(40), key=lambda index: digest_of(text_key(texts[index])))
    assert near_duplicates(texts).tolist() == [smallest] * 40
    assert near_duplicates(["so slow!", "So slow", "so slow"]).tolist() == [1, 1, 1]


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_the_groups_depend_on_the_set_of_texts_alone(data: st.DataObject) -> None:
    """Shuffled texts give the same groups, each named by a member, the smallest, and a text is in one."""
    said = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
    bases = data.draw(st.lists(said, min_size=1, max_size=4))
    changes = st.tuples(st.sampled_from(bases), st.sampled_from(["", " 5", " not", "Hello, ", " again"]))
    texts = data.draw(
        st.lists(changes.map(lambda c: c[1] + c[0] if c[1] == "Hello, " else c[0] + c[1]), unique=True)
    )
    shuffled = data.draw(st.permutations(texts))
    assert groups_of(texts) == groups_of(list(shuffled))
    found = near_duplicates(texts)
    assert np.array_equal(found[found], found)
    places = [digest_of(text_key(text)) for text in texts]
    assert all(places[representative] <= place for representative, place in zip(found, places, strict=True))


def test_small_steps_do_not_chain_into_one_group() -> None:
    """One word more at each step: neighbours are alike, the ends are not, and no group spans too much."""
    words = sentences(1, 60)[0].split()
    ladder = [" ".join(words[: 20 + step]) for step in range(41)]
    assert all(near_copies(one, other) for one, other in pairwise(ladder))
    groups = groups_of(ladder)
    assert len(groups) > 3
    assert all(any(all(near_copies(centre, text) for text in group) for centre in group) for group in groups)


def test_copies_with_a_slip_each_gather_around_the_clean_one() -> None:
    """Two slips may lie too far from each other; the text that most are near to is the centre."""
    clean = "The technician promised another visit during the afternoon because several cables were missing"
    said = clean.split()
    slips = [
        " ".join([*said[:at], word[:2] + word[3:], *said[at + 1 :]])
        for at, word in enumerate(said)
        if len(word) > 6
    ]
    slipped = [f"{text} {more}" for text in slips for more in ("altogether", "apparently", "")]
    assert len(groups_of([clean, *map(str.strip, slipped)])) == 1


def test_digests_do_not_hang_on_the_hash_seed() -> None:
    """Two processes with different seeds of `hash` give the same groups."""
    program = (
        "from cx_text.stages.duplicates import near_duplicates\n"
        "texts = [f'{a} ticket {n} was closed {b} any word to me or to my wife' for n in range(1, 61)"
        " for a, b in (('my', 'with'), ('the', 'without'), ('Hello, my', 'with'))]\n"
        "print(near_duplicates(texts).tolist())"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1]
    assert len(set(json.loads(told[0]))) == 2


def test_the_sketch_is_the_one_that_groups_were_made_with() -> None:
    """Another release of rensa with another sketch may group anew; that must be seen and said."""
    assert digest_of(str(duplicates._bands([SENTENCES[0], SENTENCES[1]]).tolist())) == "b9ea36573a215b6b"


@pytest.mark.parametrize("family", ["copies", "half the same", "unlike"])
def test_the_work_grows_with_the_number_of_texts(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many texts are alike, or share one half, a text is compared with few others."""
    compared = Counter[str]()
    alike = duplicates._alike

    def counted(one: str, other: str) -> bool:
        compared["pairs"] += 1
        return alike(one, other)

    monkeypatch.setattr(duplicates, "_alike", counted)
    half = sentences(1, 10, seed=2)[0]
    texts = {
        "copies": [f"{half} {half} {word}" for word in sentences(2_000, 1)],
        "half the same": [f"{half} {rest}" for rest in sentences(2_000, 10)],
        "unlike": sentences(2_000),
    }[family]
    near_duplicates(texts)
    assert compared["pairs"] <= duplicates.TRIES * len(texts)


def test_many_copies_of_one_comment_are_one_group() -> None:
    """A chain mail with a number in it, a thousand times, among as many other comments."""
    mail = [f"Case {number}: {LETTER}" for number in range(1, 1_001)]
    others = sentences(1_000)
    sizes = Counter(near_duplicates([*mail, *others]).tolist())
    assert sorted(sizes.values()) == [1] * 1_000 + [1_000]


def test_a_very_long_text_is_only_compared_for_equality() -> None:
    """Its copies with other numbers are found, its copies with a word more are not."""
    long = " ".join(sentences(80))
    assert len(long) > duplicates.LONGEST
    assert near_copies(f"{long} case 5", f"{long} case 61")
    assert not near_copies(long, f"{long} indeed")


@pytest.mark.real_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the public sets are not beside the project")
def test_paraphrases_are_no_copies() -> None:
    """Of news sentences chosen for sharing words, only quotes repeated word for word are copies."""
    pairs = pd.read_csv(DATA / "mrpc_pairs.csv.gz", dtype=str, keep_default_na=False, lineterminator="\n")
    alike = np.array(
        [near_copies(one, other) for one, other in zip(pairs["text"], pairs["text2"], strict=True)]
    )
    paraphrase = (pairs["label"] == "1").to_numpy()
    assert alike[paraphrase].mean() < 0.03
    assert alike[~paraphrase].mean() < 0.002

"""Topics that ship with the package."""

from __future__ import annotations

import csv
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_text.errors import WorkspaceError
from cx_text.exact import on_grid, unit_rows
from cx_text.shipped import model_path
from cx_text.stages import topics as module
from cx_text.stages.topics import AGAIN, MODEL, NONE, Topics
from cx_text.stages.vectors import StaticEncoder

DATA = Path(__file__).parents[2].parent / "shared" / "data"
SHIPPED = Topics.shipped()
ENCODER = StaticEncoder()
PROTOTYPES = SHIPPED.prototypes(ENCODER.encode)
SENTENCES = [
    (row["sentence"], row["topic"])
    for row in csv.DictReader(
        (Path(__file__).parent / "topic_sentences.csv").read_text(encoding="utf-8").splitlines()
    )
]
SMALL = """
format = 1
[classes]
negation = "not no never"
doubt = "should less"
cash = "cash coin*"
[[parent]]
id = "S-money"
label = "Money"
[[topic]]
id = "S-money-late"
parent = "S-money"
label = "money late"
tone = "complaint"
attribution = "process"
phrases = '''
refund* ... late
money_back|<cash> missing
'''
examples = '''
where is my money
'''
[[topic]]
id = "S-money-quick"
parent = "S-money"
label = "money quick"
tone = "praise"
attribution = "agent"
phrases = '''
quick ... refund
quick cash
'''
examples = '''
paid at once
money in a day
'''
[none]
about = "chatter"
examples = '''
hello there
'''
"""
TINY = Topics.read(SMALL)


def topic_of(text: str, topics: Topics = SHIPPED) -> str:
    """Return the id of the topic that the phrases of `text` speak of, empty for none."""
    topic, _ = topics.phrased(text)
    return topics.ids[topic] if topic != NONE else ""


def match(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return topics and confidences of `texts` by the shipped taxonomy and the static encoder."""
    return SHIPPED.match(texts, ENCODER.encode(texts), PROTOTYPES)


def by_count(texts: Sequence[str]) -> Callable[[Sequence[str]], np.ndarray]:
    """Return an encoder that knows `texts` only: each has a direction of its own."""
    return lambda asked: np.eye(len(texts))[[texts.index(text) for text in asked]]


def test_every_topic_has_what_a_report_needs() -> None:
    """Ids are stable names below their parent's, labels short, and both differ."""
    assert len(set(SHIPPED.ids)) == len(set(SHIPPED.labels)) == len(SHIPPED.ids)
    assert set(SHIPPED.parents) == set(SHIPPED.parent_labels)
    for topic, parent, label in zip(SHIPPED.ids, SHIPPED.parents, SHIPPED.labels, strict=True):
        assert re.fullmatch(r"S(-[a-z]+)+", topic)
        assert topic.startswith(f"{parent}-")
        assert 1 <= len(label.split()) <= 6
        assert label[0].islower()


def test_a_parent_has_two_to_six_topics() -> None:
    """Two levels that can be taken in at a glance."""
    sizes = Counter(SHIPPED.parents)
    assert 8 <= len(sizes) <= 13
    assert all(2 <= size <= 6 for size in sizes.values())


def test_every_topic_has_phrases_and_varied_examples() -> None:
    """No example stands twice, in one topic or in two."""
    every = [sentence for topic in SHIPPED.examples for sentence in topic]
    assert len({sentence.lower() for sentence in every}) == len(every)
    assert all(len(phrases) >= 5 for phrases in SHIPPED.phrases)
    assert all(10 <= len(examples) <= 25 for examples in SHIPPED.examples)


def test_customers_praise_and_complain_and_wish() -> None:
    """What is praised can be found too."""
    tones = Counter(SHIPPED.tones)
    assert tones["praise"] >= 10
    assert tones["complaint"] >= 30
    assert tones["wish"] >= 1
    assert set(SHIPPED.attributions) <= {"agent", "customer", "process", "technology"}


def test_no_phrase_stands_for_two_topics() -> None:
    """One meaning, one topic."""
    said = Counter(phrase for phrases in SHIPPED.phrases for phrase in set(phrases))
    assert [phrase for phrase, count in said.items() if count > 1] == []


def test_every_class_in_a_phrase_is_known() -> None:
    """And every known one is used."""
    named = set(re.findall(r"<(\w+)>", " ".join(phrase for found in SHIPPED.phrases for phrase in found)))
    assert named | {"negation", "doubt"} == set(SHIPPED.classes)


def test_no_phrase_begins_or_ends_with_a_gap() -> None:
    """A gap is between two places."""
    for phrases in SHIPPED.phrases:
        for phrase in phrases:
            places = phrase.split()
            assert "..." not in {places[0], places[-1]}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("refund late", "S-money-late"),
        ("Refunds are always so LATE!", "S-money-late"),
        ("refund one two three four late", "S-money-late"),
        ("refund one two three four five late", ""),
        ("refund not late", ""),
        ("no refund late", ""),
        ("no word of a refund so late", "S-money-late"),
        ("my money back missing", "S-money-late"),
        ("cash missing", "S-money-late"),
        ("coins missing", "S-money-late"),
        ("cashier missing", ""),
        ("missing cash", ""),
        ("lately refund", ""),
        ("refund later", ""),
        ("quick refund", "S-money-quick"),
        ("a quick, easy refund", "S-money-quick"),
        ("not a very quick refund", ""),
        ("a refund should be quick cash", ""),
        ("quick but never a refund", ""),
        ("quick and less of a refund", ""),
        ("", ""),
        ("!?", ""),
    ],
)
def test_a_phrase_holds_where_its_places_stand_and_nothing_negates(text: str, topic: str) -> None:
    """Words, starts of words, classes, joined words, gaps and negations, one by one."""
    assert topic_of(text, TINY) == topic


def test_evidence_is_the_longest_phrase_and_how_many_hold() -> None:
    """Two phrases of two places each are worth 3 + 1; the rest is counted against them."""
    rules = TINY.rules
    assert rules.evidence("refund late") == {0: 3}
    assert rules.evidence("refund late and money back missing") == {0: 4}
    assert rules.evidence("quick refund late") == {0: 3, 1: 3}
    assert TINY.phrased("refund late") == (0, 3 / 4)
    assert TINY.phrased("quick refund late") == (0, 3 / 7)


def test_a_phrase_counts_once_however_often_it_is_said() -> None:
    """Repeating is no evidence."""
    assert TINY.phrased("refund late refund late refund late") == TINY.phrased("refund late")


def test_who_says_an_example_again_has_its_topic() -> None:
    """Even where no phrase holds, and chatter that is said again has none."""
    known = ["where is my money", "paid at once", "money in a day", "hello there", "cash missing"]
    encode = by_count(known)
    prototypes = TINY.prototypes(encode)
    topics, confidence = TINY.match(known, encode(known), prototypes)
    assert topics.tolist() == [0, 1, 1, NONE, 0]
    assert confidence.tolist() == [1.0, 1.0, 1.0, 0.0, 0.75]


def test_chatter_said_again_has_no_topic_whatever_its_words() -> None:
    """The example wins over the phrase."""
    vector = np.array([[0.0, 0.0, 0.0, 1.0]])
    topics, confidence = TINY.match(["quick cash"], vector, np.eye(4))
    assert (topics[0], confidence[0]) == (NONE, 0.0)


@pytest.mark.parametrize(("cosine", "topic"), [(AGAIN, 1), (AGAIN - 2.0**-12, NONE)])
def test_nearly_the_same_is_the_same_only_from_the_threshold_on(cosine: float, topic: int) -> None:
    """The comparison is on exact numbers."""
    topics, _ = TINY.match(["well"], np.array([[cosine]]), np.array([[0.0], [1.0], [0.0], [0.0]]))
    assert topics[0] == topic


def test_owners_follow_the_prototypes() -> None:
    """One prototype an example, then chatter."""
    assert TINY.owners.tolist() == [0, 1, 1, NONE]
    assert len(SHIPPED.owners) == len(PROTOTYPES)


def test_every_example_finds_its_own_topic() -> None:
    """And chatter finds none: so can one repair an assignment by adding its sentence."""
    every = [sentence for topic in SHIPPED.examples for sentence in topic] + list(SHIPPED.chatter)
    assert (match(every)[0] == SHIPPED.owners).all()


def test_own_sentences_find_their_topic() -> None:
    """Written after the taxonomy and not among its examples; floors a little below what was measured."""
    examples = {sentence for topic in SHIPPED.examples for sentence in topic}
    asked = [(sentence, topic) for sentence, topic in SENTENCES if topic]
    assert len(asked) >= 80
    assert {topic for _, topic in asked} == set(SHIPPED.ids)
    assert not examples & {sentence for sentence, _ in asked}
    found = match([sentence for sentence, _ in asked])[0]
    named = [SHIPPED.ids[topic] if topic != NONE else "" for topic in found]
    right = sum(name == topic for name, (_, topic) in zip(named, asked, strict=True))
    assert right / len(asked) >= 0.92
    assert right / sum(name != "" for name in named) >= 0.95


@pytest.mark.parametrize("sentence", [sentence for sentence, topic in SENTENCES if not topic])
def test_chatter_facts_and_denials_have_no_topic(sentence: str) -> None:
    """A greeting, a signature, a bare fact, "no long wait"."""
    topics, confidence = match([sentence])
    assert (topics[0], confidence[0]) == (NONE, 0.0)


@pytest.mark.parametrize(
    ("praise", "complaint"),
    [
        ("The agent was very helpful", "The agent was not helpful"),
        ("Delivery was fast", "Delivery was slow"),
        ("The room was clean", "The room was not clean"),
        ("The food was delicious", "The food was awful"),
        ("The app is easy to use", "The app is hard to use"),
        ("Good quality", "Poor quality"),
    ],
)
def test_praise_and_complaint_are_different_topics(praise: str, complaint: str) -> None:
    """One word turns the meaning."""
    tones = [SHIPPED.tones[SHIPPED.phrased(text)[0]] for text in (praise, complaint)]
    assert tones == ["praise", "complaint"]


def test_a_span_has_the_same_answer_alone_and_in_any_batch_and_order() -> None:
    """Law 2."""
    texts = [sentence for sentence, _ in SENTENCES]
    topics, confidence = match(texts)
    order = np.random.default_rng(3).permutation(len(texts))
    shuffled = match([texts[i] for i in order])
    assert (shuffled[0] == topics[order]).all()
    assert (shuffled[1] == confidence[order]).all()
    for row in range(0, len(texts), 10):
        alone = match([texts[row]])
        assert (alone[0][0], alone[1][0]) == (topics[row], confidence[row])


def test_no_spans_have_no_topics() -> None:
    """An empty batch is fine."""
    topics, confidence = SHIPPED.match([], np.zeros((0, PROTOTYPES.shape[1])), PROTOTYPES)
    assert (len(topics), len(confidence)) == (0, 0)


WORDS = st.sampled_from("refund late quick not no should cash money back missing a".split())


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_confidence_is_a_share_and_zero_without_a_topic(text: str) -> None:
    """Never 1 by phrases: there is always some doubt."""
    topic, confidence = TINY.phrased(text)
    assert (confidence == 0) == (topic == NONE)
    assert 0 <= confidence < 1


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    """Whatever customers type."""
    topic, _ = SHIPPED.phrased(text)
    assert NONE <= topic < len(SHIPPED.ids)


def test_prototypes_are_unit_vectors_on_the_grid() -> None:
    """As the encoder gives them."""
    assert (on_grid(PROTOTYPES) == PROTOTYPES).all()
    assert np.allclose(np.linalg.norm(PROTOTYPES, axis=1), 1, atol=0.01)
    assert unit_rows(PROTOTYPES).shape == (len(SHIPPED.owners), ENCODER.dimensions)


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["not ", "refund ", "the staff were ", "x", "very very poor "])
def test_time_grows_with_the_length_of_a_text_and_no_faster(piece: str) -> None:
    """Twice the text takes about twice the time."""
    SHIPPED.phrased(piece)

    def seconds(times: int) -> float:
        text = piece * times
        spent = []
        for _ in range(3):
            start = time.perf_counter()
            SHIPPED.phrased(text)
            spent.append(time.perf_counter() - start)
        return min(spent)

    assert seconds(8_000) < 8 * seconds(2_000) + 0.05


def test_the_manifest_names_the_file_as_it_is() -> None:
    """After an edit somebody renewed the checksum."""
    folder = model_path(MODEL)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == {"topics.toml": sha256((folder / "topics.toml").read_bytes()).hexdigest()}


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage is found and never used."""
    folder = tmp_path / MODEL
    shutil.copytree(model_path(MODEL), folder)
    with (folder / "topics.toml").open("a", encoding="utf-8") as file:
        file.write("# one more line\n")
    monkeypatch.setattr(module, "model_path", lambda name: tmp_path / name)
    with pytest.raises(WorkspaceError, match=r"topics\.toml"):
        Topics.shipped()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('tone = "praise"', 'tone = "joy"'),
        ('attribution = "agent"', 'attribution = "boss"'),
        ('label = "Money"', 'label = "Money"\ncolour = "red"'),
    ],
)
def test_a_mistake_in_the_file_is_named(old: str, new: str) -> None:
    """An unknown key or value does not pass in silence."""
    with pytest.raises(msgspec.ValidationError):
        Topics.read(SMALL.replace(old, new))


@pytest.mark.real_data
@pytest.mark.skipif(not DATA.is_dir(), reason="the public sets are not beside the project")
@pytest.mark.parametrize(
    ("reason", "topic"),
    [
        ("Cancelled Flight", "S-travel-cancelled"),
        ("Late Flight", "S-travel-late"),
        ("Lost Luggage", "S-travel-baggage"),
    ],
)
def test_most_tweets_with_a_topic_have_the_one_that_people_gave_them(reason: str, topic: str) -> None:
    """Measured, not tuned: the phrases were written without this set."""
    frame = pd.read_csv(DATA / "us_airline_tweets.csv.gz", dtype=str, keep_default_na=False)
    texts = frame.loc[frame["negativereason"] == reason, "text"].head(400)
    found = Counter(filter(None, map(topic_of, texts)))
    assert found[topic] / found.total() >= 0.6

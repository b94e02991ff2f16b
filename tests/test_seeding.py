"""What a model of few texts knows: built-in topics, and a theme for each text that is sent often."""

from __future__ import annotations

import pytest
from build_export import comments
from build_learned import prepared, taught, themes_of

from cx_text.records import GENERAL_THEMES
from cx_text.sampling import distinct
from cx_text.scoring import built_in_topics
from cx_text.seeding import GENERAL, seeded

LAMP = "The lamp in the kitchen flickers"


def test_all_built_in_topics_are_there_with_their_parents() -> None:
    """After praise and complaint; each topic has a parent that stands in the catalogue."""
    model = taught(comments([LAMP, "My refund has not come"] * 10))
    topics = built_in_topics()[0]
    ids = model.catalogue["theme_id"].tolist()
    assert model.seeded
    assert ids[:2] == list(GENERAL_THEMES) == GENERAL["theme_id"].tolist()
    assert {*topics.ids, *topics.parent_labels} <= set(ids)
    assert {*model.catalogue["parent_theme_id"].dropna()} == set(topics.parent_labels)


def test_a_text_that_is_sent_often_has_a_theme_by_its_own_words() -> None:
    """Without words that fill at its ends, and with its first words only."""
    model = taught(comments([LAMP] * 20))
    assert [(one.theme_id, one.phrases) for one in model.specialists] == [("T0001", ("lamp in the kitchen",))]
    assert model.taxonomy.labels["T0001"] == "lamp in the kitchen"
    assert themes_of(model, [LAMP, "Mend the lamp in the kitchen!", "The lamp"]) == [
        {"T0001"},
        {"T0001"},
        set(),
    ]


@pytest.mark.parametrize(
    ("text", "times"),
    [(LAMP, 15), ("My refund has not come", 40), ("Xqzt vlmpf brrgn", 40)],
    ids=["too seldom", "a built-in topic", "unknown words"],
)
def test_no_theme_of_its_own_has_a_text(text: str, times: int) -> None:
    """That is sent too seldom, that a topic tells already, or whose words may be anybody's name."""
    assert taught(comments([text] * times)).specialists == ()


def test_a_text_keeps_the_id_that_it_had() -> None:
    """Another text gets the next that was never given."""
    before = taught(comments([LAMP] * 20))
    frame = prepared(comments([LAMP] * 20 + ["A squirrel ate the cable"] * 20))
    bare = before.untaught(before.config)
    model = seeded(bare, distinct(frame, bare.config, bare.taxonomy), frame, before, 7)
    ids = {one.phrases[0].split()[0]: one.theme_id for one in model.specialists}
    assert ids["lamp"] == "T0001"
    assert set(ids.values()) - {"T0001"} <= {"T0007", "T0008"}
    assert len(ids) == 2

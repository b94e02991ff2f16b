"""Who is a person to `Redactor`: behind a cue, by a listed first name, on the roster."""

from __future__ import annotations

import pickle

import pytest

from cx_text.stages.redact import Redactor
from cx_text.stages.redact_names import CUES, LINKS, lists

REDACT = Redactor()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("My name is Ann Lee and it broke", "My name is [NAME] and it broke"),
        ("my name is ann and it broke", "my name is [NAME] and it broke"),
        ("Name: Ann Lee", "Name: [NAME]"),
        ("I am Mr Zhou", "I am Mr [NAME]"),
        ("thanks mr khan", "thanks mr [NAME]"),
        ("I spoke to Ann Lee on Monday", "I spoke to [NAME] on Monday"),
        ("I spoke with Ann Tuesday", "I spoke with [NAME] Tuesday"),
        ("this is Ann speaking", "this is [NAME] speaking"),
        ("an agent called Ann van der Berg", "an agent called [NAME]"),
        ("Agent Ann was helpful", "Agent [NAME] was helpful"),
        ("helped by Ann", "helped by [NAME]"),
        ("Fix it. Thanks, Ann", "Fix it. Thanks, [NAME]"),
        ("Fix it.\nRegards\nAnn Lee", "Fix it.\nRegards\n[NAME]"),
        ("AGENT NOTICE TO THE AGENT MARIA", "AGENT NOTICE TO THE AGENT [NAME]"),
        ("MY NAME IS DMITRI VAN DER BERG AND I WAIT", "MY NAME IS [NAME] AND I WAIT"),
        ("her maiden name is Vedzizhev", "her maiden name is [NAME]"),
        ("What's your last name? Okafor", "What's your last name? [NAME]"),
        ("the booking is under the name haddad okafor", "the booking is under the name [NAME]"),
        ("i was told by priya sharma to wait", "i was told by [NAME] to wait"),
        ("spoke\nto nobody, then spoke to\nNgozi", "spoke\nto nobody, then spoke to\n[NAME]"),
        ("this is maria from the group", "this is [NAME] from the group"),
        ("mrs kwame mensah on the phone", "mrs [NAME] on the phone"),
        ("I was told by Mr:Brown,no", "I was told by Mr:[NAME],no"),
        ("hi priya, it broke", "hi [NAME], it broke"),
        ("fix it. regards, yusuf", "fix it. regards, [NAME]"),
        ("SORT IT. REGARDS, YUSUF", "SORT IT. REGARDS, [NAME]"),
        ("I spoke to Mark about it", "I spoke to [NAME] about it"),
    ],
)
def test_a_name_behind_a_cue_is_replaced(text: str, safe: str) -> None:
    """Capitalised words; small letters where a first name is listed or the cue is strong."""
    assert REDACT(text) == safe


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Maria was lovely", "[NAME] was lovely"),
        ("ask Priya Raghunathan please", "ask [NAME] please"),
        ("so Tomasz van der Berg came", "so [NAME] came"),
        ("Thanks Fatima Called Back", "Thanks [NAME] Called Back"),
        ("Marta's bill and Olga's", "[NAME]'s bill and [NAME]'s"),
        ("Katarzyna, Björn and Zoë", "[NAME], [NAME] and [NAME]"),
    ],
)
def test_a_listed_first_name_needs_no_cue(text: str, safe: str) -> None:
    """It takes the capitalised words behind it along that are not ordinary ones."""
    assert REDACT(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "My name is not on the list",
        "my name is wrong and your name was spelled badly",
        "the agent was rude, THE AGENT READ OUT MY LETTER",
        "i spoke to customer service and to verizon",
        "I spoke to Customer Service",
        "hi there, hello team, tell everyone",
        "this is terrible from start to end",
        "i'm very happy, i am done",
        "Thanks, great work",
        "Mark my words: Will it ever work? Grace period, Rose garden",
        "In Paris, London and Sydney, by Delta and Mercedes, with Alexa",
        "In May and June, April too",
        "Great Service, Amazing Food",
        "maria in small letters has no cue",
        "PRIYA IN CAPITALS HAS NONE EITHER",
        "@Maria and #Maria and www.maria.example",
        "San Juan, St. Louis and Fort Myers",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    """Ordinary words, places, brands and months, whatever stands before them."""
    assert REDACT(text) == text


ROSTER = ("Maria Lopez", "Jo O'Neil", "Ann Lee")


@pytest.mark.parametrize(
    ("text", "kept", "hidden"),
    [
        ("I spoke to Maria Lopez", "I spoke to Maria Lopez", "I spoke to [NAME]"),
        ("I spoke to Maria", "I spoke to Maria", "I spoke to [NAME]"),
        ("Mrs Lopez was kind", "Mrs Lopez was kind", "Mrs [NAME] was kind"),
        ("Agent Maria Smith was kind", "Agent [NAME] was kind", "Agent [NAME] was kind"),
        ("my name is Peter", "my name is [NAME]", "my name is [NAME]"),
        ("MARIA LOPEZ rocks", "MARIA LOPEZ rocks", "[NAME] rocks"),
        ("jo o'neil, ann lee", "jo o'neil, ann lee", "[NAME], [NAME]"),
        ("joann leeds called", "joann leeds called", "joann leeds called"),
        ("Maria and Peter called", "Maria and [NAME] called", "[NAME] and [NAME] called"),
        ("İ saw Ann Lee", "İ saw Ann Lee", "İ saw [NAME]"),
    ],
)
def test_agents_on_the_roster_are_kept_or_hidden(text: str, kept: str, hidden: str) -> None:
    """A full name anywhere, a part of it behind a cue; never inside another word."""
    assert Redactor(ROSTER)(text) == kept
    assert Redactor(ROSTER, keep_agents=False)(text) == hidden


def test_a_used_redactor_can_be_sent_to_another_process() -> None:
    """What it derived from the roster is built anew there."""
    used = Redactor(ROSTER, keep_agents=False)
    used("ann lee")
    again = pickle.loads(pickle.dumps(used))  # noqa: S301 - our own bytes
    assert again == used
    assert again("ann lee") == "[NAME]"


def test_an_empty_roster_hides_nothing_more() -> None:
    """A roster of blanks is no roster."""
    assert Redactor(("", " "), keep_agents=False)("plain text") == "plain text"


def test_the_lists_hold_small_letters_and_do_not_overlap() -> None:
    """A word that people write in small letters is no first name, and links are never looked up."""
    first, words = lists()
    assert len(first) > 5000
    assert len(words) > 10000
    assert all(word == word.lower() for word in first | words)
    assert not first & words
    assert not first & LINKS
    assert {"maria", "priya", "mohammed", "wei"} <= first
    assert {"refund", "waiting", "will"} <= words


def test_a_cue_is_found_only_behind_its_hint() -> None:
    """A hint that is not in what its cue matches would switch the cue off in silence."""
    cued = [
        "mr Ann", "my name is Ann", "spoke to Ann", "helped by Ann", "agent called Ann",
        "supervisor Ann", "kudos to Ann", "this is Ann speaking", "regards, Ann",
    ]  # fmt: skip
    for (hints, cue), text in zip(CUES, cued, strict=True):
        lowered = f" {text.lower()}"
        assert cue.search(text)
        assert any(hint in lowered for hint in hints)

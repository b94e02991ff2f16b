"""What `Redactor` takes out, and what it must leave alone."""

from __future__ import annotations

import json
import pickle
import re
import time
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cx_text.stages.clean import clean
from cx_text.stages.redact import Redactor
from cx_text.text import PLACEHOLDER

DATA = Path(__file__).parents[2].parent / "shared" / "data"
REDACT = Redactor()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mail ann.lee+x@mail.example.co.uk.", "mail [EMAIL]."),
        ("ann(at)example(dot)com", "[EMAIL]"),
        ("reach me: ann.lee at gmail dot com", "reach me: [EMAIL]"),
        ("call +44 20 7946 0958 now", "call [PHONE] now"),
        ("call (020) 7946 0958", "call [PHONE]"),
        ("on 07700 900123 please", "on [PHONE] please"),
        ("on 555-010-1234 x77", "on [PHONE]"),
        ("(555) 010-1234", "[PHONE]"),
        ("tel 9320 7126", "tel [PHONE]"),
        ("my number is 9876543210", "my number is [PHONE]"),
        ("0049 30 1234567", "[PHONE]"),
        ("Phone:\n60-56-85-91", "Phone:\n[PHONE]"),
        ("card 4111 1111 1111 1111", "card [CARD]"),
        ("4111111111111111", "[CARD]"),
        ("amex 3782 822463 10005", "amex [CARD]"),
        ("card ending in 4242 was charged", "card ending in [CARD] was charged"),
        ("DE89 3704 0044 0532 0130 00 is mine", "[IBAN] is mine"),
        ("gb29nwbk60161331926819", "[IBAN]"),
        ("my ssn is 123-45-6789", "my ssn is [ID]"),
        ("078-05-1120", "[ID]"),
        ("NI number QQ 12 34 56 C", "NI number QQ 12 34 56 C"),
        ("AB 12 34 56 C", "[ID]"),
        ("passport number X1234567", "passport number [ID]"),
        ("the password is hunter22 ok", "the password is [ID] ok"),
        ("from 192.168.10.44 twice", "from [IP] twice"),
        ("2001:db8:0:0:0:ff00:42:8329", "[IP]"),
        ("fe80::1ff:fe23:4567:890a", "[IP]"),
        ("mac 00:1A:2b:3C:4d:5E", "mac [ID]"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id [ID]"),
        ("order 123456 is late", "order [ORDER] is late"),
        ("order number 4711", "order number [ORDER]"),
        ("ref #AB-1234", "ref #[ORDER]"),
        ("Ticket: 8871", "Ticket: [ORDER]"),
        ("406-1234567-7654321", "[ORDER]"),
        ("#8719519", "[ORDER]"),
        ("my account number is 00123", "my account number is [ACCOUNT]"),
        ("customer id: C-99812", "customer id: [ACCOUNT]"),
        ("see 123456789 there", "see [ACCOUNT] there"),
        ("label 1Z999AA10123456784", "label [ORDER]"),
        ("I live at 12 Long Acre, London", "I live at [ADDRESS]"),
        ("sent to 221B Baker Street, London NW1 6XE", "sent to [ADDRESS]"),
        ("sent to 77 Massachusetts Ave Apt 4, Cambridge, MA 02139 again", "sent to [ADDRESS] again"),
        ("at 14 oak tree road", "at [ADDRESS]"),
        ("P.O. Box 4021", "[ADDRESS]"),
        ("in der Hauptstraße 12", "in der [ADDRESS]"),
        ("Rue de Rivoli 12", "[ADDRESS]"),
        ("moved to Austin, TX 78701", "moved to [ADDRESS]"),
        ("my post code is SW1A 1AA", "my [ADDRESS]"),
        ("https://shop.example/cart?token=abc", "https://shop.example/cart"),
        ("https://ann:pw@shop.example/x", "[URL]"),
        ("https://shop.example/reset/9f8a7b6c5d4e3f2a1b0c", "[URL]"),
        ("https://linkedin.com/in/ann-lee", "[URL]"),
        ("https://facebook.com/ann.lee", "[URL]"),
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
    ],
)
def test_personal_data_is_replaced(text: str, safe: str) -> None:
    """One shape or cue each."""
    assert REDACT(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "paid $1,299.00 for it",
        "it cost £ 1 250 000 in all",
        "open 24/7, on 2023-08-14, 14.08.2023 10:30 and 08/14/2023",
        "from 10:30 to 11:45:10",
        "20230814 was the day",
        "iPhone 12 with iOS 11.0.3",
        "Chrome 62.0.3202.75 crashes",
        "version 1.0.66.478 of the app",
        "flight UA 1234 and BA2490",
        "1234 points, 5000 miles, 35,000 feet",
        "in 2015 2016 2017 and 2015-2016",
        "order 50 units, order 5000 pieces",
        "I ordered in 2019, member since 2009",
        "between 1000-1500 people",
        "5 times down the road, a 45 minute drive, 2 hours on the lane",
        "@VirginAmerica and @115888 never answer",
        "https://shop.example/help is down",
        "I look at the screen and it is dead",
        "My name is not on the list",
        "my name is spelled wrong",
        "I spoke to Customer Service and to Delta",
        "spoke with a manager, Thank you Amazon",
        "Thanks, United!",
        "I'm Very Happy",
        "I miss my old plan",
        "Good service, thank you so much.",
        "won 3-0 at 90%",
        "call me back within 24 hours",
    ],
)
def test_what_is_no_personal_data_stays(text: str) -> None:
    """Prices, dates, versions, flights, quantities and brands carry meaning."""
    assert REDACT(text) == text


def test_check_digits_decide() -> None:
    """A number of card or IBAN length with a wrong check digit is an account number or nothing."""
    assert REDACT("4111111111111112") == "[ACCOUNT]"
    assert REDACT("DE88370400440532013000") == "DE88370400440532013000".replace(
        "DE88370400440532013000", "[ORDER]"
    )


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
        ("Joann Leeds called", "Joann Leeds called", "Joann Leeds called"),
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


PARTS = (
    "my name is ",
    "Ann ",
    "Lee ",
    "ann ",
    "Mr ",
    "spoke to ",
    "Thanks, ",
    "order ",
    "order number ",
    "ref #",
    "12",
    "345678",
    "4111 1111 1111 1111 ",
    "call ",
    "+44 20 7946 0958",
    "-",
    " ",
    ".",
    ", ",
    "\n",
    "12 Baker Street",
    " London NW1 6XE",
    "@",
    "ann@example.org",
    "https://a.example/?x=1",
    "www.",
    "[NAME]",
    "[ORDER]",
    "DE89370400440532013000",
    "2019",
    "10:30",
    "::1",
    "Agent ",
    "THE AGENT ",
    "#",
    "AB-1234",
    "card ending in ",
    "password ",
    "zip ",
    "TX 78701",
    "address: ",
    "Suite 5",
    "Box 9",
)


@example("my name is DE89370400440532013000DE89370400440532013000")
@given(st.lists(st.sampled_from(PARTS) | st.text(max_size=2), max_size=9).map("".join))
@settings(max_examples=600, deadline=None)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """A placeholder is neither a name nor a number, and opens no new one."""
    once = REDACT(text)
    assert REDACT(once) == once


@pytest.mark.parametrize(
    "mark",
    [
        "1",
        "1 ",
        "1-",
        "12.",
        "a",
        "A ",
        "A1",
        "@",
        "a@",
        "a.",
        "://",
        "www.",
        "order ",
        "Mr A",
        "my name is ",
        "1 A ",
        "address: ",
        ":",
        "a:",
        "DE12 ",
        "(",
        "+",
        "Thanks,\n",
        "#1",
        "street ",
        "12 a ",
        "at ",
    ],
)
def test_work_grows_with_the_text_and_not_faster(mark: str) -> None:
    """Four times the adversarial text takes nowhere near sixteen times the time."""

    def took(size: int) -> float:
        text = (mark * size)[:size]
        begin = time.process_time()
        REDACT(text)
        return time.process_time() - begin

    small = max(min(took(10_000) for _ in range(2)), 0.004)
    assert took(40_000) < 11 * small


def table(name: str) -> pd.DataFrame:
    """Return one public labelled set, or skip."""
    path = DATA / f"{name}.csv.gz"
    if not path.exists():
        pytest.skip("the public labelled sets are not on this machine")
    return pd.read_csv(path, dtype=str, keep_default_na=False, lineterminator="\n")


@pytest.mark.real_data
def test_structured_data_is_found_on_public_labels() -> None:
    """At least 98 % of each structured kind of the synthetic set is gone."""
    total: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    rows = table("presidio_synth")
    for text, label in zip(rows["text"], rows["label"], strict=True):
        safe = REDACT(text)
        for start, end, kind in json.loads(label):
            total[kind] += 1
            gone[kind] += text[start:end] not in safe
    for kind in ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "IP_ADDRESS", "US_SSN"):
        assert gone[kind] >= 0.98 * total[kind] > 0, kind


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["us_airline_tweets", "banking77", "shopzilla_agents"])
def test_hardly_a_clean_comment_is_touched(name: str) -> None:
    """At most 1 % of real comments change, true finds included."""
    texts = [clean(text) for text in table(name)["text"]]
    touched = [safe for text in texts if (safe := REDACT(text)) != text]
    assert len(touched) <= 0.01 * len(texts)
    assert all(PLACEHOLDER.search(safe) or re.search("https?://|www", safe) for safe in touched)

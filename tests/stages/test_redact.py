"""What `Redactor` takes out, and what it must leave alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cx_text.stages.redact import Redactor

REDACT = Redactor()


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mail ann.lee+x@mail.example.co.uk.", "mail [EMAIL]."),
        ("ann(at)example(dot)com", "[EMAIL]"),
        ("john dot doe at mail dot example dot com", "[EMAIL]"),
        ("ann [at] post.example [dot] org now", "[EMAIL] now"),
        ("ann\uff20example.org", "[EMAIL]"),
        ("reach me: ann.lee at gmail dot com", "reach me: [EMAIL]"),
        ("call +44 20 7946 0958 now", "call [PHONE] now"),
        ("call (020) 7946 0958", "call [PHONE]"),
        ("on 07700 900123 please", "on [PHONE] please"),
        ("on 555-010-1234 x77", "on [PHONE]"),
        ("(555) 010-1234", "[PHONE]"),
        ("tel 9320 7126", "tel [PHONE]"),
        ("my number is 9876543210", "my number is [PHONE]"),
        ("0049 30 1234567", "[PHONE]"),
        ("reach me under:069/90009327, ok", "reach me under:[PHONE], ok"),
        ("ring\n07700\n900721", "ring\n[PHONE]"),
        ("202 555 0109 EXT 09", "[PHONE]"),
        ("dial 0 2 0 7 9 4 6 0 6 5 7 please", "dial [PHONE] please"),
        ("\uff10\uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff19\uff15\uff18", "[PHONE]"),
        ("it is zero seven double seven oh nine one", "it is [ACCOUNT]"),
        ("Phone:\n60-56-85-91", "Phone:\n[PHONE]"),
        ("card 4111 1111 1111 1111", "card [CARD]"),
        ("4111111111111111", "[CARD]"),
        ("amex 3782 822463 10005", "amex [CARD]"),
        ("4111\n1111 1111 1111 twice", "[CARD] twice"),
        ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "[CARD]"),
        ("3056 930902 5904", "[CARD]"),
        ("4111 1111 1111 1111 2 times", "[CARD] 2 times"),
        ("card ending in 4242 was charged", "card ending in [CARD] was charged"),
        ("DE89 3704 0044 0532 0130 00 is mine", "[IBAN] is mine"),
        ("gb29nwbk60161331926819", "[IBAN]"),
        ("my ssn is 123-45-6789", "my ssn is [ID]"),
        ("078-05-1120", "[ID]"),
        ("my ssn\n123 45 6789", "my ssn\n[ID]"),
        ("NI number QQ 12 34 56 C", "NI number [ID]"),
        ("ni nubmer qq 12 34 56 c ok", "ni nubmer [ID] ok"),
        ("AB 12 34 56 C", "[ID]"),
        ("DNI 12345678Z, NIE X-1234567-L", "DNI [ID], NIE [ID]"),
        ("pan ABCDE1234F", "pan [ID]"),
        ("RSSMRA85T10A562S", "[ID]"),
        ("personnummer 19121212-1212", "personnummer [ID]"),
        ("steuer-id 86 095 742 719 now", "steuer-id [ID] now"),
        ("DOB: 12/03/1984", "DOB: [ID]"),
        ("born on 3rd of March 1984 in Rome", "born on [ID] in Rome"),
        ("birthday, it is March 3rd, 84", "birthday, it is [ID]"),
        ("dte of brith 1984-03-12", "dte of brith [ID]"),
        ("passport number X1234567", "passport number [ID]"),
        ("the password is hunter22 ok", "the password is [ID] ok"),
        ("from 192.168.10.44 twice", "from [IP] twice"),
        ("2001:db8:0:0:0:ff00:42:8329", "[IP]"),
        ("fe80::1ff:fe23:4567:890a", "[IP]"),
        ("from:2001:db8::1, ok", "from:[IP], ok"),
        ("203 dot 0 dot 113 dot 5", "[IP]"),
        ("mac 00:1A:2b:3C:4d:5E", "mac [ID]"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id [ID]"),
        ("order 123456 is late", "order [ORDER] is late"),
        ("order number 4711", "order number [ORDER]"),
        ("order732201349 please", "order[ORDER] please"),
        ("my booking J1A0WD", "my booking [ORDER]"),
        ("the reference\nis 1tl36m", "the reference\nis [ORDER]"),
        ("case numbber (:C-5599-248)", "case numbber (:[ORDER])"),
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
        ("ZIP: 3962", "[ADDRESS]"),
        ("Flat 3, 43 Cobbler's Lane, Wexham", "[ADDRESS]"),
        ("at 150 west 9th street, springvale, oh 44000 again", "at [ADDRESS] again"),
        ("to Am Bach 7, 99998 Altdorf next", "to [ADDRESS] next"),
        ("Via dei Glicini 38, 99010 Borgonuovo", "[ADDRESS]"),
        ("https://shop.example/cart?token=abc", "https://shop.example/cart"),
        ("https://ann:pw@shop.example/x", "[URL]"),
        ("https://shop.example/reset/9f8a7b6c5d4e3f2a1b0c", "[URL]"),
        ("https://linkedin.com/in/ann-lee", "[URL]"),
        ("https://facebook.com/ann.lee", "[URL]"),
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
        "both 1-2-3 and 1 2 3 4 5 6 7 8",
        "I ordered one two or three, four times",
        "a birthday present on 14/08",
        "booking form B12, order A4 paper",
        "a frying pan of 28 cm is no sin",
        "San Juan, St. Louis and Fort Myers",
        "meet me at noon at home",
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
        "Ann ",
        "Ann de ",
        "zero ",
        "a dot ",
        "born 1 ",
        "1\n",
        "name ",
        "hi ann ",
        "A1B2 ",
        "\uff14 ",
        "12, 12345 ",
        "1 a street, ",
        "ssn 1 ",
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

"""What `clean` repairs, what it keeps, and what it calls no answer."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cx_text.stages.clean import boilerplate, clean, is_non_answer, learn_templates
from cx_text.text import text_key

FRAGMENTS = (
    "slow",
    "don't",
    "<br>",
    "<b>",
    "</p>",
    "<",
    ">",
    "&amp;",
    "&lt;",
    "&#39;",
    "&",
    ";",
    "\\u2019",
    "\\n",
    "\\",
    '""',
    "''",
    "u2019",
    "!!!!",
    "aaaa",
    " ",
    "\n",
    "\t",
    "\u200b",
    "\u200d",
    "\u200c",
    "\ufe0f",
    "\u2066",
    "\x00",
    "\r\n",
    "👩",
    "👍🏽",
    "❤",
    "€",
    "â€™",
    "Ã©",
    "\ud83d",
    "\ude00",
    "\\x41",
    "#",
    "3",
    "é",
    "e\u0301",
    "\u00ad",
    "“",
    "lt",
    "br",
)


def left(text: str, **more: object) -> str:
    """Return what of `text` is the customer's: all outside of the boilerplate."""
    spans = boilerplate(text, **more)  # type: ignore[arg-type]
    return "".join(character for i, character in enumerate(text) if not any(a <= i < b for a, b in spans))


@pytest.mark.parametrize(
    ("damaged", "mended"),
    [
        ("Iâ€™m still waiting", "I'm still waiting"),
        ("The cafÃ© was closed", "The café was closed"),
        ("It&#39;s slow &amp; rude", "It's slow & rude"),
        ("Tom &amp;amp; Ann", "Tom & Ann"),
        ("I &lt;3 it", "I <3 it"),
        ("Good.<br/>Fast.<BR>Cheap.", "Good.\nFast.\nCheap."),
        ("<p>Very <b>slow</b> app</p><p>Again</p>", "Very slow app\nAgain"),
        ("<style>p {margin: 0}</style>Late again<!-- end -->", "Late again"),
        ("<brilliant>", "<brilliant>"),
        ("a < b and c > d", "a < b and c > d"),
        ("isn\\u2019t good", "isn't good"),
        ("isnu2019t good", "isn't good"),
        ("happy \\ud83d\\ude00", "happy 😀"),
        ("caf\\xc3\\xa9", "café"),
        ("first\\nsecond\\r\\nthird", "first\nsecond\nthird"),
        (r"saved in C:\new\reports", r"saved in C:\new\reports"),
        ('He said \\"no\\"', 'He said "no"'),
        ('""never again""', '"never again"'),
        ("don''t", "don't"),
        ("don\u00b4t and can`t", "don't and can't"),
        ("\u201cgreat\u201d isn\u2019t it", '"great" isn\'t it'),
        ("so\x00bad", "so bad"),
        ("re\u00adfund and zero\u200bwidth", "refund and zerowidth"),
        ("\u202eevil\u202c text\ufeff", "evil text"),
        ("i\ufe0f have it", "i have it"),
        ("Why?????? Sooooooo slow!!!!!!", "Why??? Sooo slow!!!"),
        ("  too   many\t blanks \u00a0 here ", "too many blanks here"),
        ("one\r\n\r\n\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("half of a pair \ud83d here", "half of a pair here"),
        ("no &#0; such &#xD800; sign", "no such sign"),
        ("&notaname; stays", "&notaname; stays"),
    ],
)
def test_damage_is_repaired(damaged: str, mended: str) -> None:
    """Each kind of damage on its own."""
    assert clean(damaged) == mended


@pytest.mark.parametrize(
    "text",
    [
        "Not good, NOT fast, never again!",
        "Zażółć gęślą jaźń \u2013 100 €",
        "日本語のサービスは素晴らしい",
        "👩‍👩‍👧 👍🏽 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈",
        "می‌خواهم",
        "Ελληνικά και Русский",
        "paid 100000 for order 5555555",
        "line one\nline two",
        ":) :-( <3",
    ],
)
def test_text_without_damage_comes_back_as_it_is(text: str) -> None:
    """Case, negation, emoji, scripts, digits and lines survive."""
    assert clean(text) == text


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3), max_size=14).map("".join))
@settings(max_examples=400, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """The law that lets a kept text be cleaned again."""
    once = clean(text)
    assert clean(once) == once
    assert once.count("\ufffd") <= text.count("\ufffd")
    assert once == once.strip()
    assert "\n\n" not in once
    assert not any("\ud800" <= character <= "\udfff" for character in once)


def test_layers_without_end_lose_their_marks() -> None:
    """Escapes nested deeper than damage ever is are not followed for ever."""
    nested = "&" + "lt;x &" * 3
    for _ in range(30):
        nested = nested.replace("&", "&am&").replace("&am&", "&#38;")
    assert clean(clean(nested)) == clean(nested)


@pytest.mark.parametrize(
    "mark",
    [
        "<",
        "<b ",
        "<style>",
        "<!--",
        "&",
        "&lt;",
        "\\",
        "\\u",
        "!",
        "?!",
        " ",
        " \n",
        "\u200d",
        "👍",
        "Ã©",
        "'",
        "> ",
        "from: ",
        "Agent: hi. ",
        "kind regards, ",
        "--\n",
        "this email ",
        "u2019",
        "on 1 wrote",
    ],
)
def test_work_grows_with_the_text_and_not_faster(mark: str) -> None:
    """Four times the adversarial text takes nowhere near sixteen times the time."""

    def took(size: int) -> float:
        text = (mark * size)[:size]
        begin = time.process_time()
        boilerplate(clean(text))
        boilerplate(text)
        return time.process_time() - begin

    small = max(min(took(10_000) for _ in range(2)), 0.004)
    assert took(40_000) < 11 * small


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "n/a",
        "N.A.",
        "na",
        "NA",
        "none",
        "None.",
        "nil",
        "nothing",
        "Nothing!",
        "nada",
        "-",
        "...",
        "???",
        "no",
        "Yes",
        "ok",
        "okay",
        "no comment",
        "No comments",
        "nothing to add",
        "Nothing really, thanks",
        "none at this time",
        "idk",
        "I don't know",
        "asdf",
        "asdfgh",
        "qwerty",
        "hjkl",
        "sdfsdf",
        "lkjhgf",
        "bfjdksh",
        "test",
        "x",
        "7",
        "12345",
        "not applicable",
        "no thanks",
        "nothing at the moment",
    ],
)
def test_what_says_nothing_is_no_answer(text: str) -> None:
    """Fillers, bare agreement, numbers, letters and mash."""
    assert is_non_answer(text)


@pytest.mark.parametrize(
    "text",
    [
        "good",
        "bad",
        "Very good",
        "great",
        ":)",
        ":-(",
        "👍",
        "❤️",
        "@1234 👎",
        "10/10",
        "A+",
        "rude",
        "slow",
        "thanks",
        "were rewarded",
        "treat",
        "power",
        "trees",
        "rewards",
        "no refund",
        "not good",
        "no complaints",
        "好",
        "非常好的服务",
        "нет связи",
        "nothing works",
        "no one answered",
        "ok but slow",
        "wifi",
        "helpful",
        "hmm slow " * 20,
    ],
)
def test_a_bare_judgement_is_an_answer(text: str) -> None:
    """Short is not empty."""
    assert not is_non_answer(text)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Very slow.\nSent from my iPhone", "Very slow.\n"),
        ("Very slow. Sent from my Samsung Galaxy", "Very slow. "),
        ("Too slow\nGet Outlook for Android", "Too slow\n"),
        ("Please refund me.\nKind regards,\nAnn Example\nExample Ltd", "Please refund me.\n"),
        ("Please refund me. Best regards, Ann", "Please refund me. "),
        ("Still broken.\n--\nAnn Example\n+44 0", "Still broken.\n"),
        ("Bad.\nRegards\nAnn\nP.S. the app crashes", "Bad.\n\nP.S. the app crashes"),
        ("Kind regards to the team, they were great", "Kind regards to the team, they were great"),
        ("With regards to my order, it is late", "With regards to my order, it is late"),
        ("Sincerely hope you mend this", "Sincerely hope you mend this"),
        (
            "Late. This email and any files are confidential and intended solely for the addressee.",
            "Late. ",
        ),
        ("Thanks\nOn 3 May 2024 at 10:11, Shop wrote:\n> How was it?", "Thanks\n\n"),
        ("Thanks\nOn 3 May 2024, [NAME] <[EMAIL]> wrote:\nHow was it?", "Thanks\n"),
        ("On 3 May I wrote: please call me", "On 3 May I wrote: please call me"),
        ("No answer.\n---Original Message---\nFrom: Shop\nHow was it?", "No answer.\n"),
        ("Slow.\nFrom: shop\nSent: Monday\nSubject: survey\nHow was it?", "Slow.\n"),
        ("> old text\nmy answer", "\nmy answer"),
        ("Agent: How can I help you?\nMy router is dead\nAgent: One moment", "\nMy router is dead\n"),
        ("Agent Maria: Hello, how can I help?\nCustomer: no signal\nat all", "no signal\nat all"),
        ("Agent: Hi. Customer: my bill is wrong. Agent: I will look.", "my bill is wrong. "),
        ("[10:02] Maria (Support): Hi\nVisitor: late parcel", "late parcel"),
        ("Agent: rude\nPrice: fine", "Agent: rude\nPrice: fine"),
        ("support was bad: no answer", "support was bad: no answer"),
        ("A plain comment about an agent who called", "A plain comment about an agent who called"),
    ],
)
def test_only_the_customers_own_words_are_left(text: str, own: str) -> None:
    """Signatures, disclaimers, quoted mail and agents' lines are boilerplate."""
    assert left(text) == own


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("What could we do better? More staff", " More staff"),
        ("Q1: what could WE do better: more staff", " more staff"),
        ("you could do better", "you could do better"),
    ],
)
def test_the_question_repeated_is_no_answer(text: str, own: str) -> None:
    """Whatever its case and marks."""
    assert left(text, question="What could we do better?") == own


def test_a_question_of_two_words_is_not_looked_for() -> None:
    """So short a question stands in answers by chance."""
    assert boilerplate("Any comments on speed", question="Any comments") == []


TEMPLATE = "Please rate the service of our shop today."


def test_a_sentence_in_many_different_texts_is_a_template() -> None:
    """Twenty different texts that hold it as a part are enough, nineteen are not."""
    texts = [f"{TEMPLATE} Answer number {i} is here" for i in range(20)]
    assert learn_templates(texts) == (text_key(TEMPLATE),)
    assert learn_templates(texts[:19]) == ()
    assert learn_templates(texts[:19] * 5) == ()


def test_a_template_stands_in_one_text_of_a_hundred() -> None:
    """Of 2,001 distinct texts, 21 must hold it."""
    others = [f"another comment {i}" for i in range(1981)]
    texts = [f"{TEMPLATE}\nmine is {i}" for i in range(21)]
    assert learn_templates(others + texts) == (text_key(TEMPLATE),)
    assert learn_templates([*others, "one more", *texts[:20]]) == ()


def test_popular_comments_are_no_templates() -> None:
    """Neither short sentences nor whole comments, however often they come."""
    short = [f"Very good service. Visit {i}" for i in range(50)]
    whole = ["I am very happy with the service"] * 500
    assert learn_templates(short + whole) == ()


def test_templates_do_not_depend_on_order() -> None:
    """A finding of the collection, not of its order."""
    texts = [f"{TEMPLATE} Number {i}\nThe opinion of our guests counts a lot" for i in range(30)]
    assert learn_templates(texts) == learn_templates(texts[::-1])
    assert len(learn_templates(texts)) == 2


def test_a_learned_template_is_boilerplate_wherever_it_stands() -> None:
    """As a line, as a sentence, and as the whole comment."""
    templates = {text_key(TEMPLATE)}
    assert left(f"{TEMPLATE} Slow.", templates=templates) == " Slow."
    assert left(f"Slow.\n{TEMPLATE}", templates=templates) == "Slow.\n"
    assert left(TEMPLATE, templates=templates) == ""


@given(
    st.lists(
        st.sampled_from(
            ("Agent: ", "Customer: ", "Regards,", "\n", "> ", "ok. ", "--", "On 1 x wrote:", "From: a")
        ),
        max_size=12,
    ).map("".join)
)
@settings(max_examples=200, deadline=None)
def test_boilerplate_spans_are_sorted_disjoint_and_inside(text: str) -> None:
    """Whatever is quoted inside of what."""
    spans = boilerplate(text, "ok ok ok", {"ok"})
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] < b[0] for a, b in pairwise(spans))

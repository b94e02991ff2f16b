"""Who is a person: the cues that open a name, first names, and words that are none."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from cx_text.shipped import model_path, shipped_file
from cx_text.stages.redact_patterns import UPPER


class Lists(NamedTuple):
    """The word lists of names-1: first names, and words that people write in small letters."""

    first: frozenset[str]
    words: frozenset[str]


@cache
def lists() -> Lists:
    """Return the shipped lists, in small letters.

    Raises:
        WorkspaceError: E_MODEL, a list is missing or was changed.
    """
    folder = model_path("names-1")
    return Lists(
        *(frozenset(shipped_file(folder, f"{name}.txt", 1).decode().split()) for name in Lists._fields)
    )


_WORD = rf"[{UPPER}](?:[\w'-]{{1,20}}|\.)"
LINKS = frozenset("de van von der den da di del la bin al el ter dos du le".split())
_LINK = f"(?:(?i:{'|'.join(sorted(LINKS))}) ){{0,2}}"
NAME = rf"(?P<name>{_WORD}(?:[ \n]{_LINK}{_WORD}){{0,3}})"
_LOOSE = r"[^\W\d_A-Z][\w'-]{1,20}(?: [^\W\d_][\w'-]{1,20}){0,3}"
_ANY = rf"(?:{NAME}|(?P<any>{_LOOSE}))"
_LISTED = rf"(?:{NAME}|(?P<listed>{_LOOSE}))"
RUN = re.compile(rf"(?<![\w@#/.'\[-]){_WORD}(?:[ \n]{_LINK}{_WORD}){{0,3}}")
"""Capitalised words in a row, among which a listed first name may stand."""
PLACE = re.compile(r"\b(?:San|Santa|St|Saint|Fort|Ft|Port|Lake|Mount|Mt|Los|New)\.? \Z")
"""What makes a town of a first name: San Juan, St. Louis."""
_ROLE = (
    "agent|rep|representative|advisor|adviser|manager|supervisor|lady|guy|gentleman|man|woman|girl|person|colleague"
    "|employee|someone|technician|operator|associate|assistant"
)
CUES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        (" mr", " ms ", " ms.", " mx", " dr ", " dr.", " prof", " miss ", " mister"),
        re.compile(
            rf"\b(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Mister|MR|MRS|MISS|mister)\b\.?[ \n:]|Miss[ \n]){NAME}"
            rf"|\b[Mm]rs?\b\.?[ \n:](?:{NAME.replace('name', 'after')}|(?P<any>{_LOOSE}))"
        ),
    ),
    (
        ("name",),
        re.compile(
            r"\b(?i:(?:my|her|his|their|whose|full|first|last|maiden|sur|your) ?name(?:'?s)?"
            r"(?: is| was|\?|:)?"
            r"|name ?:|under the name(?: of)?|name on the (?:account|order|booking) is)"
            rf"[: \n] ?{_ANY}"
        ),
    ),
    (
        ("spoke", "speak", "talk", "chatt", "deal"),
        re.compile(
            r"\b(?i:spoken?|speak(?:ing)?|talk(?:ed|ing)?|chatt(?:ed|ing)|dealt|dealing) (?i:to|with)"
            rf"[ \n:]{_LISTED}"
        ),
    ),
    (
        ("ed by", "told by"),
        re.compile(rf"\b(?i:helped|served|assisted|handled|attended|answered|told) (?i:by)[ \n:]{_LISTED}"),
    ),
    (
        ("called", "named", "by the name", "whose name"),
        re.compile(
            rf"\b(?i:{_ROLE}),? (?i:called|named|by the name of|whose name (?:is|was))[ \n:]{_LISTED}"
        ),
    ),
    (
        ("agent", " rep", "advis", "supervisor"),
        re.compile(
            r"\b(?i:agent|representative|rep|advis[oe]r|supervisor)[ \n:](?i:(?:was|is|name)[ \n:])?"
            rf"{_LISTED}"
        ),
    ),
    (
        ("ask for", "out to", "kudos", "props", "dear ", "hi ", "hello ", "hey ", "tell "),
        re.compile(
            rf"\b(?i:ask for|shout ?out to|kudos to|props to) {NAME}"
            rf"|\b(?i:dear|hi|hello|hey|tell)[ \n:](?P<listed>{_LOOSE})"
        ),
    ),
    (
        ("this is", "it's", "i am", "i'm"),
        re.compile(
            rf"\b(?i:this is|it's|i am|i'm)[ \n:](?:{NAME}(?=[ ,\n](?i:speaking|calling|here|from|again)\b)"
            rf"|(?P<listed>{_LOOSE}))"
        ),
    ),
    (
        ("thank", "regards", "cheers", "sincerely", "yours", "wishes", "love,"),
        re.compile(
            r"\b(?i:thanks|thank you|regards|cheers|sincerely|yours truly|best wishes|love)"
            r"(?i: again| and regards)?(?:,[ \n]?| ?\n|(?<=regards)[ :]|(?<=REGARDS)[ :]|! )-? ?"
            rf"(?:{NAME}(?=[.!]?\s*\Z|\n)|(?P<listed>{_LOOSE}(?=[.!]?\s*\Z|\n)))"
        ),
    ),
)
"""What opens a name, after the lower-case hints without which it need not be looked for.

A ``name`` is capitalised; small letters are a name where ``any`` words that are not ordinary will do,
or where they begin with a ``listed`` first name.
"""

NOT_NAMES = frozenset(
    (
        "a about account accounts actual added after again agent agents air airline airlines airport airways"
        " alexa all allah already also am amazing amazon american an and another any app apple april are as"
        " asap ask associated at attached august aware awesome bad bank be because been before being best"
        " billing blacklisted boarding booking bot both bureau but by called can cancelled captain care"
        " center centre changed charged chase chat chatbot christmas citi clerk collection comcast company"
        " complaint corp corporate correct costco could counter credit crew customer customer-service"
        " customers day debt december delayed delivery delta department desk did different dispute do does"
        " don't done each easyjet ebay english equifax eu every everybody everyone everything experian"
        " facebook fargo february fine first five flight flipkart for four fraud friday friendly from gate"
        " get getting god going good google got great guys had has have he head help helpdesk helpful her"
        " here him his home hotel how however hr human humanity i i'd i'll i'm i've identity if in inc"
        " incorrect india indian instagram is it it's its january jetblue july june just kept kind last left"
        " like listed live llc loan ltd lufthansa lyft ma'am madam manager many march me mentioned microsoft"
        " miss missing misspelled monday more mortgage most mr mrs ms much multiple my name navient netflix"
        " never new nice no nobody none nor not nothing notice november now number october of off office"
        " offline ok okay on once one online only or order our out over paypal people person phone pilot"
        " please polite poor printed product real really registered removed rep representative reservation"
        " reservations resolved rude ryanair sales same samsung saturday says section september service"
        " services several she shop shopzilla showing sir siri so some somebody someone soon southwest"
        " spelled spelt spotify sprint staff still store such sunday super supervisor support sure target"
        " team tech technical thank thanks that the their them then there they this those three thursday"
        " tmobile to today told tomorrow too transunion tuesday twice twitter two uber uk unable under"
        " unhelpful united unknown until up us usa usairways verizon very via virgin visible walmart was we"
        " website wednesday wells were what whatsapp when where which while who why will with won't wonderful"
        " would written wrong xfinity xmas xx xxx xxxx yes yesterday yet you your yours"
    ).split()
)
"""Words that open a sentence or stand in capitals, and are no one's name."""

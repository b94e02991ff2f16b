"""How a customer of Norvane writes: phrases chosen, joined, spoken in a voice, and soiled a little."""

from __future__ import annotations

import re
from random import Random

from world import FRAME, LANGUAGES, THEMES, WORLD, Customer, Scene, draw, polarity_of

PRONOUNS = {"he": ("he", "him", "his", "himself"), "she": ("she", "her", "her", "herself")}
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)\}")
STAY = re.compile(r"(I\b|I'|[A-Z][A-Z]|[A-Z]\w*day\b|Norvane|Android)")
MOOD = {"negative": "bad", "positive": "good", "mixed": "mixed", "neutral": "mixed"}
DETAILS = {"rambling": (2, 3, 4), "elder": (0, 1, 2), "teen": (0, 0, 1), "curt": (0,)}
CLOSES = {
    "plain": 0.22,
    "angry": 0.6,
    "polite": 0.7,
    "rambling": 0.4,
    "teen": 0.35,
    "learner": 0.35,
    "elder": 0.5,
}
OPENS = {
    "plain": 0.18,
    "angry": 0.45,
    "polite": 0.75,
    "rambling": 0.7,
    "teen": 0.4,
    "learner": 0.35,
    "elder": 0.6,
}


def capital(text: str) -> str:
    """Return `text` with its first letter large."""
    return text[:1].upper() + text[1:]


class Pen:
    """Writes one comment; what a slot stands for stays the same within it."""

    def __init__(self, rng: Random, scene: Scene, customer: Customer) -> None:
        """Fill the slots that depend on who writes about whom, and where."""
        self.rng, self.scene, self.customer = rng, scene, customer
        pronoun = scene.pronoun if scene.pronoun in PRONOUNS else rng.choice(list(PRONOUNS))
        first = scene.agent.split()[0]
        names = [first] * 5 + FRAME["slots"]["somebody"][:6] + FRAME["slots"]["lady_or"][pronoun]
        self.known: dict[str, str] = {
            **dict(zip(("he", "him", "his", "himself"), PRONOUNS[pronoun], strict=True)),
            "He": capital(PRONOUNS[pronoun][0]),
            "first": first,
            **{name: rng.choice(words) for name, words in FRAME["contact"][scene.channel].items()},
            "agent": rng.choice(names),
        }

    def fill(self, template: str) -> str:
        """Return `template` with one of each ``[a|b]`` and every ``{slot}`` filled."""
        text = CHOICE.sub(lambda found: self.rng.choice(found[1].split("|")), template)
        text = SLOT.sub(lambda found: self.slot(found[1]), text)
        return re.sub(r" +(?=[.,!?] |[.,!?]$)", "", re.sub(r"  +", " ", text)).strip()

    def slot(self, name: str) -> str:
        """Return the words for slot `name`, drawn once a comment; ``x2`` differs from ``x``."""
        if name not in self.known:
            slots, base = FRAME["slots"], name if name == "times2" else name.rstrip("2")
            words = slots.get(f"{base}_{self.customer.voice}", slots[base])
            self.known[name] = self.rng.choice([word for word in words if word not in self.known.values()])
        return self.known[name]

    def pick(self, table: str, part: str) -> str:
        """Return a filled phrase: `part` of theme `table`, or of a table of the frame."""
        return self.fill(self.rng.choice((THEMES.get(table) or FRAME[table])[part]))

    def chance(self, share: float) -> bool:
        """Return True in `share` of all cases."""
        return self.rng.random() < share


# --- what is said --------------------------------------------------------------------------------


def comment(pen: Pen, themes: tuple[str, ...]) -> str:
    """Return the clean text of a comment on `themes`, in the customer's voice."""
    if pen.customer.language != "en":
        return foreign(pen, themes)
    if len(themes) == 1 and pen.chance({"curt": 0.85, "teen": 0.2}.get(pen.customer.voice, 0.06)):
        return curtly(pen, themes[0])
    voice, mood = voice_for(pen, themes), MOOD[polarity_of(themes)]
    said = [*point(pen, themes, voice), *details(pen, themes[-1], voice)]
    if voice in ("rambling", "elder") and pen.chance(0.75):
        said.insert(pen.rng.randrange(1, len(said) + 1), capital(pen.pick("aside", "any")))
    text = opened(pen, " ".join(said), voice, mood)
    return spoken(pen, closed(pen, text, voice, mood), voice, mood)


def voice_for(pen: Pen, themes: tuple[str, ...]) -> str:
    """Return the voice of this comment: nobody is angry about good service, or always."""
    usual = pen.customer.voice
    tame = usual == "angry" and (polarity_of(themes) != "negative" or pen.chance(0.25))
    return "plain" if tame or usual == "curt" else usual


def curtly(pen: Pen, theme: str) -> str:
    """Return a few words, as people type them in passing."""
    text = pen.pick(theme, "curt")
    text = pen.rng.choice((capital(text), text, text.lower(), f"{text}.", capital(text) + "."))
    return text.upper() if pen.chance(0.06) else text


def point(pen: Pen, themes: tuple[str, ...], voice: str) -> list[str]:
    """Return the sentences that name the themes."""
    if len(themes) == 1:
        return [statement(pen, themes[0], voice)]
    first, second = themes[:2]
    rest = [statement(pen, theme, voice) for theme in themes[2:]]
    signs = [THEMES[name]["csat"] for name in (first, second)]
    if pen.chance(0.3):
        return [statement(pen, first, voice), statement(pen, second, voice), *rest]
    mood = ["good" if sign > 0 else "bad" for sign in signs]
    kind = f"{mood[0]}_{mood[1]}" if mood[0] != mood[1] and all(signs) else f"same_{mood[0]}"
    a, b = pen.pick(first, "clauses"), pen.pick(second, "clauses")
    link = pen.rng.choice(FRAME["link"][kind])
    return [capital(link.format(a=a, b=b, A=capital(a), B=capital(b))), *rest]


def statement(pen: Pen, theme: str, voice: str) -> str:
    """Return one sentence or two on `theme`."""
    if voice in ("teen", "learner", "elder") and pen.chance(0.35):
        return capital(pen.pick(theme, voice))
    if pen.chance(0.15):
        return capital(pen.pick(theme, "clauses")) + "."
    if pen.chance(0.1):
        return capital(pen.pick(theme, "curt")).rstrip("!?") + "."
    return capital(pen.pick(theme, "says"))


def details(pen: Pen, theme: str, voice: str) -> list[str]:
    """Return sentences that go on about `theme`, none of them twice."""
    count = pen.rng.choice(DETAILS.get(voice, (0, 0, 0, 1, 1, 2)))
    chosen = pen.rng.sample(THEMES[theme]["details"], min(count, len(THEMES[theme]["details"])))
    return [capital(pen.fill(phrase)) for phrase in chosen]


def opened(pen: Pen, text: str, voice: str, mood: str) -> str:
    """Return `text` after an opening, running on in lower case after a comma."""
    if not pen.chance(OPENS[voice]):
        return text
    opening = pen.pick("open", "glad" if voice == "plain" and mood == "good" else voice)
    if voice in ("polite", "learner") or opening[-1] in ".!":
        letter = pen.scene.channel == "Email" and voice in ("polite", "elder")
        return opening + ("\n" if letter else " ") + text
    stays = STAY.match(text) or text.startswith(pen.known["first"])
    return f"{opening} {text if stays else text[:1].lower() + text[1:]}"


def closed(pen: Pen, text: str, voice: str, mood: str) -> str:
    """Return `text` with a last word."""
    if not pen.chance(CLOSES[voice]):
        return text
    own = voice in ("angry", "polite", "elder") or (voice in ("teen", "learner") and mood == "bad")
    part = "polite_good" if voice == "polite" and mood == "good" else voice
    closing = pen.pick("close", part if own else mood)
    letter = pen.scene.channel == "Email" and voice in ("polite", "elder")
    return text + ("\n" if letter else " ") + closing


def foreign(pen: Pen, themes: tuple[str, ...]) -> str:
    """Return a comment in another language: a sentence for each theme, perhaps a last word."""
    phrases = LANGUAGES[pen.customer.language]
    said = [pen.fill(pen.rng.choice(phrases[theme])) for theme in themes]
    mood = MOOD[polarity_of(themes)]
    if f"close_{mood}" in phrases and pen.chance(0.4):
        said.append(pen.rng.choice(phrases[f"close_{mood}"]))
    return " ".join(said)


# --- how it is spoken ----------------------------------------------------------------------------


def spoken(pen: Pen, text: str, voice: str, mood: str) -> str:
    """Return `text` as its voice would type it."""
    if voice == "teen":
        text = slang(pen, text)
    if voice == "learner" and pen.chance(0.7):
        text = re.sub(r"\b(?:the|a|an) ", lambda found: "" if pen.chance(0.45) else found[0], text)
        text = capital(text)
    if voice == "angry":
        text = shouted(pen, text)
    if mood in ("bad", "good") and pen.chance(WORLD["traits"]["emoji"] * (5 if voice == "teen" else 1)):
        text = f"{text.rstrip('.')} {pen.pick('emoji', mood)}"
    return text


def slang(pen: Pen, text: str) -> str:
    """Return `text` in lower case with short forms and long vowels."""
    words = FRAME["slang"]
    pattern = "|".join(rf"\b{re.escape(word)}\b" for word in sorted(words, key=len, reverse=True))
    text = re.sub(pattern, lambda found: words.get(found[0], found[0]) if pen.chance(0.6) else found[0], text)
    if pen.chance(0.3):
        text = re.sub(r"\b(so|no|pls)\b", lambda found: found[0] + found[0][-1] * 3, text, count=1)
    return (text.lower() if pen.chance(0.85) else text).rstrip(".")


def shouted(pen: Pen, text: str) -> str:
    """Return `text` with exclamation marks, a word or all of it in capitals."""
    if pen.chance(0.14):
        return text.upper()
    if pen.chance(0.35):
        loud = r"\b(never|still|nobody|again|nothing|every)\b"
        text = re.sub(loud, lambda found: found[0].upper(), text, count=2)
    return re.sub(r"\.(?= |$)", lambda _: pen.rng.choice(("!", ".", "!!", ".", ".")), text)


# --- dirt and private data -----------------------------------------------------------------------


def soiled(pen: Pen, text: str) -> str:
    """Return `text` with the slips and the encoding dirt that exports carry."""
    traits, english = WORLD["traits"], pen.customer.language == "en"
    if english and pen.chance(traits["typo"]):
        text = mistyped(pen.rng, text)
    if pen.chance(traits["unpunctuated"]):
        text = re.sub(r"[.,;](?=\s|$)", "", text).lower() if pen.chance(0.6) else text.rstrip(".")
    if pen.chance(traits["curly"]):
        text = text.replace("'", "\u2019")
    if pen.chance(traits["mojibake"] * 3) and re.search(r"['\u2019]", text):
        text = re.sub(r"['\u2019]", "\u2019".encode().decode("cp1252"), text)
    elif pen.chance(traits["entity"] * 2) and re.search(r"'| and ", text):
        text = text.replace("'", "&#39;").replace(" and ", " &amp; ")
    return text


def mistyped(rng: Random, text: str) -> str:
    """Return `text` with one or two slips: a usual misspelling or two letters swapped."""
    words = text.split(" ")
    for _ in range(rng.choice((1, 1, 2))):
        usual = [i for i, word in enumerate(words) if word in FRAME["misspelled"]]
        if usual and rng.random() < 0.7:
            i = rng.choice(usual)
            words[i] = FRAME["misspelled"][words[i]]
        elif long := [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]:
            i, j = rng.choice(long), rng.randrange(1, 4)
            word = words[i]
            words[i] = rng.choice(
                (word[:j] + word[j + 1] + word[j] + word[j + 2 :], word[:j] + word[j + 1 :])
            )
    return " ".join(words)


def signed(pen: Pen, text: str) -> tuple[str, str]:
    """Return `text`, sometimes with private data or a mailer's footer, and the kind of the former."""
    kind = ""
    if pen.chance(WORLD["traits"]["private"]):
        kind = draw(
            pen.rng, {"email": 4, "phone": 4, "order": 5, "name": 4, "address": 2, "card": 1, "iban": 1}
        )
        text = f"{text} {private(pen, kind)}"
    if pen.chance(WORLD["traits"]["signature"] * (4 if pen.scene.channel == "Email" else 0.4)):
        text = f"{text}\n\n{pen.pick('boilerplate', 'phrases')}"
    return text, kind


def private(pen: Pen, kind: str) -> str:
    """Return a sentence that gives away something of `kind`; nothing in it is real."""
    table, rng, person = FRAME["private"], pen.rng, pen.customer.person
    return str(rng.choice(table[kind])).format(
        mail=f"{person.lower().replace(' ', '.')}@example.{rng.choice(('com', 'org', 'net'))}",
        tel=rng.choice(table["tels"]).format(nn=f"{rng.randrange(100):02}"),
        order=f"NV-{rng.randrange(10_000):04}-{rng.randrange(10_000):04}",
        card=rng.choice(table["cards"]),
        iban=rng.choice(table["ibans"]),
        person=person,
        address=f"{rng.randrange(1, 140)} {rng.choice(table['streets'])}, {pen.slot('city')}",
    )

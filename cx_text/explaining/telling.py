"""Explanations in words: what a CX manager could read aloud, told from the facts and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from textwrap import shorten, wrap

from cx_text.explaining.source import Facts
from cx_text.explaining.telling_verbatim import verbatim_in_words
from cx_text.reports.wording import chance, decimal, listing, percent, plural

WIDTH = 110

SHOWN = 3
"""Sentences that show what a built-in topic is."""

LONG = 200
"""Characters of a comment that are told, at most; of a longer one the part in question."""

FOUND = {
    "learned": "It was learned from {size} different sentences or clauses of your comments, without labels.",
    "built_in": "It is one of the built-in service topics, which are used while there are too few comments "
    "to learn from; phrases tell it.",
    "general": "It holds opinions without a reason: plain praise or plain complaint.",
    "parent": "It is a group of themes that lie close together: {children}.",
    "defined": "A person defined it (see the edits below).",
    "split": "A person split it from another theme (see the edits below).",
    "told": "A rule tells it: comments since the last learning, or a text that is sent again and again, made "
    "it a theme of its own.",
}
STABLE = (
    "Stability {value}: in random parts of your comments, two of its sentences are found together again "
    "{share} of the time. {means}"
)

LINES = {
    "born": "{theme_id} was born when themes were last learned.",
    "died": "{theme_id} has gone: nothing like it was found again.",
    "merged": "{theme_id} has gone into {into}: most of its comments are there now.",
    "split": "{into} was split from {theme_id}: a good part of its comments is there now.",
}


def in_words(facts: Facts) -> str:
    """Return an explanation as lines of text: a headline, then a section for each question."""
    head, sections = _TELLERS[facts["kind"]](facts)
    lines = [head]
    for title, body in sections:
        told = [line for part in body for line in _wrapped(part)]
        lines += ["", title, *told] if told else []
    return "\n".join(lines)


def _wrapped(part: str) -> list[str]:
    """Return a paragraph as lines; what follows a line break stands on a line of its own."""
    rows = part.splitlines() or [""]
    return [
        line
        for row in rows
        for line in wrap(row, WIDTH, initial_indent="  ", subsequent_indent="    ", break_long_words=False)
    ]


Section = tuple[str, Iterable[str]]


def _theme(facts: Facts) -> tuple[str, list[Section]]:
    """Return headline and sections of a theme."""
    return f"Theme {facts['theme_id']}: {facts['label']}", [
        ("What it is", _identity(facts)),
        ("What the model looks at", _looks_at(facts)),
        ("Rules above the model", map(_rule, facts["rules"])),
        ("What people said of it", map(_edit, facts["edits"])),
        ("How it went since", (one["said"] for one in facts["actions"] if one["since"])),
        ("What became of it", (LINES[one["kind"]].format(**one) for one in facts["lineage"])),
        ("Typical comments", map(quote, facts["examples"])),
        ("Themes close to it", map(_near, facts["nearest"])),
        (
            f"The numbers of the last report ({facts['run_id']})",
            figures(facts["figures"])
            if facts["figures"]
            else ["Nobody speaks of it in the report's window."],
        ),
    ]


def _identity(facts: Facts) -> Iterator[str]:
    """Yield what a theme is and how it was found."""
    if facts["asked"] != facts["theme_id"]:
        yield f"{facts['asked']} is part of it."
    if facts["parent_theme_id"]:
        yield f"It lies below {named(facts['parent_theme_id'], facts['parent_label'])}."
    children = listing([named(one["theme_id"], one["label"]) for one in facts["children"]])
    size = "some" if facts["size"] is None else f"{facts['size']:,}"
    yield FOUND[facts["found"]].format(size=size, children=children)
    if facts["stability"] is not None and facts["found"] == "learned":
        yield STABLE.format(
            value=decimal(facts["stability"], 2),
            share=percent(facts["stability"]),
            means=stability_means(facts["stability"]),
        )
    if facts["first_run"]:
        yield f"First known in run {facts['first_run']}."
    marks = [mark for mark in ("pinned", "muted") if facts[mark]]
    if marks:
        yield f"People {listing(marks)} it."


def stability_means(stability: float) -> str:
    """Return what a stability of 0..1 says of a theme.

    >>> stability_means(0.9)
    'That is firm.'
    """
    if stability >= 0.75:
        return "That is firm."
    return "That is fair." if stability >= 0.5 else "That is loose: another learning may cut it differently."


def _looks_at(facts: Facts) -> Iterator[str]:
    """Yield the words that speak for a theme and against it, or sentences that tell a built-in one."""
    if facts["built_in"]:
        told = listing([f'"{one}"' for one in facts["built_in"]["examples"][:SHOWN]])
        yield f"It has {len(facts['built_in']['phrases'])} phrases, held by sentences such as {told}."
    seen: Mapping[str, Sequence[Facts]] = facts["looks_at"]
    if not seen["for"]:
        return
    yield f"These words speak for it, with their weights: {terms(seen['for'])}."
    yield f"These do in the sentence before or after: {terms(seen['beside'])}."
    if seen["against"]:
        yield f"These speak against it: {terms(seen['against'])}."
    yield "Besides, it looks at the sense of the sentence as a whole and at how it feels."


def _rule(rule: Facts) -> str:
    """Return a rule in a sentence."""
    how = (
        "sentences that hold " + " or ".join(f'"{one}"' for one in rule["phrases"])
        if rule["phrases"]
        else "sentences like its examples, by a small model of its own"
    )
    where = {"*": "all sentences", "": "sentences whose theme is not sure"}
    of = where.get(rule["within"], f"sentences of {rule['within']}")
    told = f"Of {of}, {how} count as {rule['theme_id']}"
    return told + (f" (edit {rule['edit']})." if rule["edit"] else ".")


def _edit(edit: Facts) -> str:
    """Return an edit in a sentence: what, by whom, when, why, and whether it was taken back."""
    apart = {"number", "made_at", "author", "action", "theme_id", "reason", "undone"}
    what = [
        f"{name} {listing(value) if isinstance(value, list) else value}"
        for name, value in edit.items()
        if name not in apart
    ]
    parts = [f"Edit {edit['number']}: {edit['action']} {edit['theme_id']}".rstrip(), *what]
    parts += [f"by {edit['author']} on {edit['made_at']}"]
    parts += [f'because "{edit["reason"]}"'] if edit.get("reason") else []
    return ", ".join(parts) + ("; taken back since." if edit["undone"] else ".")


def _near(near: Facts) -> str:
    """Return a near theme in a sentence."""
    share = percent(near["times"] / near["of"])
    return (
        f"{named(near['theme_id'], near['label'])} is the second most likely theme in {near['times']:,} of "
        f"{near['of']:,} of its mentions read again ({share})."
    )


def named(theme_id: str, label: str | None) -> str:
    """Return a theme's label with its id."""
    return f'"{label or theme_id}" ({theme_id})'


def terms(found: Sequence[Facts]) -> str:
    """Return words with their weights."""
    return ", ".join(f"{one['term']} {one['weight']:+.1f}" for one in found) or "none"


def quote(example: Facts) -> str:
    """Return a comment with its id; where it is known, how sure its mention is."""
    sure = f", {chance(example['confidence'])} sure" if "confidence" in example else ""
    text = " ".join(example["text"].split())
    if len(text) > LONG and "span" in example:
        text = f"... {' '.join(example['span'].split())} ..."
    return f'"{shorten(text, LONG, placeholder=" ...")}" ({example["verbatim_id"]}{sure})'


def figures(found: Iterable[Facts]) -> Iterator[str]:
    """Yield figures in sentences."""
    for one in found:
        yield f"{one['name'][0].upper()}{one['name'][1:]}: {one['said'].rstrip('.')}."


def _issue(facts: Facts) -> tuple[str, list[Section]]:
    """Return headline and sections of an issue."""
    scope = "in all comments" if facts["scope"] == "all" else f"in {facts['scope'].replace('=', ' ')}"
    about = named(facts["theme_id"], facts["label"])
    return f"Issue {facts['issue_id']}: {about}, {facts['status']} {scope}", [
        (f"The numbers of the last report ({facts['run_id']})", figures(facts["figures"])),
        ("Typical comments", map(quote, facts["examples"])),
        ("All evidence", _ids(facts["evidence"])),
    ]


def _agent(facts: Facts) -> tuple[str, list[Section]]:
    """Return headline and sections of an agent."""
    team = f" (team {facts['team']})" if facts["team"] else ""
    head = f"Agent {facts['agent']}{team}: {plural(facts['n'], 'comment')} with something to say"
    if not facts["judged"]:
        few = (
            f"Not judged: fewer than {facts['minimum']} comments, nobody to be compared with, or withheld so "
            f"that nobody's numbers can be told from the rest."
        )
        return head, [("What can be said", [few])]
    plain = [one["state"] == "consistent" for one in facts["topics"]]
    shown = max(plain.index(True) if True in plain else len(plain), 1)
    full, rest = facts["topics"][:shown], facts["topics"][shown:]
    sections: list[Section] = [("Coaching", map(_coaching, facts["coaching"]))]
    for topic in full:
        body = [*figures(topic["figures"]), *map(quote, topic["examples"])]
        sections.append((f'On "{topic["label"]}" ({topic["topic"]})', body))
    brief = (
        f"{one['label']}: {one['count']} counted, {decimal(one['expected'])} usual, "
        f"{str(one['state']).replace('_', ' ')}."
        for one in rest
    )
    return head, [*sections, ("Other topics", brief)]


def _coaching(row: Facts) -> str:
    """Return a coaching topic in a sentence."""
    usual = "" if row["expected"] is None else f", {decimal(row['expected'])} would be usual"
    return f'{row["direction"].capitalize()} on "{row["label"]}": {row["count"]} comments{usual}.'


def _ids(ids: Sequence[str]) -> Iterator[str]:
    """Yield the ids of verbatims."""
    if ids:
        yield ", ".join(ids)


def _verbatim(facts: Facts) -> tuple[str, list[Section]]:
    """Return headline and sections of a verbatim."""
    return f"Comment {facts['verbatim_id']}", list(verbatim_in_words(facts))


_TELLERS: Mapping[str, Callable[[Facts], tuple[str, list[Section]]]] = {
    "theme": _theme,
    "verbatim": _verbatim,
    "issue": _issue,
    "agent": _agent,
}

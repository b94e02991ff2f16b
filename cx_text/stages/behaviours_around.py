"""What stands around a phrase of a behaviour, and so of what the phrase speaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from cx_text.phrases import Hit

PERSON, THING, OTHER, CUSTOMER, WISH, SHIELD = range(6)
"""The owners of contexts: a person of the contact (or their call, answer, service), a thing, other people,
the "I" of who writes, what makes a wish of what follows, and what only looks like a behaviour."""

BEHIND = {PERSON: 2, THING: 2, OTHER: 1}
"""A noun at most so many words behind a phrase is what it speaks of: "friendly young man"."""

BEFORE = 3
"""Who says "I" at most so many words before a phrase tells of what he or she did."""


@dataclass(frozen=True)
class Around:
    """What stands around the phrases of a span: nouns in order, shields, where a wish begins."""

    nouns: tuple[Hit, ...]
    shields: tuple[Hit, ...]
    wished: float

    @classmethod
    def of(cls, contexts: Sequence[Hit]) -> Around:
        """Return what the contexts of a span say; a noun inside a longer one is none."""
        nouns = [one for one in contexts if one.phrase.owner < WISH]
        outer = [one for one in nouns if not any(covers(noun, one) for noun in nouns)]
        return cls(
            nouns=tuple(sorted(outer, key=lambda one: (one.first, one.phrase.owner))),
            shields=tuple(one for one in contexts if one.phrase.owner == SHIELD),
            wished=min((one.first for one in contexts if one.phrase.owner == WISH), default=inf),
        )

    def subject(self, hit: Hit, *, by_customer: bool) -> int | None:
        """Return the kind of noun that a phrase speaks of, None without any.

        Args:
            hit: the phrase.
            by_customer: an "I" shortly before it is who acts.
        """
        before = [noun for noun in self.nouns if noun.end <= hit.first]
        named = [noun.phrase.owner for noun in before if noun.phrase.owner != CUSTOMER]
        behind = [noun.phrase.owner for noun in self.nouns if self._directly_behind(noun, hit)]
        inside = any(noun.phrase.owner == PERSON and _within(noun, hit) for noun in self.nouns)
        if by_customer and before and before[-1].phrase.owner == CUSTOMER:
            nearest = 1 if inside or behind[:1] == [PERSON] else BEFORE
            if hit.first - before[-1].first <= nearest:
                return CUSTOMER
        if named[-1:] == [OTHER]:
            return OTHER
        later = [noun.phrase.owner for noun in self.nouns if noun.first >= hit.end]
        kinds = [*[PERSON][:inside], *behind, *reversed(named), *later]
        return next((kind for kind in kinds if kind != CUSTOMER), None)

    @staticmethod
    def _directly_behind(noun: Hit, hit: Hit) -> bool:
        """Return whether a noun stands so shortly behind a phrase that it is meant."""
        return hit.end <= noun.first < hit.end + BEHIND.get(noun.phrase.owner, 0)


def shields(shield: Hit, hit: Hit) -> bool:
    """Return whether a shield reaches into a hit; a hit that holds all of the shield says more than it."""
    return shield.first < hit.end and hit.first < shield.end and not _within(shield, hit)


def length(hit: Hit) -> int:
    """Return the number of words of a hit."""
    return hit.end - hit.first


def _within(inner: Hit, outer: Hit) -> bool:
    """Return whether a hit lies in another."""
    return outer.first <= inner.first and inner.end <= outer.end


def covers(outer: Hit, inner: Hit) -> bool:
    """Return whether a hit lies in a longer one."""
    return _within(inner, outer) and length(outer) > length(inner)

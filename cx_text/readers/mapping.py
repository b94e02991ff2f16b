"""Headers to canonical columns: told by ``--map`` or ``[columns]``, else found by usual names."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from cx_text.errors import InputError, UsageError
from cx_text.readers.sheet import listed, normal, shown
from cx_text.records import CANONICAL

TIMES = ("contacted_at", "responded_at")
TARGETS = ("verbatim", *CANONICAL, *TIMES)

USUAL: Mapping[str, tuple[str, ...]] = {
    "verbatim": (
        "comment", "comments", "comment text", "customer comment", "customer comments",
        "additional comments", "survey comment", "survey comments", "nps comment", "csat comment",
        "feedback", "feedback text", "customer feedback", "open feedback",
        "remark", "remarks", "customer remark", "customer remarks",
        "review", "reviews", "review text", "review body", "customer review",
        "text", "full text", "open text", "free text", "message", "message text", "body",
        "verbatims", "verbatim text", "verbatim comment", "customer verbatim",
        "response", "response text", "open response", "open ended response", "answer text",
        "tweet text", "narrative", "consumer complaint narrative", "complaint text",
        "what is the reason for your score", "what is the reason for your score?",
        "what is the primary reason for your score", "what is the primary reason for your score?",
        "what is the main reason for your score", "what is the main reason for your score?",
    ),
    "verbatim_id": (
        "id", "unique id", "comment id", "feedback id", "response id", "responseid",
        "respondent id", "survey id", "survey response id", "review id", "record id",
    ),
    "created_at": (
        "created", "created on", "created date", "creation date", "date created", "createdat",
        "date", "datetime", "date time", "timestamp",
        "submitted at", "submitted on", "submission date", "submit date", "date submitted",
        "response date", "survey date", "survey response date", "recorded date", "recordeddate",
        "feedback date", "review date", "comment date", "interaction date", "contact date",
        "posted at", "completed at",
    ),
    "channel": (
        "channel name", "contact channel", "support channel", "service channel",
        "interaction channel", "survey channel", "contact method",
    ),
    "agent": (
        "agent name", "agent id", "advisor", "advisor name", "adviser", "adviser name",
        "representative", "representative name", "rep", "rep name", "consultant",
        "consultant name", "csr", "csr name", "service representative", "handled by", "assignee",
    ),
    "team": (
        "team name", "agent team", "supervisor", "supervisor name", "team lead", "team leader",
        "queue", "queue name", "support group",
    ),
    "customer_id": (
        "customer", "customer no", "customer number", "client id", "client number", "user id",
        "userid", "account id", "account number", "author id", "member id",
    ),
    "contact_reason": (
        "category", "reason", "contact category", "call reason", "reason for contact",
        "contact type", "issue type", "ticket category", "enquiry type", "inquiry type",
    ),
    "question": ("question text", "survey question", "question label"),
    "product": (
        "product name", "product line", "product category", "service name", "item name",
    ),
    "language": ("lang", "language code", "user language", "userlanguage", "survey language"),
    "csat": (
        "csat score", "csat rating", "customer satisfaction", "customer satisfaction score",
        "satisfaction", "satisfaction score", "satisfaction rating", "overall satisfaction",
    ),
    "nps": (
        "nps score", "nps rating", "net promoter score", "likelihood to recommend", "ltr",
        "how likely are you to recommend us", "how likely are you to recommend us?",
    ),
    "ces": ("ces score", "customer effort", "customer effort score", "effort score"),
    "resolved": (
        "fcr", "first contact resolution", "issue resolved", "is resolved", "was resolved",
        "was your issue resolved", "was your issue resolved?", "resolution",
    ),
    "first_response_minutes": ("first response time minutes", "frt minutes"),
    "handle_minutes": ("aht minutes", "handle time minutes", "handling minutes"),
    "value": ("order value", "contract value", "customer value", "revenue"),
    "contacted_at": (
        "contacted on", "contact time", "reported at", "issue reported at", "opened at",
    ),
    "responded_at": (
        "responded on", "response time stamp", "first response at", "first responded at",
        "issue responded", "issue responded at",
    ),
}  # fmt: skip
"""The usual headers of each canonical column beside its own name; no header stands twice."""

_MEANING = {normal(name): target for target, names in USUAL.items() for name in (*names, target)}


def map_columns(headers: Sequence[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return canonical column -> header, in canonical order.

    `told` wins over guesses, and an empty header in it says that the column is not there. Among
    guesses the canonical name itself wins over other usual names.

    Raises:
        UsageError: MAPPING for an unknown canonical name, AMBIGUOUS where two headers fit.
        InputError: E_MISSING_COLUMN for a told header that is not there, or no verbatim.
    """
    mapped = {target: _find(target, header, headers) for target, header in told.items() if header}
    taken = set(mapped.values())
    for target in TARGETS:
        if target not in told and (header := _guess(target, [h for h in headers if h not in taken])):
            mapped[target] = header
    if "verbatim" not in mapped:
        wrong = f"no column looks like the comment; there are {listed(headers)}"
        raise InputError("E_MISSING_COLUMN", wrong, 'name it: --map verbatim="HEADER"')
    return {target: mapped[target] for target in TARGETS if target in mapped}


def _find(target: str, header: str, headers: Sequence[str]) -> str:
    """Return the header in the file that `header` names."""
    if target not in TARGETS:
        near = difflib.get_close_matches(target, TARGETS, n=1)
        mend = f"did you mean {near[0]}?" if near else f"there are {', '.join(TARGETS)}"
        raise UsageError("MAPPING", f'no column is called "{shown(target)}"', mend)
    for known in headers:
        if header == known or normal(header) == normal(known):
            return known
    wrong = f'there is no column "{shown(header)}" for {target}; there are {listed(headers)}'
    raise InputError("E_MISSING_COLUMN", wrong, f'name one of them: --map {target}="HEADER"')


def _guess(target: str, free: Sequence[str]) -> str:
    """Return the one header in `free` that means `target`; empty if none does."""
    found = [header for header in free if _MEANING.get(normal(header)) == target]
    for header in found:
        if normal(header) == target:
            return header
    if len(found) > 1:
        flags = " or ".join(f'--map {target}="{shown(header)}"' for header in found)
        raise UsageError("AMBIGUOUS", f"{target} may be {listed(found)}", f"say which: {flags}")
    return found[0] if found else ""

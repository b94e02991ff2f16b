"""The page: whole, safe, accessible, and honest where there is nothing to say."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jinja2 import UndefinedError

from cx_text.config import Config, make_config
from cx_text.records import Result
from cx_text.reports import page
from cx_text.reports.page import write_page

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>bold</b>",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "\u202etxt.exe\u2066 \x1b[31m red \x00",
    "=cmd|' /C calc'!A0",
)
VOID = {"meta", "img", "source", "link", "br", "hr", "input"}


@dataclass
class Seen(HTMLParser):
    """What a browser would see: tags with their attributes, and text by tag."""

    source: str
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that tags are closed in order."""
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text outside of the style sheet."""
        if self.stack and self.stack[-1] != "style":
            self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        """All text on one line."""
        return re.sub(r"\s+", " ", " ".join(self.texts))


def html(result: Result, config: Config | None = None) -> str:
    """Return the page."""
    out = io.BytesIO()
    write_page(result, config or Config(), out)
    return out.getvalue().decode("utf-8")


def seen(result: Result, config: Config | None = None) -> Seen:
    """Return the page as a browser sees it."""
    parser = Seen(html(result, config))
    parser.feed(parser.source)
    parser.close()
    assert parser.stack == []
    return parser


@pytest.fixture(scope="module")
def full(rich: Result) -> Seen:
    """Return the page of the rich result."""
    return seen(rich)


@pytest.fixture(scope="module")
def bare(nothing: Result) -> Seen:
    """Return the page of the empty result."""
    return seen(nothing)


@pytest.mark.parametrize("which", ["full", "bare"])
def test_a_page_has_one_title_and_headings_in_order(which: str, request: pytest.FixtureRequest) -> None:
    """Screen readers jump from heading to heading."""
    shown: Seen = request.getfixturevalue(which)
    levels = [int(tag[1]) for tag, _ in shown.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later <= former + 1 for former, later in pairwise(levels))
    assert shown.all("html")[0]["lang"] == "en"


@pytest.mark.parametrize("which", ["full", "bare"])
def test_a_page_loads_nothing_from_anywhere(which: str, request: pytest.FixtureRequest) -> None:
    """No address but data and places on the page itself."""
    shown: Seen = request.getfixturevalue(which)
    addresses = [
        value for _, given in shown.tags for name, value in given.items() if name in {"src", "srcset"}
    ]
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)
    assert all(given["href"].startswith("#") for given in shown.all("a"))
    assert not {tag for tag, _ in shown.tags} & {
        "script",
        "link",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    }
    assert not any(name.startswith("on") for _, given in shown.tags for name in given)
    policy = next(given["content"] for given in shown.all("meta") if "http-equiv" in given)
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'")


def test_the_style_sheet_names_no_address(bare: Seen) -> None:
    """Fonts and pictures are the reader's own."""
    assert "url(" not in bare.source
    assert "@import" not in bare.source


def test_every_picture_says_what_it_shows(full: Seen) -> None:
    """Charts and lines have an alternative text that holds a number."""
    pictures = full.all("img")
    assert len(pictures) > 20
    assert all(re.search(r"\d", given["alt"]) for given in pictures)


def test_every_link_on_the_page_leads_somewhere(full: Seen) -> None:
    """No dead anchors, no id twice."""
    ids = [given["id"] for _, given in full.tags if "id" in given]
    assert len(ids) == len(set(ids))
    assert {given["href"].removeprefix("#") for given in full.all("a")} <= set(ids)


def test_tables_have_captions_and_header_cells(full: Seen) -> None:
    """Cells can be told to those who do not see the grid."""
    assert len(full.all("table")) == len(full.all("caption"))
    assert all(given.get("scope") in {"col", "row"} for given in full.all("th"))


def test_quotes_are_behind_native_controls_and_not_empty(full: Seen) -> None:
    """Keyboard and screen reader open them."""
    assert len(full.all("summary")) == len(full.all("details"))
    assert len(full.all("blockquote")) > 30
    assert "Four weeks and my refund is still not there." in full.text


@pytest.mark.parametrize("which", ["full", "bare"])
def test_nothing_on_a_page_is_nan_or_none(which: str, request: pytest.FixtureRequest) -> None:
    """What is not known is not said."""
    shown: Seen = request.getfixturevalue(which)
    attributes = [
        value for _, given in shown.tags for name, value in given.items() if name not in {"src", "srcset"}
    ]
    for text in (shown.text, " ".join(attributes)):
        assert not re.search(r"\b(?:nan|None|NaT|inf)\b|<NA>|\(\)|\( *;|%%", text.replace("'none'", ""))


def test_the_ledger_on_the_page_adds_up(full: Seen) -> None:
    """Read = accepted + quarantined + duplicate; accepted = the five states."""
    sums = re.findall(r"in this run: ([\d,]+) = ((?:[\d,]+ [a-z -]+ ?\+? ?)+)", full.text)
    assert len(sums) == 2
    for whole, parts in sums:
        numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]+", parts)]
        assert int(whole.replace(",", "")) == sum(numbers)
    assert "2,480 = 2,391 accepted + 12 quarantined + 77 duplicate" in full.text


def test_the_page_begins_with_period_and_size(full: Seen) -> None:
    """What the report is about."""
    size = ("6 Jan 2025 \u2013 6 Jul 2025", "12,198 comments", "15 themes", "5 channels", "30 agents")
    assert " \u00b7 ".join(size) in full.text


@pytest.mark.parametrize(
    "sentence",
    [
        "Not enough text to say what customers talk about.",
        "Not enough text: no theme came up often enough to be told.",
        "No scores in this export",
        "No theme was told with pleasure",
        "No dates in this export, so nothing can be said about what is new or recurring.",
        "There are not two channels with enough comments to compare.",
        "No agents in this export",
        "Nothing to raise an alarm about.",
        "0 = 0 accepted + 0 quarantined + 0 duplicate",
    ],
)
def test_an_empty_section_says_one_honest_sentence(bare: Seen, sentence: str) -> None:
    """No empty chart, no invented theme."""
    assert sentence in bare.text
    assert bare.all("img") == []


def test_no_name_of_a_run_and_no_time_is_on_the_page(rich: Result, full: Seen) -> None:
    """The page is a function of the state."""
    other = replace(rich, record={**rich.record, "run_id": "another", "timings": {"score": 99.0}})
    assert html(other) == full.source


def test_agents_too_few_to_judge_are_counted_and_explained(full: Seen) -> None:
    """Why silence is right."""
    assert "11 of 30 agents had too few comments (below 10), or nobody to be compared with." in full.text
    assert "by chance alone about one time in six" in full.text


def test_warnings_of_run_and_findings_are_shown_once(rich: Result) -> None:
    """A warning that both give is one."""
    warning = rich.findings.warnings[0]
    both = replace(rich, record={**rich.record, "warnings": [warning]})
    assert seen(both).text.count(warning) == 1


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_from_data_is_text_on_the_page(rich: Result, hostile: str) -> None:
    """Labels, quotes, names, warnings and settings cannot break out, and cannot hide."""
    findings = replace(
        rich.findings,
        themes=rich.themes.assign(label=hostile),
        issues=rich.issues.assign(label=hostile, scope=f"product={hostile}"),
        channels=rich.channels.assign(label=hostile, channel=hostile),
        agents=rich.agents.assign(agent=hostile, label=hostile),
        coaching=rich.coaching.assign(agent=hostile, team=hostile, label=hostile),
        alerts=rich.findings.alerts.assign(message=hostile),
        warnings=(hostile,),
    )
    record = {**rich.record, "inputs": [hostile], "columns": {hostile: hostile}}
    quotes = dict.fromkeys(rich.quotes, f"I said {hostile} to them at last")
    result = replace(rich, findings=findings, record=record, quotes=quotes)
    config = make_config({"report": {"title": hostile}})
    shown = seen(result, config)
    kinds = {tag for tag, _ in shown.tags}
    assert not kinds & {"script", "b", "link", "iframe"}
    assert all(given["src"].startswith("data:image/svg+xml;base64,") for given in shown.all("img"))
    assert not any(name.startswith("on") for _, given in shown.tags for name in given)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", shown.source)
    assert len(shown.all("style")) == 1


def test_braces_in_data_are_no_template(rich: Result) -> None:
    """Data is shown, never computed."""
    text = seen(replace(rich, quotes=dict.fromkeys(rich.quotes, "They said {{ 7*7 }} to me again"))).text
    assert "{{ 7*7 }}" in text


def test_a_missing_name_in_the_template_is_an_error() -> None:
    """A typing mistake is found by any test."""
    with pytest.raises(UndefinedError):
        page.environment().from_string("{{ absent }}").render()


def test_the_number_of_themes_shown_in_full_is_a_setting(rich: Result) -> None:
    """The rest is in a table."""
    shown = seen(rich, make_config({"report": {"themes": 2}}))
    themes = [given for given in shown.all("details") if given.get("class") == "theme"]
    assert len(themes) == 2
    assert "Remaining themes" in shown.text

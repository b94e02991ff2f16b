"""The marks that `clean` looks for: markup, escapes, invisible characters, boilerplate."""

from __future__ import annotations

import re

EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf"
    "\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
"""Inside of a character class: what may open an emoji."""

DIRTY = re.compile(r"[<&\\\x00-\x09\x0b-\x1f\x7f`]|''|\"\"|u20[12]|([^\d\s])\1{3}|\s\s|\A\s|\s\Z")
"""ASCII text without any of this is clean."""

# Markup. Every pattern stops at the next "<", so that a text of nothing but "<" costs linear time.
STYLE = re.compile(r"<(style|script)\b[^<>]*>[^<]*</\1\s*>", re.IGNORECASE)
COMMENT = re.compile(r"<![^<>]*>")
BREAK = re.compile(r"<br(?:\s[^<>]*)?/?>|</(?:p|div|li|tr|h[1-6]|ul|ol|table|blockquote)\s?>", re.IGNORECASE)
INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|small|big|sub|sup)(?:\s[^<>]*)?/?>", re.IGNORECASE)
TAG = re.compile(
    r"</?(?:abbr|article|blockquote|body|br|button|center|code|dd|div|dl|dt|footer|form|h[1-6]|head|header"
    r"|hr|html|iframe|img|input|label|li|link|main|meta|nav|ol|option|p|pre|script|section|select|style"
    r"|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
ENTITY = re.compile(r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")

# Escapes that exports leave behind.
UNICODE_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]{1,6})\}|\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})")
LOST_ESCAPE = re.compile(r"(?<=[a-z])u20(1[89cd]|26)")
BYTE_ESCAPE = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
LINE_ESCAPE = re.compile(r"(?:\\r)?\\n|\\r|\\t")
QUOTE_ESCAPE = re.compile(r"(?<!\\)\\+(?=[\"'/])")
FILE_PATH = re.compile(r"\b[A-Za-z]:\\|\\\\\w")

# Characters.
QUOTES = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"')
)
BACKTICK = re.compile(r"(?<=\w)[`\u00b4](?=\w)")
DOUBLED_APOSTROPHE = re.compile(r"(?<=\w)'{2,}(?=\w)")
DOUBLED_QUOTE = re.compile(r"\"{2,}|(?<![:;'])'{2,}")
SURROGATE = re.compile("[\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0100-\U000e01ef]"
    # joiners stay between parts of an emoji and inside scripts that need them
    f"|(?<![{EMOJI}\ufe0f\u0600-\u0fff])[\u200c\u200d]|[\u200c\u200d](?![{EMOJI}\u0600-\u0fff])"
    # variation selectors stay behind an emoji and in keycaps
    f"|(?<![{EMOJI}0-9#*])[\ufe00-\ufe0f]|(?<=[0-9#*])[\ufe00-\ufe0f](?!\u20e3)"
    # tag characters stay in flags
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]+"
)
REPEATED = re.compile(r"([^\d\s])\1{3,}")
LINES = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
BLANKS = re.compile(r"[^\S\n]+")
NEWLINES = re.compile(r"(?: ?\n ?)+")

# Answers that say nothing.
EMPTY_ANSWERS = frozenset(
    "n a|na|nan|nil|null|none|nope|no|nah|yes|yep|yeah|yup|ok|okk|okay|k|kk|nothing|nada|nothin|nthg|zero|zip"
    "|no comment|no comments|no answer|no response|no opinion|no idea|no feedback|no suggestion"
    "|no suggestions|no remark|no remarks|no reply|not applicable|not available|not sure|unsure|undefined"
    "|unknown|nothing to add|nothing to say|nothing to comment|nothing to report|nothing to share"
    "|nothing more|nothing more to add|nothing else|nothing else to add|nothing further"
    "|nothing further to add|nothing comes to mind|nothing in particular|nothing specific|nothing special"
    "|nothing much|nothing new|nothing really|nothing at all|nothing i can think of|none at all"
    "|none that i can think of|not that i can think of|cant think of anything|can't think of anything"
    "|i have no comment|i have no comments|i have nothing to add|i don't know|i dont know|don't know"
    "|dont know|dunno|idk|dk|no clue|tbd|tba|test|testing|test test|this is a test|blank|empty|skip|pass"
    "|see above|as above|same as above|ditto|prefer not to say|prefer not to answer|decline to answer"
    "|maybe|sure|hi|hello|hey|hmm|hm|um|uh|lol|xyz|abc|abcd|blah|blah blah|blah blah blah|foo|bar|foo bar"
    "|bla|bla bla|whatever|same|other|others|nothing to write|no more|none of the above|rien|nichts|nada mas"
    "|ninguno|ninguna|keine|kein kommentar|sin comentarios|ras|niente|nessuno|geen|n v t|nvt|sin respuesta"
    "|aucun|aucune".split("|")
)
FILLER = re.compile(
    r" (?:thanks|thank you|thank u|thx|sorry|sir|madam|mam|really|at all|so far|for now|right now|as of now"
    r"|at this time|at this point|at the moment|at present|currently|today|yet|that's all|thats all|please)\Z"
)
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_RUNS = {row[i : i + n] for row in _ROWS for n in range(2, 11) for i in range(len(row) - n + 1)}
_LONG, _ANY = ("|".join(sorted(run for run in _RUNS if len(run) >= least)) for least in (3, 2))
MASH = re.compile(rf"(?:{_LONG})(?:{_ANY})*|[b-df-hj-np-tv-xz]{{6,}}|(.{{1,3}})\1{{2,}}")
FACE = re.compile(f"[{EMOJI}]")
EMOTICON = re.compile(r"[:;=8xX][\-'^o]?[)(\]\[DPp/\\|*3]|<3|\^_?\^|[)(\]\[][\-']?[:;=]|:'[()]")

# Text that is not the customer's answer.
HINTS = tuple(
    "regards|sincerely|best wishes|cheers|sent from|sent via|get outlook|wrote|schrieb|escribi|écrit|>|--|__"
    "|original message|forwarded message|from:|confidential|intended|in error|grüße|cordialement|saludos"
    "|atentamente|environment|scanned|checked|virus|yours|agent|advis|representative|rep:|support|csr|operator"
    "|assistant|bot|customer".split("|")
)
"""Lower-case text without any of these holds neither mail nor transcript."""
_OPEN = r"(?:(?<=\n)|(?<=[.!?:)] )|\A)"
_LINE = r"(?:(?<=\n)|\A)"
SENT_FROM = re.compile(
    _OPEN + r"(?:sent from (?:my|a|the|yahoo|mail|outlook|samsung|proton)\b|sent via |get outlook for )"
    r"[^\n]{0,60}",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"(?:(?<=\n)|(?<=[.!?,;] )|\A)(?:(?:many thanks|thanks|thank you)(?: and|,| &)? )?"
    r"(?:(?:with )?(?:kind|kindest|best|warm|warmest) (?:regards|wishes)(?! (?:to|for|about)\b)"
    r"|yours (?:sincerely|faithfully)|mit freundlichen grüßen|saludos cordiales"
    r"|(?:yours truly|sincerely yours|sincerely|regards|cordialement|atentamente)(?=\s*(?:[,.\n]|\Z))"
    r"|cheers(?=,?\n))[,.!]?|(?:(?<=\n)|\A)(?:-{2,3}|_{2,3})(?=\n)",
    re.IGNORECASE,
)
SHORT_LINE = re.compile(r"\n?[^\n]{0,100}(?=\n|\Z)")
POSTSCRIPT = re.compile(r"\s*p\.? ?s\b", re.IGNORECASE)
_MESSAGE = r"(?:e-?mail|message|communication|transmission)"
DISCLAIMER = re.compile(
    rf"\bthis {_MESSAGE}\b[^.\n]{{0,160}}\b(?:confidential|privileged|intended (?:only|solely|for))"
    r"|\b(?:not the|other than the|unless you are the) (?:named|intended) (?:recipient|addressee)"
    rf"|\breceived this {_MESSAGE}[^.\n]{{0,40}} in error"
    r"|\bconfidentiality (?:notice|note)\b|\b(?:consider|think of) the environment before printing"
    r"|\bthis e-?mail has been (?:checked|scanned)\b|\bvirus-free\. ",
    re.IGNORECASE,
)
QUOTED_MAIL = re.compile(
    _LINE + r"(?:[\-_ ]{2,}\s?(?:original|forwarded) message\b"
    r"|from: [^\n]{1,120}(?:\n(?:sent|date|to|subject)| sent| date): "
    r"|(?=[^\n]*[\d<@\[])(?:on|am|le|el) [^\n]{4,120}(?:\n[^\n]{0,80})?"
    r"(?:(?<! i) wrote|schrieb[^\n:]{0,60}|a écrit|escribió) ?:)"
    r"|(?<=[.!?] )on (?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d)"
    r"[^\n]{4,120}(?<! i) wrote:",
    re.IGNORECASE,
)
QUOTED_LINE = re.compile(_LINE + r">[> ]*(?<= )[^\n]*")
_TIME = r"\d{1,2}:\d\d(?::\d\d)?(?: ?(?i:[ap]m))?"
_NAME = r"(?: [A-Z][\w'.\-]{0,20}){0,2}"
SPEAKER = re.compile(
    _OPEN + rf"(?:[\[(]?{_TIME}[\])]?,? ?-? ?)?"
    r"(?:(?P<agent>(?i:(?:support |service |live |virtual |chat )?(?:agent|advisor|adviser|representative|rep"
    r"|support|csr|operator|assistant|bot|chatbot|system|customer (?:service|support|care)))"
    rf"{_NAME}|[A-Z][\w'.\-]{{0,20}}{_NAME} \((?i:agent|support|advisor|rep|bot)\))"
    rf"|(?P<customer>(?i:customer|client|user|visitor|guest|caller|me|member){_NAME}))"
    rf"(?: ?[\[(]{_TIME}[\])])?: "
)
GREETING = re.compile(
    r"how (?:can|may) i (?:help|assist)|my name is|welcome to|anything else i can|bear with me|one moment"
    r"|(?:thank you|thanks) for (?:contacting|reaching|your patience|waiting|chatting)"
    r"|(?:glad|happy) to (?:help|assist)",
    re.IGNORECASE,
)
LINE = re.compile(r"[^\n]+")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")

"""What personal data looks like: the shapes and cues that `redact` looks for.

Repeats are bounded or stop at the next mark of their kind, so that all searches are linear.
"""

from __future__ import annotations

import re

WIDE = re.compile("[\uff10-\uff19\uff20]")
EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_AT, _DOT = r"(?: ?[(\[] ?at ?[)\]] ?| at )", r"(?: ?[(\[] ?dot ?[)\]] ?| dot |\.)"
SPELLED_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:{_DOT}[\w+-]{{1,32}}){{0,2}}{_AT}[\w-]{{2,63}}(?:{_DOT}[\w-]{{2,30}}){{0,3}}"
    rf"{_DOT}(?:com|net|org|edu|info|biz|uk|in|de|fr|es|it|nl|eu|ca|au|ie|ch|at|example)\b",
    re.IGNORECASE,
)
MAIL_HOSTS = re.compile(
    r"[(\[]|gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|proton|live| dot ", re.IGNORECASE
)
URL = re.compile(r"(?:\bhttps?://|\bwww\.)[^\s<>\"\[\]]+", re.IGNORECASE)
URL_USER = re.compile(r"//[^/@]*@")
URL_SECRET = re.compile(
    r"/(?=[\w-]{16,}(?:/|\Z))(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]+"
    r"|(?:facebook|instagram|linkedin|twitter|x|t|wa)\.(?:com|me)/(?!co\b)[\w.@+-]"
    r"|/(?:users?|profiles?|accounts?|orders?|reset|verify|token|invite)/[\w-]*\d",
    re.IGNORECASE,
)
CARD = re.compile(r"\d(?<![\w.]\d)(?:[ .\n-]{0,2}\d){12,18}(?![\w-])")
CARD_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)|3[47]\d\d([ -])\d{6}\2\d{5}(?!\d)")
CARD_TAIL = re.compile(
    r"\b(?:card|visa|mastercard|amex|debit|credit)(?: card)? (?:number )?(?:ending|ends)(?: in| with)?:?"
    r" [x*.]*(?P<value>\d{4})\b",
    re.IGNORECASE,
)
IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}"
    r"(?:(?=[A-Za-z]{0,6}\d)[A-Za-z0-9]{11,30}|(?:[ \n-][A-Za-z0-9]{4}){2,7}(?:[ -][A-Za-z0-9]{1,3})?)"
    r"(?![A-Za-z0-9])"
)
IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FO FI GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR", 27: "BI DJ FR GR IT MC MR SM",
        28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC",
        32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
IP4 = re.compile(
    r"\d(?<![\w.]\d)(?<!version \d)(?<!chrome \d)\d{0,2}"
    r"(?:(?:\.| dot )(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\w|\.\d)",
    re.IGNORECASE,
)
MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
IP6 = re.compile(r"(?<![\w.])(?<!\d:)(?=[0-9A-Fa-f:]{0,4}:)[0-9A-Fa-f:]{6,39}(?![\w:])")
UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
SSN = re.compile(
    r"(?<![\w-])(?!000|666)\d{3}-\d{2}-\d{4}(?![\w-])"
    r"|\b(?:[A-Z]{2}[ \n]?\d{2} ?\d{2} ?\d{2} ?[A-D]|[A-Z]{5}\d{4}[A-Z]|\d{8}-?[A-Z])\b"
    r"|\b(?i:[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]|[XYZ]-?\d{7}-?[A-Z])\b"
    r"|(?<![\w-])(?:19|20)?\d{6}[-+]\d{4}(?![\w-])"
)
"""Of the United States, Britain, India, Spain, Italy, Spain again, Sweden."""
_NUMBER = r"n[umbe]{3,6}r?|no\b\.?|nr\b\.?|num\b|#"
SECRET = re.compile(
    r"\b(?:ssn|social security|national insurance|ni(?= n)|nhs|passport|aadhaa?r"
    r"|pan|sin|bsn|dni|nie|nif|nino|cpf|pesel|codice fiscale|steuer-?id|personnummer"
    r"|identity(?: card)?|id card|driv(?:er'?s?|ing) licen[cs]e"
    r"|cvv|cvc|pin|otp|passcode|password|pw|tax id)"
    rf"(?: ?(?:{_NUMBER}|code))?(?: is| was|:| -|=|,)?[ \n]?"
    r"(?P<value>(?=(?:[\w-]{0,11}[ \n]?){1,3}\d)(?:[a-z]{2}(?: \d\d){3} [a-d]\b"
    r"|(?=[\w-]{0,23}\d)(?!\d{1,2}(?![ \n]\d{3})\b)[\w-]{2,24}(?:[ \n-]\d{2,6}){0,4}))(?!\w)",
    re.IGNORECASE,
)
SECRET_HINTS = (
    "ssn", "social", "national ins", "ni n", "nhs", "passport", "aadh", "pan", "sin", "bsn", "dni", "nie",
    "nif", "nino", "cpf", "pesel", "codice", "steuer", "personn", "identity", "id card", "licen", "cvv",
    "cvc", "pin", "otp", "passcode", "password", "pw", "tax id",
)  # fmt: skip
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
BIRTH_HINTS = ("bi", "br", "th", "bo", "d.o", "dob")
BIRTH = re.compile(
    r"\b(?:b\w{1,4}t?h(?:\s?d\w{2,4})?|b\w{0,2}r\w{0,2}n|d\.?\s?o\.?\s?b)\b[.:,]?(?:\s(?:it|is|was|as|on|in))*[:,\s]*"
    r"(?P<value>\d{1,4}[-/.\s]\d{1,2}[-/.\s]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[-\s](?:of\s)?{_MONTH},?[-\s]\d{{2,4}}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{2,4}})(?!\w)",
    re.IGNORECASE,
)
NUMBER = re.compile(
    r"[+(\d](?<![\w$\u20ac\u00a3\u20b9@#/-][+(\d])(?<!\d[.,][+(\d])(?:(?<=\+) ?\(?\d|(?<=\()\d|(?<=\d))"
    r"(?:[ \n.()/-]{0,3}\d){5,18}(?P<ext> ?(?i:x|ext\.?) ?\d{1,6})?(?![\w%]|[.,:]\d)"
)
SLASHED = re.compile(r"\(?0\d{2,4}\)? ?/ ?\d{5,8}")
SPOKEN = re.compile(
    r"\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)(?:, |[ -])){6,30}"
    r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    re.IGNORECASE,
)
SPOKEN_HINTS = ("two ", "three ", "four ", "five ", "six ", "seven ", "eight ", "nine ", "zero ")
PHONE_CUE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|fax|call|calling|called|ring|rang|rung|dial|reach|text|sms|whatsapp"
    r"|contact|number|desk|office|answering|ph|mob)\b"
    r"(?:[ :#.\n-]|me|us|number|no|is|on|at|back|under|to){0,8}\Z",
    re.IGNORECASE,
)
NUMBER_TAIL = re.compile(r"[ -]{0,2}(?:office|fax|mobile|cell|phone|tel|home|work)\b", re.IGNORECASE)
DATE = re.compile(
    r"(?:(?:19|20)\d\d([-/. ])[01]?\d\1[0-3]?\d|[0-3]?\d([-/. ])[0-3]?\d\2(?:19|20)?\d\d)"
    r"(?: -? ?\d{1,4}){0,2}"
    r"|(?:19|20)\d{6}|(?:(?:19|20)\d\d[ /-]{1,3})+(?:(?:19|20)\d\d|\d\d)|\d{1,2}(?: \d{3})+"
)
LONG_ID = re.compile(
    r"[A-Z\d](?<![\w$\u20ac\u00a3\u20b9@][A-Z\d])(?<!\d[.,][A-Z\d])"
    r"(?:(?<=\d)(?:\d{1,3}(?:-\d{5,8}){1,3}|\d{7,29})|(?<=(?=(?:[A-Z]{0,6}\d){6})[A-Z\d])[A-Z\d]{9,33})"
    r"(?![\w%]|[.,]\d)"
)
ORDER = re.compile(r"(?<!\w)#\d{5,}(?:-\d+)?\b|\b(?<!-)\d{3}-\d{7}-\d{7}\b(?!-)")
_KINDS = {
    "ACCOUNT": "account|acct|a/c|customer|client|membership|member|loyalty|rewards|mileage ?plus"
    "|frequent flyer|policy|contract|subscription|subscriber|meter|user|employee|skymiles|sort code",
    "ORDER": "order|purchase|booking|reservation|confirmation|ticket|case|reference|ref|tracking|invoice"
    "|claim|complaint|incident|request|job|pnr|shipment|parcel|package|awb|transaction|txn|receipt|serial"
    "|record locator|bag tag|file|enquiry|inquiry",
}
KIND_HINTS = {kind: tuple(cue.replace(" ?", "") for cue in cues.split("|")) for kind, cues in _KINDS.items()}
IDENTIFIER = {
    kind: re.compile(
        rf"\b(?:{cues})s?(?:\b(?: ?(?P<named>{_NUMBER}|id|code|reference|ref))?"
        r"(?:[ \n]?[(:=#-]+[ \n]?|[ \n](?:is|was):?[ \n]?|\. ?|[ \n])[(:]{0,2}|(?=\d{5}))"
        r"(?P<value>#?(?=[A-Za-z\d/-]{0,12}\d)[A-Za-z\d][A-Za-z\d/-]{3,40})(?!\w)",
        re.IGNORECASE,
    )
    for kind, cues in _KINDS.items()
}
CODE = re.compile(r"(?=.{5,8}\Z)(?:(?:[A-Z]+\d+){2,}[A-Z]*|(?:\d+[A-Z]+){2,}\d*)", re.IGNORECASE)
"""Letters and digits that take turns, as in a booking reference."""
YEAR = re.compile(
    r"(?:19|20)\d\d(?:[-/]\d{1,4}){0,2}|\d{1,4}[-/]\d{1,2}[-/]\d{1,4}|\d{1,2}/\d{2,4}"
    r"|\d+(?:st|nd|rd|th|k|am|pm|mins?|hrs?|days?|x|gb|mb|kg|ml)",
    re.IGNORECASE,
)
UNITS = re.compile(
    r" (?:units?|items?|pieces?|pcs|boxes|times|points?|miles|days?|people|copies|dollars|euros|pounds"
    r"|rs|inr|usd|reviews?|customers?|users?|orders?|tickets?|years?|hours?|minutes?)\b",
    re.IGNORECASE,
)

UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f\u0370-\u03ff\u0400-\u042f"
_SUFFIX = (
    "street|avenue|road|lane|drive|boulevard|court|place|square|terrace|crescent|parkway|highway|circle|trail"
    "|gardens|grove|mews|close|walk|quay|way|str|st|ave|av|rd|ln|dr|blvd|ct|pl|sq|pkwy|hwy|cir"
)
_FLAT = r"(?:,?\s+(?i:apt|apartment|suite|ste|unit|flat|floor|room)\b\.? ?#?\w{1,6})"
_TOWN_WORD = rf"[{UPPER}](?:[^\W\d_]|['.-]){{1,20}}(?!\w)"
_TOWN = rf"{_TOWN_WORD}(?: {_TOWN_WORD}){{0,2}}"
_BRITISH = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_ABROAD = rf"\d{{4,6}}(?: [A-Z]{{2}})? {_TOWN}"
_ZIP = rf"(?:,?\s+(?:[A-Z]{{2}},?\s+)?(?:\d{{5}}(?:-\d{{4}})?|(?<=[a-zA-Z] )\d{{4,6}})\b|,?\s+{_BRITISH}\b)"
_SMALL = rf"(?:(?:, ?[a-z]{{3,20}}){{1,2}},?(?: [a-z]{{2}})? (?:\d{{5}}(?:-\d{{4}})?|(?i:{_BRITISH}))\b)"
_REST = rf"{_FLAT}?(?:{_SMALL}|(?:,\s*{_ABROAD}|,\s*{_TOWN}|\n ?{_TOWN}(?=,|\n)){{0,3}}{_ZIP}?)"
_SMALL_SUFFIX = "street|avenue|boulevard|lane|road|mews|drive|close|walk|court|blvd|ave|rd|ct|nagar"
_NO_STREET = (
    "the|a|an|of|on|my|in|at|for|to|and|per|this|that|from|days|hours?|hrs?|minutes?|mins?|weeks|months|years|times"
    "|miles?|kms?|different|long|short|lane|bus|car|star|by"
)
STREET = re.compile(
    r"(?:(?i:flat|apt|unit) \w{1,4},? )?\d(?<![\w$\u20ac\u00a3.,-]\d)\d{0,5}[A-Za-z]?(?:[/-]\d{1,4})?,? "
    rf"(?:(?:\d{{1,5}} )?(?:[{UPPER}\d][\w'.-]{{0,20}} ){{1,4}}(?i:{_SUFFIX})"
    rf"|(?:(?!(?:{_NO_STREET})\b)[a-z\d'.]{{1,15}} ){{1,3}}(?:{_SMALL_SUFFIX})"
    rf"|[{UPPER}][\w'-]{{2,20}} (?i:nagar|marg|colony))\b\.?{_REST}"
)
STREET_FIRST = re.compile(rf"\b{_TOWN} \d{{1,4}}[a-z]?,\s{_ABROAD}")
_ENDINGS = "straße|strasse|str.|gasse|allee|platz|weg|katu|gata|gatan|gade|vej|veien|straat|laan|utca|ulica"
_OPENINGS = (
    "rue|calle|via|rua|avenida|avenue|boulevard|piazza|plaza|ul.|ulica|vicolo|viale|corso|chemin|allée"
    "|impasse"
)
_PARTICLES = "de|la|las|los|du|des|dei|degli|della|di|da|do|dos|del|le"
STREET_ABROAD = re.compile(
    rf"\b[{UPPER}][\w-]{{2,25}}(?:{_ENDINGS.replace('.', '[.]')})\s\d{{1,4}}\b{_REST}"
    rf"|\b(?i:{_OPENINGS.replace('.', '[.]')})(?: (?i:{_PARTICLES}))*"
    rf" [{UPPER}][\w'-]{{1,20}}(?: [^\W\d][\w'-]{{0,20}}){{0,2}},? \d{{1,5}}\b{_REST}"
    rf"|\b\d{{1,4}},? (?i:rue|avenue|boulevard|place|chemin|impasse)(?: (?i:{_PARTICLES}))*"
    rf" [{UPPER}][\w'-]{{1,20}}(?: [{UPPER}][\w'-]{{1,20}}){{0,2}}{_REST}"
)
ABROAD_HINTS = tuple(_ENDINGS.split("|")) + tuple(f"{opening} " for opening in _OPENINGS.split("|"))
BOX = re.compile(
    rf"\b(?i:p\.? ?o\.? ?box|postbox|post office box) #?\d{{1,7}}\b{_REST}"
    rf"|\b(?:PSC|Unit) \d{{1,5}},? Box \d{{1,5}}\b|\b(?i:apt|apartment|suite|ste)\b\.? ?#?\d{{1,5}}\b{_REST}"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH"
    "|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|A[AEP]"
)
ZIP = re.compile(rf"(?:\b(?:[A-Z][a-z]{{1,20}},|APO|FPO|DPO) ?)?\b(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?\b")
POSTCODE = re.compile(
    rf"(?<=, ){_BRITISH}\b|\b(?i:zip|zip ?code|post ?code|postal code|pin ?code)(?i: is|:)?"
    rf" (?:\d{{5,6}}(?:-\d{{3,4}})?|\d{{3,5}}(?:[ -]?(?:[A-Z]{{2}}|\d{{2,3}}))?|(?i:{_BRITISH}))\b"
)
ADDRESS_CUE = re.compile(
    r"\b(?:(?:my|our|new|home|billing|shipping|delivery|postal|mailing|old|current|his|her)"
    r" address(?: is|:| was| to)|address:|(?:live|lives) (?:at|on))[ \n]"
    r"(?P<value>[^\n.!?;\[]{0,40}\d[^\n.!?;\[]{0,60})",
    re.IGNORECASE,
)

"""What personal data looks like: the shapes and cues that `redact` looks for.

Repeats are bounded or stop at the next mark of their kind, so that all searches are linear.
"""

from __future__ import annotations

import re

EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
SPELLED_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{2,64} ?(?:[(\[] ?at ?[)\]]| at ) ?[\w-]{2,63} ?(?:[(\[] ?dot ?[)\]]| dot |\.) ?"
    r"(?:com|net|org|edu|info|co\.uk|co\.in|in|de|fr|es|it|nl|eu|ca|au)\b",
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
CARD = re.compile(
    r"\d(?<![\w.]\d)"
    r"(?:\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?|(?<=3)[47]\d\d([ -]?)\d{6}\2\d{5}|\d{12,18})"
    r"(?![\w-])"
)
CARD_TAIL = re.compile(
    r"\b(?:card|visa|mastercard|amex|debit|credit)(?: card)? (?:number )?(?:ending|ends)(?: in| with)?:?"
    r" [x*.]*(?P<value>\d{4})\b",
    re.IGNORECASE,
)
IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}"
    r"(?:(?=[A-Za-z]{0,6}\d)[A-Za-z0-9]{11,30}|(?:[ -][A-Za-z0-9]{4}){2,7}(?:[ -][A-Za-z0-9]{1,3})?)"
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
    r"\d(?<![\w.]\d)(?<!version \d)(?<!chrome \d)\d{0,2}(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?!\w|\.\d)",
    re.IGNORECASE,
)
MAC = re.compile(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:-])")
IP6 = re.compile(r"(?<![\w:.])(?=[0-9A-Fa-f:]{0,4}:)[0-9A-Fa-f:]{6,39}(?![\w:])")
UUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
SSN = re.compile(
    r"(?<![\w-])(?!000|666)\d{3}-\d{2}-\d{4}(?![\w-])"
    r"|\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"
)
SECRET = re.compile(
    r"\b(?:ssn|social security(?: (?:number|no\.?|#))?|national insurance(?: (?:number|no\.?))?"
    r"|passport|aadhaa?r|pan card|driv(?:er'?s?|ing) licen[cs]e"
    r"|cvv|cvc|pin|otp|passcode|password|pw|tax id|nhs)"
    r"(?: ?(?:number|no\.?|#|code))?(?: is| was|:| -|=)? ?"
    r"(?P<value>(?=[\w-]{0,23}\d)(?!\d{1,2}\b)[\w-]{3,24}(?:[ -]\d{2,6}){0,4})(?!\w)",
    re.IGNORECASE,
)
SECRET_HINTS = (
    "ssn", "social", "national ins", "passport", "aadh", "pan card", "licen", "cvv", "cvc", "pin", "otp",
    "passcode", "password", "pw", "tax id", "nhs",
)  # fmt: skip
NUMBER = re.compile(
    r"[+(\d](?<![\w$\u20ac\u00a3\u20b9@#/-][+(\d])(?<!\d[.,][+(\d])(?:(?<=\+) ?\(?\d|(?<=\()\d|(?<=\d))"
    r"(?:[ .()/-]{0,3}\d){5,18}(?P<ext> ?(?:x|ext\.?) ?\d{1,6})?(?![\w%]|[.,:]\d)"
)
PHONE_CUE = re.compile(
    r"\b(?:phone|tel|telephone|mobile|cell|fax|call|calling|called|ring|rang|dial|reach|text|sms|whatsapp|contact"
    r"|number|desk|office|answering|ph|mob)\b(?:[ :#.\n-]|me|us|number|no|is|on|at){0,8}\Z",
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
    "ORDER": "order|booking|reservation|confirmation|ticket|case|reference|ref|tracking|invoice|claim"
    "|complaint|incident|request|job|pnr|shipment|parcel|package|awb|transaction|txn|receipt|serial"
    "|record locator|bag tag|file|enquiry|inquiry",
}
KIND_HINTS = {kind: tuple(cue.replace(" ?", "") for cue in cues.split("|")) for kind, cues in _KINDS.items()}
IDENTIFIER = {
    kind: re.compile(
        rf"\b(?:{cues})s?\b(?: ?(?P<named>number|num\b|no\b\.?|nr\.?|id|code|reference|ref|#))?"
        r"(?: ?[:=#-]+ ?| is:? | was:? |\. ?| ?\(| )"
        r"(?P<value>#?(?=[A-Za-z\d/-]{0,12}\d)[A-Za-z\d][A-Za-z\d/-]{3,40})(?!\w)",
        re.IGNORECASE,
    )
    for kind, cues in _KINDS.items()
}
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

_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f\u0370-\u03ff\u0400-\u042f"
_SUFFIX = (
    "street|avenue|road|lane|drive|boulevard|court|place|square|terrace|crescent|parkway|highway|circle|trail"
    "|gardens|grove|mews|close|walk|quay|way|str|st|ave|av|rd|ln|dr|blvd|ct|pl|sq|pkwy|hwy|cir"
)
_FLAT = r"(?:,?\s+(?i:apt|apartment|suite|ste|unit|flat|floor|room)\b\.? ?#?\w{1,6})"
_TOWN_WORD = rf"[{_UPPER}](?:[^\W\d_]|['.-]){{1,20}}(?!\w)"
_TOWN = rf"{_TOWN_WORD}(?: {_TOWN_WORD}){{0,2}}"
_ZIP = r"(?:,?\s+(?:[A-Z]{2}\s+)?\d{5}(?:-\d{4})?\b|,?\s+[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b)"
_REST = rf"{_FLAT}?(?:,\s*{_TOWN}|\n ?{_TOWN}(?=,|\n)){{0,3}}{_ZIP}?"
_NO_STREET = (
    "the|a|an|of|on|my|in|at|for|to|and|per|this|that|from|days|hours?|hrs?|minutes?|mins?|weeks|months|years|times"
    "|miles?|kms?|different|long|short|lane|bus|car|star|by"
)
STREET = re.compile(
    r"\d(?<![\w$\u20ac\u00a3.,-]\d)\d{0,5}[A-Za-z]?(?:[/-]\d{1,4})?,? "
    rf"(?:(?:\d{{1,5}} )?(?:[{_UPPER}\d][\w'.-]{{0,20}} ){{1,4}}(?i:{_SUFFIX})"
    rf"|(?:(?!(?:{_NO_STREET})\b)[a-z'.]{{2,15}} ){{1,3}}(?:street|avenue|boulevard|lane|road))\b\.?{_REST}"
)
_ENDINGS = "straße|strasse|str.|gasse|allee|platz|weg|katu|gata|gatan|gade|vej|veien|straat|laan|utca|ulica"
_OPENINGS = (
    "rue|calle|via|rua|avenida|avenue|boulevard|piazza|plaza|ul.|ulica|vicolo|viale|corso|chemin|allée"
    "|impasse"
)
STREET_ABROAD = re.compile(
    rf"\b[{_UPPER}][\w-]{{2,25}}(?:{_ENDINGS.replace('.', '[.]')})\s\d{{1,4}}\b{_REST}"
    rf"|\b(?i:{_OPENINGS.replace('.', '[.]')})(?: (?:de|la|las|los|du|des|di|da|do|dos|del|le))*"
    rf" [{_UPPER}][\w'-]{{1,20}}(?: [\w'-]{{1,20}}){{0,2}},? \d{{1,5}}\b{_REST}"
    rf"|\b\d{{1,4}},? (?i:rue|avenue|boulevard|place|chemin|impasse)(?: (?:de|la|du|des|le))*"
    rf" [{_UPPER}][\w'-]{{1,20}}(?: [{_UPPER}][\w'-]{{1,20}}){{0,2}}{_REST}"
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
_BRITISH = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
POSTCODE = re.compile(
    rf"(?<=, ){_BRITISH}\b|\b(?i:zip|zip ?code|post ?code|postal code|pin ?code)(?i: is|:)?"
    rf" (?:\d{{5,6}}(?:-\d{{3,4}})?|(?i:{_BRITISH}))\b"
)
ADDRESS_CUE = re.compile(
    r"\b(?:(?:my|our|new|home|billing|shipping|delivery|postal|mailing|old|current|his|her)"
    r" address(?: is|:| was| to)|address:|(?:live|lives) (?:at|on))[ \n]"
    r"(?P<value>[^\n.!?;\[]{0,40}\d[^\n.!?;\[]{0,60})",
    re.IGNORECASE,
)

_WORD = rf"[{_UPPER}](?:[\w'-]{{1,20}}|\.)"
_LINK = "(?:(?:de|van|von|der|den|da|di|del|la|bin|al|el|ter|dos) ){0,2}"
NAME = rf"(?P<name>{_WORD}(?: {_LINK}{_WORD}){{0,3}})"
_LOOSE = r"[^\W\d_][\w'-]{1,20}(?: [^\W\d_][\w'-]{1,20})?"
_ROLE = (
    "agent|rep|representative|advisor|adviser|manager|supervisor|lady|guy|gentleman|man|woman|girl|person|colleague"
    "|employee|someone|technician|operator|associate|assistant"
)
CUES: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (
        (" mr", " ms ", " ms.", " mx", " dr ", " dr.", " prof", " miss ", " mister"),
        re.compile(
            rf"\b(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Mister|MR|MRS|mr|mrs)\b\.?|Miss) {NAME}"
            r"|\b[Mm]rs?\b\.? (?P<loose>[a-z]{3,15})\b"
        ),
    ),
    (
        ("name",),
        re.compile(
            r"\b(?i:my (?:full |first |last )?name is|my name's|my names|name ?:|under the name(?: of)?"
            rf"|name on the (?:account|order|booking) is):? ?(?:{NAME}|(?P<loose>{_LOOSE}))"
        ),
    ),
    (
        ("spoke", "speak", "talk", "chatt", "deal"),
        re.compile(
            rf"\b(?i:spoken?|speak(?:ing)?|talk(?:ed|ing)?|chatt(?:ed|ing)|dealt|dealing) (?:to|with) {NAME}"
        ),
    ),
    (("ed by ",), re.compile(rf"\b(?i:helped|served|assisted|handled|attended|answered) by {NAME}")),
    (
        ("called", "named", "by the name", "whose name"),
        re.compile(rf"\b(?i:{_ROLE}),? (?:called|named|by the name of|whose name (?:is|was)) {NAME}"),
    ),
    (
        ("agent", " rep", "advis", "supervisor"),
        re.compile(rf"\b(?i:agent|representative|rep|advis[oe]r|supervisor) (?:was |is |name )?{NAME}"),
    ),
    (
        ("name is", "name was", "ask for", "out to", "kudos", "props"),
        re.compile(
            rf"\b(?i:(?:his|her|their|whose) name (?:is|was)|ask for|shout ?out to|kudos to|props to) {NAME}"
        ),
    ),
    (
        ("speaking", "calling", " here", " from ", " again"),
        re.compile(rf"\b(?i:this is|it's|i am|i'm) {NAME}(?= (?:speaking|calling|here|from [A-Z]|again)\b)"),
    ),
    (
        ("thank", "regards", "cheers", "sincerely", "yours", "wishes", "love,"),
        re.compile(
            r"\b(?i:thanks|thank you|regards|cheers|sincerely|yours truly|best wishes|love)"
            rf"(?i: again| and regards)?(?:,[ \n]| ?\n|(?<=regards) |! )-? ?{NAME}(?=[.!]?\s*\Z|\n)"
        ),
    ),
)
"""What opens a name, after the lower-case hints without which it need not be looked for."""

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

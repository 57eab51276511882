"""Whose what an English sentence says was approved: the noun phrase in the slot of the product, and its maker.

Four shapes: a regulator "approved X", "granted clearance to X" or "to the firm for X"; a firm "won approval (from the
FDA) for X"; "X was cleared", "X won approval"; "approval of X came".
"""

import re

from streams.analyse.frames import Frame
from streams.analyse.mentions import Named
from streams.analyse.signals.registration_terms import Subject, distance

#: Longest name of a product, in words.
NAME_WORDS_MAX = 8

_WORD = r"[\w®™+&'/\-]+(?:\.\d+)?"
#: A noun phrase, up to a word that cannot go on with it.
_NOUN_PHRASE = re.compile(
    rf"(?P<name>(?!(?:for|of|to|in|on|at|by|from|with|and|or|as)\b){_WORD}(?:(?: (?!(?:in(?! vitro)|for|from|by|of"
    rf"|as|with|on"
    rf"|after|before|under|which|that|who|to|at|through|until|because|and(?! \w+ing\b)|or|but|while"
    rf"|when|where|is|are|was|were|has|have|had|will"
    rf"|may|can|it|came|arrived|won|gained|made|developed|designed|built|sold|used|based|intended|aimed|meant|last|this|next"
    rf"|today|yesterday|said|says|said)\b){_WORD}| \([\w\- ]{{2,20}}\))){{0,{NAME_WORDS_MAX}}})"
)
#: What may stand between a permit and "for": who gave it, where, under which rules.
_ASIDE = re.compile(
    r"(?:,? (?:from|by|in|under|with|at|on|last|this|today|yesterday)\b(?! vitro)(?: (?!for\b"
    r"|to\b)[^\s;]+?){0,8}?)*?,? (?=(?:for|to|of) )"
)
_PURPOSE = re.compile(
    r"(?:use|sale|sales|marketing|treatment|treating|the treatment|patients|people|adults|children|the first"
    r"|the second|first|import"
    r"|distribution|commerciali[sz]ation|this|that|both|more|human|clinical|home)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"^(?:(?:that|the|a|an|its|their|his|her|our|it|they|new|also|now|and|so-called|latest|first|own|in|with|when|after"
    r"|registration certificates?|certificates?|approvals?|applications?|clearance|authori[sz]ation) )+",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?: (?:has|have|had|was|were|been|is|are|also|recently|now|already|just|today|since|formally|finally|both|all"
    r"|line|range|portfolio|late|early))+$"
)
_SAYS = re.compile(
    r"^.*\b(?:said|says|announced|reported|confirmed|added|noted)\b(?: (?:on \w+|today|yesterday))?(?: that)? ",
    re.IGNORECASE,
)
_DRUG = (
    r"(?:drugs?|tablets?|vaccines?|injections?|capsules?|antibod\w+|medicines?|gene therap\w+|cell therap\w+"
    r"|pills?|biologics?)"
)
#: What is no device although a regulator or a board may approve it.
_NO_PRODUCT = re.compile(
    rf"\b(?:{_DRUG}|merger|dividend|plans?|trials?|study"
    r"|visits?|shipments?|lists?|rules?|guidance|requests?|changes?|budget|deal|acquisition|takeover|programmes?|programs?"
    r"|laborator\w+|labs?|suppliers?|site|nurses?|profit|office|capital|measures?|standards?|draft|decision|wrongdoing|law)\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:two|three|four|five|several|many|some|more|other|\d+|medical|innovative|class|iii|ii|i| )*(?:devices?"
    r"|products?|systems?|approval"
    r"|clearance|certificates?|registration|company|firm|use|marketing|sale|china|europe|markets?|application|it|them|agency"
    r"|regulators?|one|technology|equipment|submission|designation)",
    re.IGNORECASE,
)
_HEAD_NOUN = re.compile(
    r"\b(?:systems?|device|software|catheters?|monitors?|scanners?|implants?|robots?|valves?|stents?|graft|respirators?|kits?|assays?|tests?"
    r"|pumps?|analy[sz]ers?|stapler|laser|sensor|patch|lens|needle|mesh|drill|headband|detector|platform|instrument|probe|cup|stem"
    r"|tool|suture|plate|screw|nail|cage|endoscope|laparoscope|bed|glove|mask|balloon|ring|clip|coil|occluder|electrode|app)s?$",
    re.IGNORECASE,
)


def subject(frame: Frame, match: re.Match[str]) -> Subject:
    """The product and the companies of the act that `match` found; empty where the sentence names none."""
    active = _VERB.search(match[0]) and not _PASSIVE.search(match[0])
    found = _behind(frame, match) or (None if active else _before(frame, match))
    product = frame.text[found[0] : found[1]] if found else None
    return Subject((product,) if product else (), _makers(frame, match, found))


def is_of_a_drug(frame: Frame, match: re.Match[str]) -> bool:
    """True if what the act is about is a medicine: "cleared a tablet", "approved Tensolin, an antibody for asthma"."""
    start, _ = frame.clause(match.start())
    drug = _A_DRUG.search(frame.text, start, min(frame.end, match.end() + 90))
    return bool(drug) and not frame.devices_in(start, frame.end)


_A_DRUG = re.compile(
    rf"\b{_DRUG}\b(?!-| and medical| delivery| pump| regulator| agency| watchdog| administration| standard)",
    re.IGNORECASE,
)


def _makers(frame: Frame, match: re.Match[str], product: tuple[int, int] | None) -> tuple[str, ...]:
    """Whose product it is: the company tied to it ("Kestrel's X", "X, made by Kestrel"), else the act's nearest."""
    named = frame.named("company")
    if not named:
        return frame.companies_of(match.start(), carried=True)
    if product:
        tied = [n for n in named if _owns(frame, n, product)]
        if tied:
            return (tied[0].name,)
    return (min(named, key=lambda n: distance(n, match.start(), match.end())).name,)


def _owns(frame: Frame, name: Named, product: tuple[int, int]) -> bool:
    start, end = product
    if name.end <= start:
        return bool(re.fullmatch(r"(?:'s?)?(?: (?:new|latest|own|first))?\s", frame.text[name.end : start]))
    return bool(
        re.fullmatch(
            r"[^;.]{0,60}?\b(?:made|developed|built|sold|produced|designed)? ?(?:by|from|of) (?:the )?",
            frame.text[end : name.start],
        )
    )


# -- the slots --------------------------------------------------------------------------------------------------------

_PASSIVE = re.compile(r"(?:was|were|been|is|are)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:approve[sd]?|clear(?:s|ed)|authori[sz]e[sd]|greenlit|registered|licen[cs]ed|certified|renew(?:s|ed))$",
    re.IGNORECASE,
)
_GIVEN_TO = re.compile(
    r"\b(?:granted|given|gave|grants|gives|issued|issues|conferred|awarded|awards)\b[^.;]*? to (?P<to>.{3,60}?)$",
    re.IGNORECASE,
)
_OF_WHOM = re.compile(
    r"(?:approval|clearance|authori[sz]ation|certification|application|submission|registrations?"
    r"|certificates?) (?:for|of) (?P<of>.{3,60}?)"
    r" (?:by |came|arrived|was|were|is|has|have)\b",
    re.IGNORECASE,
)


def _behind(frame: Frame, match: re.Match[str]) -> tuple[int, int] | None:
    """The product behind the act or inside it; None for a passive, whose product stands before it."""
    inside = _OF_WHOM.search(match[0])
    if inside:
        return _product(frame, match.start() + inside.start("of"), match.start() + inside.end("of"))
    text, at, verb = frame.text, match.end(), bool(_VERB.search(match[0]))
    if verb:
        return None if _PASSIVE.search(match[0]) else _phrase(frame, at + 1) if text[at : at + 1] == " " else None
    aside = _ASIDE.match(text, at, frame.end)
    if aside:
        slot = aside.end() + len(text[aside.end() :].split(" ", 1)[0]) + 1
        if text.startswith("to ", aside.end()) and (after := re.match(r"[^,.;]{2,50}? for ", text[slot : frame.end])):
            recipient = text[slot : slot + after.end() - 5]
            if _is_company(frame, slot, slot + len(recipient)):
                return _phrase(frame, slot + after.end())
        if not _PURPOSE.match(text, slot) and (found := _phrase(frame, slot)):
            return found
    given = _GIVEN_TO.search(match[0])
    return _product(frame, match.start() + given.start("to"), match.end()) if given else None


def _phrase(frame: Frame, start: int) -> tuple[int, int] | None:
    """The product whose noun phrase begins at `start`."""
    found = _NOUN_PHRASE.match(frame.text, start, frame.end)
    return _product(frame, start, found.end()) if found else None


def _before(frame: Frame, match: re.Match[str]) -> tuple[int, int] | None:
    """The product that stands before the act: the subject of its clause, or, behind a firm, what the firm's is."""
    start, _ = frame.clause(match.start())
    text = frame.text[start : match.start()]
    start += said.end() if (said := _SAYS.match(text)) else 0
    found = re.match(
        r"(?P<name>[^,;]+?) (?:is|was|became|becomes|has become) the (?:first|only|second|third)\b",
        frame.text[start : match.start()],
    )
    found = found or re.match(
        r"(?P<name>[^,;]+?)(?: \([^()]*\))?(?:,? (?:from|of|by|made by|developed by) [^,;]+?)?(?: (?:has|have|had"
        r"|was|were|is|are|been|also|now"
        r"|recently|already|just))*\s?$",
        frame.text[start : match.start()],
    )
    return _product(frame, start, start + found.end("name")) if found else None


# -- what is a product ------------------------------------------------------------------------------------------------


def _product(frame: Frame, start: int, end: int) -> tuple[int, int] | None:
    """[start, end) without what surrounds a product's name; None if what is left does not look like one."""
    for name in frame.named("company", start, end):
        if name.start <= start + 4 and frame.text[name.end : name.end + 1] == "'":
            start = name.end + (3 if frame.text.startswith("'s ", name.end) else 2)
    if owner := re.match(r"(?:(?!of\b)[\w®&.\-]+ ){0,3}[\w®&.\-]+'s? (?=\S)", frame.text[start:end]):
        start += owner.end()
    start += lead.end() if (lead := _LEADING.match(frame.text[start:end])) else 0
    text = frame.text[start:end]
    if cut := re.search(r" (?:from|by|of|for|that|made|which)\b| \((?!R\)|TM\))", text):
        text = text[: cut.start()]
    text = _TRAILING.sub("", text).rstrip(" ,.'\"")
    return (start, start + len(text)) if _is_product(frame, text, start) else None


def _is_product(frame: Frame, text: str, start: int) -> bool:
    end = start + len(text)
    if len(text) < 3 or len(text.split()) > NAME_WORDS_MAX + 1 or _GENERIC.fullmatch(text) or _NO_PRODUCT.search(text):
        return False
    if any(n.kind == "authority" and start <= n.start < end for n in frame.names) or _is_company(frame, start, end):
        return False
    if any(start <= w.start < end for w in frame.periods) or any(
        n.kind == "region" and (n.start, n.end) == (start, end) for n in frame.names
    ):
        return False
    if not re.search(r"[ A-Z0-9®™]", text):
        return False
    if _TELLS.search(text):
        return False
    brand = re.match(r"[A-Z]|\w*\d", text) or re.search(r"[a-z][A-Z]|®|™", text)
    return bool(brand or frame.devices_in(start, end) or _HEAD_NOUN.search(text))


#: A verb: the words are a sentence and no name.
_TELLS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|compris\w+|consist\w*|includes?|uses|provides|allows|offers|helps|can|will)\b"
)


def _is_company(frame: Frame, start: int, end: int) -> bool:
    return any(n.start <= start + 4 and n.end >= end for n in frame.named("company") if n.start >= start - 4)

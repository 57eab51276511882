"""Random articles, and random queries about them, for what must agree on both."""

import itertools
import random
from datetime import UTC, datetime, timedelta

from making import NOON, approval, article, export

from tidings.errors import QueryError
from tidings.lexicon import Entry, Lexicon
from tidings.query import Document, Query, parse
from tidings.records import Attachment, Identifier, Mention, Published, Span, Story

COMPANIES = {"Johnson & Johnson": ("J&J", "强生"), "Mindray": ("迈瑞", "Mindray Medical"), "Ångström Bio": ("昂思",)}
LEXICON = Lexicon(
    entries=tuple(Entry(kind="company", name=name, aliases=aliases) for name, aliases in COMPANIES.items()),
    topics={},
    relevance={},
)
SAID = """
scanner scanners scanned approve approved approval approves import imports important device devices 5T 1.5T 64-slice
510(k) K251234 recall recalled pump pumps company companies the of a 1,250 12.74% grew grow U.S. Röntgen MRI CT ＣＴ
J&J Mindray 强生 迈瑞 超声 超声设备 设备 手术 手术机器人 机器人 排 64排CT 国产化 國產化 医疗器械 醫療器械 增强生产能力
哈哈 哈哈哈 “十四五”规划 国械注准20253130390 國械注準２０２５３１３０３９０ 〔2024〕12号 (2024)12號
临床试验 临床 试验 获批
"""
ASKED = """
source:site source:customs type:registration type:export topic:policy topic:trade region:CN region:us language:zh
language:zh-hans language:en device:mri company:强生 company:J&J company:mindray number:20253130390 number:251234
number:国药监械注(2024)12号 action:approved metric:export_growth authority:nmpa live:true live:false origin:新华社
published:2025 published:2025-02..2025-03 published:>=2025-03-10 published:..2025-02 seen:2026-11-24 seen:2026-11-25..
seen:<2026-11-24T04:30 seen:<=2026-11-24T04:29 seen:>=2026-11-24T04:30
title:scanner title:设备 title:"手术机器人" 强生 J&J Mindray 迈瑞
"""
WORDS, FILTERS = SAID.split(), ASKED.split()
NUMBERS = ("国械注准20253130390", "国药监械注〔2024〕12号", "K251234")


def _text(chance: random.Random, words: int) -> str:
    return "".join(chance.choice(WORDS) + chance.choice((" ", " ", "", "，", "\n", ". ")) for _ in range(words))


def _some(chance: random.Random, *of: str) -> tuple[str, ...]:
    return tuple(chance.sample(of, chance.randrange(len(of))))


def random_document(chance: random.Random, place: int) -> Document:
    """An article of words in English and Chinese that fold, stem and join in many ways; some lack what others state."""
    seen = NOON + timedelta(minutes=chance.choice((0, 30, 90, 1500, 3000)))
    body = _text(chance, chance.randrange(1, 30))
    stated = Published(
        value=datetime(2025, chance.randrange(1, 5), chance.randrange(1, 28), 16, tzinfo=UTC),
        precision="day",
        found="meta",
        zone=chance.choice(("+08:00", "+00:00", "-05:00")),
    )
    made = article(
        str(place),
        title=_text(chance, chance.randrange(6)),
        body=body,
        source=chance.choice(("site", "customs")),
        origin=chance.choice(("site", "新华社", "Reuters")),
        language=chance.choice(("en", "zh-Hans", "zh-Hant")),
        topics=_some(chance, "policy", "trade", "safety"),
        devices=_some(chance, "mri", "ct"),
        attachments=tuple(Attachment(name="a", url="u", text=_text(chance, 5)) for _ in range(chance.randrange(3))),
        companies=tuple(
            Mention(name=name, spans=(Span(field="body", start=0, end=1),)) for name in _some(chance, *COMPANIES)
        ),
        identifiers=tuple(
            Identifier(kind="document", value=number, span=Span(field="body", start=0, end=1))
            for number in _some(chance, *NUMBERS)
        ),
        signals=tuple(
            signal for signal in (approval(regions=("CN",)), export(regions=("US", "CN"))) if chance.random() < 0.4
        ),
        published=stated if chance.random() < 0.7 else None,
    )
    story = Story(id=f"story{place // 3}", lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=seen, pos=(place, 0), live=chance.random() < 0.5)


def _random_atom(chance: random.Random, documents: list[Document]) -> str:
    """A filter, a word, or a piece of what some article says, bare or in quotes."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(FILTERS)
    if kind == 1:
        return chance.choice(WORDS)
    said = chance.choice(documents).article
    text = chance.choice((said.title, said.body, *(attachment.text for attachment in said.attachments))) or "设备"
    start = chance.randrange(len(text))
    piece = "".join(character for character in text[start : start + chance.randrange(1, 12)] if character not in '"“”')
    return f'"{piece}"' if kind == 2 else piece


def _random_query(chance: random.Random, documents: list[Document]) -> str:
    parts = [_random_atom(chance, documents) for _ in range(chance.choice((1, 1, 1, 2, 2, 3)))]
    parts = [chance.choice(("", "", "", "-")) + part for part in parts]
    return chance.choice((" ", " ", " OR ")).join(parts)


def _parsed(text: str) -> Query | None:
    try:
        return parse(text, LEXICON)
    except QueryError:
        return None  # a random piece may hold a lone parenthesis or no letter


def random_queries(chance: random.Random, documents: list[Document], count: int) -> list[tuple[str, Query]]:
    """So many queries, each with its text; some ask for pieces of what `documents` say."""
    texts = (_random_query(chance, documents) for _ in range(3 * count))
    return list(itertools.islice(((text, query) for text in texts if (query := _parsed(text)) is not None), count))

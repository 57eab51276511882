"""Generated pages and articles, half English, half Chinese, of the sizes that news has; a seed gives the same ones."""

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tidings.documents import Document
from tidings.records import (
    Article,
    Export,
    Mention,
    Page,
    Published,
    Quantity,
    Registration,
    Span,
    Story,
    content_id,
)

SEED = 7
START = datetime(2026, 1, 1, tzinfo=UTC)

COMPANIES = ("Mindray", "Medtronic", "Philips", "United Imaging Healthcare", "Siemens Healthineers", "MicroPort")
SOURCES = tuple(f"source-{n}" for n in range(40))
DEVICES = ("ct", "mri", "ivd", "surgical-robot", "cardiovascular", "ultrasound", "endoscopy")
_ENGLISH = """
device market hospital patient approval company system imaging export growth revenue factory doctor surgery clinical
ventilator scanner reagent robot valve stent lens monitor trial price tender region demand supply year quarter said rose
fell new large small domestic foreign high low percent million billion report analyst official agency plan
"""
_CHINESE = """
医疗器械 市场 医院 患者 获批 公司 系统 影像 出口 增长 收入 工厂
医生 手术 临床 呼吸机 扫描仪 试剂 机器人 瓣膜 支架 晶体 监护仪 试验
价格 招标 地区 需求 供应 今年 季度 表示 上升 下降 国产 进口
高端 基层 报告 分析师 官员 监管 计划 创新 注册证 企业 产品 技术
"""


def page(chance: random.Random, number: int) -> Page:
    """A news page of 15 to 40 kB with navigation, footer and 1.5 to 3 kB of text."""
    chinese = number % 2 == 0
    title, paragraphs = _text(chance, chinese, number)
    links = (
        f'<li><a href="/c/{n}.html">{_words(chance, chinese, 4)}</a></li>' for n in range(chance.randint(150, 400))
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    html = (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>"
        f'<meta property="article:published_time" content="2026-11-{1 + number % 28:02d}T08:00:00+08:00"></head>'
        f"<body><nav><ul>{''.join(links)}</ul></nav><article><h1>{title}</h1>{text}</article>"
        f"<footer><p>{_words(chance, chinese, 40)}</p></footer></body></html>"
    )
    url, fetched_at = f"http://site.test/{number}.html", START + timedelta(days=340)
    return Page(source="site", url=url, fetched_at=fetched_at, body=html.encode())


def document(chance: random.Random, number: int) -> Document:
    """An indexed article of 1.5 to 3 kB with companies, devices and up to two signals."""
    chinese = number % 5 >= 3
    title, paragraphs = _text(chance, chinese, number)
    body = "\n".join(paragraphs)
    url = f"http://site.test/{number}.html"
    seen = START + timedelta(minutes=number)
    article = Article(
        id=content_id(url),
        revision=content_id(title, body),
        url=url,
        source=chance.choice(SOURCES),
        origin=chance.choice(SOURCES),
        title=title,
        body=body,
        language="zh-Hans" if chinese else "en",
        published=Published(value=seen - timedelta(hours=chance.randint(0, 72)), precision="minute", found="meta"),
        fetched_at=seen,
        reader="benchmark",
        relevant=True,
        topics=(chance.choice(("market", "regulatory", "trade")),),
        devices=tuple(chance.sample(DEVICES, chance.randint(1, 3))),
        companies=tuple(
            Mention(name=name, spans=(Span(field="body", start=0, end=5),))
            for name in chance.sample(COMPANIES, chance.randint(0, 3))
        ),
        signals=_signals(chance),
    )
    story = Story(id=content_id("story", article.id), lead=article.id, articles=(article.id,))
    return Document(article=article, story=story, seen=seen, pos=(number, 0), live=True)


def _signals(chance: random.Random) -> tuple[Export | Registration, ...]:
    span = Span(field="body", start=0, end=20)
    growth = Quantity(value=Decimal(chance.randint(-200, 400)) / 10, unit="percent")
    both = (
        Export(key="e", evidence=span, regions=("CN",), quantity=growth, period="2025", metric="export_growth"),
        Registration(key="r", evidence=span, regions=("CN",), authority="NMPA", action="approved", device_class="III"),
    )
    return tuple(signal for signal in both if chance.random() < 0.4)


def _text(chance: random.Random, chinese: bool, number: int) -> tuple[str, list[str]]:
    growth, worth = chance.randint(1, 20), chance.randint(100, 900)
    english = f"Exports of medical devices rose by {growth}% to {worth} billion yuan in 2025."
    fact = f"2025年医疗器械出口额达{worth}亿元，同比增长{growth}%。" if chinese else english
    paragraphs = [_words(chance, chinese, 90 if chinese else 60) for _ in range(chance.randint(5, 8))]
    return _words(chance, chinese, 7) + f" {number}", [paragraphs[0], fact, *paragraphs[1:]]


def _words(chance: random.Random, chinese: bool, count: int) -> str:
    if chinese:
        return "".join(chance.choices(_CHINESE.split(), k=count)) + "。"
    return " ".join(chance.choices(_ENGLISH.split(), k=count)).capitalize() + "."

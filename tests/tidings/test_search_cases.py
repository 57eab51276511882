"""What a search must find and must not find, sentence by sentence; and exactly which words it marks."""

from pathlib import Path

import msgspec
import pytest
from making import NOON, article

from search.tantivy import TantivyIndex
from tidings.lexicon import Entry, Lexicon
from tidings.query import Document, matches, parse
from tidings.records import Attachment, Identifier, Mention, Span, Story

LEXICON = Lexicon(
    entries=(
        Entry(kind="company", name="Johnson & Johnson", aliases=("J&J", "强生", "强生公司")),
        Entry(kind="company", name="Mindray", aliases=("迈瑞", "迈瑞医疗")),
        Entry(kind="device", name="mri", aliases=("MRI", "磁共振")),
    ),
    topics={},
    relevance={},
)

NUMBER = "国械注准20253130390"
FILING = "粤械备20250012号"
NOTICE = "国药监械注〔2024〕12号"

#: (text, query, what is marked); () matches without a mark, None must not match.
#: Company mentions and numbers that extraction would find in the text are put in by `_document`.
CASES: list[tuple[str, str, tuple[str, ...] | None]] = [
    # two and more Chinese characters: wherever they stand together, whatever a dictionary would call a word
    ("该院采购超声设备两台", "超声", ("超声",)),
    ("该院采购超声设备两台", "声设", ("声设",)),
    ("该院采购超声设备两台", "设备超声", None),
    ("心脏彩色多普勒超声诊断系统", "多普勒超声", ("多普勒超声",)),
    ("心脏彩色多普勒超声诊断系统", "多普勒诊断", None),
    ("超声，设备", "超声设备", None),
    ("手术机器人完成首例手术", "手术", ("手术", "手术")),
    ("手术机器人完成首例手术", "手术 机器人", ("手术", "机器人", "手术")),
    ("哈哈哈", "哈哈", ("哈哈哈",)),
    ("规划“十四五”期间落地", "十四五期间", ("十四五”期间",)),
    ("《医疗器械监督管理条例》修订", "条例修订", ("条例》修订",)),
    ("医用超声（彩超）招标", "超声彩超", ("超声（彩超",)),
    # one character
    ("肺癌早筛试剂盒", "癌", ("癌",)),
    ("肺癌早筛试剂盒", "盒", ("盒",)),
    ("肺癌早筛试剂盒", "肺", ("肺",)),
    ("肺癌早筛试剂盒", "肝", None),
    ("64排螺旋扫描", "排", ("排",)),
    # digits with letters, and where scripts meet
    ("国产64排CT获批上市", "64排CT", ("64排CT",)),
    ("国产64排CT获批上市", "64排", ("64排",)),
    ("国产64排CT获批上市", "排CT", ("排CT",)),
    ("国产64排CT获批上市", "CT获批", ("CT获批",)),
    ("国产64排CT获批上市", "4排", None),
    ("国产64排CT获批上市", "64CT", None),
    ("64排螺旋CT", "64排", ("64排",)),
    ("64排螺旋CT", "64排CT", None),
    ("A 64-slice scanner", "64-slice", ("64-slice",)),
    ("A 64 slice scanner", "64-slice", ("64 slice",)),
    ("A 64-slice scanner", "64slice", None),
    ("The first 5T system", "5T", ("5T",)),
    ("The first 5T system", '"5T" system', ("5T", "system")),
    ("A 1.5T magnet", "5T", None),
    ("A 1.5T magnet", "1.5t", ("1.5T",)),
    ("首台１．５Ｔ核磁", "1.5T", ("１．５Ｔ",)),
    ("A COVID-19 assay", "covid-19", ("COVID-19",)),
    ("A COVID-19 assay", "covid", ("COVID",)),
    ("cleared under K251234", "k251234", ("K251234",)),
    ("a 510(k) was filed", "510(k)", ("510(k)",)),
    ("a 510(k) was filed", "510k", ("510(k)",)),
    ("出口额1,250万元", "1250", ("1,250",)),
    ("出口额1250万元", "1,250", ("1250",)),
    ("rose by 12.74% in May", "12.74", ("12.74",)),
    ("rose by 12.74% in May", "74", None),
    ("发布日期 2024.05.17", "2024", ("2024",)),
    # registration and document numbers, in any form on either side
    (f"注册证号：{NUMBER}。", NUMBER, (NUMBER,)),
    ("註冊證號：國械注準20253130390", NUMBER, ("國械注準20253130390",)),
    ("注册证号：国械注准 2025 3130390。", NUMBER, ("国械注准 2025 3130390",)),
    ("注册证号：国械注准２０２５３１３０３９０", NUMBER, ("国械注准２０２５３１３０３９０",)),
    (f"注册证号：{NUMBER}。", "国械注准 2025 3130390", (NUMBER,)),
    (f"注册证号：{NUMBER}。", "國械注準２０２５３１３０３９０", (NUMBER,)),
    (f"注册证号：{NUMBER}。", "20253130390", ("20253130390",)),
    (f"注册证号：{NUMBER}。", "国械注准20253130391", None),
    (f"注册证号：{NUMBER}。", "number:20253130390", (NUMBER,)),
    (f"注册证号：{NUMBER}。", "number:國械注準２０２５3130390", (NUMBER,)),
    (f"注册证号：{NUMBER}。", "number:国械注准20253130391", None),
    (f"备案号{FILING}", "粤械备 2025 0012号", ("粤械备20250012号",)),
    (f"根据{NOTICE}", "国药监械注[2024]12号", ("国药监械注〔2024〕12号",)),
    ("根据国药监械注（２０２４）12號", "国药监械注〔2024〕12号", ("国药监械注（２０２４）12號",)),
    (f"根据{NOTICE}", "（2024）12号", ("2024〕12号",)),
    (f"根据{NOTICE}", "(2024)12号", ("2024〕12号",)),
    (f"根据{NOTICE}", "[2024]2号", None),
    (f"根据{NOTICE}", "number:国药监械注(2024)12号", (NOTICE,)),
    (f"根据{NOTICE}", "number:〔2024〕12号", (NOTICE,)),
    (f"根据{NOTICE}", "number:〔2024〕1号", None),
    # traditional for simplified, width, case, accents
    ("醫療器械註冊", "医疗器械", ("醫療器械",)),
    ("医疗器械注册", "醫療器械", ("医疗器械",)),
    ("頭髮檢測與發行", "头发", ("頭髮",)),
    ("ＭＲＩ equipment", "mri", ("ＭＲＩ",)),
    ("Röntgen's archive", "rontgen", ("Röntgen",)),
    ("Ro\u0308ntgen archive", "röntgen", ("Ro\u0308ntgen",)),
    ("a cafe\u0301, open", "café", ("cafe\u0301",)),
    ("item ⑴ of the list", "1", ("⑴",)),
    ("第Ⅲ类器械", "III类", ("Ⅲ类",)),
    ("the U.S. regulator", "US", ("U.S",)),
    # English inflection when bare, letters when quoted
    ("Two scanners were approved", "scanner approve", ("scanners", "approved")),
    ("Two scanners were approved", '"scanner"', None),
    ("Two scanners were approved", '"scanners"', ("scanners",)),
    ("The company's study", "companies studies", ("company", "study")),
    ("Sales grew", "grow", ("grew",)),
    ("An important step", "import", None),
    ("The organ was transplanted", "organization", None),
    ("an imaging agent for the heart", '"imaging agent"', ("imaging agent",)),
    ("an imaging agent for the heart", '"agent imaging"', None),
    ("imaging agents", '"imaging agent"', None),
    # a company in either language; letters in quotes
    ("强生召回一批导管", "强生 召回", ("强生", "召回")),
    ("强生召回一批导管", "Johnson & Johnson", ("强生",)),
    ("J&J recalls a catheter", "强生", ("J&J",)),
    ("工厂增强生产能力", "强生", None),
    ("工厂增强生产能力", "“强生”", ("强生",)),
    ("J&J recalls a catheter", '"强生"', None),
    ("J&J recalls a catheter", "-company:强生", None),
    ("Mindray opens a plant", "company:迈瑞医疗", ("Mindray",)),
    ("迈瑞与强生签约", "迈瑞 OR 强生", ("迈瑞", "强生")),
    ("Mindray opens a plant", "强生 OR plant", ("plant",)),
    # together
    ("A recall of pumps in Ohio", "recall (pump OR ventilator) -tubing", ("recall", "pumps")),
    ("A recall of pumps and tubing", "recall (pump OR ventilator) -tubing", None),
    ("A recall of pumps", "-ventilator", ()),
    ("A recall of pumps", "", ()),
    ("A recall of pumps", "title:recall", None),
    ("A recall of pumps", "title:notice recall", ("Notice", "recall")),
    ("The magnet ships. Scanner sales rose", '"ships scanner"', ("ships. Scanner",)),
    ("Today a recall", '"notice today"', None),
]

MENTIONS = {"J&J": "Johnson & Johnson", "强生": "Johnson & Johnson", "Mindray": "Mindray", "迈瑞": "Mindray"}
NUMBERS = {NUMBER: "registration", NOTICE: "document"}


def _document(place: int, text: str) -> Document:
    """The text as an article under the title "Notice", with the mentions and numbers that extraction would find."""
    made = article(
        str(place),
        title="Notice",
        body=text,
        companies=tuple(
            Mention(name=name, spans=(_span(text, form),))
            for form, name in MENTIONS.items()
            if form in text and "增强生产" not in text
        ),
        identifiers=tuple(
            Identifier(kind=kind, value=number, span=_span(text, number))  # type: ignore[arg-type]
            for number, kind in NUMBERS.items()
            if number in text
        ),
    )
    story = Story(id=f"story {place}", lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=NOON, pos=(place, 0), live=True)


def _span(text: str, words: str) -> Span:
    return Span(field="body", start=text.index(words), end=text.index(words) + len(words))


def _marked(document: Document, query: str) -> tuple[str, ...] | None:
    spans = matches(parse(query, LEXICON), document)
    return None if spans is None else tuple(getattr(document.article, s.field)[s.start : s.end] for s in spans)


@pytest.mark.parametrize(("text", "query", "marks"), CASES)
def test_a_query_marks_exactly_what_it_found(text: str, query: str, marks: tuple[str, ...] | None) -> None:
    document = _document(0, text)

    assert _marked(document, query) == marks


def test_the_index_finds_the_same_sentences(tmp_path: Path) -> None:
    documents = [_document(place, text) for place, (text, _, _) in enumerate(CASES)]
    index = TantivyIndex(tmp_path)
    index.put(documents, 0)

    for place, (text, query, marks) in enumerate(CASES):
        hits = index.search(parse(query, LEXICON), limit=len(CASES)).hits
        found = documents[place].article.id in {hit.document.article.id for hit in hits}
        assert found == (marks is not None), (text, query)


def test_words_may_stand_in_title_body_and_attachment_but_a_phrase_in_one_of_them() -> None:
    whole = article(
        "spread",
        title="Magnet plant",
        body="opens in Hefei",
        attachments=(Attachment(name="a", url="b", text="next spring"),),
    )
    document = msgspec.structs.replace(_document(0, ""), article=whole)

    assert _marked(document, "magnet hefei spring") == ("Magnet", "Hefei")
    assert _marked(document, '"next spring"') == ()
    assert _marked(document, '"plant opens"') is None
    assert _marked(document, '"hefei next"') is None


def test_the_table_holds_at_least_eighty_cases_and_every_one_differs() -> None:
    assert len({(text, query) for text, query, _ in CASES}) == len(CASES) >= 80

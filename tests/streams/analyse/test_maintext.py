"""The article among everything else on a page."""

import pytest

from streams.analyse import maintext, markup

SENTENCE = "The regulator said on Monday that it had cleared the device for use in hospitals."
NOTICE = "本局今日批准三个产品注册，产品名称和注册证编号见下表。"
LINKS = "".join(f"<li><a href=/{i}>Another story about something else altogether</a></li>" for i in range(12))


def find(body: str) -> list[str]:
    html = f"<html><body>{body}</body></html>"
    return maintext.find(markup.parse(html, "a"), html).text.split("\n")


@pytest.mark.parametrize(
    "body",
    [
        f"<div>{f'<p>{SENTENCE}</p>' * 3}</div>",
        f"<div class=row>{f'<div>{SENTENCE}</div>' * 3}</div>",
        f"<div>{f'{SENTENCE}<br><br>' * 3}</div>",
        f"<table><tr><td><ul>{LINKS}</ul></td><td>{f'{SENTENCE}<br>' * 3}<br></td></tr></table>",
        f"<form>{f'<p>{SENTENCE}</p>' * 3}</form>",
        f"<div class=TRS_Editor><div class=TRS_Editor>{f'<p>{SENTENCE}</p>' * 3}</div></div>",
        f"<div itemprop=articleBody>{f'<p>{SENTENCE}</p>' * 3}<div class=share>Share this on every network</div></div>",
    ],
)
def test_the_article_is_found_beside_lists_of_links(body: str) -> None:
    page = (
        f"<div class=top><a href=/>Home</a></div><div class=side><ul>{LINKS}</ul></div>{body}<footer>Imprint</footer>"
    )

    assert find(page) == [SENTENCE] * 3


def test_a_short_chinese_notice_with_a_table_is_found() -> None:
    rows = "<tr><td>1<td>注射器<td>示例公司<tr><td>2<td>血压计<td>样本公司"
    table = f"<table><tr><th>序号<th>产品名称<th>注册人{rows}</table>"
    page = f"<div class=nav><a href=/>首页</a></div><div class=con><p>{NOTICE}</p>{table}</div><div>版权所有</div>"

    assert find(page) == [NOTICE, "序号\t产品名称\t注册人", "1\t注射器\t示例公司", "2\t血压计\t样本公司"]


def test_an_article_that_is_only_a_table_is_found() -> None:
    table = "<table><tr><th>Device<th>Maker<tr><td>Compact scanner<td>Harbor Imaging<tr><td>Pump<td>Sample Corp</table>"

    assert find(f"<div class=nav><a href=/>Home</a></div><div>{table}</div>") == [
        "Device\tMaker",
        "Compact scanner\tHarbor Imaging",
        "Pump\tSample Corp",
    ]


def test_captions_related_links_and_hidden_text_are_not_of_the_article() -> None:
    article = (
        f"<article><p>{SENTENCE}</p><figure><img src=a><figcaption>A scanner in a hospital hall, seen from above"
        f"</figcaption></figure><p>{SENTENCE}</p><div class=related-links><p>Read also this</p></div>"
        f"<ul>{LINKS}</ul><p style='display:none'>{SENTENCE}</p><p>{SENTENCE}</p></article>"
    )

    assert find(article) == [SENTENCE] * 3


def test_where_our_own_reading_finds_nothing_a_second_one_is_made() -> None:
    page = f"<div>{f'<span>{SENTENCE}</span><br><br>' * 6}</div><p><a href=/>Home</a></p>"

    assert find(page) == [SENTENCE] * 6


def test_menus_alone_are_no_article() -> None:
    assert find(f"<div class=nav><a href=/>Home</a></div><div><ul>{LINKS}</ul></div><img src=poster.png>") == [""]


def test_a_page_without_links_is_all_article() -> None:
    assert find("<p>text</p>") == ["text"]

"""Files that an article links."""

from streams.analyse import attachments, markup
from tidings.records import Attachment

PAGE = "https://site.test/col/a.html"


def find(html: str, element: str | None = "article") -> tuple[Attachment, ...]:
    tree = markup.parse(html, PAGE)
    return attachments.find(tree, tree.css_first(element) if element else None, PAGE)


def test_documents_in_the_article_are_found_once_and_in_order() -> None:
    html = """<article><a href="./list.docx#p2">产品目录</a> <a href="../x/table.XLSX" title="全称.xlsx">全…</a>
        <a href="/module/downfile.jsp?classid=0&amp;filename=ab.pdf">Download</a> <a href="list.docx">again</a>
        <a href="https://cdn.test/%E8%A1%A8.zip"></a></article>"""

    assert find(html) == (
        Attachment(name="产品目录", url="https://site.test/col/list.docx"),
        Attachment(name="全称.xlsx", url="https://site.test/x/table.XLSX"),
        Attachment(name="Download", url="https://site.test/module/downfile.jsp?classid=0&filename=ab.pdf"),
        Attachment(name="表.zip", url="https://cdn.test/%E8%A1%A8.zip"),
    )


def test_what_is_no_document_is_no_attachment() -> None:
    html = """<article><a href="b.html">b</a><a href="javascript:open('x.pdf')">c</a><a href="poster.png">d</a>
        <a href="http://[x.pdf">e</a><a href="ftp://site.test/x.pdf">f</a><a name="x.pdf">g</a></article>"""

    assert find(html) == ()


def test_files_beside_the_text_count_and_those_of_the_site_do_not() -> None:
    beside = '<div class=fujian><a href="a.pdf">A</a></div>'
    html = f'<article>x</article>{beside}<footer><a href="terms.pdf">Terms</a></footer>'

    assert find(html) == (Attachment(name="A", url="https://site.test/col/a.pdf"),)


def test_links_are_resolved_against_the_base_of_the_page() -> None:
    html = '<base href="https://files.test/d/"><article><a href="a.pdf">A</a></article>'

    assert find(html) == (Attachment(name="A", url="https://files.test/d/a.pdf"),)

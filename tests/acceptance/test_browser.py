"""The search UI in a real browser: Debian's Chromium, driven by Playwright.

Where no Chromium is installed these tests skip and say so; with REQUIRE_BROWSER=1 that is a failure.
"""

import os
import shutil
from contextlib import contextmanager

import pytest
from morning import HOSTILE_TITLE, articles, events, notices
from serving import served

from search.sink import index_events
from search.tantivy import TantivyIndex
from search.web import create_app
from tidings.lexicon import load

pytestmark = pytest.mark.browser

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
#: Quiet: no sandbox in a container, nothing that calls home.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MILLISECONDS = 10_000

WIDE = {"width": 1440, "height": 1000}
NARROW = {"width": 390, "height": 844}

#: Contrast of every visible text against what lies behind it, by WCAG 2.2; the worst first.
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const color of colors) { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const colors = [];
    for (let e = element; e; e = e.parentElement) colors.unshift(getComputedStyle(e).backgroundColor);
    return colors;
  };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const words = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!words || !element.checkVisibility() || element.closest(".hidden, .skip")) continue;
    const ground = behind(element);
    const [a, b] = [light(paint(ground)), light(paint([...ground, getComputedStyle(element).color]))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([Math.round(ratio * 100) / 100, element.tagName + "." + element.className]);
  }
  return found.sort((x, y) => x[0] - y[0]);
}"""
CONTRAST_MIN = 4.5


@pytest.fixture(scope="module")
def browser():
    executable = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if executable is None:
        told = f"no Chromium on the path (looked for {', '.join(CHROMIUMS)}): the browser tests did not run"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(told)
        pytest.skip(told)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    index = TantivyIndex(tmp_path_factory.mktemp("index"))
    index_events(index)(list(enumerate(events())))
    app = create_app(index=index, lexicon=load(), notifications=lambda limit: notices()[:limit])
    with served(app) as address:
        yield address
    index.close()


@pytest.fixture
def open_page(browser, address):
    """Opens pages that must neither log, nor fail, nor be refused anything by the policy."""

    @contextmanager
    def open_page(path="/", *, viewport=WIDE, **options):
        told = []
        context = browser.new_context(viewport=viewport, base_url=address, **options)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', (e) => console.error('policy', e.violatedDirective))"
        )
        page = context.new_page()
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        page.goto(path)
        yield page
        context.close()
        assert told == []

    return open_page


def titles(page):
    return page.locator(".hit h2").all_inner_texts()


def focused_title(page):
    return page.evaluate("document.activeElement.closest('.hit')?.querySelector('h2').innerText ?? null")


def test_analyst_searches_filters_opens_an_article_and_sees_its_evidence(open_page):
    with open_page() as page:
        page.get_by_role("searchbox").fill("ct")
        page.get_by_role("button", name="Search", exact=True).click()
        page.get_by_role("link", name="Registration 2").click()
        assert page.locator(".total").inner_text() == "2 articles"
        page.get_by_role("link", name="国家药监局批准5个创新医疗器械上市").click()

        assert page.locator("h1").inner_text() == "国家药监局批准5个创新医疗器械上市"
        assert page.locator(".note").count() == 6
        row = page.locator(".text tbody tr").first
        row.locator(".evidence").first.hover()
        note = page.locator(".note.on")
        assert "磁共振成像系统" in note.inner_text()
        # Beside the text, not over it.
        assert note.bounding_box()["x"] > row.bounding_box()["x"] + row.bounding_box()["width"]


def test_number_of_a_note_leads_to_its_words_and_back(open_page):
    read = articles()[1]
    with open_page(f"/article/{read.id}") as page:
        page.locator(".note .number").nth(2).click()
        assert page.url.endswith(f"#evidence-{read.signals[2].key}")
        page.locator(".block > p .number").nth(2).click()
        assert page.url.endswith(f"#signal-{read.signals[2].key}")


def test_notification_leads_to_the_evidence_that_caused_it(open_page):
    with open_page() as page:
        page.get_by_role("link", name="Notifications").click()
        assert page.locator(".badge").all_inner_texts() == ["sent", "will retry", "failed", "waiting"]
        page.get_by_text("What was delivered").first.click()
        assert page.locator("pre").first.inner_text() == notices()[0].text
        page.locator(".items .chip").first.click()

        key = articles()[0].signals[1].key
        assert page.url.endswith(f"#evidence-{key}")
        assert page.locator(f"#evidence-{key}").is_visible()


def test_keyboard_searches_moves_opens_and_goes_back(open_page):
    with open_page() as page:
        page.keyboard.press("/")
        page.keyboard.type("scanner")
        page.keyboard.press("Enter")
        page.wait_for_url("**/?q=scanner")
        shown = titles(page)
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert focused_title(page) == shown[1]
        page.keyboard.press("k")
        assert focused_title(page) == shown[0]
        page.keyboard.press("Enter")
        page.wait_for_url("**/article/*")
        page.keyboard.press("u")
        page.wait_for_url("**/?q=scanner")

        page.keyboard.press("?")
        assert page.locator("#keys").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#keys").is_visible()


def test_keys_typed_into_the_box_are_text(open_page):
    with open_page() as page:
        page.keyboard.press("/")
        page.keyboard.type("j/k?")

        assert page.get_by_role("searchbox").input_value() == "j/k?"
        assert not page.locator("#keys").is_visible()


def test_everything_works_without_javascript(open_page):
    with open_page("/?q=ct", java_script_enabled=False, viewport=NARROW) as page:
        page.get_by_role("button", name="Filters").click()
        page.get_by_role("link", name="Registration 2").click()
        page.get_by_role("link", name="国家药监局批准5个创新医疗器械上市").click()
        page.locator(".note .number").first.click()

        assert page.url.endswith(f"#evidence-{articles()[0].signals[0].key}")


def test_hostile_article_does_nothing(open_page):
    read = next(read for read in articles() if read.title == HOSTILE_TITLE)
    with open_page(f"/article/{read.id}") as page:
        page.wait_for_timeout(100)

        assert page.title() == f"{HOSTILE_TITLE} — Tidings"
        assert page.locator("iframe, svg, .text img").count() == 0


def test_article_is_light_on_paper_and_its_notes_stand_below_their_words(open_page):
    with open_page(f"/article/{articles()[0].id}", color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")

        row, note = page.locator(".text table").bounding_box(), page.locator(".note").nth(1).bounding_box()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert note["x"] < row["x"] + row["width"] / 2
        assert [found for found in page.evaluate(CONTRAST) if found[0] < CONTRAST_MIN] == []
        assert not page.get_by_role("searchbox").is_visible()


PAGES = {
    "start": "/",
    "approvals": f"/article/{articles()[0].id}?q=%E7%A3%81%E5%85%B1%E6%8C%AF",
    "hostile": f"/article/{articles()[14].id}",
    "notifications": "/notifications",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_pages_fit_the_screen_and_can_be_read(open_page, tmp_path, viewport, scheme):
    for name, path in PAGES.items():
        with open_page(path, viewport=viewport, color_scheme=scheme) as page:
            picture = tmp_path / f"{name}.png"
            page.screenshot(path=picture, full_page=True)

            assert picture.stat().st_size > 10_000
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
            contrasts = page.evaluate(CONTRAST)
            assert len(contrasts) > 5
            assert [found for found in contrasts if found[0] < CONTRAST_MIN] == [], name

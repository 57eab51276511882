import pytest

from app.generated import files


@pytest.mark.parametrize(("path", "content"), [pytest.param(p, c, id=p.name) for p, c in files()])
def test_a_generated_file_is_what_the_code_gives(path, content):
    """`make generated` writes them."""
    assert path.read_text("utf-8") == content

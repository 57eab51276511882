"""What only the embedded index can do wrong: locks, versions, damage, a kill at any moment."""

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from making import NOON, article

import search.tantivy
from search.tantivy import TantivyIndex
from tidings.errors import StaleIndexError, StepBusyError, StorageError
from tidings.query import EVERYTHING, Document
from tidings.records import Story

WRITER = """
import sys
from pathlib import Path
sys.path[:0] = ["tests"]
from search.tantivy import TantivyIndex
from tests.search.test_tantivy import batch
index = TantivyIndex(Path(sys.argv[1]), writer_bytes=15_000_000)
upto = index.upto()
print("ready", flush=True)
while True:
    upto += 1
    index.put(batch(upto), upto)
"""


def test_after_a_kill_the_index_holds_exactly_what_its_position_says(tmp_path: Path) -> None:
    chance = random.Random(3)
    before = -1
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.05, 0.4))
            writer.send_signal(signal.SIGKILL)
        index = TantivyIndex(tmp_path)
        upto = index.upto()
        held = {hit.document.article.id for hit in index.search(EVERYTHING, limit=1_000).hits}
        assert held == {document.article.id for place in range(upto + 1) for document in batch(place)}
        assert upto >= before
        before = upto
    assert before > 0


def test_a_second_writer_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first, second = TantivyIndex(tmp_path), TantivyIndex(tmp_path)
    first.put(batch(0), 0)

    with pytest.raises(StepBusyError, match="another process writes this search index"):
        second.put(batch(1), 1)
    with pytest.raises(StepBusyError):
        second.clear()
    assert second.upto() == 0

    first.close()
    second.put(batch(1), 1)
    assert second.upto() == 1


def test_an_index_of_another_version_is_refused_and_can_be_cleared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(search.tantivy, "VERSION", "version_0")
        older.setattr(search.tantivy, "_SCHEMA", search.tantivy._schema())
        old = TantivyIndex(tmp_path)
        old.put([], 3)
        old.close()
    index = TantivyIndex(tmp_path)

    for use in (index.upto, lambda: index.search(EVERYTHING), lambda: index.put([], 4)):
        with pytest.raises(StaleIndexError, match="another version wrote this search index; run `tidings reindex`"):
            use()
    index.clear()
    index.put(batch(0), 0)
    assert index.upto() == 0


@pytest.mark.parametrize("damage", ["garbled", "emptied"])
def test_a_damaged_index_says_so_and_can_be_cleared(tmp_path: Path, damage: str) -> None:
    index = TantivyIndex(tmp_path)
    index.put(batch(0), 0)
    index.close()
    (tmp_path / "meta.json").write_text("{garbled" if damage == "garbled" else "")

    with pytest.raises(StaleIndexError, match="damaged; run `tidings reindex`"):
        index.upto()
    index.clear()
    assert index.upto() == -1


def test_a_missing_segment_file_is_named(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    index.put(batch(0), 0)
    index.close()
    for postings in tmp_path.glob("*.idx"):
        postings.unlink()

    with pytest.raises(StaleIndexError, match="lacks a file; run `tidings reindex`"):
        TantivyIndex(tmp_path).search(EVERYTHING)


def test_a_put_that_failed_half_way_leaves_nothing_behind_for_the_next(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    unwritable = _document(article("unwritable", origin="\ud800"), 1)
    with pytest.raises(UnicodeEncodeError):
        index.put([*batch(0), unwritable], 0)

    index.put(batch(1), 1)

    assert (index.search(EVERYTHING).total, index.upto()) == (len(batch(1)), 1)


@contextmanager
def small_files() -> Iterator[None]:
    """No file may grow past 20 kB: what a full disk does to a writer, without filling one."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def test_a_disk_that_takes_no_more_stops_the_put_and_loses_nothing(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    index.put(batch(0), 0)
    chance = random.Random(1)
    large = _document(article("large", body=" ".join(f"{chance.randrange(10**9):x}" for _ in range(20_000))), 1)

    with small_files(), pytest.raises(StorageError, match="free space"):
        index.put([large], 1)
    assert (index.upto(), index.search(EVERYTHING).total) == (0, len(batch(0)))

    index.put([large], 1)
    assert (index.upto(), index.get(large.article.id)) == (1, large)


def batch(place: int) -> list[Document]:
    return [_document(article(f"{place}/{i}"), place) for i in range(3)]


def _document(made, place: int) -> Document:
    story = Story(id=made.id, lead=made.id, articles=(made.id,))
    return Document(article=made, story=story, seen=NOON, pos=(place, 0), live=True)

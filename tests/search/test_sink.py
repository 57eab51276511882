"""The index after some events."""

from pathlib import Path

import pytest
from making import NOON, article, later, poll

from search.sink import index_events
from search.tantivy import TantivyIndex
from tidings.documents import document
from tidings.errors import StorageError
from tidings.query import EVERYTHING
from tidings.records import Article, Event, Story


def test_articles_come_in_revisions_replace_and_withdrawn_ones_go(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    new, revised = _event(1, "new", article("a", body="one")), _event(2, "revised", article("a", body="two"))
    other = _event(3, "repost", article("b"))
    gone = [_event(4, "new", article("c")), _event(5, "withdrawn", article("c"))]

    index_events(index)(list(enumerate([new, revised, other, *gone], start=10)))

    assert {d.article.id: d for d in _held(index)} == {e.article.id: document(e) for e in (revised, other)}
    assert index.upto() == 14


def test_polls_and_ticks_move_the_position_only(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    write = index_events(index)
    write([(0, _event(1, "new", article("a")))])

    write([(1, Event(pos=(2, 0), at=NOON, kind="tick")), (2, Event(pos=(3, 0), at=NOON, kind="poll", poll=poll()))])

    assert (index.upto(), len(_held(index))) == (2, 1)


def test_what_the_log_repeats_after_a_crash_is_left_out(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    write = index_events(index)
    old, new = _event(1, "new", article("a", body="one")), _event(2, "revised", article("a", body="two"))

    write([(0, old), (1, new)])
    write([(2, old)])

    assert (_held(index), index.upto()) == ([document(new)], 2)


def test_the_same_call_again_changes_nothing(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    records = [(0, _event(1, "new", article("a"))), (1, _event(2, "withdrawn", article("a")))]
    for write in (index_events(index), index_events(index)):
        write(records)
        write(records)

    assert (_held(index), index.upto()) == ([], 1)


def test_a_put_that_failed_is_made_good_when_the_sink_is_called_again(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path / "index")
    (tmp_path / "index").write_text("a file where the folder should be")
    write = index_events(index)
    records = [(0, _event(1, "new", article("a")))]
    with pytest.raises(StorageError):
        write(records)
    (tmp_path / "index").unlink()

    write(records)

    assert (len(_held(index)), index.upto()) == (1, 0)


def _event(place: int, kind, made: Article) -> Event:
    story = Story(id=made.id, lead=made.id, articles=(made.id,))
    return Event(pos=(place, 0), at=later(place), kind=kind, article=made, story=story)


def _held(index: TantivyIndex):
    return [hit.document for hit in index.search(EVERYTHING).hits]

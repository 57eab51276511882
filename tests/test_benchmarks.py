"""The benchmarks run at the smallest size: they must not rot. No time is asserted."""

import importlib

import pytest


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("analyse", "analyse / trafilatura, fast"),
        ("runner", "map that hands on, runner and log / bare with codec"),
        ("search", "index: articles put, of 500"),
    ],
)
def test_a_benchmark_gives_its_lines(name, first):
    lines = list(importlib.import_module(f"benchmarks.{name}").compare(0.001))

    assert lines[0].what == first
    assert all(line.ours > 0 and (line.other is None or line.other > 0) for line in lines)


def test_generated_pages_and_articles_are_the_same_for_the_same_seed():
    import random

    from benchmarks.pages import document, page

    made = [[make(random.Random(3), n) for n in range(4)] for _ in range(2) for make in (page, document)]

    assert made[:2] == made[2:]

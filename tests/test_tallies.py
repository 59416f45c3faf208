"""Counts that workers share: right for each key, over all processes, behind a killed one too."""

import multiprocessing
import os
import signal
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrisite.counting import Counters
from nutrisite.tallies import Tallies

# The children inherit the memory, as gunicorn's workers do.
forked = multiprocessing.get_context("fork")
PROCESSES, TIMES = 4, 200
PATIENCE = 30


@given(st.lists(st.text(max_size=3), max_size=60))
def test_each_key_is_counted_for_itself(keys):
    counts, true = Tallies(), Counter()
    for key in keys:
        true[key] += 1
        assert counts.add(key, 1) == true[key]


def test_count_is_never_too_low_and_hardly_too_high_when_very_many_ask():
    counts = Tallies()
    for turn in range(5):
        given = [counts.add(f"network-{number}", 1) for number in range(4000)]
        assert min(given) == turn + 1
    assert max(given) <= 5 + 5


def test_next_minute_begins_at_nothing():
    counts = Tallies()
    for _ in range(5):
        counts.add("a", 1)

    assert counts.add("a", 2) == 1


def run(*work):
    """Run each piece in a process of its own; fail where one does not end."""
    processes = [forked.Process(target=one, daemon=True) for one in work]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
    codes = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    return codes


def test_processes_count_together_and_lose_nothing():
    counts, figures = Tallies(), Counters()

    def ask():
        for _ in range(TIMES):
            counts.add("a", 1)
            figures.observe(200, 0.002)

    assert run(*[ask] * PROCESSES) == [0] * PROCESSES
    assert counts.add("a", 1) == PROCESSES * TIMES + 1
    assert figures.read()[1] == PROCESSES * TIMES


@pytest.mark.parametrize("kind", [Tallies, Counters])
def test_worker_that_is_killed_while_it_counts_stops_no_other(kind):
    counts = kind()

    def be_killed():
        with counts._lock:
            os.kill(os.getpid(), signal.SIGKILL)

    def count():
        counts.add("a", 1) if kind is Tallies else counts.observe(200, 0.002)

    assert run(be_killed) == [-signal.SIGKILL]
    assert run(count) == [0]

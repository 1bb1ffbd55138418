"""Test the cache with its limit and its expiry, with a fake clock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from pycommon.expiring_cache import ExpiringCache


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_entry_ends_at_its_end() -> None:
    clock = Clock()
    cache: ExpiringCache[str] = ExpiringCache(clock=clock)
    cache.put("key", "value", until=10)
    clock.now = 9.999
    assert cache.get("key") == "value"
    clock.now = 10
    assert cache.get("key") is None
    assert cache.clock() == 10


def test_what_was_used_least_recently_goes_first() -> None:
    cache: ExpiringCache[int] = ExpiringCache(max_entries=2, clock=Clock())
    cache.put("a", 1, until=9)
    cache.put("b", 2, until=9)
    cache.get("a")
    cache.put("c", 3, until=9)
    assert [cache.get(key) for key in "abc"] == [1, None, 3]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)), max_size=30))
def test_it_never_gives_what_was_not_put_last_nor_what_has_ended(puts: list[tuple[int, int]]) -> None:
    clock = Clock()
    cache: ExpiringCache[int] = ExpiringCache(max_entries=3, clock=clock)
    last: dict[int, tuple[int, int]] = {}
    for number, (key, until) in enumerate(puts):
        clock.now = number
        cache.put(key, number, until=until)
        last[key] = number, until
        for each, (value, end) in last.items():
            assert cache.get(each) in ((value, None) if end > clock.now else (None,))


def test_threads_may_share_it() -> None:
    cache: ExpiringCache[int] = ExpiringCache(max_entries=4)

    def work(number: int) -> bool:
        cache.put(number % 8, number % 8, until=float("inf"))
        return cache.get(number % 8) in (None, number % 8)

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(work, range(2000)))

"""Intervals of whole seconds since 1970, half-open [start, end[: union, then open time less busy time, in one sweep.

Pure. n intervals cost O(n log n) to merge, O(n) to subtract: never a look at each pair.
"""

from collections.abc import Iterable

Intervalle = tuple[int, int]


def merge(intervals: Iterable[Intervalle]) -> list[Intervalle]:
    """Return the union, in order, without overlap; two intervals that touch become one."""
    merged: list[Intervalle] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        elif start < end:
            merged.append((start, end))
    return merged


def subtract(opened: Iterable[Intervalle], busy: list[Intervalle]) -> list[Intervalle]:
    """Return what is left of `opened` outside `busy`. Both in order, without overlap; `opened` may touch."""
    free: list[Intervalle] = []
    rank, count = 0, len(busy)
    for opening, end in opened:
        start = opening
        while rank < count and busy[rank][1] <= start:
            rank += 1
        while rank < count and busy[rank][0] < end:
            taken, freed = busy[rank]
            if start < taken:
                free.append((start, taken))
            start = freed
            if freed >= end:  # may also cover the next opening: stay on it
                break
            rank += 1
        if start < end:
            free.append((start, end))
    return free

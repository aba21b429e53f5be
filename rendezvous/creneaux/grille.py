"""From a free interval to the starts offered. Pure, in whole seconds since 1970."""

CINQ_MINUTES = 300


def round_up(instant: int) -> int:
    """Return the next multiple of five minutes: every zone of the world keeps it round on the wall clock."""
    return -(-instant // CINQ_MINUTES) * CINQ_MINUTES


def list_starts(start: int, end: int, *, duree: int, pas: int, now: int, earliest: int) -> range:
    """Return the starts in the free interval [start, end[, in order.

    They follow each other every `pas` (`duree` and its buffer, seconds) from the beginning of the interval, or from
    the next five minutes when it is running already. The last one may end with the interval, its buffer outside.
    None before `earliest`, and the grid does not move with it: two people who ask see the same hours.
    """
    first = start if start >= now else round_up(now)
    if first < earliest:
        first += -((first - earliest) // pas) * pas
    return range(first, end - duree + 1, pas)

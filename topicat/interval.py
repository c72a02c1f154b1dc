"""The interval of a share."""

from __future__ import annotations

import math

_Z = 1.959964
"""Standard normal quantile of a 95 % interval."""


def wilson(n: int, of: int) -> tuple[float, float]:
    """Ends of Wilson's 95 % interval for a share of `n` in `of`; with no case the share may be anything.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927.

    >>> [round(end, 3) for end in wilson(3, 12)]
    [0.089, 0.532]
    """
    if not of:
        return 0.0, 1.0
    p, z2 = n / of, _Z * _Z
    centre = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return (0.0 if n == 0 else centre - half), (1.0 if n == of else centre + half)

"""Rules read by numpy arrays: a whole batch at once. The only place in `engine` that imports numpy.

Where a float would raise (log(−1), exp(1000)) an array holds NaN or infinity, as IEEE 754 says; the caller
decides with `numpy.errstate` whether to be warned.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

from engine.rules import NAMES, TABLE


def _max(operands: Any) -> Any:
    return reduce(np.maximum, operands)


ARRAYS: dict[str, Any] = NAMES | {
    name: getattr(np, name) for name in "where power exp expm1 log log1p sqrt sin cos tan tanh abs".split()
}
ARRAYS |= {"power_or_inf": np.power, "max": _max}
ARRAY_RULES = {row.name: row.read(ARRAYS) for row in TABLE}
ARRAYS["sigmoid"] = ARRAY_RULES["sigmoid"].forward  # the dictionary is the rows' own, so they see it

"""What a call of a layer or a network gives, as a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.value import Value

if TYPE_CHECKING:

    class Outputs(Value, list[Value]):  # type: ignore[misc]
        """A Value where there is one output, else a list: the sizes decide, which no checker knows, so it is both."""

else:
    Outputs = Value | list[Value]

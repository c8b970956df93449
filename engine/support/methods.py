"""The methods that later rooms attach to `Value`, declared here for editors and type checkers."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from engine.explaining.explain import Explanation
    from engine.steps import Trace
    from engine.support.notation import Notation
    from engine.value import Value


class Methods:
    __slots__ = ()

    if TYPE_CHECKING:
        # engine/functions.py: a method for each row of one operand, as `describe` reads it (a test holds them equal)
        def neg(self) -> Value:
            """out = neg(x): ∂/∂x = −1"""

        def exp(self) -> Value:
            """out = exp(x): ∂/∂x = out"""

        def log(self) -> Value:
            """out = log(x): ∂/∂x = 1 / x (x > 0)"""

        def expm1(self) -> Value:
            """out = expm1(x): ∂/∂x = exp(x) (eˣ − 1, with all its digits near 0)"""

        def log1p(self) -> Value:
            """out = log1p(x): ∂/∂x = 1 / (1 + x) (x > −1)"""

        def sqrt(self) -> Value:
            """out = sqrt(x): ∂/∂x = 1 / (2 · out) (x ≥ 0)"""

        def sin(self) -> Value:
            """out = sin(x): ∂/∂x = cos(x)"""

        def cos(self) -> Value:
            """out = cos(x): ∂/∂x = −sin(x)"""

        def tan(self) -> Value:
            """out = tan(x): ∂/∂x = 1 + out · out"""

        def tanh(self) -> Value:
            """out = tanh(x): ∂/∂x = 1 − out²"""

        def sech2(self) -> Value:
            """out = sech2(x): ∂/∂x = (−2) · tanh(x) · out (1 − tanh² x, the derivative of tanh)"""

        def sigmoid(self) -> Value:
            """out = sigmoid(x): ∂/∂x = out · (1 − out) (1 / (1 + e⁻ˣ), written so that nothing overflows)"""

        def relu(self) -> Value:
            """out = relu(x): ∂/∂x = 1 if x > 0, else 0 (relu′(0) = 0)"""

        def leaky_relu(self) -> Value:
            """out = leaky_relu(x): ∂/∂x = 1 if x > 0, else 0.01 (slope 0.01 for x ≤ 0)"""

        def elu(self) -> Value:
            """out = elu(x): ∂/∂x = 1 if x > 0, else out + 1 (α = 1)"""

        def softplus(self) -> Value:
            """out = softplus(x): ∂/∂x = σ(x) (log(1 + eˣ), written so that nothing overflows)"""

        def silu(self) -> Value:
            """out = silu(x): ∂/∂x = σ(x) + out · (1 − σ(x))"""

        def abs(self) -> Value:
            """out = abs(x): ∂/∂x = 1 if x > 0, −1 if x < 0, else 0 (abs′(0) = 0)"""

        # engine/steps.py, engine/naming/search.py, engine/explaining/explain.py, engine/debugger/prompt.py
        def backward_steps(
            self, *, notation: Notation | str | None = None, digits: int = 4, fractions: bool = False
        ) -> Trace:
            """The backward pass as a `Trace` of its events; nothing happens before the first `step`."""

        def called(self, name: str) -> bool:
            """Whether this is what the node is called, by its label or its role: `node.called("a[1][2]")`."""

        def explain(
            self,
            node: Value | str,
            *,
            notation: Notation | str | None = None,
            depth: int = 1,
            paths: bool = False,
            limit: int = 20,
            digits: int = 4,
            fractions: bool = False,
        ) -> Explanation:
            """Why ∂self/∂node is what it is: the chain rule by symbols, then with the numbers, then the value."""

        def debug(
            self,
            stdin: IO[str] | None = None,
            stdout: IO[str] | None = None,
            *,
            notation: Notation | str | None = None,
            digits: int = 4,
            fractions: bool = False,
        ) -> None:
            """The backward pass at a prompt, where time runs both ways; when it is left, the pass has been."""

"""The transformer on PyTorch's tensors, by its own functions and its own autograd.

Of what was tried (attention and normalization spelled out or by PyTorch's functions, letters by `embedding` or one-hot,
targets one-hot or as classes), this was among the fastest for 32 and for 256 names.
"""

from functools import cache
from math import prod
from typing import Any

import torch
from clock import seconds_each, serve
from gpt import HEADS, POSITIONS, SHAPES, TINY, TOKENS, WIDTH, names, tokens, weights
from torch.nn.functional import cross_entropy, linear, one_hot, relu, rms_norm, scaled_dot_product_attention


class Transformer:
    """In float64: a row a position of a name."""

    def __init__(self) -> None:
        shapes = list(SHAPES.values())
        parts = torch.tensor(weights(), dtype=torch.float64).split([prod(shape) for shape in shapes])
        self.parameters = [p.view(shape).clone().requires_grad_() for p, shape in zip(parts, shapes, strict=True)]

    def gradient(self, letters: Any, following: Any) -> tuple[Any, Any]:
        """The mean loss and its gradient."""
        letter, place, qkv, mixed, up, down, out = self.parameters
        x = normalized(linear(letters, letter) + place)
        heads = linear(normalized(x), qkv).view(-1, POSITIONS, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        gathered = scaled_dot_product_attention(*heads, is_causal=True)
        x = x + linear(gathered.transpose(1, 2).reshape(x.shape), mixed)
        x = x + linear(relu(linear(normalized(x), up)), down)
        loss = cross_entropy(linear(x, out).flatten(0, 1), following.flatten())
        return loss, torch.autograd.grad(loss, self.parameters)

    def numbers(self, count: str) -> list[float]:
        loss, gradient = self.gradient(*samples(int(count)))
        return [loss.item(), *torch.cat([part.flatten() for part in gradient]).tolist()]


def normalized(x: Any) -> Any:
    return rms_norm(x, (WIDTH,), eps=TINY)


@cache
def samples(count: int) -> tuple[Any, Any]:
    """The letters one-hot, and those that follow as classes."""
    given, following = (
        torch.tensor([tokens(text) for text in texts])
        for texts in ([f".{name}" for name in names(count)], [f"{name}." for name in names(count)])
    )
    return one_hot(given, TOKENS).to(torch.float64), following


if __name__ == "__main__":
    transformer = Transformer()
    serve(
        numbers=transformer.numbers,
        time=lambda count: seconds_each(lambda: transformer.gradient(*samples(int(count)))),
    )

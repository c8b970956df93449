"""The demos: each a file or a folder here that defines a `DEMO`, run as `python -m demos NAME`.

`python -m demos` lists them, and `demos.verify` goes through the sources of all. The rest is what they need: `kit` has
what they share, `mnist` and `data` what they train on. `notebooks` are read by themselves; `pictures` are the README's.
"""

__all__: list[str] = []

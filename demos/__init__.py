"""One paper or idea a file, each run as `python -m demos NAME`; a demo is a module with a `main()`."""

__all__: list[str] = []

"""What `python -m demos NAME` runs: a `Command`, or a `Demo`, which goes through a source section by section.

A demo is a file or a folder of `demos` with such a record, called `DEMO`; the list of demos shows the first line of its
docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from demos.kit.checks import Check
from demos.kit.console import PROGRAM, Options, all_or_none, writing
from demos.kit.report import INDENT, Picture, Shown, checks_of, legend, prose, summary
from demos.kit.sources import CITATIONS
from viz.theme import THEMES

FORMATS = ("svg", "png")
EXIT_CODES = "exit code: 0 if {}, 1 if not, 2 if nothing could be written"


def no_options(parser: Options) -> None:
    pass


def no_pictures() -> Sequence[Picture]:
    return ()


def verdicts(sections: Sequence[Shown], **own: object) -> Iterable[str]:
    """What the verdicts of the checks mean."""
    return legend(checks_of(sections))


def counted(sections: Sequence[Shown], **own: object) -> Iterable[str]:
    """How many checks there are of each outcome."""
    return [summary(checks_of(sections))]


def picture_options(parser: Options, formats: Sequence[str] = FORMATS) -> None:
    parser.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="where the pictures go (default: here)")
    for option, choices in (("--format", formats), ("--theme", tuple(THEMES))):
        parser.add_argument(
            option, choices=choices, default=choices[0], help="of the pictures: %(choices)s (%(default)s)"
        )


@dataclass(frozen=True)
class Command:
    """A function of the options, which does what is asked for and returns the exit code."""

    name: str
    about: str  # what --help says
    run: Callable[..., int]  # given the options by name
    options: Callable[[Options], None] = no_options  # adds them to the parser
    exit_codes: str | None = None

    def parser(self) -> Options:
        found = Options(f"{PROGRAM} {self.name}", description=self.about, epilog=self.exit_codes)
        self.options(found)
        return found

    def main(self, arguments: Sequence[str] | None = None) -> int:
        return self.run(**vars(self.parser().parse_args(arguments)))


@dataclass(frozen=True)
class Demo:
    """A lesson: what one will see and learn, sections with checks, and pictures.

    Sections and pictures are given the demo's own options by name.
    """

    name: str
    title: str  # the first line that it prints
    about: str  # what one will see and learn: below the title, and in --help
    sections: Callable[..., Sequence[Shown]]
    source: str = ""  # which it follows, as the rows call it
    pictures: Callable[..., Sequence[Picture]] = no_pictures
    options: Callable[[Options], None] = no_options  # adds the demo's own to the parser
    formats: Sequence[str] = FORMATS  # of the pictures
    legend: Callable[..., Iterable[str]] = verdicts  # what one must know to read them, of the sections and own options
    ending: Callable[..., Iterable[str]] = counted  # the last lines, in the same way
    agreement: str = "all holds or its slip is explained"  # when the exit code is 0

    def parser(self) -> Options:
        return self._command.parser()

    def main(self, arguments: Sequence[str] | None = None) -> int:
        """Print the sections, write the pictures; 0 if every check holds or its slip is explained, else 1."""
        return self._command.main(arguments)

    def checks(self) -> list[Check]:
        """All checks, for `demos verify`."""
        own = Options()
        self.options(own)
        return checks_of(self.sections(**vars(own.parse_args([]))))

    @property
    def _command(self) -> Command:
        return Command(self.name, self.about, self._show, self._add_options, EXIT_CODES.format(self.agreement))

    def _add_options(self, parser: Options) -> None:
        picture_options(parser, self.formats)
        self.options(parser)

    def _show(self, out: Path, format: str, theme: str, **own: object) -> int:
        with all_or_none(out, []):  # a folder that can't be written is refused before anything is computed
            sections = self.sections(**own)
            pictures = self.pictures(**own)
            drawable = [picture for picture in pictures if not picture.plot or find_spec("matplotlib") is not None]
            names = [f"{picture.name}.{format}" for picture in drawable]
            with all_or_none(out, names) as paths:
                lines = (line for section in sections for line in section.lines())
                print(self.title, *self._opening(), *self.legend(sections, **own), *lines, sep="\n")
                with writing(out):
                    for picture, path in zip(drawable, paths, strict=True):
                        path.write_bytes(picture.draw(theme).pipe(format))
        print(*_written(out, drawable, names), *_not_drawn(pictures, drawable), sep="\n")
        print("", *self.ending(sections, **own), sep="\n")
        return 0 if all(check.explained for check in checks_of(sections)) else 1

    def _opening(self) -> Iterable[str]:
        for text in filter(None, (self.about, self.source and f"Source: {CITATIONS[self.source]}")):
            yield from prose(text)


def _written(out: Path, pictures: Sequence[Picture], names: Sequence[str]) -> Iterable[str]:
    yield ""
    if plain := [str(out / name) for picture, name in zip(pictures, names, strict=True) if not picture.shows]:
        yield f"Wrote {' and '.join(plain)}"
    for picture, name in zip(pictures, names, strict=True):
        if picture.shows:
            yield f"Wrote {out / name}: {picture.shows}"


def _not_drawn(pictures: Sequence[Picture], drawable: Sequence[Picture]) -> Iterable[str]:
    left_out = [picture for picture in pictures if picture not in drawable]
    yield from (f"Not drawn: {picture.name}, {picture.shows}" for picture in left_out)
    if left_out:
        yield f"{INDENT}plots need matplotlib: pip install 'glassgrad[plots]'"

"""The list of demos, the way into each, and `all`, which runs them one after the other."""

from __future__ import annotations

import subprocess
import sys
from difflib import get_close_matches

from demos.kit.catalogue import demos, imported
from demos.kit.console import PROGRAM, Refusal, run

ALL = "all"
USAGE = f"""\
usage: {PROGRAM} NAME [options]     ({PROGRAM} NAME --help tells its options)
       {PROGRAM} {ALL} [options]      (runs every one of them, its pictures to --out DIR)

Each is a lesson that prints a page and draws pictures. Begin with: {PROGRAM} primer
"""


def main(arguments: list[str]) -> int:
    """List the demos, or run the one that is named, or all."""
    found = demos()
    if not arguments or arguments[0] in ("-h", "--help"):
        width = max(map(len, found))
        print(USAGE)
        print(*(f"  {name:{width}}  {line}" for name, line in found.items()), sep="\n")
        return 0
    name, *options = arguments
    if name == ALL:
        return run_all(list(found), options)
    if name not in found:
        near = get_close_matches(name, found, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(found)}"
        raise Refusal(f"no demo is called {name!r}; {hint}")
    return imported(name).main(options)


def run_all(names: list[str], arguments: list[str]) -> int:
    """Run each in a process of its own, with those of the options that it has; 0 if every one ends with 0, else 1."""
    from demos.kit.demo import Command, picture_options  # not before: the list comes without numpy and Graphviz

    return Command(
        ALL,
        "Runs every demo, one after the other, and goes on when one fails.",
        run=lambda **chosen: run_each(names, chosen),
        options=picture_options,
        exit_codes="exit code: 0 if every demo ends with 0, else 1",
    ).main(arguments)


def run_each(names: list[str], chosen: dict[str, object]) -> int:
    from demos.kit.report import ruled

    codes = {}
    for name in names:
        known = vars(imported(name).parser().parse_args([]))
        given = [part for option in chosen if option in known for part in (f"--{option}", str(chosen[option]))]
        print(ruled(name), flush=True)
        codes[name] = subprocess.run([sys.executable, "-m", "demos", name, *given], check=False).returncode
    print(ruled(ALL))
    width = max(map(len, names))
    print(
        *(f"  {name:{width}}  {f'FAILED: exit code {code}' if code else 'ok'}" for name, code in codes.items()),
        sep="\n",
    )
    return 1 if any(codes.values()) else 0


if __name__ == "__main__":
    sys.exit(run(main, sys.argv[1:]))

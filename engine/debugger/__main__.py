"""`python -m engine.debugger PROGRAM`: a program that stops at each `backward()` in it."""

import sys

from engine.debugger.script import main

main(sys.argv[1:])

"""The backward pass at a prompt, forwards and backwards in time; DEBUGGING.md tells how to use it, and pdb and others:

prompt.py        `loss.debug()`; __main__.py and script.py, `python -m engine.debugger PROGRAM`
moving.py        the commands that move; looking.py, those that show; stopping.py, those about breakpoints
conversation.py  what all commands share
places.py        `--where`: the lines of the engine's source at which other debuggers stop
replay.py        the pass, with the names of its nodes; lines.py, what is shown of it
breakpoints.py   where it stops; conditions.py, expressions that are typed
what_if.py       the graph with another value; drawing.py, what `draw` draws with
"""

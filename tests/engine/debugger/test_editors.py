"""VS Code's debugger, debugpy, stops where `--where` says, with the conditions of the guide."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.debugger.places import accumulation, derivatives_of
from tests.engine.debugger.test_pdb import GUIDE

ROOT = Path(__file__).parents[3]


class Editor:
    """The other end of the Debug Adapter Protocol: what an editor sends, and what it waits for."""

    def __init__(self, folder):
        command = [sys.executable, "-m", "debugpy.adapter"]
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.folder = folder
        self.adapter = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=variables, cwd=folder
        )

    def send(self, command, **arguments):
        message = json.dumps({"seq": 1, "type": "request", "command": command, "arguments": arguments}).encode()
        self.adapter.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(message), message))
        self.adapter.stdin.flush()

    def answer(self, command, **arguments):
        self.send(command, **arguments)
        return self.wait(type="response", command=command)

    def wait(self, **expected):
        while True:
            header = self.adapter.stdout.readline()
            assert header, "the adapter has ended"
            self.adapter.stdout.readline()
            message = json.loads(self.adapter.stdout.read(int(header.split(b":")[1])))
            assert message.get("success", True), message
            assert message.get("event") != "terminated", "the program ran through without a stop"
            if expected.items() <= message.items():
                return message.get("body")

    def stop_at(self, place, condition):
        """The frame in which the lesson stops at a breakpoint."""
        path, _, line = place.rpartition(":")
        self.answer("initialize", adapterID="debugpy", pathFormat="path")
        self.send("launch", module="demos.lesson", cwd=str(self.folder), console="internalConsole", justMyCode=False)
        self.wait(event="initialized")
        breakpoints = [{"line": int(line), "condition": condition}]
        self.answer("setBreakpoints", source={"path": path}, breakpoints=breakpoints)
        self.send("configurationDone")
        thread = self.wait(event="stopped")["threadId"]
        return self.answer("stackTrace", threadId=thread)["stackFrames"][0]

    def watched(self, frame, *expressions):
        return [
            self.answer("evaluate", expression=e, frameId=frame["id"], context="watch")["result"] for e in expressions
        ]


@pytest.fixture
def editor(tmp_path):
    editor = Editor(tmp_path)
    yield editor
    editor.send("disconnect", terminateDebuggee=True)
    editor.adapter.communicate(timeout=60)


def test_a_condition_stops_on_the_accumulation_line_with_its_four_names(editor):
    condition = 'node.called("z")'
    assert f"`{condition}`" in GUIDE.partition("## VS Code")[2]
    frame = editor.stop_at(accumulation(), condition)
    assert editor.watched(frame, "node", "operand", "local", "upstream") == [
        "Value(z = 0.7616, grad = −0.4768)", "Value(1, grad = —)", "0.419974341614026", "-0.4768116880884703",
    ]  # fmt: skip


def test_the_place_and_the_condition_of_a_rule_stop_in_its_row(editor):
    place, _, condition = derivatives_of("tanh").partition(", ")
    frame = editor.stop_at(place, condition)
    assert f"{frame['source']['path']}:{frame['line']}" == place
    assert editor.watched(frame, "out", "x") == ["0.7615941559557649", "1.0"]

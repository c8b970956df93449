"""IPython and notebooks: `loss.debug()` asks in a real kernel and in a real terminal, and so do the guide's lines."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from tempfile import TemporaryDirectory

import pytest
from jupyter_client import KernelManager

from engine import Value
from tests.demos.notebooks import SECONDS, connection, environment
from tests.engine.debugger.test_pdb import GUIDE, LESSON

WHERE, DEBUG = re.findall(r"```ipython\n(.*)\n(.*)\n```", GUIDE)[0]
MINE = "from engine import Value\n" + LESSON.partition("loss.backward()")[0]


class Kernel:
    """A kernel, and a front end that types what it is told to."""

    def __init__(self, folder):
        self.manager = KernelManager(kernel_name="python3", **connection(folder))
        self.manager.start_kernel(env=environment(folder), cwd=folder)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def run(self, code, *typed, can_type=True):
        """What a cell prints, and the prompts at which something was typed."""
        printed, prompts, lines = [], [], iter(typed)

        def show(message):
            content = message["content"]
            assert message["msg_type"] != "error", content
            if message["msg_type"] == "stream":
                assert content["name"] == "stdout"
                printed.append(content["text"])

        def answer(message):
            prompts.append(message["content"]["prompt"])
            self.client.input(next(lines, "\x04"))  # Ctrl-D, for a line too few

        self.client.execute_interactive(
            code, allow_stdin=can_type, stdin_hook=answer, output_hook=show, timeout=SECONDS
        )
        return "".join(printed), prompts

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    with TemporaryDirectory() as folder:
        started = Kernel(folder)
        yield started
        started.stop()


def gradient():
    x, w = Value(2.0, "x"), Value(0.5, "w")
    (((w * x).tanh() - 1) ** 2).backward()
    return f"{w}\n"


def test_a_notebook_asks_for_each_line_and_completes_the_pass(kernel):
    printed, prompts = kernel.run(f"{MINE}loss.debug()\nprint(w)", "s", "", "sum w", "nonsense", "break w", "c", "q")
    assert prompts == [f"(backward {position}/5) " for position in (0, 1, 2, 2, 2, 2, 4)]
    assert "Tab" not in printed
    assert (
        printed.split("the program runs on\n")[1]
        == (
            "step 1: E contributes −0.4768 · 1 = −0.4768 to z − 1\n"
            "step 2: z − 1 contributes 1 · −0.4768 = −0.4768 to z\n"
            "∂E/∂w = 2·□ [via w · x] = □, 0 of 1 term\n"
            "there is no command 'nonsense'; help lists them\n"
            "breakpoint 1: break w\n"
            "step 4: w · x contributes 2 · −0.2002 = −0.4005 to w\n"
            "breakpoint 1: break w\n"
        )
        + gradient()
    )


def test_the_end_of_input_in_a_notebook_completes_the_pass(kernel):
    printed, prompts = kernel.run(f"{MINE}loss.debug()\nprint(w)", "s")
    assert prompts == ["(backward 0/5) ", "(backward 1/5) "]
    assert printed.endswith(f"to z − 1\n\n{gradient()}")


def test_a_front_end_without_input_is_told_so_in_one_line_with_the_remedy(kernel):
    printed, prompts = kernel.run(f"{MINE}loss.debug()\nprint(w)", can_type=False)
    assert prompts == []
    assert printed.split("the program runs on\n")[1] == (
        "nothing can be typed here (raw_input was called, but this frontend does not support input requests), so the "
        "pass is completed without stops; `for step in loss.backward_steps(): print(step)` prints it\n" + gradient()
    )
    remedy = "for step in loss.backward_steps(): print(step)"
    assert kernel.run(f"{MINE}{remedy}", can_type=False)[0].startswith("step 1: E contributes ")


def test_a_program_in_a_notebook_asks_there_and_leaves_backward_as_it_was(kernel):
    printed, prompts = kernel.run("%run -m engine.debugger -- -m demos.lesson", "s", "q")
    assert prompts == ["(backward 0/5) ", "(backward 1/5) "]
    assert printed.endswith(f"to z − 1\n{gradient()}")
    assert kernel.run(f"{MINE}loss.backward()\nprint(w)") == (gradient(), [])


def test_the_lines_of_the_guide_stop_at_the_accumulation(kernel):
    place, _ = kernel.run(WHERE)
    kernel.run(MINE)
    shown, prompts = kernel.run(DEBUG.replace("FILE:LINE", place.strip()), "c", "p node, operand, local, upstream", "q")
    assert len(prompts) == 3
    assert re.search(r"-> +\d+ +operand\.grad \+= local \* upstream", re.sub(r"\x1b\[[\d;]*m", "", shown))
    assert "(Value(E = 0.05684, grad = 1), Value(−0.2384, grad = —), -0.4768116880884703, 1.0)" in shown


def test_ipython_in_a_terminal_has_the_prompt_with_completion():
    pytest.importorskip("readline")
    with TemporaryDirectory() as folder:
        master, slave = pty.openpty()
        command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--no-confirm-exit"]
        variables = {**environment(folder), "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
        with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=variables, cwd=folder) as process:
            os.close(slave)

            def read_to(end):
                seen = b""
                while not seen.endswith(end.encode()):
                    assert select.select([master], [], [], SECONDS)[0], seen
                    seen += os.read(master, 4096)
                return seen.decode().replace("\r", "")

            def typed(line, end):
                os.write(master, f"{line}\n".encode())
                return read_to(end)

            try:
                read_to("In [1]: ")
                typed("from engine import Value; x = Value(2.0, 'theta'); y = x * x", "In [2]: ")
                assert "backward() from E = 4: 2 steps" in typed("y.debug()", "(backward 0/2) ")
                assert "step 1: E contributes 2 · 1 = 2 to theta" in typed("s", "(backward 1/2) ")
                assert "2 so far, 1 of 2 terms" in typed("sum the\t", "(backward 1/2) ")
                typed("q", "In [3]: ")
                assert "Value(theta = 2, grad = 4)" in typed("x", "In [4]: ")
                os.write(master, b"exit\n")
                process.wait(SECONDS)
            finally:
                process.kill()  # one that waits for a line would never end
                os.close(master)
        assert process.returncode == 0

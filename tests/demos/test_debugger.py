"""The demo's session: what it promises in its remarks is what the debugger answers."""

from __future__ import annotations

from demos.debugger import DEMO, SESSION
from tests.viz.graphs import primer


def answers(capsys):
    """What each typed line of the session is answered."""
    assert DEMO.main([]) == 0
    parts = capsys.readouterr().out.split("(backward ")[1:]
    return [part.split(") ", 1)[1].split("\n", 1) for part in parts]


def test_every_line_of_the_session_is_typed_and_none_is_refused(capsys):
    played = answers(capsys)
    assert [line for line, _ in played] == SESSION.splitlines()
    for line, answer in played:
        assert bool(answer) == (not line.startswith("#") and line != "delete")
        for refusal in ("there is no command", "nothing here is called", "wants", "takes", "can't"):
            assert refusal not in answer


def test_the_session_shows_what_its_remarks_say(capsys):
    shown = dict(answers(capsys))  # of a line typed twice, the last answer
    assert "breakpoint 1: break a[1][2]" in shown["break a[1][2]"]
    assert shown["why a[1][2]"].startswith("δ₂⁽¹⁾ = h′(a₂⁽¹⁾) Σₖ wₖ,₂⁽²⁾ δₖ⁽²⁾")
    assert "□ [via a₁⁽²⁾]" in shown["sum z[1][2]"]
    assert "−0.4799 to w₁,₃⁽²⁾" in shown["rcontinue"]
    assert "local        = 0.9354" in shown["print"]


def test_the_program_goes_on_with_the_gradients_of_backward(capsys):
    DEMO.main([])
    model, _ = primer()
    assert f"\n{model.layers[0].neurons[1].w[0]!r}\n" in capsys.readouterr().out


def test_it_plays_the_same_each_time(capsys):
    assert answers(capsys) == answers(capsys)

"""The benchmarks' own arithmetic, and what stops them. No time is asserted, and no network is used."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.benchmarks import harness, micrograd
from tests.benchmarks.harness import (
    BenchmarkError,
    Comparison,
    Figure,
    Growth,
    Missing,
    Report,
    Worker,
    amount,
    in_turn,
    main,
    require_agreement,
)


class Canned:
    """Stands for a worker: it knows its answers, and remembers what it was asked."""

    def __init__(self, numbers, milliseconds=1.0, memory=100.0):
        self.answers = {"numbers": numbers, "time on": milliseconds / 1e3, "time off": milliseconds / 1e3}
        self.answers["memory"] = memory
        self.asked = []

    def ask(self, command):
        self.asked.append(command)
        return self.answers[command]


@pytest.fixture
def report():
    fast = Comparison("fast", "ms", [1.0, 2.0, 4.0], [10.0, 40.0, 20.0], target=9.0)
    slow = Comparison("slow", "bytes", [100.0], [150.0], target=3.0)
    return Report("A title", "peer 1.0", 3, [fast, slow, Comparison("shown", "ms", [2.0], [1.0])], python="3.99")


def test_the_ratio_is_the_median_over_the_pairs(report):
    fast = report.rows[0]
    assert (fast.our_median, fast.peers_median) == (2.0, 20.0)
    assert fast.ratio == 10.0  # of 10, 20 and 5
    assert Comparison("another", "ms", [1.0, 2.0, 4.0], [10.0, 60.0, 40.0]).ratio == 10.0  # the medians' is 20


def test_times_without_a_partner_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        Comparison("torn", "ms", [1.0, 2.0], [1.0])


def test_the_table(report):
    assert report.table().splitlines() == [
        "A title",
        "Python 3.99; medians, each engine in turn; rounds: 3",
        "",
        "        glassgrad    peer 1.0    ratio   target",
        "fast      2.00 ms     20.0 ms    10.0×   ≥ 9×  met",
        "slow    100 bytes   150 bytes    1.50×   ≥ 3×  missed",
        "shown     2.00 ms     1.00 ms   0.500×",
    ]


def test_a_peer_that_is_hard_to_beat_sets_a_limit_to_our_cost():
    fast = Comparison("numpy", "ms", [1.1, 1.3, 1.1], [1.0, 1.0, 1.0], at_most=1.2)
    assert fast.verdict == "ours ≤ 1.2 × the peer's  met: 1.100 ×"
    assert Comparison("numpy", "ms", [1.3], [1.0], at_most=1.2).verdict == "ours ≤ 1.2 × the peer's  missed: 1.300 ×"


def test_a_figure_without_a_peer_and_what_was_not_measured():
    rows = [Figure("small", "MB", [3.0, 5.0, 4.0], at_most=4.5), Figure("large", "MB", [5.0], at_most=4.5)]
    report = Report("A title", "peer", 1, [*rows, Missing("torch", "no such package")], "A note.", python="3.99")
    assert report.table().splitlines()[2:] == [
        "",
        "        glassgrad   peer   ratio   target",
        "small     4.00 MB                  ≤ 4.50 MB  met",
        "large     5.00 MB                  ≤ 4.50 MB  missed",
        "torch                              not measured: no such package",
        "A note.",
    ]


def test_growth_is_a_table_of_figures():
    growth = Growth("Growing", ["", "time, s", "nodes"], [("chain", 0.5, 1_000), ("net", None, 98_765)], python="3.99")
    assert growth.table().splitlines() == [
        "Growing",
        "Python 3.99",
        "",
        "        time, s    nodes",
        "chain     0.500    1,000",
        "net           —   98,765",
    ]


@pytest.mark.parametrize(
    ("cost", "shown"),
    [(0.0, "0"), (0.01234, "0.0123"), (0.9996, "1.000"), (1.0, "1.00"), (45.67, "45.7"), (1234567.8, "1,234,568")],
)
def test_amounts_have_three_digits_and_no_exponent(cost, shown):
    assert amount(cost) == shown
    assert amount(cost, "ms") == f"{shown} ms"


def test_every_measurement_is_saved(report, tmp_path, capsys):
    assert main("A title", lambda options: [report], ["--save", str(tmp_path / "report.json")]) == 0
    assert capsys.readouterr().out == report.table() + "\n"
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    (saved,) = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (saved["peer"], saved["rounds"], saved["python"]) == ("peer 1.0", 3, "3.99")
    assert saved["rows"][0] == {
        "name": "fast",
        "unit": "ms",
        "ours": [1.0, 2.0, 4.0],
        "peers": [10.0, 40.0, 20.0],
        "target": 9.0,
        "at_most": None,
        "our_median": 2.0,
        "peers_median": 20.0,
        "ratio": 10.0,
    }


def test_what_was_measured_before_a_failure_is_printed_and_saved(report, tmp_path, capsys):
    def run(options):
        yield report
        raise BenchmarkError("the second one failed")

    assert main("A title", run, ["--save", str(tmp_path / "report.json")]) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == (report.table() + "\n", "error: the second one failed\n")
    assert len(json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))) == 1


def test_a_missing_folder_is_found_before_anything_is_measured(tmp_path, capsys):
    assert main("", lambda options: pytest.fail("measured"), ["--save", str(tmp_path / "no" / "report.json")]) == 2
    assert_one_line(capsys, "there is no folder")


@pytest.mark.parametrize("rounds", ["0", "-1", "1.5", "many"])
def test_rounds_are_counted(rounds, capsys):
    with pytest.raises(SystemExit) as stop:
        main("", lambda options: pytest.fail("measured"), [f"--rounds={rounds}"])
    assert stop.value.code == 2
    assert "a whole number from 1 on" in capsys.readouterr().err


def test_engines_take_turns():
    turns = []
    results = in_turn([lambda: turns.append("A") or 1.0, lambda: turns.append("B") or 2.0], 3)
    assert "".join(turns) == "ABABAB"
    assert results == [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]


def test_agreement_is_to_twelve_digits():
    require_agreement({"a": [1.0, -2e-30], "b": [1.0 + 1e-13, -2e-30], "c": [1.0, -2e-30 * (1 + 1e-13)]})
    for other in ([1.0 + 1e-11, -2e-30], [1.0, -2.1e-30], [1.0, float("nan")], [1.0]):
        with pytest.raises(BenchmarkError):
            require_agreement({"a": [1.0, -2e-30], "b": other})


def test_sums_that_cancel_agree_to_the_size_of_their_terms():
    require_agreement({"a": [1e-9, 5.0], "b": [1.0001e-9, 5.0]}, sizes=[1.0, 5.0])
    for other in ([1.1e-9, 5.0], [1e-9, 5.00000000001], [float("nan"), 5.0]):
        with pytest.raises(BenchmarkError):
            require_agreement({"a": [1e-9, 5.0], "b": other}, sizes=[1.0, 5.0])


def test_engines_that_agree_on_infinity_are_not_timed():
    with pytest.raises(BenchmarkError, match="not finite"):
        require_agreement({"a": [1.0, float("inf")], "b": [1.0, float("inf")]})


def test_every_program_is_compared():
    fast, spelled, peer = Canned([0.5], 1.0), Canned([0.5], 5.0), Canned([0.5], 30.0, 250.0)
    report = micrograd.compare({"nn.MLP": fast, "spelled out": spelled}, peer, rounds=2)
    assert [round(c.ratio, 6) for c in report.rows] == [30.0, 6.0, 30.0, 6.0, 2.5]
    assert [c.verdict.split()[-1:] for c in report.rows] == [["met"], ["met"], [], [], ["missed"]]
    assert peer.asked == ["numbers", "time on", "time on", "time off", "time off", "memory"]


def test_engines_that_disagree_are_not_timed(tmp_path, capsys):
    right, wrong = Canned([0.5, 0.25]), Canned([0.5, 0.25001])
    workers = {"nn.MLP": right, "spelled out": wrong}
    path = tmp_path / "report.json"
    assert main("", lambda options: [micrograd.compare(workers, right, options.rounds)], ["--save", str(path)]) == 2
    assert_one_line(capsys, "micrograd and spelled out disagree on number 1: 0.25 and 0.25001")
    assert {*right.asked, *wrong.asked} == {"numbers"}
    assert not path.exists()


def test_our_two_programs_agree_and_answer():
    with Worker("micrograd_demo", "glassgrad") as mlp, Worker("micrograd_demo", "glassgrad-spelled-out") as spelled:
        numbers = mlp.ask("numbers")
        assert len(numbers) == 1 + 337
        require_agreement({"nn.MLP": numbers, "spelled out": spelled.ask("numbers")})
        for command in ("time on", "time off", "memory"):
            assert mlp.ask(command) > 0.0
        assert mlp.ask("numbers") == numbers  # every step starts anew


def test_the_transformer_is_the_same_on_a_bare_tape():
    with Worker("transformer", "glassgrad") as ours, Worker("transformer", "slots") as tape:
        report = micrograd.compare_transformers(ours, tape, rounds=1)  # which requires their agreement
        assert len(ours.ask("numbers")) == 1 + 4192
    assert [row.name for row in report.rows] == ["spelled out, collector on", "spelled out, collector off"]


def test_a_worker_that_stops_is_named():
    with (
        Worker("micrograd_demo", "no such engine") as worker,
        pytest.raises(BenchmarkError, match="micrograd_demo no such engine stopped at 'numbers'"),
    ):
        worker.ask("numbers")


def test_an_interpreter_that_is_gone_is_named(tmp_path):
    with pytest.raises(BenchmarkError, match="could not start micrograd_demo micrograd"):
        Worker("micrograd_demo", "micrograd", python=tmp_path / "python")


def test_a_registry_out_of_reach_is_one_line(tmp_path, capsys, monkeypatch):
    def no_network(command, **options):
        return subprocess.CompletedProcess(command, 1, "", "a warning\nERROR: no matching distribution\n")

    monkeypatch.setattr(harness.venv, "create", lambda home, **options: Path(home).mkdir(exist_ok=True))
    monkeypatch.setattr(harness.subprocess, "run", no_network)
    for _ in range(2):  # what was not completed is tried again
        assert main("", micrograd.run, ["--environments", str(tmp_path)]) == 2
        assert_one_line(capsys, "can the package registry be reached? ERROR: no matching distribution")


def assert_one_line(capsys, text):
    shown = capsys.readouterr()
    errors = [line for line in shown.err.splitlines() if not line.startswith("installing")]
    assert len(errors) == 1
    assert text in errors[0]
    assert shown.out == ""

"""History: its lists and its table."""

import subprocess
import sys
from pathlib import Path

from nn import History


def history_of(epochs, **more):
    history = History()
    for k in range(1, epochs + 1):
        history.add(1 / k, more.get("validation"), more.get("metrics", {}), 0.25)
    return history


def test_an_epoch_adds_to_every_list():
    history = History()
    history.add(0.5, 0.75, {"accuracy": 0.9}, 2.0)
    history.add(0.25, 0.5, {"accuracy": 1.0}, 3.0)
    assert history.losses == [0.5, 0.25]
    assert history.validation_losses == [0.75, 0.5]
    assert history.metrics == {"accuracy": [0.9, 1.0]}
    assert history.times == [2.0, 3.0]
    assert len(history) == 2


def test_printed_it_is_a_table():
    history = history_of(3, validation=0.5, metrics={"accuracy": 0.75})
    assert str(history).splitlines() == [
        "epoch    loss  validation loss  accuracy  seconds",
        "    1       1              0.5      0.75     0.25",
        "    2     0.5              0.5      0.75     0.25",
        "    3  0.3333              0.5      0.75     0.25",
    ]


def test_what_was_not_measured_has_no_column():
    assert str(history_of(1)).splitlines() == ["epoch  loss  seconds", "    1     1     0.25"]


def test_a_long_table_shows_how_it_began_and_how_it_ended():
    lines = str(history_of(1000)).splitlines()
    assert [line.split()[0] for line in lines[1:]] == [*map(str, range(1, 11)), "…", *map(str, range(991, 1001))]
    assert lines[-1].split()[1] == "0.001"
    assert len(str(history_of(20)).splitlines()) == 21


def test_an_interrupted_one_says_so_even_before_its_first_epoch_is_over():
    history = history_of(1)
    history.interrupted = True
    assert str(history).splitlines()[-1] == "interrupted in epoch 2"
    nothing = History(interrupted=True)
    assert str(nothing).splitlines() == ["epoch", "interrupted in epoch 1"]
    assert bool(nothing)


def test_its_repr_is_one_line():
    assert repr(history_of(4)) == "History of 4 epochs, loss 1 → 0.25"
    assert repr(history_of(1)) == "History of 1 epoch, loss 1 → 1"
    assert repr(History(interrupted=True)) == "History of 0 epochs, interrupted"


def test_it_comes_without_numpy():
    code = "import sys; from nn import History; print(History()); sys.exit('numpy' in sys.modules)"
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False, capture_output=True).returncode == 0

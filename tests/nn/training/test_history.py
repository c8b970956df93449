"""History: its lists and its table."""

import subprocess
import sys
from pathlib import Path

from nn import History
from tests.tables import read_table


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


# ── in a notebook ──────────────────────────────────────────────────────────────────────────────


def test_a_notebook_shows_its_first_its_best_and_its_last_epochs():
    history = History()
    for k in range(1, 101):
        history.add((k - 40) ** 2 / 1600, None, {"accuracy": k / 100}, 0.25)
    assert read_table(history._repr_html_()) == (
        "History of 100 epochs, loss 0.9506 → 2.25; lowest loss in epoch 40",
        [
            ["epoch", "loss", "accuracy"],
            ["1", "0.9506", "0.01"],
            ["2", "0.9025", "0.02"],
            ["3", "0.8556", "0.03"],
            ["…", "…", "…"],
            ["40", "0", "0.4"],
            ["…", "…", "…"],
            ["98", "2.103", "0.98"],
            ["99", "2.176", "0.99"],
            ["100", "2.25", "1"],
        ],
    )


def test_with_a_validation_set_the_best_epoch_is_the_best_on_that():
    history = History()
    for loss, validation_loss in [(1.0, 2.0), (0.5, 1.5), (0.25, 1.75)]:
        history.add(loss, validation_loss, {}, 1.0)
    caption, rows = read_table(history._repr_html_())
    assert caption == "History of 3 epochs, loss 1 → 0.25; lowest validation loss in epoch 2"
    assert [row[0] for row in rows] == ["epoch", "1", "2", "3"]


def test_what_is_not_a_number_is_not_the_best():
    nan = float("nan")
    caption, _ = read_table(History(losses=[nan, 0.5, nan])._repr_html_())
    assert caption == "History of 3 epochs, loss NaN → NaN; lowest loss in epoch 2"
    caption, _ = read_table(History(losses=[nan])._repr_html_())
    assert caption == "History of 1 epoch, loss NaN → NaN"


def test_before_its_first_epoch_is_over_there_is_no_table():
    assert History(interrupted=True)._repr_html_() is None


def test_the_name_of_a_metric_is_no_markup():
    history = history_of(1, metrics={"<b>right</b>": 1.0})
    assert read_table(history._repr_html_())[1][0] == ["epoch", "loss", "<b>right</b>"]

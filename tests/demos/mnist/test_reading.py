"""MNIST's four files: the subset that comes with the project, and what is wrong with those of others."""

from __future__ import annotations

import gzip
import hashlib
import re
import tomllib

import numpy as np
import pytest

from demos.kit.console import Refusal
from demos.mnist.idx import idx_bytes
from demos.mnist.reading import FILES, SUBSET, load, write_subset

TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = FILES


def digits(count):
    """Images whose first pixels tell their number, and labels."""
    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(count) // 256, np.arange(count) % 256
    return images, (np.arange(count) * 7 % 10).astype(np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Thirty training and twenty-five test images."""
    for names, count in (((TRAIN_IMAGES, TRAIN_LABELS), 30), ((TEST_IMAGES, TEST_LABELS), 25)):
        for name, array in zip(names, digits(count), strict=True):
            (tmp_path / name).write_bytes(idx_bytes(array))
    return tmp_path


def refusal(folder):
    with pytest.raises(Refusal) as caught:
        load(folder)
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(folder), "DIR")


# ── the subset ─────────────────────────────────────────────────────────────────────────────────


def test_the_subset_has_5000_and_1000_images_of_all_digits_in_one_megabyte():
    mnist = load()
    assert (mnist.train.images.shape, mnist.test.images.shape) == ((5000, 28, 28), (1000, 28, 28))
    for part in (mnist.train, mnist.test):
        share = np.bincount(part.labels, minlength=10) / len(part)
        assert share.min() > 0.08
        assert share.max() < 0.13
    assert sum(path.stat().st_size for path in SUBSET.iterdir()) < 1_000_000


def test_the_subset_has_every_twelfth_and_every_tenth_of_the_labels_with_which_mnist_begins():
    train = [5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5, 3, 6, 1, 7, 2, 8, 6, 9, 4, 0, 9, 1, 1, 2, 4, 3, 2, 7, 3, 8, 6, 9, 0]
    test = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9, 0, 6, 9, 0, 1, 5, 9, 7, 3, 4, 9, 6, 6, 5, 4, 0, 7, 4, 0, 1, 3, 1, 3, 4, 7]
    assert load().train.labels[:3].tolist() == train[::12]
    assert load().test.labels[:4].tolist() == test[::10]


def test_the_subset_is_what_the_notice_says_and_the_same_each_time():
    content = hashlib.sha256()
    for name in FILES:
        content.update(gzip.decompress((SUBSET / f"{name}.gz").read_bytes()))
    notice = (SUBSET / "NOTICE.md").read_text(encoding="utf-8")
    assert content.hexdigest() in notice
    for said in ("Yann LeCun", "Corinna Cortes", "Christopher J. C. Burges", "CC BY-SA 3.0", "every tenth test image"):
        assert said in notice


def test_a_subset_is_every_twelfth_training_image_and_every_tenth_test_image(folder):
    (folder / "less").mkdir()
    write_subset(folder, folder / "less")
    less = load(folder / "less")
    assert less.train.images[:, 0, 1].tolist() == [0, 12, 24]
    assert less.train.labels.tolist() == [0, 4, 8]
    assert less.test.images[:, 0, 1].tolist() == [0, 10, 20]
    before = {path.name: path.read_bytes() for path in (folder / "less").iterdir()}
    write_subset(folder, folder / "less")
    assert before == {path.name: path.read_bytes() for path in (folder / "less").iterdir()}


# ── reading ────────────────────────────────────────────────────────────────────────────────────


def test_inputs_are_rows_of_pixels_from_0_to_1(folder):
    inputs = load(folder).train.inputs
    assert (inputs.shape, inputs.dtype) == ((30, 784), np.float64)
    assert inputs[20, 1] == 20 / 255
    assert load().train.inputs.max() == 1.0


def test_packed_and_unpacked_files_may_stand_side_by_side(folder):
    path = folder / TRAIN_IMAGES
    path.with_name(f"{TRAIN_IMAGES}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert len(load(folder).train) == 30


# ── what is wrong ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file(folder, name):
    (folder / name).unlink()
    assert refusal(folder) == (
        f"DIR/{name} is missing, and so is {name}.gz; expected one of them (--download fetches it)"
    )


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_directory_where_a_file_should_be(folder, suffix):
    (folder / TEST_LABELS).unlink()
    (folder / f"{TEST_LABELS}{suffix}").mkdir()
    assert refusal(folder) == f"DIR/{TEST_LABELS}{suffix} is a directory; expected a file"


def test_a_folder_that_is_none(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for name, what in (("file", "is not a directory"), ("nothing", "does not exist")):
        assert refusal(tmp_path / name) == f"DIR {what}; expected a directory with MNIST's four files"


def test_as_many_labels_as_images(folder):
    (folder / TRAIN_LABELS).write_bytes(idx_bytes(digits(29)[1]))
    assert (
        refusal(folder) == f"DIR/{TRAIN_IMAGES} has 30 images, but DIR/{TRAIN_LABELS} has 29 labels; expected as many"
    )


def test_at_least_one_image(folder):
    for name, array in zip((TEST_IMAGES, TEST_LABELS), digits(0), strict=True):
        (folder / name).write_bytes(idx_bytes(array))
    assert refusal(folder) == f"DIR/{TEST_IMAGES} has no images; expected at least one"


def test_images_of_another_size(folder):
    (folder / TEST_IMAGES).write_bytes(idx_bytes(np.zeros((25, 14, 14), np.uint8)))
    assert refusal(folder) == f"DIR/{TEST_IMAGES} has images of 14 × 14 pixels; expected 28 × 28"


def test_a_label_that_is_no_digit(folder):
    labels = digits(30)[1]
    labels[[17, 20]] = 10, 11
    (folder / TRAIN_LABELS).write_bytes(idx_bytes(labels))
    assert refusal(folder) == f"DIR/{TRAIN_LABELS} has the label 10 for image 17; expected 0 to 9"


def test_images_where_labels_should_be(folder):
    (folder / TRAIN_LABELS).write_bytes((folder / TRAIN_IMAGES).read_bytes())
    assert re.fullmatch(f"DIR/{TRAIN_LABELS} begins with the magic number 00 00 08 03; expected .*", refusal(folder))


def test_the_data_are_installed_with_the_package():
    package = SUBSET.parents[1]
    settings = tomllib.loads((package.parent / "pyproject.toml").read_text(encoding="utf-8"))
    assert package.name in settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]  # with all that is in it,
    ignored = (package.parent / ".gitignore").read_text(encoding="utf-8").split()  # but for what git ignores
    data = [path for folder in (package / "data", SUBSET) for path in folder.iterdir()]
    assert data
    for path in data:
        names = path.relative_to(package.parent).parts
        assert not {f"{name}/" for name in names} & set(ignored)
        assert not any(path.match(pattern) for pattern in ignored if not pattern.startswith("/"))

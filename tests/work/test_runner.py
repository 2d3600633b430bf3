"""Tasks in any order, results in theirs: whatever finishes first, is kept already, fails or dies."""

import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.errors import ModelError, RegimensError
from regimens.work import Store, local, run
from tests.examples import examples
from tests.work.toys import AtOnce, Recorder, Scripted, Shuffled, Toy, dies, fails, same, sizes, toys

ON_DISK = examples(15)


def expected(count):
    return [sizes(task) for task in toys(count)]


def folder_of(tasks, folder, resume=False, work=sizes):
    """Run the tasks with a store and leave it; return the results and the bytes of its files."""
    with Store.open(folder, {"a": 1}, resume) as store:
        results = list(run(work, tasks, AtOnce(2), store))
    return results, {path.name: path.read_bytes() for path in folder.glob("*.task")}


@given(st.integers(0, 25), st.integers(1, 4), st.integers(0, 2**32))
def test_results_come_in_the_order_of_the_tasks_whatever_finishes_first(count, workers, seed):
    said = []
    with Shuffled(workers, seed) as executor:
        found = list(run(sizes, toys(count), executor, progress=lambda done, total: said.append((done, total))))
    assert same(found, expected(count))
    assert said == [(done, count) for done in range(count + 1)]


@given(st.integers(1, 12), st.integers(0, 2**32))
@ON_DISK
def test_what_is_on_disk_does_not_depend_on_what_finishes_first(count, seed):
    with tempfile.TemporaryDirectory() as name:
        _, plain = folder_of(toys(count), Path(name, "plain"))
        with Shuffled(3, seed) as executor, Store.open(Path(name, "shuffled"), {"a": 1}) as store:
            list(run(sizes, toys(count), executor, store))
        assert {path.name: path.read_bytes() for path in Path(name, "shuffled").glob("*.task")} == plain


@given(st.sets(st.integers(0, 11)))
@ON_DISK
def test_a_run_goes_on_from_any_tasks_that_are_done_and_ends_with_the_same_bytes(done):
    with tempfile.TemporaryDirectory() as name:
        results, files = folder_of(toys(12), Path(name, "unbroken"))
        folder_of([Toy(number) for number in done], Path(name, "resumed"))
        again = Recorder()
        assert same(folder_of(toys(12), Path(name, "resumed"), resume=True, work=again)[0], results)
        assert {path.name: path.read_bytes() for path in Path(name, "resumed").glob("*.task")} == files
        assert again.numbers == [number for number in range(12) if number not in done]


@given(st.dictionaries(st.integers(0, 5), st.sampled_from(["cut", "empty", "bit", "gone", "swapped"])))
@ON_DISK
def test_damaged_files_are_done_again_and_nothing_else(damages):
    with tempfile.TemporaryDirectory() as name:
        results, files = folder_of(toys(6), Path(name))
        names = {}
        for task in toys(6):
            (names[task.number],) = [file for file, content in files.items() if f'"{task.key}"'.encode() in content]
        for number, damage in damages.items():
            ruin(Path(name, names[number]), damage, files[names[(number + 1) % 6]])
        again = Recorder()
        assert same(folder_of(toys(6), Path(name), resume=True, work=again)[0], results)
        assert again.numbers == sorted(damages)
        assert {path.name: path.read_bytes() for path in Path(name).glob("*.task")} == files


def ruin(path, damage, other):
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {"cut": content[:-1], "empty": b"", "bit": content[:-1] + bytes([content[-1] ^ 1]), "swapped": other}[damage]
        )


def test_no_more_tasks_are_handed_out_than_twice_the_workers_before_the_first_that_is_not_taken():
    executor = AtOnce(3)
    handed_out = [len(executor.futures) for _ in run(sizes, toys(20), executor)]
    assert handed_out == [min(20, taken + 6) for taken in range(20)]


def test_a_task_that_fails_is_raised_as_it_is_and_the_rest_is_cancelled():
    failed = ModelError("The third task cannot be done.")
    executor = Scripted(3, errors={3: failed})
    with pytest.raises(ModelError) as raised:
        next(run(sizes, toys(20), executor))
    assert raised.value is failed
    assert [future.cancelled() for future in executor.futures] == [True, True, True, False, True, True]


def test_what_was_done_before_a_task_failed_is_kept():
    with tempfile.TemporaryDirectory() as name:
        with Store.open(Path(name), {"a": 1}) as store, ThreadPoolExecutor(1) as executor, pytest.raises(ModelError):
            list(run(fails, toys(20), executor, store))
        again = Recorder()
        assert same(folder_of(toys(8), Path(name), resume=True, work=again)[0], expected(8))
        assert set(again.numbers).isdisjoint({0, 1, 2})


def test_an_interrupt_cancels_what_was_handed_out():
    executor = Scripted(2, done={0})

    def interrupted(done, total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        next(run(sizes, toys(9), executor, progress=interrupted))
    assert [future.cancelled() for future in executor.futures] == [False, True, True, True]


def test_results_that_nobody_wants_any_more_are_cancelled():
    executor = Scripted(2, done={0})
    results = run(sizes, toys(9), executor)
    assert same([next(results)], expected(1))
    results.close()
    assert [future.cancelled() for future in executor.futures] == [False, True, True, True]


def test_two_tasks_with_one_key_are_refused_before_anything_is_done():
    executor = AtOnce(1)
    with pytest.raises(ValueError, match=r"^Two tasks have the key 'toy 4'\.$"):
        next(run(sizes, [*toys(5), Toy(4)], executor))
    assert executor.futures == []


def test_threads_and_processes_give_the_same_results():
    with local(3) as threads:
        assert same(run(sizes, toys(12), threads), expected(12))
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert same(run(sizes, toys(12), processes), expected(12))


@pytest.mark.parametrize("kept", [False, True])
def test_a_worker_process_that_dies_is_said_with_what_to_do(kept, tmp_path):
    advice = (
        "Finished tasks are saved: the same command with `--resume` continues the run."
        if kept
        else "No finished task was saved; start the run again."
    )
    store = Store.open(tmp_path, {"a": 1}) if kept else None
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes,
        pytest.raises(RegimensError) as lost,
    ):
        list(run(dies, toys(4), processes, store))
    assert str(lost.value) == (
        "The workers are lost: A process in the process pool was terminated abruptly while the future was running or pending. "
        + advice
    )


def test_of_tasks_that_have_failed_by_the_same_moment_the_first_is_raised():
    errors = {number: ModelError(f"task {number}") for number in (3, 1, 2)}
    with pytest.raises(ModelError, match=r"^task 1$"):
        next(run(sizes, toys(4), Scripted(2, errors=errors)))

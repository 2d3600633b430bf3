"""The store: what it saves and reuses, what it refuses, and what it leaves behind."""

import datetime
import errno
import json
import os
import platform
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from regimens.errors import RegimensError
from regimens.work import Store
from tests.work.toys import Toy, bits, sizes

ROOT = Path(__file__).parents[2]
FINGERPRINT = {"version": "1.0", "scenario": "abc", "subjects": 50}

HOLDER = """
import os, sys
from pathlib import Path
from regimens.work import Store
store = Store.open(Path("store"), {"a": 1})
store.save("a", {})
print(os.getpid(), flush=True)
if "fork" in sys.argv and not (child := os.fork()):
    print(os.getpid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def opened(resume=False, **changed):
    return Store.open(Path("store"), {**FINGERPRINT, **changed}, resume)


def kept(*numbers):
    """Leave a store with the results of some tasks behind, as a run does that is broken off."""
    with opened() as store:
        for number in numbers:
            store.save(Toy(number).key, sizes(Toy(number)))
    return store


def files():
    return sorted(path.name for path in Path("store").iterdir())


def test_what_was_kept_is_there_when_the_run_goes_on():
    first = kept(1, 2)
    with opened(resume=True) as store:
        assert (store.reused, store.deleted) == (2, 0)
        assert bits(store.load("toy 2")) == bits(sizes(Toy(2)))
        assert store.load("toy 3") is None
        assert store.started == first.started


def test_without_resume_the_older_tasks_are_cleared_away():
    kept(1, 2)
    with opened() as store:
        assert (store.reused, store.deleted) == (0, 2)
        assert store.load("toy 1") is None
        assert files() == ["lock", "run.json"]


def test_where_nothing_is_kept_resume_begins_anew():
    with opened(resume=True) as store:
        assert (store.reused, store.deleted) == (0, 0)
        assert datetime.datetime.now().astimezone() - store.started < datetime.timedelta(minutes=5)


def test_the_store_of_another_run_is_refused_with_all_that_differs():
    with Store.open(Path("store"), {**FINGERPRINT, "model turnover": "aaa"}) as store:
        store.save("a", {})
    with pytest.raises(RegimensError) as refused:
        opened(resume=True, version="1.1", subjects=20, seed=None)
    assert str(refused.value) == (
        "store: the finished tasks in this folder belong to another run and cannot be resumed. Differences:\n"
        "  version: '1.0' there, '1.1' now\n"
        "  subjects: 50 there, 20 now\n"
        "  seed: nothing there, None now\n"
        "  model turnover: 'aaa' there, nothing now\n"
        "Leave out `--resume` to start a new run; that deletes these tasks."
    )
    with Store.open(Path("store"), {**FINGERPRINT, "model turnover": "aaa"}, resume=True) as store:
        assert store.reused == 1


def test_numbers_of_a_fingerprint_come_back_as_they_were():
    kept(1)
    with Store.open(Path("store"), {**FINGERPRINT, "tolerance": 0.1 + 0.2}) as store:
        store.save("a", {})
    with Store.open(Path("store"), {"tolerance": 0.1 + 0.2, **FINGERPRINT}, resume=True) as store:
        assert store.reused == 1


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"began": "yesterday", "fingerprint": {}}', '{"began": 1}'])
def test_a_store_that_does_not_say_of_which_run_it_is_begins_anew(record):
    kept(1)
    Path("store/run.json").write_text(record, encoding="utf-8")
    with opened(resume=True) as store:
        assert (store.reused, store.deleted) == (0, 1)
        assert store.load("toy 1") is None


def test_a_store_that_was_killed_while_it_was_cleared_is_not_taken_for_whole():
    kept(1, 2)
    Path("store/run.json").unlink()
    with opened(resume=True) as store:
        assert store.load("toy 2") is None


def test_what_a_killed_process_left_half_written_is_removed():
    kept(1)
    Path("store/.half").write_bytes(b"half a task")
    Path("store/.result").mkdir()
    Path("store/.result/report.html").write_text("half a page", encoding="utf-8")
    with opened(resume=True) as store:
        assert [name for name in files() if name.startswith(".")] == []
        assert store.reused == 1


def test_a_finished_run_leaves_nothing():
    with opened() as store:
        store.save("a", sizes(Toy(1)))
        store.remove()
    assert list(Path().iterdir()) == []


def test_a_run_that_was_broken_off_before_its_first_task_leaves_nothing():
    kept()
    assert list(Path().iterdir()) == []


def test_a_store_that_was_removed_leaves_the_one_after_it_alone():
    with opened() as first:
        first.remove()
        with opened() as second:
            first.close()
            assert files() == ["lock", "run.json"]
            second.save("a", {})
    assert "run.json" in files()


def test_a_run_whose_result_is_there_has_ended_and_what_it_kept_is_cleared_away():
    with opened() as store:
        store.save("a", sizes(Toy(1)))
        store.record_result(Path("result"))
    assert Store.finished_result(Path("store")) is None
    with opened(resume=True) as store:
        assert store.reused == 1
    Path("result").mkdir()
    assert Store.finished_result(Path("store")) == Path("result").resolve()
    assert sorted(path.name for path in Path().iterdir()) == ["result"]
    assert Store.finished_result(Path("store")) is None


@pytest.fixture
def victim():
    """Give a folder with files that belong to somebody else's work."""
    folder = Path("precious")
    folder.mkdir()
    (folder / "data.csv").write_text("a,b\n", encoding="utf-8")
    (folder / "run.json").write_text('{"began": "2026-01-01", "fingerprint": {}, "result": "."}', encoding="utf-8")
    return folder


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


LINK = (
    "this is a symbolic link, and its target would be overwritten or deleted. A run keeps its finished tasks in a folder of its "
    "own. Delete the link, or name another folder with `--out`."
)


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
@pytest.mark.parametrize("call", [opened, lambda: opened(resume=True), lambda: Store.finished_result(Path("store"))])
def test_a_link_in_place_of_the_folder_is_refused_and_its_target_untouched(victim, call):
    before = contents(victim)
    Path("store").symlink_to(victim, target_is_directory=True)
    with pytest.raises(RegimensError) as refused:
        call()
    assert str(refused.value) == f"store: {LINK}"
    assert contents(victim) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
def test_a_link_in_place_of_the_lock_file_is_refused_and_its_target_untouched(victim):
    before = contents(victim)
    Path("store").mkdir()
    Path("store/lock").symlink_to(Path("../precious/data.csv"))
    with pytest.raises(RegimensError) as refused:
        opened()
    assert str(refused.value) == f"{Path('store/lock')}: {LINK}"
    assert contents(victim) == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need special rights on Windows")
@pytest.mark.parametrize("resume", [False, True])
def test_links_inside_the_folder_are_deleted_and_not_followed(victim, resume):
    before = contents(victim)
    kept(1)
    for name in (".half", "folder.task", "other"):
        Path("store", name).symlink_to(Path("../precious"), target_is_directory=True)
    Path("store/file.task").symlink_to(Path("../precious/data.csv"))
    with opened(resume) as store:
        store.remove()
    assert not Path("store").exists()
    assert contents(victim) == before


def full(handle):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_disk_that_is_full_from_the_start_is_an_error_and_leaves_nothing(monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        opened()
    assert list(Path().iterdir()) == []


def test_a_disk_that_becomes_full_costs_the_keeping_and_not_the_run(monkeypatch):
    with opened() as store:
        store.save("toy 1", sizes(Toy(1)))
        monkeypatch.setattr(os, "fsync", full)
        store.save("toy 1", {"other": np.zeros(3)})
        store.save("toy 2", sizes(Toy(2)))
        assert (store.unsaved, store.save_error) == (2, "No space left on device")
        assert bits(store.load("toy 1")) == bits(sizes(Toy(1)))
        assert store.load("toy 2") is None
        assert len(files()) == 3


@pytest.mark.parametrize("resume", [False, True])
def test_two_runs_in_one_process_do_not_share_a_store(resume):
    with opened() as store:
        store.save("a", {})
        with pytest.raises(RegimensError) as refused:
            opened(resume)
        assert str(refused.value) == (
            f"store: another run of the same comparison uses this folder (process {os.getpid()}, this one). "
            "Wait until it has ended, or name another folder with `--out`."
        )
        assert store.load("a") == {}
    with opened(resume=True) as store:
        assert store.reused == 1


@pytest.fixture
def holder():
    """Start a process that holds the store, and end it and its child after the test."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    started = []

    def start(*arguments):
        command = [sys.executable, "-c", HOLDER, *arguments]
        process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_store_is_locked_while_its_process_lives_and_free_after_kill_9(holder):
    process = holder()
    pid = process.stdout.readline().strip()
    with pytest.raises(RegimensError) as refused:
        Store.open(Path("store"), {"a": 1}, resume=True)
    assert str(refused.value) == (
        f"store: another run of the same comparison uses this folder (process {pid} on {platform.node()}). "
        "Wait until it has ended, or name another folder with `--out`."
    )
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Store.open(Path("store"), {"a": 1}, resume=True) as store:
        assert store.reused == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only where processes can fork")
def test_workers_that_outlive_a_killed_run_do_not_keep_its_store_locked(holder):
    process = holder("fork")
    assert process.stdout.readline()
    child = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    try:
        with Store.open(Path("store"), {"a": 1}, resume=True) as store:
            assert store.reused == 1
    finally:
        os.kill(child, signal.SIGKILL)


def test_the_record_of_a_run_can_be_read_by_people():
    kept(1)
    text = Path("store/run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["fingerprint"] == {**FINGERPRINT, "format of the store": 1}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", record["began"])
    assert text.count("\n") > 4

"""A Dask cluster does the tasks: the same results, also when a worker is killed; and clear words when it cannot."""

import contextlib
import importlib.metadata
import logging
import os
import signal
import sys
import time

import dask
import distributed
import pytest

from regimens.errors import ModelError, RegimensError
from regimens.scenario import read_scenario
from regimens.study.comparison import compare
from regimens.work import Store, cluster, run
from regimens.work.cluster import ClusterExecutor
from tests.work.toys import dies, fails, same, sizes, slow_sizes, toys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")


@contextlib.contextmanager
def workers(count, **config):
    """Give a cluster of processes on this machine, at any free ports, and without its log."""
    with dask.config.set(config):
        started = distributed.LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=logging.CRITICAL + 1
        )
        try:
            yield started
        finally:
            # A nanny that is just starting the worker after a killed one cannot be closed: Dask asserts that it has started.
            with contextlib.suppress(AssertionError):
                started.close()


@pytest.fixture(scope="module")
def two():
    with workers(2) as started:
        yield started


def test_a_worker_that_is_killed_in_the_middle_changes_nothing(two, tmp_path):
    tasks = toys(40)
    with cluster(two.scheduler_address) as executor, Store.open(tmp_path / "store", {"a": 1}) as store:
        found = []
        for result in run(slow_sizes, tasks, executor, store):
            found.append({name: array for name, array in result.items() if name != "pid"})
            if len(found) == 3:
                killed = int(result["pid"])
                os.kill(killed, signal.SIGKILL)
            last = int(result["pid"])
    assert same(found, [sizes(task) for task in tasks])
    assert last != killed


SCENARIO = """\
title: A comparison of many tasks
models: [turnover, effect_turnover]
horizon: 3 weeks
population: {subjects: 10, seed: 3, draws: 10}
real_life: {missed: 0.2}
arms:
  five days: {regimen: 1 MIU SC daily x 5}
  every other day: {regimen: 1 MIU SC every other day x 5}
endpoints:
  - peak of treg_fold
  - days treg_fold above 1.5
"""


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_comparison_whose_worker_is_killed_in_the_middle_has_the_same_bytes(two, tmp_path):
    (tmp_path / "many.yaml").write_text(SCENARIO, encoding="utf-8")
    scenario = read_scenario(tmp_path / "many.yaml")
    killed = []

    def kill_one(done, total):
        if done == 4 and not killed:
            with distributed.Client(two.scheduler_address, set_as_default=False) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    with cluster(two.scheduler_address) as executor:
        there = compare(scenario, executor=executor, progress=kill_one, chunk=10)
    here = compare(scenario, chunk=70)
    assert killed
    folders = [result.save(tmp_path / name) for name, result in (("here", here), ("there", there))]
    for one, other in zip(*(sorted(folder.iterdir()) for folder in folders), strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_an_error_in_a_worker_arrives_as_it_was(two):
    with cluster(two.scheduler_address) as executor, pytest.raises(ModelError, match=r"^The third task cannot be done\.$"):
        list(run(fails, toys(20), executor))


def test_equal_calls_are_not_taken_for_one(two):
    with cluster(two.scheduler_address) as executor:
        first, second = (executor.submit(time.perf_counter_ns).result() for _ in range(2))
    assert first != second


def other_version(version):
    import importlib.metadata

    class Lying(importlib.metadata.PackageNotFoundError):
        pass

    real = importlib.metadata.version

    def lie(name):
        if name != "regimens":
            return real(name)
        if not version:
            raise Lying(name)
        return version

    importlib.metadata.version = lie
    importlib.metadata.truth = real


def the_truth_again():
    import importlib.metadata

    importlib.metadata.version = importlib.metadata.truth


@pytest.mark.parametrize(("version", "said"), [("0.0.7", "regimens 0.0.7"), ("", "regimens is missing")])
def test_workers_with_another_version_or_without_regimens_are_refused(two, version, said):
    with distributed.Client(two.scheduler_address, set_as_default=False) as client:
        client.wait_for_workers(2)  # also the one that takes the place of a worker that was killed before
        addresses = sorted(client.run(other_version, version))
        try:
            with pytest.raises(RegimensError) as refused, cluster(two.scheduler_address):
                pass
        finally:
            client.run(the_truth_again)
    here = " ".join(f"{name}=={importlib.metadata.version(name)}" for name in ("regimens", "numpy", "scipy", "llvmlite"))
    assert str(refused.value) == (
        f"--cluster {two.scheduler_address}: some workers have other versions than this process and could give other numbers:\n"
        f"  {addresses[0]}: {said}\n"
        f"  {addresses[1]}: {said}\n"
        f"Install on these workers: {here}"
    )


def test_a_task_at_which_every_worker_dies_ends_the_run_with_what_to_do(tmp_path):
    with (
        workers(1, **{"distributed.scheduler.allowed-failures": 1}) as started,
        Store.open(tmp_path / "store", {"a": 1}) as store,
        cluster(started.scheduler_address) as executor,
        pytest.raises(RegimensError) as lost,
    ):
        list(run(dies, toys(1), executor, store))
    assert str(lost.value) == (
        "The workers are lost: 2 workers of the cluster died one after the other at the same task. They may have too little "
        "memory. Finished tasks are saved: the same command with `--resume` continues the run."
    )


def test_a_scheduler_that_is_lost_ends_the_run_with_what_to_do(tmp_path, capfd):
    with workers(1) as started, Store.open(tmp_path / "store", {"a": 1}) as store:
        with cluster(started.scheduler_address, connect_s=1.0) as executor:
            results = run(slow_sizes, toys(100), executor, store)
            next(results)
            started.close()
            with pytest.raises(RegimensError) as lost:
                list(results)
        assert store.load("toy 0") is not None
    assert capfd.readouterr() == ("", "")
    assert str(lost.value) == (
        "The workers are lost: the scheduler of the cluster does not answer any more. "
        "Finished tasks are saved: the same command with `--resume` continues the run."
    )


def test_an_executor_whose_client_closed_itself_is_shut_down_in_silence(two, capfd):
    """A client does so at any moment after its scheduler is lost, also just before the executor is shut down."""
    with distributed.Client(two.scheduler_address, set_as_default=False) as client:
        executor = ClusterExecutor(client)
        executor.submit(time.sleep, 0.2)
        client.sync(client._close)
        assert client.status == "closed"
        executor.shutdown(wait=False, cancel_futures=True)
    assert capfd.readouterr() == ("", "")


def test_a_cluster_without_workers_is_said():
    with (
        workers(0) as started,
        pytest.raises(RegimensError) as refused,
        cluster(started.scheduler_address, start_s=0.2),
    ):
        pass
    assert str(refused.value) == (
        f"--cluster {started.scheduler_address}: the scheduler answers, but no worker took a task within 0.2 s. "
        f"Start one: dask worker {started.scheduler_address}"
    )


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "nonsense://x", "tcp://127.0.0.1", ""])
def test_an_address_where_nobody_answers_is_said(address, capfd):
    with pytest.raises(RegimensError) as refused, cluster(address, connect_s=0.2):
        pass
    assert str(refused.value) == (
        f"--cluster {address}: no Dask scheduler answered within 0.2 s. "
        "Its address looks like tcp://host:8786; `dask scheduler` prints it when it starts."
    )
    assert capfd.readouterr() == ("", "")


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RegimensError) as refused, cluster("tcp://127.0.0.1:8786"):
        pass
    assert str(refused.value) == "A cluster needs Dask: pip install 'regimens[cluster]'."

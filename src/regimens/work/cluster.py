"""Workers of a Dask cluster as an executor, after a check of their versions."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.metadata
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from regimens.errors import RegimensError

if TYPE_CHECKING:
    from distributed import Client

PACKAGES = ("regimens", "numpy", "scipy", "llvmlite")
"""Packages that must have the same version on every worker and here: other versions may give other numbers."""

LEAST = 8
"""Smallest number of workers assumed, so that a cluster that starts workers on demand receives enough tasks to do so."""

MOST_LISTED = 5

GONE = "the scheduler of the cluster does not answer any more."

P = ParamSpec("P")
R = TypeVar("R")


@contextlib.contextmanager
def cluster(address: str, *, connect_s: float = 10.0, start_s: float = 120.0) -> Iterator[Executor]:
    """Connect to the Dask scheduler at `address` ("tcp://host:8786") and yield an executor of its workers.

    Waits `connect_s` for the scheduler and `start_s` for the first worker, since some clusters start workers on demand. Workers
    need no shared disk. Raises RegimensError if Dask is not installed, if no scheduler answers, if no worker starts, or if a
    worker has other versions of the PACKAGES than this process. A task whose worker dies is done by another worker.
    """
    try:
        import distributed
    except ImportError:
        raise RegimensError("A cluster needs Dask: pip install 'regimens[cluster]'.") from None
    _check_answers(address, connect_s)
    with _no_log_of_client(), distributed.Client(address, timeout=connect_s, set_as_default=False) as client:
        _check_versions(client, address, start_s)
        executor = ClusterExecutor(client)
        try:
            yield executor
        finally:
            executor.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _no_log_of_client() -> Iterator[None]:
    """Stop Dask's client from logging tracebacks of errors that are raised here anyway."""
    log = logging.getLogger("distributed.client")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class ClusterExecutor(Executor):
    """Dask's executor, with its errors translated to those of `concurrent.futures`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Not pure: otherwise Dask would run two equal calls once.
        self._there = client.get_executor(pure=False)
        self._waiting: set[Future[Any]] = set()

    @property
    def workers(self) -> int:
        """The number of tasks that the cluster does at once, now. Raises BrokenExecutor if the cluster is lost."""
        try:
            threads: dict[str, int] = self._client.nthreads()
        except (OSError, ValueError) as error:
            raise BrokenExecutor(GONE) from error
        return max(LEAST, sum(threads.values()))

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have a worker call `fn`."""
        here: Future[R] = Future()
        there: Future[R] = self._there.submit(fn, *args, **kwargs)
        self._waiting.add(here)
        here.add_done_callback(functools.partial(self._give_up, there))
        there.add_done_callback(functools.partial(_hand_over, here))
        return here

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more calls; wait for the submitted ones, or cancel them."""
        from distributed.client import ClosedClientError

        if cancel_futures:
            for future in list(self._waiting):
                future.cancel()
        # A client closes itself when its scheduler is lost; then it has cancelled all calls, and can send no message about them.
        with contextlib.suppress(ClosedClientError):
            self._there.shutdown(wait=wait)

    def _give_up(self, there: Future[Any], here: Future[Any]) -> None:
        self._waiting.discard(here)
        if here.cancelled():
            there.cancel()


def _hand_over(here: Future[R], there: Future[R]) -> None:
    """Copy the result or the error of Dask's future `there` to `here`."""
    if not here.set_running_or_notify_cancel():
        return
    try:
        here.set_result(there.result())
    except CancelledError:
        here.set_exception(BrokenExecutor(GONE))
    except Exception as error:
        here.set_exception(_translated(error))


def _translated(error: Exception) -> Exception:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        died = f"{error.allowed_failures + 1} workers of the cluster died one after the other at the same task."
        return BrokenExecutor(f"{died} They may have too little memory.")
    return error


def _check_answers(address: str, connect_s: float) -> None:
    """Raise RegimensError unless a scheduler answers. A Client without a scheduler would print tracebacks."""
    from distributed.comm.core import connect
    from distributed.security import Security

    async def knock() -> None:
        comm = await connect(address, timeout=connect_s, **Security().get_connection_args("client"))
        await comm.close()

    # In a separate thread, since a notebook has an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        try:
            thread.submit(lambda: asyncio.run(knock())).result()
        except (OSError, ValueError) as error:
            raise RegimensError(
                f"--cluster {address}: no Dask scheduler answered within {connect_s:g} s. "
                "Its address looks like tcp://host:8786; `dask scheduler` prints it when it starts."
            ) from error


def _check_versions(client: Client, address: str, start_s: float) -> None:
    def versions(names: tuple[str, ...]) -> dict[str, str]:
        # Sent to the workers as source, since some may not have regimens installed.
        import importlib.metadata
        import importlib.util

        found = {}
        for name in names:
            try:
                found[name] = importlib.metadata.version(name)
            except importlib.metadata.PackageNotFoundError:
                found[name] = ""
        return found

    try:
        client.submit(versions, PACKAGES, pure=False).result(timeout=start_s)
    except TimeoutError:
        said = f"--cluster {address}: the scheduler answers, but no worker took a task within {start_s:g} s."
        raise RegimensError(f"{said} Start one: dask worker {address}") from None
    here = {name: importlib.metadata.version(name) for name in PACKAGES}
    wrong = [
        f"  {worker}: {', '.join(other)}"
        for worker, there in sorted(client.run(versions, PACKAGES).items())
        if (other := [f"{name} {there[name] or 'is missing'}" for name in PACKAGES if there[name] != here[name]])
    ]
    if wrong:
        said = f"--cluster {address}: some workers have other versions than this process and could give other numbers:"
        more = [f"  and {len(wrong) - MOST_LISTED} more"] if len(wrong) > MOST_LISTED else []
        needed = " ".join(f"{name}=={version}" for name, version in here.items())
        raise RegimensError("\n".join([said, *wrong[:MOST_LISTED], *more, f"Install on these workers: {needed}"]))

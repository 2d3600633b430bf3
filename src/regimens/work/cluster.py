"""Workers of a Dask cluster as an executor, checked before they are trusted with anything."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.metadata
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from regimens.errors import RegimensError

if TYPE_CHECKING:
    from distributed import Client

PACKAGES = ("regimens", "numpy", "scipy", "llvmlite")
"""Packages of which every worker needs the version that is here: another one may give other numbers."""

LEAST = 8
"""A cluster counts as so many workers at least, so that one that grows with its work sees some."""

MOST_LISTED = 5

GONE = "the scheduler of the cluster does not answer any more."


@contextlib.contextmanager
def cluster(address: str, *, connect_s: float = 10.0, start_s: float = 120.0) -> Iterator[Executor]:
    """Connect to the Dask scheduler at `address` ("tcp://host:8786") and give an executor of its workers.

    Waits `connect_s` for the scheduler and `start_s` for a first worker, since some clusters start them on demand. Workers
    need no disk that is shared. Raises RegimensError if Dask is not installed, nobody answers, no worker comes, or a worker
    has other versions than this process of the PACKAGES. A task whose worker dies is done by another one.
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
    """Keep Dask's client from logging tracebacks of what is raised here, and said, anyway."""
    log = logging.getLogger("distributed.client")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before


class ClusterExecutor(Executor):
    """Dask's own executor, with its troubles said in the words of `concurrent.futures`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # Not pure: Dask would take two equal calls for one.
        self._there = client.get_executor(pure=False)
        self._waiting: set[Future] = set()

    @property
    def workers(self) -> int:
        """How many tasks the cluster does at once, now. Raises BrokenExecutor if it is gone."""
        try:
            return max(LEAST, sum(self._client.nthreads().values()))
        except (OSError, ValueError) as error:
            raise BrokenExecutor(GONE) from error

    def submit(self, fn: Callable, /, *args: object, **kwargs: object) -> Future:
        """Have a worker call `fn`."""
        here, there = Future(), self._there.submit(fn, *args, **kwargs)
        self._waiting.add(here)
        here.add_done_callback(functools.partial(self._give_up, there))
        there.add_done_callback(functools.partial(_hand_over, here))
        return here

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; wait for those handed in, or cancel them."""
        if cancel_futures:
            for future in list(self._waiting):
                future.cancel()
        self._there.shutdown(wait=wait)

    def _give_up(self, there: Future, here: Future) -> None:
        self._waiting.discard(here)
        if here.cancelled():
            there.cancel()


def _hand_over(here: Future, there: Future) -> None:
    if not here.set_running_or_notify_cancel():
        return
    try:
        here.set_result(there.result())
    except CancelledError:
        here.set_exception(BrokenExecutor(GONE))
    except Exception as error:
        here.set_exception(_in_our_words(error))


def _in_our_words(error: Exception) -> Exception:
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        died = f"{error.allowed_failures + 1} workers of the cluster died one after the other at the same task."
        return BrokenExecutor(f"{died} They may not have the memory for it.")
    return error


def _check_answers(address: str, connect_s: float) -> None:
    """Raise RegimensError unless a scheduler answers. A Client that finds none would print tracebacks of its own."""
    from distributed.comm import connect
    from distributed.security import Security

    async def knock() -> None:
        comm = await connect(address, timeout=connect_s, **Security().get_connection_args("client"))
        await comm.close()

    # In a thread of its own, for a notebook has an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        try:
            thread.submit(lambda: asyncio.run(knock())).result()
        except (OSError, ValueError) as error:
            raise RegimensError(
                f"--cluster {address}: no Dask scheduler answers there within {connect_s:g} s. "
                "Its address looks like tcp://host:8786; `dask scheduler` prints it when it starts."
            ) from error


def _check_versions(client: Client, address: str, start_s: float) -> None:
    def versions(names: tuple[str, ...]) -> dict[str, str]:
        # Travels to the workers as it stands, for some may not have regimens at all.
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
        raise RegimensError(f"{said} Start some: dask worker {address}") from None
    here = {name: importlib.metadata.version(name) for name in PACKAGES}
    wrong = [
        f"  {worker}: {', '.join(other)}"
        for worker, there in sorted(client.run(versions, PACKAGES).items())
        if (other := [f"{name} {there[name] or 'is missing'}" for name in PACKAGES if there[name] != here[name]])
    ]
    if wrong:
        said = f"--cluster {address}: not every worker has what is installed here, and could give other numbers:"
        more = [f"  and {len(wrong) - MOST_LISTED} more"] if len(wrong) > MOST_LISTED else []
        needed = " ".join(f"{name}=={version}" for name, version in here.items())
        raise RegimensError("\n".join([said, *wrong[:MOST_LISTED], *more, f"Install there: {needed}"]))

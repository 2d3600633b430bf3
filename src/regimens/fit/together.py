"""Several searches side by side whose points are simulated in one batch: one large batch costs less than many small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from regimens.statistics import Floats

Found = TypeVar("Found")

Values = Callable[["Floats"], "Floats"]
"""A function of points (points, width) that gives one value, or one row of values, for each of them."""


class _StoppedError(Exception):
    """Ends a search when another search, or the caller, has failed."""


def together(values: Values, searches: Sequence[Callable[[Values], Found]]) -> list[Found]:
    """Return what `searches` find; each is called with a function that gives `values` at its points.

    Each search has a thread. When all that still run have asked for points, these are computed in one call, here in the calling
    thread and in the order of the searches. A search finds what it would find with `values` itself, if the value at a point does
    not depend on the other points of a call. Searches may not share anything that they change. Raises what a search or `values`
    raises; the other searches are then stopped.
    """
    inbox: SimpleQueue[tuple[int, Floats | BaseException | None]] = SimpleQueue()
    replies: list[SimpleQueue[Floats | None]] = [SimpleQueue() for _ in searches]
    found: dict[int, Found] = {}

    def run(number: int) -> None:
        def ask(points: Floats) -> Floats:
            inbox.put((number, points))
            answer = replies[number].get()
            if answer is None:
                raise _StoppedError
            return answer

        try:
            found[number] = searches[number](ask)
            inbox.put((number, None))
        except BaseException as error:  # it is raised in the calling thread
            inbox.put((number, error))

    for number in range(len(searches)):
        Thread(target=run, args=(number,), daemon=True).start()
    running = len(searches)
    try:
        while running:
            asked = _asked([inbox.get() for _ in range(running)])
            running = len(asked)
            if asked:
                answers = values(np.concatenate(list(asked.values())))
                ends = np.cumsum([len(points) for points in asked.values()])[:-1]
                for number, answer in zip(asked, np.split(answers, ends), strict=True):
                    replies[number].put(answer)
    except BaseException:
        for reply in replies:
            reply.put(None)
        raise
    return [found[number] for number in range(len(searches))]


def _asked(messages: list[tuple[int, Floats | BaseException | None]]) -> dict[int, Floats]:
    """Return the points that searches have asked for, by their number; raise what one of them has raised."""
    asked = {}
    for number, message in sorted(messages, key=lambda each: each[0]):
        if isinstance(message, BaseException):
            raise message
        if message is not None:
            asked[number] = message
    return asked

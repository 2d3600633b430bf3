"""Work: a run cut into tasks, done by any executor, kept on disk as they are done, and put together again."""

from regimens.work.cluster import cluster
from regimens.work.runner import local, run
from regimens.work.store import Store
from regimens.work.tasks import Result, Task, Told, Work

__all__ = ["Result", "Store", "Task", "Told", "Work", "cluster", "local", "run"]

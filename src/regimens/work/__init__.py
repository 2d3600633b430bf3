"""Running many tasks: any executor, finished tasks saved on disk, interrupted runs resumed."""

from regimens.work.cluster import cluster
from regimens.work.runner import Runner, local, run
from regimens.work.store import Store
from regimens.work.task import Progress, Result, Task, Work, no_progress

__all__ = ["Progress", "Result", "Runner", "Store", "Task", "Work", "cluster", "local", "no_progress", "run"]

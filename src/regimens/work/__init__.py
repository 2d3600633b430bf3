"""Work: a run cut into tasks, done by any executor, kept on disk as they are done, and put together again."""

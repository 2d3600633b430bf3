"""Other tools on the same workload, each in a process of its own that answers one line for every line it is given."""

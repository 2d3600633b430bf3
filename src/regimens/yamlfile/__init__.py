"""YAML files as plain data that remembers where everything stood.

`read` finds faults of YAML only. `shaped` holds the data against a pydantic schema; what the keys mean is checked by its callers,
who add their findings to the `Notes` that it returns.
"""

from regimens.yamlfile.located import Loc, Located, located_data
from regimens.yamlfile.notes import Notes, Unreadable, tried
from regimens.yamlfile.parse import LARGEST_FILE, parse, read
from regimens.yamlfile.shaped import shaped

__all__ = ["LARGEST_FILE", "Loc", "Located", "Notes", "Unreadable", "located_data", "parse", "read", "shaped", "tried"]

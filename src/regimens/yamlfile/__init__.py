"""YAML files as plain data that remembers where everything stood.

`read` finds faults of YAML only. What the keys mean is checked by its callers, who collect their findings in `Notes` or,
for pydantic schemas, turn them into `Problem`s with `problems_of`.
"""

from regimens.yamlfile.located import Loc, Located, located_data
from regimens.yamlfile.parse import LARGEST_FILE, parse, read
from regimens.yamlfile.problems import Notes, Unreadable, problems_of

__all__ = ["LARGEST_FILE", "Loc", "Located", "Notes", "Unreadable", "located_data", "parse", "problems_of", "read"]

"""YAML files as plain data that remembers where everything stood.

`read` finds faults of YAML only. What the keys mean is the business of its callers, who turn their findings into
`Problem`s with `Located.position` or, for pydantic shapes, with `problems_of`.
"""

from regimens.yamlfile.located import Located, located_data
from regimens.yamlfile.problems import problems_of
from regimens.yamlfile.reading import LARGEST_FILE, parse, read

__all__ = ["LARGEST_FILE", "Located", "located_data", "parse", "problems_of", "read"]

"""YAML files as plain data that remembers where everything stood.

`read` finds faults of YAML only. What the keys mean is the business of its callers, who turn their findings into
`Problem`s with `Located.position` or, for pydantic shapes, with `problems_of`.
"""

from regimens.yamlfile.located import Located
from regimens.yamlfile.problems import problems_of
from regimens.yamlfile.reading import LARGEST_FILE, read

__all__ = ["LARGEST_FILE", "Located", "problems_of", "read"]

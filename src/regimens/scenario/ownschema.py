"""The schema of `observed` at the top of a scenario file: files of the user's own observations, and how they are laid out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from regimens.scenario.shape import Shape, Words


class ColumnsShape(Shape):
    """Names of the columns of a file; a column that is not named here is looked for by its own word, in any case.

    A file with a `subject` has a row for each value of a subject; one with a `mean` or `median` a row for each group.
    """

    arm: Words | None = Field(default=None, description="The arm.")
    time: Words | None = Field(default=None, description="Elapsed time; 0 is the first moment, in most regimens the first dose.")
    subject: Words | None = Field(default=None, description="Who was measured: each row is one value of one subject.")
    value: Words | None = Field(default=None, description="The value of the subject; a blank cell is one that was not measured.")
    mean: Words | None = Field(default=None, description="The mean of a group: each row is one group.")
    median: Words | None = Field(default=None, description="The median of a group, in place of the mean.")
    low: Words | None = Field(default=None, description="The lower end of the interval around it.")
    high: Words | None = Field(default=None, description="The upper end of it.")
    sd: Words | None = Field(default=None, description="The standard deviation of the group, in place of 'low' and 'high'.")
    se: Words | None = Field(default=None, description="The standard error of the mean, in place of 'low' and 'high'.")
    n: Words | None = Field(default=None, description="How many subjects the group has.")
    interval: Words | None = Field(default=None, description="What 'low' and 'high' are, row by row.")
    observable: Words | None = Field(default=None, description="The observable, row by row.")
    unit: Words | None = Field(default=None, description="The unit of the value, row by row.")


class ObservedShape(Shape):
    """One file of the user's own observations."""

    file: Words = Field(description="CSV file in the folder of this file.")
    time: Words = Field(description="Unit of the column of times: min, h, days or weeks.")
    columns: ColumnsShape = ColumnsShape()
    observable: Words | None = Field(default=None, description="The observable that all values are of, unless a column says it.")
    unit: Words | None = Field(
        default=None, description="The unit of all values, such as 'cells/uL', or '1' for a fold; unless a column says it."
    )
    interval: Literal["SD", "SE", "IQR", "CI95", "range"] | None = Field(
        default=None, description="What 'low' and 'high' of a group are, unless a column says it. SD and SE: the mean -/+ one."
    )
    arms: dict[Words, Words] = Field(default={}, description="What the file calls an arm -> the arm of this scenario.")
    observables: dict[Words, Words] = Field(
        default={}, description="What the file calls an observable, such as a DVID -> the observable of the models."
    )

"""What trials are documented by: how they are simulated and weighed, and their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.settle.likelihood import POINTS
from regimens.settle.rows import DAYS, DESIGNS, PAIRS, POWER, TABLES
from regimens.settle.run import MOST_PAIRS
from regimens.settle.trial import OUTSIDE_NOISE, OUTSIDE_SHIFT
from regimens.settle.weighing import LEAST_SIZE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regimens.settle.run import Settled

_DOCUMENTATION = """\
# The trial that would settle it

`regimens settle SCENARIO` reads the key `settle` of a scenario and asks which of some designs would tell which of two arms is
better.

```yaml
settle:
  endpoint: mean of treg_fold to 12 weeks      # what one arm should be better on
  observable: treg_fold                        # what is sampled; left out: that of the endpoint
  pairs: [[daily, weekly]]                     # left out: the {most_pairs} most contested pairs
  designs:
    four early samples: {{subjects: 6, days: [5, 8, 13, 28]}}   # subjects of each arm; elapsed days
    end visit: {{subjects: 30, days: [84]}}
  noise: {{assay: 0.1, day_to_day: 0.15, correlated_over: 3 days}}   # coefficients of variation
  lloq: 0.5                                    # lower limit of quantification, in the unit of the observable
  dropout: 0.1                                 # share of subjects who leave before the last sample
  responders: [above 2 on day 28, above 2 on any day]   # or: on the last day
  wanted: 0.8                                  # probability with which a trial should settle the pair
  trials: 400                                  # simulated for each design and pair
```

![The page: which design settles the pair, what each sampling day says](images/settle-desk.png)

**Hypotheses.** A hypothesis is one parameter draw of one model. Before a trial all models weigh the same, and so do all draws
of a model. Under a hypothesis the logarithms of a subject's samples are normal, with the mean of the draw's virtual subjects
and the covariance of the model's subjects (pooled over draws) plus that of the measurement.

**Trials.** Each trial is simulated under one hypothesis, the truth of that trial; all others are weighed by the likelihood of
its data. The pair is *settled* where the probability that one arm is better, over all models, reaches that of the scenario's
verdicts; it is settled *wrongly* where that arm is not better under the truth. *Loss* is how much the arm that the trial
favours falls short of the other under the truth. A pair on which every model gives the same arm that probability before any
trial needs no trial; none is simulated. With one model the result holds if that model is right: no trial can tell models
apart.

**Tempering.** Where fewer than {least} hypotheses would keep weight, the likelihood is raised to the largest power below 1
that leaves {least}. The share of such trials is reported; they count less than their data could say, and more parameter draws
mend it.

**Limit of quantification.** Samples below `lloq` are censored, not replaced: they enter the likelihood with the probability
of all of a subject's censored samples being below the limit, given the subject's other samples. It is exact for one such
sample of a subject, and integrated at {points} points for several (the error of its logarithm is about 0.01).

**Dropout.** A subject who leaves does so before any of the samples, each as likely; later samples are missing and say
nothing.

**Outside the models.** Trials of a truth that is none of the models have {noise:g} times the covariance, and each arm is
shifted by a normal number with an SD of {shift:g} on the log scale.

**Tests of significance.** For comparison, two-sided at 5 %: a t-test (equal variances) of the logarithms of the last sample,
in which values below the limit count as half of it and subjects who left before do not count; and Fisher's exact test of the
numbers of responders, in which subjects who left before the day, and samples below the limit, are no response. Power is the
share of trials in which the test tells the arms apart, over all models and under each; the type I error is that share in
trials in which both arms are given the regimen of the first, with the same noise and dropout. Both have a Monte Carlo
standard error.

Group sequential, adaptive and survival designs, multiplicity and sample size re-estimation are not here. Packages that have
them: rpact, gsDesign, simtrial and graphicalMCP in R; East and FACTS are commercial.

## Tables

The result folder has these as CSV files.

Written by `python scripts/render_tables.py`.
"""


def documentation() -> str:
    """Return how trials are simulated and weighed, and all their tables, as Markdown for docs/settle.md."""
    numbers = {"most_pairs": MOST_PAIRS, "least": LEAST_SIZE, "points": POINTS, "noise": OUTSIDE_NOISE, "shift": OUTSIDE_SHIFT}
    tables = "\n\n".join(table.documentation() for table in TABLES)
    return f"{_DOCUMENTATION.format(**numbers)}\n{tables}\n"


def tables_of(found: Settled) -> dict[str, str]:
    """Return all tables as CSV text, by the name of their file."""
    rows: dict[str, Sequence[object]] = {
        PAIRS.name: found.pairs,
        DESIGNS.name: found.designs,
        DAYS.name: found.days,
        POWER.name: found.tests,
    }
    return {
        f"{table.name}.csv": table.frame_of_rows(rows[table.name]).to_csv(index=False, lineterminator="\n") for table in TABLES
    }

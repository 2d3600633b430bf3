"""The sentences of `regimens settle`: which trials would settle a pair, how often wrongly, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.verdict import reaches
from regimens.search.weighing import LEAST_SIZE, OUTSIDE_NOISE, OUTSIDE_SHIFT

if TYPE_CHECKING:
    from regimens.search.settling import DayResult, DesignResult, Settled

HEADS = (
    "Subjects an arm",
    "Samples",
    "Settled",
    "Wrongly",
    "Loss before",
    "Loss after",
    "Effective draws",
    "Tempered",
    "t-test, last sample",
    "Its type I error",
    "Settled, outside",
)
DAY_HEADS = ("Day", "Settled by this day alone", "Settled without it")
FIGURE_READING = (
    "A mark is a design: the share of its trials that settle the pair, against the number of samples. The dashed line is the "
    "probability that is wanted. Open marks are trials of a truth that is none of the models."
)
HOW = (
    "Each trial is simulated under one parameter draw of one model, drawn with its weight before the trial. Samples "
    "are log-normal: "
    "means and covariances are those of the virtual subjects, with the variation of the assay and of the days. All "
    "other draws of "
    "all models are weighed by the likelihood of the data; the draw that made them takes no part. Where fewer than "
    f"{LEAST_SIZE} draws would keep weight, the likelihood is raised to a power below 1 (tempered): more parameter draws in the "
    "scenario say more. The t-test, for comparison, is of the last sample, two-sided at 5 %, on the logarithms; for other "
    "statistics of trials use a package for clinical trials, such as rpact or gsDesign in R. Outside: a truth that is "
    "none of the models, with the covariance of the samples times "
    f"{OUTSIDE_NOISE:g} and a shift of each arm by a factor of about exp(±{OUTSIDE_SHIFT:g})."
)


def opening(found: Settled) -> str:
    """Return what was simulated, in one sentence."""
    settle, cohort = found.settle, found.scenario.cohort
    return (
        f"{wording.count(settle.trials, 'trial')} of each of {wording.count(len(settle.designs), 'design')} for "
        f"{wording.count(len(found.pairs), 'pair')} of arms, that sample {settle.observable}: would they settle which "
        "arm is better "
        f"on {settle.endpoint.words}? Under {wording.count(len(found.models), 'model')} ({wording.listing(found.models)}), "
        f"{wording.count(cohort.draws, 'parameter draw')} each."
    )


def _percent(share: float) -> str:
    return wording.MISSING if wording.missing(share) else f"{wording.percent(share)}\u00a0%"


def _rows(found: Settled, pair: tuple[str, str]) -> list[DesignResult]:
    return [row for row in found.designs if (row.arm, row.against) == pair]


def is_settled(found: Settled, pair: tuple[str, str]) -> bool:
    """Return whether the models and draws agree on a pair before any trial."""
    before, rule = _rows(found, pair)[0].before, found.scenario.rule.probability
    return reaches(before, rule) or reaches(1.0 - before, rule)


def answers(found: Settled) -> Iterator[str]:
    """Yield, for each pair, what is known before a trial, and the cheapest design that settles it often enough."""
    wanted = found.settle.wanted
    for pair in found.pairs:
        rows = _rows(found, pair)
        before = rows[0].before
        ahead, chance = (pair[0], before) if before >= 0.5 else (pair[1], 1.0 - before)
        said = f"'{pair[0]}' and '{pair[1]}': before a trial, '{ahead}' is better with a probability of {_percent(chance)}."
        if is_settled(found, pair):
            yield f"{said} No trial needed."
            continue
        enough = sorted((row for row in rows if reaches(row.settled, wanted)), key=lambda row: (row.samples, row.subjects))
        if enough:
            best = enough[0]
            said += (
                f" The cheapest design that settles it in {_percent(wanted)} of the trials is '{best.design}' "
                f"({_cost(best)}): {_percent(best.settled)}, {_percent(best.wrong)} wrongly."
            )
        else:
            best = max(rows, key=lambda row: (row.settled, -row.samples))
            said += (
                f" No design settles it in {_percent(wanted)} of the trials; '{best.design}' ({_cost(best)}) "
                f"comes nearest with {_percent(best.settled)}, {_percent(best.wrong)} wrongly."
            )
        yield (
            f"{said} The expected loss of choosing falls from {wording.number(best.regret_before)} to "
            f"{wording.number(best.regret)}. "
            f"Where no model is true it settles {_percent(best.outside_settled)}, "
            f"{_percent(best.outside_wrong)} wrongly."
        )
        yield from _information(found, best)
        if best.tempered > 0.5:
            yield (
                f"In {_percent(best.tempered)} of these trials fewer than {LEAST_SIZE} draws kept weight (median "
                f"{wording.number(best.size)}), and the likelihood was tempered: the share that is settled errs on the low side. "
                "More parameter draws say more."
            )


def _cost(row: DesignResult) -> str:
    return f"{wording.count(row.subjects, 'subject')} an arm, {row.samples} samples"


def _information(found: Settled, best: DesignResult) -> Iterator[str]:
    rows = [row for row in found.days if (row.arm, row.against, row.design) == (best.arm, best.against, best.design)]
    if len(rows) > 1:
        most = max(rows, key=lambda row: row.alone)
        yield (
            f"Of its sampling days, day {wording.exact(most.day)} says most by itself: it alone settles {_percent(most.alone)}."
        )


def design_cells(row: DesignResult) -> tuple[str, ...]:
    """Return the cells of a design under HEADS."""
    return (
        str(row.subjects),
        str(row.samples),
        f"{_percent(row.settled)} ± {_percent(row.settled_error)}",
        _percent(row.wrong),
        wording.number(row.regret_before),
        wording.number(row.regret),
        wording.number(row.size),
        _percent(row.tempered),
        _percent(row.t_test),
        _percent(row.type_1),
        _percent(row.outside_settled),
    )


def day_cells(row: DayResult) -> Sequence[str]:
    """Return the cells of a sampling day under DAY_HEADS."""
    return wording.exact(row.day), _percent(row.alone), _percent(row.without)

"""The sentences of `regimens settle`: which trials would settle a pair, how often wrongly, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.verdict import reaches
from regimens.settle.rows import ALL_MODELS
from regimens.settle.trial import OUTSIDE_NOISE, OUTSIDE_SHIFT
from regimens.settle.weighing import LEAST_SIZE

if TYPE_CHECKING:
    from regimens.settle import Settled
    from regimens.settle.rows import DayResult, DesignResult, PairResult, PowerResult

PAIR_HEADS = ("First better, before a trial", "By model", "Expected loss of choosing", "Trials")
DAY_HEADS = ("Day", "Settled by this day alone", "Settled without it")
PAIR = "First or second arm"
FIGURE_READING = (
    "A row is a design, with the fewest samples at the top. Filled marks: share of trials that settle the pair, with the 95 %"
    " interval of the simulation; crosses: settled for the arm that is not better; open marks: settled where no model is "
    "true. The dashed line is the share that is wanted."
)
DAYS_READING = (
    "Filled marks: share of trials that the samples of this day alone settle. Open marks: share that all other days settle, "
    "so the further they lie below the dashed line, which is the whole design, the more is lost without the day."
)
TESTS_READING = (
    "A row is a test of significance, two-sided at 5 %. Filled circles: power over all models; other marks: power where the "
    "draws of one model are true; crosses: type I error, with the dashed line at 5 %."
)
ONE_MODEL = "There is one model: the result holds if it is right, and no trial here could tell that it is not."
HOW = (
    "Each trial is simulated under one parameter draw of one model, drawn with its weight before the trial. Samples are "
    "log-normal: means and covariances are those of the virtual subjects, with the variation of the assay and from day to "
    "day. All other draws of all models are weighed by the likelihood of the data; the draw that made them takes no part. "
    f"Where fewer than {LEAST_SIZE} draws would keep weight, the likelihood is raised to a power below 1 (tempered). The "
    "t-test is of the logarithms of the last sample, Fisher's exact test of the numbers of responders; subjects who left are "
    "no responders, and do not count in the t-test. They ask whether the samples differ, not which arm is better on the "
    "endpoint. Type I errors are those of trials in which both arms are given the regimen of the first. No model true: the "
    f"covariance of the samples times {OUTSIDE_NOISE:g}, and each arm shifted by a factor of about exp(±{OUTSIDE_SHIFT:g}). "
    "For group sequential or adaptive designs and sample size re-estimation use a package for clinical trials, such as rpact,"
    " gsDesign or simtrial in R. A number after ± is the standard error of the simulation."
)
LIMIT = (
    " Samples below the lower limit of quantification of {lloq} count with the probability of being below it; in the t-test "
    "they are half of it, and no responders."
)


def heads(found: Settled) -> tuple[str, ...]:
    """Return the headings of the table of designs."""
    loss = wording.headed("Loss before", wording.unit(found.unit)), wording.headed("Loss after", wording.unit(found.unit))
    settled = ("Settled", "Settled wrongly", *loss)
    return ("Subjects an arm", "Samples", *settled, "Effective draws", "Tempered", "No model true: settled", "wrongly")


def design_head(found: Settled) -> str:
    """Return the heading of the names of rows that are about designs."""
    return "Design" if _one_pair(found) else "Design: first or second arm"


def row_name(found: Settled, row: DesignResult | DayResult | PowerResult) -> str:
    """Return the name of a row about a design; the pair is left out where there is one."""
    return row.design if _one_pair(found) else f"{row.design}: {row.arm} or {row.against}"


def pair_name(row: PairResult) -> str:
    """Return the name of a row about a pair."""
    return f"{row.arm} or {row.against}"


def _one_pair(found: Settled) -> bool:
    return len({(row.arm, row.against) for row in found.designs}) == 1


def how(found: Settled) -> str:
    """Return what the numbers rest on."""
    return HOW + (LIMIT.format(lloq=_in_unit(found, found.settle.lloq)) if found.settle.lloq else "")


def sampled(found: Settled) -> str:
    """Return what is sampled, as a reader calls it."""
    seen = {observable.name: observable for model in reversed(found.scenario.models) for observable in model.observables}
    one = seen.get(found.settle.observable)
    return found.settle.observable if one is None else wording.headed(wording.inside(one.label), wording.unit(one.unit))


def _in_unit(found: Settled, value: float) -> str:
    seen = {observable.name: observable.unit for model in found.scenario.models for observable in model.observables}
    return f"{wording.exact(value)} {wording.unit(seen.get(found.settle.observable, ''))}".strip()


def opening(found: Settled) -> str:
    """Return what was simulated, in two sentences."""
    settle, cohort = found.settle, found.scenario.cohort
    asked = f"which arm is better on ‘{wording.inside(settle.endpoint.label)}’"
    under = (
        f"under {wording.count(len(found.models), 'model')} ({wording.listing(found.models)}) with "
        f"{wording.count(cohort.draws, 'parameter draw')} each"
    )
    count = sum(row.simulated for row in found.pairs)
    if not count:
        return f"Would a trial settle {asked}? Looked at {under}."
    return (
        f"Would a trial that samples ‘{sampled(found)}’ settle {asked}? {wording.count(settle.trials, 'trial')} of each of "
        f"{wording.count(len(settle.designs), 'design')} for {wording.count(count, 'pair')} of arms, simulated {under}."
    )


def reduced(found: Settled) -> str:
    """Return that a run has fewer subjects, draws or trials than its scenario asks for; empty where it has all."""
    said = [f"{done} of {asked} {name}" for name, (asked, done) in found.provenance.reduced.items()]
    counts = [row.trials for row in found.designs] + [row.trials for row in found.days]
    fewest = min(counts, default=found.settle.trials)
    if fewest < found.settle.trials:
        said.append(f"{fewest} of {found.settle.trials} trials")
    days = sum(len(design.days) for design in found.settle.designs) * sum(row.simulated for row in found.pairs)
    if len(found.days) < days:
        said.append(f"{len(found.days)} of {days} sampling days")
    return f"A look at reduced size: {wording.listing(said)}. Run it in full before you conclude anything." if said else ""


def percent(share: float) -> str:
    """Write a share in percent with its sign; a dash where there is none."""
    return wording.MISSING if wording.missing(share) else f"{wording.percent(share)}\u00a0%"


def with_error(share: float, error: float) -> str:
    """Write a share and its standard error in percent."""
    return f"{wording.percent(share)}\u00a0±\u00a0{max(1.0, 100 * error):.0f}\u00a0%" if 0 < share < 1 else percent(share)


def answers(found: Settled) -> Iterator[str]:
    """Yield, for each pair, what is known before a trial, and the cheapest design that settles it often enough."""
    named = bool(found.settle.pairs)
    for pair in found.pairs:
        if pair.agreed and named:
            ahead = pair.arm if pair.before > 0.5 else pair.against
            yield (
                f"‘{pair.arm}’ or ‘{pair.against}’: no trial needed. Every model gives ‘{ahead}’ a probability of at least "
                f"{wording.exact_percent(found.scenario.rule.probability)} of being better."
            )
        elif pair.simulated:
            yield from _answers(found, pair)
    if not named and any(pair.agreed for pair in found.pairs):
        agreed = [f"‘{pair.arm}’ or ‘{pair.against}’" for pair in found.pairs if pair.agreed]
        yield f"No trial needed, since every model says the same: {wording.listing(agreed)}."
    if len(found.models) == 1:
        yield ONE_MODEL


def _answers(found: Settled, pair: PairResult) -> Iterator[str]:
    wanted = found.settle.wanted
    rows = [row for row in found.designs if (row.arm, row.against) == (pair.arm, pair.against)]
    enough = sorted((row for row in rows if reaches(row.settled, wanted)), key=lambda row: (row.samples, row.subjects))
    best = enough[0] if enough else max(rows, key=lambda row: (row.settled, -row.samples))
    said = f"‘{pair.arm}’ or ‘{pair.against}’: before a trial, {_before(found, pair)}."
    shares = f"{with_error(best.settled, best.settled_error)}, {with_error(best.wrong, best.wrong_error)} wrongly"
    if enough:
        found_in = f"The cheapest design that settles it in {percent(wanted)} of the trials is {_cost(best)}"
    else:
        found_in = f"No design settles it in {percent(wanted)} of the trials; nearest comes {_cost(best)}"
    yield f"{said} {found_in}: {shares}."
    yield (
        f"The expected loss of choosing an arm is {_loss(found, best.regret_before)} before ‘{best.design}’ and "
        f"{wording.number(best.regret, 2)} ± {_loss(found, best.regret_error, 1)} after it. Where no model is true it settles "
        f"{percent(best.outside_settled)}, {percent(best.outside_wrong)} wrongly."
    )
    yield from _information(found, best)
    yield from _tests(found, best)
    if best.tempered > 0.5:
        yield (
            f"In {percent(best.tempered)} of these trials fewer than {LEAST_SIZE} draws kept weight (median "
            f"{wording.number(best.size)}), and the likelihood was tempered: the share that is settled errs on the low side. "
            "More parameter draws say more."
        )


def _loss(found: Settled, value: float, digits: int = 2) -> str:
    return f"{wording.number(value, digits)} {wording.unit(found.unit)}".strip()


def _before(found: Settled, pair: PairResult) -> str:
    first = pair.before >= 0.5
    chance, ends = (pair.before, (pair.lowest, pair.highest)) if first else (1 - pair.before, (1 - pair.highest, 1 - pair.lowest))
    said = f"‘{pair.arm if first else pair.against}’ is better with a probability of {percent(chance)}"
    if len(found.models) == 1:
        return said
    return f"{said} ({wording.percent(ends[0])} to {percent(ends[1])} by model)"


def _cost(row: DesignResult) -> str:
    return f"‘{row.design}’ ({wording.count(row.subjects, 'subject')} an arm, {row.samples} samples)"


def _information(found: Settled, best: DesignResult) -> Iterator[str]:
    rows = [row for row in found.days if (row.arm, row.against, row.design) == (best.arm, best.against, best.design)]
    if len(rows) > 1:
        most, least = max(rows, key=lambda row: row.alone), min(rows, key=lambda row: row.without)
        yield (
            f"Of its sampling days, day {wording.exact(most.day)} says most by itself ({percent(most.alone)} settled); without "
            f"day {wording.exact(least.day)} the fewest trials settle it ({percent(least.without)} instead of "
            f"{percent(best.settled)})."
        )


def _tests(found: Settled, best: DesignResult) -> Iterator[str]:
    for row in found.tests:
        if (row.arm, row.against, row.design, row.model) == (best.arm, best.against, best.design, ALL_MODELS):
            the = "the " if row.test.startswith("t-test") else ""
            yield (
                f"In trials of ‘{best.design}’, {the}{row.test} tells the arms apart in {with_error(row.power, row.power_error)} "
                f"(power over all draws); its type I error is {with_error(row.type_1, row.type_1_error)}."
            )


def pair_cells(row: PairResult) -> tuple[str, ...]:
    """Return the cells of a pair under PAIR_HEADS."""
    trials = "not needed" if row.agreed else wording.yes(row.simulated)
    return percent(row.before), f"{wording.percent(row.lowest)} to {percent(row.highest)}", wording.number(row.regret), trials


def design_cells(row: DesignResult) -> tuple[str, ...]:
    """Return the cells of a design under `heads`."""
    return (
        str(row.subjects),
        str(row.samples),
        with_error(row.settled, row.settled_error),
        with_error(row.wrong, row.wrong_error),
        wording.number(row.regret_before),
        f"{wording.number(row.regret)} ± {wording.number(row.regret_error, 1)}",
        wording.number(row.size),
        percent(row.tempered),
        percent(row.outside_settled),
        percent(row.outside_wrong),
    )


def day_cells(row: DayResult) -> tuple[str, ...]:
    """Return the cells of a sampling day under DAY_HEADS."""
    return wording.exact(row.day), percent(row.alone), percent(row.without)


def test_heads(found: Settled) -> tuple[str, ...]:
    """Return the headings of the table of tests."""
    each = found.models if len(found.models) > 1 else ()
    return ("First arm", "Second arm", "Power", "Type I error", *(f"Power, {model}" for model in each))


def test_cells(found: Settled, row: PowerResult) -> tuple[str, ...]:
    """Return the cells of a test over all models under `test_heads`."""
    first, second = (percent(value) if "responders" in row.test else wording.number(value) for value in (row.first, row.second))
    alike = (row.arm, row.against, row.design, row.test)
    by_model = {
        each.model: with_error(each.power, each.power_error)
        for each in found.tests
        if (each.arm, each.against, each.design, each.test) == alike
    }
    over_all = with_error(row.power, row.power_error), with_error(row.type_1, row.type_1_error)
    each = found.models if len(found.models) > 1 else ()
    return first, second, *over_all, *(by_model.get(model, wording.MISSING) for model in each)

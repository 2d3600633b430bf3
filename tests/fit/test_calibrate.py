"""Data points, predictions and small whole fits: known values are found again, files are written, bad data are refused."""

import contextlib
import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from regimens import shipped
from regimens.csvfile import read_table
from regimens.engine import simulate
from regimens.errors import InputFileError
from regimens.evidence import read_responses
from regimens.fit.calibrate import calibrate, fit, profile
from regimens.fit.checkfiles import read_sources
from regimens.fit.datapoints import DataPoint, Observation, data_points, usable
from regimens.fit.likelihood import LogPosterior
from regimens.fit.posterior import ROWS, fit_table
from regimens.fit.prediction import Predictor
from regimens.fit.sampling import Settings
from regimens.model import compile_model, find_model, typical_subject
from regimens.model.fitted import fingerprint, posterior_draws, read_draws
from regimens.regimen import weeks
from tests.fit.test_subjects import target

EVIDENCE = shipped.folder("evidence") / "responses.csv"
RESPONSES = read_responses(EVIDENCE)
MODEL = find_model("turnover", values="declared")
QUICK = replace(Settings(), ensembles=2, walkers=24, steps=40, burn_in=20, draws=60)
LOOSE = 2e-4  # relative: the tolerance of fits is 1e-4
FEW = ("id", "dilt1d", "lilacs", "ra-treg", "psa-treg", "dm-treg", "ms-treg-d5")
"""Rows of the evidence that a fit to few sources has: each source that is left out may need a fit of its own."""

ONE_STUDY = (
    "id,study,n,regimen,analyte,time_h,statistic,value,unit,role,assumed_sd_log\n"
    "one,Mine,9,1 MIU SC daily x 5,Treg fold,168,mean,1.8,fold,fit,0.2\n"
)


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """The file of the rows FEW."""
    lines = EVIDENCE.read_text(encoding="utf-8").splitlines()
    chosen = [line for line in lines if line.partition(",")[0] in FEW]
    assert len(chosen) == len(FEW)
    file = tmp_path_factory.mktemp("few") / "few.csv"
    file.write_text("\n".join(chosen) + "\n", encoding="utf-8")
    return file


@contextlib.contextmanager
def quick_fit():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("regimens.fit.calibrate.PROFILED", ("kout",))
        patch.setattr("regimens.fit.subjects.POINTS", 20)
        yield


@pytest.fixture(scope="module")
def whole_fit(few):
    """A short fit with one profile and few points at which subjects are simulated, made once for this module."""
    with quick_fit():
        return fit(MODEL, few, QUICK)


def test_a_prediction_at_the_typical_values_is_what_simulate_says():
    rows = usable(data_points(RESPONSES, "fit"), MODEL)
    predictor = Predictor(compile_model(MODEL), [row.target for row in rows], [])
    found = dict(zip([row.id for row in rows], np.exp(predictor(np.empty((1, 0)))[0]), strict=True))
    row = next(row for row in rows if row.id == "lilacs")
    read = simulate(
        compile_model(MODEL),
        typical_subject(MODEL),
        row.target.regimen.events(weeks(2)),
        [120.0],
        observables=["treg_share_fold"],
    )
    assert found["lilacs"] == pytest.approx(read.values[0, 0, 0], rel=LOOSE)


def test_a_bound_stays_a_bound():
    kinds = {row.id: row.observation.bound for row in data_points(RESPONSES, "fit")}
    assert (kinds["gvhd-treg"], kinds["il2-peak"], kinds["lilacs"]) == ("lower bound", "upper bound", "")


def test_rows_of_a_study_share_an_effect_only_within_an_observable():
    shared = {row.id: (row.observation.source, row.observation.kind) for row in data_points(RESPONSES)}
    assert shared["ms-treg-d5"] == shared["ms-treg-d15"]
    assert shared["ms-treg-d5"] != shared["ms-cd25-d5"]
    assert shared["ra-treg"] == shared["psa-treg"] == shared["dm-treg"]  # one centre


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_truth_is_found_again_from_data_simulated_at_it():
    """Precise data at known parameters: the density is highest near them, and the posterior holds them."""
    rows = [row for row in usable(data_points(RESPONSES, "fit"), MODEL) if not row.observation.bound]
    density = LogPosterior(MODEL, rows)
    truth = np.log([0.28, 173, 5.0, 0.2, 3.0, 0.3, 0.9, 0.2])
    exact = density.predictor(truth[None, :])[0]
    simulated = [
        DataPoint(r.id, Observation(v, 0.02, r.id, rest=r.observation.rest), replace(r.target, statistic="typical"))
        for r, v in zip(rows, exact, strict=True)
    ]
    posterior = calibrate(MODEL, simulated, replace(QUICK, walkers=32, steps=140, burn_in=60, draws=400))
    low, high = np.quantile(posterior.draws, [0.01, 0.99], axis=0)
    inside = (low[: len(truth)] <= np.exp(truth)) & (np.exp(truth) <= high[: len(truth)])
    assert inside.all(), posterior.names
    assert posterior.contraction[posterior.names.index("kout")] > 0.5


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_fit_is_a_set_of_files_with_the_same_bytes_every_time(whole_fit, few):
    posterior, texts = whole_fit
    names = ("draws", "summary", "rows", "profiles", "checks", "sources", "predictions")
    assert set(texts) == {*(f"{name}.csv" for name in names), "fit.json"}
    with quick_fit():
        assert fit(MODEL, few, QUICK)[1] == texts
    assert texts["draws.csv"].count("\n") == 61
    assert posterior.draws.shape == (60, len(posterior.names))


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_profile_is_the_same_from_any_start_and_nowhere_below_its_best():
    density = LogPosterior(MODEL, usable(data_points(RESPONSES, "fit"), MODEL))
    starts = density.prior.sample(2, np.random.default_rng(0))
    one, other = (profile(density, "kout", start, points=3) for start in starts)
    assert one.loss == pytest.approx(other.loss, abs=0.05)
    assert one.loss.min() == 0.0
    assert one.loss.max() > 0.5


def test_a_profile_keeps_the_other_parameters_inside_bounds_narrower_than_a_step(model):
    narrow = tuple(replace(p, low=1.9995, high=2.0005) if p.name == "rise" else p for p in model.parameters)
    narrow = tuple(replace(p, uncertainty=0.5, low=0.1, high=10.0) if p.name == "k" else p for p in narrow)
    row = DataPoint("a", Observation(0.6, 0.2, "A", "Treg", rest=0.0), target("typical"))
    density = LogPosterior(replace(model, parameters=narrow), [row])
    found = profile(density, "k", density.prior.sample(1, np.random.default_rng(0))[0], points=3)
    assert found.loss == pytest.approx(0.0, abs=1e-3)  # nothing depends on k


def test_bad_rows_of_a_user_are_refused_with_their_lines(tmp_path):
    lines = EVIDENCE.read_text(encoding="utf-8").splitlines()
    file = tmp_path / "mine.csv"
    file.write_text("\n".join([lines[0], lines[2].replace("Treg share of CD4", "Treg share of CD")]) + "\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        fit(MODEL, file, QUICK)
    assert "mine.csv:2: Unknown analyte 'Treg share of CD'." in str(raised.value)
    assert "Did you mean 'Treg share of CD4'?" in str(raised.value)


def test_rows_with_a_drug_that_the_model_has_no_input_for_are_refused_at_once_before_the_fit(tmp_path):
    file = tmp_path / "mine.csv"
    row = "9,il2: 1 MIU SC daily x 5; tocilizumab: 8 mg/kg IV once over 1 h,Treg fold,120,mean,1.8,fold"
    inhaled = row.replace("il2: 1 MIU SC daily x 5; tocilizumab: 8 mg/kg IV once over 1 h", "1 MIU inhaled daily x 5")
    rows = [f"two,Yours,{row},check,0.2", f"three,Yours,{inhaled},fit,0.2", f"four,Yours,{row},shown,0.2"]
    file.write_text(ONE_STUDY + "\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        fit(MODEL, file, QUICK)
    assert [(problem.line, problem.message, problem.advice) for problem in raised.value.problems] == [
        (
            line,
            f"Row '{name}' gives '{given}', for which model 'turnover' has no input.",
            "Known: il2 SC, il2 IV. Give the row the role 'shown', or fit another model.",
        )
        for line, name, given in ((3, "two", "tocilizumab IV"), (4, "three", "il2 inhaled"))
    ]


def test_a_row_that_the_model_predicts_no_value_for_is_refused_before_the_fit(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(ONE_STUDY + "two,Yours,9,no dose,serum IL-2 peak,24,mean,1.8,IU/mL,check,0.2\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        fit(MODEL, file, QUICK)
    assert [(problem.line, problem.message, problem.advice) for problem in raised.value.problems] == [
        (
            3,
            "Row 'two': model 'turnover' predicts no value above zero, and values are compared on the log scale.",
            "Give the row the role 'shown', or fit another model.",
        )
    ]


@pytest.mark.parametrize(("row", "found"), [(ONE_STUDY.splitlines()[1].replace("fit", "check"), "'check'"), ("", "no row")])
def test_a_table_without_a_row_to_fit_says_what_roles_it_has(tmp_path, row, found):
    file = tmp_path / "mine.csv"
    file.write_text(f"{ONE_STUDY.splitlines()[0]}\n{row}\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        fit(MODEL, file, QUICK)
    assert str(raised.value) == f"{file}: No row has the role 'fit', found {found}.\n  A fit needs at least one such row."


def printed(posterior, texts, tmp_path):
    """Return the lines that the command prints."""
    sources = ()
    if "sources.csv" in texts:
        (tmp_path / "sources.csv").write_text(texts["sources.csv"], encoding="utf-8")
        sources = read_sources(tmp_path / "sources.csv")
    console = Console(file=io.StringIO(), width=120)
    console.print(fit_table(posterior, sources))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_what_was_left_out_is_printed_with_the_parameters_that_nothing_is_known_of_without_it(whole_fit, tmp_path):
    posterior, texts = whole_fit
    texts = {
        "sources.csv": texts["sources.csv"].splitlines()[0] + "\nMine,refit,0.81,-1,-1,,,kout Emax\nYours,not fitted,,-1,-1,,,\n"
    }
    assert printed(posterior, texts, tmp_path)[-4:] == [
        "Sources left out (their rows: checks.csv)",
        "source           how     k  nothing is known without it of",
        "Mine    fitted again  0.81                      kout, Emax",
        "Yours   never fitted",
    ]


def test_a_fit_to_one_study_predicts_the_studies_that_were_not_fitted(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.fit.calibrate.PROFILED", ())
    file = tmp_path / "mine.csv"
    file.write_text(ONE_STUDY + "two,Yours,9,1 MIU SC daily x 5,Treg fold,120,mean,1.8,fold,check,0.2\n", encoding="utf-8")
    posterior, texts = fit(MODEL, file, replace(QUICK, steps=20, burn_in=10))
    assert [line.split(",")[:2] for line in texts["sources.csv"].splitlines()] == [["source", "how"], ["Yours", "not fitted"]]
    assert printed(posterior, texts, tmp_path)[-1] == "All fitted rows come from one source: it cannot be left out."


def test_an_id_with_a_comma_is_one_cell_of_every_file(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.fit.calibrate.PROFILED", ())
    file = tmp_path / "mine.csv"
    other = '"two, late",Yours,9,1 MIU SC daily x 5,Treg fold,120,mean,1.8,fold,check,0.2\n'
    file.write_text(ONE_STUDY.replace("one,", '"one, early",') + other, encoding="utf-8")
    _, texts = fit(MODEL, file, replace(QUICK, steps=20, burn_in=10))
    (tmp_path / "rows.csv").write_text(texts["rows.csv"], encoding="utf-8")
    assert [row["id"] for row in read_table(tmp_path / "rows.csv", ROWS, ROWS).rows] == ["one, early"]
    assert next(csv.DictReader(io.StringIO(texts["checks.csv"])))["id"] == "two, late"
    assert next(csv.reader(io.StringIO(texts["predictions.csv"]))) == ["two, late"]


def test_a_fit_to_one_study_says_that_it_cannot_be_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.fit.calibrate.PROFILED", ())
    file = tmp_path / "mine.csv"
    file.write_text(ONE_STUDY, encoding="utf-8")
    posterior, texts = fit(MODEL, file, replace(QUICK, steps=20, burn_in=10))
    assert printed(posterior, texts, tmp_path)[-1] == "All fitted rows come from one source: it cannot be left out."
    assert set(texts) == {"draws.csv", "summary.csv", "rows.csv", "profiles.csv", "fit.json"}


def test_a_model_with_fitted_values_is_not_fitted_again():
    from regimens.errors import ModelError
    from regimens.model.fitted import FIT

    model = find_model("turnover")
    names = ", ".join(parameter.name for parameter in model.parameters if parameter.source == FIT.key)
    with pytest.raises(ModelError) as raised:
        calibrate(model, data_points(RESPONSES, "fit"), QUICK)
    assert str(raised.value) == (
        f"Model 'turnover' has fitted values of {names}; a fit starts at declared values. "
        'Get them with find_model("turnover", values="declared").'
    )


@pytest.mark.parametrize("name", shipped.names("models"))
def test_a_shipped_posterior_belongs_to_its_model_and_has_converged(name):
    import json

    model = find_model(name, values="declared")
    fitted = posterior_draws(model)
    record = json.loads((Path(shipped.folder("posteriors")) / name / "fit.json").read_text(encoding="utf-8"))
    assert record["model_sha256"] == fingerprint(model)
    assert len(fitted.draws) >= 400
    assert record["settings"]["ensembles"] >= 4
    assert record["largest_r_hat"] < 1.02
    assert record["smallest_effective"] > 400
    bounds = {p.name: (p.low, p.high) for p in model.parameters}
    for place, parameter in enumerate(fitted.names[:-2]):
        low, high = bounds[parameter]
        assert low * 0.9999 <= fitted.draws[:, place].min()
        assert fitted.draws[:, place].max() <= high * 1.0001


def test_draws_are_read_back_as_written(tmp_path, whole_fit):
    posterior, texts = whole_fit
    (tmp_path / "draws.csv").write_text(texts["draws.csv"], encoding="utf-8")
    fitted = read_draws(tmp_path / "draws.csv")
    assert fitted.names == posterior.names
    assert fitted.draws == pytest.approx(posterior.draws, rel=1e-5)

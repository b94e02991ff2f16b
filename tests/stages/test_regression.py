"""The regression of drivers beside statsmodels, and its errors by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from scipy import sparse

from cx_text.stages import regression
from cx_text.stages.regression import clustered, regress

Floats = NDArray[np.float64]


@pytest.fixture
def rows() -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return 300 rows of an intercept and four columns, an outcome, and 90 customers."""
    rng = np.random.default_rng(5)
    columns = np.column_stack([np.ones(300), rng.random((300, 3)) < [0.1, 0.3, 0.5], rng.normal(size=300)])
    customer = np.unique(rng.integers(0, 90, 300), return_inverse=True)[1]
    outcome = columns @ [50, -20, 5, 0, 2] + 10 * rng.normal(size=90)[customer] + 20 * rng.normal(size=300)
    return columns, outcome, customer


def fitted(columns: Floats, outcome: Floats, customer: NDArray[np.int64]) -> regression.Regression:
    """Return the regression of one outcome."""
    return regress(sparse.csr_matrix(columns), outcome[:, None], customer)


def test_effects_and_errors_are_those_of_statsmodels(
    rows: tuple[Floats, Floats, NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a penalty, each row a customer: ordinary least squares with HC2, but for n / (n - 1)."""
    monkeypatch.setattr(regression, "RIDGE", 0.0)
    columns, outcome, _ = rows
    mine, theirs = fitted(columns, outcome, np.arange(300)), sm.OLS(outcome, columns).fit(cov_type="HC2")
    assert_allclose(mine.effects[:, 0], theirs.params, rtol=1e-8)
    errors = mine.errors(np.eye(5), np.zeros((5, 5)))
    assert_allclose(errors, theirs.bse * np.sqrt(300 / 299), rtol=1e-6)


def test_clusters_are_those_of_statsmodels(
    rows: tuple[Floats, Floats, NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no leverage is told apart: the sandwich of Liang and Zeger."""
    monkeypatch.setattr(regression, "RIDGE", 0.0)
    monkeypatch.setattr(regression, "_leverage", lambda part, _: np.zeros(part.shape[0]))
    columns, outcome, customer = rows
    clusters = len(np.unique(customer))
    theirs = sm.OLS(outcome, columns).fit(
        cov_type="cluster", cov_kwds={"groups": customer, "use_correction": False}
    )
    errors = fitted(columns, outcome, customer).errors(np.eye(5), np.zeros((5, 5)))
    assert_allclose(errors, theirs.bse * np.sqrt(clusters / (clusters - 1)), rtol=1e-6)


def test_the_penalty_is_one_more_row_of_nothing() -> None:
    """Ten rows of 1 beside ten of 0: the effect -30 is seen as if by 5 rows of 5.5... by hand -30 x 5 / 6."""
    columns = np.column_stack([np.ones(20), np.arange(20) < 10])
    outcome = np.where(np.arange(20) < 10, 20.0, 50.0)
    assert_allclose(fitted(columns, outcome, np.arange(20)).effects[1, 0], -30 * 5 / 6, rtol=1e-6)


def test_the_error_of_a_share_is_that_of_a_mean() -> None:
    """A column of 30 ones in 100: root of .3 x .7 / 99."""
    columns = np.column_stack([np.ones(100), np.arange(100) < 30])
    found = fitted(columns, np.ones(100), np.arange(100)).errors(np.zeros((2, 1)), np.array([[0.0], [1.0]]))
    assert_allclose(found, [np.sqrt(0.3 * 0.7 / 99)], rtol=1e-9)


def test_errors_do_not_depend_on_how_many_are_asked_at_once(
    rows: tuple[Floats, Floats, NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of columns and of rows only bound the memory."""
    one = fitted(*rows).errors(np.eye(5), np.eye(5))
    monkeypatch.setattr(regression, "COLUMNS", 2)
    monkeypatch.setattr(regression, "ROWS", 7)
    assert_allclose(fitted(*rows).errors(np.eye(5), np.eye(5)), one, rtol=1e-12)


def test_one_customer_alone_knows_no_error() -> None:
    """There is nobody to differ."""
    members = sparse.csr_matrix(np.ones((1, 3)))
    assert np.isnan(clustered(np.ones((3, 2)), members)).all()


def test_nothing_asked_is_no_error() -> None:
    """An empty array."""
    columns = np.column_stack([np.ones(20), np.arange(20) < 10])
    assert fitted(columns, np.ones(20), np.arange(20)).errors(np.empty((2, 0)), np.empty((2, 0))).shape == (
        0,
    )

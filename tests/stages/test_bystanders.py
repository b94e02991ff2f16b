"""Leaving a theme out, and Gelbach's decomposition, by hand."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose
from scipy import sparse

from cx_text.stages.bystanders import company, left_out


def test_leaving_out_and_its_error_are_those_of_means() -> None:
    """10 of 40 with a mean of 2, 30 with 6: 5 - 6; the error by leaving out each row in turn agrees."""
    y = np.concatenate([np.tile([1.0, 3.0], 5), np.tile([5.0, 7.0], 15)])
    said = np.arange(40) < 10
    value, error = left_out(y, sparse.csr_matrix(said[:, None].astype(float)), sparse.eye(40, format="csr"))
    assert_allclose(value, [-1.0])
    again = [np.delete(y, row).mean() - np.delete(y, row)[~np.delete(said, row)].mean() for row in range(40)]
    jackknife = np.sqrt(39 / 40 * ((again - np.mean(again)) ** 2).sum())
    assert_allclose(error, [jackknife], rtol=0.02)


def test_what_everybody_says_cannot_be_left_out() -> None:
    """It is not known, and no warning."""
    value, error = left_out(np.ones(5), sparse.csr_matrix(np.ones((5, 1))), sparse.eye(5, format="csr"))
    assert np.isnan(value).all()
    assert np.isnan(error).all()


def test_company_explains_the_difference() -> None:
    """Of 100 with parking 80 wait, of 100 without 20: beside it waiting costs 0.6 x -50."""
    parking, wait = np.arange(200) < 100, np.r_[np.arange(100) < 80, np.arange(100) < 20]
    said = sparse.csr_matrix(np.column_stack([parking, wait]).astype(float))
    columns = sparse.hstack([np.ones((200, 1)), said], format="csr")
    made_of = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    moved = company(said, columns, np.array([80.0, 0.0, -50.0]), made_of)
    assert_allclose(moved, [[0.0, -30.0], [0.0, 0.0]], atol=1e-12)


def test_who_comes_up_less_often_beside_a_theme_is_no_company() -> None:
    """Praise that is missing is not said beside it."""
    lost, thanks = np.arange(100) < 50, np.arange(100) >= 40
    said = sparse.csr_matrix(np.column_stack([lost, thanks]).astype(float))
    columns = sparse.hstack([np.ones((100, 1)), said], format="csr")
    moved = company(said, columns, np.array([50.0, 0.0, 30.0]), np.eye(3)[:, 1:])
    assert_allclose(moved, 0.0)

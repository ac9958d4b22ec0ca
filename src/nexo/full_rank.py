"""statsmodels' GLM for designs whose rank is known, at half the work for the same numbers."""

from __future__ import annotations

import numpy as np
from statsmodels.genmod.generalized_linear_model import GLM

from nexo.compress.arrays import Array
from nexo.compress.design import weighted_gram

NEWTON = {"method": "newton", "optim_hessian": "eim", "disp": 0}
"""Options of ``fit``: Newton's steps with the expected information."""


NEAR = 1e-3
"""Weights that moved by a smaller share than this give Newton the step of the same Hessian."""


class FullRankGLM(GLM):  # type: ignore[misc]
    """GLM on columns of which none depends on others (``compress.design.independent_of``).

    statsmodels finds the rank by singular values, which costs as much as five Newton steps, and
    multiplies X'WX out in full at every step, though it is symmetric and soon stands still. Here
    the last steps share one (Newton's chord method: where they end does not depend on it); the
    result's own is exact.
    """

    def initialize(self) -> None:
        """As GLM, with the rank as given: the number of columns."""
        n_rows, n_columns = self.exog.shape
        self.wnobs, self.df_model = n_rows, n_columns - 1
        self.df_resid = n_rows - n_columns
        self._known: tuple[Array, Array] | None = None

    def hessian(
        self, params: Array, scale: float | None = None, observed: bool | None = None
    ) -> Array:
        """-X'WX: of a Newton step (``observed`` not said) to within ``NEAR``, else exact."""
        is_step = observed is None
        is_observed = self._optim_hessian != "eim" if is_step else bool(observed)
        factor = self.hessian_factor(params, scale=scale, observed=is_observed)
        share = NEAR if is_step else 0.0
        if self._known is None or not np.allclose(factor, self._known[0], rtol=share, atol=0.0):
            self._known = (factor, weighted_gram(self.exog, factor))
        return np.asarray(-self._known[1])

"""Who answers: a response model on the customer file, and weights that undo what it finds."""

from __future__ import annotations

from nexo.weights.raking import raked
from nexo.weights.response import ResponseModel, as_floats, fit_response, is_scored
from nexo.weights.weighting import Kish, Weights, balance, kish, response_weights, trimmed

__all__ = [
    "Kish",
    "ResponseModel",
    "Weights",
    "as_floats",
    "balance",
    "fit_response",
    "is_scored",
    "kish",
    "raked",
    "response_weights",
    "trimmed",
]

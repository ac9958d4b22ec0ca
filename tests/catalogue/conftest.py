"""The catalogue's comparisons show both sides, as those within a test do."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("catalogue.cases")

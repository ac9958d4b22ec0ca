"""A report that must have a number of pages is set closer until it has them."""

from __future__ import annotations

import re
from collections.abc import Callable

from nexo.base.errors import RenderError

DENSITIES = (1.06, 1.0, 0.95, 0.9, 0.86)
"""Sizes of type tried, largest first, for a report that must have a number of pages."""


def fitted(name: str, pages: int | None, set_at: Callable[[float], bytes]) -> bytes:
    """Return the PDF that ``set_at`` makes at the largest size of type that gives ``pages``.

    Without a number of pages, the one at size 1. Raises RenderError when no size fits.
    """
    if not pages:
        return set_at(1.0)
    for density in DENSITIES:
        made = set_at(density)
        counted = count_pages(made)
        if counted == pages:
            return made
        if counted < pages:
            break
    raise RenderError(
        f"{name}: the PDF has {counted} pages and must have {pages} "
        "(nexo: pages in its front matter). Shorten it, or correct the number."
    )


def count_pages(pdf: bytes) -> int:
    """Count the pages of a PDF written by Typst."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))

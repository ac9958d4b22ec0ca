"""Money: what the link is worth, with an interval, and what to do about it.

inputs -> basis (the numbers, drawn or central) -> money, scenario, roi; equity and growth
stand beside them; decisions and edition remember what was forecast.
"""

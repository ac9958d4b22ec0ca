"""Nexo links what customers say (NPS, CES, CSAT) to what they do, in money with an interval.

Importing this package loads nothing heavy: each room imports what it needs when it is entered.
"""

__version__ = "0.1.0"

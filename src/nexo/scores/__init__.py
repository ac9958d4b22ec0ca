"""NPS, CES and CSAT: estimate, interval, difference, smallest detectable change.

``nps`` and ``boxes`` hold the formulas, on counts and arrays; ``answers``, ``counting`` and
``tables`` apply them to the survey and to the panel.
"""

"""Evidence: is the link real, which metric carries it, and what could prove it wrong.

``verdict`` judges the headline family, ``race`` compares metrics out of sample, ``curve``
asks in every declared way, ``negative`` tries what must come out as nothing, ``sensitivity``
says how strong an unseen cause would have to be, and ``drivers`` splits what is explained among
the scores and past behaviour.
"""

"""Recommendation: an interaction snapshot in, scores and slates out. Pure: no I/O, no clock.

``snapshot`` what is known · ``features`` text as vectors · ``scorers/`` one file each ·
``hybrid`` their blend · ``rerankers/`` what may stand in a slate · ``policies/`` one file
each · ``evaluation`` how good it was.
"""

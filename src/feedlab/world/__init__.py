"""The world: people and what they do, as a function of the run seed. Pure: no I/O, no clock.

``spec`` what determines it · ``ids`` reversible ids · ``people/`` who they are · ``content/``
what they write · ``activity/`` what they do · ``truth`` how likely they are to react ·
``tables`` the Arrow schemas · ``checksums`` · ``world`` all of it as one object.
"""

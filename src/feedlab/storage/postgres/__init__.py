"""PostgreSQL: the tables, the questions asked of them, and the bulk loader.

* ``copy`` — Arrow record batches into a table, over binary COPY.
"""

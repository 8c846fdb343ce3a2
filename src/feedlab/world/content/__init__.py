"""The text of posts: seed posts, the templates that vary them, and the columns of text made from both.

``seeds`` reads and writes a seed file, ``templates`` has one file a variation
template, ``compose`` makes a column of texts from random words.
"""

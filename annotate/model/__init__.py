"""The nouns, one file a family: frozen, typed, no behaviour beyond their own facts.

Coordinates are 1-based and inclusive. Contig names carry no `chr`: ``1`` … ``22``, ``X``, ``Y``, ``MT``.
A field that is ``None`` means "not known", never "no" and never zero.
"""

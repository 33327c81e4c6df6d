"""The noun for a stretch of a contig."""

from annotate.base.intervals import Interval

ONE = Interval("9", 10, 20)


def test_bases_that_two_share():
    assert ONE.length == 11
    assert ONE.shared(Interval("9", 18, 40)) == 3
    assert ONE.shared(Interval("9", 21, 40)) == 0
    assert ONE.shared(Interval("8", 10, 20)) == 0


def test_touching_is_sharing_a_base():
    assert ONE.touches(Interval("9", 20, 30))
    assert not ONE.touches(Interval("9", 21, 30))
    assert not ONE.touches(Interval("8", 20, 30))
    assert Interval("9", 12, 20).inside(ONE)
    assert not ONE.inside(Interval("9", 12, 20))


def test_widened_ends_at_the_first_base():
    assert ONE.widened(15) == Interval("9", 1, 35)
    assert str(Interval("9", 1000, 2000)) == "9:1,000–2,000"

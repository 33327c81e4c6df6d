"""ALLert: lesion by lesion, what the files of a child's acute lymphoblastic leukaemia show. Research use only."""

__version__ = "0.2.0"

"""What holds for all tests: none asserts a time, so an example may take as long as it needs."""

from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")

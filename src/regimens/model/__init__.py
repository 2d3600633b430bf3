"""Models: declared in files, checked, described; see `file.find` and `declaration.Model`."""

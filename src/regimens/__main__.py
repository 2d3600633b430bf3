"""`python -m regimens` is the command line."""

from regimens.cli import main

main()

"""`python -m comptoir.cli`, the same as `comptoir`."""

from comptoir.cli import main

main(prog_name="comptoir")

"""`python -m casemgmt` is the command `casemgmt`."""

from casemgmt.cli import main

main(prog_name="casemgmt")

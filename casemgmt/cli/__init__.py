"""The command line. Each command loads what it needs when it runs, so that help and tables stay
quick: in this package imports inside functions are the rule.

Exit status: 0 done (findings are a result), 1 refused or invalid (the reason on stderr, nothing
changed), 2 wrong usage."""

import click

from casemgmt.cli import database, figures, looking, site, workbook
from casemgmt.cli.ground import Group

COMMANDS = (
    site.demo,
    database.init,
    site.serve,
    site.user,
    workbook.import_,
    workbook.export,
    figures.table,
    figures.cell,
    figures.reconcile,
    looking.check,
    looking.audit,
    database.backup,
    database.restore,
    database.selfcheck,
    database.backup_key,
    database.change_key,
    database.db,
    site.routes,
)


@click.group(
    cls=Group,
    invoke_without_command=True,
    help="""\b
Đỡ đầu hộ nghèo có địa chỉ: sổ bộ hộ nghèo, đơn vị đỡ đầu và các biểu.
Case management for a poverty programme: the register, the sponsors, the tables.""",
)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Show what there is to do when nothing was asked."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


for _command in COMMANDS:
    main.add_command(_command)

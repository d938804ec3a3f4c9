"""Looking after a register: the chain of the audit trail, and all invariants."""

import click

from casemgmt.cli.ground import FORMAT, print_json, reading_only


@click.group(help="Nhật ký — The audit trail")
def audit() -> None:
    pass


@audit.command(help="Kiểm tra chuỗi nhật ký — Verify the chain")
@FORMAT
def verify(form: str) -> None:
    from casemgmt.audit.trail import head
    from casemgmt.audit.trail import verify as verify_chain

    with reading_only() as connection:
        entries, broken = verify_chain(connection)
        _number, newest = head(connection)
    if form == "json":
        print_json(
            {
                "ok": broken is None,
                "entries": entries,
                "head": newest,
                "broken": {"entry": broken.entry, "why": broken.why} if broken else None,
            }
        )
    elif broken is None:
        click.echo(f"Chuỗi nhật ký nguyên vẹn: {entries} mục, đầu chuỗi {newest}.")
    if broken is not None:
        raise click.ClickException(f"Chuỗi nhật ký đứt ở mục {broken.entry}: {broken.why}.")


@audit.command(
    help="""Đầu chuỗi nhật ký: một dòng ngày giờ, số mục, mã băm. Cho chạy hằng ngày, giữ dòng này
    ở nơi khác (tệp trên máy khác, thư gửi cấp trên): ai cắt hay viết lại nhật ký thì không còn
    khớp — The head of the chain, to be kept elsewhere"""
)
@FORMAT
def head(form: str) -> None:
    from casemgmt import clock
    from casemgmt.audit import trail

    with reading_only() as connection:
        entry, newest = trail.head(connection)
    at = clock.now().isoformat(timespec="seconds")
    if form == "json":
        print_json({"at": at, "entry": entry, "head": newest})
    else:
        click.echo(f"{at} {entry} {newest}")


@click.command(help="Kiểm tra mọi bất biến và chất lượng dữ liệu — Check the register")
@FORMAT
def check(form: str) -> None:
    from sqlalchemy.orm import Session

    from casemgmt import settings
    from casemgmt.register.checking import as_json
    from casemgmt.register.checking import check as check_register

    with reading_only() as connection, Session(connection) as session:
        findings = check_register(session, today=settings.today(session))
    broken = [finding for finding in findings if finding.is_invariant]
    if form == "json":
        print_json(as_json(findings))
    else:
        for finding in findings:
            click.echo(f"{'SAI' if finding.is_invariant else 'Ngờ'}: {finding.sentence}")
        click.echo(f"{len(broken)} bất biến sai, {len(findings) - len(broken)} điều đáng ngờ.")
    if broken:
        raise click.exceptions.Exit(1)

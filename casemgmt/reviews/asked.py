"""What an address names — a round, a commune's part, a proposal — found within what the one who
asks serves, or 404."""

from flask import abort, g, request

from casemgmt.access.policy import Act
from casemgmt.households.asked import note_read
from casemgmt.places import queries as places
from casemgmt.reviews import queries
from casemgmt.reviews.models import CommuneReview, Proposal, Round
from casemgmt.web.asking import can, lens_to_write, me, one_or_404, today
from casemgmt.web.database import session


def my_communes() -> frozenset[int]:
    """The communes that the one who asks serves today: one's own, or those under one's unit."""
    if "my_communes" not in g:
        unit = me().unit_id
        found = session().scalars(queries.communes_under(unit, today())) if unit else ()
        g.my_communes = frozenset(found)
    return g.my_communes  # type: ignore[no-any-return]


def my_units() -> frozenset[int]:
    """The communes of the one who asks, and the unit that they serve."""
    unit = me().unit_id
    return my_communes() | ({unit} if unit else frozenset())


def round_asked(number: int) -> Round:
    """The round of a number."""
    return one_or_404(queries.rounds(my_units()).where(Round.id == number))


def part_asked(number: int, code: str) -> CommuneReview:
    """The part of a commune in a round."""
    one = round_asked(number)
    commune = session().scalar(places.by_code(code))
    if commune is None or commune.id not in my_communes():
        abort(404)
    part = session().get(CommuneReview, (one.id, commune.id))
    return part or abort(404)


def proposal_asked(number: int) -> Proposal:
    """The proposal of a number, of a commune that the one who asks serves. That its page was
    opened is written down, as with the household's file."""
    proposal = one_or_404(queries.whole(queries.one(lens_to_write(), number)))
    if proposal.commune_id not in my_communes():
        abort(404)
    if request.method == "GET":
        note_read(proposal.household)
    return proposal


def proposes_for(commune_id: int) -> bool:
    """Whether the one who asks proposes for a commune: it is their own."""
    return can(Act.REVIEW) and me().unit_id == commune_id

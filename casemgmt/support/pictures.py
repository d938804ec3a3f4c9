"""Pictures that show a visit or what was given: taken in, encoded anew, kept small."""

import hashlib
import io
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.audit import trail
from casemgmt.errors import RuleBroken
from casemgmt.register.models import Household
from casemgmt.support.models import Attachment, SupportAction, Visit
from casemgmt.vietnamese import clean
from casemgmt.words import _

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
LARGEST = 300 * 1000  # bytes of what is kept
JPEG = "image/jpeg"
# Longest side and quality, one after the other, until the picture is small enough. Even noise is
# at the last.
_STEPS = ((LONGEST_SIDE, 85), (LONGEST_SIDE, 70), (1280, 65), (1024, 60), (800, 50), (640, 40))
_LONGEST_NAME = 120


def attach_picture(
    session: Session,
    household: Household,
    data: bytes,
    *,
    name: str = "",
    visit: Visit | None = None,
    action: SupportAction | None = None,
) -> Attachment:
    """Keep a picture of a visit or of a support action of this household, called `name`. Nothing of
    the file that came is kept but what it shows. RuleBroken at `photo`."""
    content = encoded_anew(data)
    session.flush()
    attachment = Attachment(
        household_id=household.id,
        visit_id=visit.id if visit else None,
        action_id=action.id if action else None,
        name=f"{clean(name)[:_LONGEST_NAME].strip() or 'anh'}.jpg",
        media_type=JPEG,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=trail.actor(session),
        added_at=clock.now(),
    )
    session.add(attachment)
    session.flush()
    return attachment


def encoded_anew(data: bytes) -> bytes:
    """A JPEG, PNG or WebP picture of at most 40 megapixels → a JPEG of at most 1600 pixels a side
    and 300 kB, turned as its EXIF says, without EXIF, comments, or any other thing in it."""
    picture = _read(data)
    for side, quality in _STEPS:
        picture.thumbnail((side, side))
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= LARGEST:
            break
    return written.getvalue()


def _read(data: bytes) -> "Image":
    # Heavy: a page without a picture needs none of it.
    from PIL import Image, ImageOps  # noqa: PLC0415 heavy

    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        size = picture.width * picture.height
        if size <= MOST_PIXELS:  # known from the file's head: nothing has been unpacked yet
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _flat(ImageOps.exif_transpose(picture))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        size = MOST_PIXELS + 1
    except Exception as wrong:  # whatever a decoder makes of bytes that are no picture
        raise RuleBroken(
            _("Không đọc được ảnh này. Hãy chọn ảnh JPEG, PNG hoặc WebP."), field="photo"
        ) from wrong
    raise RuleBroken(_("Ảnh lớn quá 40 megapixel. Hãy chọn ảnh nhỏ hơn."), field="photo")


def _flat(picture: "Image") -> "Image":
    """Its colours alone, on white where it is transparent: nothing else that the file held."""
    from PIL import Image  # noqa: PLC0415 heavy

    seen = picture.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def name_of_file(path: str) -> str:
    """What the file of a picture is called: no folders, no ending of another kind."""
    last = clean(path.replace("\\", "/").rpartition("/")[2])
    return last.rpartition(".")[0] or last

"""Pictures: encoded anew without what a telephone writes into them, kept small, or refused."""

import io
import os
import struct
import time
import zlib
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from casemgmt import clock
from casemgmt.errors import RuleBroken
from casemgmt.register.lens import Lens
from casemgmt.register.models import Household
from casemgmt.support import pictures, queries, visiting
from casemgmt.support.models import Attachment, Visit
from tests import make

RED, BLUE = (200, 30, 30), (30, 30, 200)
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
SECRET = b"May anh cua Hoa"
DAY = date(2022, 3, 1)


@pytest.fixture
def visit(session: Session) -> Visit:
    household = make.household(session, make.places(session).village)
    return visiting.log_visit(session, household, on=DAY)


def photo(size: tuple[int, int] = (400, 200), *, orientation: int = 1) -> bytes:
    """A telephone's picture: left half red, right half blue; with its place, its maker, a
    comment."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, SECRET.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (16.0, 49.0, 12.5), 3: "E", 4: (107.0, 4.0, 3.25)})
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif, comment=SECRET)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(content))
    picture.load()
    return picture


def near(one: object, other: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]


def test_nothing_is_kept_but_what_it_shows() -> None:
    sent = photo()
    assert opened(sent).getexif().get_ifd(GPS)
    kept = pictures.encoded_anew(sent)
    picture = opened(kept)
    assert picture.format == "JPEG"
    assert not picture.getexif()
    assert "comment" not in picture.info
    for trace in (b"Exif", SECRET, b"http://ns.adobe.com"):
        assert trace not in kept


def test_it_is_turned_as_its_exif_says() -> None:
    picture = opened(pictures.encoded_anew(photo(orientation=6)))  # turned right by a quarter
    assert picture.size == (200, 400)
    assert near(picture.getpixel((100, 50)), RED)
    assert near(picture.getpixel((100, 350)), BLUE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_large_one_becomes_small(kind: str) -> None:
    noise = Image.frombytes("RGB", (2400, 1800), os.urandom(2400 * 1800 * 3))
    out = io.BytesIO()
    noise.save(out, kind, **({"quality": 80} if kind != "PNG" else {"compress_level": 1}))
    kept = pictures.encoded_anew(out.getvalue())
    assert len(kept) <= 300_000
    assert max(opened(kept).size) <= 1600
    gentle = opened(pictures.encoded_anew(photo((3000, 2000))))
    assert gentle.size == (1600, 1067)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "I;16", "RGBA", "CMYK"])
def test_every_kind_of_colour_can_be_kept(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(pictures.encoded_anew(out.getvalue())).mode == "RGB"


def test_what_is_transparent_is_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    assert near(opened(pictures.encoded_anew(out.getvalue())).getpixel((5, 5)), (255, 255, 255))


def bomb(width: int, height: int, *, rows: int = 0) -> bytes:
    """A small PNG that says it is as large as this; its first rows are there."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes((1 + 3 * width) * rows), 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(6400, 6300), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_goes_off(size: tuple[int, int]) -> None:
    sent = bomb(*size, rows=200)
    started = time.perf_counter()
    with pytest.raises(RuleBroken, match="40 megapixel") as broken:
        pictures.encoded_anew(sent)
    assert broken.value.field == "photo"
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        "Đây là một tệp chữ.".encode() * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7\n%",
        photo()[:300],
        b"\xff\xd8\xff\xe0" + os.urandom(2000),
        bomb(40, 40)[:40],
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(sent: bytes) -> None:
    with pytest.raises(RuleBroken, match="Không đọc được ảnh") as broken:
        pictures.encoded_anew(sent)
    assert broken.value.field == "photo"


def test_a_gif_is_not_taken() -> None:
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "GIF")
    with pytest.raises(RuleBroken):
        pictures.encoded_anew(out.getvalue())


def test_a_picture_of_a_visit(session: Session, visit: Visit) -> None:
    kept = pictures.attach_picture(session, visit.household, photo(), name="Nhà  mới", visit=visit)
    session.expire_all()
    assert (kept.name, kept.media_type, kept.added_by) == ("Nhà mới.jpg", "image/jpeg", "test")
    assert visit.pictures == [kept]
    assert len(kept.sha256) == 64
    everyone = Lens.everyone(DAY)
    assert session.scalar(queries.attachment_by_number(everyone, kept.id)) is kept
    assert session.scalar(queries.attachment_by_number(Lens(DAY, DAY), kept.id)) is None
    for file in ("", "../..", ".jpg", "x" * 500 + ".jpg"):
        name = pictures.name_of_file(file)
        stored = pictures.attach_picture(session, visit.household, photo(), name=name, visit=visit)
        assert stored.name.endswith(".jpg")
        assert 4 < len(stored.name) < 130


@pytest.mark.parametrize("path", ["C:\\ảnh\\Nhà  mới.PNG", "ảnh/Nhà mới.jpg", "Nhà mới"])
def test_a_picture_is_called_as_its_file_without_folders(path: str) -> None:
    assert pictures.name_of_file(path) == "Nhà mới"


def test_a_paper_of_a_review_is_not_for_everyone(session: Session, visit: Visit) -> None:
    paper = pictures.attach_picture(session, visit.household, photo(), name="biên bản")
    shown = pictures.attach_picture(session, visit.household, photo(), visit=visit)
    officer = Lens(
        DAY, DAY, villages=frozenset({visit.household.stays[0].village_id}), private=True
    )
    other = Lens(DAY, DAY, villages=officer.villages)
    for lens, number, there in (
        (officer, paper.id, True),
        (officer, shown.id, True),
        (other, paper.id, False),
        (other, shown.id, True),
    ):
        found = session.scalar(queries.attachment_by_number(lens, number))
        assert (found is not None) is there


@pytest.mark.behind_its_back
def test_the_database_itself_keeps_no_more_than_300_kb(session: Session, visit: Visit) -> None:
    household: Household = visit.household

    def row(size: int) -> dict[str, object]:
        return {
            "household_id": household.id,
            "name": "a.jpg",
            "media_type": "image/jpeg",
            "content": bytes(size),
            "sha256": "0" * 64,
            "added_by": "test",
            "added_at": clock.now(),
        }

    session.connection().execute(insert(Attachment.__table__), [row(300 * 1024)])
    with pytest.raises(IntegrityError, match="at_most_300_kb"):
        session.connection().execute(insert(Attachment.__table__), [row(300 * 1024 + 1)])

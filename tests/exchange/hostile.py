"""Files made to hurt: each function writes one."""

import gzip
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from tests.exchange.books import good, write

_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _entries(path: Path) -> dict[str, bytes]:
    write(path, {"Hộ": good()["Hộ"]})
    with ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _put(path: Path, entries: dict[str, bytes]) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def _changed(path: Path, **parts: bytes) -> None:
    """A good workbook in which parts (by their last name) are others."""
    entries = _entries(path)
    for name in list(entries):
        key = name.rpartition("/")[2].partition(".")[0]
        if key in parts:
            entries[name] = parts[key]
    _put(path, entries)


def _streamed(path: Path, name: str, head: bytes, piece: bytes, times: int, tail: bytes) -> None:
    """A good workbook in which one part is very long, written without holding it."""
    entries = _entries(path)
    entries.pop(name, None)
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for other, data in entries.items():
            archive.writestr(other, data)
        with archive.open(name, "w", force_zip64=False) as part:
            part.write(head)
            for _time in range(times):
                part.write(piece)
            part.write(tail)


def _strings(path: Path, head: bytes, piece: bytes, times: int, tail: bytes = b"") -> None:
    _streamed(
        path, _STRINGS, _HEAD + b"<sst " + _MAIN + b">" + head, piece, times, tail + b"</sst>"
    )


def one_endless_string(path: Path) -> None:
    _strings(path, b"<si><t>", b"A" * 1_000_000, 310, b"</t></si>")


def many_tiny_strings(path: Path) -> None:
    _strings(path, b"", b"<si><t>a</t></si>" * 10_000, 500)


def a_million_rows(path: Path) -> None:
    rows = b"<row><c><v>1</v></c><c><v>2</v></c></row>" * 10_000
    head = _HEAD + b"<worksheet " + _MAIN + b"><sheetData>"
    _streamed(path, _SHEET, head, rows, 100, b"</sheetData></worksheet>")


def _sheet(*cells: bytes) -> bytes:
    data = b"".join(cells)
    return _HEAD + b"<worksheet " + _MAIN + b"><sheetData>" + data + b"</sheetData></worksheet>"


def a_cell_at_the_far_end(path: Path) -> None:
    first = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    _changed(path, sheet1=_sheet(first, last))


def a_far_cell_in_few_rows(path: Path) -> None:
    first = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    last = b'<row r="250000"><c r="XFD250000"><v>1</v></c></row>'
    _changed(path, sheet1=_sheet(first, last))


def a_far_cell_behind_a_prefix(path: Path) -> None:
    sheet = (
        _HEAD
        + b"<x:worksheet "
        + _MAIN.replace(b"xmlns", b"xmlns:x")
        + b"><x:sheetData><x:row r='1'><x:c r='A1'><x:v>1</x:v></x:c></x:row>"
        + b"<x:row r='1048576'><x:c r='XFD1048576'><x:v>1</x:v></x:c></x:row>"
        + b"</x:sheetData></x:worksheet>"
    )
    _changed(path, sheet1=sheet)


def one_string_in_many_cells(path: Path) -> None:
    """A short file whose cells all repeat a long string: a reader would copy it each time."""
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 100_001)
    )
    strings = _HEAD + b"<sst " + _MAIN + b"><si><t>" + b"A" * 30_000 + b"</t></si></sst>"
    _changed(path, sheet1=_sheet(cells), sharedStrings=strings)


def a_long_cell(path: Path) -> None:
    text = b"<c r='A1' t='inlineStr'><is><t>" + b"A" * 32_768 + b"</t></is></c>"
    _changed(path, sheet1=_sheet(b"<row r='1'>" + text + b"</row>"))


def ten_thousand_sheets(path: Path) -> None:
    entries = _entries(path)
    sheets = {f"xl/worksheets/sheet{n}.xml": _sheet() for n in range(2, 10_002)}
    _put(path, entries | sheets)


def a_hundred_thousand_entries(path: Path) -> None:
    entries = _entries(path)
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        for number in range(60_000):
            archive.writestr(ZipInfo(f"xl/media/{number}"), b"")


def a_declared_size_that_lies(path: Path) -> None:
    """The directory says 100 bytes; 400 MB come out."""
    _entries(path)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(b"A" * 1_000_000) for _time in range(400)) + packer.flush()
    with ZipFile(path, "a", ZIP_STORED) as archive:
        archive.writestr("xl/media/image1.png", packed)
    data = bytearray(path.read_bytes())
    for signature, method, size in ((b"PK\x01\x02", 10, 24), (b"PK\x03\x04", 8, 22)):
        place = data.rfind(signature, 0, data.rfind(b"xl/media/image1.png") + 1)
        if signature == b"PK\x03\x04":
            place = data.find(b"xl/media/image1.png") - 30
        struct.pack_into("<H", data, place + method, ZIP_DEFLATED)
        struct.pack_into("<L", data, place + size, 100)
    path.write_bytes(bytes(data))


def a_picture_too_large(path: Path) -> None:
    """Nothing reads it, and it says how large it is: 310 MB in 300 kB."""
    _streamed(path, "xl/media/image1.png", b"", b"A" * 1_000_000, 310, b"")


def an_entry_twice(path: Path) -> None:
    entries = _entries(path)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
        archive.writestr(_SHEET.upper(), _sheet())


def an_entry_outside(path: Path) -> None:
    _put(path, _entries(path) | {"../../evil.xml": b"<a/>"})


def an_absolute_entry(path: Path) -> None:
    _put(path, _entries(path) | {"/etc/evil.xml": b"<a/>"})


def _with_doctype(declared: bytes, used: bytes) -> bytes:
    return (
        b"<?xml version='1.0'?><!DOCTYPE sst [" + declared + b"]><sst " + _MAIN + b"><si><t>"
        + used + b"</t></si></sst>"
    )  # fmt: skip


def billion_laughs(path: Path) -> None:
    entities = b"<!ENTITY a0 'ha'>" + b"".join(
        b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    _changed(path, sharedStrings=_with_doctype(entities, b"&a11;"))


def an_external_entity(path: Path) -> None:
    entity = b"<!ENTITY x SYSTEM 'file:///etc/passwd'>"
    _changed(path, sharedStrings=_with_doctype(entity, b"&x;"))


def deep_nesting(path: Path) -> None:
    _changed(path, sheet1=_sheet(b"<a>" * 100_000 + b"</a>" * 99_999))


def broken_utf_8(path: Path) -> None:
    _changed(path, sheet1=_sheet(b"<row><c t='inlineStr'><is><t>\xff\xfe</t></is></c></row>"))


def an_old_workbook(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 5000)


def a_csv(path: Path) -> None:
    path.write_text("Mã hộ,Chủ hộ\nH1,Hồ Văn Mẫu\n", encoding="utf-8")


def a_web_page(path: Path) -> None:
    path.write_text("<html><table><tr><td>Mã hộ</td></tr></table></html>", encoding="utf-8")


def a_macro(path: Path) -> None:
    _put(path, _entries(path) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def a_binary_workbook(path: Path) -> None:
    entries = _entries(path)
    entries["xl/workbook.bin"] = entries.pop("xl/workbook.xml")
    _put(path, entries)


def another_kind_of_document(path: Path) -> None:
    mimetype = b"application/vnd.oasis.opendocument.spreadsheet"
    _put(path, {"mimetype": mimetype, "content.xml": b"<a/>"})


def truncated(path: Path) -> None:
    _entries(path)
    path.write_bytes(path.read_bytes()[:-200])


def cut_in_the_middle(path: Path) -> None:
    """The end is there, the data before it is not what it was."""
    _entries(path)
    data = bytearray(path.read_bytes())
    data[60:100] = b"\0" * 40
    path.write_bytes(bytes(data))


def nothing(path: Path) -> None:
    path.write_bytes(b"")


def an_encrypted_entry(path: Path) -> None:
    _entries(path)
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(bytes(data))


def a_quadratic_entity(path: Path) -> None:
    """One long entity, named ten thousand times: 1 GB."""
    entity = b"<!ENTITY x '" + b"A" * 100_000 + b"'>"
    _changed(path, sharedStrings=_with_doctype(entity, b"&x;" * 10_000))


def an_outside_doctype(path: Path) -> None:
    doctype = b"<!DOCTYPE sst SYSTEM 'http://127.0.0.1:9/evil.dtd'>"
    _changed(path, sharedStrings=_HEAD + doctype + b"<sst " + _MAIN + b"/>")


def an_encoding_that_hides(path: Path) -> None:
    """What the declared encoding makes of it is markup that a search for bytes does not see."""
    hidden = "<!DOCTYPE sst [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><sst>&x;</sst>"
    head = b"<?xml version='1.0' encoding='UTF-7'?>"
    _changed(path, sharedStrings=head + hidden.encode("utf-7"))


def an_entity_in_utf_16(path: Path) -> None:
    text = "<!DOCTYPE sst [<!ENTITY x 'ha'>]><sst><si><t>&x;</t></si></sst>"
    text = "<?xml version='1.0' encoding='UTF-16'?>" + text
    _changed(path, sharedStrings=text.encode("utf-16"))


def an_endless_attribute(path: Path) -> None:
    head = _HEAD + b"<worksheet " + _MAIN + b"><sheetData><row><c r='A1' x='"
    _streamed(path, _SHEET, head, b"A" * 1_000_000, 310, b"'/></row></sheetData></worksheet>")


def a_part_that_stops(path: Path) -> None:
    _changed(path, sheet1=_sheet(b"<row><c><v>1</v></c>")[:-30])


def a_workbook_in_an_archive(path: Path) -> None:
    _entries(path)
    _put(path, {"danh sach.xlsx": path.read_bytes()})


def entries_over_each_other(path: Path) -> None:
    """A thousand names in the directory for the same megabytes."""
    _streamed(path, "xl/media/image1.png", b"", b"A" * 1_000_000, 20, b"")
    data = path.read_bytes()
    end = data.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<L", data, end + 16)[0]
    place = data.rfind(b"PK\x01\x02", start, data.rfind(b"xl/media/image1.png") + 1)
    again = b"".join(
        data[place : place + 46] + b"xl/media/img%03d.png" % number for number in range(1000)
    )
    directory = data[start:end] + again
    tail = bytearray(data[end:])
    count = struct.unpack_from("<H", tail, 8)[0] + 1000
    struct.pack_into("<HH", tail, 8, count, count)
    struct.pack_into("<L", tail, 12, len(directory))
    path.write_bytes(data[:start] + directory + bytes(tail))


def a_squeezed_file(path: Path) -> None:
    path.write_bytes(gzip.compress(b"A" * 100_000_000))


def a_pdf(path: Path) -> None:
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n")


def a_letter(path: Path) -> None:
    """A document of Word, by another name."""
    main = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = _HEAD + b"<Types><Override PartName='/word/document.xml' ContentType='" + main + b"'/>"
    parts = {"[Content_Types].xml": types + b"</Types>", "word/document.xml": b"<w:document/>"}
    _put(path, parts)


FILES: dict[str, Callable[[Path], None]] = {
    make.__name__: make
    for make in (
        one_endless_string, many_tiny_strings, a_million_rows, a_cell_at_the_far_end,
        a_far_cell_in_few_rows, a_far_cell_behind_a_prefix, one_string_in_many_cells, a_long_cell,
        ten_thousand_sheets, a_hundred_thousand_entries, a_declared_size_that_lies,
        a_picture_too_large,
        an_entry_twice, an_entry_outside, an_absolute_entry, billion_laughs, an_external_entity,
        deep_nesting,
        broken_utf_8, an_old_workbook, a_csv, a_web_page, a_macro, a_binary_workbook,
        another_kind_of_document, truncated, cut_in_the_middle, nothing, an_encrypted_entry,
        a_quadratic_entity, an_outside_doctype, an_encoding_that_hides, an_entity_in_utf_16,
        an_endless_attribute, a_part_that_stops, a_workbook_in_an_archive,
        entries_over_each_other, a_squeezed_file, a_pdf, a_letter,
    )
}  # fmt: skip

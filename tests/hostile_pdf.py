"""Hostile PDF files, written object by object: what runs, opens or fetches something.

Each comes in without it. An attack hangs in one of several places and is written in one of several
ways, as a reader of PDF reads them all.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ELSEWHERE = "https://collector.example/x"
MARK = "HOSTILE"
"""A word of every attack, which no copy may hold."""


@dataclass(frozen=True)
class HostilePdf:
    """A hostile PDF: its name and its bytes."""

    name: str
    content: bytes


# name -> the dictionary of an action; every one names MARK
ACTIONS: dict[str, str] = {
    "script": f"<< /S /JavaScript /JS (app.alert\\('{MARK}'\\)) >>",
    "script with a type": f"<< /Type /Action /S /JavaScript /JS ({MARK}) >>",
    "script in a stream": "<< /S /JavaScript /JS 20 0 R >>",
    "program": f"<< /S /Launch /F ({MARK}.exe) >>",
    "program of Windows": f"<< /S /Launch /Win << /F (cmd.exe) /P ({MARK}) >> >>",
    "other file": f"<< /S /GoToR /F ({MARK}.pdf) /D [0 /Fit] >>",
    "embedded file": f"<< /S /GoToE /T << /R /C /N ({MARK}) >> >>",
    "form that is sent": f"<< /S /SubmitForm /F << /FS /URL /F (http://{MARK}) >> >>",
    "data that is taken in": f"<< /S /ImportData /F ({MARK}.fdf) >>",
    "address that runs a script": f"<< /S /URI /URI (javascript:{MARK}) >>",
    "address of a file": f"<< /S /URI /URI (file:///c:/{MARK}.exe) >>",
    "address of a network drive": f"<< /S /URI /URI (\\\\\\\\a\\\\{MARK}) >>",
    "address without a scheme": f"<< /S /URI /URI ({MARK}/x) >>",
    "address with a break": f"<< /S /URI /URI (https://a.example/\\n{MARK}) >>",
    "film": f"<< /S /Rendition /R << /S /MR /C << /S /MCD /D ({MARK}) >> >> /OP 0 >>",
    "film of old": f"<< /S /Movie /T ({MARK}) >>",
    "sound": f"<< /S /Sound /Sound 20 0 R /N ({MARK}) >>",
    "rich media": f"<< /S /RichMediaExecute /CMD << /C ({MARK}) >> >>",
    "thread of another file": f"<< /S /Thread /F ({MARK}.pdf) /D 0 >>",
    "hidden fields": f"<< /S /Hide /T ({MARK}) >>",
    "layers": f"<< /S /SetOCGState /State [/ON] /N ({MARK}) >>",
    "command of the reader": f"<< /S /Named /N /{MARK} >>",
    "part of a document": f"<< /S /GoToDp /Dp << /N ({MARK}) >> >>",
    "place, and then a script": (
        f"<< /S /GoTo /D [3 0 R /Fit] /Next << /S /JavaScript /JS ({MARK}) >> >>"
    ),
    "page of the web, and then a program": (
        f"<< /S /URI /URI ({ELSEWHERE}) /Next [<< /S /Launch /F ({MARK}) >>] >>"
    ),
}

# name -> what stands on the page beside its size
PAGES: dict[str, str] = {
    "opening of the page": "/AA << /O {action} >>",
    "closing of the page": "/AA << /C {action} >>",
    "link": "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {action} >>]",
    "pointing at a link": ("/Annots [<< /Subtype /Link /Rect [0 0 9 9] /AA << /E {action} >> >>]"),
    "second action of a link": "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /PA {action} >>]",
    "field": "/Annots [<< /Subtype /Widget /FT /Btn /Rect [0 0 9 9] /A {action} >>]",
    "list kept apart": "/Annots 21 0 R",
    "action kept apart": "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A 22 0 R >>]",
    "action under another key": "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /Zzz {action} >>]",
}
FIRST_PAGES = ("link", "opening of the page", "action kept apart")

ROOTS: dict[str, str] = {
    "opening of the file": "/OpenAction << /S /JavaScript /JS ({mark}) >>",
    "closing of the file": "/AA << /WC << /S /JavaScript /JS ({mark}) >> >>",
    "scripts by name": "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS ({mark}) >>] >> >>",
    "form of XML": "/AcroForm << /Fields [] /XFA ({mark}) >>",
    "attached file": (
        "/Names << /EmbeddedFiles << /Names [(a) << /Type /Filespec /F ({mark}) "
        "/EF << /F 20 0 R >> >>] >> >>"
    ),
    "associated file": "/AF [<< /Type /Filespec /F ({mark}) /EF << /F 20 0 R >> >>]",
    "collection": "/Collection << /D ({mark}) >>",
    "outline": "/Outlines << /First << /Title ({mark}) /A << /S /Launch /F (a) >> >> >>",
    "base of all addresses": "/URI << /Base (javascript:{mark}) >>",
    "wishes of the file": "/Requirements [<< /S /EnableJavaScripts /N ({mark}) >>]",
    "author": "/Metadata 20 0 R",
}
KINDS = {
    "attachment": "/Subtype /FileAttachment /FS << /Type /Filespec /F ({mark}) /EF << /F 20 0 R >> >>",
    "film": "/Subtype /Movie /Movie << /F ({mark}) >>",
    "screen": "/Subtype /Screen /T ({mark})",
    "sound": "/Subtype /Sound /Sound 20 0 R /T ({mark})",
    "rich media": "/Subtype /RichMedia /RichMediaContent << /N ({mark}) >>",
    "body in three dimensions": "/Subtype /3D /3DD 20 0 R /T ({mark})",
    "projection": "/Subtype /Projection /T ({mark})",
    "kind that nobody knows": "/Subtype /Zzz /T ({mark})",
}
PARTS = {
    "picture of another file": "/Resources << /XObject << /A 23 0 R >> >>",
    "page of another file": "/Resources << /XObject << /A 24 0 R >> >>",
    "program for printers": "/Resources << /XObject << /A 25 0 R >> >>",
    "picture kept by a server": "/Resources << /XObject << /A 26 0 R >> >>",
    "look of before": "/Thumb 27 0 R",
    "notes of a program": "/PieceInfo << /A << /Private ({mark}) >> >>",
    "font called like an action, with one in it": (
        "/Resources << /Font << /PA 28 0 R >> >> /Annots [28 0 R]"
    ),
}


def stream(dictionary: str, body: bytes) -> bytes:
    return f"<< {dictionary} /Length {len(body)} >>\nstream\n".encode() + body + b"\nendstream"


def objects(*, page: str = "", root: str = "", action: str = "") -> dict[int, bytes]:
    """The objects of a file of one page by number."""
    mark = MARK.encode()
    return {
        1: f"<< /Type /Catalog /Pages 2 0 R {root} >>".encode(),
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] {page} >>".encode(),
        20: stream("/Type /EmbeddedFile", mark),
        21: f"[<< /Subtype /Link /Rect [0 0 9 9] /A {action or 'null'} >>]".encode(),
        22: (action or "null").encode(),
        23: stream(f"/Subtype /Image /Width 1 /Height 1 /F ({MARK}.jpg)", b"x"),
        24: stream(f"/Subtype /Form /BBox [0 0 9 9] /Ref << /F ({MARK}.pdf) /Page 0 >>", b""),
        25: stream("/Subtype /PS", mark + b" (a) run"),
        26: stream(f"/Subtype /Image /Width 1 /Height 1 /OPI << /2.0 << /F ({MARK}) >> >>", b"x"),
        27: stream("/Width 1 /Height 1", mark),
        28: f"<< /Subtype /Link /Rect [0 0 9 9] /AA << /E << /S /Launch /F ({MARK}) >> >> >>".encode(),
    }


def plain(found: dict[int, bytes]) -> bytes:
    """Objects one after the other, found by a table."""
    made, places = b"%PDF-1.7\n", {}
    for number, body in found.items():
        places[number] = len(made)
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, place)
    start = len(made)
    return made + table + b"trailer\n<< /Size 40 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def in_object_streams(found: dict[int, bytes]) -> bytes:
    """Objects packed into a stream, found by a stream of places."""
    packed = {number: body for number, body in found.items() if b"stream\n" not in body}
    apart = {number: body for number, body in found.items() if number not in packed}
    head, bodies = b"", b""
    for number, body in packed.items():
        head += b"%d %d " % (number, len(bodies))
        bodies += body + b" "
    inside = zlib.compress(head + bodies)
    place_of, made = {}, b"%PDF-1.7\n"
    written = {
        **apart,
        38: stream(
            f"/Type /ObjStm /N {len(packed)} /First {len(head)} /Filter /FlateDecode", inside
        ),
    }
    for number, body in written.items():
        place_of[number] = len(made)
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    place_of[39] = len(made)
    rows = b""
    for number in range(40):
        if number in packed:
            rows += (
                b"\x02" + (38).to_bytes(4, "big") + list(packed).index(number).to_bytes(2, "big")
            )
        elif number in place_of:
            rows += b"\x01" + place_of[number].to_bytes(4, "big") + bytes(2)
        else:
            rows += bytes(7)
    last = stream(
        "/Type /XRef /Size 40 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode", zlib.compress(rows)
    )
    made += b"39 0 obj\n" + last + b"\nendobj\n"
    return made + b"startxref\n%d\n%%%%EOF\n" % place_of[39]


def without_table(found: dict[int, bytes]) -> bytes:
    """Objects without a table that is right: readers search for them."""
    made = plain(found)
    return made[: made.index(b"xref\n")] + b"trailer\n<< /Root 1 0 R >>\nstartxref\n7\n%%EOF\n"


def twice(found: dict[int, bytes]) -> bytes:
    """A harmless file, to which the hostile objects were added later."""
    harmless = plain(objects())
    before = harmless.index(b"startxref\n")
    start = int(harmless[before:].split(b"\n")[1])
    made, places = harmless, {}
    for number, body in found.items():
        places[number] = len(made)
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"xref\n"
    for number, place in places.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, place)
    end = len(made)
    trailer = b"trailer\n<< /Size 40 /Root 1 0 R /Prev %d >>\n" % start
    return made + table + trailer + b"startxref\n%d\n%%%%EOF\n" % end


def in_hexadecimal(text: str) -> str:
    """Every name of a text with signs written as numbers: `/J#61vaScript`."""
    found, is_name = "", False
    for place, sign in enumerate(text):
        is_name = sign == "/" or (is_name and sign.isalnum())
        inside = is_name and sign != "/" and place % 2 == 0
        found += f"#{ord(sign):02x}" if inside else sign
    return found


Container = Callable[[dict[int, bytes]], bytes]
CONTAINERS: dict[str, Container] = {
    "plain": plain,
    "in object streams": in_object_streams,
    "without a table": without_table,
    "added later": twice,
}


def pdf_files() -> Iterator[HostilePdf]:
    """All hostile PDF files."""
    for name, action in ACTIONS.items():
        yield from _with_action(name, action)
    for name, root in ROOTS.items():
        yield from _in_containers(name, objects(root=root.format(mark=MARK)))
    for name, annotation in KINDS.items():
        page = f"/Annots [<< /Rect [0 0 9 9] {annotation.format(mark=MARK)} >>]"
        yield from _in_containers(f"note: {name}", objects(page=page))
    for name, part in PARTS.items():
        yield from _in_containers(name, objects(page=part.format(mark=MARK)))


def _with_action(name: str, action: str) -> Iterator[HostilePdf]:
    for place, page in PAGES.items():
        found = objects(page=page.format(action=action), action=action)
        yield HostilePdf(f"{name}, {place}", plain(found))
    for place in FIRST_PAGES:
        found = objects(page=PAGES[place].format(action=action), action=action)
        for way in ("in object streams", "without a table", "added later"):
            yield HostilePdf(f"{name}, {place}, {way}", CONTAINERS[way](found))
        coded = {
            key: in_hexadecimal(body.decode("latin-1")).encode("latin-1") if key < 20 else body
            for key, body in found.items()
        }
        yield HostilePdf(f"{name}, {place}, names in numbers", plain(coded))


def _in_containers(name: str, found: dict[int, bytes]) -> Iterator[HostilePdf]:
    for way, write in CONTAINERS.items():
        yield HostilePdf(f"{name}, {way}", write(found))

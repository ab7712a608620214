"""Encoding of a text: declared, marked, proven by its words, or uncertain."""

from __future__ import annotations

import codecs
import re

from supply_chain.errors import FileRefused
from supply_chain.intake.countries import country_code
from supply_chain.intake.drafts import NamedBytes
from supply_chain.intake.heading_parts import is_column_name
from supply_chain.intake.words import header_forms, words

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = "cp1252"
# Tried where the bytes are not UTF; of equally proven ones that with the fewest signs where
# letters should be ("¶δανα" for "Άδανα"), then the first.
_CANDIDATES = (
    *(_WESTERN, "iso8859_15", "gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1250", "cp1251"),
    *("cp1254", "cp1253", "cp1256", "cp1255", "cp1257", "cp1258", "cp874", "koi8_r", "cp866"),
    *("mac_roman", "cp850", "cp852", "iso8859_7", "iso8859_2", "iso8859_5"),
)
_CHARSETS = {
    **{"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16", "utf-32": "utf-32"},
    **{"utf-16-le": "utf-16le", "utf-16-be": "utf-16be", "cp1252": "windows-1252"},
    **{"gb18030": "gb18030", "big5": "big5", "cp932": "windows-31j", "euc_jp": "euc-jp"},
    **{"cp949": "euc-kr", "cp874": "windows-874", "koi8_r": "koi8-r", "cp866": "ibm866"},
    **{"mac_roman": "macintosh", "cp850": "ibm850", "cp852": "ibm852"},
    **{f"cp125{n}": f"windows-125{n}" for n in (0, 1, 3, 4, 5, 6, 7, 8)},
    **{f"iso8859_{n}": f"iso-8859-{n}" for n in (2, 5, 7, 15)},
}
"""Names of the IANA registry of character sets; Windows-949 has none, EUC-KR is its base."""
_SAMPLE_BYTES, _SAMPLE_CELLS, _TOP_CELLS, _LONGEST_WORD = 60_000, 600, 40, 60
# Western European letters outside ASCII rarely come six in a row; Chinese or Cyrillic bytes do.
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{6,}")
# No list of names has such a sign at a letter; a text read in the wrong one of two alike has.
_MISPLACED = re.compile(
    r"[\u2500-\u257f¶±¦¬¤¨¸¹¼½¾£¥©®](?=[^\W\d_])|(?<=[^\W\d_])[\u2500-\u257f¶±¦¬¤¨¸¹¼½¾]"
    r"|[A-Za-z][\u0370-\u1cff\u3400-\u9fff]|[\u0370-\u1cff\u3400-\u9fff][A-Za-z]"
    r"|[\uff61-\uff9f]|[\u00c0-\u024f]{5}|\b[ÞŢŽ]ti\b|\bÝ(?:stanbul|zmir)"
)
_BETWEEN_CELLS = re.compile('[,;\t|\r\n"]+')


def decode_text(file: NamedBytes) -> tuple[str, str, bool]:
    """Return the text, its encoding, and whether that is certain.

    By declaration, byte order mark, UTF-8, the pattern of UTF-16, then the encoding in which most
    cells are known column names or countries; without such a proof Windows-1252, not certain.

    Raises:
        FileRefused: the letters cannot be read; a NUL, the sign of a file that is not text.
    """
    encoding, is_certain = (file.encoding, True) if file.encoding else _detect(file.content)
    try:
        if encoding is None:
            raise LookupError
        text = file.content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        how = f"not as {encoding}" if encoding else "it is not said in which encoding"
        raise FileRefused(
            "encoding",
            f"The letters of {file.name} cannot be read: {how}.",
            "Save the file as UTF-8 (in Excel: CSV UTF-8) and send it again.",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FileRefused(
            "nul_byte",
            f"{file.name} holds a NUL byte in line {line:,}, so it is not a plain text table.",
            "Export the list again as CSV UTF-8 or XLSX.",
        )
    return text.removeprefix("\ufeff"), encoding or "", is_certain


def charset_of(content: bytes) -> str | None:
    """The character set of a text, as the `charset` of a media type names it (RFC 2046).

    As `decode_text` reads it: of western letters without a proof, Windows-1252. None where nothing
    says how to read them.
    """
    encoding, _is_certain = _detect(content)
    try:
        content.decode(encoding or "ascii")
    except UnicodeDecodeError:
        return None
    return _CHARSETS[encoding or "utf-8"]


def _detect(content: bytes) -> tuple[str | None, bool]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return encoding, True
    even, odd = content[:2000:2].count(0), content[1:2000:2].count(0)
    half = min(len(content), 2000) / 2
    if odd > 0.4 * half and even == 0:
        return "utf-16-le", True
    if even > 0.4 * half and odd == 0:
        return "utf-16-be", True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return _by_words(content)
    return "utf-8", True


def _by_words(content: bytes) -> tuple[str | None, bool]:
    sample = content[:_SAMPLE_BYTES]
    if len(sample) < len(content):
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    proofs = {encoding: _proof(sample, encoding) for encoding in _CANDIDATES}
    most = max(proofs.values())
    if most:
        proven = [encoding for encoding in _CANDIDATES if proofs[encoding] == most]
        return min(proven, key=lambda encoding: _misplaced(sample, encoding)), True
    # Undeclared and not certain: saying so is better than wrong letters in names.
    return (None, False) if _FOREIGN_RUN.search(content) else (_WESTERN, False)


def _misplaced(sample: bytes, encoding: str) -> int:
    return len(_MISPLACED.findall(sample.decode(encoding)))


def _proof(sample: bytes, encoding: str) -> int:
    """Number of different non-ASCII cells that are known words in this encoding."""
    try:
        text = sample.decode(encoding)
    except UnicodeDecodeError:
        return 0
    cells = dict.fromkeys(map(str.strip, _BETWEEN_CELLS.split(text)[:_SAMPLE_CELLS]))
    foreign = [
        # "rue de l'Йglise" is known by its ASCII words, and says the letters are wrong.
        cell
        for cell in cells
        if not cell.isascii() and len(cell) <= _LONGEST_WORD and not _MISPLACED.search(cell)
    ]
    # Names of columns are at the top; joined words take long to look up.
    top = sum(1 for cell in foreign[:_TOP_CELLS] if is_column_name(cell) or country_code(cell))
    known = words().known_headers
    return top + sum(
        1 for cell in foreign[_TOP_CELLS:] if header_forms(cell) & known or country_code(cell)
    )

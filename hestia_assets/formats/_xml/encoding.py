"""Which encoding an XML document is in, by its first bytes."""

import codecs
import re

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
DECLARED = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.\-]*)["']""")
TWO_BYTE = {
    "shift_jis",
    "euc_jp",
    "iso2022_jp",
    "big5",
    "gb2312",
    "gbk",
    "gb18030",
    "euc_kr",
    "cp932",
    "cp949",
    "cp950",
}


def encoding_of(head: bytes) -> str:
    """Python's name of the encoding that the document states, UTF-8 where it states none."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name
    if head[:2] in (b"<\0", b"\0<"):
        return "utf-16-le" if head[0] else "utf-16-be"
    found = DECLARED.match(head)
    try:
        return codecs.lookup(found.group(1).decode()).name if found else "utf-8"
    except LookupError:
        return "utf-8"  # expat names the unknown encoding and its place

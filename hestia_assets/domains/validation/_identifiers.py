"""Digits that are names and not amounts: as numbers they would change, or mean nothing."""

import re

import polars as pl

CHANGING = (
    (r"^[+-]?0\d+([.,]\d+)?$", "begin with 0"),
    (r"^\+", "begin with +"),
    (r"^[+-]?\d{16,}$", "have more than 15 digits"),
    (r"^\d+[eE]\d+$", "look like 12E4, a code and no number"),
)
LONG = 8
"""Digits from which a column of numbers of one width is a list of names, if its header says so too."""

NAMES = """
id ids no nr num number code key ref reference ean gtin upc isbn issn sku asin barcode imei serial account
acct iban vat tax ssn sin nin siret siren cif nif nie cpf cnpj plz zip zipcode postcode postal cap cep phone
tel mobile fax nummer numero número numer kennung kennziffer artikelnummer kundennummer kundennr
rechnungsnummer auftragsnummer bestellnummer belegnummer kontonummer telefon telefono téléphone telephone
handy mobil clave codigo código codice kod matricola dni policy npi duns orcid pesel nip regon
"""
NAMING = frozenset(NAMES.split())
POSTAL = frozenset({"plz", "postleitzahl", "zip", "zipcode", "postcode", "postal", "cep"})
RELEASES = frozenset({"version", "ver", "release", "build", "firmware"})
POSTAL_DIGITS = r"^\d{4,6}$"


def changed_as_numbers(values: pl.Series) -> str:
    """Why a column of digits must stay text, with the count that proves it; empty if it need not."""
    if not values.head(1_000).str.contains(r"^[\d+.-]").any():
        return ""
    for pattern, words in CHANGING:
        count = int(values.str.contains(pattern).sum())
        if not count:
            continue
        digits = int(values.str.contains(r"^[+-]?[\d.,eE]+$|^\+?[\d ()/.-]+$").sum())
        if digits * 10 >= values.len() * 9:
            return f"{count:,} of {values.len():,} values {words}; as numbers they would change."
    return ""


def names_of_one_width(values: pl.Series, header: str) -> str:
    """Why a column of long digits is a list of names: one width, no value twice, and a header that says so."""
    if _words(header) & POSTAL and values.str.contains(POSTAL_DIGITS).all():
        return f"All {values.len():,} values have 4 to 6 digits, and '{header}' names places; others begin with 0."
    if not _words(header) & NAMING:
        return ""
    lengths = values.str.len_chars()
    width = int(lengths[0])
    if width < LONG or not (lengths == width).all() or not values.str.contains(r"^\d+$").all():
        return ""
    if values.len() < 2 or values.n_unique() != values.len():
        return ""
    return f"All {values.len():,} values have {width} digits, none comes twice, and '{header}' names things."


def names_things(header: str) -> bool:
    """Whether digits below this header may be names: of things, places or releases."""
    return bool(_words(header) & (NAMING | POSTAL | RELEASES))


def releases(values: pl.Series, header: str) -> str:
    """Why a column of ``1.9`` and ``1.10`` stays text; empty if its header does not say that it names releases."""
    if not _words(header) & RELEASES or not values.str.contains(r"^\d+\.\d*0$").any():
        return ""
    return f"'{header}' names releases: 1.10 is not 1.1."


def without_a_unit(values: pl.Series) -> str:
    """Why a column of amounts with a sign beside them stays text; empty if it is no such column."""
    for pattern, words in ((r"^[-+]?\s*[$€£¥₹₽]|[$€£¥₹₽]$|^-?[A-Z]{3} ?\d|\d ?(?:EUR|USD|GBP|CHF|PLN)$", "a currency"),
                           (r"%$", "a percent sign")):  # fmt: skip
        if not values.head(1_000).str.contains(pattern).any():
            continue
        marked = values.str.contains(pattern) & values.str.contains(r"^\D{0,5}\d[\d.,'\s]*\D{0,5}$")
        count = int(marked.sum())
        if count * 10 >= values.len() * 9:
            shown = values.filter(marked)[0][:20]
            return f"{count:,} of {values.len():,} values carry {words} ('{shown}'); as numbers they would lose it."
    return ""


def _words(header: str) -> set[str]:
    """The words of a header, with ``orderId`` as two."""
    return set(re.findall(r"[^\W_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header).lower()))

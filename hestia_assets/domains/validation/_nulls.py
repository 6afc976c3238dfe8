"""Texts that mean "no value", in a column whose other values are numbers or dates: ``NA`` is also a country."""

import polars as pl

PHRASES = ("n/a", "na", "n.a.", "n.a", "null", "none", "nil", "nan", "unknown", "missing", "not available",
           "not applicable", "not known", "not provided", "no data", "undefined", "empty", "blank", "tbd", "tba",
           "(null)", "(blank)", "<null>", "<na>", "#n/a", "#n/a n/a", "#na", "unbekannt", "k.a.", "k. a.", "k.a",
           "keine angabe", "keine", "leer", "fehlt", "n.v.", "inconnu", "non disponible", "nc", "n.c.", "s/o",
           "desconocido", "sin dato", "sin datos", "n.d.", "n/d", "nd", "sconosciuto", "onbekend", "brak", "b.d.",
           "desconhecido")  # fmt: skip
SIGNS = (
    "-",
    "--",
    "---",
    "\u2013",
    "\u2014",
    ".",
    "..",
    "...",
    "?",
    "??",
    "*",
    "\\N",
    "/",
    "k.A.",
    "k. A.",
    "",
    ":",
    "0000-00-00",
    "0000-00-00 00:00:00",
    "00.00.0000",
    "00/00/0000",
)
CASES = (str.lower, str.upper, str.title, str.capitalize)
WORDS = pl.Series([*{case(phrase) for phrase in PHRASES for case in CASES}, *SIGNS])


MACHINE = ("null", "(null)", "<null>", "<na>", "n/a", "nan", "#n/a", "#na", "none", "\\n")
"""Words that programs write for no value; beside yes and no, ``unknown`` and ``-`` may be a third answer."""


def only_machine_words(nulls: pl.Series) -> bool:
    """Whether no person's answer is among them."""
    return bool(nulls.str.to_lowercase().is_in(list(MACHINE)).all())


def null_words_in(values: pl.Series) -> pl.Series:
    """Which values of a column, stripped, may mean "no value"."""
    return values.is_in(WORDS.implode())

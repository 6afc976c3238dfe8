"""Words for the everyday columns of business files, in eight languages, and what a header says by them.

The phrases stand in ``synonyms.txt``: a meaning in brackets (qualifiers, then the head: ``[first name]``), below it
phrases by language. Accents, case and what stands between words do not count.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

QUALIFIERS = """
bill billing billto facturation facturacion fatturazione faturacao cobranca
ship shipping shipto shipment versand envio spedizione wysylki shipped
deliver delivery livraison liefer entrega consegna dostawy delivered
start begin beginning from von ab debut inicio inizio opening
end ending to until bis finish closing
net netto ht neto liquido
gross brutto ttc bruto lordo
min minimum minimal
max maximum maximal
old previous prior alt vorherige ancien
new neu nouveau nuevo
first erste
last letzte
total gesamt
unit einzel unitario unitaire
customer cust client kunde kunden cliente klant klient debtor
supplier vendor lieferant lieferanten fournisseur proveedor fornitore
product prod item article artikel waren produkt produit producto prodotto
order ordered bestell auftrag auftrags commande pedido ordine
invoice inv rechnung rechnungs facture factura fattura
employee emp staff mitarbeiter empleado
contact kontakt contacto contatto ansprechpartner
company firma business firmen
user member person
payment pay zahlung paiement pago pagamento
birth geburts naissance nacimiento nascita
mobile cell handy mobil
home private privat
work office dienst buro
country
tax vat mwst iva tva
"""

HARD = frozenset(
    {
        "bill",
        "ship",
        "deliver",
        "start",
        "end",
        "net",
        "gross",
        "min",
        "max",
        "old",
        "new",
        "first",
        "last",
        "middle",
        "birth",
    }
)
"""Words that tell two columns of one file apart: a column with one is never the column without it."""

GENERIC = frozenset({"name", "date", "id", "number", "type", "status", "code", "title", "time", "amount", "price"})
"""Heads that say little alone: what stands before them must be the same, or there must be one such column only."""

PLACES = frozenset({"address", "street", "zip", "city", "state", "country", "email", "phone", "company"})

SMALL = """
the of in for a an de du des der die das la le les el los di da do dos del della d l
eur usd gbp chf pln euro euros kg
"""
FILLERS = frozenset(SMALL.split())


@dataclass(frozen=True)
class Meaning:
    """What a header says: the thing, and the words that narrow it down. ``language`` of the phrase found."""

    head: str
    qualifiers: frozenset[str] = frozenset()
    language: str = ""


def words(text: str) -> list[str]:
    """The words of a header, plain: ``orderDate (€)`` → ``order``, ``date``."""
    split = re.sub(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])", " ", unicodedata.normalize("NFKC", text)).lower()
    plain = split.replace("ß", "ss").replace("ł", "l").replace("ø", "o").replace("đ", "d")
    bare = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_\d]+|\d+", bare)


@cache
def _phrases() -> dict[str, Meaning]:
    """Joined words → meaning."""
    found: dict[str, Meaning] = {}
    narrowing: list[str] = []
    head = ""
    for line in (files("hestia_assets.domains.ingest.matching") / "synonyms.txt").read_text("utf-8").splitlines():
        language, _, phrases = line.partition(": ")
        if line.startswith("["):
            *narrowing, head = line.strip("[]").split()
        elif phrases and not line.startswith("#"):
            told = Meaning(head, frozenset(narrowing), language)
            for phrase in phrases.split(", "):
                found.setdefault("".join(words(phrase)), told)
                found.setdefault("".join(words(_spelled_out(phrase))), told)
    return found


def _spelled_out(phrase: str) -> str:
    return phrase.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")


@cache
def _qualifiers() -> dict[str, str]:
    return {word: line.split()[0] for line in QUALIFIERS.strip().splitlines() for word in line.split()}


@cache
def meaning(text: str) -> Meaning | None:
    """What a header says, if its words are known; words that are not known narrow it down as they are."""
    parts = [part for word in words(text) for part in _split(word)]
    spans = [(start, start + size) for size in range(len(parts), 0, -1) for start in range(len(parts) - size, -1, -1)]
    known = [(span, _phrases().get("".join(parts[slice(*span)]))) for span in spans]
    heads = [(span, found) for span, found in known if found is not None]
    for clear in (True, False):  # a word that may also narrow another one down is a head only where none is left
        for (start, end), found in heads:
            if clear and end - start == 1 and len(parts) > 1 and parts[start] in _qualifiers():
                continue
            return _normal(found, _told_apart(found, parts[:start] + parts[end:]))
    return None


def _told_apart(found: Meaning, rest: list[str]) -> frozenset[str]:
    """What narrows a head down: neither small words nor another word for the same thing, as in ``Town/City``."""
    again = {word for word in rest if (other := _phrases().get(word)) and other.head == found.head}
    more = {_qualifiers().get(word, word) for word in rest if word not in FILLERS}
    return found.qualifiers | (more - (again - HARD - set(_qualifiers())))


def _split(word: str) -> list[str]:
    """``rechnungsort`` → ``rechnungs``, ``ort``: words that German and Dutch write as one."""
    known = _phrases()
    if word in known or word in _qualifiers():
        return [word]
    for end in range(len(word) - 2, 3, -1):
        if word[:end] in _qualifiers() and word[end:] in known:
            return [word[:end], word[end:]]
    return [word]


def _normal(found: Meaning, qualifiers: frozenset[str]) -> Meaning:
    """An address for goods or for invoices is the same by any name; when they come is another matter."""
    if found.head in PLACES:
        qualifiers = frozenset({"deliver": "ship", "invoice": "bill"}.get(word, word) for word in qualifiers)
    return Meaning(found.head, qualifiers - {found.head}, found.language)


@cache
def soft_words() -> frozenset[str]:
    """Qualifiers that a column may have or lack: ``customer`` in ``customer email``."""
    told = {word for found in _phrases().values() for word in found.qualifiers}
    return frozenset(told | set(_qualifiers().values())) - HARD


def canonical_words(text: str) -> frozenset[str]:
    """The words of a header, each by its plainest form."""
    return frozenset(_qualifiers().get(word, word) for word in words(text) if word not in FILLERS)

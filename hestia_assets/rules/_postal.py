"""How postal codes are written, by country.

Source: the Universal Postal Union's addressing sheets of the countries ("Postal addressing systems in member
countries", upu.int), with the territories as Unicode CLDR lists them (postalCodeData, supplemental data to release 26).
``#`` is a digit, ``@`` a letter; a blank may be left out. That a code is written right does not say that it is used.
"""

import re

UK_INWARD = " #[ABD-HJLN-UW-Z]{2}"
SHAPES = {
    "###": "FO GN IS LS MG PG",
    "####": "AF AL AM AT AU BD BE BG CH CV CY DK ET GE GW HM HT HU LR MK MZ NE NO NZ PA PH SJ TN VE ZA",
    "#####": "BA BT CR CU DE DO DZ EE EG EH ES FI FR GT HN HR ID IQ IT JO KE KR KW LA LK MA MM MV MX MY NA NI NP PE"
    " PK SN TH TR TZ UA UY ZM",
    "######": "BY CN CO EC KG NG RO RU SG TJ TM TT UZ",
    "####|######": "PY",
    "#####|######": "KH MN RS VN",
    "#####(-####)?": "SA US",
    "### ##": "CZ GR SE SK",
    "[1-9]## ###": "IN",
    "###-?####": "CL JP",
    "#####-?###": "BR",
    "#####-?#####": "IR",
    "##-###": "PL",
    "####-###": "PT",
    "#####(##)?": "IL",
    "###(##|###)?": "TW",
    "####( ####)?": "LB",
    "######|@##@#@#": "KZ",
    "[A-HJ-NP-Z]?####(@{3})?": "AR",
    "[1-9]### @{2}": "NL",
    "[ABCEGHJ-NPRSTVXY]#[ABCEGHJ-NPRSTV-Z] #[ABCEGHJ-NPRSTV-Z]#": "CA",
    f"GIR 0AA|@[A-HJ-Y]?#[#@]?{UK_INWARD}|BFPO #{{1,4}}": "GB",
    f"GY#[#@]?{UK_INWARD}": "GG",
    f"IM#[#@]?{UK_INWARD}": "IM",
    f"JE#[#@]?{UK_INWARD}": "JE",
    "([AC-FHKNPRTV-Y]##|D6W) [0-9AC-FHKNPRTV-Y]{4}": "IE",
    "AD[1-7]##": "AD",
    "(AZ )?####": "AZ",
    "BB#####": "BB",
    "(1[0-2]|[1-9])##": "BH",
    "@{2} [#@]{2}": "BM",
    "@{2} ####": "BN",
    "(LT-)?#####": "LT",
    "(L-)?####": "LU",
    "(LV-)?####": "LV",
    "(MD-?)?####": "MD",
    "(SI-)?####": "SI",
    "@{3} ##(##)?": "MT",
    "###(##|@{2}###)": "MU",
    "(PC )?###": "OM",
    "@{2} #####": "SO",
    "[HLMS]###": "SZ",
    "(CP )?####": "SV",
    "948[5-9]|949[0-8]": "LI",
    "980##": "MC",
    "8####": "ME",
    "4789#": "SM",
    "00120": "VA",
    "[1-7]####": "XK",
    "22###": "AX",
    "39##": "GL",
    "9[78][01]##": "BL GP MF",
    "9[78]2##": "MQ",
    "9[78]3##": "GF",
    "9[78]4##": "RE",
    "9[78]5##": "PM",
    "976##": "YT",
    "986##": "WF",
    "987##": "PF",
    "988##": "NC",
    "00[679]##(-####)?": "PR",
    "008##(-####)?": "VI",
    "9679[69](-####)?": "AS",
    "969##(-####)?": "FM GU MH MP PW",
    "2899": "NF",
    "6798": "CX",
    "6799": "CC",
    "ASCN 1ZZ|STHL 1ZZ|TDCU 1ZZ": "SH",
    "BBND 1ZZ": "IO",
    "FIQQ 1ZZ": "FK",
    "GX11 1AA": "GI",
    "PCRN 1ZZ": "PN",
    "SIQQ 1ZZ": "GS",
    "TKCA 1ZZ": "TC",
    "AI-?2640": "AI",
    "KY#-####": "KY",
    "VC####": "VC",
    "VG####": "VG",
}
_CODES = (
    "AE AG AN AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CM CW DJ DM ER FJ GA GD GH GM GQ GY HK KI KM KN KP LY ML MO"
    " MR MW NR NU QA RW SB SC SL SR ST SY TD TF TG TK TL TO TV UG VU YE ZW"
)
WITHOUT = tuple(_CODES.split())
"""Countries that deliver without postal codes: any text passes there."""


def _regex(shape: str) -> str:
    """``#[#@]`` → ``[0-9][0-9A-Z]``: inside brackets a sign stands for its range only."""
    inside = re.sub(r"\[[^\]]*\]", lambda found: found[0].replace("#", "0-9").replace("@", "A-Z"), shape)
    parts = re.split(r"(\[[^\]]*\])", inside)
    plain = [part if part.startswith("[") else part.replace("#", "[0-9]").replace("@", "[A-Z]") for part in parts]
    return "".join(plain).replace(" ", " ?").replace("(", "(?:")


PATTERNS = {country: _regex(shape) for shape, countries in SHAPES.items() for country in countries.split()}
"""By ISO 3166 code a regular expression for a whole postal code in capitals."""

"""Rules about texts that name something outside: addresses, numbers of accounts, codes."""

from cases.shape import Case

LONG = "x" * 10_000
NEVER = ["", " ", "\n", "🌷", "null", LONG]
"""What no identifier is."""
REAL = """FR 75001|IT 00118|ES 28001|PT 1000-001|SE 111 22|NO 0150|DK 1050|FI 00100|BE 1000|CH 8001|LU L-1009
SK 811 01|HU 1011|RO 010011|BG 1000|GR 104 31|HR 10000|SI 1000|LT LT-01100|LV LV-1010|EE 10111
MT VLT 1117|CY 1010|TR 06100|UA 01001|RU 101000|JP 100-0001|CN 100000|KR 03051|IN 110001|AU 2000|NZ 6011
ZA 0001|BR 01310-100|MX 06000|AR C1000AAA|CL 8320000|IL 9103401|SA 11564|SG 018956|TW 100|TH 10200
VN 100000|MY 50000|PH 1000|ID 10110|IS 101|LI 9490|MC 98000|AD AD500|SM 47890|VA 00120|GG GY1 1AA
JE JE2 3BX|IM IM1 1AA|KY KY1-1001|BM HM 12|MU 11328|LB 1107 2810|PR 00901|GI GX11 1AA|KZ 010000|GE 0108
RS 11000|BA 71000|ME 81000|MK 1000|AL 1001|MD MD-2001|BY 220030|AM 0010|AZ AZ 1000|UZ 100000|EG 11511
MA 10000|TN 1000|DZ 16000|KE 00100|NG 900001|PK 44000|BD 1000|LK 00100|NP 44600|IR 11369-13111|CO 110111
PE 15001|GL 3900|FO 100|AX 22100|RE 97400|GP 97100|NC 98800|PF 98714|XK 10000|SZ H100|SO JH 09010"""
CASES = {
    "email": [
        Case(
            ["ada@example.com", "a.b+c@sub.example.co.uk", "ADA@Example.COM", "zoë@exämple.de", "o'neill@example.ie",
             "x@xn--exmple-cua.de", "a@1.de", None],
            ["ada", "ada@", "@example.com", "ada@example", "a..b@example.com", ".a@example.com", "ada@example..com",
             "ada @example.com", " ada@example.com", "ada@example.com\n", "Ada <ada@example.com>", "a@b.de, c@d.de",
             "ada@localhost", "ada@shop.test", "ada@-example.com", f"{'a' * 65}@example.com", "a@b.de;", *NEVER],
        )
    ],
    "url": [
        Case(
            ["https://example.com", "http://example.com/a?b=c#d", "HTTPS://EXAMPLE.COM/", "https://exämple.de/ü",
             "http://localhost:8080/", "http://127.0.0.1/x", "http://[::1]:80/", "https://a.b/%20", "http://x_y.de",
             "https://ada:secret@example.com/", None],
            ["example.com", "www.example.com", "ftp://example.com", "https://", "https:///x", "https://example",
             "http://256.1.1.1", "http://1.2.3", "https://exam ple.com", " https://example.com", "https://a..b",
             "https://-a.de", "https://example.com:99999", "https://example.com:x", "http://[::1", "https://a.de/<b>",
             "https://a.de/%zz", "https://a.de/x\ty", "mailto:ada@example.com", "javascript:alert(1)", "//a.de",
             *NEVER],
        ),
        Case(["https://a.de"], ["http://a.de"], {"schemes": ["https"]}),
        Case(["sftp://a.de/x"], ["https://a.de"], {"schemes": ["SFTP://"]}),
    ],
    "phone": [
        Case(
            ["+49 30 901820", "+4930901820", "+1 (650) 253-0000", "+44 20 7946 0018", "+49 (0)30/901820", None],
            ["030 901820", "+49", "+49 30", "+999 123456", "+49 30 901820 x5", "+49 30 901820, +49 30 901821",
             "tel:+4930901820", "0800 FLOWERS", "+\u0664\u0669\u0663\u0660\u0669\u0660\u0661\u0668\u0662\u0660",
                  "112", *NEVER],
        ),
        Case(["030 901820", "030/90 18-20", "+41 44 668 18 00"], ["30 901820 000 000 000", "12"], {"region": "de"}),
        Case(["030 901820", "0049 30 901820"], ["+41 44 668 18 00"], {"region": "DE", "only_region": True}),
    ],
    "iban": [
        Case(
            ["DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "de89370400440532013000",
                 "GB29NWBK60161331926819",
             "NO9386011117947", "MT84MALT011000012345MTLCAST001S", "BE68539007547034", None],
            ["DE88370400440532013000", "DE8937040044053201300", "DE893704004405320130001", "XX89370400440532013000",
             "DE89 3704 0O44 0532 0130 00", "89370400440532013000", "BE68539007547035",
                  "DE\u0668\u0669370400440532013000", *NEVER],
        ),
        Case(["DE89370400440532013000"], ["GB29NWBK60161331926819"], {"country": "DE"}),
    ],
    "vat_number": [
        Case(
            ["DE136695976", "ATU13585627", "NL004495445B01", "FR40303265045", "IE6433435F", "el 094259216", None],
            ["136695976", "DE136695977", "DE13669597", "GB980780684", "XX136695976", "DE-", *NEVER],
        ),
        Case(["BE 0428 759 497"], ["BE" + "1" * 5_000, ""], {"country": "BE"}),
        Case(["DE136695976", "136695976", "DE 136 695 976"], ["ATU13585627", "136695977", ""], {"country": "DE"}),
        Case(["GB980780684", "980 7806 84"], ["802311781", "DE136695976"], {"country": "GB"}),
        Case(["CHE-100.155.212 MWST"], ["CHE-100.155.213 MWST"], {"country": "CH"}),
        Case(["EL094259216"], ["094259216"], {"country": "EU"}),
    ],
    "postal_code": [
        Case([tuple(one.split(" ", 1)) for line in REAL.splitlines() for one in line.split("|")],
             [("FR", "7500"), ("CH", "80011"), ("JP", "1000-001"), ("AR", "C1000AA"), ("XK", "80000")],
             {"country_column": "a"}, columns="b"),
        Case(["01067", "99999", None], ["1067", "D-01067", "010670", " 01067", "\u0660\u0661\u0660\u0666\u0667",
             *NEVER], {"country": "DE"}),
        Case(["SW1A 1AA", "sw1a1aa", "M1 1AE", "GIR 0AA"], ["SW1A  1AA", "SW1A 1A", "12345", "1AA SW1"],
             {"country": "GB"}),
        Case(["K1A 0B1", "k1a0b1"], ["K1A 0O1", "D1A 0B1", "K1A-0B1", "\u212a1A 0B1"], {"country": "CA"}),
        Case(["10001", "10001-1234"], ["10001-", "1000", "100011234"], {"country": "US"}),
        Case(["1012 AB", "1012ab"], ["0012 AB", "1012 A", "1012"], {"country": "nl"}),
        Case(["00-950"], ["00950", "00 950"], {"country": "PL"}),
        Case(["110 00", "11000"], ["1100", "110-00"], {"country": "CZ"}),
        Case(["D02 X285", "A65F4E2"], ["D02", "O02 X285"], {"country": "IE"}),
        Case(
            [("DE", "01067"), ("at", "1010"), ("HK", "whatever"), ("AE", ""), (None, "x"), ("DE", None), ("IO",
                 "BBND 1ZZ")],
            [("DE", "1010"), ("AT", "01067"), ("", "01067"), ("Deutschland", "01067"), ("DEU", "01067"), ("XX", "1"),
             ("DE", ""), ("D", "E|01067"), ("🌷", "1")],
            {"country_column": "a"}, ["text", "text"], "b",
        ),
    ],
    "iso_country": [
        Case(["DE", "US", "GB", None], ["de", "DEU", "XK", "UK", "D", "DE ", "Germany", *NEVER]),
        Case(["DEU", "USA"], ["DE", "deu", "XXX"], {"code": "alpha-3"}),
    ],
    "iso_currency": [Case(["EUR", "USD", "XAU", None], ["eur", "€", "DEM", "EURO", "EUR ", "978", *NEVER])],
    "iso_language": [
        Case(["de", "en", None], ["DE", "deu", "de-DE", "xx", "German", *NEVER]),
        Case(["deu", "eng"], ["ger", "de", "zzz"], {"code": "alpha-3"}),
    ],
}  # fmt: skip
REFUSED = {
    name: [Case(["1"], types=["integer"])]
    for name in ("email", "url", "phone", "iban", "vat_number", "iso_country", "iso_currency", "iso_language")
}
REFUSED["url"] += [Case(["a"], params={"schemes": "https"}), Case(["a"], params={"schemes": [""]})]
REFUSED["phone"] += [Case(["1"], params={"region": "XX"}), Case(["1"], params={"only_region": True})]
REFUSED["iban"] += [Case(["1"], params={"country": "US"})]
REFUSED["vat_number"] += [Case(["1"], params={"country": "US"})]
REFUSED["iso_country"] += [Case(["1"], params={"code": "numeric"})]
REFUSED["iso_language"] += [Case(["1"], params={"code": "alpha-4"})]
REFUSED["postal_code"] = [
    Case(["1"]),
    Case(["1"], params={"country": "HK"}),
    Case(["1"], params={"country": "Germany"}),
    Case(["1"], params={"country_column": "z"}),
    Case([("DE", "1")], params={"country": "DE", "country_column": "a"}, types=["text", "text"], columns="b"),
    Case(["1"], params={"country": "DE"}, types=["integer"]),
]

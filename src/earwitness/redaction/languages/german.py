"""German."""

from earwitness.redaction.languages.table import Language, counted, phrases, tens, words

_UNITS = counted("null eins/ein zwei/zwo drei vier funf/fuenf sechs sieben acht neun")
_TENS = tens("zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig", 20)

GERMAN = Language(
    numbers={
        **{word: digit for word, digit in _UNITS.items() if word != "ein"},
        **counted(
            "zehn elf zwolf/zwoelf dreizehn vierzehn funfzehn/fuenfzehn sechzehn siebzehn achtzehn neunzehn",
            10,
        ),
        **{ten: str(value) for ten, value in _TENS.items()},
        "dreißig": "30",
        **{
            f"{unit}und{ten}": str(value + int(digit))
            for ten, value in [*_TENS.items(), ("dreißig", 30)]
            for unit, digit in _UNITS.items()
            if digit != "0" and unit != "eins"
        },
    },
    repeats={"doppel": 2, "zweimal": 2, "dreimal": 3},
    powers={"hundert": 2, "tausend": 3},
    symbols={
        "at": "@",
        "ät": "@",
        "klammeraffe": "@",
        "punkt": ".",
        "unterstrich": "_",
        "bindestrich": "-",
        "minus": "-",
        "plus": "+",
    },
    fillers=words("ah ahm und dann strich bindestrich minus komma also ja"),
    units=words(
        "euro cent prozent minuten minute stunden stunde uhr tage tag wochen monate jahre jahr personen "
        "mal stuck "
        "kilo kilometer grad millionen ziffern stellen"
    ),
    months=words("januar februar marz april mai juni juli august september oktober november dezember"),
    cues={
        "phone": phrases(
            "erreichen, erreichbar, ruckruf, rufen, telefon, telefonnummer, handy, handynummer, mobil, "
            "festnetz, anrufen, rufnummer"
        ),
        "number": phrases("nummer, meine nummer"),
        "card": phrases("karte, kreditkarte, kartennummer, visa, mastercard"),
        "cvv": phrases("cvv, cvc, prufnummer, kartenprufnummer, sicherheitscode"),
        "national_id": phrases("steuer id, steueridentifikationsnummer, personalausweis"),
        "iban": phrases("iban, bankverbindung, kontonummer"),
        "email": phrases("email, e mail, mail, adresse"),
        "birth_date": phrases("geboren, geburtsdatum, geburtstag"),
    },
    not_a_phone=phrases(
        "bestellnummer, bestellung, rechnung, rechnungsnummer, auftrag, auftragsnummer, kundennummer, "
        "vorgang, "
        "sendung, sendungsnummer, seriennummer, artikelnummer, referenz, aktenzeichen"
    ),
    email_leads=words("an ist unter per"),
    no_local_part=words("ist an die der mir uns auf von und oder adresse"),
)

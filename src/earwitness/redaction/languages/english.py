"""English."""

from earwitness.redaction.languages.table import Language, counted, phrases, tens, words

_UNITS = counted("zero one two three four five six seven eight nine")
_TENS = tens("twenty thirty forty fifty sixty seventy eighty ninety", 20)
_COMPOUND = {
    f"{ten} {unit}": str(value + int(digit))
    for ten, value in _TENS.items()
    for unit, digit in _UNITS.items()
    if digit != "0"
}
_ORDINALS = counted(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
    "fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
    1,
)

ENGLISH = Language(
    numbers={
        **_UNITS,
        **counted("oh/o/nought/naught/nil"),
        **counted(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
            10,
        ),
        **{ten: str(value) for ten, value in _TENS.items()},
        "fourty": "40",
        **_COMPOUND,
    },
    repeats={"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
    powers={"hundred": 2, "thousand": 3},
    symbols={
        "at": "@",
        "at sign": "@",
        "dot": ".",
        "point": ".",
        "period": ".",
        "underscore": "_",
        "under score": "_",
        "dash": "-",
        "hyphen": "-",
        "minus": "-",
        "plus": "+",
    },
    fillers=words(
        "uh um er erm ah hmm mm and then dash hyphen minus space so next comma okay ok yeah right "
        "followed by "
        "again wait its is area code"
    ),
    units=words(
        "dollar dollars bucks euro euros pound pounds cent cents pence percent minute minutes hour hours "
        "second "
        "seconds day days week weeks month months year years people persons times items pieces kilos "
        "miles km "
        "kilometers degrees feet inches pm am oclock stars points units boxes nights guests rooms digits "
        "digit "
        "bedrooms pages thousand million billion"
    ),
    months=words("january february march april may june july august september october november december"),
    ordinals={
        **_ORDINALS,
        "thirtieth": "30",
        **{f"twenty {name}": str(20 + int(n)) for name, n in _ORDINALS.items() if int(n) < 10},
        "thirty first": "31",
    },
    cues={
        "phone": phrases(
            "phone, telephone, cell, cellphone, mobile, landline, fax, call me, call us, call back, call "
            "him, call her, "
            "reach me, reach us, reach him, reach her, reached at, text me, ring me, dial, whatsapp, "
            "contact number, "
            "number to call, callback"
        ),
        "number": phrases(
            "my number, your number, his number, her number, our number, number is, numbers, line is, "
            "number on file, "
            "number at, number"
        ),
        "card": phrases(
            "card, visa, mastercard, master card, amex, american express, discover, maestro, debit, credit"
        ),
        "cvv": phrases(
            "cvv, cvv2, cvc, cvc2, cvn, security code, security number, card verification, verification "
            "value, "
            "csc, c v v, c v c, back of the card, back of my card, back of your card, on the back, code "
            "on the front, "
            "front of the card"
        ),
        "national_id": phrases(
            "social security, ssn, social, s s n, national insurance, ni number, national id, taxpayer, "
            "tax id, "
            "identity number, id number, itin"
        ),
        "last_digits": phrases("last four, last 4, final four, last digits"),
        "iban": phrases("iban, bank account, i b a n"),
        "email": phrases("email, e mail, mail, address"),
        "birth_date": phrases("born, birth, birthday, birthdate, dob, d o b"),
    },
    not_a_phone=phrases(
        "order, tracking, invoice, reference, confirmation, ticket, case, claim, policy, serial, part, "
        "model, sku, "
        "flight, booking, reservation, account, member, membership, meter, version, isbn, item, "
        "transaction, "
        "parcel, shipment, docket, batch, po number, purchase, customer, routing, zip, postcode, "
        "population, "
        "article, barcode, license, licence, vin, job, quote, id, loyalty, room, extension, budget, "
        "index, error"
    ),
    email_leads=words("to is be its under via"),
    no_local_part=words(
        "is its it me us my to at the a an be address email mail reach write send us here there look "
        "looking visit "
        "find available online shop store see more arrive arrived meet working work check page out look "
        "him her "
        "them you information details or and thats"
    ),
)

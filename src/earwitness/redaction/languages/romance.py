"""French, Italian and Portuguese."""

from earwitness.redaction.languages.table import Language, counted, phrases, words


def _compound(tens: dict[str, int], units: dict[str, str], *joints: str) -> dict[str, str]:
    return {
        f"{ten}{joint}{unit}": str(value + int(digit))
        for ten, value in tens.items()
        for unit, digit in units.items()
        for joint in joints
        if digit != "0"
    }


_FR_UNITS = counted("zero un/une deux trois quatre cinq six sept huit neuf")
_FR_LOW = counted("dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf", 10)
_FR_TENS = {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "quatre vingt": 80}
_FR_TENS |= {"septante": 70, "huitante": 80, "nonante": 90}

FRENCH = Language(
    numbers={
        **{word: digit for word, digit in _FR_UNITS.items() if word != "une"},
        **_FR_LOW,
        **{ten: str(value) for ten, value in _FR_TENS.items()},
        "quatre vingts": "80",
        **_compound(_FR_TENS, _FR_UNITS, " ", " et "),
        **{
            f"{ten}{j}{low}": str(_FR_TENS[ten] + int(value))
            for ten in ("soixante", "quatre vingt")
            for j in (" ", " et ")
            for low, value in _FR_LOW.items()
        },
    },
    repeats={"double": 2, "triple": 3},
    powers={"cent": 2, "cents": 2, "mille": 3},
    symbols={"arobase": "@", "arrobase": "@", "point": ".", "tiret bas": "_", "tiret": "-", "plus": "+"},
    fillers=words("euh et puis alors ensuite tiret espace virgule"),
    units=words(
        "euro euros centimes minutes minute heures heure jours jour semaines mois ans annees personnes "
        "fois kilos "
        "kilometres degres millions chiffres pour"
    ),
    months=words("janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre"),
    ordinals={"premier": "1"},
    cues={
        "phone": phrases("telephone, portable, mobile, appelez, joindre, rappeler, fixe"),
        "number": phrases("numero, mon numero, votre numero"),
        "card": phrases("carte, carte bleue, visa, mastercard"),
        "cvv": phrases("cvv, cvc, cryptogramme, code de securite, dos de la carte"),
        "national_id": phrases("securite sociale, carte d identite"),
        "iban": phrases("iban, rib, compte bancaire"),
        "email": phrases("email, mail, courriel, adresse"),
        "birth_date": phrases("ne le, nee le, naissance, anniversaire, suis ne, suis nee"),
    },
    not_a_phone=phrases(
        "commande, suivi, facture, reference, dossier, client, colis, serie, contrat, vol, reservation"
    ),
    email_leads=words("a est"),
    no_local_part=words("est a mon ma l le la adresse mail c"),
)

_IT_UNITS = counted("zero uno due tre quattro cinque sei sette otto nove")
_IT_TENS = {"venti": 20, "trenta": 30, "quaranta": 40, "cinquanta": 50, "sessanta": 60, "settanta": 70}
_IT_TENS |= {"ottanta": 80, "novanta": 90}

ITALIAN = Language(
    numbers={
        **_IT_UNITS,
        **counted(
            "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove", 10
        ),
        **{ten: str(value) for ten, value in _IT_TENS.items()},
        **{
            (ten[:-1] if digit in "18" else ten) + unit: str(value + int(digit))
            for ten, value in _IT_TENS.items()
            for unit, digit in _IT_UNITS.items()
            if digit != "0"
        },
    },
    repeats={"doppio": 2, "triplo": 3},
    powers={"cento": 2, "mille": 3, "mila": 3},
    symbols={"chiocciola": "@", "punto": ".", "trattino basso": "_", "trattino": "-", "piu": "+"},
    fillers=words("eh e poi allora trattino spazio virgola"),
    units=words(
        "euro centesimi minuti ore giorni settimane mesi anni persone volte chili chilometri gradi "
        "milioni cifre"
    ),
    months=words(
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    ),
    cues={
        "phone": phrases("telefono, cellulare, chiamami, chiamarmi, richiamare, fisso"),
        "number": phrases("numero, mio numero, suo numero"),
        "card": phrases("carta, carta di credito, visa, mastercard"),
        "cvv": phrases("cvv, cvc, codice di sicurezza, retro della carta"),
        "national_id": phrases("codice fiscale"),
        "iban": phrases("iban, conto corrente"),
        "email": phrases("email, mail, posta, indirizzo"),
        "birth_date": phrases("nato il, nata il, nascita, compleanno, sono nato, sono nata"),
    },
    not_a_phone=phrases(
        "ordine, spedizione, fattura, riferimento, pratica, cliente, serie, volo, prenotazione"
    ),
    email_leads=words("a e all"),
    no_local_part=words("e a mia mio la il indirizzo mail"),
)

_PT_UNITS = counted("zero um dois tres quatro cinco seis/meia sete oito nove")
_PT_TENS = {"vinte": 20, "trinta": 30, "quarenta": 40, "cinquenta": 50, "sessenta": 60, "setenta": 70}
_PT_TENS |= {"oitenta": 80, "noventa": 90}

PORTUGUESE = Language(
    numbers={
        **_PT_UNITS,
        "duas": "2",
        **counted(
            "dez onze doze treze catorze/quatorze quinze dezesseis/dezasseis dezessete/dezassete dezoito "
            "dezenove/dezanove",
            10,
        ),
        **{ten: str(value) for ten, value in _PT_TENS.items()},
        **_compound(_PT_TENS, {w: d for w, d in _PT_UNITS.items() if w != "meia"}, " e "),
    },
    repeats={"duplo": 2, "dobro": 2, "triplo": 3},
    powers={"cem": 2, "cento": 2, "mil": 3},
    symbols={
        "arroba": "@",
        "ponto": ".",
        "sublinhado": "_",
        "underline": "_",
        "traco": "-",
        "hifen": "-",
        "mais": "+",
    },
    fillers=words("eh e depois entao traco espaco virgula"),
    units=words(
        "euro euros reais real centavos minutos horas dias semanas meses anos pessoas vezes quilos "
        "graus milhoes digitos"
    ),
    months=words("janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"),
    cues={
        "phone": phrases("telefone, celular, telemovel, ligar, ligue"),
        "number": phrases("numero, meu numero, seu numero"),
        "card": phrases("cartao, visa, mastercard"),
        "cvv": phrases("cvv, cvc, codigo de seguranca, verso do cartao"),
        "national_id": phrases("cpf, nif, identidade, contribuinte"),
        "iban": phrases("iban, conta bancaria"),
        "email": phrases("email, mail, correio, endereco"),
        "birth_date": phrases("nasci, nascido, nascida, nascimento, aniversario"),
    },
    not_a_phone=phrases(
        "pedido, encomenda, fatura, referencia, protocolo, cliente, serie, voo, reserva, contrato"
    ),
    email_leads=words("para e"),
    no_local_part=words("e o a meu minha endereco email"),
)

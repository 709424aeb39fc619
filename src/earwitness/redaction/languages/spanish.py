"""Spanish."""

from earwitness.redaction.languages.table import Language, counted, phrases, tens, words

_UNITS = counted("cero uno dos tres cuatro cinco seis siete ocho nueve")
_TENS = tens("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30)

SPANISH = Language(
    numbers={
        **_UNITS,
        **counted(
            "diez once doce trece catorce quince dieciseis/diez_y_seis diecisiete/diez_y_siete "
            "dieciocho/diez_y_ocho diecinueve/diez_y_nueve veinte veintiuno/veintiun veintidos veintitres "
            "veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve",
            10,
        ),
        **counted(
            "doscientos/doscientas trescientos/trescientas cuatrocientos/cuatrocientas "
            "quinientos/quinientas "
            "seiscientos/seiscientas setecientos/setecientas ochocientos/ochocientas "
            "novecientos/novecientas",
            2,
            times=100,
        ),
        **{ten: str(value) for ten, value in _TENS.items()},
        **{
            f"{ten} y {unit}": str(value + int(digit))
            for ten, value in _TENS.items()
            for unit, digit in _UNITS.items()
            if digit != "0"
        },
    },
    repeats={"doble": 2, "triple": 3},
    powers={"cien": 2, "ciento": 2, "cientos": 2, "mil": 3},
    symbols={
        "arroba": "@",
        "punto": ".",
        "guion bajo": "_",
        "barra baja": "_",
        "guion": "-",
        "mas": "+",
    },
    fillers=words("eh este pues y luego entonces guion espacio coma bueno vale si despues mas"),
    units=words(
        "euro euros peso pesos dolar dolares centimos por porciento minuto minutos hora horas dia dias "
        "semana "
        "semanas mes meses ano anos personas veces kilos kilometros grados millones puntos unidades cajas "
        "noches "
        "habitaciones digitos digito cifras paginas"
    ),
    months=words(
        "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre"
    ),
    ordinals={"primero": "1", "primer": "1"},
    cues={
        "phone": phrases(
            "telefono, movil, celular, llamame, llameme, llamar, llamarme, llamen, fijo, "
            "contacto, whatsapp, localizarme, marcar"
        ),
        "number": phrases("numero, mi numero, su numero, numero es"),
        "card": phrases("tarjeta, visa, mastercard, credito, debito"),
        "cvv": phrases(
            "cvv, cvc, codigo de seguridad, clave de seguridad, codigo de verificacion, detras de la "
            "tarjeta, "
            "reverso, al dorso, parte de atras"
        ),
        "national_id": phrases("dni, nie, nif, documento, identidad, seguridad social, curp, cedula"),
        "last_digits": phrases("ultimos cuatro, ultimas cuatro, ultimos 4, ultimos digitos"),
        "iban": phrases("iban, cuenta bancaria, numero de cuenta"),
        "email": phrases("correo, email, mail, direccion, electronico"),
        "birth_date": phrases("naci, nacio, nacido, nacida, nacimiento, cumpleanos"),
    },
    not_a_phone=phrases(
        "pedido, seguimiento, factura, referencia, confirmacion, expediente, poliza, serie, modelo, vuelo, "
        "reserva, cuenta, socio, cliente, articulo, envio, incidencia, codigo postal, ticket, contrato, "
        "lote, presupuesto"
    ),
    email_leads=words("a es al"),
    no_local_part=words("es a mi en de el la su correo email direccion escribe escriba al y o"),
)

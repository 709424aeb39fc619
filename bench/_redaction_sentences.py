"""Sentences of the labelled corpus, by language and half: `{phone}` is where a value goes.

Who improves the detectors reads the errors of the first half (`seen`) alone; the other (`unseen`) has
sentences of its own and says how well that holds elsewhere. `|` begins a next message of the same
speaker, `?>` ends a question of the other's that was asked before, `~` parts sentences of a line.
"""

SEEN = {
    "en": """
        {phone} | {card}
        You can reach me at {phone} after six.
        My phone number is {phone}, thanks.
        Call me back on {phone} please.
        Sure, it's {phone}.
        What number can we call? ?> Uh, {phone}.
        my mobile's {phone} and my email is {email}
        the office line is {phone}, ask for Dana
        Please text {phone} when it ships
        {phone}. That's my sister's cell.
        It's {phone_a} | {phone_b}
        I'd like to pay with {card}, please.
        My card is {card} expiring 09/28.
        The number on the front? {card}
        Okay so the card number: {card}.
        Could you read me the card number? ?> {card}
        Visa {card}
        The long number is {card_a} | {card_b}
        It starts {card_a} | then {card_b} | that's it
        and the CVV is {cvv}
        What are the three digits on the back? ?> {cvv}
        security code {cvv}
        What's the security code? ?> It's {cvv}, I think.
        card verification value {cvv}, right
        Send it to {email} please.
        My email address is {email}.
        {email}
        Yes, e-mail me: {email}!
        That would be {email}, all lower case.
        What's your email? ?> {email}
        The IBAN is {iban}.
        please transfer it to {iban}
        bank account: {iban}
        My social is {national_id}.
        SSN {national_id}
        And your social security number? ?> {national_id}
        national insurance number {national_id}
        I was born on {birth_date}.
        My date of birth is {birth_date}.
        Could I have your date of birth? ?> {birth_date}
        DOB {birth_date}
        birthday's {birth_date}, yes
        The policy is {policy}, on my husband's name.
        This is {name} speaking.
        Hi, {name} here, my number is {phone}.
        """,
    "es": """
        Me puede llamar al {phone}.
        Mi teléfono es el {phone}, gracias.
        ¿Cuál es su número? ?> Pues {phone}.
        apunte el móvil: {phone}
        mi celular es {phone} y mi correo {email}
        Es el {phone_a} | {phone_b}
        Quiero pagar con la tarjeta {card}.
        El número de tarjeta es {card}, caduca en septiembre.
        ¿Me dice el número de la tarjeta? ?> {card}
        Empieza por {card_a} | {card_b}
        El código de seguridad es {cvv}.
        ¿Los tres dígitos del reverso? ?> {cvv}
        cvv {cvv}
        Mi correo es {email}.
        Envíelo a {email}, por favor.
        ¿Su correo electrónico? ?> {email}
        La cuenta es {iban}.
        IBAN {iban}
        haga la transferencia a {iban}, gracias
        Mi DNI es {national_id}.
        ¿Me da su documento de identidad? ?> {national_id}
        NIE {national_id}
        Nací el {birth_date}.
        Mi fecha de nacimiento es {birth_date}.
        ¿Fecha de nacimiento? ?> {birth_date}
        La póliza {policy} está a mi nombre.
        Soy {name}, buenos días.
        """,
    "de": """
        Meine Telefonnummer ist {phone}.
        Sie erreichen mich unter {phone}.
        Wie ist Ihre Nummer? ?> {phone}
        Die Kreditkarte ist {card}.
        Die Kartennummer lautet {card_a} | {card_b}
        Die Prüfnummer ist {cvv}.
        Meine Adresse ist {email}.
        Schreiben Sie an {email}.
        Die IBAN ist {iban}.
        Meine Steuer-ID ist {national_id}.
        Ich bin am {birth_date} geboren.
        Mein Geburtsdatum ist {birth_date}.
        """,
    "fr": """
        Mon téléphone est le {phone}.
        Vous pouvez me joindre au {phone}.
        Votre numéro ? ?> {phone}
        Ma carte est la {card}.
        Le numéro de la carte : {card_a} | {card_b}
        Le cryptogramme est {cvv}.
        Mon adresse est {email}.
        Écrivez à {email}.
        Mon IBAN est {iban}.
        Mon numéro de sécurité sociale est {national_id}.
        Je suis né le {birth_date}.
        Ma date de naissance est le {birth_date}.
        """,
    "it": """
        Il mio telefono è {phone}.
        Mi può chiamare al {phone}.
        Il suo numero? ?> {phone}
        La mia carta è {card}.
        Il numero della carta è {card_a} | {card_b}
        Il codice di sicurezza è {cvv}.
        La mia mail è {email}.
        Scriva a {email}.
        L'IBAN è {iban}.
        Il mio codice fiscale è {national_id}.
        Sono nato il {birth_date}.
        La data di nascita è {birth_date}.
        """,
    "pt": """
        O meu telefone é {phone}.
        Pode ligar para {phone}.
        Qual é o seu número? ?> {phone}
        O meu cartão é {card}.
        O número do cartão é {card_a} | {card_b}
        O código de segurança é {cvv}.
        O meu email é {email}.
        Escreva para {email}.
        O IBAN é {iban}.
        O meu NIF é {national_id}.
        Nasci em {birth_date}.
        A data de nascimento é {birth_date}.
        """,
}
UNSEEN = {
    "en": """
        If we get cut off my cell is {phone}.
        Well, the best contact number for her would be {phone}, okay?
        Which number is on file? ?> I believe {phone}
        Please ring {phone} and leave a message
        dial {phone} between nine and five
        {phone}, and in the evening {phone}
        I just moved, so the new landline is {phone_a} | {phone_b} | got it?
        Charge my Mastercard {card}.
        Let me grab my wallet. It says {card}.
        I'm reading it out now: {card}, valid thru 11/27.
        Go ahead with the card. ?> {card_a} | {card_b}
        First block {card_a} | next {card_b} | done
        The little number there says {cvv} on the back.
        Now the CVC please. ?> {cvv}
        Okay, and the code is {cvv}, the security code I mean.
        invoice to {email} and a copy to {email}
        Could you spell your address for me? ?> {email}
        you'll find me under {email}
        the mail goes to {email}, same as before
        My account over there is {iban}, the IBAN.
        Pay the deposit to {iban} by Friday.
        Yeah my social security is {national_id}, I know it by heart.
        Can I get the last thing, your SSN? ?> Sure, {national_id}.
        My NI number, {national_id}, is on the letter.
        He's born {birth_date}, my son.
        For verification, birth date {birth_date}.
        When were you born? ?> {birth_date}
        Customer {name} asked about {policy}.
        I'm calling for {name}; the callback number is {phone}.
        """,
    "es": """
        Si se corta, mi móvil es {phone}.
        El fijo de casa es {phone} y el otro {phone}
        ¿A qué teléfono le llamamos? ?> Al {phone}, por la tarde.
        marque {phone} después de las tres
        le dicto: {phone_a} | {phone_b}, mi celular
        Cargue {card} en mi visa.
        La tarjeta de mi marido, {card}, por favor.
        Dígame la tarjeta. ?> {card_a} | {card_b}
        Por detrás pone {cvv}, el código de verificación.
        ¿El CVC? ?> {cvv}
        Escríbame a {email} mejor.
        la factura a {email} y copia a {email}
        Ingrésenlo en {iban} cuanto antes.
        ¿El número de cuenta? ?> {iban}
        Con el NIF {national_id}, sí.
        El dni de mi madre es {national_id}.
        Mi hija nació el {birth_date}.
        ¿Cuándo es su cumpleaños? ?> {birth_date}
        Le habla {name}, por la póliza {policy}.
        """,
    "de": """
        Rufen Sie mich zurück, Handynummer {phone}.
        Unter welcher Rufnummer? ?> {phone}
        Bitte von der Visa {card} abbuchen.
        Und der Sicherheitscode? ?> {cvv}
        Bitte per Mail an {email}.
        Überweisen Sie auf {iban}.
        Die Steueridentifikationsnummer? ?> {national_id}
        Geburtstag ist der {birth_date}.
        """,
    "fr": """
        Appelez plutôt mon portable, {phone}.
        Rappelez-moi : {phone}
        Débitez ma carte bleue {card}.
        Le code de sécurité ? ?> {cvv}
        Par mail à {email}, merci.
        Faites le virement sur {iban}.
        Sécu : {national_id}
        Ma fille est née le {birth_date}.
        """,
    "it": """
        Chiami il cellulare {phone}.
        A che numero la richiamo? ?> {phone}
        Addebiti la visa {card}.
        Il codice sul retro della carta? ?> {cvv}
        Per posta elettronica a {email}.
        Il conto corrente è {iban}.
        Codice fiscale {national_id}
        Il compleanno è il {birth_date}.
        """,
    "pt": """
        Ligue para o telemóvel {phone}.
        Para que número ligo? ?> {phone}
        Use o visa {card}.
        E o código no verso do cartão? ?> {cvv}
        Mande por correio eletrónico para {email}.
        Transfira para {iban}.
        O contribuinte é {national_id}.
        O aniversário é {birth_date}.
        """,
}
NOTHING_SEEN = {
    "en": """
        My order number is {n10}. ~ The tracking number is {n12}.
        That comes to ${price}. ~ It is {time} now.
        The meeting is on {date}. ~ We are on version {version}.
        Gate {n2}, seat {n2}A. ~ {n3} people came.
        Invoice {n8} from {date}.
        I need {word_small} rooms for {word_small} nights. ~ Flight {n4} to Boston.
        Chapter {n2}, page {n3}. ~ The zip is {n5}.
        That's {n2} percent of {n4}. ~ Room {n3}, second floor.
        It costs {word_small} hundred dollars.
        In {year} we had {n4} customers. ~ Have a look at our site dot com.
        The confirmation code is {code}. ~ Serial number {code}-{n4}. ~ We close at {word_small} thirty.
        The model is an XR-{n3}. ~ One of the two or three things I wanted. ~ Error {n4} at line {n3}.
        I'd say between {n2} and {n3} minutes. ~ id {uuid}
        Meet me at the corner at noon. ~ 10.{n2}.{n2}.{n2} is up
        {n10} is my order number. ~ The number on the box is {n9}. ~ It's number {n7} on the list.
        The ticket is {n7}. ~ Case number {n9} is open.
        {n1} plus {n1} is {n1}. ~ Add {n1} then {n1} of those.
        """,
    "es": """
        Mi pedido es el {n10}. ~ Son {n3} euros. ~ A las {time} en punto. ~ La reunión es el {date}.
        El número de seguimiento es {n12}. ~ Factura {n8}.
        Somos {word_small} personas. ~ Vuelo {n4} a Madrid.
        En {year} eran {n4} socios. ~ La habitación {n3}. ~ El código postal es {n5}. ~ Reserva {code}.
        {n9} es mi número de pedido. ~ El número de la caja es {n8}.
        Cuesta {word_small} mil pesos. ~ En el punto dos del orden del día.
        versión {version} ~ el {n2} por ciento
        Quiero {word_small} cajas de {n2} unidades. ~ Expediente {n9}.
        Página {n3} del manual. ~ Modelo TX{n3}
        """,
    "de": "Bestellnummer {n10}. ~ Um {time} Uhr. ~ Das kostet {n3} Euro. ~ Rechnung {n8}. ~ Am {date}.",
    "fr": "Commande {n10}. ~ À {time}. ~ Cela coûte {n3} euros. ~ Facture {n8}. ~ Le {date} au matin.",
    "it": "Ordine {n10}. ~ Alle {time}. ~ Costa {n3} euro. ~ Fattura {n8}. ~ Il {date} mattina.",
    "pt": "Encomenda {n10}. ~ Às {time}. ~ Custa {n3} euros. ~ Fatura {n8}. ~ No dia {date} de manhã.",
}
NOTHING_UNSEEN = {
    "en": """
        Parcel {n12} left on {date}. ~ My booking reference is {code}.
        Your claim {n9} was paid. ~ Lot {n6}, bin {n3}.
        The invoice total is {price} dollars. ~ The train at {time} is late.
        {n3} degrees outside. ~ SKU {n8}
        I ordered {word_small} boxes of {n3} pieces. ~ PO number {n7}
        Release {version} fixed it. ~ Bus {n3} or {n3}.
        It was {year} or so. ~ The population is {n7}.
        Transaction {n10} failed. ~ Apartment {n3}, floor {n2}.
        {n8}, that's the invoice. ~ My score is {n9}.
        The tank holds {n7} litres. ~ Take number {n3} of {n4}.
        Batch {n8} expired. ~ In about {word_small} days.
        Member {n9} since {year} ~ {n4} stars by {n5} people
        """,
    "es": """
        El envío {n12} llega el {date}. ~ La incidencia {n9} está cerrada.
        Cuesta {price} euros. ~ Lote {n6}.
        El tren de las {time}. ~ Presupuesto {n8}
        Son {n2} grados. ~ Autobús {n3}. ~ Contrato {n9} de {year}.
        {n8}, esa es la factura. ~ El depósito tiene {n7} litros.
        Faltan {word_small} días. ~ Artículo {n8}, {n2} unidades.
        Ticket {n7} ~ La población es de {n7} personas.
        """,
    "de": "Sendung {n12}. ~ Artikelnummer {n8}. ~ {n2} Prozent mehr. ~ Zimmer {n3}. ~ Kundennummer {n9}.",
    "fr": "Colis {n12}. ~ Dossier {n8}. ~ {n2} pour cent de plus. ~ Chambre {n3}. ~ Contrat {n9}.",
    "it": "Spedizione {n12}. ~ Pratica {n8}. ~ {n2} gradi. ~ Camera {n3}. ~ Cliente {n9}.",
    "pt": "Protocolo {n12}. ~ Contrato {n8}. ~ {n2} graus. ~ Quarto {n3}. ~ Cliente {n9}.",
}

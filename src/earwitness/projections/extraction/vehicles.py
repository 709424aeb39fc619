"""Makes of cars and their models, as callers name them."""

import re

# Make: its models. Those with a star are also common words: they count beside a make or after a question.
_MODELS = """
Acura: ILX, MDX, RDX, TLX, Integra
Audi: A3, A4, A5, A6, A8, Q3, Q5, Q7, Q8, e-tron
BMW: 3 Series, 5 Series, 7 Series, 330i, X1, X3, X5, X7, M3, i3, i4
Buick: Enclave, Encore, Envision, LaCrosse
Cadillac: Escalade, CTS, XT4, XT5, XT6
Chevrolet: Silverado, Malibu, Equinox, Tahoe, Suburban, Impala, Cruze, Camaro, Corvette, Traverse, Trax
Chrysler: 300*, Pacifica, Town and Country
Dodge: Charger*, Challenger*, Durango, Grand Caravan, Journey*
Fiat: 500*, Panda*, Punto
Ford: F-150, F-250, Mustang, Focus*, Fusion*, Escape*, Explorer*, Edge*, Fiesta*, Ranger*, Bronco, Taurus
GMC: Sierra, Yukon, Acadia, Terrain*, Canyon*
Honda: Civic*, Accord*, CR-V, HR-V, Pilot*, Odyssey*, Fit*, Ridgeline, Insight*, Passport*
Hyundai: Elantra, Sonata, Tucson*, Santa Fe*, Kona, Palisade, Accent*, Venue*, Ioniq
Infiniti: Q50, Q60, QX50, QX60, QX80
Jaguar: F-Pace, XE, XF
Jeep: Wrangler, Grand Cherokee, Cherokee*, Compass*, Renegade*, Gladiator*
Kia: Sorento, Sportage, Optima, Soul*, Telluride, Forte*, Rio*, Seltos, Niro, Carnival*
Land Rover: Range Rover, Discovery*, Defender*, Evoque
Lexus: RX 350, ES 350, IS 250, NX 300, GX 460, RX, NX
Lincoln: Navigator*, Aviator*, MKZ, Corsair
Mazda: Mazda3, Mazda6, CX-3, CX-5, CX-9, CX-30, Miata
Mercedes-Benz: C-Class, E-Class, S-Class, GLC, GLE, GLA, C300, E350
Mini: Cooper, Countryman*, Clubman
Mitsubishi: Outlander, Lancer, Mirage*, Eclipse Cross
Nissan: Altima, Sentra, Rogue*, Maxima, Pathfinder, Frontier*, Murano, Versa, Leaf*, Juke, Titan*, Armada
Porsche: Cayenne, Macan, Panamera, 911*, Boxster, Taycan
Ram: 1500*, 2500*
Renault: Clio, Megane, Captur
Subaru: Outback*, Forester, Impreza, Crosstrek, Legacy*, Ascent*, WRX
Tesla: Model 3, Model S, Model X, Model Y, Cybertruck
Toyota: Camry, Corolla, RAV4, Prius, Highlander, Tacoma, Tundra, Sienna, 4Runner, Yaris, Avalon, Sequoia, C-HR
Volkswagen: Golf*, Jetta, Passat, Tiguan, Atlas*, Beetle*, Polo*
Volvo: XC40, XC60, XC90, S60, S90, V60
"""
_ALIASES = {
    "chevy": "Chevrolet",
    "vw": "Volkswagen",
    "mercedes": "Mercedes-Benz",
    "mercedes benz": "Mercedes-Benz",
    "benz": "Mercedes-Benz",
    "beemer": "BMW",
    "bimmer": "BMW",
    "subie": "Subaru",
    "landrover": "Land Rover",
}
WORDS_TOO = frozenset(
    {"Mini", "Ram", "Lincoln", "Dodge", "Jaguar", "Ford"}
)  # makes that are also something else


def _read() -> tuple[dict[str, str], dict[str, tuple[str, str, bool]]]:
    makes, models = dict(_ALIASES), {}
    for line in _MODELS.strip().splitlines():
        make, _, named = line.partition(": ")
        makes[make.lower()] = make
        for model in named.split(", "):
            plain = model.rstrip("*")
            models[plain.lower()] = (plain, make, model.endswith("*"))
    return makes, models


MAKES, MODELS = _read()  # as typed -> make; as typed -> (model, make, is a common word too)


def _pattern(names: dict[str, object]) -> re.Pattern[str]:
    """Any of the names, the longest first; hyphen, space or nothing between their parts, as heard. Those of
    one first letter stand together, so that most letters of a text are seen at once to begin none."""
    rests: dict[str, list[str]] = {}
    for name in sorted(names, key=len, reverse=True):
        flexible = r"[-\s]?".join(map(re.escape, re.split(r"[-\s]", name)))
        rests.setdefault(flexible[0], []).append(flexible[1:])
    every = "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in rests.items())
    return re.compile(rf"(?<![\w-])(?:{every})(?![\w-])", re.IGNORECASE)


_MAKE, _MODEL = _pattern({**MAKES}), _pattern({**MODELS})
_BY_SOUND = {re.sub(r"[-\s]", "", name): name for name in (*MAKES, *MODELS)}


def makes_in(text: str) -> list[tuple[str, int]]:
    """(make, place) of each one named."""
    return [(MAKES[_known(found[0], MAKES)], found.start()) for found in _MAKE.finditer(text)]


def models_in(text: str) -> list[tuple[str, str, bool, int]]:
    """(model, make, is a common word too, place) of each one named."""
    return [(*MODELS[_known(found[0], MODELS)], found.start()) for found in _MODEL.finditer(text)]


def _known(typed: str, names: dict[str, object] | dict[str, str] | dict[str, tuple[str, str, bool]]) -> str:
    name = " ".join(typed.lower().split())
    return name if name in names else _BY_SOUND[re.sub(r"[-\s]", "", name)]

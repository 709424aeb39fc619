"""The hard conversations of the set, as recognisers write what callers say: lines, and what is so.

Written after the rules and not to suit them; where a rule was mended since, it was because callers talk so.
"""

HARD: list[tuple[list[tuple[str, str]], dict[str, str]]] = [
        ([("agent", "What car is it?"), ("caller", "It's a polestar two, twenty twenty three.")],
         {"vehicleYear": "2023", "vehicleMake": "Polestar", "vehicleModel": "Polestar 2"}),
        ([("caller", "I've got an oh nine Camry.")],
         {"vehicleYear": "2009", "vehicleMake": "Toyota", "vehicleModel": "Camry"}),
        ([("caller", "Its a two thousand and sixteen hundai elantra")],
         {"vehicleYear": "2016", "vehicleMake": "Hyundai", "vehicleModel": "Elantra"}),
        ([("caller", "We have a 2018, sorry, 2019 Civic.")],
         {"vehicleYear": "2019", "vehicleMake": "Honda", "vehicleModel": "Civic"}),
        ([("agent", "And the year?"), ("caller", "It's a sixteen."), ("agent", "2016. And what is it?"),
          ("caller", "Ford Escape")],
         {"vehicleYear": "2016", "vehicleMake": "Ford", "vehicleModel": "Escape"}),
        ([("agent", "Zip code?"), ("caller", "nine oh two"), ("agent", "Go on."), ("caller", "one oh")],
         {"zipCode": "90210"}),
        ([("agent", "Zip code?"), ("caller", "Same as my last policy, so 9 0 2 1 0.")], {"zipCode": "90210"}),
        ([("caller", "Soy de noventa y cinco mil doce, mi código postal es 95012.")], {"zipCode": "95012"}),
        ([("agent", "Your number?"), ("caller", "area three one oh, then five five five, oh one nine nine")],
         {"phoneNumber": "3105550199"}),
        ([("agent", "Your number?"), ("caller", "It's the one I'm calling from.")], {}),
        ([("agent", "E-mail?"), ("caller", "J O H N at example dot com")], {"email": "john@example.com"}),
        ([("agent", "E-mail?"), ("caller", "ana plus quotes at example dot com")],
         {"email": "ana+quotes@example.com"}),
        ([("agent", "E-mail?"), ("caller", "I don't look at mail, dot com stuff is not for me.")], {}),
        ([("caller", "My daughter's car is a 2012 Fiat Punto and I'd like to insure that one.")],
         {"vehicleYear": "2012", "vehicleMake": "Fiat", "vehicleModel": "Punto"}),
        ([("caller", "It's either a 2014 or a 2015 Golf, I'd have to look. OK it is a 2015.")],
         {"vehicleYear": "2015", "vehicleMake": "Volkswagen", "vehicleModel": "Golf"}),
    ]  # fmt: skip

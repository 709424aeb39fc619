from earwitness.projections.extraction.vehicles import makes_in, models_in


def test_makes_are_known_by_their_other_names_too() -> None:
    named = [make for make, _ in makes_in("a chevy, a VW, a mercedes benz and a land rover; no Toyotas")]
    assert named == ["Chevrolet", "Volkswagen", "Mercedes-Benz", "Land Rover"]


def test_models_are_known_however_their_parts_are_joined_and_say_their_make() -> None:
    found = models_in("f150, F-150, crv, Model 3 and the Grand Cherokee")
    assert [(model, make) for model, make, _, _ in found] == [
        ("F-150", "Ford"),
        ("F-150", "Ford"),
        ("CR-V", "Honda"),
        ("Model 3", "Tesla"),
        ("Grand Cherokee", "Jeep"),
    ]


def test_a_model_that_is_a_word_too_is_marked_as_one() -> None:
    assert [is_word for _, _, is_word, _ in models_in("Focus or Camry")] == [True, False]

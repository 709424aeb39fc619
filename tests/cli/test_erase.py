from typed import Typist


def test_a_person_is_erased_after_asking(own_typist: Typist, order: str) -> None:
    subject = own_typist.json("show", order)["subject"]
    own_typist.type("erase", "--subject", subject, exits=1)  # nobody said yes
    own_typist.type("show", order)
    assert "erased" in own_typist.type("erase", "--subject", subject, "--yes").stdout
    own_typist.refused("show", order)
    assert own_typist.json("erase", "--subject", subject, "--yes") == []

from typed import Typist


def test_a_hold_is_placed_listed_and_lifted(own_typist: Typist, order: str) -> None:
    own_typist.type("hold", "add", order, "--reason", "case 17")
    assert [hold["reason"] for hold in own_typist.json("hold", "list")] == ["case 17"]
    assert "case 17" in own_typist.type("hold", "list").stdout
    assert "deferred" in own_typist.type("delete", order, "--yes").stdout
    own_typist.type("show", order)
    assert f"erased {order}" in own_typist.type("hold", "remove", order).stdout
    own_typist.refused("show", order)
    own_typist.type("hold", "add", "latest", exits=2)  # no reason given

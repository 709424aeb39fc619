from earwitness.capture.crowd import Crowd


def test_each_name_has_its_own_room() -> None:
    crowd = Crowd(2)
    assert [crowd.enter("a"), crowd.enter("a"), crowd.enter("a"), crowd.enter("b")] == [
        True,
        True,
        False,
        True,
    ]
    crowd.leave("a")
    assert [crowd.enter("a"), crowd.enter("a")] == [True, False]


def test_nothing_is_remembered_of_those_who_left() -> None:
    crowd = Crowd(0)
    for n in range(100):
        assert crowd.enter(str(n))
    for n in range(100):
        crowd.leave(str(n))
    assert not crowd._inside

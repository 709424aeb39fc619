from typed import Typist


def test_a_request_is_listed_with_what_keeps_it_and_has_its_certificate_once_it_is_done(
    own_typist: Typist, order: str
) -> None:
    own_typist.type("hold", "add", order, "--reason", "case 17")
    subject = own_typist.json("show", order)["subject"]
    told = own_typist.type("erase", "--subject", subject, "--yes").stdout.splitlines()
    (deferred,) = (line for line in told if order in line)
    assert "certificate" not in deferred
    request = deferred.split()[-1]
    (listed,) = (line for line in own_typist.type("erasures").stdout.splitlines() if order in line)
    assert (request in listed, "a legal hold" in listed) == (True, True)
    (waiting,) = own_typist.json("erasures", request)
    assert (waiting["state"], waiting["certificate"]) == ("deferred", {})
    own_typist.type("hold", "remove", order)
    (done,) = own_typist.json("erasures", order)
    assert (done["id"], done["certificate"]["conversation"]) == (request, order)
    assert done["certificate"]["objects"]
    assert subject not in str(done)
    assert "a legal hold" not in own_typist.type("erasures").stdout
    assert "no request" in own_typist.refused("erasures", "latest")

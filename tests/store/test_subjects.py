from earwitness.store.catalog import Catalog
from earwitness.store.subjects import Subjects


def test_a_subject_is_known_in_its_workspace_only_and_letter_by_letter(catalog: Catalog) -> None:
    subjects = Subjects(catalog.database)
    assert subjects.add("default", ["RID001", "RID001", "RID002"]) == ("RID001", "RID002")
    assert subjects.add("default", ["RID002", "RID003"]) == ("RID003",)
    assert subjects.has("default", "RID001")
    assert not any(
        subjects.has(*who) for who in (("acme", "RID001"), ("default", "rid001"), ("default", "RID"))
    )
    assert [row.id for row in subjects.list("default")] == ["RID001", "RID002", "RID003"]

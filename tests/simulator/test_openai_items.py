"""The chain of items."""

from earwitness.simulator.openai_items import Items, Kept


def chain(*names):
    items = Items()
    for name in names:
        items.add(Kept(item={"id": name}))
    return items


def order(items):
    names, last = [], items.last
    while last is not None:
        names.insert(0, last)
        last = items.before(last)
    return names


def test_items_follow_one_another():
    items = chain("a", "b")
    assert items.add(Kept(item={"id": "c"})) == "b"
    assert order(items) == ["a", "b", "c"]


def test_an_item_can_be_put_in_between_and_at_the_head():
    items = chain("a", "b")
    assert items.add(Kept(item={"id": "x"}), "a") == "a"
    assert items.add(Kept(item={"id": "y"}), "root") is None
    assert order(items) == ["y", "a", "x", "b"]


def test_a_removed_item_is_gone_from_the_chain():
    items = chain("a", "b", "c")
    items.remove("b")
    assert order(items) == ["a", "c"]
    assert "b" not in items
    assert items.get("b") is None

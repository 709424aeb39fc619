"""The edge at which our own faults stop."""

import pytest

from earwitness.capture.edge import guarded


def test_a_fault_becomes_a_word_without_its_text():
    def fail():
        raise ValueError("what somebody said")

    assert guarded(lambda: 7, lambda _: 0) == 7
    assert guarded(fail, str.upper) == "VALUEERROR"


def test_an_interrupt_is_no_fault_of_ours():
    def stop():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        guarded(stop, lambda _: None)

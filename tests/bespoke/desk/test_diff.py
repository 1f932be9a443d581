"""The difference between two revisions, as the desk shows it."""

from comptoir.bespoke.desk.diff import difference


def test_a_line_in_quite_other_words_is_shown_as_two() -> None:
    shown = [
        (line.kind, line.pieces[0].text) for line in difference("Stay where you are.", "Buy a boat, and go!")
    ]
    assert shown == [("removed", "Stay where you are."), ("added", "Buy a boat, and go!")]

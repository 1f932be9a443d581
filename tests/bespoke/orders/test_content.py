"""Contents as they are shown: Markdown in all its forms, and nothing that could do harm."""

import re

import pytest

from comptoir.bespoke.orders.content import render


def test_what_people_write_is_set_as_they_mean_it() -> None:
    text = "# Moon\n\nOne *two* **three**\n\n1. a\n2. b\n\n> said\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    html = render(text)
    for part in (
        "<h2>Moon</h2>",
        "<em>two</em>",
        "<strong>three</strong>",
        "<ol>",
        "<blockquote>",
        "<td>1</td>",
    ):
        assert part in html


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](javascript:alert(1))",
        "[a](vbscript:x) <svg onload=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<style>*{display:none}</style>",
        "<iframe src=https://evil.example></iframe>",
        '[x](https://ok.example "onmouseover=alert(1)")<b onclick=x>',
        "![](attachment:../../etc/passwd)",
    ],
)
@pytest.mark.req("L17")
def test_nothing_in_a_content_can_do_harm(harm: str) -> None:
    """What is left as a tag is a paragraph, a link or a picture, and leads nowhere odd."""
    tags = re.findall(r"<[^>]+>", render(harm))
    for tag in tags:
        assert re.fullmatch(r"</?(p|a|img)( (href|src|alt|title|rel)=\"[^\"]*\")*>", tag), tag
        assert not re.search(r"javascript:|vbscript:|data:|passwd", tag), tag


def test_a_picture_from_elsewhere_becomes_a_link_so_that_nobody_learns_of_the_reading() -> None:
    html = render(
        "![the *moon*](https://tracker.example/p.gif) and [![in](https://b.example/x.png)](https://c.example)"
    )
    assert "<img" not in html
    assert 'href="https://tracker.example/p.gif"' in html
    assert ">the moon</a>" in html


def test_the_orders_own_files_are_found_and_others_are_not() -> None:
    html = render(
        "![moon](attachment:one) [song](attachment:two) ![x](attachment:three)",
        addresses={"one": "/m.png", "two": "/s.mp3"},
    )
    assert '<img src="/m.png" alt="moon">' in html
    assert 'href="/s.mp3"' in html
    assert 'src="#"' in html

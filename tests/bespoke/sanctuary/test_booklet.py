"""The booklet: a reading as a PDF. Its words are set as they are, whatever they look like, and nothing is fetched."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from comptoir.bespoke.desk import assignments
from comptoir.bespoke.models import Expert, Order
from tests.bespoke import desk_driver
from tests.bespoke.readings import READING, at_home, attach, deliver, delivered, picture

pytestmark = [pytest.mark.django_db, pytest.mark.once]
A5 = (419.5, 595.3)


@pytest.fixture
def emile(camille: Any) -> Expert:
    return desk_driver.expert(camille, "Émile Roux")


def booklet(client: Any, order: Order) -> PdfReader:
    answer = desk_driver.at(client).get(f"/sanctuary/orders/{order.pk}/booklet.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="Intuitive-{order.code}.pdf"'
    return PdfReader(io.BytesIO(answer.content))


def words(pdf: PdfReader) -> str:
    text = " ".join(page.extract_text() for page in pdf.pages[1:])
    return " ".join(text.replace("\u200b", "").split())


def written(emile: Expert, paul: Any, text: str) -> PdfReader:
    return booklet(paul, deliver(emile, desk_driver.paid(emile, at_home(paul)), text))


@pytest.mark.req("L11")
def test_a_title_page_then_the_text_with_its_picture(emile: Expert, paul: Any) -> None:
    pdf = booklet(paul, delivered(emile, at_home(paul), locale="fr"))
    title = " ".join(pdf.pages[0].extract_text().split())
    for shown in ("Votre saison", "Intuitive · Premium", "For Paul Okafor", "By Émile Roux"):
        assert shown in title
    assert "Ce que dit la Lune" in words(pdf)
    assert "faut-il partir" in words(pdf)
    assert "la méditation" in words(pdf)
    assert [image.image.size for page in pdf.pages for image in page.images] == [(640, 400)]
    for page in pdf.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(A5, abs=1)
    assert pdf.metadata
    assert (pdf.metadata.title, pdf.metadata.author) == ("Votre saison", "Émile Roux")


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/hostname")',
        '#include "booklet.typ"',
        '#image("../../etc/passwd")',
        "$ x^2 + #sys.inputs $",
        '#import "@preview/cetz:0.3.1"',
        "<label> @label = not a heading",
        "/* a comment */ // another",
        "#panic(1) #while true {}",
    ],
)
def test_what_looks_like_code_is_set_as_words(emile: Expert, paul: Any, text: str) -> None:
    pdf = written(
        emile, paul, f"Before. {text} `{text}`\n\n    {text}\n\n| {text} |\n|---|\n| b |\n\n# {text}"
    )
    set_as = words(pdf).replace("“", '"').replace("”", '"').replace("…", "..").replace(" ", "")
    assert set_as.count(text.replace(" ", "")) >= 4


@pytest.mark.parametrize(
    "source",
    [
        "https://elsewhere.test/a.png",
        "file:///etc/passwd",
        "/etc/passwd",
        "booklet.typ",
        "attachment:unknown",
    ],
)
def test_no_picture_comes_from_elsewhere(emile: Expert, paul: Any, source: str) -> None:
    pdf = written(emile, paul, f"See ![the moon]({source}).")
    assert "See" in words(pdf)
    assert "the moon" in words(pdf)
    assert not [image for page in pdf.pages for image in page.images]


def test_no_other_orders_picture_is_shown(emile: Expert, paul: Any) -> None:
    other = delivered(emile, at_home(paul))
    stolen = other.attachments.get(file__filename="lune.png")
    pdf = written(emile, paul, f"![the moon](attachment:{stolen.pk})")
    assert not [image for page in pdf.pages for image in page.images]


def test_links_lead_to_the_web_and_nowhere_else(emile: Expert, paul: Any) -> None:
    text = "[a](https://example.test/a) [b](mailto:b@example.test) [c](file:///etc/passwd) [d](attachment:1)"
    pdf = written(emile, paul, text)
    links = [
        str(mark.get_object()["/A"]["/URI"])
        for page in pdf.pages
        for mark in page.get("/Annots", [])
        if "/URI" in mark.get_object().get("/A", {})
    ]
    assert links == ["https://example.test/a", "mailto:b@example.test"]


def test_long_words_and_wide_tables_stay_on_the_page(emile: Expert, paul: Any) -> None:
    row = "|" + "|".join(["Constellation"] * 8) + "|\n"
    text = f"{'x' * 300}\n\n`{'y' * 300}`\n\n{row}{'|---' * 8}|\n{row}\n\nhttps://example.test/{'z' * 300}"
    pdf = written(emile, paul, text)
    places: list[float] = []
    for page in pdf.pages:
        page.extract_text(visitor_text=lambda _text, _cm, tm, _font, _size: places.append(float(tm[4])))
    assert max(places) < A5[0]


def test_a_large_photograph_becomes_a_small_one(emile: Expert, paul: Any) -> None:
    order = desk_driver.paid(emile, at_home(paul))
    assignments.claim(emile, order.pk)
    drawn = attach(emile, order, picture(2000, 1500), "grande.png", "image/png")
    pdf = booklet(paul, deliver(emile, order, f"![A field](attachment:{drawn.pk})"))
    assert [image.image.size for page in pdf.pages for image in page.images] == [(1400, 1050)]


def test_a_program_gets_it_too_and_nobody_else_does(emile: Expert, paul: Any, bruno: Any) -> None:
    order = delivered(emile, at_home(paul), text=READING)
    answer = desk_driver.at(paul).get(f"/api/sanctuary/orders/{order.pk}/pdf")
    assert answer.content.startswith(b"%PDF-")
    refused = desk_driver.at(at_home(bruno)).get(f"/api/sanctuary/orders/{order.pk}/pdf")
    assert (refused.status_code, refused.json()["code"]) == (404, "content_not_found")

"""The client's answers: what each offer asks, answered after the payment, at once or bit by bit."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from comptoir.bespoke.models import OPEN_STATUSES, Intake, Order
from comptoir.bespoke.orders import mails
from comptoir.bespoke.refusals import IntakeClosed
from comptoir.kernel import clock, timeline
from comptoir.kernel.errors import FieldError, Invalid

KINDS = ("text", "longtext", "date", "choice")
QUESTIONS_AT_MOST = 40
LENGTHS = {"text": 300, "longtext": 8000, "date": 10, "choice": 300}


@dataclass(frozen=True)
class Answered:
    """A question with what the client answered, which may be nothing yet."""

    name: str
    label: str
    kind: str
    required: bool
    options: Sequence[str]
    help: str
    answer: str


def check_form(form: Sequence[Any]) -> list[FieldError]:
    """What is wrong with a form that an operator wrote.

    A form is a list of questions: {name, label, kind: text|longtext|date|choice, required, options, help}. `name` is
    what its answer is kept by, `options` are for a choice; the last three may be left out.
    """
    errors, names = [], set()
    if len(form) > QUESTIONS_AT_MOST:
        errors.append(FieldError("intakeForm", _("Ask 40 questions at most.")))
    for number, question in enumerate(form[:QUESTIONS_AT_MOST]):
        wrong = _error_in(question)
        if not wrong and question["name"] in names:
            wrong = _("Two questions have this name.")
        if wrong:
            errors.append(FieldError(f"intakeForm.{number}", wrong))
        else:
            names.add(question["name"])
    return errors


def _error_in(question: Any) -> str:
    if not isinstance(question, dict) or set(question) - {
        "name",
        "label",
        "kind",
        "required",
        "options",
        "help",
    }:
        return _("A question has name, label, kind, required, options and help, and nothing else.")
    name, label, options = question.get("name"), question.get("label"), question.get("options", [])
    if not isinstance(name, str) or not name.isidentifier() or len(name) > 40:
        return _("Give the question a name of letters, digits and underscores.")
    if not isinstance(label, str) or not label.strip():
        return _("Write the question itself, as its label.")
    if question.get("kind") not in KINDS:
        return _("The kind is one of: %(kinds)s.") % {"kinds": ", ".join(KINDS)}
    if not isinstance(options, list) or not all(isinstance(option, str) and option for option in options):
        return _("The options are a list of texts.")
    if question["kind"] == "choice" and len(options) < 2:
        return _("A choice has two options or more.")
    return ""


def answer(order: Order, answers: Mapping[str, Any], *, actor: Any = None) -> Intake:
    """Keep these answers beside those that stand; an empty one takes its answer away.

    The intake is complete once every required question is answered. Raises `Invalid` or `IntakeClosed`.
    """
    given = {name: str(value).strip() if value is not None else "" for name, value in answers.items()}
    _refuse_unfit(order, given)
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.status not in OPEN_STATUSES:
            raise IntakeClosed(state=order.get_status_display())
        intake = Intake.objects.get(pk=order.pk)
        kept = {name: text for name, text in {**answers_of(intake), **given}.items() if text}
        intake.answers = json.dumps(kept, ensure_ascii=False)
        intake.updated_at = clock.now()
        was_complete = intake.completed_at is not None
        intake.completed_at = (intake.completed_at or clock.now()) if _is_complete(order, kept) else None
        intake.save()
        timeline.record("bespoke.order", order.pk, "intake_answered", actor=actor, names=sorted(given))
        if intake.completed_at and not was_complete:
            mails.intake_complete(order)
    return intake


def questions(order: Order, intake: Intake) -> list[Answered]:
    """The order's questions, each with its answer."""
    answers = answers_of(intake)
    return [
        Answered(
            name=question["name"],
            label=question["label"],
            kind=question["kind"],
            required=bool(question.get("required", False)),
            options=question.get("options", []),
            help=question.get("help", ""),
            answer=answers.get(question["name"], ""),
        )
        for question in order.intake_form
    ]


def missing(order: Order, intake: Intake) -> list[Answered]:
    """The required questions that have no answer yet."""
    return [one for one in questions(order, intake) if one.required and not one.answer]


def answers_of(intake: Intake) -> dict[str, str]:
    return json.loads(intake.answers or "{}")


def _is_complete(order: Order, answers: Mapping[str, str]) -> bool:
    required = (question["name"] for question in order.intake_form if question.get("required"))
    return all(answers.get(name) for name in required)


def _refuse_unfit(order: Order, given: Mapping[str, str]) -> None:
    form = {question["name"]: question for question in order.intake_form}
    errors = list(_unfit(form, given))
    if errors:
        raise Invalid(errors=errors)


def _unfit(form: Mapping[str, Any], given: Mapping[str, str]) -> Iterable[FieldError]:
    for name, text in given.items():
        question = form.get(name)
        field = f"answers.{name}"
        if question is None:
            yield FieldError(field, _("This order does not ask that."))
        elif len(text) > LENGTHS[question["kind"]]:
            length = LENGTHS[question["kind"]]
            yield FieldError(field, _("Write %(length)s characters at most.") % {"length": length})
        elif text and question["kind"] == "choice" and text not in question["options"]:
            choices = ", ".join(question["options"])
            yield FieldError(field, _("Choose one of: %(choices)s.") % {"choices": choices})
        elif text and question["kind"] == "date" and not _is_date(text):
            yield FieldError(field, _("Give a date as YYYY-MM-DD."))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == LENGTHS["date"]

"""The forms of the desk: what an expert looks for, tells the assistant, writes and decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from comptoir.bespoke.models import OPEN_STATUSES, AlertRule, Measure, OrderStatus, PromptTemplate
from comptoir.bespoke.queries import QueueFilters
from comptoir.kernel.errors import FieldError, Refusal
from comptoir.ui.domain_forms import DomainForm

WORDS_ROWS = 5
IN_QUEUE = (*OPEN_STATUSES, OrderStatus.DELIVERED, OrderStatus.REFUNDED)
WHOSE = ("mine", "free", "all")


class QueueForm(forms.Form):
    """The way through the queue. Whatever an address holds that is no choice of ours is as if it were not there."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All that is open")), *((status.value, status.label) for status in IN_QUEUE)],
    )
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[("", _("Any day")), ("late", _("Late")), ("1", _("By tomorrow")), ("7", _("Within a week"))],
    )
    age = forms.ChoiceField(
        label=_("Age"),
        required=False,
        choices=[
            ("", _("Any age")),
            ("3", _("Over 3 days")),
            ("7", _("Over a week")),
            ("30", _("Over a month")),
        ],
    )

    def filters(self, whose: str) -> QueueFilters:
        self.is_valid()
        chosen = self.cleaned_data
        due, age = chosen.get("due", ""), chosen.get("age", "")
        return QueueFilters(
            whose=whose if whose in WHOSE else "mine",
            status=chosen.get("status", ""),
            q=" ".join(chosen.get("q", "").replace("\0", " ").split()),
            late=due == "late",
            due_within=int(due) if due.isdigit() else None,
            older_than=int(age) if age else None,
        )


class PromptForm(DomainForm):
    """What the assistant is to do, and under which title these words are kept for the next time."""

    template = forms.ModelChoiceField(
        label=_("Prepared words"),
        queryset=PromptTemplate.objects.none(),
        required=False,
        empty_label=_("Choose…"),
    )
    prompt = forms.CharField(
        label=_("Prompt"),
        help_text=_("What the assistant is to write. It is told the client’s answers by itself."),
        widget=forms.Textarea(attrs={"rows": WORDS_ROWS}),
        error_messages={"required": _("Write what the assistant is to do.")},
    )
    instructions = forms.CharField(
        label=_("Instructions"),
        help_text=_("How it is to write: tone, length, what to leave out."),
        widget=forms.Textarea(attrs={"rows": WORDS_ROWS - 2}),
        required=False,
    )
    title = forms.CharField(
        label=_("Title"), help_text=_("What you will find these words by."), required=False, max_length=120
    )

    def __init__(self, *args: Any, templates: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if templates is not None:
            self.fields["template"].queryset = templates  # type: ignore[attr-defined]

    def refuse(self, refusal: Refusal) -> None:
        """Programs know these words as `expertPrompt` and `expertInstructions`."""
        refusal.errors = tuple(
            FieldError(error.field.removeprefix("expert"), error.message) for error in refusal.errors
        )
        super().refuse(refusal)

    @property
    def words(self) -> dict[str, Any]:
        """Those that are fit to be sent or kept."""
        return {name: _lines(self.cleaned_data.get(name, "")) for name in ("prompt", "instructions")}


class TemplateForm(PromptForm):
    """A prepared prompt by itself."""

    template = None  # type: ignore[assignment]


class WritingForm(DomainForm):
    content = forms.CharField(
        label=_("Text"),
        help_text=_("In Markdown: # title, **bold**, *italic*, - list, > quotation."),
        widget=forms.Textarea(attrs={"rows": 18, "spellcheck": "true"}),
        error_messages={"required": _("Write the content first.")},
    )
    attachment_key = forms.CharField(label=_("A file"), widget=forms.HiddenInput, required=False)

    def clean_content(self) -> str:
        return _lines(self.cleaned_data["content"])

    def refuse(self, refusal: Refusal) -> None:
        """What is wrong with a file is said of its `key`."""
        refusal.errors = tuple(
            FieldError("attachmentKey", error.message) if error.field == "key" else error
            for error in refusal.errors
        )
        super().refuse(refusal)


class ApprovalForm(DomainForm):
    validation_notes = forms.CharField(
        label=_("Notes"),
        help_text=_("For you and the house. The client does not see them."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )


class SendBackForm(DomainForm):
    rejection_reason = forms.CharField(
        label=_("What is wrong with it"),
        help_text=_("The assistant is told, when it writes the next one."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, so that the next one can be better.")},
    )
    validation_notes = forms.CharField(
        label=_("Notes"),
        help_text=_("For you and the house. The client does not see them."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )
    ask_again = forms.BooleanField(
        label=_("Ask the assistant for another at once, with the same words"), required=False, initial=True
    )


class MessageForm(DomainForm):
    body = forms.CharField(
        label=_("Your message"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write something first.")},
    )

    def clean_body(self) -> str:
        return _lines(self.cleaned_data["body"])


class AlertForm(DomainForm):
    measure = forms.ChoiceField(label=_("What is watched"), choices=Measure)
    threshold = forms.IntegerField(
        label=_("Tell from"),
        help_text=_("The number at which you are told."),
        min_value=1,
        max_value=1_000_000,
        error_messages={
            "required": _("Give a number."),
            "invalid": _("Give a whole number."),
            "min_value": _("Give a number from 1 on."),
        },
    )
    mail_to = forms.EmailField(label=_("Mail to"), required=False)
    webhook_url = forms.URLField(
        label=_("Webhook"),
        help_text=_("An address that takes a POST of JSON: of a chat, for one."),
        required=False,
        max_length=500,
        assume_scheme="https",
    )
    is_active = forms.BooleanField(label=_("On"), required=False, initial=True)

    @classmethod
    def of(cls, rule: AlertRule, data: Any = None) -> "AlertForm":
        return cls(data, initial={name: getattr(rule, name) for name in cls.base_fields})


def _lines(text: str) -> str:
    """Browsers send each new line as two characters, and count it as one."""
    return text.replace("\r\n", "\n")

"""Signing up, confirming an address, signing in and getting a new password, as a person does it."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from comptoir.kernel.accounts.models import User
from comptoir.kernel.notifications.models import Mail
from tests.cast import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.req("K19")]

SECRET = "a long enough phrase"


def sign_up(client: Client, *, email: str = "Lena@Example.test", **how: Any) -> Any:
    return client.post("/accounts/signup/", {"name": "Lena", "email": email, "password1": SECRET}, **how)


def sign_in(client: Client, *, email: str, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def link_in(mail: Mail) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", mail.text)
    assert found
    return found[1]


def test_a_new_account_opens_once_its_address_is_confirmed(client: Client) -> None:
    sign_up(client)
    user = User.objects.get()
    assert (user.email, user.name, user.locale) == ("lena@example.test", "Lena", "en")

    sign_in(client, email="lena@example.test", password=SECRET)
    assert not get_user(client).is_authenticated

    client.post(link_in(Mail.objects.to("lena@example.test").earliest("created_at")))
    sign_in(client, email="lena@example.test", password=SECRET)
    assert get_user(client) == user


def test_an_account_speaks_the_language_it_was_opened_in(client: Client) -> None:
    sign_up(client, headers={"Accept-Language": "fr"})

    assert User.objects.get().locale == "fr"
    mail = Mail.objects.get()
    assert mail.locale == "fr"
    assert mail.secret  # the link in it opens the account: no operator is shown it
    assert mail.context == {}


def test_the_name_may_be_left_out(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "lena@example.test", "password1": SECRET})

    assert str(User.objects.get()) == "lena@example.test"


def test_the_case_of_an_address_makes_no_difference(client: Client, bruno: Any) -> None:
    sign_in(client, email="BRUNO@Example.Test")

    assert get_user(client) == bruno


def test_a_second_sign_up_looks_like_the_first_and_writes_to_the_owner(client: Client, bruno: Any) -> None:
    fresh = sign_up(Client(), email="lena@example.test")
    taken = sign_up(client, email="BRUNO@example.test")

    assert (taken.status_code, taken.headers["Location"]) == (fresh.status_code, fresh.headers["Location"])
    assert User.objects.count() == 2
    mail = Mail.objects.to(bruno.email).get()
    assert (mail.template, mail.recipient) == ("account_exists", bruno)


def test_asking_for_a_new_password_tells_nobody_who_has_an_account(client: Client, bruno: Any) -> None:
    known = client.post("/accounts/password/reset/", {"email": bruno.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.test"})

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert Mail.objects.to(bruno.email).get().template == "account_password_reset"
    assert Mail.objects.to("nobody@example.test").get().template == "account_unknown"


def test_a_new_password_by_mail(client: Client, bruno: Any) -> None:
    client.post("/accounts/password/reset/", {"email": bruno.email.upper()})
    page = client.get(link_in(Mail.objects.get()), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": SECRET, "password2": SECRET})

    sign_in(client, email=bruno.email)
    assert not get_user(client).is_authenticated
    sign_in(client, email=bruno.email, password=SECRET)
    assert get_user(client) == bruno


def test_mails_speak_their_readers_language_whoever_asked(client: Client, bea: Any) -> None:
    client.post("/accounts/password/reset/", {"email": bea.email}, headers={"Accept-Language": "en"})

    assert Mail.objects.get().locale == "fr"


def test_an_account_that_is_closed_does_not_open(client: Client, bruno: Any) -> None:
    bruno.is_active = False
    bruno.save()

    sign_in(client, email=bruno.email)

    assert not get_user(client).is_authenticated


def test_guessing_passwords_is_stopped(client: Client, bruno: Any) -> None:
    for _ in range(12):
        sign_in(client, email=bruno.email, password="wrong")

    sign_in(client, email=bruno.email)

    assert not get_user(client).is_authenticated


def test_two_accounts_cannot_differ_by_case_alone(bruno: Any) -> None:
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email=bruno.email.upper())])


def test_signing_in_brings_the_persons_language_to_this_browser(client: Client, bea: Any) -> None:
    client.get("/accounts/login/?lang=en")

    sign_in(client, email=bea.email)

    page = client.get("/account").content.decode()
    assert 'lang="fr"' in page
    assert "<h1>Mon compte</h1>" in page


def test_the_language_of_an_account_follows_the_switch(client: Client, bea: Any) -> None:
    sign_in(client, email=bea.email)

    client.get("/account?lang=en")

    bea.refresh_from_db()
    assert bea.locale == "en"
    assert 'lang="en"' in client.get("/account").content.decode()

"""Mails by a real mail server: once each, later while it is away, never twice, and to whom they belong now."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from aiosmtpd.smtp import SMTP

from tests.stage.mail_server import TAKES_IT, MailServer
from visitsync.domain.role import Role
from visitsync.domain.telling_choices import USUAL, Kind
from visitsync.storage import practices, staff, telling_choices, tellings
from visitsync.storage.practices import ConnectionState
from visitsync.storage.tellings import MailState, Telling
from visitsync.sync.telling.posting import pause_after
from visitsync.sync.telling.stop_link import Stop, read_stop
from visitsync.wiring.house import House
from visitsync.wiring.telling import Teller
from visitsync.wiring.worker import work

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
"""A Tuesday, ten o'clock in New York."""
PATIENCE_SECONDS = 60.0
PUBLIC = "https://visits.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


class Installation:
    """An installation with a practice whose connection must be signed in again, on a clock that the test moves."""

    def __init__(self, house: House) -> None:
        self.now = NOW
        self.house = msgspec.structs.replace(house, clock=lambda: self.now)
        self.practice_id = practices.add_practice(
            house.database, slug="lakeside", name="Lakeside Clinic", zone="America/New_York"
        ).practice_id
        self.connection_id = self.connect(self.practice_id)

    def connect(self, practice_id: UUID) -> UUID:
        with self.house.database.practice(practice_id) as transaction:
            identity = practices.add_connection(transaction, emr="drchrono", base_url="https://emr.example")
            practices.change_state(transaction, identity, ConnectionState.NEEDS_RECONNECT)
        return identity

    def mended(self) -> None:
        """Pausing is no matter for a day."""
        with self.house.database.practice(self.practice_id) as transaction:
            practices.forget_connection(transaction, self.connection_id)

    def hire(self, name: str, email: str, practice_id: UUID | None = None, user: UUID | None = None) -> UUID:
        """An admin; the same `user` at several practices."""
        at = self.practice_id if practice_id is None else practice_id
        person = uuid4() if user is None else user
        with self.house.database.practice(at) as transaction:
            member = staff.add_staff(transaction, self.house.vault, name=name, email=email, role=Role.ADMIN)
        with self.house.database.shared() as connection:
            connection.execute(
                """insert into account_user (id, email, name, password, is_active) values (%s, %s, %s, '', true)
                   on conflict do nothing""",
                (person, email, name),
            )
            connection.execute(
                "insert into account_membership (user_id, tenant_id, staff_id) values (%s, %s, %s)",
                (person, at, member.staff_id),
            )
        return member.staff_id

    def work(self, minutes: float = 0, worker: Teller | None = None) -> Teller:
        """A worker looks at everybody, so many minutes later."""
        self.now += timedelta(minutes=minutes)
        worker = worker or Teller(self.house)
        worker.round()
        return worker

    def told(self, staff_id: UUID) -> list[Telling]:
        with self.house.database.practice(self.practice_id) as transaction:
            return tellings.latest(transaction, staff_id, at_most=100)

    def mail_states(self, staff_id: UUID) -> list[MailState]:
        """Of what somebody was told, in order."""
        return [one.mail for one in self.told(staff_id)][::-1]


@pytest.fixture
def with_mail(environment: object, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISITSYNC_SMTP_URL", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setenv("VISITSYNC_MAIL_FROM", "notices@visits.example")
    monkeypatch.setenv("VISITSYNC_PUBLIC_URL", PUBLIC)


@pytest.fixture
def installation(with_mail: None, house: House) -> Installation:
    return Installation(house)


@pytest.fixture
def ana(installation: Installation) -> UUID:
    return installation.hire("Ana", "ana@lakeside.example")


def test_an_alarm_is_mailed_once_with_links_to_our_own_pages(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    for _ in range(3):
        installation.work(5)
    [mail] = server.mails
    assert server.recipients == [["ana@lakeside.example"]]
    assert mail["To"] == "ana@lakeside.example"
    assert mail["Subject"] == "DrChrono: The connection must be signed in again – Lakeside Clinic"
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"{PUBLIC}/p/lakeside/connections" in body.get_content()
    assert f"{PUBLIC}/p/lakeside/notices" in body.get_content()
    stop = mail["List-Unsubscribe"].removeprefix(f"<{PUBLIC}/stop-mail/").removesuffix(">")
    assert read_stop(installation.house.vault, stop) == Stop(installation.practice_id, ana, Kind.ALARM)
    assert installation.mail_states(ana) == [MailState.SENT]


def test_workers_side_by_side_mail_nobody_twice(installation: Installation, server: MailServer) -> None:
    for number in range(5):
        installation.hire(f"Person {number}", f"person{number}@lakeside.example")
    workers = [Teller(installation.house) for _ in range(3)]
    threads = [threading.Thread(target=installation.work, args=(0, worker)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    installation.work(5)
    assert sorted(one[0] for one in server.recipients) == [f"person{number}@lakeside.example" for number in range(5)]


def test_while_the_server_is_away_mails_wait_longer_and_longer_and_then_go_once(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    server.stop()
    for _ in range(4):
        installation.work(10)
        assert installation.mail_states(ana) == [MailState.WAITING]
    server.start()
    installation.work(60)
    installation.work(60)
    assert len(server.mails) == 1
    assert installation.mail_states(ana) == [MailState.SENT]


def test_pauses_double_up_to_an_hour() -> None:
    minutes = [pause_after(tries).total_seconds() / 60 for tries in (1, 2, 3, 6, 7, 400)]
    assert minutes == [1, 2, 4, 32, 60, 60]


@pytest.mark.parametrize("answer", ["451 Greylisted", "421 Too busy"])
def test_a_server_that_asks_for_patience_gets_it(
    installation: Installation, ana: UUID, server: MailServer, answer: str
) -> None:
    server.to_recipients = answer
    installation.work()
    assert installation.mail_states(ana) == [MailState.WAITING]
    server.to_recipients = TAKES_IT
    installation.work(10)
    assert len(server.mails) == 1


def test_what_is_refused_for_good_is_given_up_and_the_next_person_is_told_all_the_same(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    server.to_recipients = "550 No such user"
    installation.work()
    assert installation.mail_states(ana) == [MailState.GIVEN_UP]
    server.to_recipients = TAKES_IT
    bob = installation.hire("Bob", "bob@lakeside.example")
    installation.work(5)
    assert server.recipients == [["bob@lakeside.example"]]
    assert installation.mail_states(bob) == [MailState.SENT]


def test_a_server_that_falls_silent_after_it_has_the_letter_does_not_get_it_again(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    def hangs_up(connection: SMTP) -> str:
        assert connection.transport is not None
        connection.transport.close()
        return TAKES_IT

    server.to_letters = hangs_up
    installation.work()
    assert installation.mail_states(ana) == [MailState.UNCLEAR]
    for _ in range(3):
        installation.work(60)
    assert len(server.mails) == 1, "it had arrived"


def test_a_mail_whose_sender_died_is_not_sent_again(installation: Installation, ana: UUID, server: MailServer) -> None:
    server.stop()
    installation.work()
    server.start()
    installation.now += timedelta(minutes=5)
    with installation.house.database.practice(installation.practice_id) as transaction:
        assert tellings.take_to_mail(transaction, installation.now, takes=timedelta(minutes=10)) is not None
    for _ in range(3):
        installation.work(20)
    assert server.mails == []
    assert installation.mail_states(ana) == [MailState.UNCLEAR]


def test_after_a_day_in_vain_a_mail_is_given_up(installation: Installation, ana: UUID, server: MailServer) -> None:
    server.stop()
    for _ in range(26):
        installation.work(60)
    assert installation.mail_states(ana) == [MailState.GIVEN_UP]
    server.start()
    installation.work(60)
    assert server.mails == []


def test_what_is_over_before_its_mail_could_go_is_not_mailed_at_all(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    server.stop()
    installation.work()
    installation.mended()
    installation.work(5)
    installation.work(20)
    server.start()
    installation.work(60)
    assert server.mails == []
    assert installation.mail_states(ana) == [MailState.DROPPED, MailState.NONE]


def test_all_clear_is_mailed_to_whom_the_alarm_was_mailed(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    installation.work()
    installation.mended()
    installation.work(5)
    installation.work(20)
    installation.work(20)
    assert [mail["Subject"].partition(":")[0] for mail in server.mails] == ["DrChrono", "All clear"]


@pytest.mark.parametrize("what", ["left", "stopped these mails", "has another address", "has a broken address"])
def test_a_mail_that_waits_goes_by_what_is_so_when_it_goes(
    installation: Installation, ana: UUID, server: MailServer, what: str
) -> None:
    server.stop()
    installation.work()
    with installation.house.database.practice(installation.practice_id) as transaction:
        if what == "left":
            staff.set_active(transaction, ana, is_active=False)
        if what == "stopped these mails":
            listener = telling_choices.listener(transaction, ana, installation.now)
            assert listener is not None
            stopped = msgspec.structs.replace(listener.choices, wants=frozenset({Kind.DIGEST}))
            telling_choices.choose(transaction, ana, stopped, now=installation.now)
        if what.startswith("has"):
            email = "ana@new.example" if "another" in what else "ana@new.example\r\nBcc: eve@nowhere.example"
            sealed = installation.house.vault.seal(email.encode(), staff.email_place(installation.practice_id, ana))
            transaction.execute("update staff set email = %s where staff_id = %s", (sealed, ana))
    server.start()
    installation.work(10)
    expected = [["ana@new.example"]] if what == "has another address" else []
    assert server.recipients == expected


def test_somebody_at_two_practices_is_told_by_each_of_its_own(installation: Installation, server: MailServer) -> None:
    database, user = installation.house.database, uuid4()
    other = practices.add_practice(database, slug="hilltop", name="Hilltop", zone="America/Chicago").practice_id
    installation.connect(other)
    at_lakeside = installation.hire("Olga", "olga@operator.example", user=user)
    installation.hire("Olga", "olga@operator.example", other, user=user)
    with database.practice(installation.practice_id) as transaction:
        listener = telling_choices.listener(transaction, at_lakeside, NOW)
        assert listener is not None
        nothing = msgspec.structs.replace(listener.choices, wants=frozenset())
        telling_choices.choose(transaction, at_lakeside, nothing, now=NOW)
    installation.work()
    assert [mail["Subject"].rpartition(" – ")[2] for mail in server.mails] == ["Hilltop"]


def test_a_practices_name_adds_no_header(installation: Installation, ana: UUID, server: MailServer) -> None:
    with installation.house.database.practice(installation.practice_id) as transaction:
        practices.change_practice(transaction, name="Lake\r\nBcc: eve@nowhere.example\r\n\r\n<script>alert(1)</script>")
    installation.work()
    [mail] = server.mails
    assert mail["Bcc"] is None
    assert server.recipients == [["ana@lakeside.example"]]
    html = mail.get_body(("html",))
    assert html is not None
    assert "<script" not in html.get_content()


def test_a_letter_with_dots_and_long_lines_arrives_as_it_was(
    installation: Installation, ana: UUID, server: MailServer
) -> None:
    name = ". dots\u00e9 " + "long " * 12
    with installation.house.database.practice(installation.practice_id) as transaction:
        practices.change_practice(transaction, name=name)
    installation.work()
    body = server.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines()[1] == name.strip()


def test_a_wrong_password_is_waited_for_and_one_practices_trouble_keeps_no_other_from_being_told(
    environment: object, house: House, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = msgspec.structs.replace(
        house.settings,
        smtp_url=f"smtp://somebody:wrong@127.0.0.1:{server.port}",
        mail_from="notices@visits.example",
        public_url=PUBLIC,
    )
    installation = Installation(msgspec.structs.replace(house, settings=settings))
    ana = installation.hire("Ana", "ana@lakeside.example")
    other = practices.add_practice(house.database, slug="hilltop", name="Hilltop", zone="America/Chicago").practice_id
    installation.connect(other)
    installation.hire("Bob", "bob@hilltop.example", other)
    installation.work()
    assert server.mails == []
    assert installation.mail_states(ana) == [MailState.WAITING]
    with house.database.practice(other) as transaction:
        row = transaction.execute("select count(*) from telling").fetchone()
    assert row == (1,)


def test_without_a_mail_server_people_are_told_in_the_app(house: House) -> None:
    installation = Installation(house)
    ana = installation.hire("Ana", "ana@lakeside.example")
    installation.work()
    assert installation.mail_states(ana) == [MailState.NONE]


def test_a_worker_looks_at_each_practice_only_when_it_is_its_turn(installation: Installation) -> None:
    worker = Teller(installation.house)
    assert [worker.round(), worker.round()] == [1, 0]
    installation.now += timedelta(minutes=2)
    assert [Teller(installation.house).round(), worker.round()] == [1, 0]


def test_a_worker_process_tells_by_itself(with_mail: None, house: House, server: MailServer) -> None:
    installation = Installation(house)
    everything = msgspec.structs.replace(USUAL[Role.ADMIN], quiet=None, is_told_when_closed=True)
    ana = installation.hire("Ana", "ana@lakeside.example")
    with house.database.practice(installation.practice_id) as transaction:
        telling_choices.choose(transaction, ana, everything, now=NOW)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(house.settings,), kwargs={"concurrency": 1, "stop": stop})
    worker.start()
    try:
        assert server.came.wait(PATIENCE_SECONDS)
    finally:
        stop.set()
        worker.join()
    assert server.recipients == [["ana@lakeside.example"]]

"""Invented people: names from many places, and charts with everything in them that goes wrong in real ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from visitsync.simulator_kit.records import Coverage

FIRST_NAMES = (
    "Amaranta", "Bastien", "Calliope", "Dorian", "Evander", "Freya", "Galen", "Hestia", "Idris", "Jocasta",
    "Kestrel", "Lucan", "Mireille", "Nico", "Oriel", "Pascal", "Quilla", "Rowena", "Soren", "Tamsin",
    "Ulric", "Vesper", "Wystan", "Xanthe", "Yara", "Zoltan", "Beatrix", "Corin", "Delphine", "Emrys",
)  # fmt: skip
LAST_NAMES = (
    "Abernathy", "Brightwater", "Castellan", "Dunmore", "Eastlake", "Farrow", "Glasswright", "Hollis",
    "Ironwood", "Jessamy", "Kilbride", "Larkin", "Merriweather", "Northcott", "Ormond", "Pemberley",
    "Quayle", "Ravenscar", "Silverton", "Thackeray", "Underhill", "Valcourt", "Wintersun", "Yarrow",
)  # fmt: skip
STREETS = ("Tamarack Row", "Larkspur Ct", "Old Mill Rd", "Harbor View", "Cedar Hollow Ln", "Juniper St")
TOWNS = (("Alderton", "PA", "19001"), ("Brookhaven Falls", "OH", "43001"), ("Cinder Mesa", "AZ", "85001"))
PAYERS = (
    ("Harbor Mutual Health", "HMH01", "Harbor PPO Silver"),
    ("Blue Heron Plan", "BHP22", "Heron Select"),
    ("Prairie Care Trust", "PCT07", "Prairie Basic"),
)
PRACTITIONER_NAMES = (
    ("Imara", "Osei"), ("Leopold", "Tran"), ("Saoirse", "Whitlock"), ("Teodor", "Lindqvist"), ("Noor", "Haddad"),
    ("Ezra", "Bellweather"), ("Marisol", "Quenby"), ("Anselm", "Okoye"), ("Philippa", "Sato"), ("Ravi", "Thorne"),
)  # fmt: skip
STAFF_NAMES = (("Bertrand", "Quill"), ("Clementine", "Ashby"), ("Osgood", "Pell"), ("Verity", "Marsh"))

# Each is a chart that real practices have; the rest of the chart is filled in as usual.
ODD_CHARTS: Mapping[str, Mapping[str, Any]] = {
    "no e-mail": {"email": ""},
    "placeholder e-mail": {"email": "noemail@example.org"},
    "no @": {"email": "mireille.farrow.example.net"},
    "two addresses": {"email": "corin@example.net; delphine@example.net"},
    "space in e-mail": {"email": "tamsin hollis@example.com"},
    "full-width e-mail": {"email": "yara@ｅｘａｍｐｌｅ.com"},
    "trailing dot": {"email": "ulric@example.com."},
    "international e-mail": {"email": "søren.łarkin@example.org"},
    "no birth date": {"birth_date": None},
    "born tomorrow": {"birth_date": date(2999, 1, 1)},
    "no address": {"address": "", "city": "", "state": "", "postal_code": ""},
    "state spelled out": {"state": "Pennsylvania"},
    "letters in phone": {"mobile_phone": "ask for Corin"},
    "uninsured": {"coverage": None},
    "self-pay": {"coverage": None, "is_self_pay": True},
    "payer typed in": {"coverage": Coverage(company="heron blue?")},
    "child alone": {"birth_date": date(2017, 4, 9), "nick_name": "Pip"},
    "child with parent": {
        "birth_date": date(2015, 9, 30),
        "guardian_name": "Bastien Dunmore",
        "guardian_email": "bastien.dunmore@example.com",
        "guardian_phone": "(555) 555-0177",
    },
    "e-mail under guardian": {"email": "", "guardian_email": "lucan.yarrow@example.net"},
    "e-mail under work": {"email": "", "work_email": "wystan.ormond@example.org"},
    "inactive": {"status": "inactive"},
    "deceased": {"status": "deceased"},
    "Japanese": {"first_name": "さくら", "last_name": "宮本", "email": "sakura@example.net"},
    "Greek": {"first_name": "Αικατερίνη", "last_name": "Παπαδοπούλου"},
    "Arabic": {"first_name": "نور", "last_name": "الهاشمي"},
    "Hebrew and Latin": {"first_name": "רות Ruth", "last_name": "ben-Ami"},
    "Vietnamese": {"first_name": "Thị Mỹ", "last_name": "Nguyễn"},
    "emoji": {"first_name": "Zoé 🌻", "last_name": "Wintersun"},
    "very long": {"first_name": "Wolfeschlegel" * 8, "last_name": "Steinhausenberger-" * 11 + "Bergedorf"},
    "apostrophe": {"first_name": "Maeve", "last_name": "O'Brien-Smyth"},
    "called Null": {"first_name": "Jennifer", "last_name": "Null"},
    "called Test": {"first_name": "Winifred", "last_name": "Test"},
    "test patient": {"first_name": "Test", "last_name": "Patient"},
    "one name only": {"first_name": "", "last_name": "Suharni"},
    "markup": {"first_name": "<b>Bold</b>", "last_name": "& Daughters"},
}


def a_chart(random: Random, number: int) -> dict[str, Any]:
    """A complete chart of somebody invented; `number` makes the mailbox and phone unique."""
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    town, state, postal_code = random.choice(TOWNS)
    company, payer_id, plan = random.choice(PAYERS)
    return {
        "first_name": first,
        "last_name": last,
        "birth_date": date(random.randint(1932, 2006), random.randint(1, 12), random.randint(1, 28)),
        "sex": random.choice(("F", "M", "F", "M", "X")),
        "email": f"{first}.{last}.{number}@example.{random.choice(('org', 'com', 'net'))}".lower(),
        "mobile_phone": f"(555) {number // 10_000 % 1000:03d}-{number % 10_000:04d}",
        "address": f"{random.randint(1, 999)} {random.choice(STREETS)}",
        "city": town,
        "state": state,
        "postal_code": postal_code,
        "coverage": Coverage(company=company, payer_id=payer_id, member_id=f"{payer_id}-{number:07d}", plan_name=plan),
    }

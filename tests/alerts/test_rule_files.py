from datetime import timedelta
from decimal import Decimal

import pytest
from making import NOON

from alerts.conditions import AnyOf, Is, Says, Sure, Within
from alerts.rule import Address, Rule, RuleSet, control, decode, publish
from alerts.rule_folder import check, load, reload, stamp
from streams.logs.sqlite import SqliteLog
from tidings.codec import decode as record_of
from tidings.errors import ConfigError, PermanentError

GOOD = """\
name: Approvals
says: China approves a device.
signal: {type: registration, action: approved, authority: NMPA}
to: ["console:"]
must_fire:
  - title: Approved
    text: 'SIGNAL {"type": "registration", "action": "approved", "authority": "NMPA"}'
must_not_fire:
  - title: Renewed
    text: 'SIGNAL {"type": "registration", "action": "renewed", "authority": "NMPA"}'
"""

BAD = {
    "an unknown key": (
        GOOD.replace("says:", "say:"),
        'r.yaml:2: unknown key "say"; want one of name, says, signal, query, to, must_fire, must_not_fire'
        '; did you mean "says"?',
    ),
    "a word outside the vocabulary": (
        GOOD.replace("action: approved", "action: aproved"),
        'r.yaml:3: key "signal.action" is "aproved"; want one of approved, accepted, designated, renewed, refused,'
        ' suspended, revoked; did you mean "approved"?',
    ),
    "a condition that the type does not know": (
        GOOD.replace("authority: NMPA", "metric: growth"),
        'r.yaml:3: unknown key "signal.metric"; want one of type, company, device, region, quantity, forecast,'
        " confidence_min, authority, action, product, device_class, pathway, registration_no, valid_until,"
        " first_of_kind",
    ),
    "an unknown type": (
        GOOD.replace("registration", "registrations", 1),
        'r.yaml:3: key "signal.type" is "registrations"; want one of registration, export, policy, procurement,'
        " reimbursement, market_size, market_share, launch, results, deal, manufacturing, safety, trade_measure"
        '; did you mean "registration"?',
    ),
    "no type": (
        GOOD.replace("type: registration, ", ""),
        'r.yaml:3: key "signal" is a mapping; want conditions, the type of the signal among them',
    ),
    "an authority that nobody knows": (
        GOOD.replace("authority: NMPA", "authority: NMPB"),
        'r.yaml:3: key "signal.authority" is "NMPB"; want an authority that the lexicon knows; did you mean "NMPA"?',
    ),
    "a company that nobody knows": (
        GOOD.replace("authority: NMPA", "company: [Medtronic, Midray]"),
        'r.yaml:3: key "signal.company" is "Midray"; want a company that the lexicon knows; did you mean "Mindray"?',
    ),
    "a flag that is neither": (
        GOOD.replace("authority: NMPA", "forecast: maybe"),
        'r.yaml:3: key "signal.forecast" is "maybe"; want true or false',
    ),
    "a number in words": (
        GOOD.replace("authority: NMPA", "quantity: {unit: percent, min: five}"),
        'r.yaml:3: key "signal.quantity.min" is "five"; want a number in digits, such as 300000000 or -8.2',
    ),
    "limits the wrong way round": (
        GOOD.replace("authority: NMPA", "quantity: {min: 5, max: 4}"),
        'r.yaml:3: key "signal.quantity.min" is "5"; want at most the max, 4',
    ),
    "a confidence above one": (
        GOOD.replace("authority: NMPA", "confidence_min: 80"),
        'r.yaml:3: key "signal.confidence_min" is "80"; want a number from 0 to 1, such as 0.8',
    ),
    "a list where text belongs": (
        GOOD.replace("China approves a device.", "[China]"),
        'r.yaml:2: key "says" is a list; want one line of text',
    ),
    "text where a list belongs": (
        GOOD.replace('["console:"]', "console"),
        'r.yaml:4: key "to" is "console"; want a list of addresses such as'
        ' ["email:desk@example.com", "slack:#medtech", "console:"]',
    ),
    "an unknown channel": (
        GOOD.replace("console:", "emial:desk@example.com"),
        'r.yaml:4: key "to" is "emial:desk@example.com"; want KIND:RECIPIENT with a kind that is one of email, slack,'
        ' console; did you mean "email"?',
    ),
    "a recipient that would start another header": (
        GOOD.replace("console:", r"email:desk@example.com\nBcc: all@example.com"),
        'r.yaml:4: key "to" is "email:desk@example.com\nBcc: all@example.com"; want an address such as "console:"',
    ),
    "an address without a host": (
        GOOD.replace("console:", "email:desk"),
        'r.yaml:4: key "to" is "email:desk"; want an address such as "email:desk@example.com"',
    ),
    "both forms of rule": (
        GOOD + "query: Mindray\n",
        'r.yaml:1: want one of "signal" (conditions) and "query" (a search)',
    ),
    "a missing key": (GOOD.replace('to: ["console:"]\n', ""), 'r.yaml:1: key "to" is missing'),
    "an empty value": (
        GOOD.replace("name: Approvals", "name:"),
        'r.yaml:1: key "name" is empty; want one line of text',
    ),
    "a key twice": (GOOD + "name: Other\n", 'r.yaml:11: key "name" stands there twice; want it once'),
    "an anchor": (
        GOOD.replace('["console:"]', '&all ["console:"]') + "query: *all\n",
        'r.yaml:11: key "query" repeats an anchor; want the value written out',
    ),
    "no YAML": (GOOD + "  : [\n", "r.yaml:11: expected <block end>, but found ':'; want YAML"),
    "an empty file": ("", "r.yaml:1: the file is empty; want NAME: value lines"),
    "an example that keeps silent": (
        GOOD.replace('"approved", "authority": "NMPA"', '"renewed", "authority": "NMPA"'),
        'r.yaml:6: must_fire "Approved" does not fire: action is renewed, rule wants approved; want it to',
    ),
    "an example that fires": (
        GOOD.replace('"renewed"', '"approved"'),
        """r.yaml:9: must_not_fire "Renewed" fires (rule 'Approvals': registration approved by NMPA); want it not to""",
    ),
    "an example without a text": (
        GOOD.replace("    text: 'SIGNAL", "    texts: 'SIGNAL", 1),
        'r.yaml:7: unknown key "must_fire.texts"; want one of title, text, published; did you mean "text"?',
    ),
    "an example that cannot be read": (
        GOOD + "  - {title: Odd, text: unreadable}\n",
        'r.yaml:11: key "must_not_fire" is a mapping; want an article that can be read: ingested article: no text;'
        " want some",
    ),
    "an example that gives no article": (
        GOOD + "  - {title: Odd, text: empty}\n",
        'r.yaml:11: key "must_not_fire" is a mapping; want an article that can be read, not one that ends as no-text',
    ),
}


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder, text, name="r.yaml"):
    (folder / name).write_text(text, "utf-8")


def approvals(**over) -> Rule:
    given = {
        "name": "Approvals",
        "says": "China approves a device.",
        "to": (Address(channel="console", recipient=""),),
        "conditions": (
            AnyOf(attribute="type", values=("registration",)),
            AnyOf(attribute="action", values=("approved",)),
            AnyOf(attribute="authority", values=("NMPA",)),
            Sure(min=0.8),
        ),
    }
    return Rule(**(given | over))


def test_a_good_file_gives_its_rule(folder, analyse, lexicon):
    write(folder, GOOD)

    assert load(folder, analyse, lexicon) == RuleSet(rules=(approvals(),))


def test_names_may_be_written_in_either_language_and_values_alone_or_as_a_list(folder, analyse, lexicon):
    write(
        folder,
        """\
name: 影像
says: Imaging by two makers.
signal:
  type: registration
  company: [迈瑞, GE]
  device: 超声
  region: China
  action: [approved, renewed]
  product: [uMR, "64排"]
  device_class: III
  first_of_kind: false
  quantity: {unit: products, min: 2, max: 1_000.5}
  confidence_min: 0.65
to: ["slack:#影像", "slack:#影像", "email:d@example.com"]
""",
    )

    assert load(folder, analyse, lexicon).rules[0] == Rule(
        name="影像",
        says="Imaging by two makers.",
        to=(Address(channel="slack", recipient="#影像"), Address(channel="email", recipient="d@example.com")),
        conditions=(
            AnyOf(attribute="type", values=("registration",)),
            AnyOf(attribute="companies", values=("Mindray", "GE HealthCare")),
            AnyOf(attribute="devices", values=("ultrasound",)),
            AnyOf(attribute="regions", values=("CN",)),
            AnyOf(attribute="action", values=("approved", "renewed")),
            Says(attribute="product", phrases=("uMR", "64排")),
            AnyOf(attribute="device_class", values=("III",)),
            Is(attribute="first_of_kind", value=False),
            Within(unit="products", min=Decimal(2), max=Decimal("1000.5")),
            Sure(min=0.65),
        ),
    )


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_named_with_line_key_and_what_was_wanted(case, folder, analyse, lexicon):
    text, message = BAD[case]
    write(folder, text)

    rules, errors = check(folder, analyse, lexicon)

    assert (rules, [str(error) for error in errors]) == (RuleSet(), [message])


def test_a_query_that_cannot_be_parsed_is_named(folder, analyse, lexicon):
    write(folder, 'name: Q\nsays: q\nquery: "colour:red"\nto: ["console:"]\n')

    with pytest.raises(ConfigError, match=r'^r\.yaml:3: key "query" is "colour:red"; want a search that can be read: '):
        load(folder, analyse, lexicon)


def test_a_query_rule_runs_its_examples_too(folder, analyse, lexicon):
    write(
        folder,
        'name: Q\nsays: q\nquery: \'"infusion pump"\'\nto: ["console:"]\n'
        "must_fire: [{title: A, text: A new infusion pump}]\nmust_not_fire: [{title: B, text: A pump for infusion}]\n",
    )

    assert [(rule.name, rule.query) for rule in load(folder, analyse, lexicon).rules] == [("Q", '"infusion pump"')]


def test_names_in_a_query_are_resolved_when_the_file_is_read(folder, analyse, lexicon):
    write(folder, 'name: Q\nsays: q\nquery: 强生 OR recall\nto: ["console:"]\n')

    assert load(folder, analyse, lexicon).rules[0].query == 'company:"Johnson & Johnson" OR recall'


def test_every_bad_file_is_named_and_a_name_may_stand_once(folder, analyse, lexicon):
    write(folder, GOOD, "a.yaml")
    write(folder, GOOD, "b.yml")
    write(folder, "", "c.yaml")
    write(folder, "not a rule", "readme.txt")
    (folder / ".#a.yaml").symlink_to("an-editor-s-lock")

    with pytest.raises(ConfigError) as caught:
        load(folder, analyse, lexicon)

    assert str(caught.value).splitlines() == [
        'b.yml: name "Approvals" is taken by a.yaml; want another',
        "c.yaml:1: the file is empty; want NAME: value lines",
    ]


def test_one_bad_file_and_the_previous_set_stays_whole(folder, analyse, lexicon):
    write(folder, GOOD)
    before = load(folder, analyse, lexicon)
    write(folder, GOOD.replace("Approvals", "Other"), "other.yaml")
    write(folder, GOOD.replace("approved, ", "aproved, "))

    rules, errors = reload(before, folder, analyse, lexicon)

    assert (rules, len(errors)) == (before, 1)


def test_a_mended_folder_replaces_the_set(folder, analyse, lexicon):
    before = RuleSet()
    write(folder, GOOD)

    assert reload(before, folder, analyse, lexicon) == (RuleSet(rules=(approvals(),)), [])


def test_a_missing_folder_is_named(folder, analyse, lexicon):
    with pytest.raises(ConfigError, match="there is no such folder; want the folder of rule files"):
        load(folder / "none", analyse, lexicon)


def test_the_stamp_changes_with_every_edit_and_with_nothing_else(folder):
    write(folder, GOOD)
    before = stamp(folder)
    write(folder, "noise", "notes.txt")
    untouched = stamp(folder)
    write(folder, GOOD + "\n")

    assert (untouched == before, stamp(folder) == before) == (True, False)


def test_a_set_survives_its_own_text(folder, analyse, lexicon):
    write(folder, GOOD.replace("authority: NMPA", "quantity: {unit: percent, min: 5.50}").split("must_fire")[0])
    rules = load(folder, analyse, lexicon)

    assert decode(rules.text) == rules


def test_a_text_that_is_no_set_is_refused_for_good():
    with pytest.raises(PermanentError, match="a set of rules cannot be read"):
        decode('{"rules": [{"name": "no more"}]}')


def test_a_set_is_published_once_and_again_only_when_it_changed(tmp_path):
    path = tmp_path / "log.sqlite"
    first, second = RuleSet(rules=(approvals(),)), RuleSet(rules=(approvals(says="Another line."),))
    later = NOON + timedelta(hours=1)

    appended = [
        publish(SqliteLog(path), rules, at=at, by="folder")
        for rules, at in ((first, NOON), (first, later), (second, later), (second, later), (first, later))
    ]

    assert appended == [True, False, True, False, True]
    assert [record_of(body) for _, body in SqliteLog(path).read("intake", -1, 10, 0.0)] == [
        control(first, at=NOON, by="folder"),
        control(second, at=later, by="folder"),
        control(first, at=later, by="folder"),
    ]

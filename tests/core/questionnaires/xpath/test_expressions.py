"""Every row of the table of meaning, and what the parser refuses."""

import pytest

from questionnaires import ExpressionFault
from questionnaires.xpath.expressions import compile_expression
from tests.forms import respond, table, value_of

MEANING = [
    # blanks and what is not a number
    ("${blank} + 1", ""),
    ("0 div 0", ""),
    ("${blank} > 0", "false"),
    ("${blank} < 5", "false"),
    ("${blank} = 0", "false"),
    ("${blank} != 1", "true"),
    ("${blank} = ''", "true"),
    ("concat('a', number('x'))", "a"),
    ("coalesce(0 div 0, 3)", "3"),
    # truth
    ("boolean('false')", "true"),
    ("boolean('0')", "true"),
    ("boolean(0)", "false"),
    ("boolean(0 div 0)", "false"),
    ("boolean(${blank})", "true"),
    ("not(${blank})", "false"),
    ("true() = 1", "true"),
    ("boolean-from-string('1')", "true"),
    ("boolean-from-string('yes')", "false"),
    ("boolean-from-string('TRUE')", "true"),  # XForms 1.0, 7.7.1: capitals do not matter
    # comparing
    ("'1' = 1.0", "true"),
    ("'1.0' = '1'", "false"),
    ("'b' > 'a'", "false"),
    ("'10' >= '9'", "true"),
    ("1 <= 1 and 2 != 3 or false()", "true"),
    ("3 > 2 > 1", "false"),
    ("1 = 2 < 3", "true"),
    ("indexed-repeat(${blank}, /data, 9) = ''", "false"),
    # numbers as text, texts as number
    ("12345678901234567890", "12345678901234567000"),
    ("pow(0, -1)", "Infinity"),
    ("log(0)", "-Infinity"),
    ("sqrt(-1)", ""),
    ("10 div 5", "2"),
    ("10 div 4", "2.5"),
    ("0.1 + 0.2", "0.30000000000000004"),
    ("-1 * 0", "0"),
    ("1 div 0", "Infinity"),
    ("-1 div 0", "-Infinity"),
    ("1 div 10000000", "1e-7"),
    ("' 5 ' + 0", "5"),
    ("'+5' + 0", "5"),
    ("'1e3' + 0", "1000"),
    ("+(3) - -2", "5"),
    ("100div 8", "12.5"),
    ("number('2026-06-15T10:30:00.000+00:00')", "20619"),
    ("decimal-time('2026-06-15T10:30:00.000+02:00')", "0.3541666666666667"),
    ("format-date-time('2026-06-15T10:30:00.000+02:00', '%H:%M')", "08:30"),
    ("date('2026-06-15T10:30:00+02:00')", "2026-06-15T08:30:00.000+00:00"),
    ("date('2026-3-1')", "2026-03-01"),
    # texts
    ("substring-before('a-b', '')", ""),
    ("substring-after('a-b', '')", "a-b"),
    ("substring-after('a-b', '-')", "b"),
    ("selected(${blank}, '')", "true"),
    ("checklist(1, 2, 'x', '', false())", "true"),
    ("checklist(-2, -2, true())", "false"),
    ("checklist(-2, -1, false())", "true"),
    ("substr('hello world', -2.5)", "ld"),
    ("substr('hello world', 1.9, -1.5)", "ello worl"),
    ("base64-decode('aGVsbG8')", "hello"),
    ("base64-decode('a')", ""),
    ("exp(1000)", "Infinity"),
    ("exp10(400)", "Infinity"),
    ("exp(-1000)", "0"),
    ("date(true())", ""),
    ("decimal-time('1e3')", ""),
    ("decimal-time('123456')", ""),
    # places
    ("distance('1.5 2.5 0 0;1.6 2.5 0 0')", "11131.88"),
    ("geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "true"),
    ("geofence('1.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "false"),
    ("geofence('0.5 0.5', '0 0;0 1;1 1')", "false"),
    # rounding
    ("round(-2.5)", "-3"),
    ("round(2.345, 2)", "2.35"),
    ("round(1250, -2)", "1300"),
    ("round('x')", ""),
    ("round(1, 1000)", ""),
    ("round(2.5, 40)", "2.5"),
    ("round(2.5, -40)", "0"),
    ("round(pow(10, 40) + 0)", "1e+40"),
    ("int(-3.7)", "-3"),
    ("-7 mod 3", "-1"),
    ("7 mod 0", ""),
    ("floor(2.9) + ceiling(2.1)", "5"),
    # dates
    ("date('2026-01-31') + 1", "20485"),
    ("'2026-03-01' - '2026-02-01'", "28"),
    ("date(20484)", "2026-01-31"),
    ("date(1.5)", "1970-01-02T12:00:00.000+00:00"),
    ("date('')", ""),
    ("date(99999999999)", ""),
    ("date(3000000)", ""),
    ("date-time('2026-01-31')", "2026-01-31"),
    ("date-time('x')", ""),
    ("'2026-13-01' + 1", ""),
    ("'2026-06-15T12:00:00.000Z' - '2026-06-15'", "0.5"),
    ("'2026-02-01' < '2026-03-01'", "true"),
    ("today()", "2026-06-15"),
    ("now()", "2026-06-15T12:00:00.000+00:00"),
    ("decimal-date-time('1970-01-02T06:00:00Z')", "1.25"),
    ("decimal-date-time('x')", ""),
    ("decimal-time('06:00')", "0.25"),
    ("decimal-time('x')", ""),
    ("decimal-time('99:99')", ""),
    ("format-date('2026-06-01', '%e %b %Y %n %y %a')", "1 Jun 2026 6 26 Mon"),
    ("format-date('2026-06-01', '%d/%m %q%%')", "01/06 %q%"),
    ("format-date(${blank}, '%Y')", ""),
    ("format-date-time('2026-06-15T09:05:07.250Z', '%H:%M:%S.%3 %h')", "09:05:07.250 9"),
    # selects
    ("selected('a b', 'a b')", "false"),
    ("selected('a b', 'b')", "true"),
    ("count-selected(' a  b ')", "2"),
    ("selected-at('a b c', 0)", "a"),
    ("selected-at('a b c', 9)", ""),
    ("checklist(1, 2, true(), false(), true())", "true"),
    ("checklist(-1, 1, true(), true())", "false"),
    ("weighted-checklist(3, -1, true(), 2, true(), 1)", "true"),
    # texts
    ("substr('hello', 1, 3)", "el"),
    ("substr('hello', -3)", "llo"),
    ("substr('hello', 'x')", ""),
    ("substring('hello', 2, 3)", "ell"),
    ("substring-before('a=b', '=')", "a"),
    ("substring-before('ab', '=')", ""),
    ("substring-after('a=b', '=')", "b"),
    ("string-length('abc')", "3"),
    ("normalize-space('  a   b ')", "a b"),
    ("contains('abc', 'b') and starts-with('abc', 'a') and ends-with('abc', 'c')", "true"),
    ("translate('abc', 'ab', 'x')", "xc"),
    ("regex('abc123', '[0-9]+')", "true"),
    ("regex('abc123', '^[0-9]+$')", "false"),
    ("coalesce('', 'x')", "x"),
    ("coalesce('', '')", ""),
    ("concat('a', 1, 2.50, true())", "a12.5true"),
    ("join('-', 'a', 'b')", "a-b"),
    ("if(1 = 1, 'yes', 1 div 0)", "yes"),
    ("string(1 = 1)", "true"),
    ("base64-decode('YWJj')", "abc"),
    ("base64-decode('?')", ""),
    ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
    # sums and extremes of no question, or of one that is blank
    ("sum(/data/nothing)", "0"),
    ("max(3, 1, 2) - min(3, 1, 2)", "2"),
    ("max(1, ${blank})", ""),
    ("count(${blank} | ${blank})", "1"),
    ("count-non-empty(/data/g/*)", "0"),
    # arithmetic of the specification
    ("pow(2, 3) + sqrt(9) + abs(-1)", "12"),
    ("sqrt(-1)", ""),
    ("pow(-1, 0.5)", ""),
    ("pow(1, ${blank})", ""),  # of what is missing nothing is known
    ("pow(-1, 1 div 0)", ""),
    ("pow(10, 999)", "Infinity"),
    ("round(pi(), 2)", "3.14"),
    ("exp10(2)", "100"),
    ("atan2(0, 1)", "0"),
    ("round(distance('0 0 0 0; 0 1 0 0'), 0)", "111319"),
    ("round(area('0 0; 0 1; 1 1; 1 0') div 1000000, 0)", "12391"),
    ("area('0 0')", "0"),
    ("area('here')", "0"),
    ("area('0 0;0 1;here;1 1')", "0"),
    ("area('91 0;0 1;1 1')", "0"),
    ("area('0 0 0 0 0;0 1;1 1')", "0"),
    # paths
    ("name(/data/g/n)", "n"),
    ("count(/data/g/*) = 4 and count(/data/g/node()) = 4", "true"),
    ("count(//n)", "1"),
    ("count(/*)", "1"),
    ("count(/data//n)", "1"),
    ("count(/data/g/child::n)", "1"),
    ("count(../g/n)", "1"),
    ("count(/data/g/n/parent::*/t)", "1"),
    ("count(/data/g/self::node())", "1"),
    ("count(/data/g/n/ancestor-or-self::*)", "3"),
    ("position(/data/g[9])", ""),
    ("count(/data/g/n/ancestor::data)", "1"),
    ("count(/data/g/descendant::n)", "1"),
    ("count(/data/g/descendant-or-self::g)", "1"),
    ("count(/data/g/n/following-sibling::t)", "1"),
    ("count(/data/g/t/preceding-sibling::n)", "1"),
    ("count((/data/g/n | /data/g/t)[position() = last()])", "1"),
    ("count(/data/g/*[. = ''])", "4"),
    ("count(/data/g/n/@id)", "0"),
    ("count(/data/g/n/text())", "1"),
    ("count(/)", "1"),
    ("count(current()/../g/n)", "1"),
    ("concat(/data/g/n[string-length() = 0], 'x')", "x"),
    ("count(instance('abc')/root/item)", "3"),
    ("instance('abc')/root/item[name = 'b']/label", "B"),
    ("instance('abc')/root/item[2]/name", "b"),
    ("instance('none')/root/item/name", ""),
    ("count(instance('abc')/root/item[position() = count(/data/g/*) - 2])", "1"),
    ("count(instance('abc')/root/item[2 = position()])", "1"),
    ("instance('abc')/root/item[name = concat('', 'c')]/label", "C"),
    ("count(instance('abc')/root/item[name = 1])", "0"),
    ("string(instance('abc')/root/item[1])", "aA"),
    ("count(concat('a', 'b')/x)", "0"),
    ("position(instance('abc')/root/item[name = 'c'])", "3"),
]


@pytest.mark.parametrize(("calculation", "result"), MEANING, ids=[row[0] for row in MEANING])
def test_an_expression_means_what_the_table_says(calculation, result):
    assert value_of(calculation) == result


@pytest.mark.parametrize(
    ("expression", "code", "at"),
    [
        ("/data/age > ", "expression-syntax", 11),
        ("if(/data/a, 1", "expression-syntax", 13),
        ("1 2", "expression-syntax", 2),
        ("/data/a/3", "expression-syntax", 8),
        ("$x", "expression-syntax", 0),
        ("foo(1)", "function-unknown", 0),
        ("1 + Selected(., 'a')", "function-unknown", 4),
        ("selected(.)", "arguments-wrong", 0),
        ("1 + if(1, 2)", "arguments-wrong", 4),
        ("concat()", "arguments-wrong", 0),
        ("indexed-repeat(/d/a, /d, 1, 2)", "arguments-wrong", 0),
        (". = “a”", "quotes-typographic", 4),
        ("osm:building = 'x'", "expression-syntax", 3),
    ],
)
def test_an_expression_that_cannot_be_read_is_refused_with_its_place(expression, code, at):
    with pytest.raises(ExpressionFault) as refused:
        compile_expression(expression)

    assert (refused.value.code, refused.value.at) == (code, at)
    assert refused.value.mend


def test_brackets_too_deep_are_refused_before_they_are_parsed():
    with pytest.raises(ExpressionFault, match="too deep"):
        compile_expression("(" * 5_000 + "1" + ")" * 5_000)


def test_thousands_of_conditions_in_a_row_are_one_condition():
    wanted = " or ".join(f"${{n}} = {number}" for number in range(1_500))
    unwanted = " and ".join(f"${{n}} != {number}" for number in range(1_500))

    assert value_of(wanted, n="1499") == "true"
    assert value_of(f"{unwanted} or ${{n}} = 3", n="2000") == "true"
    assert value_of(unwanted, n="700") == "false"


def test_a_sum_of_two_hundred_parts_is_worked_out_and_one_of_thousands_is_refused():
    assert value_of(" + ".join(["1"] * 200)) == "200"

    with pytest.raises(ExpressionFault, match="too long"):
        compile_expression(" + ".join(["1"] * 5_000))


def test_a_declared_prefix_can_be_a_step():
    compiled = compile_expression("/data/osm:building", {"osm": "urn:osm"})

    assert compiled.text == "/data/osm:building"


def test_the_place_of_a_fault_counts_over_lines():
    with pytest.raises(ExpressionFault) as refused:
        compile_expression("1 +\n2 3")

    assert refused.value.at == 6


FUNCTION_FAULTS = [
    ("regex('a', '(')", "regular expression"),
    (f"regex('{'a' * 200}', '(.*a){{25}}b$')", "takes too long"),
    ("digest('a', 'CRC')", "does not know"),
    ("position(/data/g/*)", "one instance"),
    ("count('a')", "needs questions"),
    ("position('a')", "question is needed"),
]


@pytest.mark.parametrize(("calculation", "words"), FUNCTION_FAULTS)
def test_an_expression_without_a_value_is_blank_and_named_as_a_fault(calculation, words):
    response = respond(
        table(
            "survey",
            "type | name | label | calculation",
            "begin group | g | G | ",
            "text | a | A | ",
            "text | b | B | ",
            "end group | | | ",
            f"calculate | c | | {calculation}",
        )
    )

    assert response.state("/data/c").value == ""
    assert words in response.faults["/data/c"]


def test_random_values_come_from_the_generator_given_in():
    survey = table(
        "survey",
        "type | name | label | calculation",
        "text | a | A | ",
        "calculate | r | | once(random())",
        "calculate | u | | once(uuid())",
        "calculate | short | | once(uuid(5))",
    )
    first, second = respond(survey), respond(survey)

    assert first.answers() == second.answers()
    assert 0 <= float(first.state("/data/r").value) < 1
    assert len(first.state("/data/u").value) == 36
    assert len(first.state("/data/short").value) == 5


def test_randomize_keeps_all_items_and_a_seed_their_order():
    def joined(seed: str) -> str:
        return value_of(f"join(' ', randomize(instance('abc')/root/item/name{seed}))")

    assert sorted(joined("").split()) == ["a", "b", "c"]
    assert joined(", 7") == joined(", 7")
    assert [joined(", 0") for _ in range(9)] == ["c b a"] * 9
    # The first 64 bits of a SHA-256 are more than a float holds.
    words = ("seed", "a", "b")
    assert [joined(f", '{word}'") for word in words] == ["c b a", "a b c", "c a b"]


@pytest.mark.parametrize("answer", ["' or '1'='1", "${n}", "/data/g/n", "concat('a', 'b')", "]]>"])
def test_an_answer_that_looks_like_an_expression_is_a_text(answer: str):
    assert value_of("${t}", t=answer) == answer
    assert value_of("string-length(${t})", t=answer) == str(len(answer))
    assert value_of("${t} = 'x'", t=answer) == "false"

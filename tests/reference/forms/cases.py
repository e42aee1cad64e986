"""The conformance cases of forms, written once: app and server are held to the file that this makes.

    python3 cases.py            writes conformance.json, keeping the compiled code that it has
    python3 cases.py --check    asks libxml2 (through lxml) for every case that is pure XPath 1.0, and fails where it disagrees

Made with Python 3.11, lxml 4.9.2 on libxml2 2.9.14 (Debian 12). Expected values come from XPath 1.0 (W3C 1999, sections in "from"), the ODK
XForms specification ("odk"), ODK's documentation ("docs") and docs/methods/forms.md where these leave it open ("escala"). The compiled code is
added by the explicit test ConformanceTests.Write_the_compiled_code.
"""

import json
import math
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
NAN, INF, NINF = {"number": "NaN"}, {"number": "Infinity"}, {"number": "-Infinity"}

ENVIRONMENT = {
    "now": "2026-03-01T08:30:00.000+02:00",
    "random": 0.25,
    "uuid": "0193b2c4-1111-7abc-8def-0123456789ab",
    "metadata": {"username": "ana", "deviceid": "tablet-7"},
}


def sheet(text):
    """A table as lines of cells, | between them."""
    return [[c.strip().replace("¦", "|") for c in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]


FORMS = {
    "visit": {
        "survey": sheet("""
            |type|name|label::English (en)|label::Português (pt)|relevant|calculation|default|
            |text|t|A text||||padded  text|
            |text|blank|Nothing|||||
            |integer|age|Age|Idade|||41|
            |decimal|weight|Weight|Peso|||72.5|
            |integer|none|No number|||||
            |date|dob|Birth|Nascimento|||1984-06-30|
            |dateTime|seen|Seen at|Visto em|||2026-02-28T14:05:09.250+02:00|
            |time|clock|Time|Hora|||18:00|
            |select_one sex|sex|Sex|Sexo|||f|
            |select_multiple signs|signs|Signs|Sinais|||cough fever|
            |select_one district|district|District|Distrito|||mt|
            |text|off|Hidden|Escondido|false()||secret|
            |text|yes_text|Word||||yes|
            |text|false_text|Word||||false|
            |begin group|g|Group|Grupo||||
            |text|inner|Inner|Dentro|||in|
            |end group|||||||
            |begin repeat|person|Person|Pessoa||||
            |text|pname|Name|Nome||||
            |integer|page|Age|Idade||||
            |select_one sex|psex|Sex|Sexo||||
            |begin repeat|drug|Drug|Medicamento||||
            |text|dname|Name|Nome||||
            |integer|dose|Dose|Dose||||
            |end repeat|||||||
            |end repeat|||||||
            |text|outside|Outside|Fora|||x|
        """),
        "choices": sheet("""
            |list_name|name|label::English (en)|label::Português (pt)|province|beds|
            |sex|f|Female|Feminino|||
            |sex|m|Male|Masculino|||
            |signs|cough|Cough|Tosse|||
            |signs|fever|Fever|Febre|||
            |signs|none|None|Nenhum|||
            |district|mt|Matola|Matola|mp|120|
            |district|bo|Boane|Boane|mp|40|
            |district|be|Beira|Beira|sf|300|
        """),
        "settings": sheet("|form_title|form_id|instance_name|\n|Visit|visit|concat(${sex}, '-', ${age})|"),
    },
}

# What has been answered before a case is asked: two people, three drugs.
ANSWERS = [
    ["add", "person"],
    ["person[1]/pname", "Ana"], ["person[1]/page", "34"], ["person[1]/psex", "f"],
    ["person[1]/drug[1]/dname", "A"], ["person[1]/drug[1]/dose", "10"],
    ["add", "person[1]/drug"],
    ["person[1]/drug[2]/dname", "B"], ["person[1]/drug[2]/dose", "20"],
    ["person[2]/pname", "Rui"], ["person[2]/page", "7"], ["person[2]/psex", "m"],
    ["person[2]/drug[1]/dname", "C"], ["person[2]/drug[1]/dose", "5"],
]

CASES = []


def case(expr, value, source, at="outside", **more):
    CASES.append({"id": f"{len(CASES) + 1:03d}", "expr": expr, "at": at, "value": value, "from": source, **more})


def many(source, *pairs, **more):
    for expr, value in pairs:
        case(expr, value, source, **more)


PURE = {"pure": True}

# --- literals and numbers -------------------------------------------------------------------------------------------------------------------
many("xpath 3.7", ("5", 5), ("555555.555", 555555.555), (".000555", 0.000555), ("0", 0), ("-5", -5), ("5.", 5), ("1230000000000000000000", 1.23e21),
     ("0.00000000000000000123", 1.23e-18), ("''", ""), ("'a \"b\" c'", 'a "b" c'), ('"it\'s"', "it's"), ("'   '", "   "), **PURE)
many("xpath 3.5", ("1 + 2", 3), ("5.5 + 5.5", 11), ("6.1 - 7.8", 6.1 - 7.8), ("-3 + 4", 1), ("3 + -4", -1), ("1 - 2 - 3", -4), ("1 - (2 - 3)", 2), ("-(8*5)", -40),
     ("- - 3", 3), ("--3", 3), ("-'19'", -19), ("1.1 * -1.1", 1.1 * -1.1), ("-10 div -4", 2.5), ("2 * 3 div 8 * 2", 1.5), ("3 + 3 * 3", 12), ("(3 + 3) * 3", 18),
     ("1 div 0", INF), ("-1 div 0", NINF), ("0 div 0", NAN), ("5 mod 2", 1), ("5 mod -2", 1), ("-5 mod 2", -1), ("-5 mod -2", -1), ("1.5 mod 0.5", 0),
     ("5 mod 0", NAN), ("5.3 mod 2", 5.3 % 2), ("'123' * '456'", 56088), ("10 div 4", 2.5), ("0.1 + 0.2", 0.1 + 0.2), ("1 + 2 + 3 + 4", 10), ("2 * 3 * 4", 24),
     ("true() + 8", 9), ("'' + 1", NAN), ("100 - 90 div 10 - 1", 90), **PURE)
many("xpath 3.4", ("true() or true() and false()", True), ("(true() or true()) and false()", False), ("1 and 2", True), ("0 or ''", False), ("'a' and 'b'", True),
     ("false() and false() < true()", False), ("(false() and false()) < true()", True), ("3 < 4 < 5", True), ("3 < (4 < 5)", False), ("3 > 2 > 1", False),
     ("6 < 7 - 4", False), ("-3 < 3 = 6 >= 6", True), ("false() and true() != true()", False), ("(false() and true()) != true()", True), ("1 = 1 = 1", True),
     ("2 = 2 = 2", True), ("'a' = 'a' and 'b' != 'c'", True), ("true() or 1 div 0 = 0", True), ("not(1 = 2) and 3 > 2", True), **PURE)
many("xpath 3.4", ("17 = '17.0000000'", True), ("'0017.' = 17", True), ("'017.' = '17.000'", False), ("'1' = 1", True), ("'01' = '1'", False), ("' 1 ' = 1", True),
     ("'-17' > '-172'", True), ("'abc' < 'abcd'", False), ("'10' > '9'", True), ("true() > 0.9999", True), ("0 = false()", True), ("true() = 17", True),
     ("true() = 'false'", True), ("'' = false()", True), ("0 div 0 = 0 div 0", False), ("0 div 0 != 0 div 0", True), ("1 div 0 = 1 div 0", True), ("1 div 0 > 1e", None),
     ("'' = ''", True), ("'' < 1", False), ("'' >= 0", False), ("'a' = 'A'", False), ("'1,5' = 1.5", False), **PURE)
CASES[:] = [c for c in CASES if c["value"] is not None]
values = ["1", "0", "'1'", "''", "'a'", "true()", "false()"]
for left in values:
    for right in values:
        for sign in ["=", "!=", "<", "<=", ">", ">="]:
            def number(v):
                return {"1": 1.0, "0": 0.0, "'1'": 1.0, "''": math.nan, "'a'": math.nan, "true()": 1.0, "false()": 0.0}[v]

            def truth(v):
                return v not in ("0", "''", "false()")

            if sign in ("=", "!="):
                if "()" in left or "()" in right:
                    same = truth(left) == truth(right)
                elif "'" not in left or "'" not in right:
                    same = number(left) == number(right)
                else:
                    same = left == right
                value = same == (sign == "=")
            else:
                a, b = number(left), number(right)
                value = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign]
            case(f"{left} {sign} {right}", value, "xpath 3.4", **PURE)

# --- conversions ----------------------------------------------------------------------------------------------------------------------------
many("xpath 4.4", ("number('100')", 100), ("number('100.001')", 100.001), ("number('.1001')", 0.1001), ("number('1230000000000000000000')", 1.23e21),
     ("number(' -12345.6789  ')", -12345.6789), ("number('NaN')", NAN), ("number('not a number')", NAN), ("number('- 17')", NAN), ("number('+17')", NAN), ("number('  ')", NAN),
     ("number('')", NAN), ("number('Infinity')", NAN), ("number('34.56.7')", NAN), ("number('1,000')", NAN), ("number('5.')", 5), ("number('.')", NAN),
     ("number(true())", 1), ("number(false())", 0), ("number(10)", 10), ("number(1 div 0)", INF), ("number('0x1F')", NAN), **PURE)
many("xpath 4.4; libxml2 reads these as numbers", ("number('1.1e6')", NAN), ("number('-')", NAN))
many("xpath 4.2", ("string(true())", "true"), ("string(false())", "false"), ("string(number('NaN'))", "NaN"), ("string(1 div 0)", "Infinity"), ("string(-1 div 0)", "-Infinity"),
     ("string(0)", "0"), ("string(-0)", "0"), ("string(123456.0000)", "123456"), ("string(-123456)", "-123456"), ("string(.557586)", "0.557586"), ("string(-1.5)", "-1.5"),
     ("string('')", ""), ("string('  ')", "  "), ("concat(1, '', true(), 2.50)", "1true2.5"), **PURE)
many("xpath 4.2, without an exponent", ("string(1230000000000000000000)", "1230000000000000000000"), ("string(0.00000000000000000123)", "0.00000000000000000123"),
     ("string(1 div 3)", "0.3333333333333333"), ("string(0.1 + 0.2)", "0.30000000000000004"), ("string(100000000000000000000000)", "100000000000000000000000"),
     ("string(12345678901234567890)", "12345678901234567000"), ("string(0.000001)", "0.000001"), ("string(0.0000001)", "0.0000001"), ("string(2 div 3)", "0.6666666666666666"))
many("xpath 4.3", ("boolean(1)", True), ("boolean(-1)", True), ("boolean(0.0001)", True), ("boolean(0)", False), ("boolean(-0)", False), ("boolean(number('NaN'))", False),
     ("boolean(1 div 0)", True), ("boolean('')", False), ("boolean('asdf')", True), ("boolean('  ')", True), ("boolean('false')", True), ("boolean(true())", True),
     ("not(true())", False), ("not('')", True), ("not(0)", True), ("not('0')", False), ("true()", True), ("false()", False), **PURE)
many("odk boolean-from-string", ("boolean-from-string('true')", True), ("boolean-from-string('false')", False), ("boolean-from-string('whatever')", False),
     ("boolean-from-string('1')", True), ("boolean-from-string('0')", False), ("boolean-from-string(1)", True), ("boolean-from-string(1.0001)", False),
     ("boolean-from-string(true())", True), ("boolean-from-string('TRUE')", False), ("boolean-from-string('')", False))

# --- text -----------------------------------------------------------------------------------------------------------------------------------
many("xpath 4.2", ("concat('a', 'b')", "ab"), ("concat('a', 'b', '', 'c')", "abc"), ("starts-with('abc', 'a')", True), ("starts-with('', 'a')", False), ("starts-with('abc', '')", True),
     ("contains('abc', 'b')", True), ("contains('abc', 'bcd')", False), ("contains('abc', '')", True), ("contains('ABC', 'b')", False),
     ("substring-before('1999/04/01', '/')", "1999"), ("substring-before('hello', 'q')", ""), ("substring-before('hello', 'h')", ""), ("substring-before('hello', '')", ""),
     ("substring-after('1999/04/01', '/')", "04/01"), ("substring-after('1999/04/01', '19')", "99/04/01"), ("substring-after('hello', 'q')", ""), ("substring-after('hello', '')", "hello"),
     ("substring('12345', 2, 3)", "234"), ("substring('12345', 2)", "2345"), ("substring('12345', 1.5, 2.6)", "234"), ("substring('12345', 0, 3)", "12"),
     ("substring('12345', 0 div 0, 3)", ""), ("substring('12345', 1, 0 div 0)", ""), ("substring('12345', -42, 1 div 0)", "12345"), ("substring('12345', -1 div 0, 1 div 0)", ""),
     ("string-length('hello')", 5), ("string-length('')", 0), ("string-length('ação')", 4), ("string-length(12.5)", 4), ("normalize-space('  a  b   c ')", "a b c"), ("normalize-space('')", ""),
     ("translate('bar', 'abc', 'ABC')", "BAr"), ("translate('--aaa--', 'abc-', 'ABC')", "AAA"), ("translate('hello', 'l', '')", "heo"), ("translate('hello', '', 'L')", "hello"),
     ("translate('hello world', 'hello', '')", " wrd"), ("translate('2019/01/02', '/', '-')", "2019-01-02"), ("translate('aa', 'aa', 'bc')", "bb"), **PURE)
many("xpath 3.7, characters are code points", ("string-length('😀a')", 2), ("substring('😀ab', 2, 1)", "a"), ("substr('😀ab', 1, 2)", "a"), ("translate('😀', '😀', 'x')", "x"))
many("odk concat, join, ends-with", ("concat('a')", "a"), ("concat('ab', 1, false(), 'c')", "ab1falsec"), ("ends-with('abc', 'c')", True), ("ends-with('abc', 'a')", False),
     ("ends-with('', '')", True), ("join(', ', ${pname})", "Ana, Rui"), ("join('-', 'a', 'b')", "a-b"), ("concat(${pname})", "AnaRui"), ("concat(${pname}, '!', ${page})", "AnaRui!347"),
     ("join(' ', ${dname})", "A B C"), ("join('', ${off})", ""), ("concat(${blank}, '.')", "."))
many("odk substr: from 0, the end not included", ("substr('hello', 0)", "hello"), ("substr('hello', 0, 5)", "hello"), ("substr('hello', 1)", "ello"), ("substr('hello', 1, 4)", "ell"),
     ("substr('hello', -2)", "lo"), ("substr('hello', 0, -1)", "hell"), ("substr('hello', 4, 2)", ""), ("substr('hello', 9)", ""), ("substr('hello', 0, 99)", "hello"), ("substr('', 0, 1)", ""),
     ("substr('hello', 1.7, 3.9)", "el"))

# --- numbers --------------------------------------------------------------------------------------------------------------------------------
many("xpath 4.4", ("floor(2.6)", 2), ("floor(-2.5)", -3), ("ceiling(2.2)", 3), ("ceiling(-2.5)", -2), ("round(2.4)", 2), ("round(2.5)", 3), ("round(-2.5)", -2), ("round(-2.6)", -3),
     ("round(0 div 0)", NAN), ("round(1 div 0)", INF), ("round(-0.4)", 0), ("floor('x')", NAN), ("round('14.6')", 15), **PURE)
many("odk round with places", ("round(14.29123456789, 0)", 14), ("round(14.29123456789, 1)", 14.3), ("round(14.29123456789, 1.5)", 14.3), ("round(14.29123456789, 2)", 14.29),
     ("round(14.29123456789, 4)", 14.2912), ("round(12345.14, 1)", 12345.1), ("round(-12345.14, 1)", -12345.1), ("round(12345.12345, -1)", 12350), ("round(12345.12345, -2)", 12300),
     ("round(12350.12345, -2)", 12400), ("round(12345.12345, -3)", 12000), ("round(12345.15, 1)", 12345.2), ("round(-12345.15, 1)", -12345.1), ("round(1.005, 2)", 1.01),
     ("round(2.675, 2)", 2.68), ("round(0.5, 0)", 1), ("round('', 2)", NAN), ("round(55.88 * 0.18, 2)", 10.06), ("round(5, 3)", 5))
many("odk int, abs, pow", ("int(4.9)", 4), ("int(-4.9)", -4), ("int('')", NAN), ("int('7.5')", 7), ("abs(-3.5)", 3.5), ("abs('')", NAN), ("pow(2, 2)", 4), ("pow(2, 0)", 1), ("pow(0, 4)", 0),
     ("pow(2.5, 2)", 6.25), ("pow(-1, 3)", -1), ("pow(4, 0.5)", 2), ("sqrt(16)", 4), ("sqrt(-1)", NAN), ("exp(0)", 1), ("exp10(3)", 1000), ("log10(1000)", 3), ("log(1)", 0), ("pi()", math.pi))
many("odk, IEEE 754 functions", ("sin(1)", math.sin(1)), ("cos(1)", math.cos(1)), ("tan(1)", math.tan(1)), ("asin(0.5)", math.asin(0.5)), ("acos(0.5)", math.acos(0.5)),
     ("atan(1)", math.atan(1)), ("atan2(1, -1)", math.atan2(1, -1)), ("exp(1)", math.e), ("log(10)", math.log(10)), ("pow(1.1, 10)", 1.1 ** 10), ("log10(2)", math.log10(2)), near=True)
many("odk min, max, sum, count", ("sum(${page})", 41), ("sum(${dose})", 35), ("sum(${none})", NAN), ("min(${page})", 7), ("max(${page})", 34), ("max(${blank})", NAN), ("min(3, 2, 5)", 2),
     ("max(3, ${dose})", 20), ("max(3, '')", NAN), ("count(${person})", 2), ("count(${drug})", 3), ("count(${pname})", 2), ("count(${off})", 0), ("count-non-empty(${pname})", 2),
     ("count-non-empty(${blank})", 0), ("sum(${off})", 0), ("min(${off})", NAN), ("count(/data/person)", 2), ("count(/visit/person/drug)", 3), ("sum(/data/person/drug/dose)", 35))

# --- answers --------------------------------------------------------------------------------------------------------------------------------
many("docs variables", ("${age}", {"nodes": ["41"]}), ("${age} + 1", 42), ("${age} = 41", True), ("${age} = '41'", True), ("${age} >= 18 and ${age} < 65", True), ("${weight} * 2", 145),
     ("${t}", {"nodes": ["padded  text"]}), ("normalize-space(${t})", "padded text"), ("${inner}", {"nodes": ["in"]}), ("/data/g/inner = 'in'", True), ("../g/inner = 'in'", True), ("string(.)", "x"), (". = 'x'", True),
     ("string(../age)", "41"), ("concat(${sex}, ${age})", "f41"), ("${ age } = 41", True), ("../../age", None))
CASES[:] = [c for c in CASES if c["value"] is not None]
many("docs empty values", ("${none} + 1", NAN), ("${none} = ''", True), ("${none} != ''", False), ("${none} = 0", False), ("${none} < 1", False), ("${none} >= 0", False), ("coalesce(${none}, 0) + 1", 1),
     ("if(${none} = '', 0, ${none})", 0), ("string-length(${none})", 0), ("number(${none})", NAN), ("${blank} = ${none}", True), ("not(${blank})", True), ("boolean(${blank})", False), ("boolean(${age})", True),
     ("${blank} or ${age}", True), ("${blank} and ${age}", False), ("if(${blank}, 'a', 'b')", "b"), ("-${none}", NAN), ("${none} * 0", NAN), ("${false_text} = false()", False), ("boolean(${false_text})", True))
many("escala, what is not relevant is not answered", ("${off}", {"nodes": []}), ("${off} = ''", True), ("${off} = 'secret'", False), ("${off} != 'secret'", True), ("string-length(${off})", 0), ("boolean(${off})", False),
     ("concat('[', ${off}, ']')", "[]"), ("coalesce(${off}, 'other')", "other"), ("number(${off})", NAN), ("if(${off} = 'secret', 1, 2)", 2))
many("odk if, coalesce, once", ("if(true(), 5, 'abc')", 5), ("if(false(), 5, 'abc')", "abc"), ("if(6 > 7, 5, 'abc')", "abc"), ("if('', 5, 'abc')", "abc"), ("if(1 div 0 = 0, 'x', if(2 > 1, 'y', 'z'))", "y"),
     ("coalesce('a', 'b')", "a"), ("coalesce('', 'b')", "b"), ("coalesce('', '')", ""), ("coalesce('', '', 'c')", "c"), ("coalesce(0, 1)", "0"), ("once('new')", "x"))
case("once('new')", "new", "odk once", at="blank")
case("once(random())", "0.25", "odk once", at="blank")
case("string-length()", 1, "docs string-length without argument")
case("normalize-space()", "padded text", "xpath 4.2", at="t")
case("number()", 41, "xpath 4.4", at="age")
case("string()", "41", "xpath 4.2", at="age")
many("docs constraints", (". >= 18", True), (". > 20 and . < 40", False), (". mod 2 = 1", True), ("not(selected(., 'none') and count-selected(.) > 1)", True), at="age")
many("odk selects", ("selected('apple baby crimson', 'apple')", True), ("selected('apple baby crimson', 'baby')", True), ("selected('apple baby crimson', 'crimson')", True),
     ("selected('apple baby crimson', '  baby  ')", True), ("selected('apple baby crimson', 'bab')", False), ("selected('', 'apple')", False), ("selected('apple', '')", False),
     ("selected(${signs}, 'fever')", True), ("selected(${signs}, 'none')", False), ("selected(${sex}, 'f')", True), ("count-selected(${signs})", 2), ("count-selected(${blank})", 0), ("count-selected('a  b c')", 3),
     ("selected-at(${signs}, 0)", "cough"), ("selected-at(${signs}, 1)", "fever"), ("selected-at(${signs}, 2)", ""), ("selected-at(${signs}, -1)", ""), ("selected-at('a b c', 1.9)", "b"),
     ("jr:choice-name(${sex}, '${sex}')", "Female"), ("jr:choice-name('m', '${sex}')", "Male"), ("jr:choice-name('x', '${sex}')", ""), ("jr:choice-name(selected-at(${signs}, 1), '${signs}')", "Fever"),
     ("jr:choice-name(${sex}, ${sex})", "Female"), ("jr:choice-name(${district}, ' /data/district ')", "Matola"))
many("docs look-ups", ("instance('district')/root/item[name = ${district}]/beds", {"nodes": ["120"]}), ("instance('district')/root/item[name = 'be']/label", {"nodes": ["Beira"]}),
     ("count(instance('district')/root/item)", 3), ("count(instance('district')/root/item[province = 'mp'])", 2), ("sum(instance('district')/root/item[province = 'mp']/beds)", 160),
     ("string(instance('district')/root/item[position() = 3]/name)", "be"), ("string(instance('district')/root/item[2]/name)", "bo"), ("string(instance('district')/root/item[last()]/name)", "be"),
     ("instance('district')/root/item[name = 'xx']/beds", {"nodes": []}), ("instance('district')/root/item[name = current()/../district]/province = 'mp'", True),
     ("pulldata('district', 'beds', 'name', ${district})", "120"), ("pulldata('district', 'label', 'name', 'bo')", "Boane"), ("pulldata('district', 'beds', 'name', 'zz')", ""),
     ("max(instance('district')/root/item/beds)", 300), ("instance('district')/root/item[beds > 100][2]/name = 'be'", True), ("join(' ', instance('district')/root/item[beds < 200]/name)", "mt bo"))

# --- repeats --------------------------------------------------------------------------------------------------------------------------------
many("docs paths for repeats", ("count(${person}[page < 18])", 1), ("${person}[page < 18]/pname", {"nodes": ["Rui"]}), ("sum(${person}[psex = 'f']/page)", 34), ("sum(/data/person[page > 1]/page)", 41),
     ("string(/data/person[2]/pname)", "Rui"), ("${person}[position() = 2]/pname = 'Rui'", True), ("${person}[last()]/pname = 'Rui'", True), ("${person}[3]/pname = ''", True),
     ("${page} = 7", True), ("${page} > 30", True), ("${page} > 40", False), ("${page} != 7", True), ("${pname} = 'Ana' and ${pname} = 'Rui'", True), ("not(${pname} = 'Eva')", True),
     ("count(${person}[count(drug) > 1])", 1), ("sum(${person}[page > 10]/drug/dose)", 30), ("count(${person}/drug[dose > 5])", 2), ("join(',', ${person}[page > 0]/drug[1]/dname)", "A,C"),
     ("count(${person}[page < 18][psex = 'm'])", 1), ("count(${person}[psex = 'm' or psex = 'f'])", 2), ("string(${pname})", "Ana"))
many("odk indexed-repeat", ("indexed-repeat(${pname}, ${person}, 1)", {"nodes": ["Ana"]}), ("indexed-repeat(${pname}, ${person}, 2) = 'Rui'", True), ("indexed-repeat(${pname}, ${person}, 3) = ''", True),
     ("indexed-repeat(${dname}, ${person}, 1, ${drug}, 2)", {"nodes": ["B"]}), ("indexed-repeat(${dname}, ${person}, 2, ${drug}, 2)", {"nodes": []}), ("indexed-repeat(${page}, ${person}, count(${person}))", {"nodes": ["7"]}),
     ("indexed-repeat(${pname}, ${person}, '')", {"nodes": []}), ("sum(indexed-repeat(${dose}, ${person}, 1))", 30))
many("docs within a repeat", ("${pname}", {"nodes": ["Rui"]}), ("position(..)", 2), ("position(${person})", 1), ("${page} + 1", 8), ("../pname = 'Rui'", True), ("count(${person})", 2), ("count(../../person)", 2),
     ("sum(${dose})", 5), ("count(${drug})", 1), ("${age}", {"nodes": ["41"]}), ("indexed-repeat(${pname}, ${person}, position(..) - 1) = 'Ana'", True), ("/data/person/pname", {"nodes": ["Rui"]}),
     ("${person}[position() = position(current()/..) - 1]/pname", {"nodes": ["Ana"]}), ("${person}[pname = current()/../pname]/page = 7", True), ("sum(${person}/page)", 41), ("count(../drug)", 1),
     ("string(current()/../page)", "7"), ("indexed-repeat(${dname}, ${drug}, 1)", {"nodes": ["C"]}), ("${page} > max(${person}/page)", False), at="person[2]/psex")
many("docs within nested repeats", ("${pname}", {"nodes": ["Ana"]}), ("${dname}", {"nodes": ["B"]}), ("position(..)", 2), ("position(../..)", 1), ("sum(${dose})", 20), ("sum(${drug}/dose)", 30), ("sum(../../drug/dose)", 30),
     ("count(${drug})", 2), ("count(${person})", 2), ("../../pname = 'Ana'", True), ("string(../../../age)", "41"), at="person[1]/drug[2]/dose")

# --- dates ----------------------------------------------------------------------------------------------------------------------------------
many("odk number of a date", ("number('1970-01-01')", 0), ("number('1970-01-02')", 1), ("number('1969-12-31')", -1), ("number('2008-09-05')", 14127), ("number('1941-12-07')", -10252), ("number('2024-02-29')", 19782),
     ("number('2023-02-29')", NAN), ("number('2023-13-01')", NAN), ("number('2023-1-1')", NAN), ("number('1970-01-01T12:00:00.000+02:00')", 0.5), ("number('1970-01-02T00:00:00Z')", 1 + 2 / 24),
     ("number('1970-01-01T06:00')", 0.25), ("number('1970-01-01T25:00')", NAN), ("'2008-09-08' - '1983-10-06'", 9104), ("'2001-12-26' > '2001-12-25'", True), ("'1969-07-20' < '1969-07-21'", True),
     ("'2001-12-25' = '2001-12-25'", True), ("'2026-03-01T10:00:00+02:00' > '2026-03-01T09:00:00+02:00'", True), ("'2026-03-01T08:00:00Z' > '2026-03-01T09:00:00+02:00'", True))
many("odk today and now", ("today()", "2026-03-01"), ("now()", "2026-03-01T08:30:00.000+02:00"), ("today() - ${dob}", 15219), ("int((today() - ${dob}) div 365.25)", 41), ("today() > ${dob}", True), ("today() = '2026-03-01'", True),
     ("today() + 7", 20520), ("date(today() + 7)", "2026-03-08"), ("now() > today()", True), ("now() < today() + 1", True), ("${seen} < now()", True), ("${seen} > '2026-02-28'", True), ("${seen} < '2026-03-01'", True),
     ("round((now() - ${seen}) * 24, 2)", 18.41), ("string-length(now())", 29))
many("docs date, decimal-date-time, decimal-time", ("date('2000-01-01')", "2000-01-01"), ("date(0)", "1970-01-01"), ("date(6.5)", "1970-01-07"), ("date(-1)", "1969-12-31"), ("date(14127)", "2008-09-05"),
     ("date('2026-03-01T23:59:00+02:00')", "2026-03-01"), ("date('')", ""), ("date('not a date')", ""), ("date(${dob})", "1984-06-30"), ("date(${blank})", ""), ("date(99999999)", ""),
     ("decimal-date-time('1970-01-02')", 1), ("decimal-date-time(${dob})", 5294), ("date(decimal-date-time('2020-05-17'))", "2020-05-17"), ("decimal-date-time('')", NAN),
     ("decimal-time('12:00')", 0.5), ("decimal-time(${clock})", 0.75), ("decimal-time('06:00:00.000+02:00')", 0.25), ("decimal-time('24:00')", NAN), ("decimal-time('')", NAN),
     ("date-time('2026-03-01')", "2026-03-01T00:00:00.000+02:00"), ("date-time(0.5)", "1970-01-01T12:00:00.000+02:00"), ("date-time(${seen})", "2026-02-28T14:05:09.250+02:00"), ("date-time('')", ""))
many("odk format-date", ("format-date(${dob}, '%d/%m/%Y')", "30/06/1984"), ("format-date(${dob}, '%e-%n-%y')", "30-6-84"), ("format-date('2018-01-02', '%a %b %e')", "Tue Jan 2"), ("format-date('', '%Y')", ""),
     ("format-date('x', '%Y')", ""), ("format-date(0, '%Y-%m-%d')", "1970-01-01"), ("format-date-time(${seen}, '%H:%M:%S.%3')", "14:05:09.250"), ("format-date-time(${seen}, '%d %h h %M')", "28 14 h 05"),
     ("format-date('2018-01-02T10:20:30.123', '%Y-%m-%e %H:%M:%S')", "2018-01-2 10:20:30"), ("format-date(today(), '%Y%m')", "202603"), ("format-date(${dob}, 'ano %Y')", "ano 1984"))
case("format-date('2018-02-04', '%a %b')", "dom fev", "escala, names in the form's language", language=1)
case("jr:choice-name(${sex}, '${sex}')", "Feminino", "odk, label of the active language", language=1)

# --- regular expressions --------------------------------------------------------------------------------------------------------------------
many("docs regex: the whole matches", ("regex('12345', '[0-9]+')", True), ("regex('12345a', '[0-9]+')", False), ("regex('', '[0-9]+')", False), ("regex('', '[0-9]*')", True), ("regex('abc', 'a.c')", True), ("regex('abc', 'b')", False),
     ("regex('M', '[A-Z]{1}')", True), ("regex('MM', '[A-Z]{1}')", False), ("regex('João', '\\p{L}+')", True), ("regex('João 1', '\\p{L}+')", False), ("regex('84 123 4567', '8[2-7] ?\\d{3} ?\\d{4}')", True),
     ("regex('11040104/12/00123', '[0-9]{8}/[0-9]{2}/[0-9]{5}')", True), ("regex('11040104/12/0012', '[0-9]{8}/[0-9]{2}/[0-9]{5}')", False), ("regex('abab', '(ab)+')", True), ("regex('abc', 'ab|abc')", True),
     ("regex('cat', '^(cat|dog)$')", True), ("regex('a-b', '[a-z\\-]+')", True), ("regex('a]b', '[]a-b]+')", True), ("regex('x', '[^a-c]')", True), ("regex('b', '[^a-c]')", False), ("regex('a\\b', 'a\\\\b')", True),
     ("regex('aaa', 'a{2}')", False), ("regex('aaa', 'a{2,}')", True), ("regex('aaaa', 'a{1,3}')", False), ("regex('', '(a*)*')", True), ("regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a+)+c')", False), ("regex('ab', 'a??b')", True),
     ("regex('a@b.co', '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,4}')", True), ("regex('a b', 'a\\sb')", True), ("regex('a_1', '\\w+')", True), ("regex('é', '\\w')", False), ("regex('٣', '\\d')", False),
     ("regex('Ab', '(?:A|B)[^A-Z]')", True), ("regex('😀', '.')", True), ("regex('a', '\\P{L}')", False), ("regex('5', '\\P{L}')", True), ("regex(${age}, '[0-9]{2}')", True), ("regex(${blank}, '.*')", True), ("regex('a.b', 'a\\.b')", True))

# --- chance ---------------------------------------------------------------------------------------------------------------------------------
many("odk random, uuid", ("random()", 0.25), ("uuid()", "0193b2c4-1111-7abc-8def-0123456789ab"), ("uuid(4)", "PPPP"), ("string-length(uuid())", 36), ("int(random() * 100) + 1", 26))

# --- what is refused, with the character it lies at -----------------------------------------------------------------------------------------
FAULTS = [(e, r, p) for e, r, p in [
    ("", "expression-empty", 1), ("   ", "expression-empty", 1), ("1 +", "expression-ends", 4), ("(1 + 2", "bracket-open", 7), ("1 2", "unexpected", 3), (")", "unexpected", 1), ("'abc", "quote-open", 1), ("${age", "reference-open", 1),
    ("$age", "reference-open", 1), ("1 # 2", "character-unknown", 3), ("${agee} > 1", "name-unknown", 1), ("1 + ${nobody}", "name-unknown", 5), ("age > 18", "name-without-braces", 1), ("foo(1)", "function-unknown", 1),
    ("digest('a', 'MD5')", "function-unsupported", 1), ("1 + area(${t})", "function-unsupported", 5), ("if(1, 2)", "argument-count", 1), ("true(1)", "argument-count", 1), ("count(5)", "nodes-expected", 7), ("sum('a')", "nodes-expected", 5),
    ("/data/agee", "path-nowhere", 7), ("../nothing", "path-nowhere", 4), ("../../..", "path-nowhere", 4), ("//age", "path-anywhere", 1), ("/data//age", "path-anywhere", 6), ("${person}/*", "path-step", 11), ("/data/@id", "path-step", 7),
    ("/data/child::age", "path-step", 7), ("${age} | ${t}", "union", 8), ("'a' + 1", "text-in-arithmetic", 1), ("concat('a', ${t} + ' x')", "text-in-arithmetic", 20), ("instance('nolist')/root", "list-unknown", 10),
    ("instance('district')/root/item[foo = 1]/name", "column-unknown", 32), ("instance(${t})/root", "literal-expected", 10), ("regex(., ${t})", "literal-expected", 10), ("regex(., '[a')", "pattern-invalid", 10), ("regex(., '(?=a)b')", "pattern-unsupported", 10),
    ("regex(., '\\bfoo')", "pattern-unsupported", 10), ("regex(., '(a)\\1')", "pattern-unsupported", 10), ("regex(., '(a{1000}){1000}')", "pattern-too-large", 10), ("jr:choice-name('f', '${age}')", "select-expected", 21),
    ("indexed-repeat(${age}, ${person}, 1)", "repeat-expected", 24), ("indexed-repeat(${pname}, ${g}, 1)", "repeat-expected", 26), ("format-date(${dob}, '%Q')", "date-format", 21), ("${last-saved#age}", "last-saved", 1), ("(" * 130 + "1" + ")" * 130, "expression-too-deep", 121),
    ("1" + "+1" * 4000, "expression-too-long", 1), ("not not(1)", "unexpected", 5), ("${age} >", "expression-ends", 9), ("${age} == 1", "unexpected", 9), ("a or", "expression-ends", 5),
]]


def instance_xml():
    from lxml import etree

    return etree.fromstring("<data/>")


def check():
    """Pure cases against libxml2."""
    from lxml import etree

    document = instance_xml()
    asked = wrong = 0
    for c in CASES:
        if not c.get("pure"):
            continue
        asked += 1
        got = document.xpath(c["expr"])
        want = c["value"]
        if isinstance(want, dict):
            want = float(want["number"].replace("Infinity", "inf"))
        same = (isinstance(got, float) and isinstance(want, (int, float)) and not isinstance(want, bool)
                and (got == want or (math.isnan(got) and math.isnan(want)) or math.isclose(got, want, rel_tol=1e-14))) \
            or (type(got) is bool and got is want) or (isinstance(got, str) and got == want)
        if not same:
            wrong += 1
            print(c["id"], c["expr"], "expected", want, "libxml2", repr(got))
    print(f"{asked} pure cases asked of libxml2 {etree.LIBXML_VERSION}, {wrong} disagree")
    return wrong


def write():
    from scripts import FORMS as MORE, SCRIPTS

    target = HERE / "conformance.json"
    known = json.loads(target.read_text()) if target.exists() else {}
    code = {c["expr"] + "\n" + c["at"]: c.get("code") for c in known.get("expressions", [])}
    forms = {name: {"sheets": sheets, "compiled": known.get("forms", {}).get(name, {}).get("compiled")} for name, sheets in {**FORMS, **MORE}.items()}
    expressions = [{**{k: v for k, v in c.items() if k != "pure"}, "code": code.get(c["expr"] + "\n" + c["at"])} for c in CASES]
    lines = lambda items: "[\n" + ",\n".join(json.dumps(i, ensure_ascii=False, separators=(",", ":")) for i in items) + "\n]"
    target.write_text("{\n" + ",\n".join([
        '"about": "Made by cases.py; held by app and server. Expected values: XPath 1.0, ODK; see cases.py."',
        '"environment": ' + json.dumps(ENVIRONMENT),
        '"answers": ' + json.dumps(ANSWERS, ensure_ascii=False),
        '"forms": {\n' + ",\n".join(json.dumps(n) + ": " + json.dumps(f, ensure_ascii=False, separators=(",", ":")) for n, f in forms.items()) + "\n}",
        '"expressions": ' + lines(expressions),
        '"faults": ' + lines([{"expr": e, "reason": r, "place": p} for e, r, p in FAULTS]),
        '"scripts": ' + lines(SCRIPTS),
    ]) + "\n}\n")
    print(f"{len(expressions)} expressions, {len(FAULTS)} refusals, {len(SCRIPTS)} scripts, {len(forms)} forms")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.exit(check() if "--check" in sys.argv else write())

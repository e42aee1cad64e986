"""Whole forms, and scripts that fill them: what is answered, and the state that must follow. Facts of the forms in ODK's documentation (form
logic, form repeats, question types) and in pyxform's tests, in words of our own."""

from cases import sheet

YES_NO = """
    |yes_no|yes|Yes|
    |yes_no|no|No|
"""

FORMS = {
    "adult": {
        "survey": sheet("""
            |type|name|label|relevant|constraint|constraint_message|required|required_message|hint|guidance_hint|appearance|
            |text|name|Name||||yes|Say the name.|As on the card|Ask to see the card of ${name}.|multiline|
            |integer|age|Age of ${name}||. >= 0 and . <= 120|Between 0 and 120, ${name}.|yes||
            |text|work|Work|${age} >= 18||||
            |note|minor|Under age|${age} < 18||||
            |select_multiple ill|ill|Illnesses||not(selected(., 'none') and count-selected(.) > 1)|None stands alone.|${age} > 60||
            |text|which|Which|selected(${ill}, 'more')||||
        """),
        "choices": sheet("""
            |list_name|name|label|
            |ill|heart|Heart|
            |ill|lungs|Lungs|
            |ill|more|Others|
            |ill|none|None|
        """),
    },
    "cascade": {
        "survey": sheet("""
            |type|name|label|choice_filter|
            |select_one province|p|Province||
            |select_one district|d|District|province = ${p}|
            |select_one unit|u|Unit|province = ${p} and district = ${d} or name = 'home'|
            |select_one unit|long|Long names|string-length(label) > 7|
        """),
        "choices": sheet("""
            |list_name|name|label|province|district|
            |province|mp|Maputo|||
            |province|sf|Sofala|||
            |district|mt|Matola|mp||
            |district|bo|Boane|mp||
            |district|be|Beira|sf||
            |unit|u1|Matola II|mp|mt|
            |unit|u2|Boane HC|mp|bo|
            |unit|u3|Munhava|sf|be|
            |unit|home|Home|||
        """),
    },
    "other": {
        "survey": sheet("""
            |type|name|label::English (en)|label::Español (es)|
            |select_one water or_other|water|Water|Agua|
            |select_multiple water or_other|waters|Waters|Aguas|
            |select one from water|plain|Plain|Solo|
        """),
        "choices": sheet("""
            |list_name|name|label::English (en)|label::Español (es)|
            |water|tap|Tap|Grifo|
            |water|well|Well|Pozo|
        """),
    },
    "children": {
        "survey": sheet("""
            |type|name|label|relevant|calculation|repeat_count|
            |integer|n|How many||||
            |begin repeat|child|Child|||${n}|
            |calculate|place|||position(..)||
            |text|name|Child ${place}||||
            |integer|age|Age of ${name}||||
            |text|school|School|${age} >= 6|||
            |end repeat|||||
            |calculate|count|||count(${child})||
            |calculate|oldest|||max(${age})||
            |calculate|names|||join(', ', ${name})||
            |note|many|Many children|${count} > 2|||
        """),
    },
    "plants": {
        "survey": sheet("""
            |type|name|label|calculation|repeat_count|
            |calculate|count||count(${plant})||
            |begin repeat|plant|Plant||if(${count} = 0 or ${plant}[position() = ${count}]/more = 'yes', ${count} + 1, ${count})|
            |text|species|Species|||
            |select_one yes_no|more|More?|||
            |end repeat||||
        """),
        "choices": sheet("|list_name|name|label|" + YES_NO),
    },
    "people": {
        "survey": sheet("""
            |type|name|label|required|choice_filter|calculation|
            |begin repeat|person|Person||||
            |text|person_name|Name|true()|||
            |integer|person_age|Age of ${person_name}|true()|||
            |end repeat|||||
            |select_one ${person_name}|tallest|Tallest||||
            |select_one ${person_name}|tallest_child|Tallest child||${person_age} < 18||
            |calculate|chosen||||jr:choice-name(${tallest}, '${tallest}')|
        """),
    },
    "triggers": {
        "survey": sheet("""
            |type|name|label|calculation|trigger|
            |text|child|Name|||
            |integer|now_age|Age|||
            |integer|at_age|Age then|${now_age}|${now_age}|
            |text|clear|Cleared by age||${now_age}|
            |dateTime|changed|Changed|now()|${child}|
            |text|first|First name|if(${first} = '', ${child}, ${first})|${child}|
            |calculate|double||${now_age} * 2||
            |text|chained|Chained|concat('d', ${double})|${double}|
            |begin repeat|visit|Visit|||
            |integer|kg|Weight|||
            |integer|kg_copy|Copy|${kg}|${kg}|
            |end repeat||||
        """),
    },
    "once": {
        "survey": sheet("""
            |type|name|label|calculation|default|
            |calculate|draw||once(int(random() * 1000))||
            |text|id|Id||uuid()|
            |date|day|Day||today()|
            |dateTime|moment|Moment||now()|
            |integer|sum|Sum||1 + 2|
            |text|plain|Plain||1-2|
            |text|quote|Quote||it's|
            |text|word|Word||sum|
            |date|fixed|Fixed||2020-05-17|
            |integer|minus|Minus||-5|
            |text|from|From another||${id}|
        """),
    },
    "trees": {
        "survey": sheet("""
            |type|name|label|default|
            |begin repeat|tree|Tree||
            |text|species|Species|${tree}[position() = position(current()/..) - 1]/species|
            |integer|height|Height|1|
            |end repeat|||
        """),
    },
    "nested": {
        "survey": sheet("""
            |type|name|label|relevant|calculation|required|
            |select_one yes_no|pregnant|Pregnant||||
            |begin group|visit|Visit|${pregnant} = 'yes'|||
            |integer|weeks|Weeks|||yes|
            |begin group|late|Late|${weeks} > 27|||
            |text|plan|Plan of birth|||yes|
            |end group|||||
            |end group|||||
            |calculate|left|||40 - ${weeks}||
            |calculate|told|||if(${plan} = '', 'no plan', ${plan})||
        """),
        "choices": sheet("|list_name|name|label|" + YES_NO),
    },
    "types": {
        "survey": sheet("""
            |type|name|label|parameters|required|
            |integer|i|Integer|||
            |decimal|d|Decimal|||
            |date|day|Date|||
            |time|t|Time|||
            |dateTime|dt|Date and time|||
            |range|r|Range|start=0 end=10 step=0.5||
            |range|level|Level|||
            |range|down|Range down|start=10, end=0, step=-2||
            |geopoint|geo|Point|||
            |percentage|share|Share|||
            |phone number|phone|Phone|||
            |acknowledge|ok|Read||yes|
            |rank goal|goals|Goals|||
            |barcode|code|Code|||
        """),
        "choices": sheet("|list_name|name|label|\n|goal|a|A|\n|goal|b|B|\n|goal|c|C|"),
    },
    "backwards": {
        "survey": sheet("""
            |type|name|label|calculation|read_only|relevant|required|
            |calculate|c||${b} + 1|||
            |calculate|b||${a} * 2|||
            |integer|a|A||||
            |decimal|shown|Shown|${c} div 3|yes||
            |note|hard|Must not be above 10: ${c}||| ${c} > 10|yes|
            |integer|whole|Whole|${a} div 2|||
            |date|due|Due|today() + ${a}|||
            |text|truth|Truth|${a} > 1|||
        """),
        "settings": sheet("|form_title|form_id|instance_name|\n|Backwards|backwards|concat('a=', ${a}, ' c=', ${c})|"),
    },
    "meta": {
        "survey": sheet("""
            |type|name|label|calculation|
            |start|start|||
            |end|end|||
            |today|today|||
            |username|username|||
            |deviceid|deviceid|||
            |email|email|||
            |hidden|kept|||
            |text|who|Hello ${username}||
            |calculate|year||format-date(${today}, '%Y')|
        """),
    },
    "lookup": {
        "survey": sheet("""
            |type|name|label|calculation|trigger|choice_filter|
            |select_one members|member|Member|||true()|
            |text|phone|Phone|instance('members')/root/item[name = ${member}]/phone|${member}||
            |calculate|beds||pulldata('members', 'beds', 'name', ${member})|||
        """),
        "choices": sheet("""
            |list_name|name|label|phone|beds|
            |members|ana|Ana|84 555 0168|2|
            |members|rui|Rui|82 555 2079|3|
        """),
    },
    "hostile": {
        "survey": sheet("\n".join(["|type|name|label|calculation|relevant|constraint|", "|text|x|X|||regex(., '(a+)+b')|", "|calculate|c0||concat(${x}, ${x}, ${x}, ${x})|||"]
                                  + [f"|calculate|c{i}||concat(${{c{i - 1}}}, ${{c{i - 1}}}, ${{c{i - 1}}}, ${{c{i - 1}}})|||" for i in range(1, 12)])),
    },
    "endless": {
        "survey": sheet("""
            |type|name|label|repeat_count|
            |begin repeat|r|R|count(${r}) + 1|
            |text|x|X||
            |end repeat|||
        """),
    },
    "houses": {
        "survey": sheet("""
            |type|name|label|relevant|calculation|
            |begin repeat|house|House|||
            |text|street|Street|||
            |begin repeat|member|Member|||
            |integer|age|Age|||
            |text|card|Card|${age} >= 16||
            |end repeat||||
            |calculate|adults|||count(${member}[age >= 18])|
            |calculate|line|||concat(position(..), '. ', ${street}, ' (', ${adults}, ')')|
            |end repeat||||
            |calculate|all_adults|||sum(${adults})|
            |calculate|streets|||join('; ', ${line})|
        """),
    },
}


def script(name, form, *steps, **more):
    return {"id": name, "form": form, "steps": list(steps), **more}


def put(path, value):
    return {"set": [path, value]}


def state(**paths):
    return {"state": {k.replace("__", "/"): v for k, v in paths.items()}}


SCRIPTS = [
    script("relevance, required and constraint", "adult",
           {"shown": ["name", "age", "ill"]}, {"valid": False},
           {"state": {"name": {"isRequired": True, "problem": "required", "message": "Say the name."}, "age": {"label": "Age of ", "problem": "required"}, "ill": {"isRequired": False, "problem": "none"}}},
           put("name", "Ana"), put("age", "17"), {"shown": ["name", "age", "minor", "ill"]}, {"valid": True},
           {"state": {"age": {"label": "Age of Ana", "problem": "none"}, "minor": {"isReadOnly": True}}},
           put("age", "130"), {"state": {"age": {"problem": "constraint", "message": "Between 0 and 120, Ana."}, "ill": {"isRequired": True, "problem": "required"}}}, {"valid": False},
           put("age", "70"), put("ill", "heart none"), {"state": {"ill": {"problem": "constraint", "message": "None stands alone."}}},
           put("ill", "heart more"), {"shown": ["name", "age", "work", "ill", "which"]}, put("which", "x"), {"valid": True},
           {"answers": {"name": "Ana", "age": "70", "ill": "heart more", "which": "x"}},
           put("ill", "lungs"), {"answers": {"name": "Ana", "age": "70", "ill": "lungs"}}, put("ill", "more"), {"state": {"which": {"value": "x"}}}),
    script("answers that are no answers", "adult", put("age", "12a"), {"state": {"age": {"problem": "type"}}}, put("age", ""), {"state": {"age": {"problem": "required"}}}, put("ill", "heart flu"), {"state": {"ill": {"problem": "choice"}}}),
    script("choices that follow from answers", "cascade",
           {"choices": ["d", []]}, {"choices": ["u", ["home"]]}, {"choices": ["long", ["u1", "u2"]]}, put("p", "mp"), {"choices": ["d", ["mt", "bo"]]}, put("d", "bo"), {"choices": ["u", ["u2", "home"]]}, put("u", "u2"), {"valid": True},
           put("p", "sf"), {"choices": ["d", ["be"]]}, {"state": {"d": {"problem": "choice"}, "u": {"problem": "choice"}}}, put("d", "be"), put("u", "u3"), {"valid": True}),
    script("or_other", "other",
           {"choices": ["water", ["tap", "well", "other"]]}, {"choices": ["plain", ["tap", "well"]]}, {"shown": ["water", "waters", "plain"]}, put("water", "other"), {"shown": ["water", "water_other", "waters", "plain"]},
           {"state": {"water_other": {"label": "Specify other."}}}, put("water_other", "river"), put("waters", "tap other"), {"shown": ["water", "water_other", "waters", "waters_other", "plain"]},
           {"answers": {"water": "other", "water_other": "river", "waters": "tap other"}}, put("water", "tap"), {"answers": {"water": "tap", "waters": "tap other"}}, put("plain", "other"), {"state": {"plain": {"problem": "choice"}}}),
    script("or_other in Spanish", "other", put("water", "other"), {"state": {"water": {"label": "Agua"}, "water_other": {"label": "Especifique."}}}, language=1),
    script("a repeat counted by an answer", "children",
           {"shown": ["n", "count", "oldest", "names"]}, put("n", "2"),
           {"shown": ["n", "child[1]", "child[1]/place", "child[1]/name", "child[1]/age", "child[2]", "child[2]/place", "child[2]/name", "child[2]/age", "count", "oldest", "names"]},
           {"state": {"child[2]/place": {"value": "2"}, "child[2]/name": {"label": "Child 2"}, "count": {"value": "2"}, "oldest": {"value": ""}}},
           put("child[1]/name", "Ana"), put("child[1]/age", "9"), put("child[2]/name", "Rui"), put("child[2]/age", "4"), put("child[1]/school", "EPC"),
           {"state": {"oldest": {"value": "9"}, "names": {"value": "Ana, Rui"}, "child[1]/age": {"label": "Age of Ana"}, "child[2]/age": {"label": "Age of Rui"}}},
           {"answers": {"n": "2", "child": [{"place": "1", "name": "Ana", "age": "9", "school": "EPC"}, {"place": "2", "name": "Rui", "age": "4"}], "count": "2", "oldest": "9", "names": "Ana, Rui"}},
           put("n", "1"), {"answers": {"n": "1", "child": [{"place": "1", "name": "Ana", "age": "9", "school": "EPC"}], "count": "1", "oldest": "9", "names": "Ana"}},
           put("n", "3"), {"state": {"child[2]/name": {"value": "Rui"}, "child[3]/name": {"value": ""}, "count": {"value": "3"}, "many": {"isReadOnly": True}, "oldest": {"value": ""}}},
           put("n", ""), {"answers": {"count": "0"}}, put("n", "2.9"), {"state": {"n": {"problem": "type"}, "count": {"value": "2"}}}),
    script("a repeat that goes on while the answer is yes", "plants",
           {"shown": ["count", "plant[1]", "plant[1]/species", "plant[1]/more"]}, {"state": {"count": {"value": "1"}}}, put("plant[1]/more", "yes"), {"state": {"count": {"value": "2"}, "plant[2]/more": {"value": ""}}},
           put("plant[2]/more", "yes"), {"state": {"count": {"value": "3"}}}, put("plant[3]/more", "no"), {"state": {"count": {"value": "3"}}}),
    script("choices from a repeat", "people",
           {"choices": ["tallest", []]}, put("person[1]/person_name", "Ana"), put("person[1]/person_age", "40"), {"add": "person"}, {"state": {"person[2]/person_name": {"problem": "required"}}}, put("person[2]/person_name", "Rui"), put("person[2]/person_age", "9"),
           {"choices": ["tallest", ["Ana", "Rui"]]}, {"choices": ["tallest_child", ["Rui"]]}, put("tallest", "Ana"), {"state": {"chosen": {"value": "Ana"}, "tallest": {"problem": "none"}}}, {"remove": "person[1]"},
           {"choices": ["tallest", ["Rui"]]}, {"state": {"tallest": {"problem": "choice"}, "person[1]/person_name": {"value": "Rui"}}}),
    script("calculations upon a change", "triggers",
           put("now_age", "30"), {"state": {"at_age": {"value": "30"}, "chained": {"value": "d60"}}}, put("at_age", "12"), put("child", "Ana"), {"state": {"at_age": {"value": "12"}, "changed": {"value": "2026-03-01T08:30:00.000+02:00"}, "first": {"value": "Ana"}}},
           put("child", "Eva"), {"state": {"first": {"value": "Ana"}}}, put("clear", "note"), put("now_age", "31"), {"state": {"at_age": {"value": "31"}, "clear": {"value": ""}, "chained": {"value": "d62"}}},
           {"add": "visit"}, put("visit[2]/kg", "70"), {"state": {"visit[1]/kg_copy": {"value": ""}, "visit[2]/kg_copy": {"value": "70"}}}, put("visit[1]/kg", "65"), {"state": {"visit[1]/kg_copy": {"value": "65"}, "visit[2]/kg_copy": {"value": "70"}}}),
    script("defaults and once", "once",
           {"answers": {"draw": "250", "id": "0193b2c4-1111-7abc-8def-0123456789ab", "day": "2026-03-01", "moment": "2026-03-01T08:30:00.000+02:00", "sum": "3", "plain": "1-2", "quote": "it's", "word": "sum", "fixed": "2020-05-17", "minus": "-5",
                        "from": "0193b2c4-1111-7abc-8def-0123456789ab"}},
           put("id", ""), {"state": {"id": {"value": ""}, "draw": {"value": "250"}}}),
    script("a default from the instance before", "trees", put("tree[1]/species", "cashew"), {"add": "tree"}, {"state": {"tree[2]/species": {"value": "cashew"}, "tree[2]/height": {"value": "1"}}}, put("tree[2]/species", "mango"), {"add": "tree"},
           {"state": {"tree[3]/species": {"value": "mango"}, "tree[1]/species": {"value": "cashew"}}}),
    script("groups within groups", "nested",
           {"shown": ["pregnant", "left", "told"]}, {"state": {"left": {"value": ""}, "told": {"value": "no plan"}}}, put("pregnant", "yes"), {"shown": ["pregnant", "visit", "visit/weeks", "left", "told"]}, {"state": {"visit/weeks": {"problem": "required"}}},
           put("visit/weeks", "30"), {"shown": ["pregnant", "visit", "visit/weeks", "visit/late", "visit/late/plan", "left", "told"]}, put("visit/late/plan", "hospital"), {"answers": {"pregnant": "yes", "visit": {"weeks": "30", "late": {"plan": "hospital"}}, "left": "10", "told": "hospital"}},
           put("pregnant", "no"), {"answers": {"pregnant": "no", "told": "no plan"}}, {"valid": True}, put("pregnant", "yes"), {"state": {"visit/late/plan": {"value": "hospital"}, "told": {"value": "hospital"}}}, put("visit/weeks", "20"), {"state": {"told": {"value": "no plan"}}}),
    script("what fits a type", "types", *[step for path, good, bad in [
        ("i", ["0", "-5", "007"], ["1.5", "abc", "1e3", "-", "1234567890123456"]), ("d", ["1.5", "-0.25", ".5", "5."], ["1,5", "abc", "2020-01-01", "1e3", " 1"]), ("day", ["2024-02-29"], ["2023-02-29", "29/02/2024", "2024-2-9"]),
        ("t", ["08:30", "23:59:59.5+02:00"], ["8:30", "24:00"]), ("dt", ["2026-03-01T08:30:00.000+02:00"], ["2026-03-01", "2026-03-01 08:30"]), ("r", ["0", "9.5", "10"], ["10.5", "0.3", "-1"]), ("level", ["0", "10"], ["11", "0.5"]), ("down", ["10", "4", "0"], ["3", "12"]),
        ("geo", ["-25.96 32.58", "-25.96 32.58 47 5"], ["91 0", "-25.96", "0 181", "a b", "1 2 3 4 5"]), ("goals", ["c a b", "a"], ["a z"])]
        for step in [s for v in good for s in (put(path, v), {"state": {path: {"problem": "none"}}})] + [s for v in bad for s in (put(path, v), {"state": {path: {"problem": "choice" if path == "goals" else "type"}}})]],
        put("share", "101"), {"state": {"share": {"problem": "constraint"}}}, put("share", "100"), {"state": {"share": {"problem": "none"}}}, put("phone", "84-1"), {"state": {"phone": {"problem": "constraint"}}}, put("phone", "841"),
        {"state": {"phone": {"problem": "none"}, "ok": {"problem": "required"}}}, put("ok", "OK"), {"state": {"ok": {"problem": "none"}}}),
    script("rules in whatever order they are written", "backwards",
           {"state": {"c": {"value": ""}, "shown": {"isReadOnly": True, "value": ""}, "truth": {"value": "false"}}}, {"name": "a= c="}, put("a", "4"),
           {"answers": {"c": "9", "b": "8", "a": "4", "shown": "3", "whole": "2", "due": "2026-03-05", "truth": "true"}}, {"name": "a=4 c=9"}, {"valid": True}, put("a", "7"),
           {"state": {"whole": {"value": "3"}, "hard": {"problem": "required", "label": "Must not be above 10: 15"}, "due": {"value": "2026-03-08"}}}, {"valid": False}),
    script("metadata", "meta",
           {"answers": {"start": "2026-03-01T08:30:00.000+02:00", "today": "2026-03-01", "username": "ana", "deviceid": "tablet-7", "year": "2026"}}, {"state": {"who": {"label": "Hello ana"}}}, {"finish": "2026-03-01T08:41:00.000+02:00"},
           {"state": {"end": {"value": "2026-03-01T08:41:00.000+02:00"}, "start": {"value": "2026-03-01T08:30:00.000+02:00"}}}),
    script("look-ups", "lookup", put("member", "rui"), {"state": {"phone": {"value": "82 555 2079"}, "beds": {"value": "3"}}}, put("phone", "1"), {"state": {"phone": {"value": "1"}}}, put("member", "ana"), {"state": {"phone": {"value": "84 555 0168"}}},
           put("member", ""), {"state": {"phone": {"value": ""}, "beds": {"value": ""}}}),
    script("what would fill the memory is stopped", "hostile", put("x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), {"state": {"x": {"problem": "constraint"}, "c3": {"problem": "none"}, "c4": {"value": "", "problem": "fault"}, "c5": {"value": ""}}}, {"faults": ["c4 length"]}, {"valid": False}),
    script("a repeat without end is stopped", "endless", {"faults": ["rounds"]}, {"valid": False}),
    script("repeats within repeats", "houses",
           put("house[1]/street", "Rua A"), put("house[1]/member[1]/age", "40"), {"add": "house[1]/member"}, put("house[1]/member[2]/age", "15"), {"add": "house"}, put("house[2]/street", "Rua B"), put("house[2]/member[1]/age", "18"),
           {"state": {"house[1]/adults": {"value": "1"}, "house[2]/adults": {"value": "1"}, "house[2]/line": {"value": "2. Rua B (1)"}, "all_adults": {"value": "2"}, "streets": {"value": "1. Rua A (1); 2. Rua B (1)"}}},
           put("house[1]/member[2]/age", "16"), {"state": {"house[1]/member[2]/card": {"value": ""}}}, {"remove": "house[1]/member[1]"}, {"state": {"house[1]/adults": {"value": "0"}, "house[1]/member[1]/age": {"value": "16"}, "all_adults": {"value": "1"}}},
           {"remove": "house[1]"}, {"state": {"house[1]/line": {"value": "1. Rua B (1)"}}}),
    script("a draft goes on where it was", "nested", {"resume": {"pregnant": "yes", "visit": {"weeks": "30"}, "unknown": "x", "told": {"not": "a text"}}}, {"shown": ["pregnant", "visit", "visit/weeks", "visit/late", "visit/late/plan", "left", "told"]},
           {"answers": {"pregnant": "yes", "visit": {"weeks": "30", "late": {}}, "left": "10", "told": "no plan"}}),
    script("a draft with repeats goes on", "houses", {"resume": {"house": [{"street": "A", "member": [{"age": "20"}, {"age": "3"}]}, {"street": "B"}]}},
           {"answers": {"house": [{"street": "A", "member": [{"age": "20"}, {"age": "3"}], "adults": "1", "line": "1. A (1)"}, {"street": "B", "adults": "0", "line": "2. B (0)"}], "all_adults": "1", "streets": "1. A (1); 2. B (0)"}}),
    script("a draft keeps what was drawn", "once", {"resume": {"draw": "7", "id": "mine"}}, {"answers": {"draw": "7", "id": "mine"}}),
]

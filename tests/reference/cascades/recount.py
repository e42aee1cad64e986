"""Counts the cascade of programmes/saia-htn by hand, row by row, from the words of its definitions (version 1), independently of Escala.

    python3 recount.py      writes register.csv (drawn at random, seed 2026) and counts.csv (place, month, measure, numerator, denominator, missing)

Made with Python 3.11; standard library alone.
"""
import calendar
import csv
import random
from collections import defaultdict
from datetime import date, timedelta

FACILITIES = ["F101", "F102", "F203", "F502"]
FIRST, LAST = (2024, 1), (2025, 8)
COLUMNS = ("patient_id,facility_code,visit_date,sex,birth_date,sbp_1,dbp_1,sbp_2,dbp_2,sbp_3,dbp_3,hypertension_diagnosed,"
           "antihypertensive_prescribed,dispensed_days,viral_load,art_start_date,next_visit_date").split(",")


def draw():
    """A register that has everything in it that is hard: boundaries, halves, withdrawals, censored loads, several rows a day, other facilities."""
    chance = random.Random(2026)
    rows = []
    for number in range(160):
        home = chance.choice(FACILITIES)
        birth = chance.choice(["", "1950-02-28", "1980-06-15", "2004-02-29", "2006-02-28", "2006-08-15", "2007-03-01", "2008-02-29"])
        day = date(2023, 11, 1) + timedelta(chance.randrange(300))
        while day <= date(2025, 8, 31):
            following = day + timedelta(chance.choice([14, 28, 30, 31, 56, 60, 84, 90]))
            for _ in range(chance.choice([1] * 12 + [2, 3])):
                row = dict.fromkeys(COLUMNS, "")
                row.update(patient_id=f"{number:06}", facility_code=home if chance.random() < .9 else chance.choice(FACILITIES), visit_date=day.isoformat(),
                           sex=chance.choice("FM"), birth_date=birth, next_visit_date=following.isoformat() if chance.random() < .85 else "")
                for reading in range(1, 1 + chance.choice([0, 1, 1, 2, 3])):
                    row[f"sbp_{reading}"] = chance.choice(["118", "128", "139", "139.5", "140", "146", "152", "170", ""])
                    row[f"dbp_{reading}"] = chance.choice(["70", "78", "85", "89", "89.5", "90", "95", ""])
                row["hypertension_diagnosed"] = chance.choice(["", "", "", "0", "1", "1"] + ["withdrawn"] * (chance.random() < .2))
                row["antihypertensive_prescribed"] = chance.choice(["", "", "0", "1", "1"] + ["stopped"] * (chance.random() < .2))
                row["dispensed_days"] = chance.choice(["", "", "0", "1", "30", "30", "60", "90", "180"])
                row["viral_load"] = chance.choice([""] * 6 + ["20", "0", "1000", "1001", "54000", "<20", "< 1000", "<1500", ">500", ">1000", ">100000", "ND", " nd"])
                rows.append(row)
            day = following + timedelta(chance.choice([0, 0, 0, 1, -3, 20, 90]))
    chance.shuffle(rows)
    return rows


def read(rows):
    people = defaultdict(list)
    for line, row in enumerate(rows, start=2):
        pairs = [(float(row[f"sbp_{i}"]), float(row[f"dbp_{i}"])) for i in "123" if row[f"sbp_{i}"] and row[f"dbp_{i}"]][-2:]
        pressure = tuple(sum(part) / len(pairs) for part in zip(*pairs)) if pairs else None
        people[row["patient_id"]].append({
            "line": line, "facility": row["facility_code"], "day": date.fromisoformat(row["visit_date"]),
            "birth": date.fromisoformat(row["birth_date"]) if row["birth_date"] else None,
            "pressure": pressure, "raised": bool(pressure) and (pressure[0] >= 140 or pressure[1] >= 90),
            "controlled": bool(pressure) and pressure[0] < 140 and pressure[1] < 90,
            "diagnosis": {"1": 1, "withdrawn": -1}.get(row["hypertension_diagnosed"], 0),
            "prescription": {"1": 1, "stopped": -1}.get(row["antihypertensive_prescribed"], 0),
            "days": int(row["dispensed_days"] or 0), "load": row["viral_load"].replace(" ", "").upper(),
            "next": date.fromisoformat(row["next_visit_date"]) if row["next_visit_date"] else None})
    for person in people.values():
        yield sorted((r for r in person if not r["birth"] or r["day"] >= eighteenth(r["birth"])), key=lambda r: (r["day"], r["line"]))


def eighteenth(birth):
    return date(birth.year + 18, 2, 28) if (birth.month, birth.day) == (2, 29) and not calendar.isleap(birth.year + 18) else birth.replace(year=birth.year + 18)


def load(word):
    """(suppressed, undetectable), or None where the word says neither."""
    if word == "ND":
        return True, True
    if word.startswith("<"):
        return (True, False) if float(word[1:]) <= 1000 else None
    if word.startswith(">"):
        return (False, False) if float(word[1:]) >= 1000 else None
    return float(word) <= 1000, False


def months():
    year, month = FIRST
    while (year, month) <= LAST:
        yield date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def count(rows):
    counts = defaultdict(lambda: [0, 0, 0])
    for person in read(rows):
        if not person:
            continue
        prescribed = next((r for r in person if r["prescription"] == 1), None)
        dispensed = next((r for r in person if r["days"] > 0), None)
        for first, last in months():
            here = lambda measure, facility: counts[facility, f"{first:%Y-%m}", measure]

            def add(measure, facility, passed):
                cell = here(measure, facility)
                cell[0] += bool(passed)
                cell[1] += 1

            def missing(measure, facility):
                here(measure, facility)[2] += 1

            def stands(what):
                state = False
                for row in person:
                    if row["day"] <= last and row[what]:
                        state = row[what] == 1
                return state

            month = [r for r in person if first <= r["day"] <= last]
            earlier = [r for r in person if r["day"] < first]
            if earlier and earlier[-1]["next"] and first <= earlier[-1]["next"] <= last:
                add("in-care", earlier[-1]["facility"], month)
            diagnosis, prescription = stands("diagnosis"), stands("prescription")
            for facility in {r["facility"] for r in month}:
                measured = [r for r in month if r["facility"] == facility and r["pressure"]]
                known = diagnosis or any(r["raised"] for r in measured)
                add("screened", facility, measured)
                if measured:
                    add("raised-or-known", facility, known)
                    add("diagnosed-of-screened", facility, diagnosis)
                    if known:
                        add("diagnosed", facility, diagnosis)
                if diagnosis:
                    add("treated", facility, prescription)
                    a_year_before = date(last.year - 1, last.month, min(last.day, calendar.monthrange(last.year - 1, last.month)[1]))
                    loads = [r["load"] for r in person if r["load"] and a_year_before < r["day"] <= last]
                    for place, measure in enumerate(("suppressed", "undetectable")):
                        said = load(loads[-1]) if loads else None
                        add(measure, facility, said[place]) if said else missing(measure, facility)
                if prescription:
                    add("picked-up", facility, any(r["days"] for r in month) or any(r["days"] and r["day"] + timedelta(r["days"]) > last for r in earlier))
                    if measured and dispensed and dispensed["day"] < measured[-1]["day"]:
                        add("controlled", facility, measured[-1]["controlled"])
                if prescribed and prescribed["day"] <= last:
                    add("ever-controlled", facility, any(r["controlled"] and prescribed["day"] < r["day"] <= last for r in person))
            if prescribed and first <= prescribed["day"] + timedelta(120) <= last:
                since = lambda r: (r["day"] - prescribed["day"]).days
                near = [r for r in person if r["pressure"] and 60 <= since(r) <= 120]
                if near:
                    day = min({r["day"] for r in near}, key=lambda d: (abs((d - prescribed["day"]).days - 90), d))
                    add("controlled-3m", prescribed["facility"], [r for r in near if r["day"] == day][-1]["controlled"])
                else:
                    missing("controlled-3m", prescribed["facility"])
            for window, measure in ((90, "adherent-3m"), (180, "adherent-6m")):
                if dispensed and first <= (end := dispensed["day"] + timedelta(window)) <= last:
                    supplied = sum(min(r["days"], (end - r["day"]).days) for r in person if dispensed["day"] <= r["day"] < end)
                    add(measure, dispensed["facility"], supplied * 10 > window * 9)
    return counts


if __name__ == "__main__":
    register = draw()
    with open("register.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(register)
    with open("counts.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["facility", "month", "measure", "numerator", "denominator", "missing"])
        writer.writerows([*key, *cell] for key, cell in sorted(count(register).items()))

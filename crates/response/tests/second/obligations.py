"""The obligations a second time: by hand from the laws, with none of the data files of `response`, and
counted by walking from day to day.

Reads a line of JSON for each set of facts, `{"facts": {...}, "clocks": {id: [verdict, from, by]}}`, holds
every clock against its own, and prints those that differ. The last line is `agreed N`.
"""

import json
import sys
from datetime import date, datetime, timedelta, timezone

import days
from days import DAY

APPLIES, NOT, OPEN = "applies", "does_not_apply", "cannot_tell"
WORD = {True: APPLIES, False: NOT, None: OPEN}
JAPAN = timezone(timedelta(hours=9))


def every(*answers):
    if False in answers:
        return False
    return None if None in answers else True


def some(*answers):
    if True in answers:
        return True
    return None if None in answers else False


def no(answer):
    return None if answer is None else not answer


class Stamp:
    """A day, or a minute with its offset."""

    def __init__(self, text):
        self.text = text
        self.timed = "T" in text
        if self.timed:
            self.at = datetime.fromisoformat(text)
        else:
            y, m, d = map(int, text.split("-"))
            self.at = datetime(y, m, d, tzinfo=JAPAN)

    def key(self):
        return (self.at.astimezone(timezone.utc), self.timed)

    def japan(self):
        return self.at.astimezone(JAPAN).date() if self.timed else self.at.date()

    def written(self):
        return self.at.date()

    def eastern(self):
        if not self.timed:
            return self.at.date()
        utc = self.at.astimezone(timezone.utc).replace(tzinfo=None)
        # Summer time: from the second Sunday of March to the first of November, at 2 o'clock there.
        march, november = date(utc.year, 3, 8), date(utc.year, 11, 1)
        while march.weekday() != 6:
            march += DAY
        while november.weekday() != 6:
            november += DAY
        begins = datetime(march.year, 3, march.day, 7)
        ends = datetime(november.year, 11, november.day, 6)
        return (utc - timedelta(hours=4 if begins <= utc < ends else 5)).date()


class Facts:
    def __init__(self, facts):
        self.facts = facts
        known = [Stamp(k["at"]) for k in facts.get("known", []) if not k.get("culprit")]
        if "told_by_processor" in facts:
            known.append(Stamp(facts["told_by_processor"]))
        self.known = min(known, key=Stamp.key) if known else None
        self.material_on = Stamp(facts["material_on"]) if "material_on" in facts else None

    def met(self, obligation):
        met = [Stamp(r["at"]) for r in self.facts.get("reported", []) if r["obligation"] == obligation]
        return min(met, key=Stamp.key) if met else None

    def __getattr__(self, question):
        rare = {"before_acquisition", "public_my_number", "open_my_number", "protected", "public_body",
                "processor", "risk_unlikely", "trust_service", "low_probability"}
        answers = self.facts.get("answers", {})
        if question in answers:
            return answers[question]
        if question == "principal_told":
            return "told_principal" in self.facts
        if question == "material":
            return True if self.material_on else None
        return False if question in rare else None

    def range(self, what):
        told = self.facts.get(what)
        if not told:
            return (0, self.range("people")[1]) if what != "people" else (0, None)
        low, high = told.get("at_least", 0), told.get("at_most")
        if "number" in told:
            number = told["number"]
            if not told.get("about"):
                return number, number
            low = max(low, number - number // 10)
            high = number + number // 10 if high is None else high
        return low, high

    def more(self, what, limit, possibly=False):
        low, high = self.range(what)
        if low > limit:
            return True
        if high is not None and high <= limit:
            return False
        return True if possibly and "at_most" in self.facts.get(what, {}) else None


def nth(first, n):
    """The nth day, the first being day 1."""
    day, number = first, 1
    while number < n:
        day, number = day + DAY, number + 1
    return day


def open_from(day):
    while not days.japan_open(day):
        day += DAY
    return day


def hours(stamp, n):
    at = stamp.at
    for _ in range(n):
        at += timedelta(hours=1)
    offset = at.strftime("%z")
    return f"{at:%Y-%m-%dT%H:%M}{offset[:3]}:{offset[3:]}"


def month_after(day):
    moved = day + DAY
    while moved.day != day.day:
        if moved.month != day.month and (moved + DAY).month != moved.month:
            return moved  # that month has no such day
        moved += DAY
    return moved


def fourth_business_day(day):
    counted = 0
    if days.sec_open(day):
        day += DAY
    while True:
        counted += days.sec_open(day)
        if counted == 4:
            return day
        day += DAY


def clocks(f):
    """Every obligation: verdict, beginning and end of the time that is meant."""
    out = {}
    known = f.known
    day = known.japan() if known else date(2026, 11, 23)

    def put(name, holds, due=None, since="0001-01-01", on=None, shows=True):
        on = on or day
        if on.isoformat() < since:
            holds = False
        if holds is False or not due or not shows:
            out[name] = (WORD[holds], None, None)
        else:
            start, end = due
            out[name] = (WORD[holds], start and str(start), str(end))

    affected = some(f.leaked, f.unrestorable)
    early = (nth(day, 3), nth(day, 5)) if known else None

    def full(sixty):
        return (None, open_from(nth(day, 60 if sixty else 30))) if known else None

    # 個人情報保護法26条
    acquired = no(f.before_acquisition)
    wrongful = f.wrongful if day >= date(2024, 4, 1) else every(f.wrongful, acquired)
    serious = some(every(f.special_care, acquired), every(f.financial, acquired), wrongful,
                   every(f.more("people", 1000, True), acquired))
    duty = every(affected, no(f.public_body), serious)
    free = f.protected is True or f.principal_told is True
    held = False if free else duty
    put("appi-prompt", held, early, "2022-04-01")
    put("appi-full", held, full(wrongful is True), "2022-04-01")
    put("appi-persons", held, None, "2022-04-01")
    put("appi-principal", False if f.protected is True else every(f.processor, duty), early, "2022-04-01")

    # 番号法29条の4
    serious = some(f.public_my_number, f.wrongful, f.open_my_number, f.more("my_number_people", 100, True))
    held = False if free else every(f.my_number, affected, serious)
    put("number-prompt", held, early, "2022-04-01")
    put("number-full", held, full(f.wrongful is True), "2022-04-01")
    put("number-persons", held, None, "2022-04-01")

    # 個人情報保護法68条
    serious = some(f.special_care, f.financial, f.wrongful, f.more("people", 100, True))
    held = False if f.protected is True else every(f.public_body, affected, serious)
    put("public-prompt", held, early, "2023-04-01")
    put("public-full", held, full(f.wrongful is True), "2023-04-01")
    put("public-persons", held, None, "2023-04-01")

    put("tse", every(f.listed, f.investors), None, "2007-11-01")
    put("police", some(f.wrongful, f.ransomware, f.ddos), None, "2000-02-13")
    secrecy = every(f.telecom, f.secrecy)
    put("telecom-prompt", secrecy, None, "2004-04-01")
    put("telecom-full", secrecy, (None, nth(day, 30)) if known else None, "2004-04-01")
    put("infrastructure", every(f.infrastructure, f.critical_computer), None, "2026-10-01")

    written = known.written() if known else day
    eu = every(f.eu_persons, affected)
    controller = every(eu, no(f.processor))
    put("gdpr-authority", False if f.risk_unlikely is True else controller,
        (None, hours(known, 72)) if known else None, "2018-05-25", written)
    put("gdpr-persons", False if f.protected is True else every(controller, f.risk_high), None, "2018-05-25", written)
    put("gdpr-controller", every(eu, f.processor), None, "2018-05-25", written)

    nis2 = every(f.nis2, f.significant)
    put("nis2-early", nis2, (None, hours(known, 24)) if known else None, "2024-10-18", written)
    put("nis2-notice", nis2, (None, hours(known, 24 if f.trust_service else 72)) if known else None, "2024-10-18", written)
    notice = f.met("nis2-notice")
    put("nis2-final", nis2, (None, month_after(notice.written())) if notice else None, "2024-10-18",
        notice.written() if notice else written)

    on = f.material_on
    put("sec-8k", every(f.sec_registrant, f.material),
        (None, fourth_business_day(on.eastern())) if on else None, "2023-12-18", on.written() if on else written)

    sixty = (None, nth(known.written() + DAY, 60)) if known else None
    breach = every(f.health_data, affected)
    spared = f.protected is True or f.low_probability is True

    def hipaa(name, holds, due):
        put(name, False if spared else every(breach, holds), due, "2013-09-23", written)

    large = f.more("people", 499)
    hipaa("hipaa-persons", f.hipaa_entity, sixty)
    hipaa("hipaa-secretary", every(f.hipaa_entity, large), sixty)
    end = (None, nth(date(known.written().year + 1, 1, 1), 60)) if known else None
    hipaa("hipaa-secretary-annual", every(f.hipaa_entity, no(large)), end)
    hipaa("hipaa-media", every(f.hipaa_entity, f.more("state_residents", 500)), sixty)
    hipaa("hipaa-covered-entity", f.hipaa_associate, sixty)
    return out


def main():
    agreed = differing = 0
    for line in sys.stdin:
        asked = json.loads(line)
        mine = clocks(Facts(asked["facts"]))
        theirs = {name: tuple(clock) for name, clock in asked["clocks"].items()}
        if mine == theirs:
            agreed += 1
            continue
        differing += 1
        for name in sorted(set(mine) | set(theirs)):
            if mine.get(name) != theirs.get(name) and differing <= 5:
                print(name, "here", mine.get(name), "there", theirs.get(name), json.dumps(asked["facts"], ensure_ascii=False))
    print(f"agreed {agreed}")
    sys.exit(differing > 0)


if __name__ == "__main__":
    main()

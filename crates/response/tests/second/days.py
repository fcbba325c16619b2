"""Days off, a second time and by another method, to check the room `response` with.

Nothing here is taken from its code or its data: equinoxes come from the position of the sun (Meeus,
Astronomical Algorithms, chapter 27), holidays from the law year by year, and every question is
answered by walking from day to day.

    days.py japan FROM UNTIL     every Japanese holiday of these years: day, tab, name
    days.py us FROM UNTIL        every weekday on which the Securities and Exchange Commission is closed
    days.py peers FROM UNTIL     Japanese holidays as jpholiday and holidays (PyPI) have them: day, tab, package
                                 and a line `absent NAME` for a package that is not there
"""

import math
import sys
from datetime import date, datetime, timedelta
from functools import lru_cache

DAY = timedelta(days=1)

TERMS = [
    (485, 324.96, 1934.136), (203, 337.23, 32964.467), (199, 342.08, 20.186), (182, 27.85, 445267.112),
    (156, 73.14, 45036.886), (136, 171.52, 22518.443), (77, 222.54, 65928.934), (74, 296.72, 3034.906),
    (70, 243.58, 9037.513), (58, 119.81, 33718.147), (52, 297.17, 150.678), (50, 21.02, 2281.226),
    (45, 247.54, 29929.562), (44, 325.15, 31555.956), (29, 60.93, 4443.417), (18, 155.12, 67555.328),
    (17, 288.79, 4562.452), (16, 198.04, 62894.029), (14, 199.76, 31436.921), (12, 95.39, 14577.848),
    (12, 287.11, 31931.756), (12, 320.81, 34777.259), (9, 227.73, 1222.114), (8, 15.45, 16859.074),
]


def equinox(year, autumn):
    """The day in Japan on which the sun crosses the equator."""
    y = (year - 2000) / 1000
    if autumn:
        jde = 2451810.21715 + 365242.01767 * y - 0.11575 * y**2 + 0.00337 * y**3 + 0.00078 * y**4
    else:
        jde = 2451623.80984 + 365242.37404 * y + 0.05169 * y**2 - 0.00411 * y**3 - 0.00057 * y**4
    t = (jde - 2451545.0) / 36525
    w = math.radians(35999.373 * t - 2.47)
    scale = 1 + 0.0334 * math.cos(w) + 0.0007 * math.cos(2 * w)
    s = sum(a * math.cos(math.radians(b + c * t)) for a, b, c in TERMS)
    jde += 0.00001 * s / scale
    seconds = 30 + (year - 1955) * 0.55  # terrestrial time is ahead of clocks by about that
    noon = datetime(2000, 1, 1, 12) + timedelta(days=jde - 2451545.0, seconds=-seconds)
    return (noon + timedelta(hours=9)).date()


def monday(year, month, which):
    day, seen = date(year, month, 1), 0
    while True:
        seen += day.weekday() == 0
        if seen == which:
            return day
        day += DAY


@lru_cache(maxsize=None)
def law(year):
    """The holidays that the law names, with their names."""
    days = {date(year, 1, 1): "元日", date(year, 5, 3): "憲法記念日", date(year, 5, 5): "こどもの日",
            date(year, 11, 3): "文化の日", date(year, 11, 23): "勤労感謝の日",
            equinox(year, False): "春分の日", equinox(year, True): "秋分の日"}
    days[date(year, 1, 15) if year <= 1999 else monday(year, 1, 2)] = "成人の日"
    if year >= 1967:
        days[date(year, 2, 11)] = "建国記念の日"
    if year <= 1988:
        days[date(year, 4, 29)] = "天皇誕生日"
    elif year <= 2006:
        days[date(year, 4, 29)] = "みどりの日"
    else:
        days[date(year, 4, 29)] = "昭和の日"
        days[date(year, 5, 4)] = "みどりの日"
    if 1989 <= year <= 2018:
        days[date(year, 12, 23)] = "天皇誕生日"
    if year >= 2020:
        days[date(year, 2, 23)] = "天皇誕生日"
    if year >= 1966:
        days[date(year, 9, 15) if year <= 2002 else monday(year, 9, 3)] = "敬老の日"
    olympic = {2020: ((7, 23), (7, 24), (8, 10)), 2021: ((7, 22), (7, 23), (8, 8))}.get(year)
    if olympic:
        for (month, day), name in zip(olympic, ("海の日", "スポーツの日", "山の日")):
            days[date(year, month, day)] = name
    else:
        if year >= 1996:
            days[date(year, 7, 20) if year <= 2002 else monday(year, 7, 3)] = "海の日"
        if year >= 2016:
            days[date(year, 8, 11)] = "山の日"
        if year >= 1966:
            name = "体育の日" if year <= 2019 else "スポーツの日"
            days[date(year, 10, 10) if year <= 1999 else monday(year, 10, 2)] = name
    once = {1959: ((4, 10, "皇太子・明仁親王の結婚の儀"),), 1989: ((2, 24, "昭和天皇の大喪の礼"),),
            1990: ((11, 12, "即位礼正殿の儀"),), 1993: ((6, 9, "皇太子・徳仁親王の結婚の儀"),),
            2019: ((5, 1, "天皇の即位の日"), (10, 22, "即位礼正殿の儀"))}
    for month, day, name in once.get(year, ()):
        days[date(year, month, day)] = name
    return days


@lru_cache(maxsize=None)
def japan(year):
    """All holidays of a year: those of the law, then what follows from them."""
    all_days = dict(law(year))
    for day in sorted(law(year)):
        if day.weekday() == 6 and day >= date(1973, 4, 12):
            moved = day + DAY
            while year >= 2007 and moved in law(year):
                moved += DAY
            all_days.setdefault(moved, "振替休日")
    day = date(year, 1, 2)
    while day < date(year, 12, 31):
        between = day - DAY in law(year) and day + DAY in law(year) and day not in all_days
        if between and (year >= 2007 or (day >= date(1985, 12, 27) and day.weekday() != 6)):
            all_days[day] = "国民の休日"
        day += DAY
    return all_days


def japan_open(day):
    """Whether offices of the Japanese state are open."""
    new_year = (day.month, day.day) in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
    return day.weekday() < 5 and not new_year and day not in japan(day.year)


def _nth(year, month, weekday, which):
    days = [date(year, month, 1) + DAY * n for n in range(31)]
    fitting = [d for d in days if d.month == month and d.weekday() == weekday]
    return fitting[which]


@lru_cache(maxsize=None)
def federal(year):
    """The federal holidays of a year, on the days on which they are observed."""
    days = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25),
            _nth(year, 1, 0, 2), _nth(year, 2, 0, 2), _nth(year, 5, 0, -1), _nth(year, 9, 0, 0),
            _nth(year, 10, 0, 1), _nth(year, 11, 3, 3)]
    if year >= 2021:
        days.append(date(year, 6, 19))
    shift = {5: -DAY, 6: DAY}
    return {day + shift.get(day.weekday(), 0 * DAY) for day in days}


ONCE = {date(2018, 12, 5), date(2019, 12, 24), date(2020, 12, 24), date(2025, 1, 9)}


def sec_open(day):
    """Whether the Securities and Exchange Commission is open."""
    holiday = day in federal(day.year) or day in federal(day.year + 1) or day in ONCE
    return day.weekday() < 5 and not holiday


def main(which, first, last):
    if which == "japan":
        for year in range(first, last + 1):
            for day, name in sorted(japan(year).items()):
                print(f"{day}\t{name}")
    elif which == "us":
        day = date(first, 1, 1)
        while day.year <= last:
            if day.weekday() < 5 and not sec_open(day):
                print(day)
            day += DAY
    else:
        peers(first, last)


def peers(first, last):
    try:
        import jpholiday
        for year in range(first, last + 1):
            for day, _ in jpholiday.year_holidays(year):
                print(f"{day:%Y-%m-%d}\tjpholiday")
    except ImportError:
        print("absent jpholiday")
    try:
        import holidays
        for day in sorted(holidays.Japan(years=range(first, last + 1))):
            print(f"{day}\tholidays")
        for day in sorted(holidays.US(years=range(2010, last + 1))):
            print(f"{day}\tholidays-us")
    except ImportError:
        print("absent holidays")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))

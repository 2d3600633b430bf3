"""The parser of regimens in words: protocol text -> parts, with one meaning for each text and positions in errors.

regimen   = drug ":" plan { ( ";" | "&" ) drug ":" plan } | plan
plan      = "no dose" | item { then item }
then      = "," | [ "," ] ( "then" | "and then" | "followed by" )
item      = "(" plan ")" "x" count [ "cycles" ] | rest | from | start | load then ( rest | clause ) | clause
start     = "at steady state of" clause
rest      = "rest" ( number [ "-" number ] unit of time | "until" [ "protocol" ] ( "day" | "week" ) count )
from      = "from protocol day" count
load      = ( "load" | "loading dose" [ "of" ] ) amount [ route ] [ over ] [ "once" ]
clause    = [ amount [ "(" limits ")" ] ] { route | over | frequency | days | extent | cycle | "&" amount route }
limits    = "max" amount [ "," "in steps of" amount ] | "in steps of" amount
extent    = "x" count [ "doses" | "cycles" ] | "for" ( number unit of time | count ( "doses" | "cycles" ) )
over      = "over" number unit of time
number    = decimal | count "/" count | decimal "x" "10^" count
frequency = "once" | "daily" | "twice daily" | "weekly" | "every other day" | "every" [ number ] unit of time | "q" count unit
          | "BID" and its like | "3 times a week" | "on days" count { "," count } "and" count "of each week"
days      = [ "on" | "at" ] [ "protocol" | "elapsed" ] ( "days" | "weeks" ) counts and ranges | [ "on" ] weekdays
cycle     = "of each" number "-" unit of time "cycle" | frequency, where doses or days are said before it

What a clause says stands in any order (`clause`); what it means is decided once it is read (`placing`, `weekdays`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn, TypeVar

from regimens.errors import RegimenError
from regimens.regimen.amountwords import read_amount, read_over, read_route
from regimens.regimen.clause import Clause, dose_of, read_clause, read_dose
from regimens.regimen.cursor import Cursor
from regimens.regimen.daylist import Spot
from regimens.regimen.dayswords import Weekdays, read_every
from regimens.regimen.frequencywords import WEEKDAYS, read_often
from regimens.regimen.parts import Course, Cycle, Dose, Part, Rest, Weekly, drug_of, length_of, rests
from regimens.regimen.pauses import read_anchor, read_rest, read_rest_until
from regimens.regimen.placing import place
from regimens.regimen.quantities import Duration
from regimens.regimen.regimen import Regimen, regimen_of
from regimens.regimen.startwords import WORDS, read_start
from regimens.regimen.weekdays import Week, place_weekdays, week_after, week_of

if TYPE_CHECKING:
    from regimens.regimen.tokens import Token

Read = TypeVar("Read")

DEEPEST_NESTING = 10


def parse_regimen(text: str, day_0: str | None = None) -> Regimen:
    """Read protocol text as a Regimen: `parse_regimen(regimen.in_words()) == regimen`.

    A single plan without a drug's name is IL-2's if its amounts are in IU, else that of the drug called 'drug'. `day_0` is the
    weekday of day 0; without it, the first weekday that is named is the day on which its course starts. Raises RegimenError
    with the place, what was expected and the closest example.
    """
    return _parse(text, _Reader.regimen, day_0)


def taken_day_0(text: str) -> str | None:
    """Return the weekday that day 0 is taken to be where none is stated; None where the text, which can be read, names none."""
    reader = _Reader(text, Week())
    reader.regimen()
    return None if reader.week.day_0 is None else WEEKDAYS[reader.week.day_0]


def parse_plan(text: str, day_0: str | None = None) -> tuple[Part, ...]:
    """Read protocol text of one drug as its parts; empty for 'no dose'. Raises RegimenError as `parse_regimen`."""
    return _parse(text, lambda reader: reader.whole(reader.plan), day_0)


def parse_dose(text: str) -> Dose:
    """Read '1 MIU SC' or '8 mg/kg (max 800 mg) IV over 1 h' as one Dose. Raises RegimenError as `parse_regimen`."""
    return _parse(text, lambda reader: reader.whole(lambda: read_dose(reader)))


def parse_frequency(text: str) -> Duration | Weekly:
    """Read 'daily', 'every 2 days', '2 days' or '3 times a week' as an interval or weekly pattern."""
    return _parse(text, lambda reader: reader.whole(lambda: read_every(reader)))


def parse_rest(text: str) -> Rest:
    """Read '14 days' or '9-16 days' as a Rest."""
    return _parse(text, lambda reader: reader.whole(lambda: read_rest(reader)))


def _parse(text: str, read: Callable[[_Reader], Read], day_0: str | None = None) -> Read:
    week = week_of(day_0)
    try:
        return read(_Reader(text, week))
    except RegimenError as error:
        if error.text is not None:
            raise
        raise RegimenError(error.message, error.advice, text=text, at=0) from None


class _Reader(Cursor):
    """The rules of the grammar, a method each: it reads its rule and moves behind it.

    `base` is how many hours after the start of the regimen the innermost bracket starts, None behind a range. `course` is the
    dose of the clause before, which a clause without an amount goes on with. `open_list` is whether the part before is a list
    of days, after which no interval tells when the next part starts.
    """

    def __init__(self, text: str, week: Week) -> None:
        super().__init__(text)
        self.week, self.name, self.depth = week, "", 0
        self.base: Fraction | None = Fraction(0)
        self.course: Dose | None = None
        self.open_list = False
        self.weekday: Token | None = None

    def whole(self, rule: Callable[[], Read]) -> Read:
        value = rule()
        if self.next.kind != "end":
            self.fail("the end")
        return value

    def regimen(self) -> Regimen:
        start = self.next
        plans: dict[str, tuple[Part, ...]] = {}
        while True:
            token, name = self.next, self.drug()
            self.name, self.base, self.course, self.open_list = f"{len(plans)} {name}", Fraction(0), None, False
            parts = self.plan()
            drug = name or drug_of(parts)
            if drug in plans:
                raise self.error(f"The plan of '{drug}' is given twice.", token, "Separate the courses of one drug by ','.")
            plans[drug] = parts
            if not self.accept(";") and not (self.ahead().kind == "drug" and self.accept("&")):
                break
        if self.next.word == "&":
            raise self.error(
                "'&' joins the plans of two drugs, or two doses at one moment.",
                self.next,
                "Write 'il2: 1 MIU SC daily x 5 & tocilizumab: 8 mg/kg IV once over 1 h'. Courses of one drug do not overlap.",
            )
        if self.next.kind != "end":
            self.fail("',' or the end", ["x", "rest", "over"])
        return self.checked(start, lambda: regimen_of(plans))

    def drug(self) -> str:
        if self.next.kind != "drug":
            return ""
        name = self.take().text
        self.take()
        return name

    def plan(self) -> tuple[Part, ...]:
        if self.accept("no", "dose"):
            return ()
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.error(f"Brackets are nested more than {DEEPEST_NESTING} deep.", self.next)
        parts, then = list(self.item((), then=False)), self.then()
        while then:
            parts += self.item(tuple(parts), then=then != ",")
            then = self.then()
        self.depth -= 1
        return tuple(parts)

    def then(self) -> str:
        """Read what stands between two items, and return it; '' where nothing follows."""
        comma = "," if self.accept(",") else ""
        if self.next.word == ";" and self.ahead().word in ("then", "followed"):
            self.take()
        for words in (("then",), ("and", "then"), ("followed", "by")):
            if self.accept(*words):
                return " ".join(words)
        return comma

    def item(self, before: tuple[Part, ...], then: bool) -> tuple[Part, ...]:
        token, after_list, self.open_list = self.next, self.open_list, False
        if self.accept("("):
            return (self.cycle(token, before),)
        if self.accept("rest"):
            return read_rest_until(self, token, before) if self.accept("until") else (read_rest(self),)
        if self.accept("from"):
            return read_anchor(self, token, before, self.depth)
        if self.accept(*WORDS):
            return (read_start(self, token, not before and self.depth == 1),)
        if token.word in ("load", "loading"):
            return self.load(before)
        if token.kind in ("number", "power") or token.word in {"-", "+"}:
            return self.dosing(read_clause(self), before, after_list)
        if then and self.course is not None and token.kind == "word":
            clause = read_clause(self, self.course)
            if self.next is not token:
                return self.dosing(clause, before, after_list)
        if self.course is not None and read_often(self) is not None:
            raise self.error(
                f"'{self.written_since(token)}' behind a ',' can be read in two ways.",
                token,
                "Write 'then' in place of the ',' to go on with the same dose, or no ',' for the length of a cycle: "
                "'daily x 5 every 28 days x 3 cycles'.",
            )
        self.no_item(token)

    def no_item(self, token: Token) -> NoReturn:
        """Raise the error of a word that begins neither a dose nor a rest."""
        found = f"Found {token} where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected."
        if token.word == "steady" or (token.word in ("at", "in") and self.ahead().word == "steady"):
            raise self.error(found, token, "A start at steady state is written 'at steady state of 1 MIU SC daily, ...'.")
        if token.word in ("off", "break", "pause", "wait", "washout", "without"):
            raise self.error(found, token, "A pause is written 'rest 9 days'.")
        if token.kind == "word" and token.word != "rest" and (self.ahead().kind == "number" or self.ahead().word == "-"):
            raise self.error(
                found, token, "A dose begins with its amount. The name of a drug ends in ':', as in 'il2: 1 MIU SC daily x 5'."
            )
        self.fail("a dose such as '1 MIU SC', 'rest', '(' or 'no dose'", ["rest", "from", "no dose"])

    def cycle(self, token: Token, before: tuple[Part, ...]) -> Cycle:
        outer, weekday = self.base, self.weekday
        self.base, self.weekday = self.clock(before), None
        parts = self.plan()
        self.expect(")", "',' or ')'")
        self.expect("x", "'x' and how often the bracket is repeated")
        repeats = self.count("the number of repeats")
        self.accept_one("cycle", "cycles", "times")
        uneven = length_of(parts) % 168 or any(rest.is_range for rest in rests(parts))
        if self.weekday is not None and repeats > 1 and uneven:
            raise self.error(
                "Weekdays cannot stand inside a bracket whose repeats start on different weekdays.",
                self.weekday,
                "A cycle of whole weeks keeps its weekdays; else write 'on days 0 and 3 of each week'.",
            )
        self.base, self.weekday, self.open_list = outer, self.weekday or weekday, False
        return self.checked(token, lambda: Cycle(*parts, repeats=repeats))

    def clock(self, before: tuple[Part, ...]) -> Fraction | None:
        """Return the hours from the start of the regimen to the end of `before`, None behind a range."""
        if self.base is None or any(rest.is_range for rest in rests(before)):
            return None
        return self.base + length_of(before)

    def load(self, before: tuple[Part, ...]) -> tuple[Part, ...]:
        """Read a loading dose and what follows: a course starts one of its own intervals later, unless a rest says when."""
        token = self.take()
        if token.word == "loading":
            self.expect("dose", "'dose'")
            self.accept("of")
        start = self.next
        amount, daily = read_amount(self)
        if daily is not None:
            raise self.error("A loading dose is given once, not every day.", daily, "Leave out '/day'.")
        first = Clause(start, self.next, amount, route=read_route(self), over=read_over(self))
        self.accept("once")
        if not self.then():
            self.fail("',' or 'then' and the doses after the loading dose")
        if self.accept("rest"):
            dose = dose_of(self, first)
            return (dose, read_rest(self))
        following = self.next
        if following.kind not in ("number", "power"):
            self.fail("the doses after the loading dose, or a rest,")
        clause = read_clause(self)
        dose = dose_of(self, first, clause.route)
        parts = self.dosing(clause, (*before, dose), after_list=False)
        course = parts[0]
        if not isinstance(course, Course) or not isinstance(course.every, Duration):
            found = "It is not said how long after the loading dose this starts."
            raise self.error(found, following, "Write a rest between them: 'rest 7 days'.")
        return (dose, Rest(course.every), *parts)

    def dosing(self, clause: Clause, before: tuple[Part, ...], after_list: bool) -> tuple[Part, ...]:
        """Return the parts of a clause that has been read; what it leaves open is refused."""
        followed = self.depth > 1 or self.next.word in (",", "then", "and", "followed")
        if isinstance(clause.days, Weekdays) and clause.turn is None:
            parts = self.weekdays(clause, clause.days, before)
        elif isinstance(clause.days, Weekdays):
            raise self.error("Weekdays and a cycle are two ways to say when.", clause.days.token, "Use brackets and a rest.")
        else:
            parts = place(self, clause, Spot(before, self.depth, followed))
        if after_list and not isinstance(parts[0], Rest):
            raise self.error(
                "It is not said how long after the days before this starts.", clause.start, _rest_after_list(parts[0])
            )
        self.course = dose_of(self, clause)
        self.open_list = clause.days is not None and isinstance(parts[-1], Dose)
        return parts

    def weekdays(self, clause: Clause, named: Weekdays, before: tuple[Part, ...]) -> tuple[Part, ...]:
        clock, self.weekday = self.clock(before), named.token
        self.week = week_after(self, self.week, named, self.name, clock)
        assert clock is not None
        assert self.week.day_0 is not None
        return place_weekdays(self, clause, dose_of(self, clause), named, self.week.day_0, clock)


def _rest_after_list(first: Part) -> str:
    """Return the advice for a part that follows a list of days: the rest that is one interval of it, if it has one."""
    if isinstance(first, Course) and isinstance(first.every, Duration):
        return f"Write 'rest {first.every}' before it for one interval of {first.every}, or another rest."
    return "Write a rest before it, for example 'rest until day 28'."

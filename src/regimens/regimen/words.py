"""The parser of regimens in words: protocol text -> parts, with one meaning for each text and positions in errors.

regimen   = drug ":" plan { ";" drug ":" plan } | plan
plan      = "no dose" | item { "," item }
item      = "(" plan ")" "x" count | rest | from | dosing
rest      = "rest" number [ "-" number ] unit of time
from      = "from protocol day" count
dosing    = amount [ "(" limits ")" ] route ( "once" [ over ] | frequency [ over ] extent )
limits    = "max" amount [ "," "in steps of" amount ] | "in steps of" amount
extent    = "x" count | "for" number unit of time
over      = "over" number unit of time
number    = decimal | count "/" count
frequency = "daily" | "twice daily" | "weekly" | "every other day" | "every" [ number ] unit of time
          | "3 times a week" | "on days" count { "," count } "and" count "of each week"
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from regimens.errors import RegimenError
from regimens.regimen.cursor import Cursor, Token
from regimens.regimen.parts import THREE_A_WEEK, Course, Cycle, Dose, Part, Rest, Weekly, drug_of, length_of, rests
from regimens.regimen.quantities import Amount, Duration, days, hours
from regimens.regimen.regimen import Regimen, regimen_of
from regimens.units import AMOUNT_ADVICE, BASES, amount_unit

Read = TypeVar("Read")

DEEPEST_NESTING = 10

_ROUTES = {
    "sc": "SC",
    "iv": "IV",
    "subcutaneous": "SC",
    "subcutaneously": "SC",
    "intravenous": "IV",
    "intravenously": "IV",
}
_FREQUENCIES = ("daily", "twice", "weekly", "every", "once", "3 times a week", "on")


def parse_regimen(text: str) -> Regimen:
    """Read protocol text as a Regimen: `parse_regimen(regimen.in_words()) == regimen`.

    A single plan without a drug's name is IL-2's if its amounts are in IU, else that of the drug called 'drug'. Raises
    RegimenError with the place, what was expected and the closest example.
    """
    return _parse(text, _Reader.regimen)


def parse_plan(text: str) -> tuple[Part, ...]:
    """Read protocol text of one drug as its parts; empty for 'no dose'. Raises RegimenError as `parse_regimen`."""
    return _parse(text, lambda reader: reader.whole(reader.plan))


def parse_dose(text: str) -> Dose:
    """Read '1 MIU SC' or '8 mg/kg (max 800 mg) IV over 1 h' as one Dose. Raises RegimenError as `parse_regimen`."""
    return _parse(text, lambda reader: reader.whole(reader.dose))


def parse_frequency(text: str) -> Duration | Weekly:
    """Read 'daily', 'every 2 days', '2 days' or '3 times a week' as an interval or weekly pattern."""
    return _parse(text, lambda reader: reader.whole(reader.interval))


def parse_rest(text: str) -> Rest:
    """Read '14 days' or '9-16 days' as a Rest."""
    return _parse(text, lambda reader: reader.whole(reader.rest))


def _parse(text: str, read: Callable[[_Reader], Read]) -> Read:
    try:
        return read(_Reader(text))
    except RegimenError as error:
        if error.text is not None:
            raise
        raise RegimenError(error.message, error.advice, text=text, at=0) from None


class _Reader(Cursor):
    """The rules of the grammar, a method each: it reads its rule and moves behind it."""

    depth = 0

    def whole(self, rule: Callable[[], Read]) -> Read:
        value = rule()
        if self.next.kind != "end":
            self.fail("the end")
        return value

    def regimen(self) -> Regimen:
        start = self.next
        plans: dict[str, tuple[Part, ...]] = {}
        while True:
            token, name, parts = self.next, self.drug(), self.plan()
            drug = name or drug_of(parts)
            if drug in plans:
                raise self.error(f"The plan of '{drug}' is given twice.", token, "Separate the courses of one drug by ','.")
            plans[drug] = parts
            if not self.accept(";"):
                break
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
        parts: list[Part] = []
        while True:
            parts += self.item(tuple(parts))
            if not self.accept(","):
                break
        self.depth -= 1
        return tuple(parts)

    def item(self, before: tuple[Part, ...]) -> list[Part]:
        token = self.next
        if self.accept("("):
            parts = self.plan()
            self.expect(")", "',' or ')'")
            self.expect("x", "'x' and how often the bracket is repeated")
            repeats = self.count("the number of repeats")
            return [self.checked(token, lambda: Cycle(*parts, repeats=repeats))]
        if self.accept("rest"):
            return [self.rest()]
        if self.accept("from"):
            return self.anchor(token, before)
        if token.kind == "number" or token.word in {"-", "+"}:
            return [self.dosing()]
        self.fail("a dose such as '1 MIU SC', 'rest', '(' or 'no dose'", ["rest", "from", "no dose"])

    def anchor(self, token: Token, before: tuple[Part, ...]) -> list[Part]:
        for word in ("protocol", "day"):
            self.expect(word, "'from protocol day' and its number")
        day = self.count("the number of a protocol day")
        if self.depth > 1:
            raise self.error(
                "'from protocol day' cannot stand inside a bracket, whose repeats start on different days.",
                token,
                "Use a rest there.",
            )
        if any(rest.is_range for rest in rests(before)):
            raise self.error("'from protocol day' cannot follow a rest that is a range.", token, "Use a rest there.")
        gap = Fraction(24 * (day - 1)) - length_of(before)
        if gap < 0:
            raise self.error(
                f"Protocol day {day} is before the end of the preceding parts, which last {Duration(length_of(before))}.",
                token,
                "Courses of one drug do not overlap.",
            )
        return [Rest(Duration(gap))] if gap else []

    def rest(self) -> Rest:
        token = self.next
        shortest = self.number("the length of the rest")
        longest = self.number("the longer end of the range") if self.accept("-") else shortest
        size = self.unit_of_time()
        return self.checked(token, lambda: Rest(Duration(shortest * size), Duration(longest * size)))

    def dosing(self) -> Part:
        start = self.next
        amount, route = self.amount(), self.route()
        if self.accept("once"):
            over = self.over()
            return self.checked(start, lambda: Dose(amount, route, over))
        every = self.frequency()
        over = self.over()
        doses = self.extent(every)
        over = over or self.over()
        return self.checked(start, lambda: Course(Dose(amount, route, over), every, doses))

    def dose(self) -> Dose:
        start = self.next
        amount, route = self.amount(), self.route()
        over = self.over()
        return self.checked(start, lambda: Dose(amount, route, over))

    def amount(self) -> Amount:
        start = self.next
        value, unit, basis = self.quantity()
        amount = self.checked(start, lambda: Amount(value, unit, basis))
        if not self.accept("("):
            return amount
        if self.next.word != "in":
            self.expect("max", "'max' and the most one dose may be")
            amount = self.limited(amount.at_most)
        if self.next.word == "in" or self.accept(","):
            for word in ("in", "steps", "of"):
                self.expect(word, "'in steps of' and the smallest difference between doses")
            amount = self.limited(amount.in_steps_of)
        self.expect(")", "')'")
        return amount

    def limited(self, limit: Callable[[Amount], Amount]) -> Amount:
        token = self.next
        value, unit, basis = self.quantity()
        return self.checked(token, lambda: limit(Amount(value, unit, basis)))

    def quantity(self) -> tuple[Fraction, str, str]:
        if self.next.word in {"-", "+"}:
            self.fail("an amount greater than zero, written without a sign,")
        start, value = self.next, self.number("an amount")
        token = self.take()
        if token.kind != "word":
            raise self.error(self._no_unit(start, token), token, AMOUNT_ADVICE)
        unit, size = self.checked(token, lambda: amount_unit(token.text))
        if not self.accept("/"):
            return value * size, unit, "flat"
        token = self.take()
        if token.word not in BASES:
            daily = " A dose a day is written '1 MIU SC daily'." if token.word in {"d", "day"} else ""
            raise self.error(f"'/{token.text}' is not a basis of a dose.", token, f"A dose is flat, per m2 or per kg.{daily}")
        return value * size, unit, BASES[token.word]

    def _no_unit(self, number: Token, token: Token) -> str:
        if token.text == "," and self.next.kind == "number":
            return "A comma between digits can be read in two ways. Write a decimal point and no thousands separators."
        return f"The amount '{number.text}' has no unit."

    def route(self) -> str:
        if self.next.word not in _ROUTES:
            self.fail("the route SC or IV", list(_ROUTES))
        return _ROUTES[self.take().word]

    def over(self) -> Duration | None:
        if not self.accept("over"):
            return None
        token = self.next
        length = Duration(self.time("the time of the infusion"))
        return self.checked(token, lambda: Dose(Amount(Fraction(1), "IU"), "IV", length).over)

    def frequency(self) -> Duration | Weekly:
        token = self.next
        simple = {"daily": days(1), "weekly": days(7)}
        if token.word in simple:
            return simple[self.take().word]
        if self.accept("twice", "daily"):
            return hours(12)
        if self.accept("every"):
            return self.interval()
        if token.kind == "number" and self.accept(token.word, "times", "a", "week"):
            if token.text != "3":
                raise self.error(
                    f"'{token.text} times a week' does not say on which days.",
                    token,
                    "Write for example 'on days 0 and 3 of each week'.",
                )
            return THREE_A_WEEK
        if self.accept("on"):
            return self.weekly(token)
        if self.accept("twice"):
            raise self.error("'twice' needs 'daily'.", token, "Two days of each week are written 'on days 0 and 3 of each week'.")
        self.fail("how often, such as 'daily', 'every 2 days', 'weekly' or 'once',", list(_FREQUENCIES))

    def interval(self) -> Duration | Weekly:
        if self.accept("other", "day"):
            return days(2)
        token = self.next
        if token.kind == "word" and token.word in {"daily", "weekly", "twice", "on", "every"}:
            return self.frequency()
        if token.kind == "number" and [t.word for t in self.tokens[self.place + 1 : self.place + 2]] == ["times"]:
            return self.frequency()
        length = self.time("an interval") if token.kind == "number" else self.unit_of_time()
        if length <= 0:
            written = self.text[token.at : self.next.at].rstrip()
            raise self.error(f"Interval must be longer than zero, found {written}.", token)
        return Duration(length)

    def weekly(self, start: Token) -> Duration | Weekly:
        if not self.accept("days"):
            self.expect("day", "'days' and their numbers")
        chosen = [int(self.count("the number of a day, counted from 0", lowest=0))]
        while self.accept(",") or self.accept("and"):
            chosen.append(int(self.count("the number of a day, counted from 0", lowest=0)))
        for word in ("of", "each", "week"):
            self.expect(word, "'of each week'")
        pattern = self.checked(start, lambda: Weekly(tuple(chosen)))
        return days(7) if pattern.days == (0,) else pattern

    def extent(self, every: Duration | Weekly) -> int:
        token = self.next
        if self.accept("x"):
            return self.count("the total number of doses")
        if not self.accept("for"):
            self.fail("'x' and the total number of doses", ["x", "for", "over"])
        span = self.time("how long")
        length, doses = (every.hours, 1) if isinstance(every, Duration) else (Fraction(168), len(every.days))
        if span % length:
            raise self.error(
                f"{Duration(span)} is not a whole number of intervals of {Duration(length)}.",
                token,
                "Write 'x' and the total number of doses.",
            )
        return int(span / length) * doses

"""Amounts, routes and infusion times in protocol text: '0.26 MIU/m2', '8 mg/kg (max 800 mg)', '1,000,000 IU', 'over 1 h'."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from regimens.drugs import ROUTES
from regimens.errors import UnitError, nearest
from regimens.regimen.parts import Dose
from regimens.regimen.quantities import Amount, Duration
from regimens.units import AMOUNT_ADVICE, BASES, amount_unit, decimal_text, exact

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

ROUTE_WORDS = {
    "sc": "SC", "sq": "SC", "subq": "SC", "subcut": "SC", "subcutaneous": "SC", "subcutaneously": "SC",
    "iv": "IV", "intravenous": "IV", "intravenously": "IV",
    "im": "IM", "intramuscular": "IM", "intramuscularly": "IM",
    "po": "PO", "oral": "PO", "orally": "PO",
    "inhaled": "inhaled", "inh": "inhaled",
}  # fmt: skip
"""Word of protocol text -> the route it means."""

_A_DAY = ("day", "d")


def read_amount(cursor: Cursor) -> tuple[Amount, Token | None]:
    """Read an amount with its limits; beside it the 'day' of '1 MIU/m2/day', which says a dose every day, else None."""
    start = cursor.next
    value, unit, basis, daily = _quantity(cursor)
    amount = cursor.checked(start, lambda: Amount(value, unit, basis))
    if not cursor.accept("("):
        return amount, daily
    if cursor.next.word != "in":
        cursor.expect("max", "'max' and the most one dose may be")
        amount = _limited(cursor, amount.at_most)
    if cursor.next.word == "in" or cursor.accept(","):
        for word in ("in", "steps", "of"):
            cursor.expect(word, "'in steps of' and the smallest difference between doses")
        amount = _limited(cursor, amount.in_steps_of)
    cursor.expect(")", "')'")
    return amount, daily


def read_route(cursor: Cursor) -> str | None:
    """Read a route; None, and nothing is read, where no route comes next."""
    if cursor.accept("by", "mouth"):
        return "PO"
    if cursor.accept("by", "inhalation"):
        return "inhaled"
    return ROUTE_WORDS[cursor.take().word] if cursor.next.word in ROUTE_WORDS else None


def no_route(cursor: Cursor) -> NoReturn:
    """Raise the error of an amount that no route follows."""
    cursor.fail(f"a route ({', '.join(ROUTES[:-1])} or {ROUTES[-1]})", list(ROUTE_WORDS))


def read_over(cursor: Cursor) -> Duration | None:
    """Read 'over' and the time of an infusion; None, and nothing is read, where 'over' does not come next."""
    if not cursor.accept("over"):
        return None
    token = cursor.next
    length = Duration(cursor.time("the time of the infusion"))
    return cursor.checked(token, lambda: Dose(Amount(Fraction(1), "IU"), "IV", length).over)


def is_unit(token: Token) -> bool:
    """Return whether a word is a unit of amount, or nearly one."""
    try:
        amount_unit(token.text)
    except UnitError:
        return token.kind == "word" and (token.word == "million" or nearest(token.text, ("MIU", "kIU", "IU")) is not None)
    return True


def _limited(cursor: Cursor, limit: Callable[[Amount], Amount]) -> Amount:
    token = cursor.next
    value, unit, basis, daily = _quantity(cursor)
    if daily is not None:
        raise cursor.error("A limit is of one dose, not of a day.", daily, "Leave out '/day'.")
    return cursor.checked(token, lambda: limit(Amount(value, unit, basis)))


def _quantity(cursor: Cursor) -> tuple[Fraction, str, str, Token | None]:
    if cursor.next.word in {"-", "+"}:
        cursor.fail("an amount greater than zero, written without a sign,")
    start, value = cursor.next, _value(cursor)
    if cursor.next.word == "million" and cursor.ahead().text == "IU":
        cursor.take()
        value *= 1_000_000
    token = cursor.take()
    if token.kind != "word":
        raise cursor.error(_no_unit(cursor, start, token), token, *_no_unit_advice(cursor, start, token))
    unit, size = cursor.checked(token, lambda: amount_unit(token.text))
    basis, daily = "flat", None
    while cursor.accept_one("/", "per"):
        token = cursor.take()
        if token.word in _A_DAY and daily is None:
            daily = token
        elif token.word in BASES and basis == "flat":
            basis = BASES[token.word]
        else:
            weekly = " A dose a week is written '1 MIU SC weekly'." if token.word in {"week", "wk", "w"} else ""
            raise cursor.error(f"'/{token.text}' is not a basis of a dose.", token, f"A dose is flat, per m2 or per kg.{weekly}")
    return value * size, unit, basis, daily


def _value(cursor: Cursor) -> Fraction:
    """Read the number of an amount: a decimal, one with two commas or more between thousands, or one times a power of ten."""
    start = cursor.next
    grouped = cursor.checked(start, lambda: _thousands(cursor))
    value = Fraction(1) if start.kind == "power" else grouped or cursor.number("an amount")
    if start.kind == "power" or (cursor.next.word == "x" and cursor.ahead().kind == "power"):
        cursor.accept("x")
        cursor.accept("x")
        value *= Fraction(10) ** cursor.take().exponent
    return cursor.checked(start, lambda: exact(value))


def _thousands(cursor: Cursor) -> Fraction | None:
    """Read '1,000,000'; None, and nothing is read, for any other number. One comma alone could be a decimal comma."""
    groups = _groups(cursor, cursor.place)
    if len(groups) < 3:
        return None
    cursor.place += 2 * len(groups) - 1
    return exact("".join(groups))


def _groups(cursor: Cursor, place: int) -> list[str]:
    """Return the digits of a number and of the groups of three that follow it, with a comma and no space before each."""
    tokens, groups = cursor.tokens, [cursor.tokens[place].text]
    if tokens[place].kind != "number" or not groups[0].isdigit() or not 0 < int(groups[0][:4]) < 1000 or groups[0][0] == "0":
        return groups
    while place + 2 < len(tokens) and tokens[place + 1].text == ",":
        comma, group = tokens[place + 1 : place + 3]
        digits = group.text.partition(".")[0]
        joined = comma.at == tokens[place].end and group.at == comma.end
        if not joined or group.kind != "number" or len(digits) != 3 or not digits.isdigit() or "." in groups[-1]:
            break
        groups.append(group.text)
        place += 2
    return groups


def _no_unit(cursor: Cursor, number: Token, token: Token) -> str:
    if token.text == "," and cursor.next.kind == "number":
        return "A comma between digits can be read in two ways. Write a decimal point and no thousands separators."
    return f"The amount '{number.text}' has no unit."


def _no_unit_advice(cursor: Cursor, number: Token, token: Token) -> list[str]:
    if token.word in ("doses", "injections", "infusions"):
        return [AMOUNT_ADVICE, f"A number of doses is written 'x {number.text}'."]
    if token.word in ("-", "to") and cursor.next.kind == "number":
        return [AMOUNT_ADVICE, "A dose is one amount, not a range: write an arm for each."]
    digits = cursor.next.text
    if token.text != "," or not (number.text.isdigit() and digits.isdigit()):
        return [AMOUNT_ADVICE]
    decimal = decimal_text(exact(f"{number.text}.{digits}"))
    if len(digits) != 3 or len(number.text) > 3:
        return [AMOUNT_ADVICE, f"Write '{decimal}' if it is a decimal comma."]
    return [AMOUNT_ADVICE, f"Write '{number.text}{digits}' if the comma parts thousands, '{decimal}' if it is a decimal comma."]

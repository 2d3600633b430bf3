"""From the elements of an SBML document to the parameters, definitions and states of a model file, with all that is beyond it."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType

from regimens.errors import Problem
from regimens.model.expression import FUNCTIONS, TIME, Binary, Call, Expression, Name, Negation, Number, names_in
from regimens.modeltext.names import Names
from regimens.modeltext.sbmlmath import TIME_OF_MODEL, Element, Reader, UnsupportedMath, combined, number

PYTHON_WORDS = keyword.kwlist


@dataclass(frozen=True)
class Quantity:
    """A parameter, definition or state of the model file to be made, with the element of the document that it comes from."""

    element: Element
    name: str
    value: float | None = None
    formula: Expression | None = None
    initial: Expression | None = None


@dataclass
class Gathered:
    """What a document says. `time` is the formula for the time of the document; problems are what cannot be read.

    `names` has the name in the model file of every id. Definitions stand in an order in which each reads those above it.
    """

    libsbml: ModuleType
    model: Element
    time: Expression = TIME_OF_MODEL
    parameters: dict[str, Quantity] = field(default_factory=dict)
    definitions: dict[str, Quantity] = field(default_factory=dict)
    states: dict[str, Quantity] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open_powers: bool = False

    def __post_init__(self) -> None:
        spellings = Names([TIME, *FUNCTIONS, *PYTHON_WORDS], joint="_")
        every = [*self._quantities(), *elements_of(self.model.getListOfReactions())]
        self.names: Mapping[str, str] = {element.getId(): spellings.spelled(element.getId()) for element in every}
        self.renamed = tuple(spellings.changed)
        self.fresh = spellings.fresh
        self._starts = {a.getSymbol(): a for a in elements_of(self.model.getListOfInitialAssignments())}
        self._rules = {rule.getVariable(): rule for rule in elements_of(self.model.getListOfRules()) if not rule.isAlgebraic()}
        self._changes = self._stoichiometry()
        self._later: dict[str, Expression] = {}

    def gather(self) -> None:
        """Fill parameters, definitions and states, and note what is wrong or beyond model files."""
        self.problems += beyond(self.model)
        if self.problems:
            return
        for reaction in elements_of(self.model.getListOfReactions()):
            law = reaction.getKineticLaw()
            if law is None or law.getMath() is None:
                self._note(reaction, f"Reaction '{reaction.getId()}' has no kinetic law.", "Every reaction needs one.")
            else:
                self._define(reaction, self._formula(law, f"The kinetic law of reaction '{reaction.getId()}'"))
        for element in self._quantities():
            if not self._unsized(element):
                self._place(element)
        if not self.states and not self.problems:
            advice = "A model file needs at least one quantity with a rate of change."
            self.problems.append(Problem("Nothing in the model changes: there is no reaction and no rate rule.", advice))
        if not self.problems:
            self._finish()

    def _quantities(self) -> Iterator[Element]:
        for listed in (self.model.getListOfCompartments(), self.model.getListOfSpecies(), self.model.getListOfParameters()):
            yield from elements_of(listed)

    def _unsized(self, element: Element) -> bool:
        """Return whether an element is a compartment without a size, which only holds amounts and so needs none."""
        if element.getElementName() != "compartment" or element.isSetSize() or element.getId() in self._starts:
            return False
        inside = (s for s in elements_of(self.model.getListOfSpecies()) if s.getCompartment() == element.getId())
        return all(species.getHasOnlySubstanceUnits() for species in inside)

    def _place(self, element: Element) -> None:
        identifier = element.getId()
        rule, said = self._rules.get(identifier), f"'{identifier}'"
        if rule is not None and rule.isAssignment():
            self._define(element, self._formula(rule, f"The assignment rule of {said}"))
        elif rule is not None:
            self._change(element, self._formula(rule, f"The rate rule of {said}"))
        elif identifier in self._changes and not element.getBoundaryCondition() and not element.getConstant():
            flow = combined("+", [self._flow(*change) for change in self._changes[identifier]], 0.0)
            self._change(element, flow if element.getHasOnlySubstanceUnits() else Binary("/", flow, self._compartment(element)))
        elif identifier in self._starts:
            formula = self._formula(self._starts[identifier], f"The initial assignment of {said}")
            self._later[self.names[identifier]] = formula
            self._define(element, formula)
        else:
            self._fixed(element)

    def _fixed(self, element: Element) -> None:
        start = self._start(element)
        name = self.names[element.getId()]
        if isinstance(start, Number):
            self.parameters[name] = Quantity(element, name, value=start.value)
        elif isinstance(start, Negation) and isinstance(start.operand, Number):
            self.parameters[name] = Quantity(element, name, value=-start.operand.value)
        elif start is not None:
            self._define(element, start)

    def _define(self, element: Element, formula: Expression) -> None:
        name = self.names[element.getId()]
        self.definitions[name] = Quantity(element, name, formula=formula)

    def _change(self, element: Element, rate: Expression) -> None:
        start = self._start(element)
        name = self.names[element.getId()]
        self.states[name] = Quantity(element, name, formula=rate, initial=start)

    def _start(self, element: Element) -> Expression | None:
        """Return the value at the start as a formula; None, with a problem noted, where there is none."""
        identifier = element.getId()
        if identifier in self._starts:
            return self._formula(self._starts[identifier], f"The initial assignment of '{identifier}'")
        kind = element.getElementName()
        try:
            if kind == "species":
                return self._start_of_species(element)
            if kind == "compartment" and element.isSetSize():
                return number(element.getSize())
            if kind == "parameter" and element.isSetValue():
                return number(element.getValue())
        except UnsupportedMath as fault:
            self._note(element, f"The value of '{identifier}' is {fault}.", "A finite number is needed.")
            return None
        what = {"species": "initial amount or concentration", "compartment": "size", "parameter": "value"}[kind]
        advice = "Give it one in the SBML file, or an initial assignment."
        self._note(element, f"{kind.capitalize()} '{identifier}' has no {what}.", advice)
        return None

    def _start_of_species(self, species: Element) -> Expression | None:
        """Return amount or concentration, whichever its id means in formulas."""
        amount, wanted = species.isSetInitialAmount(), species.getHasOnlySubstanceUnits()
        if not amount and not species.isSetInitialConcentration():
            what, advice = "initial amount or concentration", "Give it one in the SBML file, or an initial assignment."
            self._note(species, f"Species '{species.getId()}' has no {what}.", advice)
            return None
        value = number(species.getInitialAmount() if amount else species.getInitialConcentration())
        if amount == wanted or value == Number(0.0):
            return value
        compartment = self.model.getCompartment(species.getCompartment())
        if compartment.isSetSize() and compartment.getId() not in self._starts:
            size = compartment.getSize()
            return number(species.getInitialAmount() / size if amount else species.getInitialConcentration() * size)
        return Binary("/" if amount else "*", value, self._compartment(species))

    def _compartment(self, species: Element) -> Expression:
        return Name(self.names[species.getCompartment()])

    def _stoichiometry(self) -> dict[str, list[tuple[float, str]]]:
        """Return (stoichiometry, reaction) of every change of a species, products positive."""
        found: dict[str, list[tuple[float, str]]] = {}
        for reaction in elements_of(self.model.getListOfReactions()):
            for sign, listed in ((-1.0, reaction.getListOfReactants()), (1.0, reaction.getListOfProducts())):
                for reference in elements_of(listed):
                    found.setdefault(reference.getSpecies(), []).append((sign * reference.getStoichiometry(), reaction.getId()))
        return found

    def _flow(self, stoichiometry: float, reaction: str) -> Expression:
        name = Name(self.names[reaction])
        if abs(stoichiometry) == 1.0:
            return name if stoichiometry > 0 else Negation(name)
        return Binary("*", number(stoichiometry), name)

    def _formula(self, owner: Element, said: str) -> Expression:
        reader = Reader(self.libsbml, self.names, self.time)
        try:
            formula = reader.read(owner.getMath())
        except UnsupportedMath as fault:
            self._note(owner, f"{said} uses {fault}.", f"Model files have + - * / **, {', '.join(FUNCTIONS)}.")
            return Number(0.0)
        self.open_powers |= reader.open_powers
        return formula

    def _note(self, element: Element, message: str, advice: str) -> None:
        self.problems.append(Problem(message, advice, element.getLine() or None))

    def _finish(self) -> None:
        """Put definitions in order, and write every value at the start with parameters alone."""
        for name, formula in self._later.items():
            self.definitions[name] = Quantity(self.definitions[name].element, name, formula=self._at_start(formula, ()))
        for name, state in self.states.items():
            assert state.initial is not None
            self.states[name] = Quantity(
                state.element, name, formula=state.formula, initial=self._at_start(state.initial, (name,))
            )
        ordered: dict[str, Quantity] = {}
        for name in self.definitions:
            self._order(name, ordered, ())
        self.definitions = ordered

    def _order(self, name: str, ordered: dict[str, Quantity], above: tuple[str, ...]) -> None:
        if name in ordered:
            return
        definition = self.definitions[name]
        assert definition.formula is not None
        if name in above:
            self._note(definition.element, f"The formula of '{name}' depends on itself.", "No model file can say that.")
            return
        for other in names_in(definition.formula):
            if other in self.definitions:
                self._order(other, ordered, (*above, name))
        ordered.setdefault(name, definition)

    def _at_start(self, formula: Expression, above: tuple[str, ...]) -> Expression:
        """Return a formula with definitions written out, states at their values at the start, and time 0."""

        def inner(part: Expression) -> Expression:
            return self._at_start(part, above)

        match formula:
            case Name(name) if name == TIME:
                return Number(0.0)
            case Name(name) if name in above and name not in self.parameters:
                element = (self.definitions.get(name) or self.states[name]).element
                self._note(element, f"The value of '{name}' at the start depends on itself.", "No model file can say that.")
                return Number(0.0)
            case Name(name) if name in self.definitions:
                written = self.definitions[name].formula
                return formula if written is None else self._at_start(written, (*above, name))
            case Name(name) if name in self.states:
                initial = self.states[name].initial
                return formula if initial is None else self._at_start(initial, (*above, name))
            case Negation(operand):
                return Negation(inner(operand))
            case Binary(operator, left, right):
                return Binary(operator, inner(left), inner(right))
            case Call(function, arguments):
                return Call(function, tuple(inner(argument) for argument in arguments))
        return formula


def beyond(model: Element) -> Iterator[Problem]:
    """Yield what a document has that model files do not, each with its element."""

    def problem(element: Element, message: str, advice: str) -> Problem:
        return Problem(message, advice, element.getLine() or None)

    for event in elements_of(model.getListOfEvents()):
        yield problem(
            event, f"Event '{event.getId()}' is not read.", "Doses belong to the regimen; other events are beyond model files."
        )
    for rule in elements_of(model.getListOfRules()):
        if rule.isAlgebraic():
            yield problem(rule, "An algebraic rule is not read.", "Model files have rates of change and definitions.")
    for reaction in elements_of(model.getListOfReactions()):
        if reaction.getFast():
            yield problem(
                reaction, f"Reaction '{reaction.getId()}' is fast.", "Model files have no equilibria: write it with a rate."
            )
        for reference in (*elements_of(reaction.getListOfReactants()), *elements_of(reaction.getListOfProducts())):
            if reference.isSetStoichiometryMath() or not reference.getConstant():
                said = f"The stoichiometry of '{reference.getSpecies()}' in reaction '{reaction.getId()}' may change."
                yield problem(reference, said, "A constant number is needed.")
            elif not reference.isSetStoichiometry():
                said = f"The stoichiometry of '{reference.getSpecies()}' in reaction '{reaction.getId()}' is not given."
                yield problem(reference, said, "A constant number is needed.")
    ruled = {rule.getVariable() for rule in elements_of(model.getListOfRules())}
    for compartment in elements_of(model.getListOfCompartments()):
        if compartment.getId() in ruled:
            said = f"The size of compartment '{compartment.getId()}' changes by a rule."
            yield problem(compartment, said, "A compartment of constant size is needed: concentrations are divided by it.")
    for species in elements_of(model.getListOfSpecies()):
        if species.isSetConversionFactor() or model.isSetConversionFactor():
            said = f"Species '{species.getId()}' has a conversion factor."
            yield problem(species, said, "Write the factor into the kinetic laws.")


def elements_of(listed: Element) -> list[Element]:
    """Return the elements of a list of a document."""
    return [listed.get(place) for place in range(listed.size())]

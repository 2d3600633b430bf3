// The levers of a schedule: they act on the first course of its leading drug, and on the cycle that the course stands in. `of`
// gives the value that a lever shows, null where there is none and `why`; `set` changes the parts, or refuses with a sentence.
const levers = (() => {
  const { Refused, whole, ratio, times, over, add, minus, compare, floor, decimal, amountText, amountUnit } = protocol;
  const HOUR_DAY = whole(24), MIU = whole(1000000), MOST = { IU: [whole(200000000), "200 MIU"], mg: [whole(5000), "5000 mg"] };
  const drugOf = (plans) => (plans.il2 ? "il2" : Object.keys(plans).sort()[0]);
  const found = (plans) => {
    const parts = plans[drugOf(plans)] || [];
    const isDosing = (part) => part.kind === "course" || part.kind === "dose";
    const cycle = parts.find((part) => part.kind === "cycle" && part.parts.some(isDosing));
    const inside = cycle ? cycle.parts : parts, course = inside.find(isDosing) || null;
    const after = course ? inside[inside.indexOf(course) + 1] : null;
    const simple = parts.length === 1 && (!cycle || inside.length === 1 || (inside.length === 2 && after && after.kind === "rest"));
    return { parts, cycle, inside, course, rest: cycle && after && after.kind === "rest" ? after : null, simple };
  };
  const inDays = (hours) => decimal(over(hours, HOUR_DAY));
  const unitOf = ({ unit, value, basis }) => {
    const [name, size] = unit === "IU" ? ["MIU", MIU] : amountUnit(value, unit);
    return { name: name + { flat: "", m2: "/m2", kg: "/kg" }[basis], size };
  };
  // the step of an amount in the unit that is shown; `vial` is that of IL-2 in MIU
  const stepOf = ({ unit, value, basis }, vial) => {
    if (unit !== "IU") return whole(10);
    if (basis === "kg") return ratio(1n, 1000n);
    return compare(value, ratio(MIU[0], 10n)) < 0 ? ratio(1n, 100n) : vial;
  };
  const positive = (value, what, example) => {
    if (!value) throw new Refused(`${what} needs a number, for example ${example}.`);
    if (value[0] <= 0n) throw new Refused(`${what} must be more than zero, found ${decimal(value)}.`);
    return value;
  };
  const counted = (value, what, most) => {
    if (!value || value[1] !== 1n) throw new Refused(`${what} must be a whole number from 1 to ${most}.`);
    if (value[0] < 1n || value[0] > BigInt(most)) throw new Refused(`${what} must be from 1 to ${most}, found ${decimal(value)}.`);
    return Number(value[0]);
  };
  const all = {
    amount: {
      of: ({ course }) => course && decimal(over(course.amount.value, unitOf(course.amount).size)),
      unit: ({ course }) => unitOf(course.amount).name,
      set: ({ course }, value) => {
        const { size, name } = unitOf(course.amount), amount = times(positive(value, "The amount", `1 ${name}`), size);
        const [most, words] = MOST[course.amount.unit];
        const found = amountText(amount, course.amount.unit);
        if (compare(amount, most) > 0) throw new Refused(`An amount of ${found} is more than ${words}, the most that this page takes. Check the unit.`);
        course.amount.value = amount;
      },
    },
    interval: {
      of: ({ course }) => (course && course.every ? inDays(course.every) : null),
      why: ({ course }) => (course && course.days
        ? `Given ${protocol.writeFrequency(course)}; write another protocol text for one interval.` : "Given once: there is no interval."),
      set: ({ course }, value) => {
        const hours = times(positive(value, "The interval", "2 days"), HOUR_DAY);
        if (course.over && compare(course.over, hours) > 0) {
          throw new Refused(`An interval of ${protocol.durationText(hours)} is shorter than the infusion of ${protocol.durationText(course.over)}.`);
        }
        if (compare(hours, whole(8760)) > 0) throw new Refused(`An interval must be at most 365 days, found ${decimal(value)}.`);
        course.every = hours;
      },
    },
    doses: {
      of: ({ course }) => course && (course.kind === "course" ? String(course.doses) : null),
      why: () => "Given once.",
      set: ({ course }, value) => { course.doses = counted(value, "The number of doses", 2000); },
    },
    rest: {
      of: ({ rest, cycle }) => (cycle ? (rest ? inDays(rest.hours) : "0") : null),
      why: () => "A rest stands between cycles.",
      set: ({ rest, inside, course }, value) => {
        if (!value || compare(value, whole(365)) > 0) throw new Refused("A rest must be a number of days from 0 to 365.");
        if (rest) inside.splice(inside.indexOf(rest), 1);
        if (value[0]) inside.splice(inside.indexOf(course) + 1, 0, { kind: "rest", hours: times(value, HOUR_DAY) });
      },
    },
    cycles: {
      of: ({ cycle, simple }) => (cycle ? String(cycle.repeats) : simple ? "1" : null),
      why: () => "This schedule has several parts; write the cycles as text.",
      set: ({ cycle, parts, course, simple }, value) => {
        const repeats = counted(value, "The number of cycles", 100);
        if (cycle && (repeats > 1 || !simple)) cycle.repeats = repeats;
        else if (cycle) parts.splice(0, 1, course);
        else if (repeats > 1) parts.splice(0, 1, { kind: "cycle", parts: [course, { kind: "rest", hours: times(whole(14), HOUR_DAY) }], repeats });
      },
    },
    infusion: {
      of: ({ course }) => (course && course.route === "IV" ? (course.over ? decimal(course.over) : "0") : null),
      why: () => "Only a dose into a vein (IV) can be an infusion.",
      set: ({ course }, value) => {
        if (!value || compare(value, whole(720)) > 0) throw new Refused("An infusion must be a number of hours from 0 (a bolus) to 720.");
        course.over = value[0] ? value : null;
      },
    },
  };

  // ---- the same total: the lever that did not move is moved
  const sumOf = (plans, body) => {
    const sum = protocol.exposure(protocol.planned(plans), drugOf(plans), body);
    return sum ? sum.total : whole(0);
  };
  const near = (value, step) => times(step, whole(floor(add(over(value, step), ratio(1n, 2n)))));
  const keep = (plans, moved, wanted, body, vial) => {
    const { course } = found(plans), unit = course.amount.unit, sum = (change) => sumOf(withValue(plans, change), body);
    let said = "";
    if (compare(sumOf(plans, body), wanted) === 0) return `Same total: ${amountText(wanted, unit)}.`;
    if (moved === "amount" && course.kind === "course") {
      // total = others + each x doses
      const few = sum({ doses: 1 }), more = sum({ doses: 2 }), each = minus(more, few);
      const doses = each[0] > 0n ? floor(add(over(minus(wanted, few), each), ratio(3n, 2n))) : 1n;
      course.doses = Number(doses < 1n ? 1n : doses > 2000n ? 2000n : doses);
      said = `the doses moved to ${course.doses}`;
    } else {
      // total = others + amount x scale
      const first = sum({ amount: whole(1) }), scale = minus(sum({ amount: whole(2) }), first);
      const others = minus(first, scale);
      let amount = scale[0] > 0n ? over(minus(wanted, others), scale) : course.amount.value;
      const { size, name } = unitOf(course.amount), step = stepOf(course.amount, vial);
      const shown = over(amount, size), text = decimal(shown);
      if (text.includes("/") || text.length > 6) amount = times(near(shown, step), size);
      if (amount[0] <= 0n) amount = times(step, size);
      course.amount.value = amount;
      said = `the amount moved to ${decimal(over(amount, size))} ${name}`;
    }
    const total = sumOf(plans, body), limit = moved === "amount" ? "whole doses allow" : "this amount allows";
    if (compare(total, wanted) === 0) return `Same total: ${said}.`;
    return `Same total: ${said}. The total is ${amountText(total, unit)}, as near to ${amountText(wanted, unit)} as ${limit}.`;
  };
  const withValue = (plans, { doses, amount }) => {
    const copy = structuredClone(plans), { course } = found(copy);
    if (doses !== undefined && course.kind === "course") course.doses = doses;
    if (amount !== undefined) course.amount.value = amount;
    return copy;
  };

  return { all, found, drugOf, stepOf, sumOf, keep };
})();

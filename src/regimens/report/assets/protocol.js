// Protocol text in the page: exact numbers, the parts of a regimen, and a reader of the text that the page (and `regimens`)
// writes. What it reads means the same to `regimens explain`; anything else is refused with a sentence.
const protocol = (() => {
  // exact rationals: [numerator, denominator], the denominator positive
  const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
  const ratio = (n, d = 1n) => {
    if (d < 0n) [n, d] = [-n, -d];
    const g = gcd(n, d) || 1n;
    return [n / g, d / g];
  };
  const whole = (n) => [BigInt(n), 1n];
  const add = (a, b) => ratio(a[0] * b[1] + b[0] * a[1], a[1] * b[1]);
  const minus = (a, b) => ratio(a[0] * b[1] - b[0] * a[1], a[1] * b[1]);
  const times = (a, b) => ratio(a[0] * b[0], a[1] * b[1]);
  const over = (a, b) => ratio(a[0] * b[1], a[1] * b[0]);
  const compare = (a, b) => { const found = a[0] * b[1] - b[0] * a[1]; return found < 0n ? -1 : found > 0n ? 1 : 0; };
  const floor = ([n, d]) => (n < 0n ? -((-n + d - 1n) / d) : n / d);
  const float = ([n, d]) => {
    if (n < 0n) return -float([-n, d]);
    const left = 60 - (n.toString(2).length - d.toString(2).length);
    return left > 0 ? Number((n << BigInt(left)) / d) / 2 ** left : Number(n / d);
  };
  const NUMBER = /^(\d+)(?:\.(\d*))?(?:[eE]([-+]?\d{1,2}))?$|^\.(\d+)(?:[eE]([-+]?\d{1,2}))?$/;
  const read = (text) => {
    const found = NUMBER.exec(String(text).trim());
    if (!found) return null;
    const [, before = "", after = "", power = "0", only = "", other = "0"] = found;
    const digits = before ? after : only, e = Number(before ? power : other);
    const value = ratio(BigInt(before + digits || "0"), 10n ** BigInt(digits.length));
    return e < 0 ? over(value, whole(10n ** BigInt(-e))) : times(value, whole(10n ** BigInt(e)));
  };
  const decimal = ([n, d]) => {
    let rest = d, places = 0, twos = 0, fives = 0;
    while (rest % 2n === 0n) { rest /= 2n; twos++; }
    while (rest % 5n === 0n) { rest /= 5n; fives++; }
    if (rest !== 1n) return `${n}/${d}`;
    places = Math.max(twos, fives);
    const digits = String((n < 0n ? -n : n) * 10n ** BigInt(places) / d).padStart(places + 1, "0");
    return (n < 0n ? "-" : "") + (places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits);
  };

  // units: IU and mg are canonical for amounts, hours for times
  const AMOUNTS = {
    IU: ["IU", whole(1)], kIU: ["IU", whole(1000)], MIU: ["IU", whole(1000000)],
    ug: ["mg", ratio(1n, 1000n)], mg: ["mg", whole(1)], g: ["mg", whole(1000)],
  };
  const named = (words, hours) => words.split(" ").map((word) => [word, hours]);
  const TIMES = Object.fromEntries([
    ...named("min minutes", ratio(1n, 60n)), ...named("h hour hours", whole(1)), ...named("d day days", whole(24)), ...named("w week weeks", whole(168)),
  ]);
  const ROUTES = ["SC", "IV", "IM", "PO", "inhaled"];
  const amountUnit = (value, unit) => (unit === "IU"
    ? (value[0] === 0n || compare(value, whole(10000)) >= 0 ? ["MIU", whole(1000000)] : ["IU", whole(1)])
    : (value[0] === 0n || compare(value, ratio(1n, 10n)) >= 0 ? ["mg", whole(1)] : ["ug", ratio(1n, 1000n)]));
  const amountText = (value, unit) => {
    const [name, size] = amountUnit(value, unit);
    return `${decimal(over(value, size))} ${name}`;
  };
  const isWhole = (value) => value[1] === 1n;
  const durationText = (hours) => {
    const days = over(hours, whole(24));
    if (isWhole(days)) return `${days[0]} day${days[0] === 1n ? "" : "s"}`;
    if (isWhole(hours) || (compare(hours, whole(1)) >= 0 && !decimal(hours).includes("/"))) return `${decimal(hours)} h`;
    return `${decimal(times(hours, whole(60)))} min`;
  };

  class Refused extends Error {}
  const EXPLAIN = "This page reads the text that it writes itself; `regimens explain` reads more and says what a text means.";
  const MOST_DOSES = 2000;

  // ---- writing
  const writeAmount = ({ value, unit, basis, cap, step }) => {
    const [name, size] = amountUnit(value, unit);
    const limits = [...(cap ? [`max ${amountText(cap, unit)}`] : []), ...(step ? [`in steps of ${amountText(step, unit)}`] : [])];
    return `${decimal(over(value, size))} ${name}${{ flat: "", m2: "/m2", kg: "/kg" }[basis]}${limits.length ? ` (${limits.join(", ")})` : ""}`;
  };
  const listed = (days) => `${days.slice(0, -1).join(", ")} and ${days.at(-1)}`;
  const writeFrequency = ({ every, days }) => {
    if (days) return String(days) === "0,2,4" ? "3 times a week" : `on days ${listed(days)} of each week`;
    const named = { 12: "twice daily", 24: "daily", 48: "every other day", 168: "weekly" }[decimal(every)];
    const weeks = over(every, whole(168));
    return named || (isWhole(weeks) ? `every ${weeks[0]} weeks` : `every ${durationText(every)}`);
  };
  const writePart = (part) => {
    if (part.kind === "rest") return `rest ${durationText(part.hours)}`;
    if (part.kind === "cycle") return `(${part.parts.map(writePart).join(", ")}) x ${part.repeats}`;
    const during = part.over ? ` over ${durationText(part.over)}` : "";
    const dose = `${writeAmount(part.amount)} ${part.route}`;
    return part.kind === "dose" ? `${dose} once${during}` : `${dose} ${writeFrequency(part)}${during} x ${part.doses}`;
  };
  const writePlan = (parts) => {
    const [first, ...rest] = parts;
    if (first.kind === "rest" && rest.length && isWhole(over(first.hours, whole(24))))
      return [`from protocol day ${over(first.hours, whole(24))[0] + 1n}`, ...rest.map(writePart)].join(", ");
    return parts.map(writePart).join(", ");
  };
  const write = (plans) => {
    const drugs = Object.keys(plans).sort();
    if (!drugs.length) return "no dose";
    if (drugs.length === 1 && drugs[0] === "il2") return writePlan(plans.il2);
    return drugs.map((drug) => `${drug}: ${writePlan(plans[drug])}`).join("; ");
  };

  // ---- reading
  const reader = (text) => {
    const tokens = text.match(/[A-Za-zµμ_][A-Za-z0-9_]*|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+|\S/g) || [];
    let at = 0;
    const fail = (wanted) => {
      throw new Refused(`${at < tokens.length ? `Found '${tokens[at]}'` : "The text ends"} where ${wanted} is expected. ${EXPLAIN}`);
    };
    const peek = (ahead = 0) => tokens[at + ahead];
    const took = (...words) => words.every((word, k) => (peek(k) || "").toLowerCase() === word) && (at += words.length, true);
    const need = (word) => took(word) || fail(`'${word}'`);
    const number = (what) => {
      const found = peek() === undefined ? null : read(peek());
      if (!found) fail(what);
      at++;
      return found;
    };
    const count = (what) => {
      const found = number(what);
      if (!isWhole(found) || found[0] < 1n) { at--; fail(`a whole number of ${what} from 1`); }
      return found[0] > 1000000n ? 1000000 : Number(found[0]);
    };
    const time = () => {
      const found = number("a length of time"), size = Object.hasOwn(TIMES, (peek() || "").toLowerCase()) && TIMES[peek().toLowerCase()];
      if (peek() === "-") fail("one length of time (a range is for `regimens`)");
      if (!size) fail("min, h, days or weeks");
      at++;
      if (found[0] === 0n) throw new Refused("A length of time must be longer than zero.");
      return times(found, size);
    };
    const plainAmount = () => {
      const value = number("an amount");
      if (!Object.hasOwn(AMOUNTS, peek() || "")) fail("a unit of amount (IU, kIU, MIU, ug, mg or g)");
      const [unit, size] = AMOUNTS[tokens[at++]];
      return { value: times(value, size), unit };
    };
    const limit = (unit) => {
      const found = plainAmount();
      if (found.unit !== unit) throw new Refused(`A cap and a step are in the unit of the dose, ${unit} or its multiples.`);
      return found.value;
    };
    const amount = () => {
      const found = { ...plainAmount(), basis: "flat", cap: null, step: null };
      if (took("/")) found.basis = took("m2") ? "m2" : took("kg") ? "kg" : fail("'m2' or 'kg'");
      if (found.basis !== "flat" && took("(")) {
        do {
          if (took("max")) found.cap = limit(found.unit);
          else if (took("in", "steps", "of")) found.step = limit(found.unit);
          else fail("'max' or 'in steps of'");
        } while (took(","));
        need(")");
      }
      if (found.value[0] === 0n) throw new Refused("An amount of 0 cannot be given: amounts are greater than zero.");
      return found;
    };
    const every = () => {
      const often = { "twice daily": 12, bid: 12, daily: 24, qd: 24, "every day": 24, "every other day": 48, qod: 48, weekly: 168, "every week": 168 };
      for (const [words, hours] of Object.entries(often)) if (took(...words.split(" "))) return { every: whole(hours), days: null };
      if (took("3", "times", "a", "week")) return { every: null, days: [0, 2, 4] };
      if (took("every")) return { every: time(), days: null };
      if (took("q")) return { every: time(), days: null };
      if (took("on", "days")) {
        const days = [];
        do days.push(Number(number("a day")[0])); while (took(",") || took("and"));
        need("of"); need("each"); need("week");
        if (days[0] !== 0 || days.some((day, k) => day > 6 || (k && day <= days[k - 1]))) throw new Refused("Days of each week begin with 0 and rise to at most 6.");
        return { every: null, days };
      }
      return fail("how often ('daily', 'every 3 days', 'once')");
    };
    const dosing = () => {
      const given = amount(), route = ROUTES.find((each) => took(each.toLowerCase())) || fail("a route (SC, IV, IM, PO or inhaled)");
      if (took("once")) return { kind: "dose", amount: given, route, over: took("over") ? time() : null };
      const often = every(), during = took("over") ? time() : null;
      need("x");
      const doses = count("doses");
      took("doses");
      return { kind: "course", amount: given, route, over: during, ...often, doses };
    };
    const part = () => {
      if (took("rest")) return { kind: "rest", hours: time() };
      if (!took("(")) return dosing();
      const parts = [part()];
      while (took(",")) parts.push(part());
      need(")"); need("x");
      const repeats = count("cycles");
      took("cycles");
      return { kind: "cycle", parts, repeats };
    };
    const plan = () => {
      const parts = [];
      if (took("from", "protocol", "day")) {
        const day = count("a protocol day");
        if (day > 1) parts.push({ kind: "rest", hours: whole(24 * (day - 1)) });
        need(",");
      }
      do parts.push(part()); while (took(","));
      return parts;
    };
    return () => {
      if (took("no", "dose") && at === tokens.length) return {};
      const plans = {};
      do {
        const drug = /^[A-Za-z_]\w*$/.test(peek() || "") && peek(1) === ":" ? (at += 2, tokens[at - 2]) : "";
        const parts = plan(), name = drug || (doseAmounts(parts).every(({ unit }) => unit === "IU") ? "il2" : "drug");
        if (plans[name]) throw new Refused(`The plan of '${name}' is given twice.`);
        plans[name] = parts;
      } while (took(";"));
      if (at < tokens.length) fail("the end, ',' or ';'");
      return plans;
    };
  };
  const doseAmounts = (parts) => parts.flatMap((part) => (part.kind === "cycle" ? doseAmounts(part.parts) : part.kind === "rest" ? [] : [part.amount]));
  // q2d: the interval follows the letter
  const parse = (text) => {
    if (!text.trim()) throw new Refused("The field is empty. Write for example 1 MIU SC daily x 5.");
    if (text.length > 1000) throw new Refused(`The text has ${text.length} characters; at most 1000 are read here.`);
    const plans = reader(text.replace(/\bq(\d+)\s*(d|h|w|days?|weeks?)\b/gi, "q $1 $2"))();
    planned(plans);
    return plans;
  };

  // ---- doses: [{ start (h), drug, amount, route, over }] in order of time
  const shortest = ({ every, days }) => every || whole(24 * Math.min(...days.map((day, k) => (days[k + 1] ?? 7) - day)));
  const planned = (plans) => {
    const found = [];
    for (const [drug, parts] of Object.entries(plans)) {
      const mine = [];
      let clock = whole(0);
      const walk = (some) => {
        for (const part of some) {
          if (part.kind === "rest") clock = add(clock, part.hours);
          else if (part.kind === "cycle") for (let k = 0; k < part.repeats; k++) walk(part.parts);
          else {
            const doses = part.kind === "dose" ? 1 : part.doses;
            if (mine.length + doses > MOST_DOSES) {
              const most = `${MOST_DOSES} doses, the most that this page draws. \`regimens compare\` takes 100000.`;
              throw new Refused(`The plan of '${drug}' has more than ${most}`);
            }
            if (part.over && doses > 1 && compare(part.over, shortest(part)) > 0)
              throw new Refused(`An infusion over ${durationText(part.over)} does not fit an interval of ${durationText(shortest(part))}.`);
            const onDay = (k) => whole(168 * Math.floor(k / part.days.length) + 24 * part.days[k % part.days.length]);
            for (let k = 0; k < doses; k++) {
              const shift = !k ? whole(0) : part.every ? times(part.every, whole(k)) : onDay(k);
              mine.push({ start: add(clock, shift), drug, amount: part.amount, route: part.route, over: part.over || whole(0) });
            }
            if (part.kind === "course") clock = add(clock, part.every ? times(part.every, whole(doses)) : whole(168 * Math.ceil(doses / part.days.length)));
          }
        }
      };
      walk(parts);
      if (!mine.length) throw new Refused(`The plan of '${drug}' has no dose.`);
      const units = new Set(mine.map(({ amount }) => amount.unit));
      if (units.size > 1) throw new Refused(`Doses of '${drug}' are given in IU and in mg.`);
      if (drug === "il2" && !units.has("IU")) throw new Refused("IL-2 must be dosed in IU, found a unit of mass.");
      for (let k = 1; k < mine.length; k++) {
        const before = mine[k - 1];
        if (compare(mine[k].start, before.start) === 0)
          throw new Refused(`Two doses of '${drug}' start at the same time. Write a rest after a dose given once.`);
        if (compare(mine[k].start, add(before.start, before.over)) < 0)
          throw new Refused(`A dose of '${drug}' starts during the infusion before it, which takes ${durationText(before.over)}.`);
      }
      found.push(...mine);
    }
    return found.sort((a, b) => compare(a.start, b.start) || (a.drug < b.drug ? -1 : a.drug > b.drug ? 1 : 0));
  };
  // what a person gets of a dose (regimens.subject.amount_in_person); a body is { kg, m2 }
  const inPerson = ({ value, basis, cap, step }, body) => {
    const wanted = basis === "flat" ? value : times(value, body[basis]);
    if (!step) return cap && compare(cap, wanted) < 0 ? cap : wanted;
    const atLeastOne = (steps) => (steps < 1n ? 1n : steps);
    let steps = atLeastOne(floor(over(add(times(wanted, whole(2)), step), times(step, whole(2)))));
    if (cap) { const most = atLeastOne(floor(over(cap, step))); if (most < steps) steps = most; }
    return times(step, whole(steps));
  };
  // exposure of one drug: exact total, doses, first and last start (h), highest sum over seven days
  const exposure = (doses, drug, body) => {
    const mine = doses.filter((dose) => dose.drug === drug);
    if (!mine.length) return null;
    const given = mine.map(({ amount }) => inPerson(amount, body));
    let running = whole(0), peak = whole(0), first = 0;
    mine.forEach(({ start }, k) => {
      running = add(running, given[k]);
      while (compare(mine[first].start, minus(start, whole(168))) <= 0) running = minus(running, given[first++]);
      if (compare(running, peak) > 0) peak = running;
    });
    return { drug, unit: mine[0].amount.unit, doses: mine.length, total: given.reduce(add), first: mine[0].start, last: mine.at(-1).start, peak };
  };
  // body surface by Mosteller, rounded to 0.01 m2 as `regimens` does (halves to even)
  const mosteller = (kg, cm) => {
    const x = Math.sqrt(float(over(times(kg, cm), whole(3600)))) * 100, down = Math.floor(x);
    const near = x - down > 0.5 || (x - down === 0.5 && down % 2) ? down + 1 : down;
    return ratio(BigInt(near), 100n);
  };

  return {
    Refused, add, minus, times, over, compare, floor, float, ratio, whole, read, decimal, amountUnit, amountText, durationText,
    writeFrequency, write, parse, planned, inPerson, exposure, mosteller,
  };
})();

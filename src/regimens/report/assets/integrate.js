"use strict";
// Operations of a model's formulas with the meaning they have in engine/formulas.py and engine/vectormath.py.
const LARGEST_EXP = 709.782712893384, SMALLEST_EXP = -708.3964185322641, SMALLEST_NORMAL = 2.2250738585072014e-308, ODDS_LIMIT = 690;
const exp = (x) => (x > LARGEST_EXP ? Infinity : x < SMALLEST_EXP ? 0 : Math.exp(x));
const log = (x) => (x < 0 ? NaN : x < SMALLEST_NORMAL ? -Infinity : Math.log(x));
const least = (a, b) => (a < b || a !== a ? a : b);
const most = (a, b) => (a > b || a !== a ? a : b);
const positive = (x, v) => (x <= 0 ? 0 : v);
const power = (base, exponent) => (exponent === 0 ? 1 : exp(exponent * log(base < 0 ? 0 : base)));
const whole = (base, n) => {
  let result = 1;
  for (let left = n; left; left = Math.floor(left / 2), base *= base) if (left % 2) result *= base;
  return result;
};
const odds = (x, ec50, h) => {
  const found = h * (log(ec50) - log(x));
  return exp(found > ODDS_LIMIT ? ODDS_LIMIT : found < -ODDS_LIMIT ? -ODDS_LIMIT : found);
};

// How a curve ended, as in engine/trajectories.py.
const OK = 0, STEP_LIMIT = 1, NON_FINITE = 2, STEP_UNDERFLOW = 3, NEGATIVE = 4;

// Doses of one subject as actions in ascending order of model time: [time, target, value]. A target below the number of states n
// is the state that `value` is added to; n + i means that the infusion rate into state i becomes `value`.
// A dose is { h, over, amount, input }: start and length (h), amount in the person (IU or mg), place of the input. Of an input that
// keeps its rate, bioavailability changes the length of an infusion.
function actionsOf(model, doses, available, lag) {
  const actions = [], rates = new Map();
  for (const { h, over, amount, input } of doses) {
    const state = model.into[input], start = h / model.hours + lag[input], given = amount * available[input];
    const length = over / model.hours * (model.keepsRate[input] ? available[input] : 1);
    if (!length) actions.push([start, state, given]);
    else {
      if (!rates.has(state)) rates.set(state, []);
      rates.get(state).push([h / model.hours + length + lag[input], -1, given / length], [start, 1, given / length]);
    }
  }
  for (const [state, changes] of rates) {
    changes.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    let running = 0, total = 0;
    for (const [time, sign, rate] of changes) {
      running += sign;
      total = running === 0 ? 0 : total + sign * rate;
      actions.push([time, model.states + state, total]);
    }
  }
  return actions.sort((a, b) => a[0] - b[0]);
}

// Integrate one subject with Rodas5P: the method, error control and scales of engine/step.py, start.py and scale.py, one subject at
// a time and at a looser tolerance. `values` are the parameters, `times` (h) ascending; the value at the time of a dose is the one
// just before it. Returns { out, status, stopped }: rows of `model.readouts` values (NaN after a curve stopped), how it ended, and
// the hours that it reached.
function integrate(model, values, doses, times, { rtol = 1e-4, atol = 1e-6, steps = 40000 } = {}) {
  const { states: n, hours, readouts, rows, columns, byTime } = model;
  const { stages, order, gamma, a, b, c, d, estimate, dense } = METHOD;
  const array = (size) => new Float64Array(size);
  const begin = array(n + 2 * model.into.length), fixed = array(model.constants), slopes = array(rows.length + byTime.length);
  const factors = array(model.factors), right = array(n), point = array(n), scale = array(n).fill(1e-200), reach = array(n);
  const infusion = array(n), u = Array.from({ length: stages }, () => array(n)), row = array(readouts);
  let y = array(n), next = array(n);
  model.start(values, begin);
  model.fixed(values, fixed);
  y.set(begin.subarray(0, n));
  const inputs = model.into.length;
  const actions = actionsOf(model, doses, begin.subarray(n, n + inputs), begin.subarray(n + inputs));
  const out = array(times.length * readouts).fill(NaN);
  const end = times.length ? times[times.length - 1] / hours : 0;
  let output = 0, action = 0, t = 0, taken = 0, status = OK;

  const rates = (time, from, into) => {
    model.rates(time, from, fixed, into);
    for (let i = 0; i < n; i++) into[i] += infusion[i];
  };
  const write = (time, from) => {
    model.read(time, from, fixed, row);
    out.set(row, output * readouts);
    output++;
  };
  // outputs and actions that are due
  const settle = () => {
    for (;;) {
      while (output < times.length && times[output] / hours <= t) write(times[output] / hours, y);
      if (action >= actions.length || actions[action][0] > t) return;
      const [, target, value] = actions[action++];
      if (target < n) y[target] += value;
      else infusion[target - n] = value;
    }
  };
  // the scale of a state: its largest magnitude so far, else a hundredth of what the others would change in it within a day
  const rescale = () => {
    let waiting = false;
    for (let i = 0; i < n; i++) {
      scale[i] = Math.max(scale[i], Math.abs(y[i]));
      reach[i] = scale[i] <= 1e-200 ? 0 : scale[i];
      waiting ||= reach[i] === 0;
    }
    while (waiting) {
      waiting = false;
      rates(t, reach, right);
      model.slopes(t, reach, fixed, slopes);
      const known = reach.slice();
      for (let i = 0; i < n; i++) {
        if (known[i] !== 0) continue;
        let change = Math.abs(right[i]), loss = 1;
        for (let k = 0; k < rows.length; k++) {
          if (rows[k] !== i) continue;
          if (columns[k] === i) loss += model.day * Math.max(-slopes[k], 0);
          else change += Math.abs(slopes[k]) * known[columns[k]];
        }
        const found = (model.day * change) / loss;
        if (found > 0 && found < 1e200) {
          reach[i] = found;
          scale[i] = Math.max(scale[i], 0.01 * found);
          waiting = true;
        }
      }
    }
  };
  const firstStep = (left) => {
    rates(t, y, right);
    let size = 0, change = 0, total = 0;
    for (let i = 0; i < n; i++) {
      const unit = 1 / (Math.abs(y[i]) * rtol + atol * scale[i]);
      size += (y[i] * unit) ** 2;
      change += (right[i] * unit) ** 2;
      total += y[i] + right[i];
    }
    if (!Number.isFinite(total)) return NaN;
    const h = 0.01 * Math.sqrt(size / change);
    return Math.min(h > 1e-6 * left ? h : 1e-6 * left, left);
  };
  // one attempted step from y to `next`; returns the mean squared error in units of the tolerance. The first estimate is the last stage.
  const attempt = (h) => {
    const inverse = 1 / h;
    model.slopes(t, y, fixed, slopes);
    const smallest = model.factor(inverse / gamma, slopes, factors);
    if (!(smallest >= (inverse * 1e-8) / gamma)) return 1e40;
    point.set(y);
    for (let s = 0; s < stages; s++) {
      const stage = u[s];
      right.fill(0);
      if (s > 5) for (let i = 0; i < n; i++) point[i] += u[s - 1][i];
      else if (s) point.set(y);
      for (let j = 0; j < s; j++) {
        const from = u[j], inRate = b[s][j] * inverse, inPoint = s > 5 ? 0 : a[s][j];
        for (let i = 0; i < n; i++) {
          right[i] += inRate * from[i];
          if (inPoint) point[i] += inPoint * from[i];
        }
      }
      rates(t + c[s] * h, point, stage);
      for (let i = 0; i < n; i++) stage[i] += right[i];
      for (let k = 0; k < byTime.length; k++) stage[byTime[k]] += d[s] * h * slopes[rows.length + k];
      model.solve(factors, stage);
    }
    let squares = 0, total = 0;
    const last = u[stages - 1];
    right.fill(0);
    for (let j = 0; j < stages; j++) for (let i = 0, from = u[j], w = estimate[j]; i < n; i++) right[i] += w * from[i];
    for (let i = 0; i < n; i++) {
      next[i] = point[i] + last[i];
      const error = Math.max(Math.abs(last[i]), Math.abs(right[i]));
      squares += (error / (rtol * Math.max(Math.abs(y[i]), Math.abs(next[i])) + atol * scale[i])) ** 2;
      total += next[i];
    }
    return Number.isFinite(total) && squares / n < 1e40 ? squares / n : 1e40;
  };
  // outputs within the step from `from`, by dense output
  const terms = dense.map(() => array(n));
  const between = (from, h) => {
    if (output >= times.length || times[output] / hours > t) return;
    terms.forEach((term, k) => {
      term.fill(0);
      for (let j = 0; j < stages; j++) for (let i = 0; i < n; i++) term[i] += dense[k][j] * u[j][i];
    });
    for (; output < times.length && times[output] / hours < t; ) {
      const time = times[output] / hours, share = (time - from) / h, left = 1 - share;
      for (let i = 0; i < n; i++) point[i] = left * next[i] + share * (y[i] + left * (terms[0][i] + share * (terms[1][i] + share * terms[2][i])));
      write(time, point);
    }
  };

  let memory = 1, pace = Infinity, growth = 8;
  settle();
  while (t < end && status === OK) {
    const stop = Math.min(end, action < actions.length ? actions[action][0] : Infinity);
    rescale();
    let h = firstStep(stop - t);
    memory = 1; pace = Infinity; growth = 8;
    while (t < stop) {
      if (!(h === h)) { status = NON_FINITE; break; }
      if (taken++ >= steps) { status = STEP_LIMIT; break; }
      if (h < Math.abs(t) * 8.9e-16 + 1e-24) { status = STEP_UNDERFLOW; break; }
      const last = t + 1.01 * h >= stop;
      if (last) h = stop - t;
      for (let i = 0; i < n; i++) scale[i] = Math.max(scale[i], Math.abs(y[i]));
      const error = Math.max(attempt(h), 1e-30), good = error <= 1;
      // the engine's controller: a PI rule, and the step that is right if error and step size go on changing as they did
      const steady = 0.9 * error ** (-0.425 / order) * memory ** (0.075 / order);
      let change = steady;
      if (good) {
        const trend = 0.9 * pace * (memory / (error * error)) ** (0.5 / order);
        change = Math.min(steady, trend, growth);
        const from = t;
        [y, next] = [next, y];
        t = last ? stop : t + h;
        between(from, h);
        memory = Math.max(error, 1e-8);
      } else change = Math.min(change, 1);
      change = Math.max(change, 0.1);
      pace = good ? change : pace * change;
      growth = good ? 8 : 1;
      h *= change;
      if (good && model.nonnegative.some((i) => y[i] < -1000 * (rtol + atol) * scale[i])) { status = NEGATIVE; break; }
    }
    if (status === OK) settle();
  }
  return { out, status, stopped: t * hours };
}

// The values of one readout under one parameter draw, null where the curve did not reach the end; bands need less exactness.
function drawn({ model, doses, times, readout }, row) {
  const { readouts } = MODELS[model], { out, status } = integrate(MODELS[model], Float64Array.from(row), doses, times, { rtol: 1e-3, atol: 1e-5 });
  return status === OK ? Float64Array.from(times, (_, k) => out[k * readouts + readout]) : null;
}

// The 5th and the 95th percentile over curves at each of `count` times.
function band(curves, count) {
  const sound = curves.filter(Boolean), low = [], high = [], sorted = new Float64Array(sound.length);
  const at = (share) => {
    const place = share * (sorted.length - 1), down = Math.floor(place);
    return sorted[down] + (place - down) * (sorted[Math.ceil(place)] - sorted[down]);
  };
  for (let k = 0; k < count; k++) {
    sound.forEach((curve, i) => { sorted[i] = curve[k]; });
    sorted.sort();
    low.push(at(0.05));
    high.push(at(0.95));
  }
  return { low, high };
}

"""scipy's solve_ivp with LSODA, restarted at every dose."""

import numpy as np
from common import AMOUNT, serve
from scipy.integrate import solve_ivp


def rhs(t, y, ka, V, CL, kint, Kd, kR, Rmax, EC50R, kprol, Emax, EC50, Tmax, ktr, T0, kout):
    depot, c, r, p, cells = y
    return [
        -ka * depot,
        ka * depot / V - CL / V * c - kint * r * cells * c / (Kd + c),
        kR * (1 + Rmax * c / (EC50R + c)) - kR * r,
        kprol * Emax * c / (EC50 + c) * cells / (1 + cells / Tmax) - ktr * p,
        kout * T0 + 2 * ktr * p - kout * cells,
    ]


def prepare(parameters, doses, times):
    ends = np.append(doses[1:], times[-1])

    def one(values, rtol):
        y = np.array([0.0, 0.0, 1.0, 0.0, values[13]])
        out = [y.copy()]
        for start, end in zip(doses, ends, strict=True):
            y[0] += AMOUNT
            wanted = times[(times > start) & (times <= end)]
            found = solve_ivp(rhs, (start, end), y, "LSODA", wanted, args=tuple(values), rtol=rtol, atol=rtol / 100)
            out.extend(found.y.T)
            y = found.y[:, -1].copy()
        return out

    return lambda people, rtol, threads: np.array([one(values, rtol) for values in people])


if __name__ == "__main__":
    serve(prepare)

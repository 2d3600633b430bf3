"""numbalsoda: LSODA in a compiled loop over subjects, one Python thread per processor."""

from concurrent.futures import ThreadPoolExecutor

import numba as nb
import numpy as np
from common import AMOUNT, STATES, serve
from numbalsoda import lsoda, lsoda_sig


@nb.cfunc(lsoda_sig)
def rhs(t, y, dy, p):
    ka, V, CL, kint, Kd, kR, Rmax, EC50R = p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]
    kprol, Emax, EC50, Tmax, ktr, T0, kout = p[8], p[9], p[10], p[11], p[12], p[13], p[14]
    depot, c, r, q, cells = y[0], y[1], y[2], y[3], y[4]
    dy[0] = -ka * depot
    dy[1] = ka * depot / V - CL / V * c - kint * r * cells * c / (Kd + c)
    dy[2] = kR * (1 + Rmax * c / (EC50R + c)) - kR * r
    dy[3] = kprol * Emax * c / (EC50 + c) * cells / (1 + cells / Tmax) - ktr * q
    dy[4] = kout * T0 + 2 * ktr * q - kout * cells


ADDRESS = rhs.address


@nb.njit(nogil=True)
def integrate(people, doses, times, rtol, out):
    for subject in range(len(people)):
        y = np.zeros(STATES)
        y[2], y[4] = 1.0, people[subject, 13]
        out[subject, 0] = y
        first = 1
        for dose in range(len(doses)):
            y[0] += AMOUNT
            end = doses[dose + 1] if dose + 1 < len(doses) else times[-1]
            last = first
            while last < len(times) and times[last] <= end:
                last += 1
            wanted = np.empty(last - first + 1)
            wanted[0], wanted[1:] = doses[dose], times[first:last]
            found, _ = lsoda(ADDRESS, y, wanted, people[subject], rtol=rtol, atol=rtol / 100, mxstep=100000)
            out[subject, first:last] = found[1:]
            y = found[-1].copy()
            first = last


def prepare(parameters, doses, times):
    def work(people, rtol, threads):
        out = np.empty((len(people), len(times), STATES))
        shares = np.array_split(np.arange(len(people)), threads)
        with ThreadPoolExecutor(threads) as pool:
            jobs = [pool.submit(integrate, people[s], doses, times, rtol, out[s[0] : s[-1] + 1]) for s in shares if len(s)]
            for job in jobs:
                job.result()
        return out

    work(parameters[:2], 1e-6, 1)
    return work


if __name__ == "__main__":
    serve(prepare)

"""diffrax: Kvaerno5 over batches of 100 subjects, one thread, in intervals of 48 h that each begin with a dose or none."""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import diffrax as dx
import jax
import jax.numpy as jnp
import numpy as np
from common import AMOUNT, serve

jax.config.update("jax_enable_x64", True)

INTERVAL, BATCH = 48.0, 100


def rhs(t, y, p):
    ka, V, CL, kint, Kd, kR, Rmax, EC50R, kprol, Emax, EC50, Tmax, ktr, T0, kout = p
    depot, c, r, q, cells = y
    return jnp.stack(
        [
            -ka * depot,
            ka * depot / V - CL / V * c - kint * r * cells * c / (Kd + c),
            kR * (1 + Rmax * c / (EC50R + c)) - kR * r,
            kprol * Emax * c / (EC50 + c) * cells / (1 + cells / Tmax) - ktr * q,
            kout * T0 + 2 * ktr * q - kout * cells,
        ]
    )


def prepare(parameters, doses, times):
    starts = np.arange(0.0, times[-1], INTERVAL)
    amounts = jnp.where(jnp.isin(starts, doses), AMOUNT, 0.0)
    offsets = jnp.asarray(times[(times > 0) & (times <= INTERVAL)])

    def one(p, rtol):
        control = dx.PIDController(rtol=rtol, atol=rtol / 100)

        def interval(y, amount):
            found = dx.diffeqsolve(
                dx.ODETerm(rhs),
                dx.Kvaerno5(),
                0.0,
                INTERVAL,
                1e-3,
                y.at[0].add(amount),
                p,
                saveat=dx.SaveAt(ts=offsets),
                stepsize_controller=control,
                max_steps=100_000,
            )
            return found.ys[-1], found.ys

        first = jnp.array([0.0, 0.0, 1.0, 0.0, 0.0]).at[4].set(p[13])
        _, found = jax.lax.scan(interval, first, amounts)
        return jnp.concatenate([first[None], found.reshape(-1, 5)])

    batch = jax.jit(jax.vmap(one, in_axes=(0, None)))

    def work(people, rtol, threads):
        padded = np.resize(people, (-(-len(people) // BATCH) * BATCH, people.shape[1]))
        return np.concatenate([batch(padded[i : i + BATCH], rtol) for i in range(0, len(padded), BATCH)])[: len(people)]

    batch.lower(parameters[:BATCH], 1e-6).compile()
    work(parameters[:BATCH], 1e-3, 1)
    return work


if __name__ == "__main__":
    serve(prepare)

"""Coefficients of Rodas5P, the integration method.

G. Steinebach, "Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the Julia Differential
Equations package", BIT Numerical Mathematics 63:27 (2023), doi:10.1007/s10543-023-00967-x. Eight stages, order 5 with an
embedded solution of order 4, stiffly accurate and therefore L-stable, dense output of order 4; it keeps its order on
index-1 problems and on the Prothero-Robinson equation. The coefficients agree with those of OrdinaryDiffEq.jl;
`tests/engine/test_rodas5p.py` checks them against the order conditions.

A step from (t, y) with size h solves, for i = 1..8 and with the Jacobian J and the derivative f_t by explicit time at (t, y),

    (I / (h GAMMA) - J) u_i = f(t + C[i] h, y + sum_j A[i][j] u_j) + sum_j B[i][j] u_j / h + h D[i] f_t

and ends at y1 = y + sum_j A[7][j] u_j + u_8. Stages 7 and 8 start from the point of the stage before plus its u.
"""

ORDER = 5
EMBEDDED_ORDER = 4
DENSE_ORDER = 4
STAGES = 8

GAMMA = 0.21193756319429014

_A6 = (-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946)

Weights = tuple[tuple[float, ...], ...]

A: Weights = (
    (),
    (3.0,),
    (2.849394379747939, 0.45842242204463923),
    (-6.954028509809101, 2.489845061869568, -10.358996098473584),
    (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
    _A6,
    (*_A6, 1.0),
    (*_A6, 1.0, 1.0),
)
"""Weights of earlier stages in the argument of f."""

B: Weights = (
    (),
    (-14.155112264123755,),
    (-17.97296035885952, -2.859693295451294),
    (147.12150275711716, -1.41221402718213, 71.68940251302358),
    (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
    (24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471),
    (
        30.91273214028599,
        -3.1208243349937974,
        77.79954646070892,
        34.28646028294783,
        -19.097331116725623,
        -28.087943162872662,
    ),
    (
        37.80277123390563,
        -3.2571969029072276,
        112.26918849496327,
        66.9347231244047,
        -40.06618937091002,
        -54.66780262877968,
        -9.48861652309627,
    ),
)
"""Weights of earlier stages over h, on the right-hand side."""

C = (0.0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1.0, 1.0, 1.0)
"""Times of the stages within the step."""

D = (GAMMA, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0.0, 0.0, 0.0)
"""Weights of h f_t."""

ESTIMATES: Weights = (
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    (
        0.2606326497975715,
        -0.005158627295444251,
        1.3038988631109731,
        1.235000722062074,
        -0.7931985603795049,
        -1.005448461135913,
        -0.18044626132120234,
        0.17051519239113755,
    ),
)
"""Two error estimates as weights of u: the last stage, and the weights published as Rodas5Pe. Either may be zero by chance, so
the engine takes the larger of the two for each state."""

DENSE: Weights = (
    (
        25.948786856663858,
        -2.5579724845846235,
        10.433815404888879,
        -2.3679251022685204,
        0.524948541321073,
        1.1241088310450404,
        0.4272876194431874,
        -0.17202221070155493,
    ),
    (
        -9.91568850695171,
        -0.9689944594115154,
        3.0438037242978453,
        -24.495224566215796,
        20.176138334709044,
        15.98066361424651,
        -6.789040303419874,
        -6.710236069923372,
    ),
    (
        11.419903575922262,
        2.8879645146136994,
        72.92137995996029,
        80.12511834622643,
        -52.072871366152654,
        -59.78993625266729,
        -0.15582684282751913,
        4.883087185713722,
    ),
)
"""Dense output: with e_k = sum_j DENSE[k][j] u_j and 0 <= s <= 1,
y(t + s h) = (1-s) y + s (y1 + (1-s)(e_0 + s (e_1 + s e_2)))."""

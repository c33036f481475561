/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elementary.c - the log-gamma function, the one elementary function too long to be inline. */
#include "stats/elementary.h"

double sc_log_gamma(double x)
{
    if (!(x >= DBL_MIN))
        return x > -DBL_MIN ? SC_INF : SC_NAN;

    /* Gamma(x) = Gamma(x + n) / (x (x + 1) ... (x + n - 1)) up to where Stirling's series has converged */
    double product = 1.0;
    for (; x < 8.0; x += 1.0)
        product *= x;

    /* Abramowitz and Stegun 6.1.41: B_2k / (2k (2k - 1)) x^(1 - 2k); the first term left out is below 1e-16 */
    double y = 1.0 / x, z = y * y;
    double series = -3617.0 / 122400.0;
    series = series * z + 1.0 / 156.0;
    series = series * z - 691.0 / 360360.0;
    series = series * z + 1.0 / 1188.0;
    series = series * z - 1.0 / 1680.0;
    series = series * z + 1.0 / 1260.0;
    series = series * z - 1.0 / 360.0;
    series = series * z + 1.0 / 12.0;

    /* (ln(2 pi) - 1) / 2; the -1 / 2 comes out of (x - 1/2) ln x - x */
    const double constant = 0.4189385332046727;
    return (x - 0.5) * (sc_log(x) - 1.0) + (constant + series * y - sc_log(product));
}

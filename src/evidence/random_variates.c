/* SPDX-License-Identifier: GPL-3.0-or-later */
/* random_variates.c - gamma and beta variates from Philox by our own elementary functions. */
#include <stddef.h>

#include "evidence/random_variates.h"
#include "stats/elementary.h"

ev_random ev_random_of(const sc_stream *stream, size_t draw, uint32_t purpose)
{
    return (ev_random){.stream = stream, .draw = (uint32_t)draw, .purpose = purpose};
}

double ev_uniform(ev_random *r)
{
    if (r->left < 2) {
        sc_philox(r->stream, r->draw, r->purpose, r->block++, 0, r->bits);
        r->left = 4;
    }
    r->left -= 2;
    return sc_u01_53(r->bits[r->left], r->bits[r->left + 1]);
}

double ev_normal(ev_random *r) { return sc_normal_quantile(ev_uniform(r)); }

double ev_exponential(ev_random *r) { return -sc_log(ev_uniform(r)); }

/* G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000); below shape 1 the
 * variate of shape + 1 times u^(1 / shape). */
double ev_log_gamma_variate(ev_random *r, double shape)
{
    const double lift = shape < 1.0 ? sc_log(ev_uniform(r)) / shape : 0.0;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, c = 1.0 / (3.0 * sqrt(d));
    for (;;) {
        const double z = ev_normal(r), t = 1.0 + c * z;
        if (t <= 0.0)
            continue;
        const double v = t * t * t, u = ev_uniform(r);
        if (sc_log(u) < 0.5 * z * z + d - d * v + d * sc_log(v))
            return sc_log(d * v) + lift;
    }
}

double ev_beta(ev_random *r, double a, double b)
{
    const double x = ev_log_gamma_variate(r, a), y = ev_log_gamma_variate(r, b);
    return 1.0 / (1.0 + sc_exp(y - x));
}

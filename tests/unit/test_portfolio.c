/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_portfolio.c - plans against the enumeration of all plans, CVaR against its definition, and the errors of a check
 * against repeated samples. */
#include "advise/portfolio.h"

#include <glpk.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "stats/elementary.h"
#include "stats/philox.h"

enum { WORKLOADS = 5, CHOICES = 4, TRIALS = 200, PROVIDERS = 3, RANDOM_CASES = 600, TIED_CASES = 200 };

static sc_stream draws;
static uint32_t drawn;

static void draw_from(uint32_t number)
{
    draws = (sc_stream){{20261125, number}};
    drawn = 0;
}

static double uniform(void)
{
    uint32_t bits[4];
    sc_philox(&draws, drawn++, 0, 0, 0, bits);
    return sc_u01_32(bits[0]);
}

static size_t below(size_t n) { return (size_t)(uniform() * (double)n); }

/* ---- a problem with room for its data ---- */

typedef struct sample {
    portfolio_problem p;
    portfolio_workload workloads[WORKLOADS];
    portfolio_choice choices[WORKLOADS][CHOICES];
    double cost[WORKLOADS][CHOICES][TRIALS];
    double share[PROVIDERS];
    portfolio_pin pins[WORKLOADS];
} sample;

static void empty_sample(sample *s)
{
    memset(s, 0, sizeof *s);
    s->p = (portfolio_problem){.workloads = s->workloads,
                               .n_workloads = 1 + below(WORKLOADS),
                               .trials = 1 + below(TRIALS),
                               .n_providers = PROVIDERS,
                               .share = s->share,
                               .pins = s->pins};
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        s->workloads[w] = (portfolio_workload){s->choices[w], 1 + below(CHOICES)};
        for (size_t j = 0; j < CHOICES; j++)
            s->choices[w][j].cost = s->cost[w][j];
    }
    for (size_t i = 0; i < PROVIDERS; i++)
        s->share[i] = 1.0;
}

/* Costs of a workload move together over trials, so that risk is not the sum of risks. */
static void random_sample(sample *s)
{
    empty_sample(s);
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        double future[TRIALS];
        const double size = exp(8.0 * uniform() - 2.0), spread = 2.0 * uniform();
        for (size_t i = 0; i < s->p.trials; i++)
            future[i] = size * exp(spread * sc_normal_quantile(uniform()));
        for (size_t j = 0; j < s->workloads[w].n; j++) {
            portfolio_choice *c = &s->choices[w][j];
            const double level = 0.2 + uniform(), own = 0.5 * uniform();
            for (size_t i = 0; i < s->p.trials; i++)
                s->cost[w][j][i] = level * future[i] * (1.0 + own * (uniform() - 0.5));
            c->provider = below(PROVIDERS);
            if (j == 0)
                continue;
            c->worth = below(2) ? size * (uniform() - 0.5) : 0.0;
            c->migration = below(2) ? 0.2 * size * uniform() : 0.0;
            c->effort = below(4) ? 20.0 * uniform() : 0.0;
        }
    }
}

/* Whole dollars on average, few different values: many plans are equal. */
static void tied_sample(sample *s)
{
    static const double factors[][4] = {{0.5, 1.5, 1.0, 1.0}, {1.0, 1.0, 0.25, 1.75}};
    empty_sample(s);
    s->p.trials = 4 * (1 + below(4));
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        for (size_t j = 0; j < s->workloads[w].n; j++) {
            const double mean = 8.0 + (double)below(3);
            const size_t kind = below(2);
            for (size_t i = 0; i < s->p.trials; i++)
                s->cost[w][j][i] = mean * factors[kind][i % 4];
            s->choices[w][j].provider = below(PROVIDERS);
            s->choices[w][j].migration = (double)below(2);
            s->choices[w][j].effort = j == 0 ? 0.0 : (double)below(3);
        }
    }
}

/* ---- the enumeration ---- */

typedef struct found {
    bool any;
    size_t choice[WORKLOADS];
    double objective, effort, second; /* second: least objective of another plan that is not equal */
    double span;
    double least[PORTFOLIO_LIMITS], alone[PORTFOLIO_LIMITS];
} found;

static int by_cost(const void *x, const void *y)
{
    const double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

/* The integral of the upper (1 - alpha) of the quantile function, value by value. */
static double cvar(double *x, size_t n, double alpha)
{
    double left = 1.0 - alpha, sum = 0.0;
    qsort(x, n, sizeof x[0], by_cost);
    for (size_t i = n; i-- > 0 && left > 0.0;) {
        const double part = fmin(left, 1.0 / (double)n);
        sum += part * x[i];
        left -= part;
    }
    return sum / (1.0 - alpha);
}

static double mean(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

static portfolio_totals totals(const sample *s, const size_t *choice, double *by_provider)
{
    double total[TRIALS] = {0};
    portfolio_totals t = {0};
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        const portfolio_choice *c = &s->choices[w][choice[w]];
        const double spend = mean(c->cost, s->p.trials);
        for (size_t i = 0; i < s->p.trials; i++)
            total[i] += c->cost[i];
        by_provider[c->provider] += spend;
        t.spend += spend;
        t.worth += c->worth;
        t.migration += c->migration;
        t.effort += c->effort;
    }
    t.objective = t.spend - t.worth + t.migration;
    t.risk = cvar(total, s->p.trials, s->p.alpha > 0.0 ? s->p.alpha : 0.95);
    return t;
}

static bool keeps(double value, double most) { return value <= most + 1e-9 * fabs(most); }

static bool pinned_elsewhere(const sample *s, const size_t *choice)
{
    for (size_t i = 0; i < s->p.n_pins; i++) {
        if (choice[s->pins[i].workload] != s->pins[i].choice)
            return true;
    }
    return false;
}

static void kept_limits(const sample *s, const portfolio_totals *t, const double *by_provider, bool *kept)
{
    const double values[] = {t->spend, t->risk, t->effort};
    for (int i = 0; i < PORTFOLIO_SHARE; i++)
        kept[i] = !s->p.limited[i] || keeps(values[i], s->p.most[i]);
    kept[PORTFOLIO_SHARE] = true;
    for (size_t i = 0; s->p.limited[PORTFOLIO_SHARE] && i < PROVIDERS; i++)
        kept[PORTFOLIO_SHARE] &= keeps(by_provider[i], s->share[i] * t->spend);
}

static void take_least(const bool *kept, const portfolio_totals *t, found *f)
{
    const double values[] = {t->spend, t->risk, t->effort, 0.0};
    for (int i = 0; i < PORTFOLIO_LIMITS; i++) {
        bool others = true;
        for (int k = 0; k < PORTFOLIO_LIMITS; k++)
            others &= k == i || kept[k];
        if (others)
            f->least[i] = fmin(f->least[i], values[i]); /* fmin leaves NaN out */
        if (i != PORTFOLIO_SHARE || kept[i])
            f->alone[i] = fmin(f->alone[i], values[i]);
    }
}

static void take_best(const sample *s, const size_t *choice, const portfolio_totals *t, found *f)
{
    const double tied = 1e-12 * f->span;
    bool better = !f->any || t->objective < f->objective - tied;
    if (f->any && fabs(t->objective - f->objective) <= tied)
        better = t->effort < f->effort - 1e-9; /* plans come in order of choices, so that the first one stays */
    else
        f->second = fmin(f->second, better && f->any ? f->objective : t->objective);
    if (!better)
        return;
    if (!f->any)
        f->second = HUGE_VAL;
    f->any = true;
    f->objective = t->objective;
    f->effort = t->effort;
    memcpy(f->choice, choice, s->p.n_workloads * sizeof choice[0]);
}

static bool next_plan(const sample *s, size_t *choice)
{
    for (size_t w = s->p.n_workloads; w-- > 0;) {
        if (++choice[w] < s->workloads[w].n)
            return true;
        choice[w] = 0;
    }
    return false;
}

static double span_of(const sample *s)
{
    double span = 0.0;
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        double least = HUGE_VAL, most = -HUGE_VAL;
        for (size_t j = 0; j < s->workloads[w].n; j++) {
            const portfolio_choice *c = &s->choices[w][j];
            const double net = mean(c->cost, s->p.trials) - c->worth + c->migration;
            least = fmin(least, net);
            most = fmax(most, net);
        }
        span += most - least;
    }
    return span;
}

static found enumerate(const sample *s)
{
    size_t choice[WORKLOADS] = {0};
    found f = {.span = span_of(s), .second = HUGE_VAL};
    for (int i = 0; i < PORTFOLIO_LIMITS; i++)
        f.least[i] = f.alone[i] = SC_NAN;
    do {
        if (pinned_elsewhere(s, choice))
            continue;
        double by_provider[PROVIDERS] = {0};
        bool kept[PORTFOLIO_LIMITS];
        const portfolio_totals t = totals(s, choice, by_provider);
        kept_limits(s, &t, by_provider, kept);
        take_least(kept, &t, &f);
        if (kept[0] && kept[1] && kept[2] && kept[3])
            take_best(s, choice, &t, &f);
    } while (next_plan(s, choice));
    return f;
}

/* ---- limits that matter: near what some plan has ---- */

static void random_limits(sample *s)
{
    size_t choice[WORKLOADS] = {0};
    double by_provider[PROVIDERS] = {0};
    for (size_t w = 0; w < s->p.n_workloads; w++)
        choice[w] = below(s->workloads[w].n);
    if (below(3) == 0)
        s->p.alpha = (double[]){0.5, 0.9, 0.99, 0.123456}[below(4)];
    const portfolio_totals t = totals(s, choice, by_provider);
    const double values[] = {t.spend, t.risk, t.effort};
    for (int i = 0; i < PORTFOLIO_SHARE; i++) {
        s->p.limited[i] = below(2) == 0;
        s->p.most[i] = below(3) == 0 ? values[i] : values[i] * (0.6 + 0.6 * uniform());
    }
    s->p.limited[PORTFOLIO_SHARE] = below(3) == 0;
    for (size_t i = 0; i < PROVIDERS; i++)
        s->share[i] = below(2) ? 1.0 : below(4) ? 0.2 + 0.8 * uniform() : by_provider[i] / t.spend;
    for (size_t w = 0; w < s->p.n_workloads; w++) {
        if (below(8) == 0)
            s->pins[s->p.n_pins++] = (portfolio_pin){w, below(s->workloads[w].n)};
    }
}

typedef struct tally {
    int best, impossible, near;
} tally;

static bool expect_reasons(const sample *s, const portfolio_plan *plan, const found *f)
{
    bool good = true;
    for (int i = 0; i < PORTFOLIO_LIMITS; i++) {
        if (!s->p.limited[i]) {
            good &= EXPECT_TRUE(isnan(plan->least[i]) && isnan(plan->alone[i]));
            continue;
        }
        good &= EXPECT_TRUE(isnan(plan->least[i]) == isnan(f->least[i]));
        good &= EXPECT_TRUE(isnan(plan->alone[i]) == isnan(f->alone[i]));
        if (!isnan(f->least[i]))
            good &= EXPECT_REL(plan->least[i], f->least[i], 2e-8);
        if (!isnan(f->alone[i]))
            good &= EXPECT_REL(plan->alone[i], f->alone[i], 2e-8);
    }
    return good;
}

static bool expect_plan(const sample *s, const portfolio_plan *plan, const found *f, tally *count)
{
    double by_provider[PROVIDERS] = {0};
    const portfolio_totals t = totals(s, plan->choice, by_provider);
    bool good = EXPECT_ABS(t.objective, f->objective, 1e-7 * f->span) &
                EXPECT_REL(plan->total.objective, t.objective, 1e-9) & EXPECT_REL(plan->total.risk, t.risk, 1e-12) &
                EXPECT_REL(plan->total.spend, t.spend, 1e-12) & EXPECT_REL(plan->total.effort, t.effort, 1e-12);
    count->best++;
    if (f->second - f->objective < 2e-7 * f->span)
        count->near++;
    else
        good &= EXPECT_TRUE(memcmp(plan->choice, f->choice, s->p.n_workloads * sizeof f->choice[0]) == 0);
    return good;
}

static void expect_like_enumeration(const sample *s, uint32_t number, tally *count)
{
    portfolio_plan plan;
    const found f = enumerate(s);
    bool good = EXPECT_I64(portfolio_solve(&s->p, &plan, NULL), SC_OK) &&
                EXPECT_I64(plan.status, f.any ? PORTFOLIO_BEST : PORTFOLIO_IMPOSSIBLE);
    if (good && f.any) {
        good = expect_plan(s, &plan, &f, count);
    } else if (good) {
        good = expect_reasons(s, &plan, &f);
        count->impossible++;
    }
    if (!good)
        (void)fprintf(stderr, "  case %u: %zu workloads, %zu trials\n", number, s->p.n_workloads, s->p.trials);
    portfolio_free(&plan);
}

static void like_enumeration(void)
{
    static sample s;
    tally count = {0};
    for (uint32_t i = 0; i < RANDOM_CASES; i++) {
        draw_from(i);
        random_sample(&s);
        random_limits(&s);
        expect_like_enumeration(&s, i, &count);
    }
    EXPECT_TRUE(count.best > RANDOM_CASES / 3 && count.impossible > RANDOM_CASES / 10);
    EXPECT_TRUE(count.near <= 2);
    (void)fprintf(stderr, "best %d impossible %d near %d\n", count.best, count.impossible, count.near);
}

static void ties(void)
{
    static sample s;
    tally count = {0};
    for (uint32_t i = 0; i < TIED_CASES; i++) {
        draw_from(10000 + i);
        tied_sample(&s);
        random_limits(&s);
        expect_like_enumeration(&s, i, &count);
    }
    EXPECT_TRUE(count.best > TIED_CASES / 3 && count.impossible > TIED_CASES / 10);
    EXPECT_I64(count.near, 0);
    (void)fprintf(stderr, "best %d impossible %d near %d\n", count.best, count.impossible, count.near);
}

CU_ErrorCode test_portfolio_register(void)
{
    CU_pSuite suite = CU_add_suite("portfolio", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "like the enumeration of all plans", like_enumeration) == NULL ||
        CU_add_test(suite, "ties", ties) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

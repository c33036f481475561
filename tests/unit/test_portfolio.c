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

static double mean(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return sum / (double)n;
}

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
        double future[TRIALS] = {0};
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
            /* mostly what costs more is worth more, or no limit on spend would have a price */
            c->worth = below(4) ? (level - 0.7) * (0.5 + 1.5 * uniform()) * mean(future, s->p.trials) : 0.0;
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
    double unlimited;                 /* least objective, limits aside */
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
    found f = {.span = span_of(s), .second = HUGE_VAL, .unlimited = HUGE_VAL};
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
        f.unlimited = fmin(f.unlimited, t.objective);
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
    int best, impossible, near, bound; /* bound: a limit takes the plan that were best without */
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
    count->bound += f->objective > f->unlimited;
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
    EXPECT_TRUE(count.bound > RANDOM_CASES / 10);
    EXPECT_TRUE(count.near <= 2);
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
}

/* ---- the parts ---- */

static void cvar_by_definition(void)
{
    static const double alphas[] = {0.01, 0.3, 0.5, 0.9, 0.95, 0.975, 0.99, 0.999};
    for (uint32_t i = 0; i < 400; i++) {
        double x[TRIALS], y[TRIALS];
        draw_from(20000 + i);
        const size_t n = 1 + below(TRIALS);
        for (size_t k = 0; k < n; k++)
            x[k] = y[k] = below(2) ? floor(10.0 * uniform()) : 10.0 * uniform();
        const double alpha = alphas[i % 8], expected = cvar(y, n, alpha);
        qsort(x, n, sizeof x[0], by_cost);
        EXPECT_REL(portfolio_cvar_sorted(x, n, alpha), expected, 1e-12);
    }
    /* the worst 2.5 of 10: 10, 9 and half of 8 */
    const double ten[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    EXPECT_REL(portfolio_cvar_sorted(ten, 10, 0.75), (10.0 + 9.0 + 4.0) / 2.5, 1e-15);
    EXPECT_TRUE(portfolio_cvar_sorted(ten, 10, 0.99) == 10.0);
    EXPECT_REL(portfolio_cvar_sorted(ten, 10, 1e-18), 5.5, 1e-15);
}

static void shadow_prices(void)
{
    static sample s;
    int gains = 0, losses = 0, impossible = 0;
    for (uint32_t i = 0; i < 400; i++) {
        draw_from(30000 + i);
        random_sample(&s);
        random_limits(&s);
        if (i % 4 > 0) {
            memset(s.p.limited, 0, sizeof s.p.limited);
            s.p.n_pins = 0;
        }
        s.p.limited[PORTFOLIO_BUDGET] = false;
        const found unlimited = enumerate(&s);
        if (!unlimited.any)
            continue;
        double by_provider[PROVIDERS] = {0};
        s.p.limited[PORTFOLIO_BUDGET] = true;
        s.p.most[PORTFOLIO_BUDGET] = totals(&s, unlimited.choice, by_provider).spend * (0.8 + 0.2 * uniform());
        portfolio_plan plan;
        portfolio_price price;
        EXPECT_I64(portfolio_solve(&s.p, &plan, NULL), SC_OK);
        const double budget = s.p.most[PORTFOLIO_BUDGET], step = 0.05 * budget;
        EXPECT_I64(portfolio_shadow_price(&s.p, &plan, 0.05, &price, NULL), SC_OK);
        const found here = enumerate(&s);
        s.p.most[PORTFOLIO_BUDGET] = budget + step;
        const found more = enumerate(&s);
        s.p.most[PORTFOLIO_BUDGET] = budget - step;
        const found less = enumerate(&s);
        EXPECT_REL(price.step, step, 1e-12);
        EXPECT_TRUE((price.more == PORTFOLIO_BEST) == more.any && (price.less == PORTFOLIO_BEST) == less.any);
        EXPECT_TRUE(isnan(price.gained) == !here.any && isnan(price.lost) == !less.any);
        if (here.any)
            EXPECT_ABS(price.gained, (here.objective - more.objective) / step, 2e-7 * here.span / step);
        if (less.any)
            EXPECT_ABS(price.lost, (less.objective - here.objective) / step, 2e-7 * here.span / step);
        gains += price.gained > 0.0;
        losses += price.lost > 0.0;
        impossible += here.any && !less.any;
        portfolio_free(&plan);
    }
    EXPECT_TRUE(gains > 10 && losses > 10 && impossible > 10);
}

static void no_price_without_budget(void)
{
    static sample s;
    portfolio_plan plan;
    portfolio_price price;
    draw_from(1);
    random_sample(&s);
    EXPECT_I64(portfolio_solve(&s.p, &plan, NULL), SC_OK);
    EXPECT_I64(portfolio_shadow_price(&s.p, &plan, 0.01, &price, NULL), SC_E_USAGE);
    s.p.limited[PORTFOLIO_BUDGET] = true;
    s.p.most[PORTFOLIO_BUDGET] = 100.0;
    EXPECT_I64(portfolio_shadow_price(&s.p, &plan, 0.0, &price, NULL), SC_E_USAGE);
    portfolio_free(&plan);
}

/* The errors it states are the spread of its values over samples. */
static void checks_on_other_trials(void)
{
    enum { SAMPLES = 300, N = 2000 };
    static double cost[2][N];
    const double *const costs[] = {cost[0], cost[1]};
    const portfolio_choice a = {.cost = cost[0], .provider = 0}, b = {.cost = cost[1], .effort = 3.0, .provider = 1};
    const portfolio_workload workloads[] = {{&a, 1}, {&b, 1}};
    const double share[] = {1.0, 0.5};
    const size_t choice[] = {0, 0};
    portfolio_problem p = {.workloads = workloads, .n_workloads = 2, .trials = N, .n_providers = 2, .share = share};
    portfolio_check check;
    double sum[4] = {0}, square[4] = {0}, error[4] = {0};
    for (uint32_t k = 0; k < SAMPLES; k++) {
        draw_from(40000 + k);
        for (size_t i = 0; i < N; i++) {
            cost[0][i] = sc_exp(sc_normal_quantile(uniform()));
            cost[1][i] = 0.5 * sc_exp(sc_normal_quantile(uniform()));
        }
        EXPECT_I64(portfolio_verify(&p, choice, costs, N, &check), SC_OK);
        const portfolio_figure figures[] = {check.mean, check.p50, check.p90, check.risk};
        for (size_t i = 0; i < 4; i++) {
            sum[i] += figures[i].value;
            square[i] += figures[i].value * figures[i].value;
            error[i] += figures[i].error / SAMPLES;
        }
    }
    for (size_t i = 0; i < 4; i++)
        EXPECT_REL(error[i], sqrt((square[i] - sum[i] * sum[i] / SAMPLES) / (SAMPLES - 1)), 0.15);
    EXPECT_REL(sum[0] / SAMPLES, 1.5 * exp(0.5), 0.01);

    const double values[] = {check.mean.value, check.risk.value, check.effort};
    EXPECT_TRUE(check.effort == 3.0);
    for (int i = 0; i < PORTFOLIO_LIMITS; i++)
        EXPECT_TRUE(check.holds[i]);
    for (int i = 0; i < PORTFOLIO_SHARE; i++) {
        p.limited[i] = true;
        p.most[i] = values[i] * (1.0 - 1e-6);
        EXPECT_I64(portfolio_verify(&p, choice, costs, N, &check), SC_OK);
        EXPECT_TRUE(!check.holds[i]);
        p.most[i] = values[i];
        EXPECT_I64(portfolio_verify(&p, choice, costs, N, &check), SC_OK);
        EXPECT_TRUE(check.holds[i]);
    }
    p.limited[PORTFOLIO_SHARE] = true;
    EXPECT_I64(portfolio_verify(&p, choice, costs, N, &check), SC_OK);
    EXPECT_TRUE(check.holds[PORTFOLIO_SHARE]); /* a third */
    const double less[] = {0.5, 1.0};
    p.share = less;
    EXPECT_I64(portfolio_verify(&p, choice, costs, N, &check), SC_OK);
    EXPECT_TRUE(!check.holds[PORTFOLIO_SHARE]);
    EXPECT_I64(portfolio_verify(&p, choice, costs, 0, &check), SC_E_USAGE);
}

static void order_of_changes(void)
{
    /* today costs 100; saving, effort: w0 stays, w1 30 in 3 days, w2 24 in 2, w3 -5 in 0, w4 10 in 0, w5 20 in 2 */
    static const double today[] = {100.0}, costs[][1] = {{100.0}, {70.0}, {75.0}, {105.0}, {90.0}, {80.0}};
    static const double efforts[] = {0.0, 3.0, 2.0, 0.0, 0.0, 2.0};
    portfolio_choice choices[6][2];
    portfolio_workload workloads[6];
    for (size_t w = 0; w < 6; w++) {
        choices[w][0] = (portfolio_choice){.cost = today};
        choices[w][1] = (portfolio_choice){.cost = costs[w], .effort = efforts[w]};
        workloads[w] = (portfolio_workload){choices[w], 2};
    }
    choices[2][1].worth = 2.0;
    choices[2][1].migration = 3.0;
    const portfolio_problem p = {.workloads = workloads, .n_workloads = 6, .trials = 1};
    const size_t choice[] = {0, 1, 1, 1, 1, 1};
    portfolio_step steps[6];
    if (!EXPECT_I64(portfolio_order(&p, choice, steps), 5))
        return;
    static const size_t order[] = {4, 2, 1, 5, 3};
    static const double saving[] = {10.0, 24.0, 30.0, 20.0, -5.0}, so_far[] = {10.0, 34.0, 64.0, 84.0, 79.0};
    static const double effort_so_far[] = {0.0, 2.0, 5.0, 7.0, 7.0};
    for (size_t i = 0; i < 5; i++) {
        EXPECT_I64(steps[i].workload, order[i]);
        EXPECT_I64(steps[i].choice, 1);
        EXPECT_TRUE(steps[i].saving == saving[i] && steps[i].saving_so_far == so_far[i]);
        EXPECT_TRUE(steps[i].effort_so_far == effort_so_far[i]);
    }
    const size_t nothing[6] = {0};
    EXPECT_I64(portfolio_order(&p, nothing, steps), 0);
}

/* ---- many workloads ---- */

enum { MANY = 63, MANY_CHOICES = 8, MANY_TRIALS = 10000 };

typedef struct large {
    portfolio_problem p;
    portfolio_workload workloads[MANY];
    portfolio_choice choices[MANY][MANY_CHOICES];
    double share[PROVIDERS];
    double *cost;
} large;

static bool make_large(large *l, size_t trials)
{
    memset(l, 0, sizeof *l);
    l->cost = SC_NEW_ARRAY(double, MANY *MANY_CHOICES *trials);
    if (!EXPECT_TRUE(l->cost != NULL))
        return false;
    l->p = (portfolio_problem){
        .workloads = l->workloads, .n_workloads = MANY, .trials = trials, .n_providers = PROVIDERS, .share = l->share};
    draw_from(50000);
    double *future = l->cost;
    for (size_t w = 0; w < MANY; w++) {
        l->workloads[w] = (portfolio_workload){l->choices[w], MANY_CHOICES};
        const double size = 1000.0 * sc_exp(1.5 * sc_normal_quantile(uniform())), spread = 0.1 + 0.5 * uniform();
        for (size_t j = 0; j < MANY_CHOICES; j++) {
            double *cost = l->cost + (w * MANY_CHOICES + j) * trials;
            const double level = j == 0 ? 1.0 : 0.2 + uniform(), own = 0.2 * uniform();
            if (j == 0)
                future = cost;
            for (size_t i = 0; i < trials; i++)
                cost[i] = j == 0 ? size * sc_exp(spread * sc_normal_quantile(uniform()))
                                 : level * future[i] * (1.0 + own * (uniform() - 0.5));
            l->choices[w][j] = (portfolio_choice){.cost = cost, .provider = below(PROVIDERS)};
            if (j > 0) {
                l->choices[w][j].worth = size * (level - 0.7) * 1.2;
                l->choices[w][j].migration = 0.05 * size * uniform();
                l->choices[w][j].effort = 1.0 + 10.0 * uniform();
            }
        }
    }
    return true;
}

/* Limits at a share of what the plan without limits takes. */
static void limit_large(large *l, const portfolio_totals *free_plan)
{
    const double values[] = {free_plan->spend, free_plan->risk, free_plan->effort};
    static const double of[] = {0.96, 0.9, 0.8}, shares[] = {0.45, 0.4, 0.6};
    for (int i = 0; i < PORTFOLIO_SHARE; i++) {
        l->p.limited[i] = true;
        l->p.most[i] = of[i] * values[i];
    }
    l->p.limited[PORTFOLIO_SHARE] = true;
    memcpy(l->share, shares, sizeof shares);
}

static void many_workloads(void)
{
    static large l;
    portfolio_plan unlimited, plan;
    portfolio_check check;
    const double *costs[MANY];
    if (!make_large(&l, MANY_TRIALS))
        return;
    EXPECT_I64(portfolio_solve(&l.p, &unlimited, NULL), SC_OK);
    EXPECT_I64(unlimited.status, PORTFOLIO_BEST);
    limit_large(&l, &unlimited.total);
    EXPECT_I64(portfolio_solve(&l.p, &plan, NULL), SC_OK);
    EXPECT_I64(plan.status, PORTFOLIO_BEST);
    EXPECT_TRUE(plan.cuts > 1);
    EXPECT_TRUE(plan.total.objective > unlimited.total.objective && plan.total.objective < plan.today.objective);
    for (size_t w = 0; w < MANY; w++)
        costs[w] = l.choices[w][plan.choice[w]].cost;
    EXPECT_I64(portfolio_verify(&l.p, plan.choice, costs, MANY_TRIALS, &check), SC_OK);
    for (int i = 0; i < PORTFOLIO_LIMITS; i++)
        EXPECT_TRUE(check.holds[i]);
    EXPECT_REL(check.risk.value, plan.total.risk, 1e-12);
    portfolio_free(&plan);
    portfolio_free(&unlimited);
    sc_free(l.cost);
}

/* Workloads that are all the same: of the many equal plans the one that changes the last ones. */
static void the_same_workload_many_times(void)
{
    enum { N = 30 };
    static const double dear[] = {3.0, 5.0}, cheap[] = {6.0, 8.0};
    const portfolio_choice choices[] = {{.cost = dear}, {.cost = cheap, .worth = 5.0, .effort = 1.0}};
    portfolio_workload workloads[N];
    for (size_t w = 0; w < N; w++)
        workloads[w] = (portfolio_workload){choices, 2};
    portfolio_problem p = {.workloads = workloads, .n_workloads = N, .trials = 2};
    p.limited[PORTFOLIO_BUDGET] = true;
    p.most[PORTFOLIO_BUDGET] = 4.0 * N + 3.0 * 11.5; /* eleven changes */
    portfolio_plan plan;
    EXPECT_I64(portfolio_solve(&p, &plan, NULL), SC_OK);
    EXPECT_I64(plan.status, PORTFOLIO_BEST);
    for (size_t w = 0; w < N; w++)
        EXPECT_I64(plan.choice[w], w >= N - 11);
    EXPECT_TRUE(plan.total.objective == 4.0 * N - 2.0 * 11.0);
    portfolio_free(&plan);
}

static void node_limit(void)
{
    static large l;
    portfolio_plan plan;
    if (!make_large(&l, 200))
        return;
    EXPECT_I64(portfolio_solve(&l.p, &plan, NULL), SC_OK);
    limit_large(&l, &plan.total);
    portfolio_free(&plan);
    l.p.node_limit = 1;
    EXPECT_I64(portfolio_solve(&l.p, &plan, NULL), SC_OK);
    EXPECT_I64(plan.status, PORTFOLIO_UNDECIDED);
    EXPECT_TRUE(plan.total.objective == plan.today.objective && plan.choice[0] == 0);
    portfolio_free(&plan);
    sc_free(l.cost);
}

/* ---- failures ---- */

static void nonsense(void)
{
    static sample s;
    static const double infinite[TRIALS] = {HUGE_VAL};
    for (int i = 0; i < 15; i++) {
        draw_from(3);
        random_sample(&s);
        s.p.n_workloads = 2;
        s.p.trials = 1;
        s.workloads[0].n = s.workloads[1].n = 2;
        s.choices[0][1].worth = s.choices[0][1].migration = s.choices[0][1].effort = 0.0;
        switch (i) {
        case 0: s.p.n_workloads = 0; break;
        case 1: s.p.trials = 0; break;
        case 2: s.p.alpha = 1.0; break;
        case 3: s.p.alpha = -0.1; break;
        case 4: s.p.limited[PORTFOLIO_RISK] = true, s.p.most[PORTFOLIO_RISK] = SC_NAN; break;
        case 5: s.p.limited[PORTFOLIO_SHARE] = true, s.share[1] = 1.5; break;
        case 6: s.p.limited[PORTFOLIO_SHARE] = true, s.choices[0][1].provider = PROVIDERS; break;
        case 7: s.pins[0] = (portfolio_pin){2, 0}, s.p.n_pins = 1; break;
        case 8: s.pins[0] = (portfolio_pin){0, 2}, s.p.n_pins = 1; break;
        case 9: s.pins[0] = (portfolio_pin){0, 0}, s.pins[1] = (portfolio_pin){0, 1}, s.p.n_pins = 2; break;
        case 10: s.choices[0][1].cost = infinite; break;
        case 11: s.choices[0][1].effort = -1.0; break;
        case 12: s.choices[0][1].worth = SC_NAN; break;
        case 13: s.workloads[1].n = 0; break;
        default: s.choices[0][1].cost = NULL; break;
        }
        portfolio_plan plan;
        static sc_errors errors;
        errors = (sc_errors){0};
        if (!EXPECT_I64(portfolio_solve(&s.p, &plan, &errors), SC_E_USAGE) || !EXPECT_I64(errors.errors, 1))
            (void)fprintf(stderr, "  case %d\n", i);
        portfolio_free(&plan);
    }
}

static void memory_runs_out(void)
{
    static sample s;
    portfolio_plan plan;
    draw_from(5);
    random_sample(&s);
    random_limits(&s);
    for (uint64_t n = 1; n < 100; n++) {
        sc_alloc_fail_at(n);
        const sc_code code = portfolio_solve(&s.p, &plan, NULL);
        const uint64_t made = sc_alloc_fail_at(0);
        portfolio_free(&plan);
        if (made < n) {
            EXPECT_I64(code, SC_OK);
            EXPECT_TRUE(n > 10);
            return;
        }
        EXPECT_I64(code, SC_E_MEMORY);
    }
    EXPECT_TRUE(false);
}

/* GLPK itself would print why and abort. */
static void memory_of_glpk_runs_out(void)
{
    enum { N = 3000 };
    static const double dear[] = {3.0}, cheap[] = {2.0};
    static portfolio_workload workloads[N];
    const portfolio_choice choices[] = {{.cost = dear}, {.cost = cheap, .effort = 1.0}};
    for (size_t w = 0; w < N; w++)
        workloads[w] = (portfolio_workload){choices, 2};
    const portfolio_problem p = {.workloads = workloads, .n_workloads = N, .trials = 1};
    portfolio_plan plan;
    glp_mem_limit(1);
    EXPECT_I64(portfolio_solve(&p, &plan, NULL), SC_E_MEMORY);
    portfolio_free(&plan);
    EXPECT_I64(portfolio_solve(&p, &plan, NULL), SC_OK); /* the next one starts afresh */
    EXPECT_TRUE(plan.status == PORTFOLIO_BEST && plan.total.spend == 2.0 * N);
    portfolio_free(&plan);
}

CU_ErrorCode test_portfolio_register(void)
{
    CU_pSuite suite = CU_add_suite("portfolio", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "like the enumeration of all plans", like_enumeration) == NULL ||
        CU_add_test(suite, "ties", ties) == NULL ||
        CU_add_test(suite, "CVaR by definition", cvar_by_definition) == NULL ||
        CU_add_test(suite, "shadow prices", shadow_prices) == NULL ||
        CU_add_test(suite, "no price without budget", no_price_without_budget) == NULL ||
        CU_add_test(suite, "checks on other trials", checks_on_other_trials) == NULL ||
        CU_add_test(suite, "order of changes", order_of_changes) == NULL ||
        CU_add_test(suite, "many workloads", many_workloads) == NULL ||
        CU_add_test(suite, "the same workload many times", the_same_workload_many_times) == NULL ||
        CU_add_test(suite, "node limit", node_limit) == NULL || CU_add_test(suite, "nonsense", nonsense) == NULL ||
        CU_add_test(suite, "memory runs out", memory_runs_out) == NULL ||
        CU_add_test(suite, "memory of GLPK runs out", memory_of_glpk_runs_out) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

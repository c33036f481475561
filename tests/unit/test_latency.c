/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_latency.c - confidence that answers come in time: against sums of binomial probabilities. */
#include <math.h>
#include <string.h>

#include "base/strbuf.h"
#include "expect.h"
#include "spendcast/evidence.h"

static const sc_evidence_query everything = {NULL, NULL, NULL, NULL};

/* n answers of model m, `slow` of them at 2,000 ms and the others from 1 ms on; more rows follow. */
static sc_evidence *timed(int n, int slow, const char *more)
{
    sc_strbuf text = {0};
    sc_evidence *e = NULL;
    sc_strbuf_puts(&text, "task,model,item,passed,n,latency_ms,latency_p95_ms\n");
    for (int i = 0; i < n; i++)
        sc_strbuf_printf(&text, "t,m,i%d,1,,%d,\n", i, i < slow ? 2000 : i + 1);
    sc_strbuf_puts(&text, more);
    const sc_evidence_text table = {"evals.csv", text.text, text.len};
    EXPECT_I64(sc_evidence_parse(&table, 1, NULL, NULL, &e, NULL), SC_OK);
    sc_strbuf_release(&text);
    return e;
}

static sc_latency latency_of(const sc_evidence *e, int then, double limit)
{
    sc_latency l = {.n = -1};
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, then, limit, 0.9, &l), SC_OK);
    return l;
}

/* P(at least k of n are above), each with a chance of 1/20. */
static double at_least(int n, int k)
{
    double each = pow(0.95, n), sum = 0.0;
    for (int i = 0; i <= n; i++) {
        sum += i >= k ? each : 0.0;
        each *= (double)(n - i) / (i + 1) * 0.05 / 0.95;
    }
    return sum;
}

/* P95 <= limit is refuted by few answers above it, P95 > limit by many: the tails of the binomial distribution. */
static void confidence_is_binomial(void)
{
    static const struct {
        int n, slow;
        sc_latency_verdict verdict;
    } cases[] = {{44, 0, SC_LATENCY_UNDECIDED},  {45, 0, SC_LATENCY_WITHIN},      {200, 5, SC_LATENCY_WITHIN},
                 {200, 6, SC_LATENCY_UNDECIDED}, {200, 14, SC_LATENCY_UNDECIDED}, {200, 15, SC_LATENCY_ABOVE},
                 {1, 1, SC_LATENCY_ABOVE},       {3, 3, SC_LATENCY_ABOVE}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_evidence *e = timed(cases[i].n, cases[i].slow, "");
        const sc_latency l = latency_of(e, -1, 1000.0);
        EXPECT_I64(l.n, cases[i].n);
        EXPECT_I64(l.above, cases[i].slow);
        EXPECT_REL(l.p_within, at_least(cases[i].n, cases[i].slow + 1), 1e-9);
        EXPECT_REL(l.p_above, cases[i].slow > 0 ? 1.0 - at_least(cases[i].n, cases[i].slow) : 0.0, 1e-9);
        EXPECT_I64(sc_latency_verdict_of(&l, 0.9), cases[i].verdict);
        sc_evidence_free(e);
    }
}

/* Of 1 to 100 ms: P95 is the 95th; 90 % by ranks 91 and 99, whose binomial tails are 0.0282 and 0.0371 (5 % each). */
static void interval_is_of_ranks(void)
{
    sc_evidence *e = timed(100, 0, "");
    sc_latency l = latency_of(e, -1, 1000.0);
    EXPECT_REL(l.p95, 95.0, 0.0);
    EXPECT_REL(l.low, 91.0, 0.0);
    EXPECT_REL(l.high, 99.0, 0.0);
    sc_evidence_free(e);
    e = timed(58, 0, ""); /* 0.95^58 = 0.051: no rank is high enough */
    EXPECT_TRUE(latency_of(e, -1, 1000.0).high == HUGE_VAL);
    sc_evidence_free(e);
    e = timed(59, 0, "");
    EXPECT_REL(latency_of(e, -1, 1000.0).high, 59.0, 0.0);
    sc_evidence_free(e);
    e = timed(0, 0, "t,m,,1,1,,\n");
    l = latency_of(e, -1, 1000.0);
    EXPECT_I64(l.n + l.stated_n, 0);
    EXPECT_TRUE(l.p_within == 0.0 && l.p_above == 0.0);
    sc_evidence_free(e);
}

/* A stated P95 stands as it is, with the confidence that so many answers can give. */
static void stated_p95(void)
{
    static const struct {
        const char *more;
        sc_latency_verdict verdict;
    } cases[] = {
        {"t,m,,40,45,,900\n", SC_LATENCY_WITHIN},
        {"t,m,,40,44,,900\n", SC_LATENCY_UNDECIDED},
        {"t,m,,40,45,,1100\n", SC_LATENCY_ABOVE},
        {"t,m,,40,45,,\n", SC_LATENCY_UNDECIDED},
        {"u,m,,20,23,,900\nv,m,,20,22,,1000\n", SC_LATENCY_WITHIN}, /* together 45 */
        {"u,m,,20,23,,900\nv,m,,20,22,,1001\n", SC_LATENCY_ABOVE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_evidence *e = timed(0, 0, cases[i].more);
        const sc_latency l = latency_of(e, -1, 1000.0);
        EXPECT_I64(sc_latency_verdict_of(&l, 0.9), cases[i].verdict);
        sc_evidence_free(e);
    }
}

/* Both models one after the other, on the items that have both times. */
static void sums_of_two(void)
{
    sc_evidence *e = timed(60, 0, "t,x,i0,1,,950,\nt,x,i1,1,,999,\nt,x,i2,1,,,\nt,x,other,1,,5,\n");
    const sc_latency l = latency_of(e, sc_evidence_model_of(e, "x"), 1000.0); /* 1 + 950, 2 + 999 */
    EXPECT_I64(l.n, 2);
    EXPECT_I64(l.above, 1);
    EXPECT_REL(l.p95, 1001.0, 0.0);
    sc_evidence_free(e);
}

/* With the number asked for the same share decides; with one less it does not. */
static void answers_needed(void)
{
    static const struct {
        int n, slow;
        int64_t needed;
    } cases[] = {{0, 0, 45}, {20, 0, 25}, {44, 0, 1}, {45, 0, 0}, {200, 15, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_evidence *e = timed(cases[i].n, cases[i].slow, cases[i].n > 0 ? "" : "t,m,,1,1,,\n");
        const sc_latency l = latency_of(e, -1, 1000.0);
        EXPECT_I64(sc_latency_answers_needed(&l, 0.9), cases[i].needed);
        sc_evidence_free(e);
    }
    sc_evidence *e = timed(1000, 40, ""); /* P(at least 41 of 1,000) is 0.92 already; at 0.99 it takes more */
    const sc_latency l = latency_of(e, -1, 1001.0);
    const int64_t more = sc_latency_answers_needed(&l, 0.99);
    EXPECT_TRUE(more > 0);
    const int n = 1000 + (int)more;
    EXPECT_TRUE(at_least(n, (int)floor(0.04 * n) + 1) >= 0.99 &&
                at_least(n - 60, (int)ceil(0.04 * (n - 60)) + 1) < 0.99);
    sc_evidence_free(e);
    e = timed(400, 20, ""); /* as many as the limit allows: no number decides */
    const sc_latency at = latency_of(e, -1, 1000.0);
    EXPECT_I64(sc_latency_answers_needed(&at, 0.9), -1);
    sc_evidence_free(e);
}

static void refuses(void)
{
    sc_evidence *e = timed(3, 0, "");
    sc_latency l;
    EXPECT_I64(sc_evidence_latency(e, &everything, 1, -1, 1000.0, 0.9, &l), SC_E_USAGE);
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, 0, 1000.0, 0.9, &l), SC_E_USAGE);
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, 1, 1000.0, 0.9, &l), SC_E_USAGE);
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, -1, 0.0, 0.9, &l), SC_E_USAGE);
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, -1, 1000.0, 1.0, &l), SC_E_USAGE);
    sc_evidence_free(e);
}

CU_ErrorCode test_latency_register(void)
{
    CU_pSuite suite = CU_add_suite("latency", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "confidence is binomial", confidence_is_binomial) == NULL ||
        CU_add_test(suite, "interval is of ranks", interval_is_of_ranks) == NULL ||
        CU_add_test(suite, "stated P95", stated_p95) == NULL ||
        CU_add_test(suite, "sums of two", sums_of_two) == NULL ||
        CU_add_test(suite, "answers needed", answers_needed) == NULL || CU_add_test(suite, "refuses", refuses) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

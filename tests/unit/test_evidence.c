/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_evidence.c - graded answers: what is read and refused, and posteriors against closed forms and quadrature. */
#include "spendcast/evidence.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "evidence/posterior.h"
#include "expect.h"
#include "rates_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_errors errors;
static const sc_evidence_query everything = {NULL, NULL, NULL, NULL};
static const sc_evidence_options two_points = {.margin = 0.02, .level = 0.90, .seed = 1};

static sc_evidence *parse_with(const char *text, const char *mapping, const sc_card *card, sc_code expected)
{
    const size_t size = strlen(text);
    char *copy = malloc(size + 1);
    sc_evidence *e = NULL;
    memcpy(copy, text, size + 1);
    memset(&errors, 0, sizeof errors);
    const sc_evidence_text table = {"evals.csv", copy, size};
    const sc_evidence_text map = {"map.csv", mapping, mapping != NULL ? strlen(mapping) : 0};
    if (!EXPECT_I64(sc_evidence_parse(&table, 1, mapping != NULL ? &map : NULL, card, &e, &errors), expected))
        EXPECT_STR(errors.item[0].text, "");
    EXPECT_TRUE((e != NULL) == (expected == SC_OK));
    free(copy); /* the evidence must not point into it */
    return e;
}

static sc_evidence *parse(const char *text) { return parse_with(text, NULL, NULL, SC_OK); }

static sc_evidence_comparison compare(const sc_evidence *e, const char *a, const char *b,
                                      const sc_evidence_options *options)
{
    sc_evidence_comparison c = {.n_a = -1};
    const int x = sc_evidence_model_of(e, a), y = sc_evidence_model_of(e, b);
    if (EXPECT_TRUE(x >= 0 && y >= 0))
        EXPECT_I64(sc_evidence_compare(e, &everything, (size_t)x, (size_t)y, options, &c), SC_OK);
    return c;
}

/* ---- reading */

static void reads(void)
{
    sc_evidence *e = parse("task,segment,model,project,workload,item,run,cluster,passed,n,score,accepted,input_tokens,"
                           "output_tokens,cost_usd,exclude,note\n"
                           "triage,,big,,,,,,45,50,,,,,,,by hand\n"
                           "triage,,small,,,,,,40,50,,,,,,,\n"
                           "triage,,old,,,,,,50,50,,,,,,saw the answers,\n"
                           "chat,short,big,care,chat,q1,1,s1,1,,,,100,200.5,0.012345678,,\n"
                           "chat,short,big,care,chat,q1,2,s1,0,,,,100,100,0.01,,\n"
                           "chat,long,small,care,chat,q2,,s1,,,0.25,1,90,,,,\n");
    if (e == NULL)
        return;
    EXPECT_I64(sc_evidence_task_count(e), 2);
    EXPECT_STR(sc_evidence_task_name(e, 1), "chat");
    EXPECT_I64(sc_evidence_segment_count(e), 2);
    EXPECT_STR(sc_evidence_segment_name(e, 0), "short");
    EXPECT_I64(sc_evidence_model_count(e), 2);
    EXPECT_STR(sc_evidence_model_name(e, 1), "small");
    EXPECT_I64(sc_evidence_model_of(e, "old"), -1);
    EXPECT_I64(sc_evidence_subject_count(e), 3);
    EXPECT_STR(sc_evidence_subject_at(e, 2).project, "care");
    EXPECT_STR(sc_evidence_subject_at(e, 2).workload, "chat");
    EXPECT_STR(sc_evidence_subject_at(e, 2).task, "chat");
    EXPECT_STR(sc_evidence_subject_at(e, 2).segment, "long");
    if (EXPECT_I64(sc_evidence_excluded_count(e), 1)) {
        EXPECT_STR(sc_evidence_excluded_at(e, 0).file, "evals.csv");
        EXPECT_I64(sc_evidence_excluded_at(e, 0).line, 4);
        EXPECT_STR(sc_evidence_excluded_at(e, 0).task, "triage");
        EXPECT_STR(sc_evidence_excluded_at(e, 0).model, "old");
        EXPECT_STR(sc_evidence_excluded_at(e, 0).reason, "saw the answers");
    }
    sc_evidence_free(e);
    sc_evidence_free(NULL);
}

/* Names are the card's; a near miss is kept with a warning, anything else without. */
static void resolves_models(void)
{
    sc_card *card = small_card("acme.large-2 acme.small-1",
                               "acme.large-2,us-east-1,in_region,standard,input,,,,1M_tokens,1.0,,,docs,2026-09-02,\n",
                               NULL, 0, NULL);
    sc_evidence *e = parse_with("task,model,passed,n\nt,us.acme.large-2,1,2\nu,acme.large-2,1,2\nt,acme.smal-1,1,2\n"
                                "t,entirely other,1,2\n",
                                NULL, card, SC_OK);
    if (e != NULL) {
        EXPECT_I64(sc_evidence_model_count(e), 3);
        EXPECT_STR(sc_evidence_model_name(e, 0), "acme.large-2");
        EXPECT_I64(sc_evidence_model_of(e, "us.acme.large-2"), 0);
        EXPECT_STR(sc_evidence_model_name(e, 1), "acme.smal-1");
        EXPECT_STR(sc_evidence_model_name(e, 2), "entirely other");
        EXPECT_I64(errors.count, 1);
        EXPECT_I64(errors.errors, 0);
        EXPECT_I64(errors.item[0].line, 4);
        EXPECT_I64(errors.item[0].column, 3);
        EXPECT_STR(errors.item[0].text,
                   "unknown model 'acme.smal-1'; did you mean 'acme.small-1'?; kept by its own name");
    }
    sc_evidence_free(e);
    sc_card_free(card);
}

static void refuses(void)
{
#define HEAD "task,segment,model,item,passed,n,score,cluster,run\n"
    static const struct {
        const char *text, *key, *message;
        int line, column;
    } cases[] = {
        {"task,modell,passed,n\n", "", "unknown column 'modell'; did you mean 'model'?", 1, 6},
        {HEAD ",,a,,1,2,,,\n", "task", "is empty, expected the name of a task", 2, 1},
        {HEAD "t,,,,1,2,,,\n", "model", "is empty, expected a model", 2, 4},
        {HEAD "t,,a,,1,,,,\n", "task", "neither counts nor an item, expected both 'passed' and 'n', or 'item'", 2, 1},
        {HEAD "t,,a,,3,2,,,\n", "passed", "3 passed of 2, expected at most all", 2, 7},
        {HEAD "t,,a,,x,2,,,\n", "passed", "'x' is no number of passed answers, expected a whole number from 0", 2, 7},
        {HEAD "t,,a,,1,2,,k,\n", "cluster", "'k' in a row of counts, expected it in rows of single items only", 2, 12},
        {HEAD "t,,a,i,1,2,,,\n", "n", "both an item and a count, expected one of 'item' and 'n'", 2, 10},
        {HEAD "t,,a,i,,,,,\n", "item", "the item neither passed nor has a score, expected one of 'passed' and 'score'",
         2, 6},
        {HEAD "t,,a,i,1,,1,,\n", "score", "the item both passed and has a score, expected one of 'passed' and 'score'",
         2, 11},
        {HEAD "t,,a,i,,,1.01,,\n", "score", "'1.01' is no score, expected a number from 0 to 1", 2, 10},
        {HEAD "t,,a,i,yes,,,,\n", "passed", "'yes' says neither passed nor failed, expected 1 or 0", 2, 8},
        {HEAD "t,,a,,1,2,,,\nt,,a,,2,2,,,\n", "model",
         "'a' has counts for this task and segment already (evals.csv:2), expected one row of them", 3, 4},
        {HEAD "t,,a,,1,2,,,\nt,,a,i,1,,,,\n", "model",
         "'a' has counts for this task and segment too (evals.csv:2), expected counts or items", 3, 4},
        {HEAD "t,,a,i,1,,,,\nt,,a,i,0,,,,\n", "model",
         "item 'i' of 'a' is graded twice (evals.csv:2), expected different runs", 3, 4},
        {HEAD "t,x,a,i,1,,,,\nt,y,b,i,0,,,,\n", "model",
         "item 'i' is in segment 'y' here and in 'x' before, expected the same", 3, 5},
        {HEAD "t,,a,i,1,,,k,\nt,,b,i,0,,,,\n", "model",
         "item 'i' is in cluster '' here and in 'k' before, expected the same", 3, 4},
        {"task,model,passed,n,workload\nt,a,1,2,w\n", "workload",
         "'w' is the workload of no project, expected its project too", 2, 9},
        {"task,model,passed,n,latency_ms\nt,a,1,2,900\n", "latency_ms",
         "'900' in a row of counts, expected it in rows of single items only", 2, 9},
        {"task,model,passed,item,latency_p95_ms\nt,a,1,i,900\n", "latency_p95_ms",
         "'900' in a row of one item, expected 'latency_ms', what its answer took", 2, 9},
        {"task,model,passed,item,latency_ms\nt,a,1,i,-4\n", "latency_ms",
         "'-4' is no number of milliseconds, expected a number from 0", 2, 9},
        {"task,model,passed,n,latency_p95_ms\nt,a,1,2,1.2s\n", "latency_p95_ms",
         "'1.2s' is no number of milliseconds, expected a number from 0", 2, 9},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_evidence_free(parse_with(cases[i].text, NULL, NULL, SC_E_INPUT));
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_STR(errors.item[0].key, cases[i].key);
        EXPECT_I64(errors.item[0].line, cases[i].line);
        EXPECT_I64(errors.item[0].column, cases[i].column);
    }
    /* one run says all */
    sc_evidence_free(parse_with(HEAD ",,a,,1,2,,,\nt,,,,1,2,,,\nt,,a,,3,2,,,\n", NULL, NULL, SC_E_INPUT));
    EXPECT_I64(errors.count, 3);
#undef HEAD
}

static void maps(void)
{
    sc_evidence *e = parse_with("kind,id,x:ok,y:ok,x:len,y:len,x:ms,bad\n"
                                "k,1,1,0,100,50,700,0\n"
                                "k,2,0,1,100,50,800,0\n"
                                "l,1,1,,100,,,0\n"
                                "l,2,1,1,100,50,900,1\n",
                                "field,column,model,value,reason\n"
                                "task,,,questions,\n"
                                "segment,kind,,,\n"
                                "item,kind,,,\n"
                                "item,id,,,\n"
                                "passed,*:ok,,,\n"
                                "output_tokens,*:len,,,\n"
                                "latency_ms,*:ms,,,\n"
                                "exclude,bad,,1,contaminated\n",
                                NULL, SC_OK);
    if (e == NULL)
        return;
    EXPECT_I64(sc_evidence_model_count(e), 2);
    EXPECT_STR(sc_evidence_model_name(e, 0), "x");
    EXPECT_I64(sc_evidence_excluded_count(e), 2);
    const sc_evidence_comparison c = compare(e, "x", "y", &two_points);
    EXPECT_I64(c.n_a, 3);
    EXPECT_I64(c.n_b, 2);
    EXPECT_I64(c.common, 2);
    EXPECT_I64(c.only_a, 1);
    EXPECT_I64(c.only_b, 1);
    EXPECT_I64(c.output_tokens.n, 2);
    EXPECT_REL(c.output_tokens.value, 0.5, 1e-15);
    EXPECT_REL(c.output_tokens.low, 0.5, 1e-12);
    EXPECT_I64(c.input_tokens.n, 0);
    sc_latency l;
    EXPECT_I64(sc_evidence_latency(e, &everything, 0, -1, 750.0, 0.9, &l), SC_OK);
    EXPECT_I64(l.n, 2);
    EXPECT_I64(l.above, 1);
    sc_evidence_free(e);
}

static void refuses_mappings(void)
{
#define MAP "field,column,model,value,reason\n"
    static const struct {
        const char *mapping, *file, *message;
        int line, column;
    } cases[] = {
        {MAP "tsk,x,,,\n", "map.csv", "unknown field 'tsk'; did you mean 'task'?", 2, 1},
        {MAP "task,,,t,\n", "map.csv", "nothing is mapped to 'passed' or 'score', expected a row for it", 1, 1},
        {MAP "passed,x,a,,\n", "map.csv", "nothing is mapped to 'task', expected a row for it", 1, 1},
        {MAP "task,x,,t,\n", "map.csv", "both a column and a value, expected one of them", 2, 6},
        {MAP "task,,,t,\ntask,x,,,\npassed,x,a,,\n", "map.csv", "'task' is mapped twice (line 2), expected once", 3, 1},
        {MAP "task,,,t,\npassed,x,,,\n", "map.csv", "is empty, expected the model whose passed the column has", 3, 10},
        {MAP "task,,,t,\npassed,*x,a,,\n", "map.csv",
         "'a' beside a column with '*', which stands for the model; expected none", 3, 11},
        {MAP "task,,,t,\npassed,x,a,,\nexclude,x,,1,\n", "map.csv", "is empty, expected why these rows do not count", 4,
         14},
        {MAP "task,,,t,\npassed,x,a,,\nexclude,,b,,why\n", "map.csv",
         "'b' is no model of the mapping, expected one that has outcomes", 4, 10},
        {MAP "task,,,t,\npassed,xx,a,,\n", "map.csv", "'xx' is no column of evals.csv; did you mean 'x'?", 3, 8},
        {MAP "task,,,t,\npassed,x,a,,\npassed,y,a,,\n", "map.csv",
         "'y' is the passed of 'a' after 'x', expected one column", 4, 8},
        {MAP "task,y,,,\npassed,x,a,,\n", "evals.csv", "the row has no task, expected one in the mapped column", 3, 1},
        {MAP "task,,,t,\nscore,x,a,,\npassed,y,b,,\n", "evals.csv",
         "'q' says neither passed nor failed, expected 1 or 0", 2, 3},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_evidence_free(parse_with("x,y\n1,q\n0,\n", cases[i].mapping, NULL, SC_E_INPUT));
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_STR(errors.item[0].file, cases[i].file);
        EXPECT_I64(errors.item[0].line, cases[i].line);
        EXPECT_I64(errors.item[0].column, cases[i].column);
    }
#undef MAP
}

/* Rows that name the workload go before those of the project, and these before those of any. */
static void selects(void)
{
    static const struct {
        const char *project, *workload, *task;
        int64_t n;
    } cases[] = {{NULL, NULL, NULL, 111}, {"p", "w", NULL, 10},   {"p", "v", NULL, 100}, {"q", "w", NULL, 1},
                 {"p", NULL, NULL, 110},  {NULL, NULL, "t", 111}, {NULL, NULL, "u", 0}};
    sc_evidence *e = parse("project,workload,task,model,passed,n\n,,t,m,0,1\np,w,t,m,0,10\np,,t,m,0,100\n");
    for (size_t i = 0; e != NULL && i < COUNT(cases); i++) {
        const sc_evidence_query q = {cases[i].project, cases[i].workload, cases[i].task, NULL};
        sc_quality quality;
        EXPECT_I64(sc_evidence_quality(e, &q, 0, 0.5, 0.9, &quality), SC_OK);
        EXPECT_I64(quality.n, cases[i].n);
        EXPECT_I64(sc_evidence_has(e, &q, 0), cases[i].n > 0);
    }
    sc_evidence_free(e);
}

/* ---- variates and populations */

static void draws_beta_variates(void)
{
    static const struct {
        double a, b;
    } cases[] = {{0.3, 0.4}, {1.0, 1.0}, {8.0, 2.0}, {0.05, 3.0}, {400.0, 90.0}};
    enum { N = 20000 };
    const sc_stream stream = ev_stream(5);
    for (size_t k = 0; k < COUNT(cases); k++) {
        const double a = cases[k].a, b = cases[k].b, median = gsl_cdf_beta_Pinv(0.5, a, b);
        const double tail = gsl_cdf_beta_Pinv(0.95, a, b);
        double sum = 0.0;
        int below = 0, above = 0;
        for (size_t i = 0; i < N; i++) {
            ev_random r = ev_random_of(&stream, i, (uint32_t)k);
            const double x = ev_beta(&r, a, b);
            sum += x;
            below += x < median;
            above += x > tail;
        }
        const double variance = a * b / ((a + b) * (a + b) * (a + b + 1.0));
        EXPECT_ABS(sum / N, a / (a + b), 4.0 * sqrt(variance / N));
        EXPECT_ABS(below / (double)N, 0.5, 4.0 * sqrt(0.25 / N));
        EXPECT_ABS(above / (double)N, 0.05, 4.0 * sqrt(0.0475 / N));
    }
}

/* The posterior of the population's parameters against the beta-binomial likelihood from GSL on the same points. */
static void fits_populations(void)
{
    static const double passed[] = {8.0, 5.5, 9.0}, n[] = {10.0, 10.0, 12.5};
    ev_population *p = SC_NEW(ev_population);
    double total = 0.0, worst = 0.0, *weight = SC_NEW_ARRAY(double, EV_GRID);
    ev_population_fit(p, passed, n, 3);
    for (size_t at = 0; at < p->n; at++) {
        const double a = p->alpha[at], b = p->beta[at], mean = a / (a + b);
        double log_weight = log(mean * (1.0 - mean)); /* even steps of the logit */
        for (int i = 0; i < 3; i++)
            log_weight += gsl_sf_lnbeta(passed[i] + a, n[i] - passed[i] + b) - gsl_sf_lnbeta(a, b);
        total += weight[at] = exp(log_weight);
    }
    for (size_t at = 0; at < p->n; at++) {
        const double error = fabs(weight[at] / total - ev_population_probability(p, at));
        worst = error > worst ? error : worst;
    }
    EXPECT_TRUE(p->n > 100);
    EXPECT_ABS(worst, 0.0, 1e-10);
    sc_free(weight);
    sc_free(p);
}

/* ---- one model */

/* P(quality >= floor) and the mean by brute force over (m, k): midpoint rule in m and in 1 / sqrt(k). */
static void brute_force(const double *passed, const double *n, size_t offers, double floor, double *mean, double *above)
{
    double total = 0.0, sum = 0.0, tail = 0.0;
    for (int i = 0; i < 400; i++) {
        for (int j = 0; j < 60; j++) {
            const double m = (i + 0.5) / 400.0, root = (j + 0.5) / 60.0, a = m / (root * root),
                         b = (1.0 - m) / (root * root);
            double log_weight = 0.0;
            for (size_t k = 0; k < offers; k++)
                log_weight += gsl_sf_lnbeta(passed[k] + a, n[k] - passed[k] + b) - gsl_sf_lnbeta(a, b);
            const double weight = exp(log_weight);
            total += weight;
            sum += weight * (a + passed[0]) / (a + b + n[0]);
            tail += weight * gsl_cdf_beta_Q(floor, a + passed[0], b + n[0] - passed[0]);
        }
    }
    *mean = sum / total;
    *above = tail / total;
}

static void shrinks_quality(void)
{
    static const double passed[] = {19.0, 14.0, 12.0, 15.0, 13.0}, n[] = {20.0, 20.0, 20.0, 20.0, 20.0};
    sc_evidence *e = parse("task,model,passed,n\nt,a,19,20\nt,b,14,20\nt,c,12,20\nt,d,15,20\nt,e,13,20\n");
    sc_quality q;
    double mean, above;
    brute_force(passed, n, 5, 0.8, &mean, &above);
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.8, 0.9, &q), SC_OK);
    EXPECT_I64(q.method, SC_EVIDENCE_COUNTS);
    EXPECT_I64(q.offers, 5);
    EXPECT_ABS(q.mean, mean, 0.003);
    EXPECT_ABS(q.p_floor, above, 0.01);
    EXPECT_TRUE(q.mean < 0.9 && q.mean > 0.75); /* 0.95 in the sample, 0.73 in all */
    EXPECT_TRUE(q.low < q.mean && q.mean < q.high);
    sc_evidence_free(e);

    /* alone, and much of it: as if there were no prior */
    e = parse("task,model,passed,n\nt,a,9000,10000\n");
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.9, 0.9, &q), SC_OK);
    EXPECT_ABS(q.mean, 0.9, 2e-4);
    EXPECT_ABS(q.low, gsl_cdf_beta_Pinv(0.05, 9001.0, 1001.0), 5e-4);
    EXPECT_ABS(q.high, gsl_cdf_beta_Pinv(0.95, 9001.0, 1001.0), 5e-4);
    sc_evidence_free(e);
}

/* Ten answers in each of ten clusters that agree tell as much as ten answers; one cluster as much as one. */
static void counts_clusters(void)
{
    sc_strbuf text = {0};
    sc_quality q, alone;
    sc_strbuf_puts(&text, "task,model,item,cluster,passed\n");
    for (int i = 0; i < 100; i++)
        sc_strbuf_printf(&text, "t,a,%d,c%d,%d\n", i, i / 10, i / 10 < 7);
    sc_evidence *e = parse(text.text), *f = parse("task,model,passed,n\nt,a,7,10\n");
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.6, 0.9, &q), SC_OK);
    EXPECT_I64(sc_evidence_quality(f, &everything, 0, 0.6, 0.9, &alone), SC_OK);
    EXPECT_I64(q.n, 100);
    EXPECT_I64(q.clusters, 10);
    /* sums of 3 and of -7 in clusters of ten; 10/9 and 100/99 for the degrees of freedom */
    EXPECT_REL(q.design_effect, (7 * 9.0 + 3 * 49.0) * 10.0 / 9.0 / (100 * 0.21 * 100.0 / 99.0), 1e-12);
    EXPECT_ABS(q.p_floor, alone.p_floor, 0.02);
    EXPECT_ABS(q.high - q.low, alone.high - alone.low, 0.03);
    sc_evidence_free(e);
    sc_evidence_free(f);

    e = parse("task,model,item,cluster,passed\nt,a,1,c,1\nt,a,2,c,1\nt,a,3,c,0\nt,a,4,c,1\n");
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.6, 0.9, &q), SC_OK);
    EXPECT_REL(q.design_effect, 4.0, 1e-15);
    sc_evidence_free(e);

    /* repeats of an item are a cluster */
    e = parse("task,model,item,run,passed\nt,a,1,1,1\nt,a,1,2,1\nt,a,2,1,0\nt,a,2,2,0\n");
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.6, 0.9, &q), SC_OK);
    EXPECT_I64(q.items, 2);
    EXPECT_REL(q.design_effect, (1.0 + 1.0) * 2.0 / (4 * 0.25 * 4.0 / 3.0), 1e-12);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
}

/* A sample of scores without any variation is no certainty; a large one has the standard error of its mean. */
static void bootstraps_scores(void)
{
    sc_strbuf text = {0};
    sc_quality q;
    sc_evidence *e = parse("task,model,item,score\nt,a,1,0.5\nt,a,2,0.5\nt,a,3,0.5\n");
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.6, 0.9, &q), SC_OK);
    EXPECT_I64(q.method, SC_EVIDENCE_SCORES);
    EXPECT_TRUE(q.low < 0.4 && q.high > 0.6);
    sc_evidence_free(e);
    sc_strbuf_puts(&text, "task,model,item,score\n");
    for (int i = 0; i < 400; i++)
        sc_strbuf_printf(&text, "t,a,%d,%s\n", i, i % 2 ? "0.75" : "0.25");
    e = parse(text.text);
    EXPECT_I64(sc_evidence_quality(e, &everything, 0, 0.5, 0.9, &q), SC_OK);
    EXPECT_ABS(q.mean, 0.5, 0.001);
    EXPECT_ABS((q.high - q.low) / (2.0 * 1.6449 * 0.25 / 20.0), 1.0, 0.05);
    EXPECT_ABS(q.p_floor, 0.5, 0.02);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
}

/* ---- two models */

/* A table of so many items of each kind for models a and b. */
static sc_evidence *cells(int both, int only_a, int only_b, int neither)
{
    const int n[4] = {both, only_a, only_b, neither}, a[4] = {1, 1, 0, 0}, b[4] = {1, 0, 1, 0};
    sc_strbuf text = {0};
    int item = 0;
    sc_strbuf_puts(&text, "task,model,item,passed\n");
    for (int k = 0; k < 4; k++) {
        for (int i = 0; i < n[k]; i++, item++)
            sc_strbuf_printf(&text, "t,a,%d,%d\nt,b,%d,%d\n", item, a[k], item, b[k]);
    }
    sc_evidence *e = parse(text.text);
    sc_strbuf_release(&text);
    return e;
}

/* Density of the posterior of a rate, x of n, under a population. */
static double density(const ev_population *p, double x, double n, double at)
{
    double sum = 0.0;
    for (size_t i = 0; i < p->n; i++)
        sum += ev_population_probability(p, i) * gsl_ran_beta_pdf(at, p->alpha[i] + x, p->beta[i] + n - x);
    return sum;
}

/* P(d (2 s - 1) >= bound) by quadrature over d, the share t of b's own part, and s ~ Beta(2 n t, 2 n (1 - t)). */
static double exact_tail(const ev_posterior *p, double bound)
{
    enum { NODES = 100 };
    gsl_integration_glfixed_table *nodes = gsl_integration_glfixed_table_alloc(NODES);
    const double n = p->only_a + p->only_b, all = n + p->both + p->neither;
    double sum = 0.0;
    for (size_t i = 0; i < NODES; i++) {
        double d, weight_d, above = 0.0;
        gsl_integration_glfixed_point(0.0, 0.5, i, &d, &weight_d, nodes); /* d is near 0.14 */
        const double least = 0.5 * (1.0 + bound / d);
        for (size_t j = 0; j < NODES; j++) {
            double t, weight_t;
            gsl_integration_glfixed_point(0.0, 1.0, j, &t, &weight_t, nodes);
            const double tail = least >= 1.0   ? 0.0
                                : least <= 0.0 ? 1.0
                                               : gsl_cdf_beta_Q(least, 2 * n * t, 2 * n * (1 - t));
            if (tail > 0.0)
                above += weight_t * density(&p->share, 2.0 * p->only_b, 2.0 * n, t) * tail;
        }
        sum += weight_d * density(&p->discordant, n, all, d) * above;
    }
    gsl_integration_glfixed_table_free(nodes);
    return sum;
}

static void compares_pairs(void)
{
    sc_evidence *e = cells(70, 8, 6, 16);
    ev_posterior *p = NULL;
    const sc_evidence_comparison c = compare(e, "a", "b", &two_points);
    EXPECT_I64(c.method, SC_EVIDENCE_PAIRED);
    EXPECT_I64(c.both, 70);
    EXPECT_I64(c.only_a, 8);
    EXPECT_I64(c.only_b, 6);
    EXPECT_I64(c.neither, 16);
    EXPECT_REL(c.observed, -0.02, 1e-12);
    EXPECT_REL(c.sum_a, 78.0, 1e-15);
    if (EXPECT_I64(ev_posterior_two(e, &everything, 0, 1, &p), SC_OK)) {
        const double error = 4.0 * sqrt(0.25 / (double)EV_DRAWS);
        EXPECT_ABS(c.p_noninferior, exact_tail(p, -0.02), error);
        EXPECT_ABS(c.p_better, exact_tail(p, 0.0), error);
        EXPECT_ABS(c.p_equivalent, exact_tail(p, -0.02) - exact_tail(p, 0.02), 2.0 * error);
    }
    ev_posterior_free(p);
    sc_evidence_free(e);

    /* many items: the normal limit of the difference of paired shares */
    e = cells(700, 80, 60, 160);
    const sc_evidence_comparison many = compare(e, "a", "b", &two_points);
    const double sd = sqrt((0.14 - 0.0004) / 1000.0);
    EXPECT_ABS(many.difference, -0.02, 0.002);
    EXPECT_ABS(many.sd / sd, 1.0, 0.05);
    EXPECT_ABS(many.item_variance, 0.14, 0.01);
    sc_evidence_free(e);
}

/* "No measurable difference" means equivalent: too few items are not. */
static void knows_equivalence(void)
{
    static const struct {
        int both, only_a, only_b, neither;
        sc_evidence_verdict verdict;
    } cases[] = {{10, 1, 1, 3, SC_EVIDENCE_UNDECIDED},
                 {1500, 20, 20, 300, SC_EVIDENCE_EQUIVALENT},
                 {60, 2, 30, 20, SC_EVIDENCE_BETTER},
                 {60, 30, 2, 20, SC_EVIDENCE_WORSE},
                 {4000, 40, 110, 900, SC_EVIDENCE_EQUIVALENT}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        sc_evidence *e = cells(cases[i].both, cases[i].only_a, cases[i].only_b, cases[i].neither);
        const sc_evidence_comparison c = compare(e, "a", "b", &two_points);
        EXPECT_STR(sc_evidence_verdict_name(sc_evidence_verdict_of(&c, 0.9)),
                   sc_evidence_verdict_name(cases[i].verdict));
        EXPECT_TRUE((sc_evidence_items_needed(&c, 0.9, 0.8) > 0) == (cases[i].verdict == SC_EVIDENCE_UNDECIDED));
        sc_evidence_free(e);
    }
}

/* P(theta_b - theta_a >= bound) of two betas by quadrature. */
typedef struct two_betas {
    double a1, b1, a2, b2, bound;
} two_betas;

static double two_at(double t, void *context)
{
    const two_betas *x = context;
    const double least = t + x->bound;
    const double above = least >= 1.0 ? 0.0 : least <= 0.0 ? 1.0 : gsl_cdf_beta_Q(least, x->a2, x->b2);
    return gsl_ran_beta_pdf(t, x->a1, x->b1) * above;
}

static void compares_counts(void)
{
    sc_evidence *e = parse("task,model,passed,n\nt,a,160,200\nt,b,110,150\n");
    ev_posterior *p = NULL;
    const sc_evidence_comparison c = compare(e, "a", "b", &two_points);
    EXPECT_I64(c.method, SC_EVIDENCE_COUNTS);
    EXPECT_I64(c.common, 0);
    EXPECT_REL(c.observed, 110.0 / 150.0 - 0.8, 1e-12);
    if (EXPECT_I64(ev_posterior_two(e, &everything, 0, 1, &p), SC_OK)) {
        gsl_integration_glfixed_table *nodes = gsl_integration_glfixed_table_alloc(200);
        double expected = 0.0;
        for (size_t i = 0; i < p->rates.n; i++) {
            const double a = p->rates.alpha[i], b = p->rates.beta[i];
            two_betas x = {a + 160.0, b + 40.0, a + 110.0, b + 40.0, -0.02};
            gsl_function f = {two_at, &x};
            expected += ev_population_probability(&p->rates, i) * gsl_integration_glfixed(&f, 0.0, 1.0, nodes);
        }
        EXPECT_ABS(c.p_noninferior, expected, 4.0 * sqrt(0.25 / (double)EV_DRAWS));
        gsl_integration_glfixed_table_free(nodes);
    }
    ev_posterior_free(p);
    sc_evidence_free(e);
}

/* Repeats and scores of common items. */
static void compares_scores(void)
{
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, "task,model,item,score\n");
    for (int i = 0; i < 200; i++)
        sc_strbuf_printf(&text, "t,a,%d,0.%d\nt,b,%d,0.%d\n", i, 30 + i % 40, i, 40 + i % 40 + (i % 2 ? 5 : -5));
    sc_evidence *e = parse(text.text);
    const sc_evidence_comparison c = compare(e, "a", "b", &two_points);
    EXPECT_I64(c.method, SC_EVIDENCE_PAIRED_SCORES);
    EXPECT_ABS(c.observed, 0.1, 1e-9);
    EXPECT_ABS(c.difference, 0.1, 0.002);
    EXPECT_I64(sc_evidence_verdict_of(&c, 0.9), SC_EVIDENCE_BETTER);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
    e = parse("task,model,item,run,passed\nt,a,1,1,1\nt,a,1,2,0\nt,b,1,1,1\nt,b,1,2,1\nt,a,2,1,1\nt,b,2,1,1\n");
    const sc_evidence_comparison repeats = compare(e, "a", "b", &two_points);
    EXPECT_I64(repeats.method, SC_EVIDENCE_PAIRED_SCORES);
    EXPECT_I64(repeats.common, 2);
    EXPECT_I64(repeats.n_a, 3);
    EXPECT_REL(repeats.observed, 0.25, 1e-12);
    EXPECT_TRUE(repeats.p_better < 0.9); /* two items */
    sc_evidence_free(e);
}

/* Nothing follows from nothing, whatever the other models do. */
static void needs_evidence(void)
{
    sc_evidence *e = parse("task,model,passed,n\nt,a,90,100\nt,c,90,100\nt,d,90,100\nu,b,90,100\n");
    const sc_evidence_query q = {NULL, NULL, "t", NULL};
    const size_t b = (size_t)sc_evidence_model_of(e, "b");
    sc_evidence_comparison c;
    sc_quality quality;
    double drawn_a[2], drawn_b[2];
    EXPECT_I64(sc_evidence_compare(e, &q, 0, b, &two_points, &c), SC_OK);
    EXPECT_I64(c.method, SC_EVIDENCE_NONE);
    EXPECT_TRUE(c.p_noninferior == 0.0 && c.p_equivalent == 0.0 && c.p_better == 0.0);
    EXPECT_TRUE(c.low == -1.0 && c.high == 1.0);
    EXPECT_I64(sc_evidence_verdict_of(&c, 0.5), SC_EVIDENCE_UNDECIDED);
    EXPECT_TRUE(sc_evidence_items_needed(&c, 0.9, 0.8) > 0);
    EXPECT_I64(sc_evidence_quality(e, &q, b, 0.1, 0.9, &quality), SC_OK);
    EXPECT_TRUE(quality.p_floor == 0.0 && quality.low == 0.0 && quality.high == 1.0);
    EXPECT_I64(sc_evidence_draw_pair(e, &q, 0, b, 1, 2, drawn_a, drawn_b), SC_OK);
    EXPECT_TRUE(drawn_a[0] != drawn_b[0]);
    EXPECT_I64(sc_evidence_compare(e, &q, 0, 0, &two_points, &c), SC_E_USAGE);
    EXPECT_I64(sc_evidence_compare(e, &q, 0, 99, &two_points, &c), SC_E_USAGE);
    EXPECT_I64(sc_evidence_quality(e, &q, 0, 0.5, 1.0, &quality), SC_E_USAGE);
    sc_evidence_free(e);
}

/* P(b is non-inferior to a), with a third model or without. */
static double with_third(const char *rows, const char *third)
{
    sc_strbuf text = {0};
    sc_strbuf_printf(&text, "task,model,item,passed,n\n%s%s", rows, third);
    sc_evidence *e = parse(text.text);
    const sc_evidence_comparison c = compare(e, "a", "b", &two_points);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
    return c.p_noninferior;
}

/* A worse model among those that were tried makes no other one look better, by counts or by pairs. */
static void worse_model_helps_nobody(void)
{
    static const int sizes[] = {50, 200, 1000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        const int n = sizes[i];
        for (int more = -2; more <= 3; more++) {
            sc_strbuf rows = {0}, third = {0};
            sc_strbuf_printf(&rows, "t,a,,%d,%d\nt,b,,%d,%d\n", n * 92 / 100, n, n * (92 + more) / 100, n);
            sc_strbuf_printf(&third, "t,w,,%d,%d\n", n * 60 / 100, n);
            EXPECT_TRUE(with_third(rows.text, third.text) <= with_third(rows.text, ""));
            sc_strbuf_release(&rows);
            sc_strbuf_release(&third);
        }
    }
    for (int only_b = 5; only_b <= 15; only_b += 5) {
        sc_strbuf rows = {0}, third = {0};
        for (int k = 0; k < 300; k++) {
            const int passes_a = k >= 30, passes_b = k < only_b || k >= 40;
            sc_strbuf_printf(&rows, "t,a,%d,%d,\nt,b,%d,%d,\n", k, passes_a, k, passes_b);
            sc_strbuf_printf(&third, "t,w,%d,%d,\n", k, k % 5 > 1);
        }
        EXPECT_TRUE(with_third(rows.text, third.text) <= with_third(rows.text, ""));
        sc_strbuf_release(&rows);
        sc_strbuf_release(&third);
    }
}

/* Draw i depends on the seed and i alone, and is what the comparison is computed from. */
static void draws_are_stable(void)
{
    enum { N = 500 };
    static double a[N], b[N], again_a[N], again_b[N];
    sc_evidence *e = cells(70, 8, 6, 16);
    sc_evidence_options few = two_points;
    sc_evidence_comparison c;
    int noninferior = 0;
    few.draws = N;
    EXPECT_I64(sc_evidence_draw_pair(e, &everything, 0, 1, 1, N, a, b), SC_OK);
    EXPECT_I64(sc_evidence_draw_pair(e, &everything, 0, 1, 1, N / 2, again_a, again_b), SC_OK);
    EXPECT_TRUE(memcmp(a, again_a, N / 2 * sizeof *a) == 0 && memcmp(b, again_b, N / 2 * sizeof *b) == 0);
    EXPECT_I64(sc_evidence_compare(e, &everything, 0, 1, &few, &c), SC_OK);
    for (int i = 0; i < N; i++)
        noninferior += b[i] - a[i] >= -0.02;
    EXPECT_REL(c.p_noninferior, noninferior / (double)N, 1e-15);
    EXPECT_I64(sc_evidence_draw_pair(e, &everything, 0, 1, 2, 1, again_a, again_b), SC_OK);
    EXPECT_TRUE(again_a[0] != a[0]);
    EXPECT_I64(sc_evidence_draw(e, &everything, 0, 1, N, a), SC_OK);
    sc_evidence_free(e);
}

/* ---- what testing is worth */

static void values_tests(void)
{
    sc_evidence_comparison c = {.method = SC_EVIDENCE_PAIRED,
                                .difference = 0.01,
                                .sd = 0.05,
                                .margin = 0.02,
                                .p_noninferior = 0.72,
                                .item_variance = 0.2};
    const int64_t n = sc_evidence_items_needed(&c, 0.9, 0.8);
    const sc_evidence_value at = sc_evidence_value_of_items(&c, n, 0.9, 1000.0, 0.0);
    const sc_evidence_value less = sc_evidence_value_of_items(&c, n - 1, 0.9, 1000.0, 0.0);
    EXPECT_TRUE(n > 100 && n < 10000);
    EXPECT_TRUE(at.p_decided >= 0.8 && less.p_decided < 0.8);
    EXPECT_REL(at.unlocked, 1000.0 * at.p_switch, 1e-12);
    EXPECT_TRUE(at.p_switch < at.p_decided);

    /* by simulation: the difference, then a mean of n items, then the decision */
    const sc_stream stream = ev_stream(9);
    enum { TIMES = 40000 };
    double gain = 0.0;
    int decided = 0, switched = 0;
    for (size_t i = 0; i < TIMES; i++) {
        ev_random r = ev_random_of(&stream, i, 0);
        const double truth = 0.01 + 0.05 * ev_normal(&r), seen = truth + sqrt(0.2 / (double)n) * ev_normal(&r);
        const double precision = 1.0 / 0.0025 + (double)n / 0.2,
                     mean = (0.01 / 0.0025 + seen * (double)n / 0.2) / precision;
        const double p = gsl_cdf_ugaussian_P((mean + 0.02) * sqrt(precision));
        decided += p >= 0.9 || p <= 0.1;
        switched += p >= 0.9;
        gain += 50.0 + 2000.0 * mean > 0.0 ? 50.0 + 2000.0 * mean : 0.0;
    }
    EXPECT_ABS(at.p_decided, decided / (double)TIMES, 0.01);
    EXPECT_ABS(at.p_switch, switched / (double)TIMES, 0.01);
    const sc_evidence_value priced = sc_evidence_value_of_items(&c, n, 0.9, 50.0, 2000.0);
    EXPECT_ABS(priced.evsi, gain / TIMES - (50.0 + 20.0), 1.5);

    c.p_noninferior = 0.95;
    EXPECT_I64(sc_evidence_items_needed(&c, 0.9, 0.8), 0);
    EXPECT_TRUE(sc_evidence_value_of_items(&c, 100, 0.9, 1000.0, 0.0).unlocked == 0.0);
    c.p_noninferior = 0.5;
    c.difference = -0.02;
    c.sd = 1e-5;
    EXPECT_I64(sc_evidence_items_needed(&c, 0.9, 0.8), -1);
}

/* ---- failures */

static void survives_no_memory(void)
{
    static const char text[] =
        "task,segment,model,item,cluster,passed\nt,s,a,1,c,1\nt,s,b,1,c,0\nt,r,a,2,,1\nt,r,b,2,,1\n";
    const sc_evidence_text table = {"evals.csv", text, sizeof text - 1};
    sc_code code = SC_E_MEMORY;
    sc_evidence *e = NULL;
    for (uint64_t n = 1; code != SC_OK; n++) {
        memset(&errors, 0, sizeof errors);
        (void)sc_alloc_fail_at(n);
        code = sc_evidence_parse(&table, 1, NULL, NULL, &e, &errors);
        (void)sc_alloc_fail_at(0);
        if (!EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && e == NULL && errors.errors > 0)))
            return;
    }
    code = SC_E_MEMORY;
    for (uint64_t n = 1; code != SC_OK; n++) {
        sc_evidence_comparison c;
        sc_evidence_options few = two_points;
        few.draws = 8;
        (void)sc_alloc_fail_at(n);
        code = sc_evidence_compare(e, &everything, 0, 1, &few, &c);
        (void)sc_alloc_fail_at(0);
        if (!EXPECT_TRUE(code == SC_OK || code == SC_E_MEMORY))
            break;
    }
    code = SC_E_MEMORY;
    for (uint64_t n = 1; code != SC_OK; n++) {
        sc_route *r = NULL;
        (void)sc_alloc_fail_at(n);
        code = sc_evidence_route(e, &everything, 0, 1, NULL, &r);
        (void)sc_alloc_fail_at(0);
        if (!EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && r == NULL)))
            break;
        sc_route_free(r);
    }
    sc_evidence_free(e);
}

static void loads_files(void)
{
    const char *const missing[] = {"tests/unit/data/no-such-evals.csv"};
    const char *const sample[] = {"scenarios/evals.csv"};
    sc_evidence *e = NULL;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_evidence_load(missing, 1, NULL, NULL, &e, &errors), SC_E_IO);
    EXPECT_TRUE(e == NULL);
    EXPECT_I64(sc_evidence_load(NULL, 0, NULL, NULL, &e, &errors), SC_OK);
    EXPECT_I64(sc_evidence_model_count(e), 0);
    sc_evidence_free(e);
    EXPECT_I64(sc_evidence_load(sample, 1, NULL, NULL, &e, NULL), SC_OK);
    EXPECT_TRUE(e != NULL && sc_evidence_model_count(e) > 3);
    sc_evidence_free(e);
}

CU_ErrorCode test_evidence_register(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {{"reads", reads},
                 {"models", resolves_models},
                 {"refuses", refuses},
                 {"maps", maps},
                 {"refuses mappings", refuses_mappings},
                 {"selects", selects},
                 {"beta variates", draws_beta_variates},
                 {"populations", fits_populations},
                 {"quality", shrinks_quality},
                 {"clusters", counts_clusters},
                 {"scores", bootstraps_scores},
                 {"pairs", compares_pairs},
                 {"equivalence", knows_equivalence},
                 {"counts", compares_counts},
                 {"paired scores", compares_scores},
                 {"no evidence", needs_evidence},
                 {"worse model", worse_model_helps_nobody},
                 {"draws", draws_are_stable},
                 {"value of tests", values_tests},
                 {"no memory", survives_no_memory},
                 {"files", loads_files}};
    CU_pSuite suite = CU_add_suite("evidence", NULL, NULL);
    for (size_t i = 0; suite != NULL && i < sizeof tests / sizeof *tests; i++) {
        if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL)
            return CU_get_error();
    }
    return suite != NULL ? CUE_SUCCESS : CU_get_error();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_route.c - routing by segment and cascades on small made-up tables, against figures worked out by hand. */
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "expect.h"
#include "spendcast/evidence.h"

static const sc_evidence_query everything = {NULL, NULL, NULL, NULL};
static const sc_evidence_options ninety = {.margin = 0.02, .level = 0.90, .seed = 1};

static sc_evidence *parse(const char *text)
{
    const sc_evidence_text table = {"evals.csv", text, strlen(text)};
    sc_errors errors = {0};
    sc_evidence *e = NULL;
    if (!EXPECT_I64(sc_evidence_parse(&table, 1, NULL, NULL, &e, &errors), SC_OK))
        EXPECT_STR(errors.item[0].text, "");
    return e;
}

/* n items of a segment, of which so many only the strong model passes, and so many both. */
static void add_segment(sc_strbuf *text, const char *segment, int n, int only_strong, int both)
{
    for (int i = 0; i < n; i++)
        sc_strbuf_printf(text, "t,%s,weak,%s%d,%d\nt,%s,strong,%s%d,%d\n", segment, segment, i, i < both, segment,
                         segment, i, i < both + only_strong);
}

static sc_evidence *three_segments(void)
{
    sc_strbuf text = {0};
    sc_strbuf_puts(&text, "task,segment,model,item,passed\n");
    add_segment(&text, "easy", 200, 2, 190);
    add_segment(&text, "hard", 100, 60, 20);
    add_segment(&text, "middle", 100, 20, 60);
    sc_evidence *e = parse(text.text);
    sc_strbuf_release(&text);
    return e;
}

static void learns_an_order(void)
{
    sc_evidence *e = three_segments();
    sc_route *r = NULL;
    sc_route_curve c;
    if (!EXPECT_I64(sc_evidence_route(e, &everything, 0, 1, NULL, &r), SC_OK))
        return;
    EXPECT_I64(r->n, 3);
    EXPECT_STR(r->segments[0].segment, "hard");
    EXPECT_STR(r->segments[1].segment, "middle");
    EXPECT_STR(r->segments[2].segment, "easy");
    EXPECT_REL(r->segments[0].share, 0.25, 1e-15);
    EXPECT_REL(r->segments[0].weak, 0.2, 1e-15);
    EXPECT_REL(r->segments[0].strong, 0.8, 1e-15);
    EXPECT_TRUE(r->segments[0].gain < 0.6 && r->segments[0].gain > 0.5); /* toward the common gain */
    EXPECT_TRUE(r->segments[2].gain > 0.01 && r->segments[2].gain < 0.05);
    EXPECT_REL(r->weak, 270.0 / 400.0, 1e-12);
    EXPECT_TRUE(r->p_beats_random > 0.999 && r->promises && r->p_effect > 0.999);
    EXPECT_TRUE(r->curve.strong_share[0] == 0.0);
    EXPECT_REL(r->curve.strong_share[3], 1.0, 1e-12);

    /* on the items themselves: 60 and 20 and 2 of 82 answers are gained with 1/4, 1/4 and 1/2 of calls */
    EXPECT_I64(sc_route_score(r, e, &everything, 0, 1, &c), SC_OK);
    EXPECT_I64(c.n, 4);
    EXPECT_REL(c.quality[0], 270.0 / 400.0, 1e-12);
    EXPECT_REL(c.quality[1], 330.0 / 400.0, 1e-12);
    EXPECT_REL(c.quality[3], 352.0 / 400.0, 1e-12);
    EXPECT_REL(sc_route_curve_apgr(&c), (0.25 * 30 + 0.25 * 70 + 0.5 * 81) / 82.0, 1e-12);
    EXPECT_REL(sc_route_curve_share(&c, 0.5), 0.25 * 41.0 / 60.0, 1e-12);
    EXPECT_REL(sc_route_curve_share(&c, 0.8), 0.25 + 0.25 * (65.6 - 60.0) / 20.0, 1e-12);
    EXPECT_TRUE(sc_route_curve_share(&c, 0.0) == 0.0);
    sc_route_curve_release(&c);
    sc_route_free(r);
    sc_evidence_free(e);
}

/* Stated shares of calls replace those of the evidence. */
static void takes_shares(void)
{
    static const char *const names[] = {"hard", "easy"};
    static const double shares[] = {1.0, 3.0};
    const sc_route_options options = {.n_shares = 2, .share_segment = names, .share = shares};
    sc_evidence *e = three_segments();
    sc_route *r = NULL;
    EXPECT_I64(sc_evidence_route(e, &everything, 0, 1, &options, &r), SC_OK);
    if (r != NULL) {
        EXPECT_REL(r->segments[0].share, 0.25, 1e-15);
        EXPECT_TRUE(r->segments[1].share == 0.0);
        EXPECT_REL(r->segments[2].share, 0.75, 1e-15);
        EXPECT_REL(r->weak, 0.25 * 0.2 + 0.75 * 0.95, 1e-12);
    }
    sc_route_free(r);
    sc_evidence_free(e);
}

/* Counts of each model by itself will do where there are no common items. */
static void routes_by_counts(void)
{
    sc_evidence *e = parse("task,segment,model,passed,n\nt,a,weak,900,1000\nt,a,strong,905,1000\n"
                           "t,b,weak,500,1000\nt,b,strong,900,1000\nt,c,weak,10,20\n");
    sc_route *r = NULL;
    EXPECT_I64(sc_evidence_route(e, &everything, 0, 1, NULL, &r), SC_OK);
    if (EXPECT_TRUE(r != NULL) && EXPECT_I64(r->n, 2)) {
        EXPECT_STR(r->segments[0].segment, "b");
        EXPECT_ABS(r->segments[0].gain, 0.4, 0.01);
        EXPECT_TRUE(r->promises);
    }
    sc_route_free(r);
    sc_evidence_free(e);
}

/* One segment, equal gains, or no gap: nothing is promised. */
static void promises_nothing(void)
{
    sc_strbuf text = {0};
    sc_route *r = NULL;
    sc_route_curve c;
    sc_evidence *e = parse("task,segment,model,item,passed\nt,a,weak,1,0\nt,a,strong,1,1\n");
    EXPECT_I64(sc_evidence_route(e, &everything, 0, 1, NULL, &r), SC_OK);
    EXPECT_TRUE(r != NULL && r->n == 0 && !r->promises && r->p_beats_random == 0.0);
    sc_route_free(r);
    EXPECT_I64(sc_evidence_route(e, &everything, 0, 0, NULL, &r), SC_E_USAGE);
    sc_evidence_free(e);

    sc_strbuf_puts(&text, "task,segment,model,item,passed\n");
    add_segment(&text, "a", 300, 60, 150);
    add_segment(&text, "b", 300, 63, 147);
    add_segment(&text, "c", 300, 57, 150);
    e = parse(text.text);
    EXPECT_I64(sc_evidence_route(e, &everything, 0, 1, NULL, &r), SC_OK);
    EXPECT_TRUE(r != NULL && !r->promises && r->p_effect < 0.5);
    EXPECT_ABS(r != NULL ? r->apgr : 0.0, 0.5, 0.03);
    /* the other way round there is no gap to close */
    EXPECT_I64(sc_route_score(r, e, &everything, 1, 0, &c), SC_OK);
    EXPECT_TRUE(sc_route_curve_apgr(&c) == 0.0 && sc_route_curve_share(&c, 0.5) == 1.0);
    sc_route_curve_release(&c);
    sc_route_free(r);
    sc_route_free(NULL);
    sc_evidence_free(e);
    sc_strbuf_release(&text);
}

/* ---- cascades */

#define CASCADE_HEAD "task,model,item,passed,accepted\n"
/* both 3 (one not accepted), only weak 1, only strong 4 (one accepted), neither 2 (one accepted) */
static const char cascade_text[] = CASCADE_HEAD "t,w,1,1,1\nt,s,1,1,\nt,w,2,1,1\nt,s,2,1,\nt,w,3,1,0\nt,s,3,1,\n"
                                                "t,w,4,1,1\nt,s,4,0,\n"
                                                "t,w,5,0,0\nt,s,5,1,\nt,w,6,0,0\nt,s,6,1,\nt,w,7,0,0\nt,s,7,1,\n"
                                                "t,w,8,0,1\nt,s,8,1,\n"
                                                "t,w,9,0,0\nt,s,9,0,\nt,w,10,0,1\nt,s,10,0,\n";

static void cascades(void)
{
    static const struct {
        sc_cascade_check check;
        double quality, escalated;
    } cases[] = {{{0, 1.0, 0.0}, 0.8, 0.6}, /* perfect: what either passes */
                 {{0, 1.0, 1.0}, 0.4, 0.0}, /* accepts all: the weak model */
                 {{0, 0.0, 0.0}, 0.7, 1.0}, /* accepts nothing: the strong model */
                 {{0, 0.75, 0.25}, (3 + 0.75 + 0.75 * 4) / 10.0, (0.25 * 4 + 0.75 * 6) / 10.0},
                 {{1, 0.0, 0.0}, (2 + 1 + 1 + 3) / 10.0, 5 / 10.0}}; /* as the items say */
    sc_evidence *e = parse(cascade_text);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_cascade c;
        if (!EXPECT_I64(sc_evidence_cascade(e, &everything, 0, 1, &cases[i].check, &ninety, &c), SC_OK))
            continue;
        EXPECT_I64(c.n, 10);
        EXPECT_I64(c.both, 3);
        EXPECT_I64(c.only_weak, 1);
        EXPECT_I64(c.only_strong, 4);
        EXPECT_I64(c.neither, 2);
        EXPECT_REL(c.quality, cases[i].quality, 1e-12);
        EXPECT_ABS(c.escalated, cases[i].escalated, 1e-12);
        EXPECT_TRUE(c.quality_low < c.quality && c.quality < c.quality_high);
        EXPECT_TRUE(c.escalated_low <= c.escalated && c.escalated <= c.escalated_high);
        EXPECT_TRUE(c.p_noninferior > 0.0 && c.p_noninferior <= 1.0);
        if (cases[i].check.from_items) {
            EXPECT_REL(c.true_accept, 0.75, 1e-15);
            EXPECT_REL(c.false_accept, 2.0 / 6.0, 1e-15);
        }
    }
    const sc_cascade_check beyond = {.true_accept = 1.5};
    const sc_cascade_check seen = {.from_items = 1};
    sc_cascade c;
    EXPECT_I64(sc_evidence_cascade(e, &everything, 0, 1, &beyond, &ninety, &c), SC_E_USAGE);
    /* no check is known of the strong model's answers */
    EXPECT_I64(sc_evidence_cascade(e, &everything, 1, 0, &seen, &ninety, &c), SC_OK);
    EXPECT_I64(c.n, 0);
    sc_evidence_free(e);
}

/* With a perfect check a cascade is never worse than the strong model. */
static void perfect_check_loses_nothing(void)
{
    const sc_cascade_check perfect = {.true_accept = 1.0};
    sc_evidence_options strict = ninety;
    sc_evidence *e = parse(cascade_text);
    sc_cascade c;
    strict.margin = 0.0;
    EXPECT_I64(sc_evidence_cascade(e, &everything, 0, 1, &perfect, &strict, &c), SC_OK);
    EXPECT_TRUE(c.p_noninferior == 1.0);
    sc_evidence_free(e);
}

CU_ErrorCode test_route_register(void)
{
    CU_pSuite suite = CU_add_suite("route", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "order", learns_an_order) == NULL ||
        CU_add_test(suite, "shares", takes_shares) == NULL || CU_add_test(suite, "counts", routes_by_counts) == NULL ||
        CU_add_test(suite, "nothing to gain", promises_nothing) == NULL ||
        CU_add_test(suite, "cascades", cascades) == NULL ||
        CU_add_test(suite, "perfect check", perfect_check_loses_nothing) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

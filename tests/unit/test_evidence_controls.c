/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_evidence_controls.c - the advice on real graded answers: where there is something to gain it is found, where
 * there is nothing, nothing is promised.  Each control prints its figures. */
#include <gsl/gsl_cdf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "expect.h"
#include "io/csv_cursor.h"
#include "real_data.h"
#include "spendcast/evidence.h"
#include "stats/philox.h"

enum { MOST_CELLS = 64 };

/* ---- data as rows, so that tests can take some of them and change a column */

typedef struct grid {
    char *text;
    size_t rows, columns;
    sc_text *cell; /* [rows x MOST_CELLS], the header first */
} grid;

static void close_grid(grid *g)
{
    free(g->cell);
    sc_free(g->text);
}

static int open_grid(const char *name, unsigned long cases, grid *g)
{
    size_t size = 0, lines = 2;
    sc_csv_cursor cursor;
    *g = (grid){.text = data_text(name, cases, &size)};
    if (g->text == NULL)
        return 0;
    for (size_t i = 0; i < size; i++)
        lines += g->text[i] == '\n';
    g->cell = calloc(lines, MOST_CELLS * sizeof *g->cell);
    sc_csv_begin(&cursor, g->text, size, g->cell, MOST_CELLS);
    while (sc_csv_row(&cursor)) {
        g->columns = g->rows == 0 ? cursor.n : g->columns;
        EXPECT_I64(cursor.n, g->columns);
        cursor.cells = g->cell + ++g->rows * MOST_CELLS;
    }
    return EXPECT_TRUE(g->rows > 1);
}

/* One for each row: whether it is taken. */
static unsigned char *new_flags(const grid *g) { return calloc(g->rows + 1, 1); }

static sc_text cell(const grid *g, size_t row, size_t column) { return g->cell[row * MOST_CELLS + column]; }

static size_t column_of(const grid *g, const char *name)
{
    for (size_t c = 0; c < g->columns; c++) {
        if (sc_text_is(cell(g, 0, c), name))
            return c;
    }
    EXPECT_STR(name, "a column of the data");
    return 0;
}

static int64_t number_at(const grid *g, size_t row, size_t column)
{
    int64_t value = -1;
    const sc_text t = cell(g, row, column);
    EXPECT_I64(sc_decimal_parse(t.at, t.len, 0, &value), SC_OK);
    return value;
}

/* Evidence from the rows that keep[row] has, read through a mapping; the column `other` (NO_COLUMN = none) has the
 * cells of the rows other_row[row] instead of its own. */
#define NO_COLUMN SIZE_MAX
static sc_evidence *evidence_of(const grid *g, const unsigned char *keep, size_t other, const size_t *other_row,
                                const char *mapping)
{
    sc_strbuf text = {0};
    sc_errors errors = {0};
    sc_evidence *e = NULL;
    for (size_t r = 0; r < g->rows; r++) {
        for (size_t c = 0; c < g->columns && (r == 0 || keep[r]); c++) {
            const sc_text t = cell(g, r > 0 && c == other && other_row != NULL ? other_row[r] : r, c);
            sc_strbuf_add(&text, t.at, t.len);
            sc_strbuf_putc(&text, c + 1 < g->columns ? ',' : '\n');
        }
    }
    const sc_evidence_text table = {"data.csv", text.text, text.len}, map = {"mapping.csv", mapping, strlen(mapping)};
    if (!EXPECT_I64(sc_evidence_parse(&table, 1, &map, NULL, &e, &errors), SC_OK))
        EXPECT_STR(errors.item[0].text, "");
    sc_strbuf_release(&text);
    return e;
}

static size_t model_of(const sc_evidence *e, const char *name)
{
    const int model = sc_evidence_model_of(e, name);
    EXPECT_TRUE(model >= 0);
    return model >= 0 ? (size_t)model : 0;
}

/* Whole numbers below n from a stream of this seed. */
static size_t below(uint64_t seed, uint32_t i, size_t n)
{
    const sc_stream s = sc_stream_of(seed, "", "", "controls");
    uint32_t bits[4];
    sc_philox(&s, i, 0, 0, 0, bits);
    return (size_t)(sc_u01_53(bits[0], bits[1]) * (double)n);
}

static double uniform(uint64_t seed, uint32_t i)
{
    const sc_stream s = sc_stream_of(seed, "", "", "controls");
    uint32_t bits[4];
    sc_philox(&s, i, 1, 0, 0, bits);
    return sc_u01_53(bits[0], bits[1]);
}

/* A permutation of the rows that keep[] has (others map to themselves). */
static void shuffle(const unsigned char *keep, size_t rows, uint64_t seed, size_t *to)
{
    size_t *kept = calloc(rows + 1, sizeof *kept), n = 0;
    for (size_t r = 0; r < rows; r++) {
        to[r] = r;
        if (r > 0 && keep[r])
            kept[n++] = r;
    }
    for (size_t i = n; i > 1; i--) {
        const size_t j = below(seed, (uint32_t)i, i);
        const size_t swap = to[kept[i - 1]];
        to[kept[i - 1]] = to[kept[j]];
        to[kept[j]] = swap;
    }
    free(kept);
}

static const sc_evidence_query everything = {NULL, NULL, NULL, NULL};

/* ---- routing */

#define ROUTELLM_MAP                 \
    "field,column,model,value\n"     \
    "task,,,mmlu\n"                  \
    "segment,subject,,\n"            \
    "item,subject,,\nitem,idx,,\n"   \
    "passed,mixtral_8x7b,mixtral,\n" \
    "passed,gpt4_1106,gpt-4,\n"

/* Rows whose idx leaves this remainder by 4. */
static unsigned char *by_index(const grid *g, int64_t remainder)
{
    const size_t idx = column_of(g, "idx");
    unsigned char *keep = new_flags(g);
    for (size_t r = 1; r < g->rows; r++)
        keep[r] = number_at(g, r, idx) % 4 == remainder;
    return keep;
}

typedef struct routed {
    double p_beats, apgr, half, four_fifths;
    int promises;
} routed;

/* Learns on one set, scores on the other; `to` shuffles the labels that are learnt from. */
static routed route(const grid *g, const unsigned char *learn, const unsigned char *score, size_t label,
                    const size_t *to, const char *mapping, const char *weak, const char *strong)
{
    routed out = {0};
    sc_route *r = NULL;
    sc_route_curve curve = {0};
    sc_evidence *a = evidence_of(g, learn, to != NULL ? label : NO_COLUMN, to, mapping);
    if (a != NULL &&
        EXPECT_I64(sc_evidence_route(a, &everything, model_of(a, weak), model_of(a, strong), NULL, &r), SC_OK)) {
        out.p_beats = r->p_beats_random;
        out.promises = r->promises;
    }
    sc_evidence *b = r != NULL && score != NULL ? evidence_of(g, score, NO_COLUMN, NULL, mapping) : NULL;
    if (b != NULL && EXPECT_I64(sc_route_score(r, b, &everything, model_of(b, weak), model_of(b, strong), &curve), 0)) {
        out.apgr = sc_route_curve_apgr(&curve);
        out.half = sc_route_curve_share(&curve, 0.5);
        out.four_fifths = sc_route_curve_share(&curve, 0.8);
    }
    sc_route_curve_release(&curve);
    sc_route_free(r);
    sc_evidence_free(a);
    sc_evidence_free(b);
    return out;
}

static void routing_that_pays(void)
{
    grid g;
    if (!open_grid("routellm/mmlu.csv", 1, &g))
        return;
    unsigned char *even = by_index(&g, 0), *odd = by_index(&g, 2);
    const size_t label = column_of(&g, "subject");
    const routed one = route(&g, even, odd, label, NULL, ROUTELLM_MAP, "mixtral", "gpt-4");
    const routed two = route(&g, odd, even, label, NULL, ROUTELLM_MAP, "mixtral", "gpt-4");
    printf(
        "routellm: APGR %.4f, half the gap with %.2f %% strong calls, 80 %% with %.2f %%, P %.4f; swapped APGR %.4f\n",
        one.apgr, 100.0 * one.half, 100.0 * one.four_fifths, one.p_beats, two.apgr);
    EXPECT_TRUE(one.promises && two.promises);
    EXPECT_TRUE(one.apgr >= 0.66);
    EXPECT_TRUE(one.half <= 0.31);
    EXPECT_TRUE(one.four_fifths <= 0.60);
    EXPECT_TRUE(two.apgr >= 0.64);
    free(even);
    free(odd);
    close_grid(&g);
}

static void routing_by_shuffled_labels(void)
{
    enum { TIMES = 200 };
    int promises = 0;
    double largest = 0.0;
    grid g;
    if (!open_grid("routellm/mmlu.csv", 1, &g))
        return;
    unsigned char *even = by_index(&g, 0);
    size_t *to = calloc(g.rows + 1, sizeof *to);
    const size_t label = column_of(&g, "subject");
    for (int t = 0; t < TIMES; t++) {
        shuffle(even, g.rows, 1000 + (uint64_t)t, to);
        /* items are named by subject and idx, which the shuffle would make collide */
        const routed r = route(&g, even, NULL, label, to,
                               "field,column,model,value\ntask,,,mmlu\nsegment,subject,,\n"
                               "passed,mixtral_8x7b,mixtral,\npassed,gpt4_1106,gpt-4,\n",
                               "mixtral", "gpt-4");
        promises += r.promises;
        largest = r.p_beats > largest ? r.p_beats : largest;
    }
    printf("routellm, labels shuffled: %d of %d promise routing; largest P %.4f\n", promises, TIMES, largest);
    EXPECT_TRUE(promises <= 16);
    free(to);
    free(even);
    close_grid(&g);
}

#define MMLU_PRO_MAP             \
    "field,column,model,value\n" \
    "task,,,mmlu-pro\n"          \
    "segment,category,,\n"       \
    "item,question_id,,\n"       \
    "passed,*:ok,,\n"            \
    "output_tokens,*:out_chars,,\n"

static unsigned char *by_parity(const grid *g, size_t parity)
{
    unsigned char *keep = new_flags(g);
    for (size_t r = 1; r < g->rows; r++)
        keep[r] = (r - 1) % 2 == parity;
    return keep;
}

static void routing_that_does_not_pay(void)
{
    const char *weak = "Meta-Llama-3_1-8B-Instruct", *strong = "Meta-Llama-3_1-70B-Instruct";
    grid g;
    if (!open_grid("mmlu_pro/outcomes.csv", 1, &g))
        return;
    unsigned char *even = by_parity(&g, 0), *odd = by_parity(&g, 1);
    const routed one = route(&g, even, odd, 0, NULL, MMLU_PRO_MAP, weak, strong);
    const routed two = route(&g, odd, even, 0, NULL, MMLU_PRO_MAP, weak, strong);
    printf("mmlu_pro: P %.4f (APGR %.4f held out), swapped P %.4f (%.4f)\n", one.p_beats, one.apgr, two.p_beats,
           two.apgr);
    EXPECT_TRUE(!one.promises && !two.promises);
    EXPECT_TRUE(one.apgr < 0.52 && two.apgr < 0.52);
    free(even);
    free(odd);
    close_grid(&g);
}

/* ---- pairs of models on shared items */

#define OPENHANDS_MAP                   \
    "field,column,model,value,reason\n" \
    "task,benchmark,,,\n"               \
    "item,instance,,,\n"                \
    "segment,repo,,,\n"                 \
    "passed,*:resolved,,,\n"            \
    "cost_usd,*:cost,,,\n"

static const sc_evidence_options ninety = {.margin = 0.02, .level = 0.90, .seed = 1, .draws = 1024};

/* Rows of SWE-bench. */
static unsigned char *swe_bench(const grid *g)
{
    unsigned char *keep = new_flags(g);
    for (size_t r = 1; r < g->rows; r++)
        keep[r] = (unsigned char)sc_text_is(cell(g, r, 0), "swe-bench");
    return keep;
}

/* Difference of the sample over common items. */
static int observed(const sc_evidence *e, const char *a, const char *b, double *difference, int64_t *n)
{
    const int x = sc_evidence_model_of(e, a), y = sc_evidence_model_of(e, b);
    sc_evidence_comparison c;
    sc_evidence_options few = ninety;
    few.draws = 1;
    if (x < 0 || y < 0 || sc_evidence_compare(e, &everything, (size_t)x, (size_t)y, &few, &c) != SC_OK)
        return 0;
    *difference = c.observed;
    *n = c.common;
    return c.common > 0;
}

/* Learns on `learn`, counts the pairs whose difference on `rest` lies in the predicted interval. */
static void count_covered(const grid *g, const unsigned char *learn, const unsigned char *rest, int *pairs,
                          int *covered)
{
    sc_evidence *a = evidence_of(g, learn, NO_COLUMN, NULL, OPENHANDS_MAP);
    sc_evidence *b = evidence_of(g, rest, NO_COLUMN, NULL, OPENHANDS_MAP);
    const size_t models = a != NULL ? sc_evidence_model_count(a) : 0;
    for (size_t i = 0; i < models; i++) {
        for (size_t j = i + 1; j < models; j++) {
            double difference, low, high;
            int64_t n;
            if (!observed(b, sc_evidence_model_name(a, i), sc_evidence_model_name(a, j), &difference, &n))
                continue;
            if (!EXPECT_I64(sc_evidence_predict(a, &everything, i, j, n, &ninety, &low, &high), SC_OK))
                continue;
            ++*pairs;
            *covered += difference >= low && difference <= high;
        }
    }
    sc_evidence_free(a);
    sc_evidence_free(b);
}

/* Pairs of one split depend on each other through its two halves (the standard deviation of the share over splits is
 * near 0.09), so that the control is the mean over random halves. */
static void intervals_cover(void)
{
    enum { SPLITS = 20 };
    int pairs = 0, covered = 0;
    grid g;
    if (!open_grid("openhands_index/instances.csv", 1, &g))
        return;
    unsigned char *all = swe_bench(&g), *learn = new_flags(&g), *rest = new_flags(&g);
    size_t *to = calloc(g.rows + 1, sizeof *to);
    printf("openhands: covered by split:");
    for (int s = 0; s < SPLITS; s++) {
        int of_split = 0, covered_of_split = 0;
        shuffle(all, g.rows, (uint64_t)s, to);
        for (size_t r = 1; r < g.rows; r++) {
            learn[r] = all[r] && to[r] % 2 == 0;
            rest[r] = all[r] && to[r] % 2 == 1;
        }
        count_covered(&g, learn, rest, &of_split, &covered_of_split);
        printf(" %.1f", 100.0 * covered_of_split / of_split);
        pairs += of_split;
        covered += covered_of_split;
    }
    printf("\n");
    const double share = (double)covered / (double)pairs;
    printf("openhands: 90 %% predictive intervals cover %.2f %% of %d pairs over %d random halves\n", 100.0 * share,
           pairs, SPLITS);
    EXPECT_I64(pairs, SPLITS * 136);
    EXPECT_TRUE(share >= 0.86 && share <= 0.94);
    free(to);
    free(learn);
    free(rest);
    free(all);
    close_grid(&g);
}

/* Names of the models, best first by posterior mean, but for `without`. */
static size_t order_of(const sc_evidence *e, const char *without, const char **names)
{
    double mean[MOST_CELLS];
    size_t n = 0;
    for (size_t m = 0; m < sc_evidence_model_count(e); m++) {
        sc_quality q;
        size_t at = n;
        if (strcmp(sc_evidence_model_name(e, m), without) == 0 ||
            !EXPECT_I64(sc_evidence_quality(e, &everything, m, 0.5, 0.90, &q), SC_OK))
            continue;
        for (; at > 0 && mean[at - 1] < q.mean; at--) {
            mean[at] = mean[at - 1];
            names[at] = names[at - 1];
        }
        mean[at] = q.mean;
        names[at] = sc_evidence_model_name(e, m);
        n++;
    }
    return n;
}

static void bigger_and_cheaper(void)
{
    sc_evidence_comparison c;
    grid g;
    if (!open_grid("openhands_index/instances.csv", 1, &g))
        return;
    unsigned char *all = swe_bench(&g);
    sc_evidence *e = evidence_of(&g, all, NO_COLUMN, NULL, OPENHANDS_MAP);
    if (EXPECT_I64(sc_evidence_compare(e, &everything, model_of(e, "claude-sonnet-4-6"), model_of(e, "claude-opus-4-8"),
                                       &ninety, &c),
                   SC_OK)) {
        printf(
            "openhands: claude-opus-4-8 v claude-sonnet-4-6: %.3f [%.3f, %.3f], P(better) %.4f, cost ratio %.3f [%.3f, "
            "%.3f], $%.3f v $%.3f\n",
            c.difference, c.low, c.high, c.p_better, c.cost.value, c.cost.low, c.cost.high, c.cost_b, c.cost_a);
        EXPECT_I64(sc_evidence_verdict_of(&c, 0.90), SC_EVIDENCE_BETTER);
        EXPECT_I64(c.method, SC_EVIDENCE_PAIRED);
        EXPECT_I64(c.common, 500);
        EXPECT_TRUE(c.cost.n > 400 && c.cost.high < 1.0);
    }
    sc_evidence_free(e);
    free(all);
    close_grid(&g);
}

static void excluded_model(void)
{
    const char *before[MOST_CELLS] = {NULL}, *after[MOST_CELLS] = {NULL};
    grid g;
    if (!open_grid("openhands_index/instances.csv", 1, &g))
        return;
    unsigned char *all = swe_bench(&g);
    sc_evidence *e = evidence_of(&g, all, NO_COLUMN, NULL, OPENHANDS_MAP);
    sc_evidence *f = evidence_of(&g, all, NO_COLUMN, NULL,
                                 OPENHANDS_MAP "exclude,,claude-fable-5,,suspected of knowing the benchmark\n");
    const size_t n = order_of(e, "claude-fable-5", before), m = order_of(f, "", after);
    EXPECT_I64(sc_evidence_model_of(f, "claude-fable-5"), -1);
    EXPECT_I64(sc_evidence_excluded_count(f), 500);
    EXPECT_STR(sc_evidence_excluded_at(f, 7).reason, "suspected of knowing the benchmark");
    EXPECT_I64(n, 16);
    if (EXPECT_I64(m, n)) {
        for (size_t i = 0; i < n; i++)
            EXPECT_STR(after[i], before[i]);
        printf("openhands: order without claude-fable-5 unchanged, best %s\n", after[0]);
    }
    sc_evidence_free(e);
    sc_evidence_free(f);
    free(all);
    close_grid(&g);
}

/* ---- the advice depends on the task */

#define ZEROEVAL_MAP             \
    "field,column,model,value\n" \
    "task,task,,\n"              \
    "item,id,,\n"                \
    "passed,*:ok,,\n"            \
    "output_tokens,*:out_chars,,\n"

static void advice_by_task(void)
{
    static const struct {
        const char *task;
        double margin;
        sc_evidence_verdict verdict;
    } cases[] = {{"gsm", 0.02, SC_EVIDENCE_UNDECIDED},
                 {"gsm", 0.03, SC_EVIDENCE_EQUIVALENT},
                 {"crux", 0.03, SC_EVIDENCE_WORSE},
                 {"math-l5", 0.02, SC_EVIDENCE_WORSE},
                 {"math-l5", 0.03, SC_EVIDENCE_WORSE}};
    grid g;
    if (!open_grid("zeroeval/outcomes.csv", sizeof cases / sizeof *cases, &g))
        return;
    unsigned char *all = new_flags(&g);
    memset(all, 1, g.rows);
    sc_evidence *e = evidence_of(&g, all, NO_COLUMN, NULL, ZEROEVAL_MAP);
    for (size_t i = 0; e != NULL && i < sizeof cases / sizeof *cases; i++) {
        const sc_evidence_query q = {NULL, NULL, cases[i].task, NULL};
        sc_evidence_options o = ninety;
        sc_evidence_comparison c;
        o.margin = cases[i].margin;
        o.draws = 0;
        if (!EXPECT_I64(sc_evidence_compare(e, &q, model_of(e, "claude-3-5-sonnet-20241022"),
                                            model_of(e, "claude-3-5-haiku-20241022"), &o, &c),
                        SC_OK))
            continue;
        printf("zeroeval: Haiku 3.5 for Sonnet 3.5 v2, %s at %.0f points: %+.3f [%+.3f, %+.3f], P(non-inferior) %.4f, "
               "%s, items needed %lld, answer length %.2f\n",
               cases[i].task, 100.0 * cases[i].margin, c.difference, c.low, c.high, c.p_noninferior,
               sc_evidence_verdict_name(sc_evidence_verdict_of(&c, 0.90)),
               (long long)sc_evidence_items_needed(&c, 0.90, 0.80), c.output_tokens.value);
        EXPECT_STR(sc_evidence_verdict_name(sc_evidence_verdict_of(&c, 0.90)),
                   sc_evidence_verdict_name(cases[i].verdict));
    }
    sc_evidence_free(e);
    free(all);
    close_grid(&g);
}

/* ---- calibration: the best of 20 offers */

enum { OFFERS = 20, LEVELS = 5 };
static const double levels[LEVELS] = {0.5, 0.7, 0.8, 0.9, 0.95};

/* How often the best offer was recommended, and met the floor, at each level; and by each answer's own count alone. */
typedef struct reliability {
    int recommended[LEVELS], kept[LEVELS];
    int by_count[LEVELS], kept_by_count[LEVELS];
} reliability;

/* The offer that did best in the sample is recommended at level p if P(quality >= floor) >= p. */
static void try_best(const int64_t *passed, int64_t n, const double *truth, double floor, reliability *table)
{
    char text[64 + OFFERS * 40];
    size_t at = (size_t)snprintf(text, sizeof text, "task,model,passed,n\n"), best = 0;
    sc_evidence *e = NULL;
    sc_quality q;
    for (size_t i = 0; i < OFFERS; i++) {
        at +=
            (size_t)snprintf(text + at, sizeof text - at, "t,m%zu,%lld,%lld\n", i, (long long)passed[i], (long long)n);
        best = passed[i] > passed[best] ? i : best;
    }
    const sc_evidence_text table_text = {"evals.csv", text, at};
    const int meets = truth[best] >= floor;
    const double alone = gsl_cdf_beta_Q(floor, (double)passed[best] + 1.0, (double)(n - passed[best]) + 1.0);
    if (EXPECT_I64(sc_evidence_parse(&table_text, 1, NULL, NULL, &e, NULL), SC_OK) &&
        EXPECT_I64(sc_evidence_quality(e, &everything, best, floor, 0.90, &q), SC_OK)) {
        for (int l = 0; l < LEVELS; l++) {
            table->recommended[l] += q.p_floor >= levels[l];
            table->kept[l] += q.p_floor >= levels[l] && meets;
            table->by_count[l] += alone >= levels[l];
            table->kept_by_count[l] += alone >= levels[l] && meets;
        }
    }
    sc_evidence_free(e);
}

static double kept_share(int kept, int n) { return n > 0 ? (double)kept / n : 1.0; }

static void show_reliability(const char *what, const reliability *t)
{
    for (int l = 0; l < LEVELS; l++) {
        const double share = kept_share(t->kept[l], t->recommended[l]);
        printf("%s: at P >= %.2f %d recommended, %.1f %% meet the floor (under a flat prior %d, %.1f %%)\n", what,
               levels[l], t->recommended[l], 100.0 * share, t->by_count[l],
               100.0 * kept_share(t->kept_by_count[l], t->by_count[l]));
        EXPECT_TRUE(t->recommended[l] >= 30);
        EXPECT_TRUE(share >= levels[l]);
    }
}

/* Beta(8, 2) is the eighth of nine uniforms in order. */
static double beta_8_2(uint64_t seed, uint32_t i)
{
    double u[9] = {0.0};
    for (uint32_t k = 0; k < 9; k++) {
        size_t at = k;
        const double x = uniform(seed, i * 9 + k);
        for (; at > 0 && u[at - 1] > x; at--)
            u[at] = u[at - 1];
        u[at] = x;
    }
    return u[7];
}

static void calibrated_on_beta(void)
{
    enum { TIMES = 500, ANSWERS = 60 };
    reliability table = {{0}, {0}, {0}, {0}};
    for (int t = 0; t < TIMES; t++) {
        const uint64_t seed = 77000 + (uint64_t)t;
        double truth[OFFERS];
        int64_t passed[OFFERS] = {0};
        for (uint32_t i = 0; i < OFFERS; i++) {
            truth[i] = beta_8_2(seed, i);
            for (uint32_t k = 0; k < ANSWERS; k++)
                passed[i] += uniform(seed + 500000, i * ANSWERS + k) < truth[i];
        }
        try_best(passed, ANSWERS, truth, 0.90, &table);
    }
    show_reliability("truths from Beta(8,2), floor 0.90, 60 answers", &table);
}

/* Offers are pairs of model and category of mmlu_pro; the truth is the share of all its rows, the sample is drawn from
 * them with replacement. */
static void calibrated_on_rows(void)
{
    enum { TIMES = 1500, ANSWERS = 20, MOST_KINDS = 400 };
    static struct {
        sc_text category;
        size_t column, n, passed;
        unsigned char *right;
    } kinds[MOST_KINDS];
    size_t n_kinds = 0;
    reliability table = {{0}, {0}, {0}, {0}};
    grid g;
    if (!open_grid("mmlu_pro/outcomes.csv", 1, &g))
        return;
    const size_t category = column_of(&g, "category");
    for (size_t c = 0; c < g.columns; c++) {
        const sc_text name = cell(&g, 0, c);
        if (name.len < 3 || memcmp(name.at + name.len - 3, ":ok", 3) != 0)
            continue;
        for (size_t r = 1; r < g.rows; r++) {
            const sc_text label = cell(&g, r, category), answer = cell(&g, r, c);
            size_t k = 0;
            if (answer.len == 0)
                continue;
            while (k < n_kinds && (kinds[k].column != c || kinds[k].category.len != label.len ||
                                   memcmp(kinds[k].category.at, label.at, label.len) != 0))
                k++;
            if (k == n_kinds && n_kinds < MOST_KINDS) {
                kinds[k].category = label;
                kinds[k].column = c;
                kinds[k].n = kinds[k].passed = 0;
                kinds[k].right = new_flags(&g);
                n_kinds++;
            }
            kinds[k].right[kinds[k].n++] = answer.at[0] == '1';
            kinds[k].passed += answer.at[0] == '1';
        }
    }
    EXPECT_I64(n_kinds, 12 * 14);
    for (int t = 0; t < TIMES; t++) {
        const uint64_t seed = 88000 + (uint64_t)t;
        double truth[OFFERS];
        int64_t passed[OFFERS] = {0};
        for (uint32_t i = 0; i < OFFERS; i++) {
            const size_t k = below(seed, i, n_kinds);
            truth[i] = (double)kinds[k].passed / (double)kinds[k].n;
            for (uint32_t a = 0; a < ANSWERS; a++)
                passed[i] += kinds[k].right[below(seed + 500000, i * ANSWERS + a, kinds[k].n)];
        }
        try_best(passed, ANSWERS, truth, 0.70, &table);
    }
    show_reliability("resampled mmlu_pro, floor 0.70, 20 answers", &table);
    /* the same offers would be promised too much without the common prior: the control can fail */
    EXPECT_TRUE(kept_share(table.kept_by_count[3], table.by_count[3]) < levels[3]);
    for (size_t k = 0; k < n_kinds; k++)
        free(kinds[k].right);
    close_grid(&g);
}

/* ---- a perfect check on real tables of outcomes */

static void perfect_check(void)
{
    const sc_cascade_check perfect = {.true_accept = 1.0};
    sc_cascade c;
    int64_t both = 0, only_weak = 0, only_strong = 0, neither = 0;
    grid g;
    if (!open_grid("routellm/mmlu.csv", 1, &g))
        return;
    const size_t weak = column_of(&g, "mixtral_8x7b"), strong = column_of(&g, "gpt4_1106");
    unsigned char *all = new_flags(&g);
    memset(all, 1, g.rows);
    for (size_t r = 1; r < g.rows; r++) {
        const int w = number_at(&g, r, weak) == 1, s = number_at(&g, r, strong) == 1;
        both += w && s;
        only_weak += w && !s;
        only_strong += !w && s;
        neither += !w && !s;
    }
    sc_evidence *e = evidence_of(&g, all, NO_COLUMN, NULL, ROUTELLM_MAP);
    if (EXPECT_I64(
            sc_evidence_cascade(e, &everything, model_of(e, "mixtral"), model_of(e, "gpt-4"), &perfect, &ninety, &c),
            SC_OK)) {
        EXPECT_I64(c.n, both + only_weak + only_strong + neither);
        EXPECT_I64(c.both, both);
        EXPECT_I64(c.only_weak, only_weak);
        EXPECT_I64(c.only_strong, only_strong);
        EXPECT_I64(c.neither, neither);
        EXPECT_TRUE(c.quality == (double)(both + only_weak + only_strong) / (double)c.n);
        EXPECT_TRUE(c.escalated == (double)(only_strong + neither) / (double)c.n);
        printf("routellm, cascade with a perfect check: quality %.4f (weak %.4f, strong %.4f), escalated %.4f\n",
               c.quality, c.weak, c.strong, c.escalated);
    }
    sc_evidence_free(e);
    free(all);
    close_grid(&g);
}

CU_ErrorCode test_evidence_controls_register(void)
{
    static const struct {
        const char *name;
        CU_TestFunc run;
    } tests[] = {{"routing that pays", routing_that_pays},
                 {"routing by shuffled labels", routing_by_shuffled_labels},
                 {"routing that does not pay", routing_that_does_not_pay},
                 {"intervals cover", intervals_cover},
                 {"bigger and cheaper", bigger_and_cheaper},
                 {"excluded model", excluded_model},
                 {"advice by task", advice_by_task},
                 {"calibrated on beta", calibrated_on_beta},
                 {"calibrated on rows", calibrated_on_rows},
                 {"perfect check", perfect_check}};
    CU_pSuite suite = CU_add_suite("evidence_controls", NULL, NULL);
    for (size_t i = 0; suite != NULL && i < sizeof tests / sizeof *tests; i++) {
        if (CU_add_test(suite, tests[i].name, tests[i].run) == NULL)
            return CU_get_error();
    }
    return suite != NULL ? CUE_SUCCESS : CU_get_error();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backtest_profile.c - how often real usage lies inside the 80 % interval that a profile of the days before gives.
 *
 *     backtest_profile [FOLDER [PART-OF-A-NAME]]      [$SPENDCAST_TEST_DATA]
 *
 * Each series is read into a ledger; a profile is fitted to `fit` days of it, its scenario simulated for the `next`
 * days, and what these cost (the bill) compared with the interval.  Windows that are predicted do not overlap.  Widths
 * are relative to what a window of the series costs on average; the loss is that of the two quantiles, relative to the
 * loss of a naive interval.  PART-OF-A-NAME prints each window of the series that have it in their names.  The interval
 * behind the share inside is Wilson's (1927), as if windows were independent: those of one series are not
 * quite. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spendcast/spendcast.h"

#define MAX_DAYS 8000
#define TRIALS 1000
#define SCALE 15 /* decimals of numbers read */
#define REGION "us-east-2"
#define MAX_FIT 100       /* days that a profile is fitted to */
#define LEAST_INSIDE 0.75 /* of all windows, of intervals that are to hold 80 % */

static const char *shown = ""; /* part of the names of series whose windows are printed */

typedef struct series {
    struct series *more; /* of another model, in the same ledger; begins on the same day and is no longer */
    char name[100];
    const char *model;
    int64_t per_request; /* tokens that make a request; 0 = requests are counted */
    sc_day first;
    size_t n;
    int64_t requests[MAX_DAYS], tokens[MAX_DAYS][SC_TOKEN_METERS];
} series;

/* ---- reading ---- */

static double number(const char *text)
{
    sc_int128 n;
    const size_t len = strcspn(text, ",\r\n");
    return sc_decimal_parse128(text, len, SCALE, &n) == SC_OK ? (double)n / 1e15 : (double)NAN;
}

/* The text of the k-th cell of a line. */
static const char *cell(const char *line, int k)
{
    for (; k > 0 && line != NULL; k--) {
        line = strchr(line, ',');
        line = line != NULL ? line + 1 : NULL;
    }
    return line != NULL ? line : "";
}

static FILE *open_data(const char *folder, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        printf("%-30s left out: no such file\n", name);
    return f;
}

static sc_day date_of(const char *text)
{
    sc_day day;
    return sc_day_parse(text + (text[0] == '"'), 10, &day) == SC_OK ? day : SC_DAY_MIN;
}

static void add_count(series *s, size_t day, double count, double input, double output)
{
    if (day >= MAX_DAYS || !(count >= 0.0))
        return;
    s->n = day >= s->n ? day + 1 : s->n;
    s->requests[day] += llround(count);
    s->tokens[day][SC_METER_INPUT] += llround(count * input);
    s->tokens[day][SC_METER_OUTPUT] += llround(count * output);
}

/* ---- one series ---- */

static void add_usage(sc_ledger_writer *w, const series *s)
{
    for (size_t d = 0; d < s->n; d++) {
        sc_usage_record r = {.time = ((int64_t)s->first + (int64_t)d) * 86400,
                             .grain = SC_GRAIN_DAY,
                             .scope = SC_SCOPE_IN_REGION,
                             .tier = SC_TIER_STANDARD,
                             .requests = s->per_request > 0 ? -1 : s->requests[d],
                             .context = 0,
                             .meter = -1};
        int64_t sum = 0;
        memcpy(r.tokens, s->tokens[d], sizeof r.tokens);
        for (int m = 0; m < SC_TOKEN_METERS; m++)
            sum += r.tokens[m];
        if (sum == 0)
            continue;
        r.dim[SC_DIM_MODEL] = sc_text_of(s->model);
        r.dim[SC_DIM_REGION] = sc_text_of(REGION);
        if (sc_ledger_add(w, SC_USAGE_OWN, &r) != SC_OK)
            exit(70);
    }
}

static sc_ledger *ledger_of(const sc_card *card, const series *s)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    for (; w != NULL && s != NULL; s = s->more)
        add_usage(w, s);
    sc_ledger_writer_free(w);
    if (w == NULL || sc_ledger_seal(l) != SC_OK)
        exit(70);
    return l;
}

typedef struct outcome {
    double actual, p10, p50, p90;
} outcome;

static double cost_of(const sc_ledger *l, const sc_rater *rater, sc_day from, sc_day to)
{
    const sc_bill_options o = {.rater = rater, .since = from, .until = to};
    sc_bill *b;
    if (sc_bill_run(l, &o, &b, NULL) != SC_OK)
        exit(70);
    const double usd = sc_money_to_usd(sc_bill_total(b)->cost);
    sc_bill_free(b);
    return usd;
}

static void show(const sc_errors *errors)
{
    char text[SC_ERROR_TEXT_MAX];
    for (int i = 0; i < errors->count; i++) {
        sc_error_format(&errors->item[i], text, sizeof text);
        fprintf(stderr, "%s\n", text);
    }
}

static void simulate(const sc_profile *p, const sc_card *card, outcome *x)
{
    const sc_sim_options so = {.seed = 1, .trials = TRIALS, .threads = 1, .as_of = SC_DAY_MAX};
    sc_errors errors = {0};
    sc_scenario *s;
    sc_sim *r;
    char *text;
    size_t size;
    if (sc_profile_scenario_json(p, "", &text, &size) != SC_OK)
        exit(70);
    if (sc_scenario_parse("profile", text, size, card, &s, &errors) != SC_OK ||
        sc_simulate(s, card, &so, "total", SC_PERIOD_TOTAL, &r, &errors) != SC_OK) {
        show(&errors);
        exit(70);
    }
    const size_t all = sc_sim_group_count(r);
    x->p10 = sc_sim_quantile(r, all, sc_sim_period_count(r), 0.1).value;
    x->p50 = sc_sim_quantile(r, all, sc_sim_period_count(r), 0.5).value;
    x->p90 = sc_sim_quantile(r, all, sc_sim_period_count(r), 0.9).value;
    sc_sim_free(r);
    sc_scenario_free(s);
    sc_text_free(text);
}

/* 0 = there was nothing to fit. */
static int predict(const sc_ledger *l, const sc_rater *rater, const series *s, sc_day from, int fit, int next,
                   outcome *x)
{
    const sc_profile_options o = {.rater = rater,
                                  .since = from,
                                  .until = from + fit,
                                  .start = from + fit,
                                  .days = next,
                                  .tokens_per_request = s->per_request};
    sc_profile *p;
    *x = (outcome){.actual = cost_of(l, rater, from + fit, from + fit + next)};
    if (sc_profile_fit(l, &o, &p, NULL) != SC_OK)
        return 0;
    simulate(p, rater->card, x);
    sc_profile_free(p);
    return 1;
}

/* ---- the naive interval ---- */

/* Cost up to the beginning of each day: cost[n] of all. */
static double *cumulative_cost(const sc_ledger *l, const sc_rater *rater, const series *s)
{
    double *cost = calloc(s->n + 1, sizeof *cost);
    if (cost == NULL)
        exit(70);
    for (size_t d = 0; d < s->n; d++)
        cost[d + 1] = cost[d] + cost_of(l, rater, s->first + (sc_day)d, s->first + (sc_day)d + 1);
    return cost;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What somebody would say without a model: P10 and P90 of the sums over as many days as are asked for (at most half of
 * those seen, then scaled) among the days seen.  `cost` begins with the first of them. */
static void naive_interval(const double *cost, int fit, int next, outcome *x)
{
    double sums[MAX_FIT] = {0.0};
    const int length = next < fit / 2 ? next : fit / 2, n = fit - length + 1;
    for (int i = 0; i < n; i++)
        sums[i] = (cost[i + length] - cost[i]) * next / length;
    qsort(sums, (size_t)n, sizeof *sums, ascending);
    x->p10 = sums[(int)floor(0.1 * (n - 1) + 0.5)];
    x->p90 = sums[(int)floor(0.9 * (n - 1) + 0.5)];
}

/* ---- the count ---- */

/* What an interval loses at its two ends: the check function of Koenker and Bassett (1978), which the true quantiles
 * make least on average. */
static double loss(const outcome *x)
{
    return fmax(0.1 * (x->actual - x->p10), 0.9 * (x->p10 - x->actual)) +
           fmax(0.9 * (x->actual - x->p90), 0.1 * (x->p90 - x->actual));
}

typedef struct score {
    double inside, width, loss;
} score;

typedef struct tally {
    int windows, above, unfitted;
    double actual; /* over all windows; 1 a window where series are added up */
    score model, naive;
} tally;

static void count_in(score *s, const outcome *x)
{
    s->inside += x->actual >= x->p10 && x->actual <= x->p90;
    s->width += x->p90 - x->p10;
    s->loss += loss(x);
}

/* Adds a series: widths and losses relative to its mean window. */
static void add_score(score *all, const score *s, double mean)
{
    all->inside += s->inside;
    all->width += s->width / mean;
    all->loss += s->loss / mean;
}

static void add_tally(tally *all, const tally *t)
{
    const double mean = t->actual > 0.0 ? t->actual / t->windows : 1.0;
    all->windows += t->windows;
    all->above += t->above;
    all->unfitted += t->unfitted;
    all->actual += t->windows;
    add_score(&all->model, &t->model, mean);
    add_score(&all->naive, &t->naive, mean);
}

static void print_tally(const char *name, int fit, int next, const tally *t)
{
    const double n = t->windows, z = 1.96, share = n > 0 ? t->model.inside / n : 0.0;
    const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n);
    if (t->windows == 0) {
        printf("%-30s %4d %5d  too short\n", name, fit, next);
        return;
    }
    printf("%-30s %4d %5d %7d %6.1f %%  %5.1f to %5.1f %7.1f %% %7.2f %7.1f %% %7.2f %7.2f %8d\n", name, fit, next,
           t->windows, 100 * share, 100 * (middle - half), 100 * (middle + half), 100.0 * t->above / n,
           t->model.width / t->actual, 100 * t->naive.inside / n, t->naive.width / t->actual,
           t->model.loss / t->naive.loss, t->unfitted);
}

static void print_window(sc_day day, const outcome *x, const outcome *naive)
{
    char text[16];
    printf("    from %s: %.4g, P10 %.4g, P50 %.4g, P90 %.4g, naive %.4g to %.4g%s\n", sc_day_format(day, text),
           x->actual, x->p10, x->p50, x->p90, naive->p10, naive->p90,
           x->actual < x->p10   ? "  below"
           : x->actual > x->p90 ? "  above"
                                : "");
}

static void run(const sc_card *card, const series *s, int fit, int next, tally *all)
{
    const sc_rater rater = {
        .card = card, .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
    sc_ledger *l = ledger_of(card, s);
    double *cost = cumulative_cost(l, &rater, s);
    tally t = {0};
    for (size_t from = 0; from + (size_t)(fit + next) <= s->n; from += (size_t)next) {
        const sc_day day = s->first + (sc_day)from;
        outcome x, naive;
        t.unfitted += !predict(l, &rater, s, day, fit, next, &x);
        naive = x;
        naive_interval(cost + from, fit, next, &naive);
        t.windows++;
        t.above += x.actual > x.p50;
        t.actual += x.actual;
        count_in(&t.model, &x);
        count_in(&t.naive, &naive);
        if (shown[0] != '\0' && strstr(s->name, shown) != NULL)
            print_window(day + fit, &x, &naive);
    }
    print_tally(s->name, fit, next, &t);
    if (t.windows > 0)
        add_tally(all, &t);
    free(cost);
    sc_ledger_free(l);
}

/* ---- the series ---- */

enum { SPANS = 4 };
static const int spans[SPANS][2] = {{14, 7}, {28, 7}, {28, 28}, {84, 28}};

static void run_all(const sc_card *card, const series *s, tally *all)
{
    for (size_t i = 0; i < SPANS; i++)
        run(card, s, spans[i][0], spans[i][1], &all[i]);
}

static void reset(series *s, const char *name, const char *first)
{
    memset(s, 0, sizeof *s);
    snprintf(s->name, sizeof s->name, "%s", name);
    s->model = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    s->first = date_of(first);
}

static void agent_spend(const sc_card *card, const char *folder, series *s, tally *all)
{
    static const int meters[] = {SC_METER_INPUT, SC_METER_CACHE_READ, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_1H,
                                 SC_METER_OUTPUT};
    char line[1024];
    FILE *f = open_data(folder, "agent_usage_logs/daily_spend_A.csv");
    reset(s, "coding agent, one user", "2026-02-08");
    s->per_request = 50000;
    for (int row = 0; f != NULL && fgets(line, sizeof line, f) != NULL; row++) {
        if (row == 0)
            continue;
        for (int k = 0; k < 5; k++)
            s->tokens[s->n][meters[k]] = llround(number(cell(line, k + 1)));
        s->n++;
    }
    if (f == NULL)
        return;
    fclose(f);
    run_all(card, s, all);
}

/* The Claude models of a daily log, each a series of its own in one ledger. */
static void agent_models(const sc_card *card, const char *folder, tally *all)
{
    static const int meters[] = {SC_METER_INPUT, SC_METER_CACHE_READ, SC_METER_CACHE_WRITE_5M, SC_METER_CACHE_WRITE_1H,
                                 SC_METER_OUTPUT};
    static const char *const models[] = {"claude-fable-5",    "claude-opus-4-8", "claude-opus-5",
                                         "claude-sonnet-4-6", "claude-sonnet-5", "claude-haiku-4-5"};
    enum { MODELS = sizeof models / sizeof models[0] };
    char line[1024], ids[MODELS][80];
    series *s = calloc(MODELS, sizeof *s);
    FILE *f = open_data(folder, "agent_usage_logs/daily_model_cost.csv");
    for (size_t m = 0; s != NULL && m < MODELS; m++) {
        reset(&s[m], "coding agent, by model", "2026-04-09");
        snprintf(ids[m], sizeof ids[m], "anthropic.%s%s", models[m], m == MODELS - 1 ? "-20251001-v1:0" : "");
        s[m].model = ids[m];
        s[m].per_request = 50000;
        s[m].more = m + 1 < MODELS ? &s[m + 1] : NULL;
    }
    while (s != NULL && f != NULL && fgets(line, sizeof line, f) != NULL) {
        const sc_day day = date_of(cell(line, 1));
        for (size_t m = 0; m < MODELS && day >= s->first; m++) {
            const size_t d = (size_t)(day - s->first), len = strlen(models[m]);
            const char *model = cell(line, 2);
            if (d >= MAX_DAYS || strncmp(model, models[m], len) != 0 || (model[len] != ',' && m < MODELS - 1))
                continue;
            s[m].n = d >= s[m].n ? d + 1 : s[m].n;
            s->n = d >= s->n ? d + 1 : s->n;
            for (int k = 0; k < 5; k++)
                s[m].tokens[d][meters[k]] += llround(number(cell(line, k + 3)));
        }
    }
    if (f != NULL)
        fclose(f);
    if (s != NULL && s->n > 0)
        run_all(card, s, all);
    free(s);
}

/* Requests by day and mean sizes of a service; its clients, from rates of ten minutes. */
static void servegen(const sc_card *card, const char *folder, series *s, tally *all)
{
    static const char *const models[] = {"language/m-small", "language/m-mid"};
    char line[1024];
    for (int m = 0; m < 2; m++) {
        FILE *f = open_data(folder, "servegen/daily.csv");
        char name[100];
        snprintf(name, sizeof name, "servegen %s", models[m]);
        reset(s, name, "2026-06-01");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            if (strncmp(line, models[m], strlen(models[m])) == 0)
                add_count(s, s->n, number(cell(line, 2)), number(cell(line, 7)), number(cell(line, 8)));
        }
        if (f == NULL)
            return;
        fclose(f);
        run(card, s, 7, 7, &all[0]);
        run(card, s, 10, 2, &all[0]);
    }
}

static void servegen_clients(const sc_card *card, const char *folder, series *s, tally *all)
{
    char line[1024], last[80] = "";
    FILE *f = open_data(folder, "servegen/clients_10min.csv");
    for (int row = 0; f != NULL; row++) {
        const int more = fgets(line, sizeof line, f) != NULL;
        const size_t len = more ? (size_t)(cell(line, 2) - line) - 1 : 0;
        if (!more || (row > 0 && strncmp(line, last, len + 1) != 0)) {
            if (last[0] != '\0' && s->n > 0) {
                run(card, s, 7, 7, &all[0]);
                run(card, s, 10, 2, &all[0]);
            }
            if (!more)
                break;
            memcpy(last, line, len);
            last[len] = '\0';
            char name[100];
            snprintf(name, sizeof name, "client %s", last);
            reset(s, name, "2026-06-01");
            last[len] = ',';
            last[len + 1] = '\0';
        }
        if (row > 0)
            add_count(s, (size_t)(number(cell(line, 2)) / 86400), number(cell(line, 3)) * 600, 200, 50);
    }
    if (f != NULL)
        fclose(f);
}

/* Steps of ten minutes, and minutes of a busy hour, in place of days: what the model does with a daily cycle that it
 * does not know. */
static void fine_steps(const sc_card *card, const char *folder, series *s, tally *all)
{
    static const char *const models[] = {"language/m-small", "language/m-mid"};
    char line[1024];
    for (int m = 0; m < 2; m++) {
        FILE *f = open_data(folder, "servegen/rate_10min.csv");
        char name[100];
        snprintf(name, sizeof name, "%s, 10 minutes", models[m]);
        reset(s, name, "2026-02-01");
        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            if (strncmp(line, models[m], strlen(models[m])) == 0)
                add_count(s, s->n, number(cell(line, 4)) / 1000.0, 200, 50);
        }
        if (f == NULL)
            return;
        fclose(f);
        s->n = s->n > 1800 ? 1800 : s->n;
        run(card, s, 28, 7, &all[1]);
        run(card, s, 84, 28, &all[3]);
    }
    FILE *f = open_data(folder, "azure2023/AzureLLMInferenceTrace_code.csv");
    reset(s, "azure code 2023, minutes", "2026-06-01");
    int start = -1;
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (line[0] != '2')
            continue;
        const int minute = (int)(number((line[13] = ',', line[16] = ',', line + 11)) * 60 + number(line + 14));
        start = start < 0 ? minute : start;
        const double input = number(cell(line + 17, 1));
        add_count(s, (size_t)(minute - start), 1, input, number(cell(line + 17, 2)));
    }
    if (f == NULL)
        return;
    fclose(f);
    run(card, s, 14, 7, &all[0]);
    run(card, s, 28, 7, &all[1]);
}

static void daily_counts(const sc_card *card, const char *folder, series *s, tally *all)
{
    char line[1024], last[40] = "";
    FILE *f = open_data(folder, "daily_series/births_us.csv");
    reset(s, "births in the US", "2022-01-01");
    for (size_t d = 0; f != NULL && fgets(line, sizeof line, f) != NULL && d <= 2600; d++)
        if (d > 0)
            add_count(s, d - 1, number(cell(line, 1)), 1000, 200);
    if (f != NULL)
        fclose(f);
    run_all(card, s, all);
    f = open_data(folder, "daily_series/wp_log_R.csv");
    reset(s, "page views", "2022-01-01");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        const sc_day day = date_of(line);
        if (day != SC_DAY_MIN && day >= sc_day_of(2008, 1, 1))
            add_count(s, (size_t)(day - sc_day_of(2008, 1, 1)), exp(number(cell(line, 1))), 1000, 200);
    }
    if (f != NULL)
        fclose(f);
    run_all(card, s, all);
    f = open_data(folder, "daily_series/m5_sales_exog_small.csv");
    while (f != NULL) {
        const int more = fgets(line, sizeof line, f) != NULL;
        if (!more || strncmp(line, last, 11) != 0) {
            if (strncmp(last, "FOODS", 5) == 0)
                run_all(card, s, all);
            if (!more)
                break;
            memcpy(last, line, 11);
            reset(s, last, "2022-01-01");
        }
        if (strncmp(line, "FOODS", 5) == 0)
            add_count(s, s->n, number(cell(line, 2)), 1000, 200);
    }
    if (f != NULL)
        fclose(f);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : getenv("SPENDCAST_TEST_DATA");
    char probe[1024];
    sc_card *card = NULL;
    series *s = malloc(sizeof *s);
    tally all[SPANS] = {{0}};
    int good = 0;
    shown = argc > 2 ? argv[2] : "";
    snprintf(probe, sizeof probe, "%s/README.md", folder != NULL ? folder : "");
    FILE *f = folder != NULL && folder[0] != '\0' ? fopen(probe, "r") : NULL;
    if (f == NULL) {
        printf("backtest: no data in SPENDCAST_TEST_DATA\nbacktest: 0 passed, 0 failed, 1 skipped\n");
        free(s);
        return 0;
    }
    fclose(f);
    if (s == NULL || sc_card_load(NULL, NULL, &card, NULL) != SC_OK)
        return 70;
    printf("%-30s %4s %5s %7s %8s  %14s %9s %7s %9s %7s %7s %8s\n", "series", "fit", "next", "windows", "inside",
           "95 % interval", "above P50", "width", "naive in", "width", "loss", "unfitted");
    agent_spend(card, folder, s, all);
    agent_models(card, folder, all);
    servegen(card, folder, s, all);
    servegen_clients(card, folder, s, all);
    fine_steps(card, folder, s, all);
    daily_counts(card, folder, s, all);
    for (size_t i = 0; i < SPANS; i++) {
        print_tally("all", spans[i][0], spans[i][1], &all[i]);
        good += all[i].model.inside >= LEAST_INSIDE * all[i].windows;
    }
    printf("backtest: %d passed, %d failed, 0 skipped\n", good, SPANS - good);
    sc_card_free(card);
    free(s);
    return good < SPANS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* justify_report.c - a case, and initiatives, as tables and sentences. */
#include "cli/justify_report.h"

#include <math.h>
#include <stdio.h>

#include "cli/cells.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define UNKNOWN ((double)NAN)
#define CURVE_ROWS 9 /* of a curve, for people */

static int is_for_people(const justify_options *o)
{
    return o->g.format == SC_FORMAT_TEXT || o->g.format == SC_FORMAT_MD;
}

/* ---- cells; what is not known is empty */

static void usd_cell(sc_table *t, double usd) { cell_usd_if(t, isfinite(usd), usd); }
static void share_cell(sc_table *t, double share) { cell_share_if(t, isfinite(share), share); }
static void number_cell(sc_table *t, double x) { cell_number_if(t, isfinite(x), x); }

static void usd_cells(sc_table *t, const sc_case_figure *f)
{
    usd_cell(t, f->mean);
    usd_cell(t, f->low);
    usd_cell(t, f->high);
}

static void number_cells(sc_table *t, const sc_case_figure *f)
{
    number_cell(t, f->mean);
    number_cell(t, f->low);
    number_cell(t, f->high);
}

/* Of usd_cells or number_cells: "per_request_usd", "per_request_p10_usd", "per_request_p90_usd". */
#define FIGURE_COLUMNS(name, unit, type, decimals)                                                    \
    {name unit, name, (type), (decimals), 0}, {name "_p10" unit, name " P10", (type), (decimals), 0}, \
    {                                                                                                 \
        name "_p90" unit, name " P90", (type), (decimals), 0                                          \
    }

/* ---- one offer a row; people see intervals as words, programs as numbers ---- */

/* Of amounts a month: as many as they need where the premium costs little. */
static int decimals_of(const sc_case *c) { return c->premium.per_request.mean * c->requests.mean < 1000.0 ? -1 : 0; }

/* "$71.67", "$8,805" */
static const char *short_usd(double usd, char *buf)
{
    char number[64];
    if (fabs(usd) < 1000.0)
        return sc_format_usd(usd, buf);
    snprintf(buf, 70, "%s$%s", usd < 0.0 ? "-" : "", sc_format_fixed(fabs(usd), 0, 1, number));
    return buf;
}

/* "$71.67 to $88.05" */
static void interval_cell(sc_table *t, const sc_case_figure *f)
{
    char low[80], high[80];
    if (isfinite(f->low) && isfinite(f->high))
        sc_cell_textf(t, "%s to %s", short_usd(f->low, low), short_usd(f->high, high));
    else
        sc_cell_empty(t);
}

static void offer_row_of_people(sc_table *t, const sc_case_offer *o)
{
    sc_table_row(t);
    sc_cell_text(t, o->offer.model->name);
    sc_cell_text(t, o->how);
    usd_cell(t, 1000.0 * o->per_request.mean);
    share_cell(t, o->quality.mean);
    usd_cell(t, o->per_success.mean);
    interval_cell(t, &o->per_success);
    usd_cell(t, o->per_outcome.mean);
    interval_cell(t, &o->per_outcome);
}

static void offers_of_people(sc_report *r, const sc_case *c)
{
    static const sc_column columns[] = {{"name", "model", SC_CELL_TEXT, 0, 0},
                                        {"how", "bought as", SC_CELL_TEXT, 0, 3},
                                        {"per_1000_requests_usd", "1,000\nrequests", SC_CELL_USD, -1, 0},
                                        {"quality", "answers\nthat pass", SC_CELL_SHARE, 0, 0},
                                        {"per_success_usd", "model, for\na success", SC_CELL_USD, -1, 0},
                                        {"per_success_range", "P10 to P90", SC_CELL_TEXT, 0, 2},
                                        {"per_outcome_usd", "all, for\nwhat is done", SC_CELL_USD, -1, 0},
                                        {"per_outcome_range", "P10 to P90", SC_CELL_TEXT, 0, 0}};
    sc_table *t = sc_report_table(r, "offers", "What it costs", columns, N(columns));
    offer_row_of_people(t, &c->premium);
    for (size_t i = 0; i < c->n_rivals; i++)
        offer_row_of_people(t, &c->rivals[i].offer);
}

static void offer_row(sc_table *t, const sc_case_offer *o, const char *role)
{
    const sc_case_figure *p = &o->per_request, thousand = {1000.0 * p->mean, 1000.0 * p->low, 1000.0 * p->high};
    sc_table_row(t);
    sc_cell_text(t, role);
    sc_cell_text(t, o->offer.model->name);
    sc_cell_text(t, o->how);
    sc_cell_text(t, o->offer.model->id);
    usd_cells(t, &thousand);
    usd_cells(t, &o->per_success);
    usd_cells(t, &o->per_outcome);
    sc_cell_count(t, o->graded);
    number_cell(t, o->observed);
    number_cells(t, &o->quality);
    number_cells(t, &o->success);
    number_cell(t, o->tries);
    number_cell(t, o->repeats);
}

static void offers_table(sc_report *r, const sc_case *c)
{
    static const sc_column columns[] = {{"role", "role", SC_CELL_TEXT, 0, 0},
                                        {"name", "model", SC_CELL_TEXT, 0, 0},
                                        {"how", "bought as", SC_CELL_TEXT, 0, 0},
                                        {"model", "id", SC_CELL_TEXT, 0, 0},
                                        FIGURE_COLUMNS("per_1000_requests", "_usd", SC_CELL_USD, -1),
                                        FIGURE_COLUMNS("per_success", "_usd", SC_CELL_USD, -1),
                                        FIGURE_COLUMNS("per_outcome", "_usd", SC_CELL_USD, -1),
                                        {"graded", "graded", SC_CELL_COUNT, 0, 0},
                                        {"observed", "observed", SC_CELL_NUMBER, 4, 0},
                                        FIGURE_COLUMNS("quality", "", SC_CELL_NUMBER, 4),
                                        FIGURE_COLUMNS("success", "", SC_CELL_NUMBER, 4),
                                        {"tries", "tries", SC_CELL_NUMBER, 4, 0},
                                        {"repeats", "repeats", SC_CELL_NUMBER, 4, 0}};
    sc_table *t = sc_report_table(r, "offers", NULL, columns, N(columns));
    offer_row(t, &c->premium, "premium");
    for (size_t i = 0; i < c->n_rivals; i++)
        offer_row(t, &c->rivals[i].offer, "alternative");
}

/* ---- against each alternative ---- */

static void rivals_of_people(sc_report *r, const sc_case *c)
{
    const sc_column columns[] = {{"against", "against", SC_CELL_TEXT, 0, 0},
                                 {"extra_cost_month_usd", "costs more\na month", SC_CELL_USD, decimals_of(c), 0},
                                 {"extra_successes_month", "successes\nmore", SC_CELL_NUMBER, 0, 0},
                                 {"pays_from_usd", "pays where a\nsuccess is worth", SC_CELL_USD, -1, 0},
                                 {"p_pays", "P of\npaying", SC_CELL_SHARE, 0, 0},
                                 {"benefit_month_usd", "benefit\na month", SC_CELL_USD, decimals_of(c), 0},
                                 {"benefit_month_range", "P10 to P90", SC_CELL_TEXT, 0, 1},
                                 {"verdict", "verdict", SC_CELL_TEXT, 0, 0}};
    if (c->n_rivals == 0)
        return;
    sc_table *t = sc_report_table(r, "alternatives", "The premium against each alternative", columns, N(columns));
    for (size_t i = 0; i < c->n_rivals; i++) {
        const sc_case_rival *x = &c->rivals[i];
        sc_table_row(t);
        sc_cell_text(t, x->offer.offer.model->name);
        usd_cell(t, x->extra_cost.mean);
        number_cell(t, x->extra_successes.mean);
        if (isinf(x->break_even[1]))
            sc_cell_text(t, "never");
        else
            usd_cell(t, x->break_even[1]);
        share_cell(t, x->p_pays);
        usd_cell(t, x->benefit.mean);
        interval_cell(t, &x->benefit);
        sc_cell_text(t, sc_case_verdict_name(x->verdict));
    }
}

static void count_cell(sc_table *t, int64_t n)
{
    if (n > 0)
        sc_cell_count(t, n);
    else
        sc_cell_empty(t);
}

/* What never pays is empty: p_pays_most says why. */
static void rival_row(sc_table *t, const sc_case_rival *x)
{
    sc_table_row(t);
    sc_cell_text(t, x->offer.offer.model->name);
    sc_cell_text(t, x->offer.offer.model->id);
    sc_cell_text(t, sc_case_verdict_name(x->verdict));
    sc_cell_text(t, x->reason);
    usd_cells(t, &x->extra_cost);
    number_cells(t, &x->extra_successes);
    number_cells(t, &x->extra_quality);
    usd_cells(t, &x->benefit);
    number_cell(t, x->p_pays);
    for (int k = 0; k < 3; k++)
        usd_cell(t, x->break_even[k]);
    for (int k = 0; k < 3; k++)
        usd_cell(t, x->break_even_value[k]);
    number_cell(t, x->p_better);
    number_cell(t, x->needed);
    sc_cell_text(t, sc_evidence_method_name(x->quality.method));
    sc_cell_count(t, x->quality.common);
    usd_cell(t, x->perfect);
    count_cell(t, x->items_needed);
}

static void rivals_table(sc_report *r, const sc_case *c)
{
    static const sc_column columns[] = {{"against", "against", SC_CELL_TEXT, 0, 0},
                                        {"model", "id", SC_CELL_TEXT, 0, 0},
                                        {"verdict", "verdict", SC_CELL_TEXT, 0, 0},
                                        {"reason", "reason", SC_CELL_TEXT, 0, 0},
                                        FIGURE_COLUMNS("extra_cost_month", "_usd", SC_CELL_USD, -1),
                                        FIGURE_COLUMNS("extra_successes_month", "", SC_CELL_NUMBER, 2),
                                        FIGURE_COLUMNS("extra_quality", "", SC_CELL_NUMBER, 4),
                                        FIGURE_COLUMNS("benefit_month", "_usd", SC_CELL_USD, -1),
                                        {"p_pays", "P of paying", SC_CELL_NUMBER, 4, 0},
                                        {"worth_p_10_usd", "worth, P 0.1", SC_CELL_USD, -1, 0},
                                        {"worth_p_50_usd", "worth, P 0.5", SC_CELL_USD, -1, 0},
                                        {"worth_p_90_usd", "worth, P 0.9", SC_CELL_USD, -1, 0},
                                        {"value_p_10_usd", "value, P 0.1", SC_CELL_USD, -1, 0},
                                        {"value_p_50_usd", "value, P 0.5", SC_CELL_USD, -1, 0},
                                        {"value_p_90_usd", "value, P 0.9", SC_CELL_USD, -1, 0},
                                        {"p_pays_most", "P at most", SC_CELL_NUMBER, 4, 0},
                                        {"quality_to_pay", "difference to pay", SC_CELL_NUMBER, 4, 0},
                                        {"quality_method", "method", SC_CELL_TEXT, 0, 0},
                                        {"graded_by_both", "both", SC_CELL_COUNT, 0, 0},
                                        {"perfect_month_usd", "perfect information", SC_CELL_USD, -1, 0},
                                        {"items_needed", "to grade", SC_CELL_COUNT, 0, 0}};
    sc_table *t = sc_report_table(r, "alternatives", NULL, columns, N(columns));
    for (size_t i = 0; i < c->n_rivals; i++)
        rival_row(t, &c->rivals[i]);
}

/* ---- what failures cost */

static void failure_row(sc_table *t, const sc_case_offer *o)
{
    const double parts[] = {o->people, o->failure_cost, o->lost_value};
    double sum = 0.0;
    int known = 0;
    sc_table_row(t);
    sc_cell_text(t, o->offer.model->name);
    number_cell(t, o->failures);
    for (size_t i = 0; i < N(parts); i++) {
        usd_cell(t, parts[i]);
        known |= isfinite(parts[i]);
        sum += isfinite(parts[i]) ? parts[i] : 0.0;
    }
    cell_usd_if(t, known, sum);
}

static void failures_table(sc_report *r, const sc_case *c)
{
    const sc_column columns[] = {{"model", "model", SC_CELL_TEXT, 0, 0},
                                 {"failures_month", "failures\na month", SC_CELL_NUMBER, 0, 0},
                                 {"people_month_usd", "people's\ntime", SC_CELL_USD, decimals_of(c), 0},
                                 {"failure_cost_month_usd", "cost of\nfailures", SC_CELL_USD, decimals_of(c), 0},
                                 {"lost_value_month_usd", "value not\nbrought", SC_CELL_USD, decimals_of(c), 0},
                                 {"failing_month_usd", "together", SC_CELL_USD, decimals_of(c), 0}};
    if (c->premium.graded == 0)
        return;
    sc_table *t = sc_report_table(r, "failures", "What failures cost a month", columns, N(columns));
    failure_row(t, &c->premium);
    for (size_t i = 0; i < c->n_rivals; i++) {
        if (c->rivals[i].offer.graded > 0)
            failure_row(t, &c->rivals[i].offer);
    }
}

/* ---- curves */

/* Every k-th point, so that people see at most CURVE_ROWS. */
static size_t stride(int people, size_t n) { return people && n > CURVE_ROWS ? (n + CURVE_ROWS - 1) / CURVE_ROWS : 1; }

static void pays_table(sc_report *r, int people, const sc_case *c)
{
    static const sc_column columns[] = {{"worth_usd", "a success is worth", SC_CELL_USD, -1, 0},
                                        {"p_pays", "P of paying", SC_CELL_SHARE, 0, 0}};
    if (c->n_pays == 0)
        return;
    char title[200];
    snprintf(title, sizeof title, "How sure it pays, by what a success in place of a failure is worth (against %.60s)",
             c->rivals[0].offer.offer.model->name);
    sc_table *t = sc_report_table(r, "pays", title, columns, N(columns));
    for (size_t i = 0; i < c->n_pays; i += stride(people, c->n_pays)) {
        sc_table_row(t);
        sc_cell_usd(t, c->pays[i].worth);
        sc_cell_share(t, c->pays[i].p_pays);
    }
}

static void gaps_table(sc_report *r, int people, const sc_case *c)
{
    char titles[SC_CASE_VOLUMES][64], number[64];
    if (c->n_gaps == 0)
        return;
    for (int v = 0; v < SC_CASE_VOLUMES; v++)
        snprintf(titles[v], sizeof titles[v], "at %.30s\nattempts", sc_format_fixed(c->volumes[v], 0, 1, number));
    const sc_column columns[] = {{"difference", "better by, points", SC_CELL_NUMBER, 1, 0},
                                 {"benefit_low_volume_month_usd", titles[0], SC_CELL_USD, decimals_of(c), 0},
                                 {"benefit_month_usd", titles[1], SC_CELL_USD, decimals_of(c), 0},
                                 {"benefit_high_volume_month_usd", titles[2], SC_CELL_USD, decimals_of(c), 0}};
    sc_table *t = sc_report_table(r, "quality", "Benefit a month, by difference in quality and volume (P10, P50, P90)",
                                  columns, N(columns));
    for (size_t i = 0; i < c->n_gaps; i += stride(people, c->n_gaps)) {
        sc_table_row(t);
        sc_cell_number(t, 100.0 * c->gaps[i].difference);
        for (int v = 0; v < SC_CASE_VOLUMES; v++)
            sc_cell_usd(t, c->gaps[i].benefit[v]);
    }
}

/* ---- evidence, swings, assumptions */

static void test_row(sc_table *t, const sc_evidence_value *v)
{
    sc_table_row(t);
    sc_cell_count(t, v->items);
    sc_cell_share(t, v->p_decided);
    sc_cell_usd(t, v->evsi);
}

static void tests_table(sc_report *r, int people, const sc_case *c)
{
    char usd[64];
    static const sc_column columns[] = {{"items", "more graded by both", SC_CELL_COUNT, 0, 0},
                                        {"p_decided", "decide with P", SC_CELL_SHARE, 0, 0},
                                        {"worth_month_usd", "worth a month", SC_CELL_USD, -1, 0}};
    if (c->n_rivals == 0 || c->rivals[0].test.items == 0)
        return;
    const sc_case_rival *x = &c->rivals[0];
    int is_listed = 0;
    if (people && x->verdict != SC_CASE_NOT_DECIDED) {
        sc_report_note(r,
                       "More evaluation: the case is decided; to know everything for sure would be worth %s a month.",
                       sc_format_usd(x->perfect, usd));
        return;
    }
    sc_table *t =
        sc_report_table(r, "evaluation", "What more evaluation is worth, before its own cost", columns, N(columns));
    for (int k = 0; k < SC_CASE_TESTS; k++) {
        if (!is_listed && x->test.items <= x->tests[k].items) {
            is_listed = 1;
            test_row(t, &x->test);
            if (x->test.items == x->tests[k].items)
                continue;
        }
        test_row(t, &x->tests[k]);
    }
    if (!is_listed)
        test_row(t, &x->test);
}

static void swings_table(sc_report *r, const sc_case *c)
{
    const sc_column columns[] = {{"assumption", "assumption", SC_CELL_TEXT, 0, 0},
                                 {"from", "from", SC_CELL_TEXT, 0, 0},
                                 {"to", "to", SC_CELL_TEXT, 0, 0},
                                 {"benefit_from_month_usd", "benefit a\nmonth, from", SC_CELL_USD, decimals_of(c), 0},
                                 {"benefit_to_month_usd", "to", SC_CELL_USD, decimals_of(c), 0}};
    if (c->n_swings == 0)
        return;
    sc_table *t = sc_report_table(r, "sensitivity", "What moves the result most", columns, N(columns));
    for (size_t i = 0; i < c->n_swings; i++) {
        sc_table_row(t);
        sc_cell_text(t, c->swings[i].what);
        sc_cell_text(t, c->swings[i].from);
        sc_cell_text(t, c->swings[i].to);
        sc_cell_usd(t, c->swings[i].low);
        sc_cell_usd(t, c->swings[i].high);
    }
}

static void assumptions_table(sc_report *r, const sc_case *c)
{
    static const sc_column columns[] = {{"assumption", "assumption", SC_CELL_TEXT, 0, 0},
                                        {"value", "value", SC_CELL_TEXT, 0, 0},
                                        {"source", "source", SC_CELL_TEXT, 0, 0}};
    sc_table *t = sc_report_table(r, "assumptions", "Assumptions", columns, N(columns));
    for (size_t i = 0; i < c->n_assumptions; i++) {
        sc_table_row(t);
        sc_cell_text(t, c->assumptions[i].what);
        sc_cell_text(t, c->assumptions[i].value);
        sc_cell_text(t, sc_case_source_name(c->assumptions[i].source));
    }
}

void justify_case_report(sc_report *r, const justify_options *o, const sc_case *c)
{
    const int people = is_for_people(o);
    sc_report_figure_text(r, "verdict", "verdict", sc_case_verdict_name(c->verdict));
    sc_report_figure_text(r, "case", "case", c->headline);
    if (people) {
        offers_of_people(r, c);
        rivals_of_people(r, c);
    } else {
        offers_table(r, c);
        rivals_table(r, c);
    }
    failures_table(r, c);
    pays_table(r, people, c);
    gaps_table(r, people, c);
    swings_table(r, c);
    tests_table(r, people, c);
    assumptions_table(r, c);
    for (size_t i = 0; i < c->n_changes; i++)
        sc_report_note(r, "What would change it - %s.", c->changes[i]);
}

/* ---- initiatives */

static void trend_cells(sc_table *t, const sc_outcome_trend *x)
{
    const double figures[] = {x->successes, x->successes_se, x->attempts, x->attempts_se};
    for (size_t i = 0; i < N(figures); i++)
        number_cell(t, x->rows > 0 ? 100.0 * figures[i] : UNKNOWN);
}

/* People read "unknown", programs null. */
static void known_or_unknown(sc_table *t, int people, double usd)
{
    if (people && !isfinite(usd))
        sc_cell_text(t, "unknown");
    else
        usd_cell(t, usd);
}

static void initiative_row(sc_table *t, int people, const sc_initiative *x)
{
    const int known = x->rank > 0;
    sc_table_row(t);
    if (known)
        sc_cell_count(t, x->rank);
    else
        sc_cell_empty(t);
    sc_cell_text(t, x->project);
    known_or_unknown(t, people, x->spend.mean);
    number_cell(t, known ? (double)x->outcome.successes / x->months : UNKNOWN);
    share_cell(t, x->outcome.rows > 0 ? x->success_share : UNKNOWN);
    known_or_unknown(t, people, x->per_outcome.mean);
    usd_cell(t, x->per_outcome.low);
    usd_cell(t, x->per_outcome.high);
    usd_cell(t, x->full_per_outcome);
    known_or_unknown(t, people, x->value);
    usd_cell(t, x->net);
    trend_cells(t, &x->trend);
    if (!people)
        sc_cell_text(t, known ? "ranked" : "unknown");
}

void justify_initiatives_report(sc_report *r, const justify_options *o, const sc_initiative *list, size_t n,
                                const char *basis)
{
    double spend = 0.0;
    for (size_t i = 0; i < n; i++)
        spend += isfinite(list[i].spend.mean) ? list[i].spend.mean : 0.0;
    const int people = is_for_people(o), decimals = spend < 1000.0 * (double)n ? -1 : 0;
    const sc_column columns[] = {{"rank", "", SC_CELL_COUNT, 0, 0},
                                 {"project", "initiative", SC_CELL_TEXT, 0, 0},
                                 {"spend_month_usd", "spend\na month", SC_CELL_USD, decimals, 0},
                                 {"successes_month", "outcomes\na month", SC_CELL_NUMBER, 0, 0},
                                 {"success_share", "of\nattempts", SC_CELL_SHARE, 0, 2},
                                 {"per_outcome_usd", "cost of an\noutcome", SC_CELL_USD, -1, 0},
                                 {"per_outcome_p10_usd", "P10", SC_CELL_USD, -1, 1},
                                 {"per_outcome_p90_usd", "P90", SC_CELL_USD, -1, 1},
                                 {"full_per_outcome_usd", "with failures\nand people", SC_CELL_USD, -1, 3},
                                 {"value_month_usd", "value\na month", SC_CELL_USD, decimals, 0},
                                 {"net_month_usd", "net", SC_CELL_USD, decimals, 4},
                                 {"trend_points", "trend,\npoints", SC_CELL_NUMBER, 2, 0},
                                 {"trend_points_error", "+-", SC_CELL_NUMBER, 2, 0},
                                 {"trend_attempts", "attempts,\n%", SC_CELL_NUMBER, 1, 5},
                                 {"trend_attempts_error", "+-", SC_CELL_NUMBER, 1, 5},
                                 {"status", "status", SC_CELL_TEXT, 0, 0}};
    size_t unknown = 0;
    sc_table *t = sc_report_table(r, "initiatives", NULL, columns, N(columns) - (people ? 1 : 0));
    for (size_t i = 0; i < n; i++) {
        initiative_row(t, people, &list[i]);
        unknown += list[i].rank == 0;
    }
    sc_report_note(
        r,
        "Ranked by what the models cost for one outcome: %s spend a month over outcomes a month. Outcomes of "
        "different kinds are not worth the same: value and net, where outcomes state it, say what is left.",
        basis);
    if (unknown > 0)
        sc_report_note(r,
                       "%zu of %zu initiatives have no whole price or no outcomes to go by (none, none that succeeded, "
                       "or a single row, whose period is not known): their value is unknown, they are not ranked.",
                       unknown, n);
    sc_report_note(r, "Trend: change of the share of successes in 30 days, in points, and of attempts in %%, each with "
                      "its standard error.");
    if (o->human_usd_per_hour < 0.0)
        sc_report_note(r, "People's time is not priced: --human-usd-per-hour adds it.");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_read.c - the usage of a ledger as workloads and days, attributed as the bill does it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/profile_fit.h"
#include "spendcast/bill.h"

#define SECONDS_AN_HOUR 3600
#define LEAST_OTHERS 3.0 /* days that say when days begin and end */
#define NEARLY_ALL 0.9   /* of them */

/* Room for one more entry of an array that grows. */
static void *grown(void *array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return array;
    const size_t more = *cap > 0 ? 2 * *cap : 256;
    void *block = sc_realloc(array, more, size);
    if (block != NULL)
        *cap = more;
    return block;
}

sc_code profile_leave_out(profile_usage *u, const char *project, const char *model, const char *why, int64_t requests,
                          int64_t tokens)
{
    sc_profile_left_out *x = NULL;
    for (size_t i = 0; x == NULL && i < u->n_left_out; i++) {
        sc_profile_left_out *e = &u->left_out[i];
        if (strcmp(e->project, project) == 0 && strcmp(e->model, model) == 0 && strcmp(e->why, why) == 0)
            x = e;
    }
    if (x == NULL) {
        sc_profile_left_out *all = grown(u->left_out, u->n_left_out, &u->left_out_cap, sizeof *all);
        if (all == NULL)
            return SC_E_MEMORY;
        u->left_out = all;
        x = &all[u->n_left_out++];
        *x = (sc_profile_left_out){.project = project, .model = model, .why = why};
    }
    x->requests += requests;
    x->tokens += tokens;
    return SC_OK;
}

static int64_t all_tokens(const int64_t tokens[SC_TOKEN_METERS])
{
    int64_t sum = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        sum += tokens[m];
    return sum;
}

/* Why usage cannot stand in a scenario; NULL = it can. */
static const char *obstacle(const sc_bill_item *item)
{
    if (item->stream->meter >= 0)
        return "meters other than tokens are not simulated";
    if (item->model == NULL)
        return "the card does not know the model";
    if (item->buy.tier > SC_TIER_BATCH)
        return "capacity and tiers that scenarios do not have";
    return NULL;
}

static int same_part(const profile_part *p, const profile_part *q)
{
    return p->stream == q->stream && p->rule == q->rule && p->counted == q->counted && p->buy.model == q->buy.model &&
           p->buy.region == q->buy.region && p->buy.scope == q->buy.scope && p->buy.tier == q->buy.tier &&
           strcmp(p->project, q->project) == 0 && strcmp(p->workload, q->workload) == 0;
}

static profile_part *part_of(profile_usage *u, const sc_bill_item *item)
{
    const profile_part part = {.project = item->project,
                               .workload = item->workload,
                               .model_text = item->stream->dim[SC_DIM_MODEL],
                               .buy = item->buy,
                               .counted = !item->cell->no_counts,
                               .no_region = item->stream->dim[SC_DIM_REGION][0] == '\0',
                               .stream = item->cell->stream,
                               .rule = item->rule,
                               .first = u->n_days};
    if (u->n_parts > 0 && same_part(&u->parts[u->n_parts - 1], &part))
        return &u->parts[u->n_parts - 1];
    profile_part *all = grown(u->parts, u->n_parts, &u->parts_cap, sizeof *all);
    if (all == NULL)
        return NULL;
    u->parts = all;
    all[u->n_parts] = part;
    return &all[u->n_parts++];
}

static sc_code add_day(profile_usage *u, profile_part *part, const sc_ledger_cell *cell)
{
    profile_day *all = grown(u->days, u->n_days, &u->days_cap, sizeof *all);
    if (all == NULL)
        return SC_E_MEMORY;
    u->days = all;
    all[u->n_days] = (profile_day){.day = cell->local_day, .requests = cell->requests};
    memcpy(all[u->n_days].tokens, cell->tokens, sizeof cell->tokens);
    u->n_days++;
    part->n++;
    u->first = cell->local_day < u->first ? cell->local_day : u->first;
    u->end = cell->local_day >= u->end ? cell->local_day + 1 : u->end;
    return SC_OK;
}

static sc_code read_item(void *context, const sc_bill_item *item)
{
    profile_usage *u = context;
    if (!item->first || item->stream->charge != SC_CHARGE_USAGE)
        return SC_OK;
    const char *why = obstacle(item);
    if (why != NULL)
        return profile_leave_out(u, item->project,
                                 item->model != NULL ? item->model->id : item->stream->dim[SC_DIM_MODEL], why,
                                 item->cell->requests, item->stream->meter < 0 ? all_tokens(item->cell->tokens) : 0);
    profile_part *part = part_of(u, item);
    return part != NULL ? add_day(u, part, item->cell) : SC_E_MEMORY;
}

int profile_part_order(const profile_part *a, const profile_part *b)
{
    int order = strcmp(a->project, b->project);
    if (order == 0)
        order = strcmp(a->workload, b->workload);
    if (order == 0)
        order = strcmp(a->buy.model->id, b->buy.model->id);
    if (order == 0)
        order = a->buy.region - b->buy.region;
    if (order == 0)
        order = (int)a->buy.scope - (int)b->buy.scope;
    if (order == 0)
        order = (int)a->buy.tier - (int)b->buy.tier;
    return order != 0 ? order : b->counted - a->counted;
}

static int by_workload(const void *a, const void *b)
{
    const profile_part *p = a, *q = b;
    const int order = profile_part_order(p, q);
    if (order != 0)
        return order;
    if (p->stream != q->stream)
        return p->stream < q->stream ? -1 : 1;
    return p->first < q->first ? -1 : p->first > q->first;
}

/* ---- hours ---- */

void profile_add_hours(const sc_ledger *l, size_t stream, sc_day first, size_t n, int64_t (*hours)[24])
{
    const sc_zone *zone = sc_ledger_zone(l);
    const sc_day end = first + (sc_day)n;
    for (sc_day utc = first - 1; utc <= end; utc++) {
        const uint32_t *h = sc_ledger_hours(l, stream, utc);
        for (int k = 0; h != NULL && k < 24; k++) {
            const int local = k + sc_zone_offset(zone, utc * INT64_C(86400) + k * SECONDS_AN_HOUR) / SECONDS_AN_HOUR;
            const sc_day day = utc + (local < 0 ? -1 : local >= 24);
            if (day >= first && day < end)
                hours[day - first][(local + 24) % 24] += h[k];
        }
    }
}

/* Hours without requests at a day's beginning or end; 24 = it has none. */
static int silent_hours(const int64_t hours[24], int at_end)
{
    int n = 0;
    while (n < 24 && hours[at_end ? 23 - n : n] == 0)
        n++;
    return n;
}

/* 1 if nearly all other days with requests have some in the hours in which this one, the first or last, has none. */
static int is_partial(int64_t (*hours)[24], size_t n, size_t day, int at_end)
{
    const int silent = silent_hours(hours[day], at_end);
    double others = 0.0, earlier = 0.0;
    for (size_t d = 0; d < n; d++) {
        const int its = silent_hours(hours[d], at_end);
        if (d == day || its == 24)
            continue;
        others += 1.0;
        earlier += its < silent;
    }
    return silent < 24 && others >= LEAST_OTHERS && earlier >= NEARLY_ALL * others;
}

static sc_code drop_partial_days(profile_usage *u)
{
    const size_t n = (size_t)(u->end - u->first);
    int64_t(*hours)[24] = sc_calloc(n, sizeof *hours);
    if (hours == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < u->n_parts; i++) {
        if (i == 0 || u->parts[i - 1].stream != u->parts[i].stream)
            profile_add_hours(u->l, u->parts[i].stream, u->first, n, hours);
    }
    const int first = is_partial(hours, n, 0, 0), last = is_partial(hours, n, n - 1, 1);
    u->first += first;
    u->end -= last;
    sc_free(hours);
    return SC_OK;
}

sc_code profile_read(profile_usage *u, const sc_ledger *l, const sc_profile_options *o, sc_errors *errors)
{
    const sc_bill_options b = {
        .rater = o->rater, .attribution = o->attribution, .since = o->since, .until = o->until, .kinds = o->kinds};
    *u = (profile_usage){.l = l, .o = o, .first = SC_DAY_MAX, .end = SC_DAY_MIN};
    const sc_code code = sc_bill_items(l, &b, read_item, u, errors);
    if (code != SC_OK)
        return code;
    if (u->n_parts == 0)
        return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "no usage of tokens of models that the card knows%s",
                             u->n_left_out > 0 ? "" : ", expected at least a day of it");
    const sc_code dropped = drop_partial_days(u);
    qsort(u->parts, u->n_parts, sizeof *u->parts, by_workload);
    return dropped;
}

void profile_usage_release(profile_usage *u)
{
    sc_free(u->parts);
    sc_free(u->days);
    sc_free(u->left_out);
    *u = (profile_usage){0};
}

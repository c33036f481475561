/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_read.c - the usage of a ledger as workloads and days, attributed as the bill does it. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/profile_fit.h"
#include "spendcast/bill.h"

#define PARTIAL_SHARE 0.02 /* of a day's requests that are missing from one that is partial ... */
#define LEAST_MISSING 5.0  /* ... and how many these are at least */

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

/* ---- days that are not whole ---- */

/* Requests of all usage by local hour, of one day (`only`) or of all others. */
static void add_hours(const profile_usage *u, sc_day only, int others, int64_t sum[24])
{
    const int shift = sc_ledger_utc_offset(u->l) / 3600;
    for (size_t i = 0; i < u->n_parts; i++) {
        if (i > 0 && u->parts[i - 1].stream == u->parts[i].stream)
            continue;
        for (sc_day utc = u->first - 1; utc <= u->end; utc++) {
            const uint32_t *h = sc_ledger_hours(u->l, u->parts[i].stream, utc);
            for (int k = 0; h != NULL && k < 24; k++) {
                const int local = k + shift;
                const sc_day day = utc + (local < 0 ? -1 : local >= 24);
                if ((day == only) != others)
                    sum[(local + 24) % 24] += h[k];
            }
        }
    }
}

/* 1 if the day lacks hours, at its beginning or its end, in which other days have requests. */
static int is_partial(const profile_usage *u, sc_day day, int at_end)
{
    int64_t own[24] = {0}, rest[24] = {0}, sum = 0, missing = 0, known = 0;
    add_hours(u, day, 0, own);
    add_hours(u, day, 1, rest);
    for (int k = 0; k < 24; k++) {
        sum += rest[k];
        known += own[k];
    }
    for (int i = 0; i < 24; i++) {
        const int k = at_end ? 23 - i : i;
        if (own[k] > 0)
            break;
        missing += rest[k];
    }
    /* At the day's rate so many requests are expected there that not one of them would be strange. */
    const double expected = (double)known * (double)missing / (double)(sum > missing ? sum - missing : 1);
    return sum > 0 && (double)missing > PARTIAL_SHARE * (double)sum && expected >= LEAST_MISSING;
}

static void drop_partial_days(profile_usage *u)
{
    if (u->end - u->first < 3)
        return;
    u->first += is_partial(u, u->first, 0);
    u->end -= is_partial(u, u->end - 1, 1);
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
    drop_partial_days(u);
    qsort(u->parts, u->n_parts, sizeof *u->parts, by_workload);
    return SC_OK;
}

void profile_usage_release(profile_usage *u)
{
    sc_free(u->parts);
    sc_free(u->days);
    sc_free(u->left_out);
    *u = (profile_usage){0};
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile.c - the workloads of a ledger, each fitted by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "profile/profile_fit.h"
#include "stats/elementary.h"

#define ALMOST 0.99        /* of the window, which a prefix must leave some of */
#define MOST_TOKENS 5e6    /* of a request on average, and ... */
#define MOST_REQUESTS 1e10 /* ... requests, so that no number leaves the range of scenarios */
#define TOKENIZERS 1.3     /* spread of their ratios that the simulator allows for (sim/offers.c) */
#define ENDED_DAYS 7       /* without usage, at least, for a workload that has ended */

const char *sc_profile_note_text(sc_profile_note n)
{
    static const char *const texts[] = {
        [SC_PROFILE_FEW_DAYS] = "less than two weeks observed: every weekday is taken as the same",
        [SC_PROFILE_NO_GROWTH] = "less than four weeks observed: growth is not known, from -23 % to +29 % a month",
        [SC_PROFILE_NO_SIZES] = "sizes of single requests are not known: all are taken as the mean",
        [SC_PROFILE_NO_BURSTS] = "times within the day are not known or too few: requests are taken to come at random",
        [SC_PROFILE_REQUESTS_MADE] = "requests are not counted: as many as the tokens stated for one make of them",
        [SC_PROFILE_REGION_ASSUMED] = "no region is stated: the one that bills assume is taken",
        [SC_PROFILE_NO_WRITES] =
            "cache writes are not billed apart: hits are those of sessions, or of one shared prefix",
        [SC_PROFILE_PREFIX_SHORT] =
            "only a part of the requests can use the cache, as cached tokens are too few for all",
        [SC_PROFILE_HITS_OUT_OF_REACH] = "more cache hits than the rate and bursts of requests explain",
        [SC_PROFILE_NO_CACHING] = "cached tokens that the card has no prices for: taken as input",
        [SC_PROFILE_REGION_MOVED] =
            "the card has no cache prices in the region: another's, where the other prices are the same",
        [SC_PROFILE_OVER_LIMIT] = "requests above the limits that the card states for the model are cut there",
    };
    return (size_t)n < SC_PROFILE_NOTES ? texts[n] : "";
}

/* ---- the series of one workload ---- */

static void add_day(profile_series *s, const profile_day *day)
{
    if (day->day < s->first || day->day >= s->first + (sc_day)s->n)
        return;
    const size_t d = (size_t)(day->day - s->first);
    s->requests[d] += day->requests;
    s->sum_requests += day->requests;
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        s->tokens[d][m] += day->tokens[m];
        s->sum[m] += day->tokens[m];
    }
}

static sc_code make_series(const profile_usage *u, const profile_part *parts, size_t n, sc_arena *arena,
                           profile_series *s)
{
    *s = (profile_series){.first = u->first, .n = (size_t)(u->end - u->first)};
    s->requests = sc_arena_alloc(arena, s->n, sizeof *s->requests);
    s->tokens = sc_arena_alloc(arena, s->n, sizeof *s->tokens);
    s->hours = sc_arena_alloc(arena, s->n, sizeof *s->hours);
    if (s->requests == NULL || s->tokens == NULL || s->hours == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < parts[i].n; k++)
            add_day(s, &u->days[parts[i].first + k]);
        if (i == 0 || parts[i].stream != parts[i - 1].stream)
            profile_add_hours(u->l, parts[i].stream, s->first, s->n, s->hours);
    }
    return SC_OK;
}

static int64_t prompt_tokens(const int64_t tokens[SC_TOKEN_METERS])
{
    int64_t sum = 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        sum += m != SC_METER_OUTPUT ? tokens[m] : 0;
    return sum;
}

/* Usage without counts: as many requests as its tokens make. */
static void make_requests(profile_series *s, int64_t tokens_per_request)
{
    s->sum_requests = 0;
    for (size_t d = 0; d < s->n; d++) {
        const int64_t tokens = prompt_tokens(s->tokens[d]);
        s->requests[d] = tokens / tokens_per_request + (2 * (tokens % tokens_per_request) >= tokens_per_request);
        s->sum_requests += s->requests[d];
    }
}

/* Days before the workload began, where the gap is far longer than any within, are not part of it; a gap of that kind
 * at the end says that it has ended: returns 1. */
static int trim(profile_series *s)
{
    size_t first = s->n, last = 0, gap = 0, longest = 0;
    for (size_t d = 0; d < s->n; d++) {
        if (s->requests[d] == 0) {
            gap++;
            continue;
        }
        if (first == s->n)
            first = d;
        else
            longest = gap > longest ? gap : longest;
        last = d;
        gap = 0;
    }
    const size_t after = s->n - 1 - last;
    if (first > 3 * longest) {
        s->first += (sc_day)first;
        s->n -= first;
        s->requests += first;
        s->tokens += first;
        s->hours += first;
    }
    return after >= ENDED_DAYS && after > 3 * longest;
}

/* ---- one workload ---- */

static double limit_or_none(int64_t limit, double less) { return limit > 0 ? fmax((double)limit - less, 1.0) : 1e9; }

/* The most input that a request may have.  Where the card stops pricing below the model's window, the simulator must
 * not come near: it allows for the level's uncertainty, and for the spread of tokenizers (sim/offers.c). */
static double most_input(const sc_profile *p, sc_profile_workload *w)
{
    const double far = 6.5, s2 = sc_log(1.0 + w->input.scale_cv * w->input.scale_cv);
    const int64_t end = profile_unpriced_from(p, &w->buy, w->cache.ttl);
    const double window = limit_or_none(w->buy.model->context_window, w->cache.prefix_tokens);
    const double priced =
        0.999 * ((double)end / TOKENIZERS - w->cache.prefix_tokens) / sc_exp(far * sqrt(s2) - 0.5 * s2);
    if (end == 0 || priced >= window)
        return window;
    w->input.max = sc_significant(fmax(priced, 1.0));
    return w->input.max;
}

static sc_code fit_sizes(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                         const sc_profile *p, sc_arena *arena, sc_profile_workload *w)
{
    const double requests = (double)s->sum_requests, output = (double)s->sum[SC_METER_OUTPUT] / requests;
    double input = (double)s->sum[SC_METER_INPUT] / requests;
    int over = 0;
    profile_sizes *sizes = SC_NEW(profile_sizes);
    if (sizes == NULL)
        return SC_E_MEMORY;
    profile_sizes_of(u, parts, n, sizes);
    if (sizes->n == 0)
        w->notes |= 1u << SC_PROFILE_NO_SIZES;
    if ((w->notes >> SC_PROFILE_NO_WRITES & 1) != 0)
        input -= w->cache.prefix_tokens * (1.0 - w->cache.fitted);
    w->input.scale_cv = sc_significant(profile_scale_cv(s, 0));
    w->output.scale_cv = sc_significant(profile_scale_cv(s, 1));
    sc_code code = profile_fit_tokens(sizes->input, fmax(input, 0.0), most_input(p, w), arena, &w->input, &over);
    if (code == SC_OK)
        code = profile_fit_tokens(sizes->output, output, limit_or_none(w->buy.model->max_output, 0.0), arena,
                                  &w->output, &over);
    if (w->input.form != SC_PROFILE_CONSTANT && w->output.form != SC_PROFILE_CONSTANT)
        w->correlation = sc_significant(sizes->correlation);
    w->notes |= over ? 1u << SC_PROFILE_OVER_LIMIT : 0u;
    sc_free(sizes);
    return code;
}

static void fit_bursts(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                       sc_profile_workload *w)
{
    double session_requests, cv = profile_bursts_of_sessions(u, parts, n, &session_requests);
    w->volume.session_requests = sc_significant(session_requests);
    w->volume.bursts_from = "sessions";
    if (!(cv > 0.0)) {
        cv = profile_bursts_of_hours(s);
        w->volume.bursts_from = "hours";
    }
    if (!(cv > 0.0)) {
        cv = 1.0;
        w->volume.bursts_from = "";
        w->notes |= 1u << SC_PROFILE_NO_BURSTS;
    }
    w->volume.burstiness = sc_significant(cv);
}

static sc_code fit_workload(const profile_usage *u, const profile_part *parts, size_t n, const profile_series *s,
                            const sc_profile *p, sc_arena *arena, sc_profile_workload *w)
{
    double *requests = SC_NEW_ARRAY(double, s->n);
    if (requests == NULL)
        return SC_E_MEMORY;
    for (size_t d = 0; d < s->n; d++)
        requests[d] = (double)s->requests[d];
    w->first = s->first;
    w->last = s->first + (sc_day)s->n - 1;
    w->requests = s->sum_requests;
    memcpy(w->tokens, s->sum, sizeof w->tokens);
    for (size_t i = 0; i < n; i++)
        w->notes |= parts[i].no_region ? 1u << SC_PROFILE_REGION_ASSUMED : 0u;
    w->notes |= !parts->counted ? 1u << SC_PROFILE_REQUESTS_MADE : 0u;
    fit_bursts(u, parts, n, s, w);
    profile_fit_cache(u, parts, n, s, w);
    profile_price_cache(p, w);
    profile_fit_volume(requests, s->n, s->first, p->start, w->volume.burstiness, &w->volume, &w->notes);
    sc_free(requests);
    return fit_sizes(u, parts, n, s, p, arena, w);
}

static sc_profile_range part_of_range(const sc_profile_range *r, double share)
{
    return (sc_profile_range){sc_significant(share * r->p10), sc_significant(share * r->p50),
                              sc_significant(share * r->p90)};
}

/* A share of a workload's requests, without what it cached. */
static void take_share(sc_profile_workload *w, double share)
{
    w->volume.per_day = part_of_range(&w->volume.per_day, share);
    w->requests = llround(share * (double)w->requests);
    w->tokens[SC_METER_INPUT] = llround(share * (double)w->tokens[SC_METER_INPUT]);
    w->tokens[SC_METER_OUTPUT] = llround(share * (double)w->tokens[SC_METER_OUTPUT]);
}

/* Where all requests together have fewer cached tokens than the shortest prefix that the model can cache, only some use
 * the cache: these become a workload of their own, with that prefix, so that tokens and hits stay as they are. */
static void split_uncached(sc_profile_workload *w, sc_profile_workload *rest)
{
    const double least = (double)w->buy.model->cache_min_tokens, share = w->cache.prefix_tokens / least;
    *rest = *w;
    take_share(w, share);
    take_share(rest, 1.0 - share);
    w->cache.prefix_tokens = least;
    w->cache.keys = sc_significant(fmax(w->cache.keys * share, 1.0));
    rest->cache = (sc_profile_cache){.keys = 1.0, .observed = -1.0, .fitted = -1.0};
    for (int m = SC_METER_CACHE_READ; m < SC_TOKEN_METERS; m++)
        rest->tokens[m] = 0;
}

/* ---- all of them ---- */

/* A tag of a project holds if all usage that has it agrees. */
static sc_code note_tag(sc_arena *arena, profile_project *p, size_t *cap, const char *key, const char *value)
{
    if (value[0] == '\0' || strcmp(key, "project") == 0 || strcmp(key, "workload") == 0)
        return SC_OK;
    for (size_t i = 0; i < p->n_tags; i++) {
        if (strcmp(p->tags[i].key, key) == 0) {
            if (p->tags[i].value != NULL && strcmp(p->tags[i].value, value) != 0)
                p->tags[i].value = NULL;
            return SC_OK;
        }
    }
    if (p->n_tags == *cap) {
        profile_tag *more = SC_ARENA_ARRAY(arena, profile_tag, 2 * *cap + 8);
        if (more == NULL)
            return SC_E_MEMORY;
        if (p->n_tags > 0)
            memcpy(more, p->tags, p->n_tags * sizeof *more);
        p->tags = more;
        *cap = 2 * *cap + 8;
    }
    p->tags[p->n_tags++] = (profile_tag){key, strcmp(value, SC_MANY_VALUES) != 0 ? value : NULL};
    return SC_OK;
}

/* Tags that rules set go before those that usage states. */
static sc_code note_tags(const profile_usage *u, const profile_part *part, sc_arena *arena, profile_project *p,
                         size_t *cap)
{
    const sc_ledger_stream *s = sc_ledger_stream_at(u->l, part->stream);
    const sc_attribution_rule *r =
        part->rule >= 0 ? sc_attribution_rule_at(u->o->attribution, (size_t)part->rule) : NULL;
    sc_code code = SC_OK;
    for (size_t i = 0; r != NULL && code == SC_OK && i < r->n_tags; i++)
        code = note_tag(arena, p, cap, r->tag_key[i], r->tag_value[i]);
    for (size_t i = 0; code == SC_OK && i < sc_ledger_tag_count(u->l, s->tagset); i++) {
        const char *key, *value;
        int set = 0;
        sc_ledger_tag_at(u->l, s->tagset, i, &key, &value);
        for (size_t k = 0; r != NULL && k < r->n_tags; k++)
            set |= strcmp(r->tag_key[k], key) == 0;
        if (!set)
            code = note_tag(arena, p, cap, key, value);
    }
    return code;
}

/* Requests that the simulator could not price, or numbers that leave the range of scenarios. */
static const char *too_large(const profile_series *s, const sc_profile *p, const sc_buy *buy)
{
    const double requests = (double)s->sum_requests, prompt = (double)prompt_tokens(s->sum) / requests;
    const double output = (double)s->sum[SC_METER_OUTPUT] / requests;
    const sc_model *m = buy->model;
    const int64_t end = profile_unpriced_from(p, buy, SC_TTL_NONE);
    if (prompt > ALMOST * limit_or_none(m->context_window, 0.0) || output > limit_or_none(m->max_output, 0.0))
        return "its mean request is larger than the card's limits of the model";
    if (end > 0 && prompt > 0.9 * (double)end / TOKENIZERS)
        return "its requests come near the largest context that the card prices";
    if (prompt > MOST_TOKENS || requests > MOST_REQUESTS)
        return "more requests, or larger ones, than scenarios take";
    return NULL;
}

/* Why the parts of a workload cannot stand in a scenario; NULL = they can. */
static const char *why_not(const profile_usage *u, const profile_part *part, profile_series *s, const sc_profile *p)
{
    const char *why;
    if (!profile_has_price(p, &part->buy, SC_TTL_NONE, 0))
        return "no price on some day of the horizon";
    if (!part->counted && u->o->tokens_per_request <= 0)
        return "requests are not counted: say how many tokens make one";
    if (!part->counted)
        make_requests(s, u->o->tokens_per_request);
    if (s->sum_requests == 0)
        return "no requests on the days observed in whole";
    why = too_large(s, p, &part->buy);
    if (why != NULL)
        return why;
    return trim(s) ? "ended: no usage for long" : NULL;
}

static sc_code fit_parts(sc_profile *p, profile_usage *u, size_t first, size_t n)
{
    sc_arena scratch = {0};
    profile_series s;
    const profile_part *part = &u->parts[first];
    sc_code code = make_series(u, part, n, &scratch, &s);
    const char *why = code == SC_OK ? why_not(u, part, &s, p) : NULL;
    if (why != NULL) {
        int64_t tokens = 0;
        for (int m = 0; m < SC_TOKEN_METERS; m++)
            tokens += s.sum[m];
        code =
            profile_leave_out(u, part->project, part->buy.model->id, why, part->counted ? s.sum_requests : 0, tokens);
    } else if (code == SC_OK) {
        sc_profile_workload *w = &p->workloads[p->n_workloads];
        w->project = p->projects[p->n_projects - 1].id;
        w->workload = profile_workload_id(p, u, first, w->project, "");
        w->buy = part->buy;
        code = w->workload != NULL ? fit_workload(u, part, n, &s, p, &p->arena, w) : SC_E_MEMORY;
        p->n_workloads++;
        if (code == SC_OK && (w->notes >> SC_PROFILE_PREFIX_SHORT & 1) != 0) {
            split_uncached(w, w + 1);
            w[1].workload = profile_workload_id(p, u, first, w->project, " uncached");
            code = w[1].workload != NULL ? SC_OK : SC_E_MEMORY;
            p->n_workloads++;
        }
    }
    sc_arena_release(&scratch);
    return code;
}

/* Opens the project of a part, if it is another than that of the last. */
static sc_code open_project(sc_profile *p, const profile_usage *u, size_t part)
{
    if (part > 0 && strcmp(u->parts[part - 1].project, u->parts[part].project) == 0)
        return SC_OK;
    const char *id = profile_project_id(p, u->parts[part].project);
    if (id == NULL)
        return SC_E_MEMORY;
    p->projects[p->n_projects++] = (profile_project){.id = id};
    return SC_OK;
}

static sc_code fit_all(sc_profile *p, profile_usage *u)
{
    sc_code code = SC_OK;
    size_t cap = 0;
    p->workloads = SC_ARENA_ARRAY(&p->arena, sc_profile_workload, 2 * u->n_parts); /* each may be split */
    p->projects = SC_ARENA_ARRAY(&p->arena, profile_project, u->n_parts);
    if (p->workloads == NULL || p->projects == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0, next; code == SC_OK && i < u->n_parts; i = next) {
        const size_t before = p->n_projects;
        code = open_project(p, u, i);
        cap = p->n_projects > before ? 0 : cap;
        for (next = i; code == SC_OK && next < u->n_parts && profile_part_order(&u->parts[i], &u->parts[next]) == 0;
             next++)
            code = note_tags(u, &u->parts[next], &p->arena, &p->projects[p->n_projects - 1], &cap);
        if (code == SC_OK)
            code = fit_parts(p, u, i, next - i);
    }
    return code;
}

static int by_tokens(const void *a, const void *b)
{
    const sc_profile_left_out *x = a, *y = b;
    if (x->tokens != y->tokens)
        return x->tokens > y->tokens ? -1 : 1;
    int order = strcmp(x->project, y->project);
    order = order != 0 ? order : strcmp(x->model, y->model);
    return order != 0 ? order : strcmp(x->why, y->why);
}

/* What is left out, with texts that outlive the fit (those of the ledger, the card and the code do). */
static sc_code keep_left_out(sc_profile *p, const profile_usage *u)
{
    p->left_out = SC_ARENA_ARRAY(&p->arena, sc_profile_left_out, u->n_left_out + 1);
    if (p->left_out == NULL)
        return SC_E_MEMORY;
    p->n_left_out = u->n_left_out;
    if (u->n_left_out > 0) {
        memcpy(p->left_out, u->left_out, u->n_left_out * sizeof *p->left_out);
        qsort(p->left_out, p->n_left_out, sizeof *p->left_out, by_tokens);
    }
    return SC_OK;
}

sc_code sc_profile_fit(const sc_ledger *l, const sc_profile_options *o, sc_profile **out, sc_errors *errors)
{
    profile_usage u;
    sc_profile *p = SC_NEW(sc_profile);
    *out = NULL;
    if (p == NULL)
        return SC_E_MEMORY;
    sc_code code = profile_read(&u, l, o, errors);
    if (code == SC_OK) {
        p->card = o->rater->card;
        p->first = u.first;
        p->end = u.end;
        p->start = o->start != SC_DAY_MAX ? o->start : u.end;
        p->months = o->months;
        p->days = o->days;
        code = fit_all(p, &u);
    }
    if (code == SC_OK)
        code = keep_left_out(p, &u);
    if (code == SC_OK && p->n_workloads == 0)
        code = sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "no workload can be fitted: %s",
                             p->n_left_out > 0 ? p->left_out[0].why : "no usage");
    profile_usage_release(&u);
    if (code == SC_OK)
        *out = p;
    else
        sc_profile_free(p);
    return code;
}

void sc_profile_free(sc_profile *p)
{
    if (p == NULL)
        return;
    sc_arena_release(&p->arena);
    sc_free(p);
}

size_t sc_profile_count(const sc_profile *p) { return p->n_workloads; }
const sc_profile_workload *sc_profile_at(const sc_profile *p, size_t i) { return &p->workloads[i]; }
size_t sc_profile_left_out_count(const sc_profile *p) { return p->n_left_out; }
const sc_profile_left_out *sc_profile_left_out_at(const sc_profile *p, size_t i) { return &p->left_out[i]; }

void sc_profile_days(const sc_profile *p, sc_day *first, sc_day *end)
{
    *first = p->first;
    *end = p->end;
}

void sc_profile_horizon(const sc_profile *p, sc_day *start, sc_day *end)
{
    *start = p->start;
    *end = profile_horizon_end(p);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_read.c - reading a sealed ledger. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "ledger/ledger_parts.h"

size_t sc_ledger_stream_count(const sc_ledger *l) { return l->sealed.n_streams; }
const sc_ledger_stream *sc_ledger_stream_at(const sc_ledger *l, size_t i) { return &l->sealed.streams[i]; }
size_t sc_ledger_cell_count(const sc_ledger *l) { return l->sealed.n_cells; }

#define CELLS_AHEAD 8 /* cells are mostly read one after the other, and lie far apart */

const sc_ledger_cell *sc_ledger_cell_at(const sc_ledger *l, size_t i, sc_ledger_cell *out)
{
    cell_sums c;
    if (l->sealed.n_cells - i > CELLS_AHEAD) {
        __builtin_prefetch(l->sealed.cells[i + CELLS_AHEAD]);
        __builtin_prefetch(&l->sealed.cells[i + CELLS_AHEAD]->cost);
    }
    sc_ledger_cell_sums(l->sealed.cells[i], &c);
    *out = (sc_ledger_cell){.stream = l->sealed.number[c.key.stream],
                            .day = c.key.day,
                            .local_day = c.key.day + c.key.shift,
                            .context_from = l->bands[c.key.band],
                            .records = c.count[COUNT_RECORDS],
                            .requests = c.count[COUNT_REQUESTS],
                            .no_counts = c.no_counts,
                            .has_cost = c.has_cost,
                            .billed = c.stated.billed,
                            .list = c.stated.list,
                            .effective = c.stated.effective,
                            .priced = l->priced,
                            .cost = c.cost,
                            .unpriced_tokens = c.count[COUNT_UNPRICED],
                            .assumed_tokens = c.count[COUNT_ASSUMED]};
    memcpy(out->tokens, &c.count[COUNT_TOKENS], sizeof out->tokens);
    return out;
}

static const tag_pair *tags_of(const sc_ledger *l, size_t tagset, size_t *n)
{
    *n = l->sealed.set[tagset].len / sizeof(tag_pair);
    return (const tag_pair *)(const void *)l->sealed.set[tagset].at;
}

size_t sc_ledger_tag_count(const sc_ledger *l, size_t tagset)
{
    size_t n;
    tags_of(l, tagset, &n);
    return n;
}

void sc_ledger_tag_at(const sc_ledger *l, size_t tagset, size_t i, const char **key, const char **value)
{
    size_t n;
    const tag_pair *t = tags_of(l, tagset, &n);
    *key = l->sealed.text[t[i].key].at;
    *value = l->sealed.text[t[i].value].at;
}

const char *sc_ledger_tag(const sc_ledger *l, size_t tagset, const char *key)
{
    size_t n;
    const tag_pair *t = tags_of(l, tagset, &n);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(l->sealed.text[t[i].key].at, key) == 0)
            return l->sealed.text[t[i].value].at;
    }
    return NULL;
}

sc_grain sc_ledger_grain(const sc_ledger *l)
{
    sc_grain coarsest = SC_GRAIN_REQUEST;
    for (size_t i = 0; i < l->sealed.n_streams; i++) {
        if (l->sealed.streams[i].grain > coarsest)
            coarsest = l->sealed.streams[i].grain;
    }
    return coarsest;
}

size_t sc_ledger_sizes(const sc_ledger *l, size_t stream, const sc_ledger_size **out)
{
    *out = l->sealed.sizes + l->sealed.first_size[stream];
    return l->sealed.first_size[stream + 1] - l->sealed.first_size[stream];
}

size_t sc_ledger_contexts(const sc_ledger *l, size_t stream, const sc_ledger_context **out)
{
    *out = l->sealed.contexts + l->sealed.first_context[stream];
    return l->sealed.first_context[stream + 1] - l->sealed.first_context[stream];
}

/* n x some / width, rounded down. */
static int64_t share(int64_t n, int64_t some, int64_t width) { return (int64_t)((sc_int128)n * some / width); }

/* Adds some / width of a bin to one side and the rest to the other. */
static void share_out(const sc_ledger_context *bin, int64_t some, int64_t width, sc_ledger_context *one,
                      sc_ledger_context *other)
{
    const int64_t count = share(bin->count, some, width);
    sc_raise(&one->count, count);
    sc_raise(&other->count, bin->count - count);
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        const int64_t tokens = share(bin->tokens[m], some, width);
        sc_raise(&one->tokens[m], tokens);
        sc_raise(&other->tokens[m], bin->tokens[m] - tokens);
    }
}

void sc_ledger_split_context(const sc_ledger *l, size_t stream, int64_t threshold, sc_ledger_context *below,
                             sc_ledger_context *above, int64_t *uncertain_requests)
{
    const sc_ledger_context *bin;
    const size_t n = sc_ledger_contexts(l, stream, &bin);
    *below = *above = (sc_ledger_context){.bin = -1};
    *uncertain_requests = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t low = sc_bin_low(bin[i].bin), high = sc_bin_high(bin[i].bin);
        const int is_cut = low < threshold && threshold <= high;
        if (is_cut)
            *uncertain_requests = bin[i].count;
        share_out(&bin[i], is_cut ? threshold - low : high < threshold, is_cut ? high - low + 1 : 1, below, above);
    }
}

size_t sc_ledger_events(const sc_ledger *l, size_t stream, const sc_ledger_event **out)
{
    *out = l->sealed.events + l->sealed.first_event[stream];
    return l->sealed.first_event[stream + 1] - l->sealed.first_event[stream];
}

size_t sc_ledger_minutes(const sc_ledger *l, const sc_ledger_minute **out)
{
    *out = l->sealed.minutes;
    return l->sealed.n_minutes;
}

const uint32_t *sc_ledger_hours(const sc_ledger *l, size_t stream, sc_day day)
{
    size_t low = 0, high = l->sealed.n_hours;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const hours_entry *h = &l->sealed.hours[mid];
        if (h->stream == stream && h->day == day)
            return h->count;
        if (h->stream < stream || (h->stream == stream && h->day < day))
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- kinds that cover the same usage ---- */

static const char *model_id(const sc_card *card, const char *stated)
{
    sc_model_ref ref;
    return sc_card_resolve(card, stated, &ref, NULL, 0) == SC_OK ? ref.model->id : stated;
}

static int by_place(const void *a, const void *b)
{
    const sc_ledger_overlap *x = a, *y = b;
    const int order = strcmp(x->account, y->account);
    if (order != 0)
        return order;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    return strcmp(x->model, y->model);
}

/* Usage of tokens only: taxes, other services and the like are no second count of the same. */
static int covers(const sc_ledger_stream *s, unsigned kinds)
{
    return (kinds >> s->kind & 1) != 0 && s->charge == SC_CHARGE_USAGE && s->meter < 0 &&
           s->dim[SC_DIM_MODEL][0] != '\0';
}

size_t sc_ledger_overlaps(const sc_ledger *l, const sc_card *card, unsigned kinds, sc_ledger_overlap *out, size_t max)
{
    const sealed *s = &l->sealed;
    sc_ledger_overlap *all = SC_NEW_ARRAY(sc_ledger_overlap, s->n_cells + 1);
    size_t n = 0, found = 0;
    for (size_t i = 0; all != NULL && i < s->n_streams; i++) {
        const sc_ledger_stream *t = &s->streams[i];
        const char *model = covers(t, kinds) ? model_id(card, t->dim[SC_DIM_MODEL]) : NULL;
        for (size_t k = t->first; model != NULL && k < t->first + t->cells; k++)
            all[n++] = (sc_ledger_overlap){t->dim[SC_DIM_ACCOUNT], model, s->cells[k]->key.day, 1u << t->kind};
    }
    if (all != NULL)
        qsort(all, n, sizeof *all, by_place);
    for (size_t i = 0, next; i < n; i = next) {
        sc_ledger_overlap o = all[i];
        for (next = i + 1; next < n && by_place(&all[i], &all[next]) == 0; next++)
            o.kinds |= all[next].kinds;
        if ((o.kinds & (o.kinds - 1)) == 0)
            continue;
        if (found < max)
            out[found] = o;
        found++;
    }
    if (all == NULL)
        return SIZE_MAX;
    sc_free(all);
    return found;
}

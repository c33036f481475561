/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_items.c - the line items of a ledger: attributed, filtered, priced. */
#include <stdio.h>
#include <string.h>

#include "attribution/pattern.h"
#include "base/alloc.h"
#include "bill/bill_keys.h"
#include "bill/bill_parts.h"

/* Texts of a sealed ledger and of rules are told apart by where they stand. */
typedef struct rate_entry {
    struct {
        const char *model, *region;
        int64_t context;
        int32_t day, scope, tier, as_stated;
    } key;
    sc_rating rating;
} rate_entry;

typedef struct filter {
    bill_key key;
    char name[100];
    sc_text pattern;
    int negated;
} filter;

typedef struct run {
    const sc_ledger *l;
    const sc_bill_options *o;
    filter filter[SC_BILL_FILTERS];
    sc_map rates;
    int (*takes)(void *context, const sc_bill_item *item);
    sc_code (*each)(void *context, const sc_bill_item *item);
    void *context;
    int dated; /* 1: some rule holds for a time only */
} run;

/* ---- filters ---- */

static sc_code read_filters(run *x, sc_errors *errors)
{
    for (size_t i = 0; i < x->o->n_where; i++) {
        filter *f = &x->filter[i];
        const char *text = x->o->where[i], *equals = strchr(text, '=');
        const size_t len = equals != NULL ? (size_t)(equals - text) : 0;
        f->negated = len > 0 && equals[-1] == '!';
        const size_t name = len - (size_t)f->negated;
        if (equals == NULL || name == 0 || name >= sizeof f->name)
            return sc_errors_add(errors, SC_E_USAGE, NULL, NULL,
                                 "'%s' is no filter, expected KEY=PATTERN or KEY!=PATTERN", text);
        memcpy(f->name, text, name);
        f->name[name] = '\0';
        f->key = bill_key_of(f->name);
        f->pattern = sc_text_of(equals + 1);
    }
    return SC_OK;
}

/* All '!=' must hold; of several '=' on one key one must. */
static int passes(const run *x, const sc_bill_item *item)
{
    char buf[SC_BILL_KEY_TEXT];
    for (size_t i = 0; i < x->o->n_where; i++) {
        const filter *f = &x->filter[i];
        const char *value = bill_key_value(x->l, x->o->attribution, item, &f->key, buf);
        int ok = sc_glob_matches(f->pattern, sc_text_of(value));
        for (size_t k = 0; !f->negated && !ok && k < x->o->n_where; k++) {
            const filter *other = &x->filter[k];
            ok = !other->negated && strcmp(other->name, f->name) == 0 &&
                 sc_glob_matches(other->pattern, sc_text_of(value));
        }
        if (ok == f->negated)
            return 0;
    }
    return 1;
}

/* ---- attribution ---- */

typedef struct tag_source {
    const sc_ledger *l;
    size_t tagset;
} tag_source;

static const char *stated_tag(const void *context, const char *key)
{
    const tag_source *t = context;
    return sc_ledger_tag(t->l, t->tagset, key);
}

/* The id at the end of a project's ARN (arn:aws:bedrock-mantle:REGION:ACCOUNT:project/ID). */
static const char *project_id(const char *project)
{
    const char *slash = strncmp(project, "arn:", 4) == 0 ? strstr(project, ":project/") : NULL;
    return slash != NULL ? slash + strlen(":project/") : project;
}

static const char *stated_project(const run *x, const sc_ledger_stream *s)
{
    if (s->dim[SC_DIM_PROJECT][0] != '\0')
        return project_id(s->dim[SC_DIM_PROJECT]);
    const char *tag = sc_ledger_tag(x->l, s->tagset, "project");
    return tag != NULL ? tag : SC_UNATTRIBUTED;
}

static const char *stated_workload(const run *x, const sc_ledger_stream *s)
{
    const char *tag = s->dim[SC_DIM_WORKLOAD][0] == '\0' ? sc_ledger_tag(x->l, s->tagset, "workload") : NULL;
    return tag != NULL ? tag : s->dim[SC_DIM_WORKLOAD];
}

static void attribute(const run *x, sc_bill_item *item, sc_day day)
{
    const sc_ledger_stream *s = item->stream;
    const sc_attribution *a = x->o->attribution;
    const tag_source source = {x->l, s->tagset};
    item->rule = -1;
    if (a != NULL) {
        sc_attribution_keys keys = {.tags = {stated_tag, &source}, .day = day};
        memcpy(keys.dim, s->dim, sizeof keys.dim);
        item->rule = sc_attribution_match(a, &keys);
    }
    const sc_attribution_rule *r = item->rule >= 0 ? sc_attribution_rule_at(a, (size_t)item->rule) : NULL;
    item->project = r != NULL && r->project[0] != '\0' ? r->project : stated_project(x, s);
    item->workload = r != NULL && r->workload[0] != '\0' ? r->workload : stated_workload(x, s);
}

/* The model of usage: as stated, or what the attribution says that an opaque profile stands for. */
static const char *model_text(const run *x, const sc_bill_item *item)
{
    const char *stated = item->stream->dim[SC_DIM_MODEL];
    if (stated[0] != '\0' || item->rule < 0)
        return stated;
    return sc_attribution_rule_at(x->o->attribution, (size_t)item->rule)->model;
}

/* ---- prices ---- */

static sc_rate_key rate_key(const run *x, const sc_bill_item *item)
{
    const sc_ledger_stream *s = item->stream;
    return (sc_rate_key){.model = sc_text_of(model_text(x, item)),
                         .region = sc_text_of(s->dim[SC_DIM_REGION]),
                         .scope = s->scope,
                         .tier = s->tier,
                         .day = item->cell->day,
                         .context = item->cell->context_from,
                         .as_stated = s->meter >= 0};
}

static const sc_rating *rating_of(run *x, const sc_bill_item *item)
{
    const sc_rate_key k = rate_key(x, item);
    const sc_rater *rater = x->o->rater;
    rate_entry e;
    memset(&e.key, 0, sizeof e.key);
    e.key.model = k.model.at;
    e.key.region = k.region.at;
    e.key.context = k.context;
    e.key.day = rater->as_of != SC_DAY_MAX ? rater->as_of : k.day;
    e.key.scope = k.scope;
    e.key.tier = k.tier;
    e.key.as_stated = k.as_stated;
    const size_t before = x->rates.count;
    rate_entry *known = sc_map_add(&x->rates, &e.key);
    if (known != NULL && x->rates.count > before)
        sc_rate(rater, &k, &known->rating);
    return known != NULL ? &known->rating : NULL;
}

/* Tags as discounts see them: those of the attribution's rule first. */
typedef struct item_tags {
    const run *x;
    const sc_bill_item *item;
} item_tags;

static const char *item_tag(const void *context, const char *key)
{
    const item_tags *t = context;
    char buf[SC_BILL_KEY_TEXT];
    const bill_key k = {.kind = BILL_KEY_TAG, .tag = key};
    const char *value = bill_key_value(t->x->l, t->x->o->attribution, t->item, &k, buf);
    return value[0] != '\0' ? value : NULL;
}

static void set_price(const run *x, sc_bill_item *item, const sc_price_point *p, sc_money list)
{
    const sc_rater *rater = x->o->rater;
    const item_tags context = {x, item};
    const sc_tags tags = {item_tag, &context};
    const sc_day day = rater->as_of != SC_DAY_MAX ? rater->as_of : item->cell->day;
    item->point = p;
    item->list = item->cost = list;
    item->discount = 0;
    item->off = sc_card_discount_for(rater->card, p->model, p->meter, item->buy.tier, &tags, day);
    if (item->off != NULL)
        item->discount = sc_money_share(list, item->off->share, SC_DISCOUNT_WHOLE);
    item->cost = item->list - item->discount;
}

static sc_code deliver(run *x, sc_bill_item *item, int *first)
{
    item->first = *first;
    if (!passes(x, item))
        return SC_OK;
    *first = 0;
    return x->each(x->context, item);
}

static void clear_price(sc_bill_item *item)
{
    item->point = NULL;
    item->off = NULL;
    item->assumed = 0;
    item->list = item->discount = item->cost = 0;
}

/* One item for each token meter that was used. */
static sc_code token_items(run *x, sc_bill_item *item, const sc_rating *rating)
{
    int first = 1;
    sc_code code = SC_OK;
    for (int m = 0; code == SC_OK && m < SC_TOKEN_METERS; m++) {
        if (item->cell->tokens[m] == 0)
            continue;
        item->meter = m;
        item->quantity = item->cell->tokens[m];
        clear_price(item);
        if (rating->point[m] != NULL && item->stream->charge == SC_CHARGE_USAGE) {
            item->assumed = (int)(rating->assumed >> m & 1);
            set_price(x, item, rating->point[m], sc_money_times(rating->point[m]->price, item->quantity));
        }
        code = deliver(x, item, &first);
    }
    if (code != SC_OK || !first)
        return code;
    item->meter = -1;
    item->quantity = 0;
    clear_price(item);
    return deliver(x, item, &first);
}

static sc_code meter_item(run *x, sc_bill_item *item)
{
    const sc_rate_key k = rate_key(x, item);
    int first = 1, assumed = 0;
    item->meter = item->stream->meter;
    item->quantity = item->cell->tokens[0];
    clear_price(item);
    const sc_price_point *p =
        item->stream->charge == SC_CHARGE_USAGE
            ? sc_rate_meter(x->o->rater, &k, (sc_meter)item->meter, item->stream->dim[SC_DIM_VARIANT], &assumed)
            : NULL;
    if (p != NULL) {
        item->assumed = assumed;
        set_price(x, item, p, sc_rate_quantity(p, item->quantity));
    }
    return deliver(x, item, &first);
}

/* A cell that was priced while it was read: its meters are not told apart any more. */
static sc_code priced_item(run *x, sc_bill_item *item)
{
    int first = 1;
    item->meter = -1;
    item->quantity = 0;
    clear_price(item);
    item->list = item->cost = item->cell->cost;
    return deliver(x, item, &first);
}

/* Of a cell that is priced already the rating only tells what was bought, which holds for its whole stream.  `last` is
 * that of the stream's cell before, NULL = none; the result is NULL when out of memory. */
static const sc_rating *rate_cell(run *x, sc_bill_item *item, const sc_rating *last)
{
    const sc_rating *rating = item->cell->priced && last != NULL && !x->dated ? last : rating_of(x, item);
    if (rating != NULL) {
        item->model = rating->model;
        item->buy = rating->buy;
    }
    return rating;
}

static sc_code cell_items(run *x, sc_bill_item *item, const sc_rating *rating)
{
    if (item->cell->priced)
        return priced_item(x, item);
    return item->stream->meter >= 0 ? meter_item(x, item) : token_items(x, item, rating);
}

static sc_code stream_items(run *x, const sc_ledger_stream *s)
{
    sc_bill_item item = {.stream = s};
    const sc_rating *rating = NULL;
    sc_ledger_cell cell;
    sc_code code = SC_OK;
    for (size_t i = s->first; code == SC_OK && i < s->first + s->cells; i++) {
        item.cell = sc_ledger_cell_at(x->l, i, &cell);
        if (cell.local_day < x->o->since || cell.local_day >= x->o->until)
            continue;
        if (x->dated || item.project == NULL)
            attribute(x, &item, cell.day);
        const int is_first = rating == NULL;
        rating = rate_cell(x, &item, rating);
        if (rating == NULL)
            return SC_E_MEMORY;
        if (is_first && x->takes != NULL && !x->takes(x->context, &item))
            return SC_OK;
        code = cell_items(x, &item, rating);
    }
    return code;
}

int bill_has_dated_rules(const sc_attribution *a)
{
    for (size_t i = 0; a != NULL && i < sc_attribution_rule_count(a); i++) {
        const sc_attribution_rule *r = sc_attribution_rule_at(a, i);
        if (r->from != SC_DAY_MIN || r->to != SC_DAY_MAX)
            return 1;
    }
    return 0;
}

sc_code bill_some_items(const sc_ledger *l, const sc_bill_options *o,
                        int (*takes)(void *context, const sc_bill_item *item),
                        sc_code (*each)(void *context, const sc_bill_item *item), void *context, sc_errors *errors)
{
    run *x = SC_NEW(run);
    if (x == NULL)
        return SC_E_MEMORY;
    *x = (run){.l = l,
               .o = o,
               .takes = takes,
               .each = each,
               .context = context,
               .dated = bill_has_dated_rules(o->attribution)};
    sc_map_init(&x->rates, sizeof(rate_entry), sizeof((rate_entry){0}.key));
    sc_code code = read_filters(x, errors);
    for (size_t i = 0; code == SC_OK && i < sc_ledger_stream_count(l); i++) {
        const sc_ledger_stream *s = sc_ledger_stream_at(l, i);
        if (o->kinds == 0 || (o->kinds >> s->kind & 1) != 0)
            code = stream_items(x, s);
    }
    sc_map_release(&x->rates);
    sc_free(x);
    return code;
}

sc_code sc_bill_items(const sc_ledger *l, const sc_bill_options *o,
                      sc_code (*each)(void *context, const sc_bill_item *item), void *context, sc_errors *errors)
{
    return bill_some_items(l, o, NULL, each, context, errors);
}

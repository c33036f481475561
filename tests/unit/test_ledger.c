/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger.c - what records add up to in a ledger, and that no split or order of them changes it. */
#include "spendcast/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "ledger_fixture.h"
#include "rates_fixture.h"
#include "usage/reader.h"

#define DAY INT64_C(86400)
#define LAST_TIME INT64_C(253402300799)

/* Prices in us-east-1: input $3, above 200,000 tokens $6; output $15; cache read $0.30.  In eu-west-1 input only.  One
 * image costs $0.04. */
#define ROWS                                                                                        \
    "acme.a,us-east-1 eu-west-1,in_region,standard,input,,,200000,1M_tokens,3,,,docs,2026-09-01,\n" \
    "acme.a,us-east-1 eu-west-1,in_region,standard,input,,200000,,1M_tokens,6,,,docs,2026-09-01,\n" \
    "acme.a,us-east-1,in_region,standard,output,,,,1M_tokens,15,,,docs,2026-09-01,\n"               \
    "acme.a,us-east-1,in_region,standard,cache_read,,,,1M_tokens,0.3,,,docs,2026-09-01,\n"          \
    "acme.a,us-east-1,in_region,standard,output_image,large,,,image,0.04,,,docs,2026-09-01,\n"      \
    "acme.a,us-east-1,in_region,standard,output_image,,,,image,0.02,,,docs,2026-09-01,\n"           \
    "acme.b,us-east-1,in_region,standard,input,,,,1M_tokens,1,,,docs,2026-09-01,\n"                 \
    "acme.b,us-east-1,in_region,standard,input,long,1000000,,1M_tokens,2,,,docs,2026-09-01,\n"

static sc_card *card;
static sc_errors card_errors; /* no assertion may fail before the first test runs */

static int make_card(void)
{
    card = small_card("acme.a acme.b", ROWS, NULL, 0, &card_errors);
    if (card == NULL)
        printf("    %s\n", card_errors.item[0].text);
    return card == NULL;
}

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static sc_rater a_rater(void)
{
    return (sc_rater){.card = card, .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
}

static sc_ledger *one_record(const sc_ledger_options *o, const sc_usage_record *r, sc_ledger_cell *c)
{
    sc_ledger *l = ledger_of(o, r, 1);
    if (l != NULL && EXPECT_I64(sc_ledger_cell_count(l), 1))
        sc_ledger_cell_at(l, 0, c);
    return l;
}

static int save_equal(const sc_ledger *a, const sc_ledger *b)
{
    sc_strbuf x = saved_bytes(a), y = saved_bytes(b);
    const int equal = EXPECT_I64(x.len, y.len) && EXPECT_I64(memcmp(x.text, y.text, x.len), 0);
    sc_strbuf_release(&x);
    sc_strbuf_release(&y);
    return equal;
}

/* ---- cells ---- */

static void sums(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[4];
    sc_ledger_cell c;
    for (int i = 0; i < 4; i++)
        a_request(&r[i], 10 * DAY + i * 100);
    r[1].tokens[SC_METER_CACHE_READ] = 7;
    r[2].requests = -1;
    r[2].grain = SC_GRAIN_MINUTE;
    r[3].requests = -1;
    r[3].grain = SC_GRAIN_MINUTE;
    r[3].tokens[SC_METER_CACHE_WRITE_1H] = INT64_C(1) << 40;
    sc_ledger *l = ledger_of(&o, r, 4);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_stream_count(l), 2);
    EXPECT_I64(sc_ledger_cell_count(l), 2); /* 2^40 tokens of an unknown number of requests are of no known context */
    sc_ledger_cell_at(l, 0, &c);
    EXPECT_I64(c.records, 2);
    EXPECT_I64(c.requests, 2);
    EXPECT_I64(c.no_counts, 0);
    EXPECT_I64(c.tokens[SC_METER_INPUT], 200);
    EXPECT_I64(c.tokens[SC_METER_OUTPUT], 20);
    EXPECT_I64(c.tokens[SC_METER_CACHE_READ], 7);
    EXPECT_I64(c.priced, 0);
    EXPECT_I64(c.has_cost, 0);
    const sc_ledger_stream *s = sc_ledger_stream_at(l, 0);
    EXPECT_I64(s->kind, SC_USAGE_OWN);
    EXPECT_I64(s->grain, SC_GRAIN_REQUEST);
    EXPECT_I64(s->scope, -1);
    EXPECT_I64(s->tier, -1);
    EXPECT_I64(s->meter, -1);
    EXPECT_STR(s->dim[SC_DIM_MODEL], "acme.a");
    EXPECT_STR(s->dim[SC_DIM_PROJECT], "");
    EXPECT_I64(sc_ledger_grain(l), SC_GRAIN_MINUTE);
    sc_ledger_free(l);
}

static void no_counts(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[3];
    sc_ledger_cell c;
    for (int i = 0; i < 3; i++) {
        a_request(&r[i], i);
        r[i].grain = SC_GRAIN_HOUR;
        r[i].requests = i == 1 ? -1 : 4;
    }
    sc_ledger *l = ledger_of(&o, r, 3);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_cell_count(l), 1);
    sc_ledger_cell_at(l, 0, &c);
    EXPECT_I64(c.records, 3);
    EXPECT_I64(c.requests, 8);
    EXPECT_I64(c.no_counts, 1);
    sc_ledger_free(l);
}

static void bands(void)
{
    static const struct {
        int64_t requests, input, read, output, context, band;
    } cases[] = {
        {1, 199999, 0, 900000, -1, 0},     {1, 200000, 0, 0, -1, 200000},   {1, 150000, 50000, 0, -1, 200000},
        {1, 150000, 49999, 0, -1, 0},      {1, 1000000, 0, 0, -1, 1000000}, {1, 5, 0, 0, 200000, 200000},
        {1, 5000000, 0, 0, 0, 0},          {3, 600000, 0, 0, -1, 200000},   {3, 599999, 0, 0, -1, 0},
        {-1, 5000000, 0, 0, -1, 0},        {-1, 5, 0, 0, 1000000, 1000000}, {0, 0, 0, 0, -1, 0},
        {2, 0, INT64_MAX, 0, -1, 1000000},
    };
    const sc_ledger_options o = sc_ledger_defaults(card);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_usage_record r;
        sc_ledger_cell c = {0};
        a_request(&r, 0);
        r.requests = cases[i].requests;
        r.tokens[SC_METER_INPUT] = cases[i].input;
        r.tokens[SC_METER_CACHE_READ] = cases[i].read;
        r.tokens[SC_METER_OUTPUT] = cases[i].output;
        r.context = cases[i].context;
        sc_ledger *l = one_record(&o, &r, &c);
        if (!EXPECT_I64(c.context_from, cases[i].band))
            printf("    case %zu\n", i);
        sc_ledger_free(l);
    }
}

static void local_days(void)
{
    static const struct {
        int64_t time;
        int offset;
        sc_grain grain;
        sc_day day, local;
    } cases[] = {
        {0, 0, SC_GRAIN_REQUEST, 0, 0},
        {DAY - 1, 0, SC_GRAIN_REQUEST, 0, 0},
        {DAY, 0, SC_GRAIN_REQUEST, 1, 1},
        {-1, 0, SC_GRAIN_REQUEST, -1, -1},
        {-DAY, 0, SC_GRAIN_REQUEST, -1, -1},
        {-DAY - 1, 0, SC_GRAIN_REQUEST, -2, -2},
        {DAY - 3600, 3600, SC_GRAIN_REQUEST, 0, 1},
        {DAY - 3601, 3600, SC_GRAIN_REQUEST, 0, 0},
        {DAY + 3599, -3600, SC_GRAIN_HOUR, 1, 0},
        {DAY + 3600, -3600, SC_GRAIN_MINUTE, 1, 1},
        {0, -1, SC_GRAIN_REQUEST, 0, -1},
        {0, -3600, SC_GRAIN_DAY, 0, 0}, /* days and months are those of the bill */
        {31 * DAY, 14 * 3600, SC_GRAIN_MONTH, 31, 31},
        {LAST_TIME, 0, SC_GRAIN_REQUEST, 2932896, 2932896},
        {-LAST_TIME, 0, SC_GRAIN_REQUEST, -2932897, -2932897},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_ledger_options o = sc_ledger_defaults(card);
        sc_usage_record r;
        sc_ledger_cell c = {0};
        o.utc_offset = cases[i].offset;
        a_request(&r, cases[i].time);
        r.grain = cases[i].grain;
        sc_ledger *l = one_record(&o, &r, &c);
        if (!EXPECT_I64(c.day, cases[i].day) || !EXPECT_I64(c.local_day, cases[i].local))
            printf("    case %zu\n", i);
        if (l != NULL)
            EXPECT_I64(sc_ledger_utc_offset(l), cases[i].offset);
        sc_ledger_free(l);
    }
}

static void stated_costs(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    const sc_money large = (sc_money)1 << 100;
    sc_usage_record r[3];
    sc_ledger_cell c;
    for (int i = 0; i < 3; i++) {
        a_request(&r[i], 0);
        r[i].billed = i == 0 ? large : -5;
        r[i].list = 1000; /* not stated */
        r[i].effective = 3;
    }
    r[0].has_cost = SC_COST_BILLED;
    r[1].has_cost = SC_COST_BILLED | SC_COST_EFFECTIVE;
    sc_ledger *l = ledger_of(&o, r, 3);
    if (l == NULL)
        return;
    sc_ledger_cell_at(l, 0, &c);
    EXPECT_I64(c.has_cost, SC_COST_BILLED | SC_COST_EFFECTIVE);
    EXPECT_MONEY(c.billed, large - 5);
    EXPECT_MONEY(c.list, 0);
    EXPECT_MONEY(c.effective, 3);
    sc_ledger_free(l);
}

/* A record that would leave a range is refused whole. */
static void overflow(void)
{
    sc_ledger_options o = sc_ledger_defaults(card);
    const sc_rater rater = a_rater();
    sc_usage_record r, huge;
    o.rater = &rater;
    sc_ledger *before, *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    a_request(&r, 0);
    r.tokens[SC_METER_INPUT] = 0;
    r.tokens[SC_METER_OUTPUT] = INT64_MAX;
    r.has_cost = SC_COST_BILLED;
    r.billed = (((sc_money)1 << 126) - 1) * 2 + 1; /* the largest */
    before = ledger_of(&o, &r, 1);
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &r), SC_OK);

    huge = r;
    huge.billed = 0;
    huge.tokens[SC_METER_OUTPUT] = 1;
    huge.request_id = sc_text_of("x");
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT); /* tokens */
    huge.tokens[SC_METER_OUTPUT] = 0;
    huge.billed = 1;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT); /* money */
    huge.billed = 0;
    huge.requests = INT64_MAX;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT); /* requests */
    huge.requests = 1;
    huge.tokens[SC_METER_INPUT] = -1;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT); /* a flaw */
    huge.tokens[SC_METER_INPUT] = 0;
    huge.time = LAST_TIME + 1;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT);
    huge.time = INT64_MIN;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_OWN, &huge), SC_E_INPUT);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    if (before != NULL)
        save_equal(l, before);
    sc_ledger_free(before);
    sc_ledger_free(l);
}

/* ---- tags ---- */

static void set_tag(sc_usage_record *r, const char *key, const char *value)
{
    r->tag[r->n_tags++] = (sc_usage_tag){sc_text_of(key), sc_text_of(value)};
}

static void tags(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[5];
    for (int i = 0; i < 5; i++)
        a_request(&r[i], i);
    set_tag(&r[0], "team", "search");
    set_tag(&r[0], "env", "prod");
    set_tag(&r[1], "env", "prod"); /* the order makes no difference */
    set_tag(&r[1], "team", "search");
    set_tag(&r[2], "team", "search"); /* of a key given twice the first value counts */
    set_tag(&r[2], "team", "growth");
    set_tag(&r[2], "env", "prod");
    set_tag(&r[3], "env", "prod");
    set_tag(&r[3], "team", "search");
    set_tag(&r[3], "empty", ""); /* as good as none */
    set_tag(&r[3], "", "no key");
    set_tag(&r[4], "team", "search");
    sc_ledger *l = ledger_of(&o, r, 5);
    if (l == NULL || !EXPECT_I64(sc_ledger_stream_count(l), 2)) {
        sc_ledger_free(l);
        return;
    }
    const size_t set = sc_ledger_stream_at(l, 0)->tagset;
    const char *key, *value;
    EXPECT_I64(sc_ledger_tag_count(l, set), 2);
    sc_ledger_tag_at(l, set, 0, &key, &value);
    EXPECT_STR(key, "env");
    EXPECT_STR(value, "prod");
    sc_ledger_tag_at(l, set, 1, &key, &value);
    EXPECT_STR(key, "team");
    EXPECT_STR(value, "search");
    EXPECT_STR(sc_ledger_tag(l, set, "team"), "search");
    EXPECT_STR(sc_ledger_tag(l, set, "empty"), NULL);
    EXPECT_I64(sc_ledger_tag_count(l, sc_ledger_stream_at(l, 1)->tagset), 1);
    sc_ledger_free(l);
}

static void many_tag_keys(void)
{
    static char keys[200][16];
    static sc_usage_record r[10];
    const sc_ledger_options o = sc_ledger_defaults(card);
    for (int i = 0; i < 200; i++)
        (void)snprintf(keys[i], sizeof keys[i], "k%d", i);
    for (int i = 0; i < 10; i++) {
        a_request(&r[i], i);
        for (int k = 0; k < SC_USAGE_TAGS_MAX; k++)
            set_tag(&r[i], keys[(i / 2 * 20 + (i % 2 ? 63 - k : k)) % 200], "v");
    }
    sc_ledger *l = ledger_of(&o, r, 10);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_stream_count(l), 5);
    EXPECT_I64(sc_ledger_tag_count(l, sc_ledger_stream_at(l, 4)->tagset), SC_USAGE_TAGS_MAX);
    sc_ledger_free(l);
}

static void kept_tags(void)
{
    static const char *const keep[] = {"team", "env", "team", NULL};
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r;
    sc_ledger_cell c;
    o.keep_tags = keep;
    o.only_keep_tags = 1;
    a_request(&r, 0);
    set_tag(&r, "ticket", "77");
    set_tag(&r, "team", "search");
    sc_ledger *l = one_record(&o, &r, &c);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_tag_count(l, sc_ledger_stream_at(l, 0)->tagset), 1);
    EXPECT_STR(sc_ledger_tag(l, sc_ledger_stream_at(l, 0)->tagset, "team"), "search");
    sc_ledger_free(l);
}

/* Sessions s0 ... and tickets t0 ..., and a tag that is kept whatever it has. */
static sc_ledger *folding(int sessions, int tickets)
{
    static const char *const keep[] = {"kept", NULL};
    static sc_usage_record r[40];
    static char text[3][40][16];
    sc_ledger_options o = sc_ledger_defaults(card);
    o.max_values = 10;
    o.keep_tags = keep;
    for (int i = 0; i < 40; i++) {
        a_request(&r[i], i);
        (void)snprintf(text[0][i], sizeof text[0][i], "s%d", i % sessions);
        (void)snprintf(text[1][i], sizeof text[1][i], "t%d", i % tickets);
        (void)snprintf(text[2][i], sizeof text[2][i], "k%d", i % 20);
        r[i].dim[SC_DIM_SESSION] = sc_text_of(i % 8 == 7 ? "" : text[0][i]);
        set_tag(&r[i], "ticket", i % 8 == 6 ? "" : text[1][i]);
        set_tag(&r[i], "kept", text[2][i]);
    }
    return ledger_of(&o, r, 40);
}

static void folds(void)
{
    static const struct {
        int sessions, tickets, many_sessions, many_tickets;
    } cases[] = {{10, 10, 0, 0}, {40, 10, 1, 0}, {10, 11, 0, 1}, {40, 40, 1, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_ledger *l = folding(cases[i].sessions, cases[i].tickets);
        int sessions = 0, tickets = 0, without = 0, kept = 1;
        for (size_t k = 0; l != NULL && k < sc_ledger_stream_count(l); k++) {
            const sc_ledger_stream *s = sc_ledger_stream_at(l, k);
            const char *ticket = sc_ledger_tag(l, s->tagset, "ticket");
            sessions += strcmp(s->dim[SC_DIM_SESSION], SC_MANY_VALUES) == 0;
            without += s->dim[SC_DIM_SESSION][0] == '\0' || ticket == NULL;
            tickets += ticket != NULL && strcmp(ticket, SC_MANY_VALUES) == 0;
            kept = kept && strcmp(sc_ledger_tag(l, s->tagset, "kept"), SC_MANY_VALUES) != 0;
            EXPECT_TRUE(sessions == 0 || s->dim[SC_DIM_SESSION][0] != 's');
            EXPECT_TRUE(tickets == 0 || ticket == NULL || ticket[0] != 't');
        }
        EXPECT_I64(sessions > 0, cases[i].many_sessions);
        EXPECT_I64(tickets > 0, cases[i].many_tickets);
        EXPECT_TRUE(kept && without >= 2);
        sc_ledger_free(l);
    }
}

static void projection(void)
{
    static const char *const none[] = {NULL};
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    o.keep_dims = 1u << SC_DIM_MODEL;
    o.keep_tags = none;
    o.only_keep_tags = 1;
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i % 2 ? "a" : "b");
        set_tag(&r[i], "team", i % 2 ? "x" : "y");
    }
    r[5].dim[SC_DIM_MODEL] = sc_text_of("acme.b");
    sc_ledger *l = ledger_of(&o, r, 6);
    if (l == NULL)
        return;
    EXPECT_I64(sc_ledger_stream_count(l), 2);
    EXPECT_I64(sc_ledger_dims(l), 1u << SC_DIM_MODEL);
    EXPECT_STR(sc_ledger_stream_at(l, 0)->dim[SC_DIM_ACCOUNT], "");
    EXPECT_STR(sc_ledger_stream_at(l, 1)->dim[SC_DIM_MODEL], "acme.b");

    /* the same as a ledger of everything that is merged into one like it */
    const sc_ledger_options all = sc_ledger_defaults(card);
    sc_ledger *full = ledger_of(&all, r, 6), *merged = sc_ledger_new(&o);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    save_equal(l, merged);
    sc_ledger_free(merged);

    /* and the other way round: a ledger of everything is left with what both tell apart */
    merged = sc_ledger_new(&all);
    EXPECT_I64(sc_ledger_merge(merged, l, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    EXPECT_I64(sc_ledger_dims(merged), 1u << SC_DIM_MODEL);
    save_equal(l, merged);
    sc_ledger_free(merged);
    sc_ledger_free(full);
    sc_ledger_free(l);
}

/* ---- pricing ---- */

static void prices(void)
{
    static const struct {
        const char *model, *region;
        int64_t input, output, read, unpriced;
        const char *usd;
    } cases[] = {
        {"acme.a", "us-east-1", 1000000, 0, 0, 0, "6"},
        {"acme.a", "us-east-1", 199999, 1000, 0, 0, "0.614997"},
        {"acme.a", "us-east-1", 199999, 0, 1, 0, "1.1999943"},
        {"acme.a", "eu-west-1", 100, 10, 0, 10, "0.0003"},
        {"acme.x", "us-east-1", 100, 10, 1, 111, "0"},
        {"acme.a", "mars", 100, 10, 1, 111, "0"},
        {"", "us-east-1", 1, 0, 0, 1, "0"},
    };
    sc_ledger_options o = sc_ledger_defaults(card);
    const sc_rater rater = a_rater();
    o.rater = &rater;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_usage_record r;
        sc_ledger_cell c = {0};
        sc_int128 usd = -1;
        a_request(&r, 0);
        r.dim[SC_DIM_MODEL] = sc_text_of(cases[i].model);
        r.dim[SC_DIM_REGION] = sc_text_of(cases[i].region);
        r.tokens[SC_METER_INPUT] = cases[i].input;
        r.tokens[SC_METER_OUTPUT] = cases[i].output;
        r.tokens[SC_METER_CACHE_READ] = cases[i].read;
        sc_ledger *l = one_record(&o, &r, &c);
        EXPECT_I64(sc_decimal_parse128(cases[i].usd, strlen(cases[i].usd), 15, &usd), SC_OK);
        EXPECT_I64(c.priced, 1);
        if (!EXPECT_MONEY(c.cost, usd) || !EXPECT_I64(c.unpriced_tokens, cases[i].unpriced))
            printf("    case %zu\n", i);
        EXPECT_I64(l != NULL && sc_ledger_is_priced(l), 1);
        sc_ledger_free(l);
    }
}

/* Cells of usage that is not tokens, charges that are no usage, and prices of another region. */
static void prices_other(void)
{
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_rater rater = a_rater();
    sc_usage_record r;
    sc_ledger_cell c = {0};
    char variant[200];
    o.rater = &rater;
    a_request(&r, 0);
    memset(r.tokens, 0, sizeof r.tokens);
    r.meter = SC_METER_OUTPUT_IMAGE;
    r.quantity = 5 * SC_QUANTITY_SCALE / 2;
    r.dim[SC_DIM_VARIANT] = sc_text_of("large");
    sc_ledger_free(one_record(&o, &r, &c));
    EXPECT_MONEY(c.cost, SC_FEMTO_PER_USD / 10);
    EXPECT_I64(c.tokens[0], 2500000);
    EXPECT_I64(c.unpriced_tokens, 0);

    r.dim[SC_DIM_VARIANT] = (sc_text){NULL, 0};
    sc_ledger_free(one_record(&o, &r, &c));
    EXPECT_MONEY(c.cost, SC_FEMTO_PER_USD / 20);

    memset(variant, 'x', sizeof variant); /* what is not priced is not free */
    r.dim[SC_DIM_VARIANT] = (sc_text){variant, sizeof variant};
    sc_ledger_free(one_record(&o, &r, &c));
    EXPECT_MONEY(c.cost, 0);
    EXPECT_I64(c.unpriced_tokens, 2500000);

    r.charge = SC_CHARGE_TAX;
    sc_ledger_free(one_record(&o, &r, &c));
    EXPECT_MONEY(c.cost, 0);
    EXPECT_I64(c.unpriced_tokens, 0);

    rater.assume_region = sc_card_region_of(card, "us-east-1");
    a_request(&r, 0);
    r.dim[SC_DIM_MODEL] = sc_text_of("acme.b");
    r.dim[SC_DIM_REGION] = sc_text_of("eu-west-1");
    sc_ledger_free(one_record(&o, &r, &c));
    EXPECT_MONEY(c.cost, SC_FEMTO_PER_USD / 10000);
    EXPECT_I64(c.assumed_tokens, 100);
    EXPECT_I64(c.unpriced_tokens, 10);
}

/* ---- sketches ---- */

static void bins(void)
{
    int64_t before = -1;
    int last = -1;
    for (int power = 0; power < 63; power++) {
        for (int64_t k = 0; k < 64; k++) {
            const int64_t v = (INT64_C(1) << power) + (power > 6 ? k << (power - 6) : k);
            const int bin = sc_bin_of(v);
            const int64_t low = sc_bin_low(bin), high = sc_bin_high(bin);
            const int64_t middle = low + (high - low) / 2, off = v > middle ? v - middle : middle - v;
            if (!EXPECT_TRUE(low <= v && v <= high && bin < SC_BINS) || !EXPECT_TRUE(off <= v / 16))
                return;
            EXPECT_TRUE(v < before || bin >= last);
            before = v;
            last = bin;
        }
    }
    for (int bin = 0; bin < sc_bin_of(INT64_MAX); bin++)
        EXPECT_I64(sc_bin_low(bin + 1), sc_bin_high(bin) + 1);
    for (int64_t v = 0; v < 16; v++)
        EXPECT_I64(sc_bin_low(sc_bin_of(v)), sc_bin_high(sc_bin_of(v)));
    EXPECT_I64(sc_bin_of(-5), 0);
    EXPECT_I64(sc_bin_of(INT64_MAX), 487);
    EXPECT_I64(sc_bin_high(487), INT64_MAX);
}

static void sketches(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], 3 * DAY + 7 * 3600 + 59 * 60 + 30 * i);
        r[i].session_key = sc_text_of(i < 2 ? "a" : "b");
    }
    r[1].tokens[SC_METER_CACHE_WRITE] = 30;
    r[1].tokens[SC_METER_CACHE_READ] = 5000;
    r[2].context = 777;
    r[5].requests = 3; /* no single request: only its minute is known */
    sc_ledger *l = ledger_of(&o, r, 6);
    if (l == NULL)
        return;
    const sc_ledger_size *size;
    const sc_ledger_context *context;
    const sc_ledger_event *event;
    const sc_ledger_minute *minute;
    if (EXPECT_I64(sc_ledger_sizes(l, 0, &size), 1)) { /* tokens that are written to a cache are no input */
        EXPECT_I64(size[0].input_bin, sc_bin_of(100));
        EXPECT_I64(size[0].output_bin, sc_bin_of(10));
        EXPECT_I64(size[0].count, 5);
    }
    if (EXPECT_I64(sc_ledger_contexts(l, 0, &context), 3)) {
        EXPECT_I64(context[0].bin, sc_bin_of(100));
        EXPECT_I64(context[0].count, 3);
        EXPECT_I64(context[0].tokens[SC_METER_INPUT], 300);
        EXPECT_I64(context[1].bin, sc_bin_of(777));
        EXPECT_I64(context[2].bin, sc_bin_of(5130));
        EXPECT_I64(context[2].tokens[SC_METER_CACHE_READ], 5000);
    }
    const uint32_t *hours = sc_ledger_hours(l, 0, 3);
    if (EXPECT_TRUE(hours != NULL)) {
        EXPECT_I64(hours[7], 2);
        EXPECT_I64(hours[8], 3);
        EXPECT_I64(hours[9], 0);
    }
    EXPECT_TRUE(sc_ledger_hours(l, 0, 2) == NULL && sc_ledger_hours(l, 0, 4) == NULL);
    if (EXPECT_I64(sc_ledger_events(l, 0, &event), 5)) {
        for (int i = 1; i < 5; i++)
            EXPECT_TRUE(event[i].session > event[i - 1].session ||
                        (event[i].session == event[i - 1].session && event[i].time > event[i - 1].time));
    }
    if (EXPECT_I64(sc_ledger_minutes(l, &minute), 3)) {
        EXPECT_I64(minute[0].minute, 3 * 1440 + 7 * 60 + 59);
        EXPECT_I64(minute[0].requests, 2);
        EXPECT_I64(minute[0].input, 230);
        EXPECT_I64(minute[0].output, 20);
        EXPECT_I64(minute[2].requests, 4);
        EXPECT_I64(minute[2].stream, 0);
    }
    sc_ledger_free(l);
}

/* Sums of sketches stay at the end of their range. */
static void sketches_at_the_end(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[2];
    for (int i = 0; i < 2; i++) {
        a_request(&r[i], 5 + 40 * i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i == 0 ? "a" : "b");
        r[i].tokens[SC_METER_INPUT] = INT64_MAX - 100;
    }
    sc_ledger *l = ledger_of(&o, r, 2);
    const sc_ledger_minute *minute;
    if (l != NULL && EXPECT_I64(sc_ledger_minutes(l, &minute), 1))
        EXPECT_I64(minute[0].input, INT64_MAX);
    sc_ledger_free(l);
}

static void quotas(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r[6];
    for (int i = 0; i < 6; i++) {
        a_request(&r[i], 60 * i);
        r[i].dim[SC_DIM_PROJECT] = sc_text_of(i % 2 ? "a" : "b");
        r[i].dim[SC_DIM_PROFILE] = sc_text_of(i % 3 ? "p" : "q");
    }
    r[4].dim[SC_DIM_REGION] = sc_text_of("eu-west-1");
    r[5].charge = SC_CHARGE_CREDIT; /* no use of a quota */
    sc_ledger *l = ledger_of(&o, r, 6);
    const sc_ledger_minute *minute;
    if (l != NULL && EXPECT_I64(sc_ledger_minutes(l, &minute), 5)) {
        int eu = 0;
        for (int i = 0; i < 5; i++) {
            const sc_ledger_stream *s = sc_ledger_stream_at(l, minute[i].stream);
            const int is_eu = strcmp(s->dim[SC_DIM_REGION], "eu-west-1") == 0;
            eu += is_eu;
            EXPECT_TRUE(is_eu || minute[i].stream == minute[4].stream || minute[i].stream == minute[0].stream);
        }
        EXPECT_I64(eu, 1);
    }
    sc_ledger_free(l);
}

/* The true split of random contexts lies within what is said to be uncertain. */
static void splits_contexts(void)
{
    enum { N = 3000 };
    static sc_usage_record r[N];
    sc_ledger_options o = sc_ledger_defaults(NULL); /* one band */
    uint64_t state = 1;
    for (int i = 0; i < N; i++) {
        a_request(&r[i], i);
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        r[i].tokens[SC_METER_INPUT] = (int64_t)(state >> 33) >> (state >> 28 & 31);
        r[i].tokens[SC_METER_CACHE_READ] = (int64_t)(state >> 50);
    }
    sc_ledger *l = ledger_of(&o, r, N);
    for (int64_t threshold = 1; l != NULL && threshold < INT64_C(1) << 34; threshold += 1 + threshold / 7) {
        sc_ledger_context below, above;
        int64_t uncertain, true_below = 0, tokens = 0;
        sc_ledger_split_context(l, 0, threshold, &below, &above, &uncertain);
        for (int i = 0; i < N; i++) {
            const int64_t context = r[i].tokens[SC_METER_INPUT] + r[i].tokens[SC_METER_CACHE_READ];
            true_below += context < threshold;
            tokens += r[i].tokens[SC_METER_INPUT];
        }
        const int64_t off = true_below > below.count ? true_below - below.count : below.count - true_below;
        if (!EXPECT_I64(below.count + above.count, N) || !EXPECT_TRUE(off <= uncertain) ||
            !EXPECT_I64(below.tokens[0] + above.tokens[0], tokens))
            break;
        EXPECT_TRUE(threshold > 16 || uncertain == 0);
        EXPECT_TRUE(sc_bin_low(sc_bin_of(threshold)) != threshold || uncertain == 0);
    }
    sc_ledger_free(l);
}

/* ---- overlaps ---- */

static void overlaps(void)
{
    const sc_ledger_options o = sc_ledger_defaults(card);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    sc_usage_record r;
    a_request(&r, 5 * DAY);
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_BEDROCK_LOG, &r), SC_OK);
    r.grain = SC_GRAIN_DAY;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CUR, &r), SC_OK);
    r.dim[SC_DIM_MODEL] = sc_text_of("us.acme.a"); /* another way to call the same model */
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CLOUDWATCH, &r), SC_OK);
    r.time += DAY;
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_CUR, &r), SC_OK);
    r.charge = SC_CHARGE_CREDIT; /* no second count of usage */
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_FOCUS, &r), SC_OK);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    sc_ledger_overlap found[2] = {{0}};
    if (EXPECT_I64(sc_ledger_overlaps(l, card, ~0u, found, 2), 1)) {
        EXPECT_STR(found[0].account, "123456789012");
        EXPECT_STR(found[0].model, "acme.a");
        EXPECT_I64(found[0].day, 5);
        EXPECT_I64(found[0].kinds, 1u << SC_USAGE_BEDROCK_LOG | 1u << SC_USAGE_CUR | 1u << SC_USAGE_CLOUDWATCH);
    }
    EXPECT_I64(sc_ledger_overlaps(l, card, 1u << SC_USAGE_CUR, found, 2), 0);
    EXPECT_I64(sc_ledger_overlaps(l, card, 1u << SC_USAGE_CUR | 1u << SC_USAGE_CLOUDWATCH, NULL, 0), 1);
    sc_alloc_fail_at(1);
    EXPECT_TRUE(sc_ledger_overlaps(l, card, ~0u, found, 2) == SIZE_MAX);
    sc_alloc_fail_at(0);
    sc_ledger_free(l);
}

/* ---- merging ---- */

static void refuses_to_merge(void)
{
    static sc_errors errors;
    sc_ledger_options o = sc_ledger_defaults(card);
    const sc_rater rater = a_rater();
    sc_usage_record r;
    a_request(&r, 20 * DAY);
    sc_ledger *l = ledger_of(&o, &r, 1), *into;
    o.rater = &rater;
    sc_ledger *priced = ledger_of(&o, &r, 1);
    static const char *const texts[] = {
        ("both ledgers hold the same 1 own records of account '123456789012' on 1970-01-21: the same input would count "
         "twice"),
        "days start 0 seconds east of UTC in this ledger and 3600 in the other",
        "the ledgers tell other context bands apart: one of them was made with another rate card",
        "one of the ledgers is priced and the other is not",
    };
    for (size_t i = 0; i < 4 && l != NULL; i++) {
        o = sc_ledger_defaults(i == 2 ? NULL : card);
        o.utc_offset = i == 1 ? 3600 : 0;
        memset(&errors, 0, sizeof errors);
        into = sc_ledger_new(&o);
        if (i == 0)
            EXPECT_I64(sc_ledger_merge(into, l, NULL), SC_OK);
        EXPECT_I64(sc_ledger_merge(into, i == 3 ? priced : l, &errors), SC_E_INPUT);
        EXPECT_STR(errors.item[0].text, texts[i]);
        sc_ledger_free(into);
    }
    o = sc_ledger_defaults(card);
    a_request(&r, 20 * DAY);
    r.tokens[SC_METER_INPUT] = INT64_MAX - 10;
    sc_ledger *huge = ledger_of(&o, &r, 1);
    r.request_id = sc_text_of("another");
    sc_ledger *other = ledger_of(&o, &r, 1);
    memset(&errors, 0, sizeof errors);
    into = sc_ledger_new(&o);
    EXPECT_I64(sc_ledger_merge(into, huge, &errors), SC_OK);
    EXPECT_I64(sc_ledger_merge(into, other, &errors), SC_E_INPUT);
    EXPECT_STR(errors.item[0].text, "a sum of both ledgers is more than 9223372036854775807");
    EXPECT_I64(sc_ledger_merge(huge, other, &errors), SC_E_INTERNAL);
    sc_ledger_free(into);
    sc_ledger_free(priced);
    sc_ledger_free(huge);
    sc_ledger_free(other);
    sc_ledger_free(l);
}

/* ---- any split, any order ---- */

enum { RECORDS = 4000 };

static sc_ledger_options property_options(int variant)
{
    static const char *const keep[] = {"env", "note", NULL};
    sc_ledger_options o = sc_ledger_defaults(card);
    o.max_values = 60; /* tickets, users and sessions have more */
    o.utc_offset = variant % 2 ? -5 * 3600 : 0;
    if (variant / 2 % 2) {
        o.keep_tags = keep;
        o.only_keep_tags = variant / 4 % 2;
        o.keep_dims = 1u << SC_DIM_MODEL | 1u << SC_DIM_SESSION;
    }
    return o;
}

/* Adds records first, first + step ... of the shuffled order, through `writers` threads. */
static void add_some(sc_ledger *l, uint64_t order, int first, int step, int writers)
{
    int failed = 0;
#pragma omp parallel for num_threads(writers) schedule(static, 1) reduction(+ : failed)
    for (int t = 0; t < writers; t++) {
        sc_ledger_writer *w = sc_ledger_writer_new(l);
        random_record x;
        for (int i = first + t * step; i < RECORDS; i += step * writers) {
            random_record_at(((uint64_t)i * 1117 + order * 31) % RECORDS, &x); /* 1117 shares no factor with 4000 */
            failed += sc_ledger_add(w, x.kind, &x.record) != SC_OK;
        }
        sc_ledger_writer_free(w);
    }
    EXPECT_I64(failed, 0);
}

/* The records over `parts` ledgers, merged from the left or from the right. */
static sc_ledger *split(const sc_ledger_options *o, uint64_t order, int parts, int writers, int from_right)
{
    sc_ledger *all = NULL;
    for (int p = 0; p < parts; p++) {
        sc_ledger *l = sc_ledger_new(o);
        add_some(l, order, from_right ? parts - 1 - p : p, parts, writers);
        if (all != NULL && from_right) { /* merged into what still grows */
            EXPECT_I64(sc_ledger_merge(l, all, NULL), SC_OK);
            EXPECT_I64(sc_ledger_seal(l), SC_OK);
            sc_ledger_free(all);
            all = l;
            continue;
        }
        EXPECT_I64(sc_ledger_seal(l), SC_OK);
        if (all != NULL) { /* two sealed ones into a third */
            sc_ledger *sum = sc_ledger_new(o);
            EXPECT_I64(sc_ledger_merge(sum, l, NULL), SC_OK);
            EXPECT_I64(sc_ledger_merge(sum, all, NULL), SC_OK);
            EXPECT_I64(sc_ledger_seal(sum), SC_OK);
            sc_ledger_free(all);
            sc_ledger_free(l);
            l = sum;
        }
        all = l;
    }
    return all;
}

static void any_split(void)
{
    static const struct {
        uint64_t order;
        int parts, writers, from_right;
    } cases[] = {{0, 1, 1, 0}, {17, 1, 1, 0}, {5, 1, 4, 0}, {3, 2, 1, 0}, {9, 3, 2, 0}, {2, 3, 1, 1}, {11, 7, 3, 1}};
    for (int variant = 0; variant < 8; variant++) {
        const sc_ledger_options o = property_options(variant);
        sc_ledger *first = NULL;
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            sc_ledger *l = split(&o, cases[i].order, cases[i].parts, cases[i].writers, cases[i].from_right);
            if (first == NULL) {
                first = l;
                EXPECT_TRUE(sc_ledger_stream_count(l) > 50);
                continue;
            }
            if (!save_equal(first, l))
                printf("    variant %d, case %zu\n", variant, i);
            sc_ledger_free(l);
        }
        sc_ledger_free(first);
    }
}

/* What is read from everything and then merged into less is what less would have read. */
static void any_projection(void)
{
    const sc_ledger_options all = property_options(0), less = property_options(6);
    sc_ledger *full = split(&all, 0, 2, 2, 0), *direct = split(&less, 1, 1, 2, 0), *merged = sc_ledger_new(&less);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    save_equal(direct, merged);
    sc_ledger_free(full);
    sc_ledger_free(direct);
    sc_ledger_free(merged);
}

/* What is priced while it is merged costs what it would have cost as it was added. */
static void merges_with_prices(void)
{
    const sc_ledger_options all = property_options(0);
    sc_ledger_options less = property_options(6);
    sc_rater rater = a_rater();
    rater.reprice = "acme.a";
    less.rater = &rater;
    sc_ledger *full = split(&all, 0, 2, 2, 0), *direct = split(&less, 1, 1, 2, 0), *merged = sc_ledger_new(&less);
    EXPECT_I64(sc_ledger_merge(merged, full, NULL), SC_OK);
    EXPECT_I64(sc_ledger_seal(merged), SC_OK);
    save_equal(direct, merged);
    sc_money sum = 0;
    for (size_t i = 0; i < sc_ledger_cell_count(merged); i++) {
        sc_ledger_cell c;
        sum += sc_ledger_cell_at(merged, i, &c)->cost;
    }
    EXPECT_TRUE(sum > SC_FEMTO_PER_USD);
    sc_ledger_free(full);
    sc_ledger_free(direct);
    sc_ledger_free(merged);
}

/* A request that grows while it is streamed ends as if it had been whole at once, but for the fingerprint of what was
 * read. */
static void grows(void)
{
    const sc_rater rater = a_rater();
    sc_ledger_options o = sc_ledger_defaults(card);
    sc_usage_record r;
    sc_ledger_cell c = {0};
    const sc_ledger_size *sizes = NULL;
    const sc_ledger_context *contexts = NULL;
    o.rater = &rater;
    a_request(&r, 20 * DAY);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    EXPECT_I64(sc_ledger_add(w, SC_USAGE_ANTHROPIC, &r), SC_OK);
    r.tokens[SC_METER_OUTPUT] = 5000;
    EXPECT_I64(sc_ledger_grow(w, SC_USAGE_ANTHROPIC, &r, 10), SC_OK);
    EXPECT_I64(sc_ledger_grow(w, SC_USAGE_ANTHROPIC, &r, 5001), SC_E_INPUT);
    EXPECT_I64(sc_ledger_grow(w, SC_USAGE_ANTHROPIC, &r, -1), SC_E_INPUT);
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    EXPECT_I64(sc_ledger_cell_count(l), 1);
    sc_ledger_cell_at(l, 0, &c);
    EXPECT_I64(c.records, 1);
    EXPECT_I64(c.requests, 1);
    EXPECT_I64(c.tokens[SC_METER_INPUT], 100);
    EXPECT_I64(c.tokens[SC_METER_OUTPUT], 5000);
    r.tokens[SC_METER_OUTPUT] = 5000;
    sc_ledger *whole = ledger_of(&o, &r, 1);
    sc_ledger_cell d = {0};
    sc_ledger_cell_at(whole, 0, &d);
    EXPECT_MONEY(c.cost, d.cost);
    EXPECT_I64(sc_ledger_sizes(l, 0, &sizes), 1);
    EXPECT_I64(sizes[0].output_bin, sc_bin_of(5000));
    EXPECT_I64(sizes[0].count, 1);
    EXPECT_I64(sc_ledger_contexts(l, 0, &contexts), 1);
    EXPECT_I64(contexts[0].count, 1);
    EXPECT_I64(contexts[0].tokens[SC_METER_OUTPUT], 5000);
    sc_strbuf bytes = saved_bytes(l);
    sc_ledger *again = NULL;
    EXPECT_I64(sc_ledger_parse("l", bytes.text, bytes.len, &again, NULL), SC_OK);
    sc_ledger_free(again);
    sc_strbuf_release(&bytes);
    sc_ledger_free(whole);
    sc_ledger_free(l);
}

/* ---- without memory ---- */

static sc_code add_and_merge(const sc_ledger *other)
{
    sc_ledger_options o = property_options(3);
    const sc_rater rater = a_rater();
    o.max_values = 5;
    o.rater = &rater;
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    sc_code code = w != NULL ? SC_OK : SC_E_MEMORY;
    random_record x;
    for (uint64_t i = 0; code == SC_OK && i < 60; i++) {
        random_record_at(i, &x);
        code = sc_ledger_add(w, x.kind, &x.record);
    }
    sc_ledger_writer_free(w);
    if (code == SC_OK)
        code = sc_ledger_merge(l, other, NULL);
    if (code == SC_OK)
        code = sc_ledger_seal(l);
    if (code == SC_OK)
        EXPECT_TRUE(sc_ledger_cell_count(l) > 0);
    sc_ledger_free(l);
    return code;
}

static void without_memory(void)
{
    sc_ledger_options o = property_options(3);
    o.max_values = 5;
    sc_ledger *other = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(other);
    random_record x;
    for (uint64_t i = 60; i < 100; i++) {
        random_record_at(i, &x);
        EXPECT_I64(sc_ledger_add(w, x.kind, &x.record), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(other), SC_OK);
    uint64_t n = 1;
    for (;; n++) {
        sc_alloc_fail_at(n);
        const sc_code code = add_and_merge(other);
        if (sc_alloc_fail_at(0) < n) {
            EXPECT_I64(code, SC_OK);
            break;
        }
        if (!EXPECT_I64(code, SC_E_MEMORY))
            printf("    allocation %llu\n", (unsigned long long)n);
    }
    EXPECT_TRUE(n > 200);
    sc_ledger_free(other);
}

CU_ErrorCode test_ledger_register(void)
{
    static CU_TestInfo tests[] = {
        {"sums", sums},
        {"no counts", no_counts},
        {"bands", bands},
        {"local days", local_days},
        {"stated costs", stated_costs},
        {"overflow", overflow},
        {"tags", tags},
        {"many tag keys", many_tag_keys},
        {"kept tags", kept_tags},
        {"folds", folds},
        {"projection", projection},
        {"prices", prices},
        {"prices of other usage", prices_other},
        {"bins", bins},
        {"sketches", sketches},
        {"sketches at the end of their range", sketches_at_the_end},
        {"quotas", quotas},
        {"splits contexts", splits_contexts},
        {"overlaps", overlaps},
        {"refuses to merge", refuses_to_merge},
        {"any split", any_split},
        {"any projection", any_projection},
        {"merges with prices", merges_with_prices},
        {"grows", grows},
        {"without memory", without_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}

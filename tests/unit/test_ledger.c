/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger.c - what records add up to in the cells of a ledger, and what they are priced at. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "ledger_fixture.h"

#define DAY INT64_C(86400)
#define LAST_TIME INT64_C(253402300799)

static sc_card *card;

static int make_card(void)
{
    card = ledger_card();
    return card == NULL;
}

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static sc_ledger *one_record(const sc_ledger_options *o, const sc_usage_record *r, sc_ledger_cell *c)
{
    sc_ledger *l = ledger_of(o, r, 1);
    if (l != NULL && EXPECT_I64(sc_ledger_cell_count(l), 1))
        sc_ledger_cell_at(l, 0, c);
    return l;
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
        sc_zone zone;
        sc_zone_fixed(cases[i].offset, &zone);
        o.zone = &zone;
        a_request(&r, cases[i].time);
        r.grain = cases[i].grain;
        sc_ledger *l = one_record(&o, &r, &c);
        if (!EXPECT_I64(c.day, cases[i].day) || !EXPECT_I64(c.local_day, cases[i].local))
            printf("    case %zu\n", i);
        if (l != NULL)
            EXPECT_TRUE(sc_zone_agree(sc_ledger_zone(l), &zone));
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
    const sc_rater rater = a_rater(card);
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
        expect_same_bytes(l, before);
    sc_ledger_free(before);
    sc_ledger_free(l);
}

/* ---- tags ---- */

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
    const sc_rater rater = a_rater(card);
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
    sc_rater rater = a_rater(card);
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

/* A request that grows while it is streamed ends as if it had been whole at once, but for the fingerprint of what was
 * read. */
static void grows(void)
{
    const sc_rater rater = a_rater(card);
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
        {"prices", prices},
        {"prices of other usage", prices_other},
        {"grows", grows},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger", make_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}

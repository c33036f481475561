/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger_fixture.c - usage records and ledgers made by hand for tests. */
#include "ledger_fixture.h"

#include <stdio.h>

#include "base/hash64.h"
#include "expect.h"
#include "ledger/ledger_file.h"
#include "rates_fixture.h"
#include "usage/reader.h"

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

sc_card *ledger_card(void)
{
    static sc_errors errors; /* no assertion may fail before a suite's first test runs */
    sc_card *card = small_card("acme.a acme.b", ROWS, NULL, 0, &errors);
    if (card == NULL)
        printf("    %s\n", errors.item[0].text);
    return card;
}

sc_rater a_rater(const sc_card *card)
{
    return (sc_rater){.card = card, .as_of = SC_DAY_MAX, .assume_region = -1, .reprice_scope = -1, .reprice_tier = -1};
}

void a_request(sc_usage_record *r, int64_t time)
{
    sc_usage_clear(r);
    r->time = time;
    r->requests = 1;
    r->dim[SC_DIM_ACCOUNT] = sc_text_of("123456789012");
    r->dim[SC_DIM_MODEL] = sc_text_of("acme.a");
    r->dim[SC_DIM_REGION] = sc_text_of("us-east-1");
    r->tokens[SC_METER_INPUT] = 100;
    r->tokens[SC_METER_OUTPUT] = 10;
}

void set_tag(sc_usage_record *r, const char *key, const char *value)
{
    r->tag[r->n_tags++] = (sc_usage_tag){sc_text_of(key), sc_text_of(value)};
}

sc_ledger *ledger_of(const sc_ledger_options *o, const sc_usage_record *r, size_t n)
{
    sc_ledger *l = sc_ledger_new(o);
    sc_ledger_writer *w = l != NULL ? sc_ledger_writer_new(l) : NULL;
    sc_code code = w != NULL ? SC_OK : SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < n; i++)
        code = sc_ledger_add(w, SC_USAGE_OWN, &r[i]);
    sc_ledger_writer_free(w);
    if (code == SC_OK)
        code = sc_ledger_seal(l);
    if (EXPECT_I64(code, SC_OK))
        return l;
    sc_ledger_free(l);
    return NULL;
}

sc_strbuf saved_bytes(const sc_ledger *l)
{
    sc_strbuf bytes = {0};
    sc_ledger_write(l, &bytes);
    EXPECT_I64(bytes.failed, 0);
    return bytes;
}

int expect_same_bytes(const sc_ledger *a, const sc_ledger *b)
{
    sc_strbuf x = saved_bytes(a), y = saved_bytes(b);
    const int equal = EXPECT_I64(x.len, y.len) && EXPECT_I64(memcmp(x.text, y.text, x.len), 0);
    sc_strbuf_release(&x);
    sc_strbuf_release(&y);
    return equal;
}

/* ---- random records ---- */

typedef struct dice {
    uint64_t state;
} dice;

static uint64_t roll(dice *d, uint64_t sides)
{
    d->state += SC_HASH_A;
    return sc_hash_mix(d->state, d->state ^ SC_HASH_B) % sides;
}

/* A text "PREFIXnumber" with few small numbers and many large ones, in the record's slot. */
static sc_text pick(dice *d, random_record *x, int slot, const char *prefix, uint64_t sides)
{
    const uint64_t n = roll(d, 1 + roll(d, sides));
    (void)snprintf(x->text[slot], sizeof x->text[slot], "%s%llu", prefix, (unsigned long long)n);
    return sc_text_of(x->text[slot]);
}

static void random_tags(dice *d, random_record *x)
{
    static const char *const keys[] = {"team", "env", "ticket", "user", "note"};
    static const uint64_t values[] = {5, 3, 400, 90, 30};
    sc_usage_record *r = &x->record;
    const size_t first = roll(d, 5), step = 1 + roll(d, 4);
    for (size_t i = 0, n = roll(d, 6); i < n; i++) {
        const size_t k = (first + i * step) % 5; /* some keys come twice */
        r->tag[r->n_tags].key = sc_text_of(keys[k]);
        r->tag[r->n_tags].value = roll(d, 9) == 0 ? (sc_text){NULL, 0} : pick(d, x, 10 + (int)i, "v", values[k]);
        r->n_tags++;
    }
}

static void random_counts(dice *d, sc_usage_record *r)
{
    r->requests = r->grain == SC_GRAIN_REQUEST ? 1 : roll(d, 4) == 0 ? -1 : (int64_t)(1 + roll(d, 30));
    if (roll(d, 20) == 0) {
        r->meter = SC_METER_OUTPUT_IMAGE;
        r->quantity = (int64_t)roll(d, 5) * SC_QUANTITY_SCALE;
        return;
    }
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        r->tokens[m] = roll(d, 3) == 0 ? 0 : (int64_t)(roll(d, 1u << roll(d, 19)));
    if (roll(d, 10) == 0)
        r->context = (int64_t)roll(d, 400000);
}

void random_record_at(uint64_t number, random_record *x)
{
    static const sc_usage_kind kinds[] = {SC_USAGE_BEDROCK_LOG, SC_USAGE_OWN, SC_USAGE_CUR};
    static const int64_t step[] = {1, 60, 3600, 86400};
    static const char *const models[] = {"acme.a", "acme.b", "acme.unknown"};
    dice d = {number * SC_HASH_B + 1};
    sc_usage_record *r = &x->record;
    sc_usage_clear(r);
    x->kind = kinds[roll(&d, 3)];
    r->grain = x->kind == SC_USAGE_CUR ? (sc_grain)(SC_GRAIN_HOUR + roll(&d, 2)) : (sc_grain)(roll(&d, 8) == 0);
    r->charge = roll(&d, 15) == 0 ? SC_CHARGE_CREDIT : SC_CHARGE_USAGE;
    r->time = ((int64_t)roll(&d, 40 * 86400) - 5 * 86400) / step[r->grain] * step[r->grain];
    r->dim[SC_DIM_ACCOUNT] = pick(&d, x, 0, "1111", 4);
    r->dim[SC_DIM_PROJECT] = roll(&d, 4) == 0 ? (sc_text){NULL, 0} : pick(&d, x, 1, "proj-", 6);
    r->dim[SC_DIM_SESSION] = roll(&d, 2) == 0 ? (sc_text){NULL, 0} : pick(&d, x, 2, "session-", 300);
    r->dim[SC_DIM_MODEL] = sc_text_of(models[roll(&d, 3)]);
    r->dim[SC_DIM_REGION] = sc_text_of(roll(&d, 2) == 0 ? "us-east-1" : "eu-west-1");
    r->dim[SC_DIM_ITEM] = x->kind == SC_USAGE_CUR ? pick(&d, x, 4, "USE1-item-", 5) : (sc_text){NULL, 0};
    r->session_key = roll(&d, 3) == 0 ? pick(&d, x, 5, "conversation-", 500) : (sc_text){NULL, 0};
    (void)snprintf(x->text[6], sizeof x->text[6], "request-%llu", (unsigned long long)number);
    r->request_id = sc_text_of(x->text[6]);
    r->scope = (int)roll(&d, 3) - 1;
    r->tier = (int)roll(&d, 3) - 1;
    random_counts(&d, r);
    random_tags(&d, x);
    if (x->kind == SC_USAGE_CUR) {
        r->has_cost = (unsigned)roll(&d, 8);
        r->billed = (sc_money)roll(&d, 1u << 30) * ((sc_money)1 << 40) - ((sc_money)1 << 60);
        r->list = (sc_money)roll(&d, 1u << 30);
        r->effective = -(sc_money)roll(&d, 1u << 30);
    }
}

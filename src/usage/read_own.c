/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read_own.c - spendcast's own CSV, and tables of requests or days near enough to it. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/hash64.h"
#include "usage/amount.h"
#include "usage/own_csv.h"
#include "usage/tag_map.h"
#include "usage/usage_row.h"

#define SECONDS_PER_DAY 86400

static const sc_csv_name names[] = {
#define OWN_NAME(upper, lower) {#lower, SC_OWN_##upper},
    SC_OWN_LIST(OWN_NAME)
#undef OWN_NAME
        {"timestamp", SC_OWN_TIME},
    {"date", SC_OWN_TIME},
    {"day", SC_OWN_TIME},
    {"ts", SC_OWN_TIME},
    {"account_id", SC_OWN_ACCOUNT},
    {"project_id", SC_OWN_PROJECT},
    {"workload_id", SC_OWN_WORKLOAD},
    {"workspace_id", SC_OWN_WORKSPACE},
    {"profile_arn", SC_OWN_PROFILE},
    {"principal_arn", SC_OWN_PRINCIPAL},
    {"model_id", SC_OWN_MODEL},
    {"service_tier", SC_OWN_TIER},
    {"request_count", SC_OWN_REQUESTS},
    {"session_id", SC_OWN_SESSION_KEY},
    {"conversation_id", SC_OWN_SESSION_KEY},
    {"input_tokens", SC_OWN_INPUT},
    {"uncached_input", SC_OWN_INPUT},
    {"uncached_input_tokens", SC_OWN_INPUT},
    {"context_tokens", SC_OWN_INPUT}, /* Azure LLM inference traces, which have no cache */
    {"output_tokens", SC_OWN_OUTPUT},
    {"generated_tokens", SC_OWN_OUTPUT},
    {"cache_read_tokens", SC_OWN_CACHE_READ},
    {"cache_write_tokens", SC_OWN_CACHE_WRITE},
    {"cache_write_5m_tokens", SC_OWN_CACHE_WRITE_5M},
    {"cache_write_30m_tokens", SC_OWN_CACHE_WRITE_30M},
    {"cache_write_1h_tokens", SC_OWN_CACHE_WRITE_1H},
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

const char *sc_own_csv_header(void)
{
#define OWN_HEADER(upper, lower) "," #lower
    static const char header[] = SC_OWN_LIST(OWN_HEADER);
#undef OWN_HEADER
    return header + 1;
}

typedef struct own {
    sc_csv_layout layout;
    struct {
        sc_dim dim;
        size_t column;
    } dim[SC_DIMS]; /* that the header has */
    size_t n_dims;
    struct {
        int meter;
        size_t column;
    } tokens[SC_TOKEN_METERS]; /* that the header has */
    size_t n_tokens;
    int stated[SC_OWN_COLUMNS]; /* the other fields that the header has, without the time */
    size_t n_stated;
    int has_meter; /* 1: a column of meters or quantities */
} own;

/* ---- the header */

/* The tag that a column is; "" for other columns. */
static sc_text tag_of_column(sc_text name)
{
    static const char *const tags[] = {"team", "product", "environment", "cost_center"};
    static const char prefix[] = "tag:";
    const size_t n = sizeof prefix - 1;
    if (name.len > n && memcmp(name.at, prefix, n) == 0)
        return (sc_text){name.at + n, name.len - n};
    for (size_t i = 0; i < COUNT(tags); i++) {
        if (sc_csv_same_name(name, tags[i]))
            return sc_text_of(tags[i]);
    }
    return (sc_text){NULL, 0};
}

static int is_tokens(int field) { return field >= SC_OWN_INPUT && field <= SC_OWN_CACHE_WRITE_1H; }

static int is_quantity(int field)
{
    return is_tokens(field) || field == SC_OWN_QUANTITY || field == SC_OWN_REQUESTS ||
           (field >= SC_OWN_BILLED_USD && field <= SC_OWN_EFFECTIVE_USD);
}

/* A table of times and quantities is taken for this format unless another reader knows it better. */
static int detect(const char *head, size_t size)
{
    sc_csv_header h;
    int has_time = 0, n_quantities = 0, is_whole = 1;
    if (sc_csv_header_read(&h, head, size) != NULL)
        return 0;
    for (size_t i = 0; i < h.n; i++) {
        const int f = sc_csv_field(names, COUNT(names), h.name[i]);
        has_time |= f == SC_OWN_TIME;
        n_quantities += is_quantity(f);
        is_whole &= f >= 0 || tag_of_column(h.name[i]).len > 0;
    }
    return !has_time || n_quantities == 0 ? 0 : is_whole ? 70 : 40;
}

/* A column whose name is nearly one that is missing is more likely a slip than something to leave out. */
static sc_code check_unknown(const sc_csv_layout *l, const sc_csv_header *h, char *why, size_t why_size)
{
    const char *missing[COUNT(names)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (l->column[names[i].field] < 0)
            missing[n++] = names[i].name;
    }
    for (size_t i = 0; i < h->n; i++) {
        char name[80];
        if (sc_csv_field(names, COUNT(names), h->name[i]) >= 0 || tag_of_column(h->name[i]).len > 0 ||
            h->name[i].len >= sizeof name)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)h->name[i].len, h->name[i].at);
        const char *near = sc_nearest_name(name, missing, n);
        if (near != NULL) {
            snprintf(why, why_size, "unknown column '%s'; did you mean '%s'?", name, near);
            return SC_E_INPUT;
        }
    }
    return SC_OK;
}

/* The dim that a field is, -1 = none. */
static int dim_of(int field)
{
    static const int fields[SC_DIMS] = {
        [SC_DIM_ACCOUNT] = SC_OWN_ACCOUNT,     [SC_DIM_PROJECT] = SC_OWN_PROJECT, [SC_DIM_WORKLOAD] = SC_OWN_WORKLOAD,
        [SC_DIM_WORKSPACE] = SC_OWN_WORKSPACE, [SC_DIM_PROFILE] = SC_OWN_PROFILE, [SC_DIM_PRINCIPAL] = SC_OWN_PRINCIPAL,
        [SC_DIM_SESSION] = SC_OWN_SESSION,     [SC_DIM_MODEL] = SC_OWN_MODEL,     [SC_DIM_REGION] = SC_OWN_REGION,
        [SC_DIM_ENDPOINT] = SC_OWN_ENDPOINT,   [SC_DIM_ITEM] = SC_OWN_ITEM,       [SC_DIM_VARIANT] = SC_OWN_VARIANT,
    };
    for (int d = 0; d < SC_DIMS; d++) {
        if (fields[d] == field)
            return d;
    }
    return -1;
}

static sc_code check_required(own *s, const sc_csv_header *h, char *why, size_t why_size)
{
    int n_quantities = 0;
    for (int f = SC_OWN_TIME + 1; f < SC_OWN_COLUMNS; f++) {
        if (s->layout.column[f] < 0)
            continue;
        if (dim_of(f) >= 0) {
            s->dim[s->n_dims].dim = (sc_dim)dim_of(f);
            s->dim[s->n_dims++].column = (size_t)s->layout.column[f];
        } else if (is_tokens(f)) {
            s->tokens[s->n_tokens].meter = f - SC_OWN_INPUT;
            s->tokens[s->n_tokens++].column = (size_t)s->layout.column[f];
        } else {
            s->stated[s->n_stated++] = f;
        }
        n_quantities += is_quantity(f);
    }
    s->has_meter = s->layout.column[SC_OWN_METER] >= 0 || s->layout.column[SC_OWN_QUANTITY] >= 0;
    if (s->layout.column[SC_OWN_TIME] < 0)
        return sc_csv_missing(h, "time", why, why_size);
    if (n_quantities == 0)
        return sc_csv_missing(h, "input", why, why_size);
    if (s->layout.n_tags > SC_USAGE_TAGS_MAX) {
        snprintf(why, why_size, "%zu columns of tags, expected at most %d", s->layout.n_tags, SC_USAGE_TAGS_MAX);
        return SC_E_INPUT;
    }
    return SC_OK;
}

static void close_own(void *state)
{
    own *s = state;
    if (s != NULL)
        sc_csv_layout_release(&s->layout);
    sc_free(s);
}

static sc_code open_own(const sc_card *card, const char *header, size_t size, void **state, char *why, size_t why_size)
{
    sc_csv_header h;
    own *s = SC_NEW(own);
    (void)card;
    *state = NULL;
    if (s == NULL)
        return SC_E_MEMORY;
    sc_code code = sc_csv_layout_read(&s->layout, names, COUNT(names), tag_of_column, header, size, &h, why, why_size);
    if (code == SC_OK)
        code = check_unknown(&s->layout, &h, why, why_size);
    if (code == SC_OK)
        code = check_required(s, &h, why, why_size);
    if (code == SC_OK)
        *state = s;
    else
        close_own(s);
    return code;
}

/* ---- values */

#define NAMES_KNOWN 32

/* A block's rows.  Times of one minute follow each other, and names are few: each is worked out once. */
typedef struct own_block {
    sc_usage_row row;
    char minute_text[16];
    int64_t minute_start; /* -1 = none yet */
    struct {
        int field; /* SC_OWN_TIME = none yet */
        sc_text text;
        int index;
    } name[NAMES_KNOWN]; /* by field and first letter */
    int has_tokens;      /* of the row: a token cell is filled */
} own_block;

/* Two digits as a number; over 99 if one of them is none. */
static unsigned two(const char *p)
{
    const unsigned tens = (unsigned)(unsigned char)p[0] - '0', ones = (unsigned)(unsigned char)p[1] - '0';
    return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* "2026-01-15T12:00"; 0 if it is none. */
static int start_minute(own_block *b, const char *p)
{
    const unsigned hour = two(p + 11), minute = two(p + 14);
    sc_day day;
    if (p[10] != 'T' || p[13] != ':' || hour > 23 || minute > 59 || sc_day_parse(p, 10, &day) != SC_OK || day < 0)
        return 0;
    memcpy(b->minute_text, p, sizeof b->minute_text);
    b->minute_start = (int64_t)day * SECONDS_PER_DAY + (int64_t)(hour * 3600 + minute * 60);
    return 1;
}

/* "2026-01-15T12:00:00Z", the form of nearly all rows; 0 for any other. */
static int fixed_time(own_block *b, sc_text t, int64_t *out)
{
    const char *p = t.at;
    if (t.len != 20 || p[16] != ':' || p[19] != 'Z')
        return 0;
    const unsigned second = two(p + 17);
    if (second > 59)
        return 0;
    if ((b->minute_start < 0 || memcmp(p, b->minute_text, sizeof b->minute_text) != 0) && !start_minute(b, p))
        return 0;
    *out = b->minute_start + (int64_t)second;
    return 1;
}

/* Any other form, with the grain that it has. */
static sc_code any_time(sc_text t, int64_t *out, sc_grain *grain)
{
    char text[32];
    *grain = t.len == 7                                       ? SC_GRAIN_MONTH
             : t.len == 10                                    ? SC_GRAIN_DAY
             : t.len == 13                                    ? SC_GRAIN_HOUR
             : t.len == 16 || (t.len > 16 && t.at[16] != ':') ? SC_GRAIN_MINUTE
                                                              : SC_GRAIN_REQUEST;
    if (*grain != SC_GRAIN_MONTH && *grain != SC_GRAIN_HOUR)
        return sc_usage_time(t, out);
    memcpy(text, t.at, t.len);
    memcpy(text + t.len, *grain == SC_GRAIN_MONTH ? "-01" : ":00", 3);
    return sc_usage_time((sc_text){text, t.len + 3}, out);
}

static void read_time(own_block *b, sc_usage_record *r)
{
    const sc_text t = sc_row_cell(&b->row, SC_OWN_TIME);
    r->grain = SC_GRAIN_REQUEST;
    if (!fixed_time(b, t, &r->time) && any_time(t, &r->time, &r->grain) != SC_OK)
        sc_row_problem(&b->row, SC_OWN_TIME, "'%.*s' is no time, expected one such as 2026-01-15T12:00:00Z",
                       SC_CSV_SHOWN(t));
}

static void read_count(own_block *b, int field, sc_text t, int64_t *out)
{
    int64_t n = 0;
    if (sc_decimal_parse(t.at, t.len, 0, &n) != SC_OK)
        sc_row_problem(&b->row, field, "'%.*s' is no whole number", SC_CSV_SHOWN(t));
    if (n < 0)
        sc_row_problem(&b->row, field, "is negative, expected 0 or more");
    *out = n;
}

/* The number of 1 to 8 digits that end at `end`, without a loop whose length nobody can foretell; 0 if one of them is
 * no digit.  Reads the eight bytes before `end`. */
static inline int few_digits(const char *end, size_t len, int64_t *out)
{
    const unsigned not_asked = 8 * (8 - (unsigned)len);
    const uint64_t zeros = UINT64_C(0x3030303030303030) >> not_asked << not_asked;
    uint64_t w = (sc_hash_word8(end - 8) >> not_asked << not_asked) ^ zeros;
    if ((((w + UINT64_C(0x7676767676767676)) | w) & UINT64_C(0x8080808080808080)) != 0) /* a byte is over 9 */
        return 0;
    w = (w * (1 + (10 << 8))) >> 8; /* pairs of digits, then fours, then all */
    w = ((w & UINT64_C(0x00ff00ff00ff00ff)) * (1 + (UINT64_C(100) << 16))) >> 16;
    w = ((w & UINT64_C(0x0000ffff0000ffff)) * (1 + (UINT64_C(10000) << 32))) >> 32;
    *out = (int64_t)w;
    return 1;
}

/* A cell of tokens.  Digits are what they are, quoted or not: only other cells need a closer look. */
static inline void read_tokens(own_block *b, int field, size_t column, int64_t *out)
{
    const sc_text raw = b->row.cells[column];
    const char *const end = raw.at + raw.len;
    if (raw.len - 1 < 8 && end - b->row.csv.row >= 8 && few_digits(end, raw.len, out)) {
        b->has_tokens = 1;
        return;
    }
    const sc_text t = sc_row_column(&b->row, column);
    if (t.len == 0)
        return;
    b->has_tokens = 1;
    read_count(b, field, t, out);
}

/* The index of a name in a list; -1, and a problem of the row, if it is none of it. */
static int find_name(own_block *b, int field, sc_text t, const char *const *list, int n)
{
    char word[64], hint[SC_NAME_HINT_MAX];
    for (int i = 0; i < n; i++) {
        if (sc_text_is(t, list[i]))
            return i;
    }
    snprintf(word, sizeof word, "%.*s", SC_CSV_SHOWN(t));
    sc_row_problem(&b->row, field, "'%s' is unknown%s", word, sc_name_hint(word, list, (size_t)n, hint));
    return -1;
}

/* The same, from those read before, to *out unless there is a problem. */
static void read_name(own_block *b, int field, sc_text t, const char *const *list, int n, int *out)
{
    const size_t at = ((unsigned char)t.at[0] + (unsigned)field) % NAMES_KNOWN;
    const sc_text known = b->name[at].text;
    if (b->name[at].field != field || known.len != t.len || !sc_same_bytes(known.at, t.at, t.len)) {
        const int index = find_name(b, field, t, list, n);
        if (index < 0)
            return;
        b->name[at].field = field;
        b->name[at].text = sc_text_of(list[index]);
        b->name[at].index = index;
    }
    *out = b->name[at].index;
}

static void read_charge(own_block *b, sc_text t, sc_usage_record *r)
{
    const char *charges[SC_CHARGES];
    int charge = SC_CHARGE_USAGE;
    for (int c = 0; c < SC_CHARGES; c++)
        charges[c] = sc_charge_name((sc_charge)c);
    read_name(b, SC_OWN_CHARGE, t, charges, SC_CHARGES, &charge);
    r->charge = (sc_charge)charge;
}

static void read_cost(own_block *b, int field, sc_text t, unsigned cost, sc_money *out, sc_usage_record *r)
{
    if (sc_amount_parse(t, 15, out) == SC_OK)
        r->has_cost |= cost;
    else
        sc_row_problem(&b->row, field, "'%.*s' is no amount of money", SC_CSV_SHOWN(t));
}

/* ---- rows */

static void read_field(own_block *b, int field, sc_text t, sc_usage_record *r)
{
    switch (field) {
    case SC_OWN_REQUESTS: read_count(b, field, t, &r->requests); break;
    case SC_OWN_CONTEXT: read_count(b, field, t, &r->context); break;
    case SC_OWN_REQUEST_ID: r->request_id = t; break;
    case SC_OWN_SESSION_KEY: r->session_key = t; break;
    case SC_OWN_SCOPE: read_name(b, field, t, sc_scope_names(), SC_SCOPES, &r->scope); break;
    case SC_OWN_TIER: read_name(b, field, t, sc_tier_names(), SC_TIERS, &r->tier); break;
    case SC_OWN_CHARGE: read_charge(b, t, r); break;
    case SC_OWN_METER:
    case SC_OWN_QUANTITY: break; /* read together */
    case SC_OWN_BILLED_USD: read_cost(b, field, t, SC_COST_BILLED, &r->billed, r); break;
    case SC_OWN_LIST_USD: read_cost(b, field, t, SC_COST_LIST, &r->list, r); break;
    case SC_OWN_EFFECTIVE_USD: read_cost(b, field, t, SC_COST_EFFECTIVE, &r->effective, r); break;
    default: break;
    }
}

/* A quantity of the meter that the row names; of tokens it may be one of those that have columns. */
static void read_meter(own_block *b, sc_usage_record *r)
{
    const sc_text name = sc_row_cell(&b->row, SC_OWN_METER), quantity = sc_row_cell(&b->row, SC_OWN_QUANTITY);
    int meter = -1;
    sc_int128 n = 0;
    if (name.len == 0 && quantity.len == 0)
        return;
    if (name.len == 0 || quantity.len == 0) {
        sc_row_problem(&b->row, name.len == 0 ? SC_OWN_METER : SC_OWN_QUANTITY,
                       "is empty, expected both meter and quantity");
        return;
    }
    read_name(b, SC_OWN_METER, name, sc_meter_names(), SC_METERS, &meter);
    const int is_tokens = meter >= 0 && meter < SC_TOKEN_METERS;
    if (is_tokens) {
        b->has_tokens = 1;
        if (r->tokens[meter] != 0)
            sc_row_problem(&b->row, SC_OWN_METER, "'%.*s' has a column of its own in this row", SC_CSV_SHOWN(name));
        read_count(b, SC_OWN_QUANTITY, quantity, &r->tokens[meter]);
        return;
    }
    if (sc_amount_parse(quantity, 6, &n) != SC_OK || n > INT64_MAX || n < INT64_MIN)
        sc_row_problem(&b->row, SC_OWN_QUANTITY, "'%.*s' is no number, or too large", SC_CSV_SHOWN(quantity));
    r->meter = meter;
    r->quantity = (int64_t)n;
}

static int says_nothing(const sc_usage_record *r)
{
    int64_t any = 0;
    if (r->grain == SC_GRAIN_REQUEST || r->meter >= 0 || r->has_cost != 0 || r->requests > 0)
        return 0;
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        any |= r->tokens[m];
    return any == 0;
}

static void read_row(const own *s, own_block *b, sc_usage_record *r)
{
    sc_usage_clear_but_dims(r);
    b->has_tokens = 0;
    read_time(b, r);
    for (size_t i = 0; i < s->n_dims; i++)
        r->dim[s->dim[i].dim] = sc_row_column(&b->row, s->dim[i].column);
    for (size_t i = 0; i < s->n_tokens; i++) {
        const int meter = s->tokens[i].meter;
        read_tokens(b, SC_OWN_INPUT + meter, s->tokens[i].column, &r->tokens[meter]);
    }
    for (size_t i = 0; i < s->n_stated; i++) {
        const sc_text t = sc_row_column(&b->row, (size_t)s->layout.column[s->stated[i]]);
        if (t.len > 0)
            read_field(b, s->stated[i], t, r);
    }
    if (s->has_meter)
        read_meter(b, r);
    for (size_t i = 0; i < s->layout.n_tags; i++) {
        const sc_text value = sc_row_column(&b->row, s->layout.tag[i].column);
        if (value.len > 0)
            r->tag[r->n_tags++] = (sc_usage_tag){s->layout.tag[i].key, value};
    }
    if (r->requests < 0 && r->grain == SC_GRAIN_REQUEST && r->charge == SC_CHARGE_USAGE)
        r->requests = 1;
    r->late_tokens = r->charge == SC_CHARGE_USAGE && r->has_cost != 0 && !b->has_tokens && r->meter < 0;
}

static void read_block(const void *state, const char *block, size_t size, sc_usage_sink *sink)
{
    const own *s = state;
    own_block b;
    sc_usage_record r;
    b.minute_start = -1;
    memset(b.name, 0, sizeof b.name);
    sc_usage_clear(&r);
    sc_row_begin(&b.row, block, size, sink, &s->layout);
    while (sc_row_next(&b.row)) {
        read_row(s, &b, &r);
        if (b.row.reason[0] == '\0' && says_nothing(&r))
            sink->skip(sink, "no usage in record");
        else
            sc_row_deliver(&b.row, &r);
    }
}

const sc_usage_reader sc_reader_own = {SC_USAGE_OWN, "spendcast CSV", SC_SHAPE_CSV, detect,
                                       open_own,     close_own,       read_block};

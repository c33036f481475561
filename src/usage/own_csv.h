/* SPDX-License-Identifier: GPL-3.0-or-later */
/* own_csv.h - the columns of spendcast's own CSV, for who writes it; read_own.c reads it.
 *
 * One row is one request, or what was used in a minute, hour, day or month: the time says which, by how precise it is
 * ("2026-01-15T12:00:00Z", "2026-01-15T12:00Z", "2026-01-15T12", "2026-01-15", "2026-01").  `input` never includes
 * cached or written tokens.  Empty cells are "not stated": no requests are 1 for a request and unknown otherwise; a row
 * with money whose token cells and meter are all empty is money without counts.  Tags are columns "tag:NAME" after
 * these; of team, product, environment and cost_center also without "tag:". */
#ifndef SC_USAGE_OWN_CSV_H
#define SC_USAGE_OWN_CSV_H

/* clang-format off */
#define SC_OWN_LIST(X) \
    X(TIME, time) \
    X(ACCOUNT, account) \
    X(PROJECT, project) \
    X(WORKLOAD, workload) \
    X(WORKSPACE, workspace) \
    X(PROFILE, profile) \
    X(PRINCIPAL, principal) \
    X(SESSION, session) \
    X(MODEL, model) \
    X(REGION, region) \
    X(ENDPOINT, endpoint) \
    X(SCOPE, scope) \
    X(TIER, tier) \
    X(CHARGE, charge) \
    X(ITEM, item) \
    X(REQUESTS, requests) \
    X(REQUEST_ID, request_id) \
    X(SESSION_KEY, session_key) \
    X(INPUT, input) \
    X(OUTPUT, output) \
    X(CACHE_READ, cache_read) \
    X(CACHE_WRITE, cache_write) \
    X(CACHE_WRITE_5M, cache_write_5m) \
    X(CACHE_WRITE_30M, cache_write_30m) \
    X(CACHE_WRITE_1H, cache_write_1h) \
    X(CONTEXT, context) \
    X(METER, meter) \
    X(QUANTITY, quantity) \
    X(VARIANT, variant) \
    X(BILLED_USD, billed_usd) \
    X(LIST_USD, list_usd) \
    X(EFFECTIVE_USD, effective_usd)
/* clang-format on */

typedef enum sc_own_column {
#define SC_OWN_ENUM(upper, lower) SC_OWN_##upper,
    SC_OWN_LIST(SC_OWN_ENUM)
#undef SC_OWN_ENUM
        SC_OWN_COLUMNS
} sc_own_column;

/* "time,account,...,effective_usd": the header without tags and line end, in the order of sc_own_column. */
const char *sc_own_csv_header(void);

#endif

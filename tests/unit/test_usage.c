/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_usage.c - names, times, principals and conservation checks of usage records. */
#include "spendcast/usage.h"

#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "usage/reader.h"

static void names(void)
{
    for (int k = 0; k < SC_USAGE_KINDS; k++)
        EXPECT_I64(sc_usage_kind_of(sc_usage_kind_name((sc_usage_kind)k)), k);
    for (int d = 0; d < SC_DIMS; d++)
        EXPECT_I64(sc_dim_of(sc_dim_name((sc_dim)d)), d);
    for (int g = 0; g < SC_GRAINS; g++)
        EXPECT_TRUE(sc_grain_name((sc_grain)g) != NULL);
    for (int c = 0; c < SC_CHARGES; c++)
        EXPECT_TRUE(sc_charge_name((sc_charge)c) != NULL);
    EXPECT_STR(sc_usage_kind_names()[SC_USAGE_COST_EXPLORER], "cost_explorer");
    EXPECT_STR(sc_dim_names()[SC_DIM_VARIANT], "variant");
    EXPECT_STR(sc_grain_name(SC_GRAIN_MONTH), "month");
    EXPECT_STR(sc_charge_name(SC_CHARGE_OTHER), "other");
    EXPECT_I64(sc_usage_kind_of("CUR"), -1);
    EXPECT_I64(sc_usage_kind_of(""), -1);
    EXPECT_I64(sc_dim_of("team"), -1);

    int bills = 0;
    for (int k = 0; k < SC_USAGE_KINDS; k++)
        bills += sc_usage_kind_is_bill((sc_usage_kind)k);
    EXPECT_I64(bills, 3);
    EXPECT_I64(sc_usage_kind_is_bill(SC_USAGE_CUR), 1);
    EXPECT_I64(sc_usage_kind_is_bill(SC_USAGE_CLOUDWATCH), 0);
}

/* Seconds as GNU date gives them: date -u -d TEXT +%s. */
static const struct {
    const char *text;
    int64_t seconds;
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2026-01-15T12:00:00Z", 1768478400},
    {"2026-01-15t12:00:00z", 1768478400},
    {"2026-01-15 12:00:00", 1768478400},
    {"2026-01-15 12:00:00.000 UTC", 1768478400},
    {"2026-01-15T12:00:00.123Z", 1768478400},
    {"2026-01-15T12:00:00.999999999Z", 1768478400},
    {"2026-01-15T12:00Z", 1768478400},
    {"2026-01-15T14:00:00+02:00", 1768478400},
    {"2026-01-15T17:30:00+0530", 1768478400},
    {"2026-01-15T04:00:00-08", 1768478400},
    {"2026-01-14T23:30:00.5-12:30", 1768478400},
    {"2026-01-15", 1768435200},
    {"2024-02-29T23:59:59Z", 1709251199},
    {"2016-12-31T23:59:60Z", 1483228799}, /* a leap second stays in its day */
    {"9999-12-31T23:59:59Z", 253402300799},
};

static const char *const no_times[] = {
    "",
    "2026",
    "2026-01-15T",
    "2026-01-15T12",
    "2026-01-15T12:",
    "2026-01-15T12:0",
    "2026-01-15T12:00:",
    "2026-01-15T12:00:0",
    "2026-01-15T12:00:61Z",
    "2026-01-15T24:00:00Z",
    "2026-01-15T12:60:00Z",
    "2026-01-15T12:00:00.Z",
    "2026-01-15T12:00:00 Z",
    "2026-01-15T12:00:00ZZ",
    "2026-01-15T12:00:00+",
    "2026-01-15T12:00:00+2",
    "2026-01-15T12:00:00+02:",
    "2026-01-15T12:00:00+02:0",
    "2026-01-15T12:00:00+02:60",
    "2026-01-15T12:00:00+24:00",
    "2026-01-15T12:00:00+02:000",
    "2026-01-15_12:00:00Z",
    "2026-02-29T12:00:00Z",
    "2026-13-01T12:00:00Z",
    "2026-1-15T12:00:00Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59-01:00",
    "10000-01-01T00:00:00Z",
    " 2026-01-15T12:00:00Z",
    "2026-01-15T12:00:00Z ",
    "-026-01-15T12:00:00Z",
    "2026-01-15T+1:00:00Z",
    "1768478400",
};

static void reads_times(void)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t seconds = -1;
        if (!EXPECT_I64(sc_usage_time(sc_text_of(times[i].text), &seconds), SC_OK) ||
            !EXPECT_I64(seconds, times[i].seconds))
            printf("    time %s\n", times[i].text);
    }
    for (size_t i = 0; i < sizeof no_times / sizeof *no_times; i++) {
        int64_t seconds = 7;
        if (!EXPECT_I64(sc_usage_time(sc_text_of(no_times[i]), &seconds), SC_E_INPUT) || !EXPECT_I64(seconds, 7))
            printf("    time %s\n", no_times[i]);
    }
    int64_t seconds;
    EXPECT_I64(sc_usage_time((sc_text){NULL, 0}, &seconds), SC_E_INPUT);
    /* the length counts, not what follows */
    EXPECT_I64(sc_usage_time((sc_text){"2026-01-15T99", 10}, &seconds), SC_OK);
}

static const char *copied(sc_text t, char *buf, size_t size)
{
    (void)snprintf(buf, size, "%.*s", (int)t.len, t.len > 0 ? t.at : "");
    return buf;
}

static void splits_principals(void)
{
    static const struct {
        const char *arn, *principal, *session;
    } cases[] = {
        {"arn:aws:sts::123456789012:assumed-role/MyRole/session-name", "arn:aws:sts::123456789012:assumed-role/MyRole",
         "session-name"},
        {"arn:aws-us-gov:sts::123456789012:assumed-role/R/alice@example.com",
         "arn:aws-us-gov:sts::123456789012:assumed-role/R", "alice@example.com"},
        {"arn:aws:sts::123456789012:assumed-role/MyRole", "arn:aws:sts::123456789012:assumed-role/MyRole", ""},
        {"arn:aws:sts::123456789012:assumed-role/MyRole/", "arn:aws:sts::123456789012:assumed-role/MyRole", ""},
        {"arn:aws:iam::123456789012:user/team/alice", "arn:aws:iam::123456789012:user/team/alice", ""},
        {"arn:aws:iam::123456789012:role/MyRole", "arn:aws:iam::123456789012:role/MyRole", ""},
        {"arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:root", ""},
        {"arn:aws:sts::123456789012:federated-user/bob", "arn:aws:sts::123456789012:federated-user/bob", ""},
        {"arn:aws:sts::1:assumed-rol", "arn:aws:sts::1:assumed-rol", ""},
        {"alice", "alice", ""},
        {"", "", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_text principal, session;
        char buf[128];
        sc_usage_principal(sc_text_of(cases[i].arn), &principal, &session);
        EXPECT_STR(copied(principal, buf, sizeof buf), cases[i].principal);
        EXPECT_STR(copied(session, buf, sizeof buf), cases[i].session);
    }
    sc_text principal, session;
    sc_usage_principal((sc_text){NULL, 0}, &principal, &session);
    EXPECT_I64(principal.len + session.len, 0);
}

static void clears(void)
{
    sc_usage_record r;
    memset(&r, 0x5a, sizeof r);
    sc_usage_clear(&r);
    EXPECT_I64(r.time, 0);
    EXPECT_I64(r.grain, SC_GRAIN_REQUEST);
    EXPECT_I64(r.charge, SC_CHARGE_USAGE);
    for (int d = 0; d < SC_DIMS; d++)
        EXPECT_I64(r.dim[d].len, 0);
    EXPECT_I64(r.request_id.len + r.session_key.len + r.n_tags, 0);
    EXPECT_I64(r.scope, -1);
    EXPECT_I64(r.tier, -1);
    EXPECT_I64(r.requests, -1);
    EXPECT_I64(r.context, -1);
    EXPECT_I64(r.meter, -1);
    for (int m = 0; m < SC_TOKEN_METERS; m++)
        EXPECT_I64(r.tokens[m], 0);
    EXPECT_I64(r.quantity, 0);
    EXPECT_I64(r.has_cost, 0);
    EXPECT_MONEY(r.billed + r.list + r.effective, 0);
    EXPECT_I64(r.late_tokens, 0);
    EXPECT_STR(sc_usage_flaw(&r), NULL);
}

static void finds_flaws(void)
{
    sc_usage_record r;
    EXPECT_I64(SC_METER_CACHE_WRITE_1H, SC_TOKEN_METERS - 1);

    sc_usage_clear(&r);
    r.tokens[SC_METER_CACHE_READ] = -1;
    EXPECT_STR(sc_usage_flaw(&r), "the number of cache read tokens is negative");
    sc_usage_clear(&r);
    r.tokens[SC_METER_INPUT] = INT64_MAX;
    EXPECT_STR(sc_usage_flaw(&r), NULL);
    r.tokens[SC_METER_CACHE_WRITE_1H] = 1;
    EXPECT_STR(sc_usage_flaw(&r), "the numbers of tokens add up to more than 9223372036854775807");
    sc_usage_clear(&r);
    r.requests = -2;
    EXPECT_STR(sc_usage_flaw(&r), "the number of requests is negative");
    r.requests = 0;
    EXPECT_STR(sc_usage_flaw(&r), NULL);
    r.tokens[SC_METER_OUTPUT] = 1;
    EXPECT_STR(sc_usage_flaw(&r), "tokens without any request");
    r.requests = 1;
    EXPECT_STR(sc_usage_flaw(&r), NULL);
    r.quantity = -1;
    EXPECT_STR(sc_usage_flaw(&r), "the quantity is negative");
}

/* One reader for each kind, in their order; a head that another reader is sure of is nobody else's. */
static void has_all_readers(void)
{
    static const struct {
        sc_usage_kind kind;
        const char *head;
    } heads[] = {
        {SC_USAGE_BEDROCK_LOG, "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\","
                               "\"timestamp\":\"2026-01-15T12:00:00Z\",\"modelId\":\"m\",\"input\":{},"
                               "\"output\":{}}\n"},
        {SC_USAGE_OPENAI, "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1768478400,\"model\":\"m\","
                          "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n"},
        {SC_USAGE_ANTHROPIC, "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\","
                             "\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":2,\"output_tokens\":3}}\n"},
        {SC_USAGE_OWN, "time,model,input,output\n2026-01-15,m,1,2\n"},
        {SC_USAGE_CLOUDWATCH, "{\n  \"MetricDataResults\": [\n"},
        {SC_USAGE_CUR, "line_item_usage_type,line_item_usage_start_date,line_item_unblended_cost\n"},
        {SC_USAGE_FOCUS, "BilledCost,EffectiveCost,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,"
                         "BillingCurrency\n"},
        {SC_USAGE_COST_EXPLORER, "{\n  \"GroupDefinitions\": [\n"},
    };
    for (int k = 0; k < SC_USAGE_KINDS; k++) {
        if (!EXPECT_TRUE(sc_usage_readers[k] != NULL))
            return;
        EXPECT_I64(sc_usage_readers[k]->kind, k);
    }
    EXPECT_TRUE(sc_usage_readers[SC_USAGE_KINDS] == NULL);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const size_t size = strlen(heads[i].head);
        const int sure = sc_usage_readers[heads[i].kind]->detect(heads[i].head, size);
        for (int k = 0; k < SC_USAGE_KINDS; k++) {
            if (k != (int)heads[i].kind && !EXPECT_TRUE(sc_usage_readers[k]->detect(heads[i].head, size) < sure))
                printf("    %s is taken for %s\n", sc_usage_kind_name(heads[i].kind),
                       sc_usage_kind_name((sc_usage_kind)k));
        }
    }
}

CU_ErrorCode test_usage_register(void)
{
    CU_pSuite suite = CU_add_suite("usage", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "names", names) == NULL ||
        CU_add_test(suite, "times", reads_times) == NULL ||
        CU_add_test(suite, "principals", splits_principals) == NULL || CU_add_test(suite, "clears", clears) == NULL ||
        CU_add_test(suite, "flaws", finds_flaws) == NULL || CU_add_test(suite, "readers", has_all_readers) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

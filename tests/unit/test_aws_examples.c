/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_aws_examples.c - worked examples that AWS published, each at the prices of its time through a small card. */
#include <stdio.h>
#include <string.h>

#include "expect.h"
#include "rates_fixture.h"

typedef struct example_line {
    const char *model, *meter, *unit, *usd; /* the price as AWS prints it */
    int64_t quantity;
    const char *cost; /* exactly */
} example_line;

static const struct {
    const char *what;
    example_line line[5];
    const char *total;   /* exactly */
    const char *printed; /* as AWS prints it, to the cent; NULL = it prints none */
} examples[] = {
    {"managed knowledge base, 50 GB and 100,000 retrievals a month (pricing page, 2026-07-24)",
     {{"kb", "index_storage_gb_month", "GB_month", "5.00", 50, "250"},
      {"kb", "retrieval", "1K_retrievals", "1.00", 100000, "100"}},
     "350",
     "350.00"},
    {"human model evaluation of two models, 50 tasks (pricing page, 2026-07-24)",
     {{"claude-2.1", "input", "1K_tokens", "0.008", 5000, "0.04"},
      {"claude-2.1", "output", "1K_tokens", "0.024", 20000, "0.48"},
      {"claude-instant", "input", "1K_tokens", "0.0008", 5000, "0.004"},
      {"claude-instant", "output", "1K_tokens", "0.0024", 15000, "0.036"},
      {"evaluation", "human_task", "task", "0.21", 50, "10.5"}},
     "11.06",
     "11.06"},
    {"11K tokens summarised to 4K with Claude 2 (pricing page of 2023)",
     {{"claude-2", "input", "1K_tokens", "0.008", 11000, "0.088"},
      {"claude-2", "output", "1K_tokens", "0.024", 4000, "0.096"}},
     "0.184",
     NULL},
    {"11K tokens to 4K with Claude 2.1 (generative AI CDK constructs, README)",
     {{"claude-2.1", "input", "1K_tokens", "0.01102", 11000, "0.12122"},
      {"claude-2.1", "output", "1K_tokens", "0.03268", 4000, "0.13072"}},
     "0.25194",
     "0.25"},
    {"an imported Llama 3.1 8B on 2 custom model units, an active minute and a month's storage (AWS blog, 2025)",
     {{"import", "custom_model_unit_minute", "CMU_minute", "0.0785", 2, "0.157"},
      {"import", "custom_model_unit_storage_month", "CMU_month", "1.95", 2, "3.9"}},
     "4.057",
     NULL},
    {"shopping assistant, 100,000 searches a month (AWS guidance, README)",
     {{"titan-embed", "input", "1M_tokens", "0.1", 22000000, "2.2"},
      {"claude-3-sonnet", "input", "1M_tokens", "3", 600000000, "1800"},
      {"claude-3-sonnet", "output", "1M_tokens", "15", 50000000, "750"}},
     "2552.2",
     "2552.20"},
    {"virtual assistant for employees, 1M tokens in and out (AWS guidance, README, 2025-04)",
     {{"claude-sonnet", "input", "1M_tokens", "3", 1000000, "3"},
      {"claude-sonnet", "output", "1M_tokens", "15", 1000000, "15"}},
     "18",
     "18.00"},
    {"1M tokens in, 500K out with Claude 3 Sonnet (AWS blog on a gateway)",
     {{"claude-3-sonnet", "input", "1K_tokens", "0.003", 1000000, "3"},
      {"claude-3-sonnet", "output", "1K_tokens", "0.015", 500000, "7.5"}},
     "10.5",
     NULL},
};

static sc_money usd_of(const char *usd)
{
    sc_int128 femto = -1;
    EXPECT_I64(sc_decimal_parse128(usd, strlen(usd), 15, &femto), SC_OK);
    return femto;
}

/* The models and rows of a small card with an example's prices. */
static sc_card *card_of(const example_line *line, size_t n)
{
    char models[200] = "", rows[1000] = "";
    for (size_t i = 0; i < n; i++) {
        size_t m = strlen(models), r = strlen(rows);
        if (i == 0 || strcmp(line[i].model, line[i - 1].model) != 0)
            (void)snprintf(models + m, sizeof models - m, "%s%s", m > 0 ? " " : "", line[i].model);
        (void)snprintf(rows + r, sizeof rows - r, "%s,us-east-1,in_region,standard,%s,,,,%s,%s,,,docs,2026-07-24,\n",
                       line[i].model, line[i].meter, line[i].unit, line[i].usd);
    }
    return small_card(models, rows, NULL, 0, NULL);
}

static void as_published(void)
{
    for (size_t e = 0; e < sizeof examples / sizeof examples[0]; e++) {
        size_t n = 0;
        while (n < 5 && examples[e].line[n].model != NULL)
            n++;
        sc_card *card = card_of(examples[e].line, n);
        sc_money total = 0;
        char text[SC_DECIMAL_TEXT_MAX];
        for (size_t i = 0; card != NULL && i < n; i++) {
            const example_line *l = &examples[e].line[i];
            sc_model_ref ref;
            sc_line_item item = {.point = NULL};
            sc_money cost = 0;
            if (!EXPECT_I64(sc_card_resolve(card, l->model, &ref, NULL, 0), SC_OK))
                continue;
            const sc_buy buy = {ref.model, sc_card_region_of(card, "us-east-1"), SC_SCOPE_IN_REGION, SC_TIER_STANDARD};
            const sc_usage_line line = {(sc_meter)sc_meter_of(l->meter), l->quantity, NULL};
            /* a window's worth of tokens a request, so that totals of many requests are no oversized one */
            EXPECT_I64(sc_card_price(card, &buy, &line, 1, 1000000, -1, day_of("2026-07-24"), NULL, &item, &cost, NULL),
                       SC_OK);
            EXPECT_MONEY(cost, usd_of(l->cost));
            total += cost;
        }
        EXPECT_MONEY(total, usd_of(examples[e].total));
        if (examples[e].printed != NULL)
            EXPECT_STR(sc_decimal_format(total, 15, 2, 0, text), examples[e].printed);
        sc_card_free(card);
    }
}

CU_ErrorCode test_aws_examples_register(void)
{
    CU_pSuite suite = CU_add_suite("aws_examples", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "as published", as_published) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_fixture.c - small rate cards for tests. */
#include "rates_fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "expect.h"
#include "rates/rates_load.h"

#define MODEL_HEADER                                                                                       \
    "model,provider,name,context_window,max_output,input_modalities,output_modalities,features,tokenizer," \
    "cache_min_tokens,cache_ttls,released,lifecycle,legacy_from,end_of_life,source,checked,note\n"

enum { MAX_OWN = 8 };

static void write_models(sc_strbuf *text, const char *models)
{
    sc_strbuf_puts(text, MODEL_HEADER);
    for (const char *id = models; *id != '\0';) {
        int len = (int)strcspn(id, " ");
        sc_strbuf_printf(text, "%.*s,Acme,%.*s,200000,8000,text,text,tools,t,,,,active,,,docs,2026-09-02,\n", len, id,
                         len, id);
        id += len + (id[len] == ' ');
    }
}

sc_card *small_card(const char *models, const char *rows, const own_table *own, size_t n, sc_errors *errors)
{
    sc_strbuf model_text = {0}, price_text = {0};
    sc_errors local = {0};
    sc_card *card = NULL;
    write_models(&model_text, models);
    sc_strbuf_puts(&price_text, PRICE_HEADER);
    sc_strbuf_puts(&price_text, rows);
    const own_table tables[] = {
        {"aliases.csv", "alias,model,note\n"},
        {"models.csv", model_text.text},
        {"prices-acme.csv", price_text.text},
        {"regions.csv", "region,name,geo,cur_code\neu-west-1,Ireland,eu,EU\nus-east-1,Virginia,us,USE1\n"},
        {"sources.csv", "source,title,url,date\ndocs,Docs,https://docs.example,2026-09-02\nown,Own,none,\n"},
        {"tokenizers.csv", "tokenizer,ratio_low,ratio_high,source,note\nt,1,1,docs,\n"},
    };
    enum { TABLES = sizeof tables / sizeof tables[0] };
    sc_card_table of_card[TABLES], of_customer[MAX_OWN];
    for (size_t i = 0; i < TABLES; i++)
        of_card[i] = (sc_card_table){tables[i].name, tables[i].text, strlen(tables[i].text)};
    for (size_t i = 0; i < n && i < MAX_OWN; i++)
        of_customer[i] = (sc_card_table){own[i].name, own[i].text, strlen(own[i].text)};
    const sc_table_set card_set = {.label = "card", .tables = of_card, .n = TABLES},
                       own_set = {.label = "own", .tables = of_customer, .n = n};
    sc_code code = sc_card_load_tables(&card_set, n > 0 ? &own_set : NULL, &card, errors != NULL ? errors : &local);
    if (errors == NULL && !EXPECT_I64(code, SC_OK))
        EXPECT_STR(local.item[0].text, "");
    sc_strbuf_release(&model_text);
    sc_strbuf_release(&price_text);
    return card;
}

sc_day day_of(const char *text)
{
    sc_day day = 0;
    EXPECT_I64(sc_day_parse(text, strlen(text), &day), SC_OK);
    return day;
}

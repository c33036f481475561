/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_tag_map.c - maps in cells of bills, and the names of tags. */
#include "usage/tag_map.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "expect.h"

/* "key=value" of each pair, then "! problem" if there is one. */
static char *pairs(const char *cell, sc_strbuf *out)
{
    static sc_csv_scratch scratch;
    sc_tag_map m;
    sc_text key, value;
    scratch.used = 0;
    sc_tag_map_begin(&m, sc_text_of(cell), &scratch);
    sc_strbuf_puts(out, "");
    while (sc_tag_map_next(&m, &key, &value))
        sc_strbuf_printf(out, "%.*s=%.*s|", (int)key.len, key.at, (int)value.len, value.at);
    if (m.problem != NULL)
        sc_strbuf_printf(out, "! %s", m.problem);
    return out->text;
}

static void reads_maps(void)
{
    static const struct {
        const char *cell, *expected;
    } cases[] = {
        {"", ""},
        {"{}", ""},
        {"{ }", ""},
        {"{\"team\":\"ds\"}", "team=ds|"},
        {"{\"team\": \"ds\", \"n\": 1.50, \"on\": true, \"off\": false, \"gone\": null, \"empty\": \"\"}",
         "team=ds|n=1.50|on=true|off=false|empty=|"},
        {"{\"a\\\"b\": \"caf\\u00e9 \\n\"}", "a\"b=caf\xc3\xa9 \n|"},
        {"{\"a\": [1]}", "! a value that is a list or a map, expected a text, number or true"},
        {"{\"a\": {\"b\": 1}}", "! a value that is a list or a map, expected a text, number or true"},
        /* as Athena and DuckDB write maps */
        {"{team=ds}", "team=ds|"},
        {"{team=ds, cost-center=42}", "team=ds|cost-center=42|"},
        {"{name=a, b and c, env=prod}", "name=a, b and c|env=prod|"},
        {"{name=a,b, q=x=y}", "name=a,b|q=x=y|"},
        {"{empty=, b=1}", "empty=|b=1|"},
        {"{product_name=Claude Haiku 4.5 (Amazon Bedrock Edition)}",
         "product_name=Claude Haiku 4.5 (Amazon Bedrock Edition)|"},
        {"{a=1", "! a map without its closing '}'"},
        {"{team}", "! a map without 'key=value'"},
        {"{=1}", "! a map without 'key=value'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_strbuf out = {0};
        EXPECT_STR(pairs(cases[i].cell, &out), cases[i].expected);
        sc_strbuf_release(&out);
    }
}

static void says_what_is_wrong(void)
{
    static const char *const broken[] = {"{\"a\"",     "{\"a\":}", "{\"a\":\"b\"",    "{\"a\":\"b\",}", "[]",
                                         "x",          "\"a\"",    "{\"a\":\"b\"} x", "{\"a\" \"b\"}",  "{\"a\":tru}",
                                         "{\"a\":01}", "{"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        sc_strbuf out = {0};
        if (!EXPECT_TRUE(strchr(pairs(broken[i], &out), '!') != NULL))
            EXPECT_STR(broken[i], out.text);
        sc_strbuf_release(&out);
    }
}

static void names_tags(void)
{
    static const struct {
        const char *cell, *prefix, *expected;
    } cases[] = {
        {"{\"resourceTags/team\":\"a\",\"user:env\":\"b\",\"resourceTags/user:app\":\"c\"}", "", "team=a|env=b|app=c|"},
        {"{\"user_team\":\"a\",\"user_id\":\"7\"}", "user_", "team=a|id=7|"},
        {"{\"user_id\":\"7\",\"aws:createdBy\":\"x\"}", "", "user_id=7|aws:createdBy=x|"},
        /* a resource's tag goes before its caller's, in any order */
        {"{\"iamPrincipal/team\":\"p\",\"resourceTags/team\":\"r\"}", "", "team=r|iamPrincipal/team=p|"},
        {"{\"iamPrincipal/team\":\"p\",\"iamPrincipal/cost\":\"9\"}", "", "team=p|cost=9|"},
        {"{a=1, none=NULL, empty=, b=2}", "", "a=1|b=2|"},
    };
    static sc_csv_scratch scratch;
    static sc_usage_record r;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        sc_strbuf out = {0};
        sc_usage_clear(&r);
        scratch.used = 0;
        EXPECT_STR(sc_tag_add_map(&r, sc_text_of(cases[i].cell), cases[i].prefix, &scratch), NULL);
        for (size_t t = 0; t < r.n_tags; t++)
            sc_strbuf_printf(&out, "%.*s=%.*s|", (int)r.tag[t].key.len, r.tag[t].key.at, (int)r.tag[t].value.len,
                             r.tag[t].value.at);
        EXPECT_STR(out.text, cases[i].expected);
        sc_strbuf_release(&out);
    }
}

static void has_room_for_64(void)
{
    static sc_csv_scratch scratch;
    static sc_usage_record r;
    sc_strbuf map = {0};
    sc_strbuf_puts(&map, "{");
    for (int i = 0; i < 64; i++)
        sc_strbuf_printf(&map, "k%d=v, ", i);
    sc_strbuf_puts(&map, "last=}");
    sc_usage_clear(&r);
    EXPECT_STR(sc_tag_add_map(&r, sc_text_of(map.text), "", &scratch), NULL);
    EXPECT_I64(r.n_tags, 64);
    map.text[map.len - 1] = 'x';
    sc_strbuf_puts(&map, "}");
    sc_usage_clear(&r);
    EXPECT_STR(sc_tag_add_map(&r, sc_text_of(map.text), "", &scratch), "more than 64 tags");
    sc_strbuf_release(&map);

    /* escapes need room */
    for (int i = 0; i < 70000; i++)
        sc_strbuf_puts(&map, i == 0 ? "{\"a\":\"\\n" : "x");
    sc_strbuf_puts(&map, "\"}");
    sc_usage_clear(&r);
    scratch.used = 0;
    EXPECT_STR(sc_tag_add_map(&r, sc_text_of(map.text), "", &scratch), "a map of more than 65536 bytes");
    sc_strbuf_release(&map);
}

CU_ErrorCode test_tag_map_register(void)
{
    CU_pSuite suite = CU_add_suite("tag_map", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads maps", reads_maps) == NULL ||
        CU_add_test(suite, "says what is wrong", says_what_is_wrong) == NULL ||
        CU_add_test(suite, "names tags", names_tags) == NULL ||
        CU_add_test(suite, "has room for 64", has_room_for_64) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

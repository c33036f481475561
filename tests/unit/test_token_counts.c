/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_token_counts.c - usage objects as the APIs returned them, against how others read them. */
#include "usage/token_counts.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/csv_table.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Tokens of a usage object; NULL or why it is refused. */
static const char *read_usage(sc_fields *f, sc_text usage, sc_usage_record *r)
{
    sc_json_cursor c;
    sc_counts k;
    sc_usage_clear(r);
    sc_counts_clear(&k);
    sc_json_begin(&c, usage.at, usage.len);
    sc_counts_read(f, &c, &k);
    return sc_json_end(&c) ? sc_counts_settle(f, &k, r) : c.problem;
}

/* Conventions that keys and totals tell, as "input output read write 5m 30m 1h" or the reason. */
static const usage_case conventions[] = {
    /* both kinds of keys: Chat Completions' hold, unless the total speaks for the others */
    {"{\"prompt_tokens\":100,\"completion_tokens\":5,\"cache_read_input_tokens\":60,\"prompt_tokens_details\":{"
     "\"cached_tokens\":60}}",
     "40 5 60 0 0 0 0"},
    {"{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":165,\"cache_read_input_tokens\":60}",
     "100 5 60 0 0 0 0"},
    {"{\"prompt_tokens\":100,\"completion_tokens\":5,\"total_tokens\":105,\"cache_read_input_tokens\":60}",
     "40 5 60 0 0 0 0"},
    /* wrappers add a total that leaves the cache out to Anthropic's keys, which keep their meaning */
    {"{\"input_tokens\":100,\"output_tokens\":5,\"total_tokens\":105,\"cache_read_input_tokens\":60}",
     "100 5 60 0 0 0 0"},
    {"{\"inputTokens\":3,\"outputTokens\":5,\"totalTokens\":14,\"cacheReadInputTokens\":1,\"cacheWriteInputTokens\":5,"
     "\"cacheDetails\":[{\"ttl\":\"30m\",\"inputTokens\":5}]}",
     "3 5 1 0 0 5 0"},
    {"{\"inputTokens\":3,\"outputTokens\":5,\"totalTokens\":9,\"cacheReadInputTokens\":2}",
     "the total is 9 tokens, but input and output add up to 8"},
    {"{\"input_tokens\":7,\"output_tokens\":1,\"cached_tokens\":2}", "5 1 2 0 0 0 0"},
    {"{\"input_tokens\":9223372036854775807,\"output_tokens\":9223372036854775807}",
     "9223372036854775807 9223372036854775807 0 0 0 0 0"},
    {"{\"input_tokens\":9223372036854775807,\"cache_read_input_tokens\":1,\"output_tokens\":1}",
     "the numbers of tokens add up to more than 9223372036854775807"},
    {"{\"promptTokenCount\":7,\"candidatesTokenCount\":1}", "no number of input tokens; expected one"},
    {"{}", "no number of input tokens; expected one"},
    {"null", "no number of input tokens; expected one"},
};

static void tells_conventions(void)
{
    sc_fields f = {.sink = NULL};
    for (size_t i = 0; i < COUNT(conventions); i++) {
        sc_usage_record r;
        char text[200] = "";
        size_t n = 0;
        const char *why = read_usage(&f, sc_text_of(conventions[i].input), &r);
        for (int m = 0; why == NULL && m < SC_TOKEN_METERS; m++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%lld", m > 0 ? " " : "", (long long)r.tokens[m]);
        EXPECT_STR(why != NULL ? why : text, conventions[i].expected);
    }
}

/* ---- real usage objects: where one of the APIs stated them, the tokens are those that genai-prices found */

typedef struct raw_object {
    int64_t index;
    sc_text usage;
} raw_object;

static int raw_member(sc_fields *f, sc_json_cursor *c, sc_text key, void *to)
{
    raw_object *raw = to;
    (void)f;
    if (sc_text_is(key, "src_index"))
        (void)sc_json_int(c, &raw->index);
    else if (sc_text_is(key, "usage"))
        (void)sc_json_raw(c, &raw->usage);
    else
        return 0;
    return 1;
}

enum { MOST = 2000 };
static struct {
    int known; /* 1: read, -1: refused */
    int64_t tokens[SC_TOKEN_METERS];
} objects[MOST];

/* Reads all objects; how many of them were understood. */
static int read_objects(const char *text, size_t size)
{
    int read = 0;
    sc_fields f = {.sink = NULL};
    memset(objects, 0, sizeof objects);
    for (const char *at = text, *end = text + size; at < end;) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        raw_object raw = {-1, {NULL, 0}};
        sc_usage_record r;
        EXPECT_TRUE(sc_fields_object(&f, (sc_text){at, (size_t)((feed != NULL ? feed : end) - at)}, raw_member, &raw));
        at = feed != NULL ? feed + 1 : end;
        if (!EXPECT_TRUE(raw.index >= 0 && raw.index < MOST))
            return read;
        const int known = read_usage(&f, raw.usage, &r) == NULL;
        objects[raw.index].known = known ? 1 : -1;
        memcpy(objects[raw.index].tokens, r.tokens, sizeof r.tokens);
        read += known;
    }
    return read;
}

static int64_t whole(const char *text)
{
    int64_t n = 0;
    if (text[0] != '\0')
        EXPECT_I64(sc_decimal_parse(text, strlen(text), 0, &n), SC_OK);
    return n;
}

/* Rows of the priced table that another API's reading made (embeddings have no output, "google" reads its own format,
 * mistral's reading has no cache). */
static int is_comparable(const char *provider, const char *flavor, int known)
{
    return known == 1 && strcmp(flavor, "embeddings") != 0 &&
           (strcmp(provider, "google") != 0 || strcmp(flavor, "default") != 0);
}

static void real_objects(void)
{
    static const sc_csv_column columns[] = {{"src_index", 1},
                                            {"provider", 1},
                                            {"api_flavor", 1},
                                            {"input_tokens", 1},
                                            {"output_tokens", 1},
                                            {"cache_read_tokens", 1},
                                            {"cache_write_tokens", 1},
                                            {"model", 1},
                                            {"cache_write_5m_tokens", 1},
                                            {"output_reasoning_tokens", 1},
                                            {"web_searches", 1},
                                            {"other_keys", 1},
                                            {"input_price_usd", 1},
                                            {"output_price_usd", 1}};
    size_t size, table_size;
    char *text = usage_data("genai_prices_usages/raw_usages.jsonl", 1051, &size);
    char *table = text != NULL ? usage_data("genai_prices_usages/priced_usages.csv", 0, &table_size) : NULL;
    sc_csv_table *csv = NULL;
    if (table == NULL) {
        sc_free(text);
        return;
    }
    /* The others are Google's (301), Cohere's or none (10), and one whose total has tokens that no count states. */
    EXPECT_I64(read_objects(text, size), 740);
    size_t compared = 0, writes_missed = 0;
    if (EXPECT_I64(sc_csv_parse("priced", table, table_size, columns, COUNT(columns), &csv, NULL), SC_OK)) {
        for (size_t i = 0; i < sc_csv_rows(csv); i++) {
            const int64_t index = whole(sc_csv_cell(csv, i, 0));
            const int64_t *tokens = objects[index].tokens;
            if (!is_comparable(sc_csv_cell(csv, i, 1), sc_csv_cell(csv, i, 2), objects[index].known))
                continue;
            const int64_t read = whole(sc_csv_cell(csv, i, 5)), written = whole(sc_csv_cell(csv, i, 6));
            const int64_t all_written =
                tokens[SC_METER_CACHE_WRITE] + tokens[SC_METER_CACHE_WRITE_5M] + tokens[SC_METER_CACHE_WRITE_1H];
            compared++;
            /* GPT-5.6 on bedrock-mantle, of which the others' reading for AWS takes the writes for plain input */
            if (strcmp(sc_csv_cell(csv, i, 1), "aws") == 0 && written == 0 && all_written > 0) {
                writes_missed++;
                EXPECT_I64(tokens[SC_METER_INPUT] + all_written, whole(sc_csv_cell(csv, i, 3)));
                continue;
            }
            EXPECT_I64(tokens[SC_METER_INPUT], whole(sc_csv_cell(csv, i, 3)) - read - written);
            EXPECT_I64(tokens[SC_METER_OUTPUT], whole(sc_csv_cell(csv, i, 4)));
            EXPECT_I64(tokens[SC_METER_CACHE_READ], read);
            EXPECT_I64(all_written, written);
        }
    }
    EXPECT_I64(compared, 772);
    EXPECT_I64(writes_missed, 3);
    sc_csv_free(csv);
    sc_free(table);
    sc_free(text);
}

CU_ErrorCode test_token_counts_register(void)
{
    CU_pSuite suite = CU_add_suite("token_counts", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "tells conventions", tells_conventions) == NULL ||
        CU_add_test(suite, "real objects", real_objects) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

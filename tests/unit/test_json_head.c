/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_head.c - whose a source of JSON lines is: every reader against samples of all formats. */
#include "usage/json_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const sc_usage_reader *const readers[] = {&sc_reader_bedrock_log, &sc_reader_openai, &sc_reader_anthropic,
                                                 &sc_reader_otel};

/* The kind whose reader is surest; SC_USAGE_KINDS = none, or two that are equally sure. */
static sc_usage_kind surest(const char *head, size_t size)
{
    int best = 0, many = 0;
    sc_usage_kind kind = SC_USAGE_KINDS;
    for (size_t i = 0; i < COUNT(readers); i++) {
        const int sure = readers[i]->detect(head, size);
        EXPECT_TRUE(sure >= 0 && sure <= 100);
        many = sure > best ? 1 : many + (sure == best);
        kind = sure > best ? readers[i]->kind : kind;
        best = sure > best ? sure : best;
    }
    return best > 0 && many == 1 ? kind : SC_USAGE_KINDS;
}

static const struct {
    const char *head;
    sc_usage_kind kind;
} samples[] = {
    {"{\"schemaType\":\"ModelInvocationLog\",\"modelId\":\"m\"}", SC_USAGE_BEDROCK_LOG},
    {"{\"timestamp\":\"t\",\"operation\":\"InvokeModel\",\"modelId\":\"m\",\"input\":{\"inputTokenCount\":1},"
     "\"output\":{"
     "\"outputBodyJson\":{\"type\":\"message\",\"model\":\"claude\",\"usage\":{\"input_tokens\":1,"
     "\"cache_read_input_tokens\":0}}}}",
     SC_USAGE_BEDROCK_LOG},
    {"{\"@timestamp\":\"t\",\"@message\":\"{\\\"schemaType\\\":\\\"ModelInvocationLog\\\"}\"}", SC_USAGE_BEDROCK_LOG},
    {"{\"timestamp\":1,\"message\":\"{\\\"operation\\\":\\\"Converse\\\",\\\"modelId\\\":\\\"m\\\"}\"}",
     SC_USAGE_BEDROCK_LOG},
    {"{\"events\":[{\"message\":\"{\\\"schemaType\\\":\\\"ModelInvocationLog\\\"}\"}]}", SC_USAGE_BEDROCK_LOG},
    {"{\"logEvents\":[{\"message\":\"{\\\"schemaType\\\":\\\"ModelInvocationLog\\\",\\\"modelId\\\":",
     SC_USAGE_BEDROCK_LOG},
    {"{\"id\":\"c\",\"object\":\"chat.completion\",\"usage\":{\"prompt_tokens\":1}}", SC_USAGE_OPENAI},
    {"{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"usage\":null}", SC_USAGE_OPENAI},
    {"{\"object\":\"response\",\"usage\":{\"input_tokens\":1}}", SC_USAGE_OPENAI},
    {"{\"type\":\"response.completed\",\"response\":{\"object\":\"response\",\"model\":\"claude\"}}", SC_USAGE_OPENAI},
    {"{\"custom_id\":\"a\",\"response\":{\"body\":{\"object\":\"chat.completion\",\"usage\":{\"prompt_tokens\":1}}}}",
     SC_USAGE_OPENAI},
    {"{\"object\":\"page\",\"data\":[{\"object\":\"bucket\",\"results\":[", SC_USAGE_OPENAI},
    {"{\"object\":\"organization.usage.completions.result\",\"input_tokens\":1}", SC_USAGE_OPENAI},
    {"{\"time\":1,\"model\":\"claude-x\",\"prompt_tokens\":1,\"completion_tokens\":2}", SC_USAGE_OPENAI},
    {"{\"model\":\"x\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}", SC_USAGE_OPENAI},
    {"{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}", SC_USAGE_ANTHROPIC},
    {"{\"type\":\"summary\"}\n{\"type\":\"user\",\"message\":{\"role\":\"user\"},\"sessionId\":\"s\"}",
     SC_USAGE_ANTHROPIC},
    {"{\"type\":\"assistant\",\"message\":{\"model\":\"m\",\"usage\":{\"input_tokens\":1}}}", SC_USAGE_ANTHROPIC},
    {"{\"custom_id\":\"a\",\"result\":{\"type\":\"succeeded\",\"message\":{\"type\":\"message\",\"usage\":{}}}}",
     SC_USAGE_ANTHROPIC},
    {"{\"model\":\"m\",\"usage\":{\"input_tokens\":1,\"cache_read_input_tokens\":2}}", SC_USAGE_ANTHROPIC},
    {"{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}", SC_USAGE_ANTHROPIC},
    {"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"attributes\":[{\"key\":\"gen_ai.usage.input_tokens\"",
     SC_USAGE_OTEL},
    {"{\"name\":\"x\",\"context\":{},\"attributes\":{\"gen_ai.request.model\":\"m\"}}", SC_USAGE_OTEL},
    /* nobody's: other tables, bills and documents, and what is no JSON */
    {"", SC_USAGE_KINDS},
    {"{", SC_USAGE_KINDS},
    {"{}\n[]\n5\n", SC_USAGE_KINDS},
    {"{\n  \"ResultsByTime\": []\n}", SC_USAGE_KINDS},
    {"{\"ResultsByTime\":[{\"TimePeriod\":{},\"Groups\":[]}]}", SC_USAGE_KINDS},
    {"{\"MetricDataResults\":[{\"Id\":\"m1\",\"Label\":\"InputTokenCount\"}]}", SC_USAGE_KINDS},
    {"time,project,model,input\n2026-01-01,a,m,1\n", SC_USAGE_KINDS},
    {"{\"level\":\"info\",\"message\":\"modelId is unknown\"}", SC_USAGE_KINDS},
    {"{\"usage\":{\"inputTokens\":1}}", SC_USAGE_KINDS},
};

static void finds_the_reader(void)
{
    for (size_t i = 0; i < COUNT(samples); i++) {
        if (!EXPECT_I64(surest(samples[i].head, strlen(samples[i].head)), samples[i].kind))
            (void)printf("      of %s\n", samples[i].head);
    }
}

/* A head ends anywhere; what is deep must not need a deep stack. */
static void survives_any_head(void)
{
    static const char *const nested[] = {"{\"message\":", "{\"response\":", "{\"body\":", "[", "{\"a\":["};
    for (size_t i = 0; i < COUNT(samples); i++) {
        for (size_t n = 0; n <= strlen(samples[i].head); n++)
            (void)surest(samples[i].head, n);
    }
    for (size_t i = 0; i < COUNT(nested); i++) {
        const size_t len = strlen(nested[i]), size = 65536;
        char *head = malloc(size);
        if (head == NULL) {
            EXPECT_TRUE(head != NULL);
            return;
        }
        for (size_t n = 0; n < size; n++)
            head[n] = nested[i][n % len];
        (void)surest(head, size);
        for (size_t r = 0; r < COUNT(readers); r++) {
            usage_log log;
            usage_log_read(&log, readers[r], head, size);
            EXPECT_I64(log.rejects, 1);
            usage_log_release(&log);
        }
        free(head);
    }
}

static void real_files(void)
{
    static const struct {
        const char *name;
        sc_usage_kind kind;
    } files[] = {{"bedrock_logs/invocation_log_real_2025.jsonl", SC_USAGE_BEDROCK_LOG},
                 {"bedrock_logs/samples_from_docs.jsonl", SC_USAGE_BEDROCK_LOG},
                 {"focus/focus_1.0_sample.csv", SC_USAGE_KINDS},
                 {"bedrock_bills/cur2_rows_aws_blog_2026-04.csv", SC_USAGE_KINDS},
                 {"mooncake/conversation_trace.jsonl", SC_USAGE_KINDS}};
    for (size_t i = 0; i < COUNT(files); i++) {
        size_t size;
        char *text = usage_data(files[i].name, 1, &size);
        if (text == NULL)
            continue;
        if (!EXPECT_I64(surest(text, size < 65536 ? size : 65536), files[i].kind))
            (void)printf("      of %s\n", files[i].name);
        sc_free(text);
    }
}

CU_ErrorCode test_json_head_register(void)
{
    CU_pSuite suite = CU_add_suite("json_head", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "finds the reader", finds_the_reader) == NULL ||
        CU_add_test(suite, "survives any head", survives_any_head) == NULL ||
        CU_add_test(suite, "real files", real_files) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

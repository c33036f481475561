/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_bedrock_log.c - Bedrock model invocation logs: hand-made records in all shapes, and real ones. */
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A record around `io`, and how it reads. */
#define RECORD(io)                                                                                               \
    "{\"timestamp\":\"2026-01-15T12:00:00Z\",\"accountId\":\"1\",\"region\":\"us-east-1\",\"requestId\":\"r1\"," \
    "\"operation\":\"InvokeModel\",\"modelId\":\"m\"," io ",\"schemaType\":\"ModelInvocationLog\"}"
#define DIMS "1768478400 account=1 model=m region=us-east-1 endpoint=bedrock-runtime id=r1"
#define UNIT(variant, quantity)                                                                                \
    "1768478400 account=1 model=bedrock.guardrails region=us-east-1 endpoint=bedrock-runtime variant=" variant \
    " id=r1 " quantity " requests=0\n"
#define COUNTS "\"input\":{\"inputTokenCount\":10},\"output\":{\"outputTokenCount\":20}"

static const usage_case shapes[] = {
    {"", ""},
    {"\n \t\r\n\n", ""},
    {RECORD(COUNTS), DIMS " in=10 out=20 requests=1\n"},
    {"\xEF\xBB\xBF" RECORD(COUNTS) "\r\n" RECORD(COUNTS) "\n",
     DIMS " in=10 out=20 requests=1\n" DIMS " in=10 out=20 requests=1\n"},
    /* cached and written tokens are beside the input; lifetimes stand in the body */
    {RECORD("\"input\":{\"inputTokenCount\":10,\"cacheReadInputTokenCount\":500,\"cacheWriteInputTokenCount\":300},"
            "\"output\":{\"outputTokenCount\":20}"),
     DIMS " in=10 out=20 read=500 write=300 requests=1\n"},
    {RECORD("\"input\":{\"inputTokenCount\":10,\"cacheWriteInputTokenCount\":300},\"output\":{\"outputBodyJson\":{"
            "\"output\":{\"message\":{\"content\":[{\"text\":\"x\"}]}},\"usage\":{\"inputTokens\":10,"
            "\"outputTokens\":20,\"totalTokens\":330,\"cacheWriteInputTokens\":300,\"cacheDetails\":[{\"ttl\":\"1h\","
            "\"inputTokens\":100},{\"ttl\":\"5m\",\"inputTokens\":150}]}},\"outputTokenCount\":20}"),
     DIMS " in=10 out=20 write=50 5m=150 1h=100 requests=1\n"},
    {RECORD("\"input\":{\"inputTokenCount\":10,\"cacheWriteInputTokenCount\":300},\"output\":{\"outputBodyJson\":{"
            "\"usage\":{\"input_tokens\":10,\"output_tokens\":20,\"cache_creation_input_tokens\":300,"
            "\"cache_creation\":{\"ephemeral_5m_input_tokens\":0,\"ephemeral_1h_input_tokens\":300}}},"
            "\"outputTokenCount\":20}"),
     DIMS " in=10 out=20 1h=300 requests=1\n"},
    /* counts of the body, where the record has none */
    {RECORD("\"output\":{\"outputBodyJson\":{\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":37,"
            "\"cacheReadInputTokens\":7,\"cacheReadInputTokenCount\":7}}}"),
     DIMS " in=10 out=20 read=7 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"generation\":\"x\",\"prompt_token_count\":15,"
            "\"generation_token_count\":12}}"),
     DIMS " in=15 out=12 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"inputTextTokenCount\":5,\"results\":[{\"tokenCount\":7},"
            "{\"tokenCount\":8}]}}"),
     DIMS " in=5 out=15 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"embedding\":[0.5],\"inputTextTokenCount\":5}}"),
     DIMS " in=5 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":[{\"generation\":\"a\",\"prompt_token_count\":15,"
            "\"generation_token_count\":1},{\"generation\":\"b\",\"prompt_token_count\":null,"
            "\"generation_token_count\":2}]}"),
     DIMS " in=15 out=2 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":[{\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":3,"
            "\"cache_creation_input_tokens\":300,\"cache_read_input_tokens\":4,\"cache_creation\":{"
            "\"ephemeral_5m_input_tokens\":100,\"ephemeral_1h_input_tokens\":200},\"output_tokens\":1}}},"
            "{\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}},{\"type\":\"message_stop\","
            "\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":3,\"outputTokenCount\":9,"
            "\"invocationLatency\":5,\"cacheReadInputTokenCount\":4,\"cacheWriteInputTokenCount\":300}}]}"),
     DIMS " in=3 out=9 read=4 5m=100 1h=200 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":[{\"outputText\":\"x\",\"totalOutputTextTokenCount\":null},"
            "{\"amazon-bedrock-invocationMetrics\":{\"inputTokenCount\":3,\"outputTokenCount\":9}}]}"),
     DIMS " in=3 out=9 requests=1\n"},
    {RECORD("\"output\":{\"outputBodyJson\":[{\"contentBlockDelta\":{}},{\"metadata\":{\"usage\":{\"inputTokens\":3,"
            "\"outputTokens\":9,\"totalTokens\":12}}}]}"),
     DIMS " in=3 out=9 requests=1\n"},
    /* OpenAI's body has the cached tokens inside: the record's input count is the same number */
    {RECORD("\"input\":{\"inputTokenCount\":100},\"output\":{\"outputTokenCount\":20,\"outputBodyJson\":{\"usage\":{"
            "\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"
            "\"prompt_tokens_details\":{\"cached_tokens\":60}}}}"),
     DIMS " in=40 out=20 read=60 requests=1\n"},
    {RECORD("\"input\":{\"inputTokenCount\":40,\"cacheReadInputTokenCount\":60},\"output\":{\"outputTokenCount\":20,"
            "\"outputBodyJson\":{\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120,"
            "\"prompt_tokens_details\":{\"cached_tokens\":60}}}}"),
     DIMS " in=40 out=20 read=60 requests=1\n"},
    /* bodies that are elsewhere, or no JSON objects */
    {RECORD("\"input\":{\"inputBodyS3Path\":\"s3://b/k\",\"inputTokenCount\":1},"
            "\"output\":{\"outputBodyS3Path\":\"s3://b/k\",\"outputTokenCount\":2}"),
     DIMS " in=1 out=2 requests=1\n"},
    {RECORD("\"input\":{\"inputBodyJson\":\"AAAA\",\"inputTokenCount\":1},"
            "\"output\":{\"outputBodyJson\":null,\"outputTokenCount\":2}"),
     DIMS " in=1 out=2 requests=1\n"},
    /* the tier that served goes before the one that was asked for */
    {RECORD("\"input\":{\"inputTokenCount\":1,\"inputBodyJson\":{\"serviceTier\":{\"type\":\"priority\"}}},"
            "\"output\":{\"outputBodyJson\":{\"serviceTier\":{\"type\":\"default\"}},\"outputTokenCount\":2}"),
     DIMS " tier=standard in=1 out=2 requests=1\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1,\"inputBodyJson\":{\"service_tier\":\"flex\"}},"
            "\"output\":{\"outputTokenCount\":2}"),
     DIMS " tier=flex in=1 out=2 requests=1\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1,\"inputBodyJson\":{\"performanceConfig\":{\"latency\":\"optimized\"}}},"
            "\"output\":{\"outputTokenCount\":2}"),
     DIMS " tier=latency_optimized in=1 out=2 requests=1\n"},
    {RECORD(
         "\"input\":{\"inputTokenCount\":1,\"inputBodyJson\":{\"performanceConfig\":{\"latency\":\"optimized\"}}},"
         "\"output\":{\"outputBodyJson\":{\"performanceConfig\":{\"latency\":\"standard\"}},\"outputTokenCount\":2}"),
     DIMS " in=1 out=2 requests=1\n"},
    /* who called */
    {RECORD(COUNTS ",\"identity\":{\"arn\":\"arn:aws:sts::1:assumed-role/Role/me\"},\"inferenceRegion\":\"us-west-2\","
                   "\"requestMetadata\":{\"team\":\"search \\u00fc\",\"sessionId\":\"s 1\",\"n\":5,\"x\":null}"),
     "1768478400 account=1 principal=arn:aws:sts::1:assumed-role/Role session=me model=m region=us-east-1 "
     "endpoint=bedrock-runtime id=r1 share=s 1 {team=search \xC3\xBC} {sessionId=s 1} {n=5} in=10 out=20 requests=1\n"},
    {RECORD(COUNTS ",\"identity\":[{\"arn\":\"arn:aws:iam::1:user/a\"},{\"arn\":\"arn:aws:iam::1:user/b\"}]"),
     "1768478400 account=1 principal=arn:aws:iam::1:user/a model=m region=us-east-1 endpoint=bedrock-runtime id=r1 "
     "in=10 out=20 requests=1\n"},
    {"{\"timestamp\":\"2026-01-15T12:00:00Z\",\"modelId\":\"arn:aws:bedrock:eu-west-1:7:application-inference-profile"
     "/abc\"," COUNTS "}",
     "1768478400 account=7 profile=arn:aws:bedrock:eu-west-1:7:application-inference-profile/abc region=eu-west-1 "
     "endpoint=bedrock-runtime in=10 out=20 requests=1\n"},
    {"{\"timestamp\":\"2026-01-15T12:00:00Z\",\"modelId\":\"arn:aws:bedrock:eu-west-1:7:provisioned-model/abc\"," COUNTS
     "}",
     "1768478400 account=7 model=arn:aws:bedrock:eu-west-1:7:provisioned-model/abc region=eu-west-1 "
     "endpoint=bedrock-runtime tier=provisioned in=10 out=20 requests=1\n"},
};

static void reads_records(void) { usage_cases_hold(&sc_reader_bedrock_log, shapes, COUNT(shapes)); }

static const usage_case guardrails[] = {
    {RECORD("\"input\":{\"inputTokenCount\":1},\"output\":{\"outputTokenCount\":2,\"outputBodyJson\":{"
            "\"amazon-bedrock-trace\":{\"guardrail\":{\"input\":{\"g\":{\"invocationMetrics\":{\"usage\":{"
            "\"topicPolicyUnits\":1,\"contentPolicyUnits\":2,\"wordPolicyUnits\":3,"
            "\"sensitiveInformationPolicyUnits\":4,\"sensitiveInformationPolicyFreeUnits\":5,"
            "\"contextualGroundingPolicyUnits\":0,\"automatedReasoningPolicies\":9}}}},\"outputs\":[{\"g\":{"
            "\"invocationMetrics\":{\"usage\":{\"topicPolicyUnits\":10,\"contentPolicyImageUnits\":1}}}}],"
            "\"actionReason\":\"No action.\"}},\"amazon-bedrock-guardrailAction\":\"NONE\"}}"),
     DIMS " in=1 out=2 requests=1\n" UNIT("content filter", "text_unit=2") UNIT("denied topics", "text_unit=11")
         UNIT("word filter", "text_unit=3") UNIT("sensitive information", "text_unit=4")
             UNIT("sensitive information regex", "text_unit=5") UNIT("content filter", "input_image=1")},
    {RECORD("\"input\":{\"inputTokenCount\":1},\"output\":{\"outputTokenCount\":2,\"outputBodyJson\":{\"trace\":{"
            "\"guardrail\":{\"inputAssessment\":{\"g\":{\"invocationMetrics\":{\"usage\":{\"contentPolicyUnits\":1}}}},"
            "\"outputAssessments\":{\"g\":[{\"invocationMetrics\":{\"usage\":{\"contentPolicyUnits\":2}}},"
            "{\"invocationMetrics\":{\"usage\":{\"contentPolicyUnits\":4}}}]}}}}}"),
     DIMS " in=1 out=2 requests=1\n" UNIT("content filter", "text_unit=7")},
    /* blocked before the model was asked */
    {RECORD("\"input\":{},\"output\":{\"outputBodyJson\":{\"amazon-bedrock-trace\":{\"guardrail\":{\"input\":{\"g\":{"
            "\"invocationMetrics\":{\"usage\":{\"topicPolicyUnits\":1}}}}}},"
            "\"amazon-bedrock-guardrailAction\":\"INTERVENED\"}}"),
     DIMS " requests=1\n" UNIT("denied topics", "text_unit=1")},
    {RECORD("\"output\":{\"outputBodyJson\":{\"stopReason\":\"guardrail_intervened\"}}"), DIMS " requests=1\n"},
    {RECORD(COUNTS ",\"output\":{\"outputBodyJson\":{\"trace\":{\"guardrail\":{\"input\":{\"g\":{"
                   "\"invocationMetrics\":{\"usage\":{\"wordPolicyUnits\":-1}}}}}}}}"),
     "reject '-1}}}}}}': wordPolicyUnits is negative; expected 0 or more\n"},
};

static void reads_guardrails(void) { usage_cases_hold(&sc_reader_bedrock_log, guardrails, COUNT(guardrails)); }

#define INNER                                                                                                 \
    "{\\\"modelId\\\":\\\"m\\\",\\\"region\\\":\\\"us-east-1\\\",\\\"input\\\":{\\\"inputTokenCount\\\":10}," \
    "\\\"requestMetadata\\\":{\\\"team\\\":\\\"a\\\\n\\\\\\\"b\\\"}}"
#define INNER_DIMS "1768478400 model=m region=us-east-1 endpoint=bedrock-runtime {team=a\n\"b} in=10 requests=1\n"

static const usage_case wrapped[] = {
    {"{\"timestamp\":1768478400123,\"message\":\"" INNER "\"}", INNER_DIMS},
    {"{\"@timestamp\":\"2026-01-15 12:00:00.123\",\"@message\":\"" INNER "\"}", INNER_DIMS},
    {"{\"events\":[{\"timestamp\":1768478400123,\"message\":\"" INNER "\",\"eventId\":\"1\"},"
     "{\"message\":\"no JSON\"}],\"nextToken\":null}",
     INNER_DIMS "reject '\"no JSON': the event's message is no JSON object; expected a record\n"},
    {"{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"timestamp\":1768478400123,\"message\":\"" INNER "\"},"
     "{\"timestamp\":1768478400123,\"message\":\"Permissions are correctly set for Amazon Bedrock logs.\"}]}",
     INNER_DIMS "skip: test of the log's permissions\n"},
    {"{\"timestamp\":1768478400123,\"message\":{\"modelId\":\"m\",\"input\":{\"inputTokenCount\":10}}}",
     "1768478400 model=m endpoint=bedrock-runtime in=10 requests=1\n"},
    {"{\"message\":\"{\\\"message\\\":\\\"{}\\\"}\"}", "reject '\"{\\\"mess': no modelId; expected one\n"},
    {"{\"message\":5}", "reject '5}': a number; expected an object\n"},
    {"{\"events\":5}", "reject '5}': a number; expected an array\n"},
    {"{\"events\":[]}", ""},
};

static void reads_cloudwatch(void) { usage_cases_hold(&sc_reader_bedrock_log, wrapped, COUNT(wrapped)); }

static const usage_case refused[] = {
    {"{\"modelId\":\"m\",\"timestamp\":\"2026-01-15T12:00:00Z\",\"input\":{\"inputTokenCount\":1}",
     "reject '': no ',' or '}' after the member; expected one\n"},
    {"[1]", "reject '[1]': an array; expected an object\n"},
    {"nonsense", "reject 'nonsense': null; expected an object\n"},
    {RECORD("\"input\":{\"inputTokenCount\":-1}"),
     "reject '-1},\"sch': inputTokenCount is negative; expected 0 or more\n"},
    {RECORD("\"input\":{\"inputTokenCount\":\"12\"}"),
     "reject '\"12\"},\"s': inputTokenCount is a string; expected a whole number\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1.5}"),
     "reject '1.5},\"sc': inputTokenCount is a fraction; expected a whole number\n"},
    {RECORD("\"input\":{\"inputTokenCount\":9223372036854775808}"),
     "reject '92233720': inputTokenCount is a number out of range; expected at most 9223372036854775807\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1,\"inputTokenCount\":2}"),
     "reject '2},\"sche': inputTokenCount is 2, but 1 was stated before\n"},
    {RECORD("\"input\":{\"inputTokenCount\":9223372036854775807},\"output\":{\"outputTokenCount\":1}"),
     "reject '{\"timest': the numbers of tokens add up to more than 9223372036854775807\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1,\"cacheWriteInputTokenCount\":5},\"output\":{\"outputBodyJson\":{"
            "\"usage\":{\"cache_creation\":{\"ephemeral_5m_input_tokens\":6}}}}"),
     "reject '{\"timest': cache writes by lifetime add up to more than all 5 cache writes\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":4}}}"),
     "reject '{\"timest': the total is 4 tokens, but input and output add up to 3\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"usage\":{\"cacheReadInputTokens\":5,\"cacheReadInputTokenCount\":6}}}"),
     "reject '6}}},\"sc': cacheReadInputTokenCount is 6, but 5 was stated before\n"},
    {RECORD("\"output\":{\"outputBodyJson\":{\"usage\":{\"cacheDetails\":[{\"ttl\":\"2h\",\"inputTokens\":6}]}}}"),
     "reject '{\"ttl\":\"': cache details without a known lifetime and its tokens; expected 5m, 30m or 1h\n"},
    {RECORD("\"input\":{\"inputTokenCount\":99},\"output\":{\"outputTokenCount\":20,\"outputBodyJson\":{\"usage\":{"
            "\"prompt_tokens\":100,\"completion_tokens\":20,\"prompt_tokens_details\":{\"cached_tokens\":60}}}}"),
     "reject '{\"timest': inputTokenCount is 99, but the body has 100\n"},
    {RECORD("\"input\":{}"), "reject '{\"timest': no token counts; expected inputTokenCount, or usage in the body\n"},
    {RECORD("\"output\":{\"outputTokenCount\":1}"), "reject '{\"timest': no number of input tokens; expected one\n"},
    {RECORD("\"input\":{\"inputTokenCount\":1,\"inputBodyJson\":{\"service_tier\":\"turbo\"}}"),
     "reject '\"turbo\"}': unknown service tier 'turbo', expected default, priority, flex, reserved or batch\n"},
    {"{\"timestamp\":\"2026-01-15T12:00:00Z\"," COUNTS "}", "reject '{\"timest': no modelId; expected one\n"},
    {"{\"modelId\":\"m\"," COUNTS "}", "reject '{\"modelI': no timestamp; expected one\n"},
    {"{\"modelId\":\"m\",\"timestamp\":0," COUNTS "}", "reject '{\"modelI': no timestamp; expected one\n"},
    {"{\"modelId\":\"m\",\"timestamp\":\"yesterday\"," COUNTS "}",
     "reject '\"yesterd': timestamp is 'yesterday'; expected a time such as 2026-01-15T12:00:00Z\n"},
    {"{\"modelId\":\"m\",\"timestamp\":true," COUNTS "}", "reject 'true,\"in': a boolean; expected a number\n"},
    {"{\"a\":1}", "reject '{\"a\":1}': no modelId; expected one\n"},
};

static void refuses(void) { usage_cases_hold(&sc_reader_bedrock_log, refused, COUNT(refused)); }

static const usage_case passed_over[] = {
    {RECORD("\"errorCode\":\"ThrottlingException\",\"input\":{}"), "skip: failed call\n"},
    {RECORD("\"errorCode\":\"ThrottlingException\",\"input\":{\"inputTokenCount\":0}"), "skip: failed call\n"},
    {RECORD("\"errorCode\":\"ModelTimeoutException\",\"input\":{\"inputTokenCount\":5}"), DIMS " in=5 requests=1\n"},
    {"{\"schemaType\":\"Other\",\"modelId\":\"m\"}", "skip: not a model invocation record\n"},
    {"{\"operation\":\"CountTokens\",\"modelId\":\"m\"," COUNTS "}", "skip: tokens were only counted\n"},
};

static void passes_over(void) { usage_cases_hold(&sc_reader_bedrock_log, passed_over, COUNT(passed_over)); }

/* More tags than a record holds are no reason to lose some. */
static void too_many_tags(void)
{
    char line[4000];
    size_t n = (size_t)snprintf(line, sizeof line, "{\"requestMetadata\":{\"k\":1");
    for (int i = 0; i < SC_USAGE_TAGS_MAX; i++)
        n += (size_t)snprintf(line + n, sizeof line - n, ",\"k%d\":1", i);
    snprintf(line + n, sizeof line - n, "}}");
    usage_cases_hold(&sc_reader_bedrock_log, &(usage_case){line, "reject '1}}': more than 64 tags; expected fewer\n"},
                     1);
}

static size_t times_in(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        n++;
    return n;
}

/* Calls and tokens as counted by others; 61 billable text units each. */
static void real_records(void)
{
    static const char *const variants[] = {"content filter", "denied topics", "sensitive information"};
    usage_log log;
    size_t size;
    char *text = usage_data("bedrock_logs/invocation_log_real_2025.jsonl", 32, &size);
    if (text == NULL)
        return;
    usage_log_read(&log, &sc_reader_bedrock_log, text, size);
    EXPECT_I64(log.rejects, 0);
    EXPECT_I64(log.skips, 0);
    EXPECT_I64(log.requests, 32);
    EXPECT_I64(log.tokens[SC_METER_INPUT], 6351);
    EXPECT_I64(log.tokens[SC_METER_OUTPUT], 3069);
    EXPECT_I64(times_in(log.text.text, " region=us-east-1 "), log.records);
    for (size_t i = 0; i < COUNT(variants); i++) {
        char part[100];
        (void)snprintf(part, sizeof part, "variant=%s id=", variants[i]);
        EXPECT_I64(times_in(log.text.text, part), 32);
    }
    /* 3 of them were blocked: no tokens of the model */
    EXPECT_I64(times_in(log.text.text, "example-session model=arn:aws:bedrock:us-east-1:111122223333:"), 32);
    EXPECT_I64(times_in(log.text.text, " in=219 "), 29);
    usage_log_release(&log);
    sc_free(text);
}

static void published_samples(void)
{
    static const char *const parts[] = {
        "model=global.anthropic.claude-opus-4-5-20251101-v1:0 region=us-west-2",
        " in=255 out=113 requests=1\n",
        "{traceId=b956002a-fd01-47ba-9da7-07e4c9b1a6b6} in=35 out=446 requests=1\n",
        "model=apac.amazon.nova-micro-v1:0 region=ap-northeast-1",
        "model=meta.llama3-1-70b-instruct-v1:0",
        " in=15 out=12 requests=1\n",
    };
    usage_log log;
    size_t size;
    char *text = usage_data("bedrock_logs/samples_from_docs.jsonl", 4, &size);
    if (text == NULL)
        return;
    usage_log_read(&log, &sc_reader_bedrock_log, text, size);
    EXPECT_I64(log.records, 4);
    EXPECT_I64(log.rejects + log.skips, 0);
    for (size_t i = 0; i < COUNT(parts); i++) {
        if (!EXPECT_I64(times_in(log.text.text, parts[i]), 1))
            EXPECT_STR(parts[i], log.text.text);
    }
    usage_log_release(&log);
    sc_free(text);
}

CU_ErrorCode test_read_bedrock_log_register(void)
{
    CU_pSuite suite = CU_add_suite("read_bedrock_log", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads records", reads_records) == NULL ||
        CU_add_test(suite, "reads guardrails", reads_guardrails) == NULL ||
        CU_add_test(suite, "reads CloudWatch events", reads_cloudwatch) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL || CU_add_test(suite, "passes over", passes_over) == NULL ||
        CU_add_test(suite, "too many tags", too_many_tags) == NULL ||
        CU_add_test(suite, "real records", real_records) == NULL ||
        CU_add_test(suite, "published samples", published_samples) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_cloudwatch.c - CloudWatch answers: which series are one usage, which view of it counts, and what is
 * refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "document_reads.h"
#include "expect.h"

/* A result of GetMetricData with CloudWatch's own label. */
#define RESULT(label, times, values)                                                        \
    "{\"Id\":\"e1\",\"Label\":\"" label "\",\"Timestamps\":[" times "],\"Values\":[" values \
    "],\"StatusCode\":\"Complete\"}"
#define ANSWER(results) "{\"MetricDataResults\":[" results "],\"Messages\":[]}"
/* A request's query, and a result with that id. */
#define QUERY(id, space, metric, dimensions, more)                                                        \
    "{\"Id\":\"" id "\",\"MetricStat\":{\"Metric\":{\"Namespace\":\"" space "\",\"MetricName\":\"" metric \
    "\",\"Dimensions\":[" dimensions "]}," more "}}"
#define DIMENSION(name, value) "{\"Name\":\"" name "\",\"Value\":\"" value "\"}"
#define RESULT_OF(id, times, values) \
    "{\"Id\":\"" id "\",\"Label\":\"x\",\"Timestamps\":[" times "],\"Values\":[" values "]}"
#define BOTH(queries, results) "{\"MetricDataQueries\":[" queries "],\"MetricDataResults\":[" results "]}"
#define HOURLY "\"Period\":3600,\"Stat\":\"Sum\""
#define HAIKU DIMENSION("ModelId", "anthropic.claude-haiku-4-5-20251001-v1:0")
#define NOON "\"2026-07-01T12:00:00+00:00\""

#define SONNET "AWS/Bedrock global.anthropic.claude-sonnet-4-6 "
#define ONE_AND_NOON "\"2026-07-01T13:00:00Z\",\"2026-07-01T12:00:00Z\""
#define MIDNIGHTS "\"2026-07-01T00:00:00Z\",\"2026-07-03T00:00:00Z\""

typedef struct reading {
    const char *text, *expected;
} reading;

static void check(const reading *readings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *shown = document_reads(&sc_reader_cloudwatch, NULL, readings[i].text);
        EXPECT_STR(shown, readings[i].expected);
        free(shown);
    }
}

#define CHECK(readings) check(readings, sizeof(readings) / sizeof((readings)[0]))

/* clang-format off */

static void reads_labels(void)
{
    static const reading readings[] = {
        /* all metrics of a model and time are one record */
        {ANSWER(RESULT(SONNET "InputTokenCount", ONE_AND_NOON, "200.0,100.0") ","
                RESULT(SONNET "OutputTokenCount", ONE_AND_NOON, "20.0,10.0") ","
                RESULT(SONNET "CacheReadInputTokenCount", "\"2026-07-01T13:00:00Z\"", "7000") ","
                RESULT(SONNET "Invocations", "\"2026-07-01T12:00:00Z\"", "3.0")),
         "2026-07-01T12:00:00 hour usage model=global.anthropic.claude-sonnet-4-6 endpoint=bedrock-runtime requests=3 "
         "input=100 output=10\n"
         "2026-07-01T13:00:00 hour usage model=global.anthropic.claude-sonnet-4-6 endpoint=bedrock-runtime input=200 "
         "output=20 cache_read=7000\n"},
        /* without the namespace; values as the CLI writes large numbers */
        {ANSWER(RESULT("amazon.nova-lite-v1:0 InputTokenCount", NOON, "1.2E7")),
         "2026-07-01T12:00:00 hour usage model=amazon.nova-lite-v1:0 endpoint=bedrock-runtime input=12000000\n"},
        /* projects of mantle */
        {ANSWER(RESULT("AWS/BedrockMantle proj_5d5ykleja6cwpirysbb7 openai.gpt-oss-120b InputTokens", NOON, "40")),
         "2026-07-01T12:00:00 hour usage project=proj_5d5ykleja6cwpirysbb7 model=openai.gpt-oss-120b "
         "endpoint=bedrock-mantle input=40\n"},
        {ANSWER(RESULT("AWS/BedrockMantle openai.gpt-oss-120b default OutputTokens", NOON, "4")),
         "2026-07-01T12:00:00 hour usage project=default model=openai.gpt-oss-120b endpoint=bedrock-mantle "
         "output=4\n"},
        /* an ARN states account and region as well */
        {ANSWER(RESULT("AWS/Bedrock arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc "
                       "InputTokenCount", NOON, "5")),
         "2026-07-01T12:00:00 hour usage account=123456789012 "
         "profile=arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc "
         "model=arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc region=eu-west-1 "
         "endpoint=bedrock-runtime input=5\n"},
        /* tier */
        {ANSWER(RESULT("AWS/Bedrock amazon.nova-lite-v1:0 flex InputTokenCount", NOON, "5")),
         "2026-07-01T12:00:00 hour usage model=amazon.nova-lite-v1:0 endpoint=bedrock-runtime flex input=5\n"},
        /* what is no usage */
        {ANSWER(RESULT("AWS/Bedrock m InvocationLatency", NOON, "812.5") ","
                RESULT("AWS/EC2 i CPUUtilization", NOON, "0.5")),
         "skip: a metric that counts neither tokens nor requests\nskip: a metric of another service\n"},
        {ANSWER(RESULT("AWS/Bedrock m InputTokenCount", NOON, "0")), "skip: no usage in this time\n"},
        {ANSWER(""), ""},
    };
    CHECK(readings);
}

static void reads_requests(void)
{
    static const reading readings[] = {
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU, HOURLY) ","
                QUERY("b", "AWS/Bedrock", "CacheWriteInputTokens", HAIKU, HOURLY),
              RESULT_OF("b", NOON, "7") "," RESULT_OF("a", NOON, "5")),
         "2026-07-01T12:00:00 hour usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime "
         "input=5 cache_write=7\n"},
        /* account of the query; minute; project by ARN */
        {BOTH("{\"Id\":\"a\",\"AccountId\":\"210987654321\",\"MetricStat\":{\"Metric\":{"
              "\"Namespace\":\"AWS/BedrockMantle\",\"MetricName\":\"InputTokens\",\"Dimensions\":["
              DIMENSION("Model", "m") ","
              DIMENSION("Project", "arn:aws:bedrock-mantle:us-west-2:123456789012:project/proj_x")
              "]},\"Period\":300,\"Stat\":\"Sum\"}}",
              RESULT_OF("a", NOON, "5")),
         "2026-07-01T12:00:00 minute usage account=210987654321 "
         "project=arn:aws:bedrock-mantle:us-west-2:123456789012:project/proj_x model=m region=us-west-2 "
         "endpoint=bedrock-mantle input=5\n"},
        /* the tier that served goes before the one asked for */
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU ","
                    DIMENSION("ResolvedServiceTier", "default") "," DIMENSION("ServiceTier", "priority"), HOURLY),
              RESULT_OF("a", NOON, "5")),
         "2026-07-01T12:00:00 hour usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime "
         "standard input=5\n"},
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU "," DIMENSION("ContextWindow", "1M"), HOURLY),
              RESULT_OF("a", NOON, "5")),
         "2026-07-01T12:00:00 hour usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime "
         "tag:ContextWindow=1M input=5\n"},
        /* a SEARCH: the label says */
        {BOTH("{\"Id\":\"e1\",\"Expression\":\"SEARCH('{AWS/Bedrock,ModelId} TokenCount', 'Sum', 86400)\"}",
              RESULT("AWS/Bedrock m InputTokenCount", "\"2026-07-01T00:00:00Z\"", "5")),
         "2026-07-01 day usage model=m endpoint=bedrock-runtime input=5\n"},
        /* GetMetricStatistics, times in seconds */
        {"{\"Namespace\":\"AWS/Bedrock\",\"MetricName\":\"OutputTokenCount\",\"Dimensions\":[" HAIKU
         "],\"Period\":86400,\"Statistics\":[\"Sum\"],\"Label\":\"OutputTokenCount\",\"Datapoints\":["
         "{\"Timestamp\":1782864000.0,\"Sum\":9.0,\"Unit\":\"None\"},"
         "{\"Timestamp\":\"2026-07-02T00:00:00+00:00\",\"Sum\":8,\"Unit\":\"None\"}]}",
         "2026-07-01 day usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime output=9\n"
         "2026-07-02 day usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime output=8\n"},
    };
    CHECK(readings);
}

static void finds_periods(void)
{
    static const reading readings[] = {
        {ANSWER(RESULT("m InputTokenCount", MIDNIGHTS, "1,2")),
         "2026-07-01 day usage model=m endpoint=bedrock-runtime input=1\n"
         "2026-07-03 day usage model=m endpoint=bedrock-runtime input=2\n"},
        /* days that start at five o'clock */
        {ANSWER(RESULT("m InputTokenCount", "\"2026-07-01T05:00:00Z\",\"2026-07-03T05:00:00Z\"", "1,2")),
         "2026-07-01T05:00:00 day usage model=m endpoint=bedrock-runtime input=1\n"
         "2026-07-03T05:00:00 day usage model=m endpoint=bedrock-runtime input=2\n"},
        /* all series of a file have one period, which the shortest distance gives away */
        {ANSWER(RESULT("m InputTokenCount", MIDNIGHTS, "1,2") ","
                RESULT("n InputTokenCount", "\"2026-07-01T01:00:00Z\",\"2026-07-01T01:05:00Z\"", "3,4")),
         "2026-07-01 minute usage model=m endpoint=bedrock-runtime input=1\n"
         "2026-07-03 minute usage model=m endpoint=bedrock-runtime input=2\n"
         "2026-07-01T01:00:00 minute usage model=n endpoint=bedrock-runtime input=3\n"
         "2026-07-01T01:05:00 minute usage model=n endpoint=bedrock-runtime input=4\n"},
        /* one value: the longest period that its time allows */
        {ANSWER(RESULT("m InputTokenCount", "\"2026-07-01T01:01:00Z\"", "1")),
         "2026-07-01T01:01:00 minute usage model=m endpoint=bedrock-runtime input=1\n"},
        /* two periods of one usage would count it twice */
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU, HOURLY) ","
                QUERY("b", "AWS/Bedrock", "InputTokenCount", HAIKU, "\"Period\":86400,\"Stat\":\"Sum\""),
              RESULT_OF("a", NOON, "5") ",\n" RESULT_OF("b", "\"2026-07-01T00:00:00Z\"", "9")),
         "2:1 <{\"Id\":\"b\",\"Label> a period of 86400 s beside one of 3600 s for the same usage\n"
         "2026-07-01T12:00:00 hour usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime "
         "input=5\n"},
    };
    CHECK(readings);
}

static void keeps_one_view(void)
{
    static const reading readings[] = {
        /* by model and by model and project: 30 tokens, not 60 */
        {ANSWER(RESULT("AWS/BedrockMantle m TotalInputTokens", NOON, "30") ","
                RESULT("AWS/BedrockMantle proj_a m InputTokens", NOON, "10") ","
                RESULT("AWS/BedrockMantle proj_b m InputTokens", NOON, "20") ","
                RESULT("AWS/BedrockMantle proj_b m Inferences", NOON, "2")),
         "skip: the same usage by fewer or other dimensions\n"
         "2026-07-01T12:00:00 hour usage project=proj_a model=m endpoint=bedrock-mantle input=10\n"
         "2026-07-01T12:00:00 hour usage project=proj_b model=m endpoint=bedrock-mantle requests=2 input=20\n"},
        /* requests by project, tokens by model only: the tokens are kept */
        {ANSWER(RESULT("AWS/BedrockMantle m TotalInputTokens", NOON, "30") ","
                RESULT("AWS/BedrockMantle proj_a m Inferences", NOON, "2")),
         "skip: the same usage by fewer or other dimensions\n"
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-mantle input=30\n"},
        /* of tiers and context windows, the tiers */
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU "," DIMENSION("ContextWindow", "1M"), HOURLY) ","
                QUERY("b", "AWS/Bedrock", "InputTokenCount", HAIKU "," DIMENSION("ServiceTier", "flex"), HOURLY),
              RESULT_OF("a", NOON, "5") "," RESULT_OF("b", NOON, "5")),
         "skip: the same usage by fewer or other dimensions\n"
         "2026-07-01T12:00:00 hour usage model=anthropic.claude-haiku-4-5-20251001-v1:0 endpoint=bedrock-runtime flex "
         "input=5\n"},
        /* totals of the account beside models */
        {ANSWER(RESULT("AWS/BedrockMantle TotalInputTokens", NOON, "30") ","
                RESULT("AWS/BedrockMantle m TotalInputTokens", NOON, "30")),
         "skip: a total over models that are told one by one\n"
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-mantle input=30\n"},
        /* alone they cannot be priced */
        {ANSWER(RESULT("AWS/BedrockMantle proj_a TotalInputTokens", NOON, "30")),
         "1:23 <{\"Id\":\"e1\",\"Labe> a count without a model; expected dimension ModelId or Model, or the request in "
         "the same file\n"},
        /* pages that overlap: once; and the same metric by its other name */
        {ANSWER(RESULT("m InputTokenCount", NOON, "30")) "\n" ANSWER(RESULT("m InputTokenCount", NOON, "30")),
         "skip: a value that is given again\n"
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-runtime input=30\n"},
        {"[" ANSWER(RESULT("AWS/Bedrock m CacheReadInputTokenCount", NOON, "30")) ",\n"
         ANSWER(RESULT("AWS/Bedrock m CacheReadInputTokens", NOON, "31")) "]",
         "2:132 <31],\"StatusCode\"> another value of the same metric and time; expected one\n"
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-runtime cache_read=30\n"},
        {"{\"MetricDataResults\":[" RESULT("m InputTokenCount", NOON, "1") "],\"NextToken\":\"abc\"}",
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-runtime input=1\n"
         "skip: further pages of the answer, which are not in the file\n"},
        /* tokens that came a period after their request was counted */
        {ANSWER(RESULT("m InputTokenCount", NOON, "1") ","
                RESULT("m Invocations", NOON, "0")),
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-runtime input=1\n"},
    };
    CHECK(readings);
}

static void refuses(void)
{
    static const reading readings[] = {
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU, "\"Period\":3600,\"Stat\":\"Average\""),
              "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> statistic 'Average'; expected 'Sum'\n"},
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU, "\"Period\":604800,\"Stat\":\"Sum\""),
              "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> a period of '604800'; expected 1 to 86400 s\n"},
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU "," DIMENSION("ImageSize", "512"), HOURLY),
              "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> unknown dimension 'ImageSize', expected ModelId, Model, Project, ServiceTier, "
         "ResolvedServiceTier or ContextWindow\n"},
        {BOTH(QUERY("a", "AWS/Bedrock", "InputTokenCount", HAIKU "," DIMENSION("ServiceTier", "turbo"), HOURLY),
              "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> unknown service tier 'turbo'\n"},
        {BOTH("{\"Id\":\"a\",\"Expression\":\"m1+m2\"}", "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> expression 'm1+m2'; expected a metric, or a SEARCH with 'Sum'\n"},
        {BOTH("{\"Id\":\"a\",\"Expression\":\"SEARCH('{AWS/Bedrock,ModelId} Tokens', 'Average', 60)\"}",
              "\n" RESULT_OF("a", NOON, "5")),
         "2:1 <{\"Id\":\"a\",\"Label> expression 'SEARCH('{AWS/Bedrock,ModelId} Tokens', 'Average', 60)'; expected a "
         "metric, or a SEARCH with 'Sum'\n"},
        {ANSWER(RESULT("my tokens", NOON, "5")),
         "1:42 <\"my tokens\",\"Tim> label 'my tokens' names no metric of Bedrock; expected one such as 'AWS/Bedrock "
         "MODEL InputTokenCount', or the request in the same file\n"},
        {ANSWER(RESULT("AWS/Bedrock m 200k InputTokenCount", NOON, "5")),
         "1:42 <\"AWS/Bedrock m 2> label 'AWS/Bedrock m 200k InputTokenCount' has dimensions that cannot be told "
         "apart; expected the request in the same file\n"},
        {ANSWER(RESULT("AWS/Bedrock m OutputImageCount", NOON, "5")),
         "1:42 <\"AWS/Bedrock m O> a count of images; expected tokens: images are priced by size and quality\n"},
        {ANSWER("{\"Id\":\"a\",\"StatusCode\":\"Forbidden\"}"),
         "1:46 <\"Forbidden\"}],\"M> status 'Forbidden'; expected 'Complete'\n"},
        {ANSWER(RESULT("m InputTokenCount", NOON "," NOON ",\"soon\",\"2026-07-01T13:00:00Z\"", "-5,1.5,2,3")),
         "1:173 <-5,1.5,2,3],\"Sta> -5 is no count; expected a whole number\n"
         "1:176 <1.5,2,3],\"Status> 1.5 is no count; expected a whole number\n"
         "1:132 <\"soon\",\"2026-07-> \"soon\" is no time; expected one such as \"2026-01-15T12:00:00Z\"\n"
         "2026-07-01T13:00:00 hour usage model=m endpoint=bedrock-runtime input=3\n"},
        {ANSWER(RESULT("m InputTokenCount", NOON, "5,6")),
         "1:117 <6],\"StatusCode\":> a value without a time\n"
         "2026-07-01T12:00:00 hour usage model=m endpoint=bedrock-runtime input=5\n"},
        {ANSWER(RESULT("m InputTokenCount", NOON, "9223372036854775807") ","
                RESULT("m OutputTokenCount", NOON, "1")),
         "1:115 <9223372036854775> the numbers of tokens add up to more than 9223372036854775807\n"},
        /* answers without their request */
        {"{\"Label\":\"InputTokenCount\",\"Datapoints\":[{\"Timestamp\":" NOON ",\"Sum\":1.0}]}",
         "1:41 <[{\"Timestamp\":\"2> 'Datapoints' without 'Namespace'; expected the request in the same object, as "
         "`jq -s add request.json answer.json` writes it\n"},
        {"{\"MetricDataQueries\":[]}", "1:1 <{\"MetricDataQuer> no list 'MetricDataResults' or 'Datapoints'\n"},
        {"{\"Namespace\":\"AWS/Bedrock\",\"MetricName\":\"InputTokenCount\",\"Dimensions\":[" HAIKU
         "],\"Datapoints\":[{\"Timestamp\":" NOON ",\"Average\":1.0}]}",
         "1:158 <{\"Timestamp\":\"20> a point without 'Sum'\n"},
        /* what is no such document */
        {"{\"MetricDataResults\":[}", "1:23 <}> found '}'; expected a value\n"},
        {"[7]", "1:2 <7]> a value that is no object; expected an object\n"},
        {ANSWER("") " \"caf\xC3\xA9", "1:40 <\"caf\xC3\xA9> the string is never closed\n"},
    };
    CHECK(readings);
}

/* clang-format on */

static void detects(void)
{
    static const struct {
        const char *head;
        int is_sure;
    } heads[] = {
        {ANSWER(""), 1},
        {"[" ANSWER("") "]", 1},
        {" \n{\"Messages\":[],\"MetricDataResults\":[{\"Id\":", 1},
        {"\xEF\xBB\xBF{\"MetricDataQueries\":[", 1},
        {"{\"Label\":\"InputTokenCount\",\"Datapoints\":[]}", 1},
        {"{\"input\":{\"MetricDataResults\":[]}}", 0},
        {"{\"text\":\"\\\"MetricDataResults\\\":\"}", 0},
        {"{\"ResultsByTime\":[]}", 0},
        {"MetricDataResults,x\n", 0},
        {"{", 0},
        {"[", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const int sure = sc_reader_cloudwatch.detect(heads[i].head, strlen(heads[i].head));
        if (!EXPECT_I64(sure, heads[i].is_sure ? 100 : 0))
            printf("    head %s\n", heads[i].head);
    }
}

/* Whatever allocation fails, nothing is lost without a word. */
static void survives_no_memory(void)
{
    static const char text[] = ANSWER(RESULT("m InputTokenCount", MIDNIGHTS, "1,2"));
    for (uint64_t n = 1, made = n; made >= n; n++) {
        (void)sc_alloc_fail_at(n);
        char *shown = document_reads(&sc_reader_cloudwatch, NULL, text);
        made = sc_alloc_fail_at(0);
        if (made >= n)
            EXPECT_TRUE(strstr(shown, "memory") != NULL || strchr(shown, '\n') == NULL);
        else
            EXPECT_TRUE(strstr(shown, "input=2") != NULL);
        free(shown);
    }
}

CU_ErrorCode test_read_cloudwatch_register(void)
{
    CU_pSuite suite = CU_add_suite("read_cloudwatch", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "labels", reads_labels) == NULL ||
        CU_add_test(suite, "requests", reads_requests) == NULL ||
        CU_add_test(suite, "periods", finds_periods) == NULL || CU_add_test(suite, "views", keeps_one_view) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL || CU_add_test(suite, "detects", detects) == NULL ||
        CU_add_test(suite, "no memory", survives_no_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

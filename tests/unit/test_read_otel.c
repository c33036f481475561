/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_otel.c - OpenTelemetry spans: OTLP as JSON lines, and one span a line. */
#include "expect.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define S(key, value) "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" value "\"}}"
#define N(key, value) "{\"key\":\"" key "\",\"value\":{\"intValue\":" value "}}"
#define SPAN(attributes)                                                                                       \
    "{\"traceId\":\"t1\",\"spanId\":\"s1\",\"name\":\"chat m\",\"startTimeUnixNano\":\"1768478400123456789\"," \
    "\"attributes\":[" attributes "],\"status\":{}}"
#define OTLP(resource, spans)                                                                                        \
    "{\"resourceSpans\":[{\"resource\":{\"attributes\":[" resource "]},\"scopeSpans\":[{\"scope\":{\"name\":\"x\"}," \
    "\"spans\":[" spans "]}]}]}"
#define MODEL S("gen_ai.request.model", "m")
#define USED MODEL "," N("gen_ai.usage.input_tokens", "10") "," N("gen_ai.usage.output_tokens", "20")
#define T1 "1768478400 model=m id=t1:s1"

static const usage_case otlp[] = {
    {OTLP("", SPAN(USED)), T1 " in=10 out=20 requests=1\n"},
    /* input has the cache inside */
    {OTLP("", SPAN(MODEL "," N("gen_ai.usage.input_tokens",
                               "\"1000\"") "," N("gen_ai.usage.cache_read.input_tokens",
                                                 "\"600\"") "," N("gen_ai.usage.cache_creation.input_tokens",
                                                                  "300") "," N("gen_ai.usage.output_tokens", "20"))),
     T1 " in=100 out=20 read=600 write=300 requests=1\n"},
    {OTLP("", SPAN(MODEL "," N("gen_ai.usage.prompt_tokens", "10") "," N("gen_ai.usage.completion_tokens", "20") "," N(
                  "gen_ai.usage.cache_read_input_tokens", "100") "," N("llm.usage.total_tokens", "130"))),
     T1 " in=10 out=20 read=100 requests=1\n"},
    {OTLP("", SPAN(USED "," N("gen_ai.usage.prompt_tokens", "10"))), T1 " in=10 out=20 requests=1\n"},
    /* who called: the resource's attributes are those of all its spans, the span's own go before them */
    {OTLP(
         S("service.name", "shop") "," S("team", "a") "," S("cloud.region", "eu-west-1") "," S(
             "cloud.account.id", "1") "," S("telemetry.sdk.name", "x"),
         SPAN(USED "," S("gen_ai.conversation.id", "c1") "," S("gen_ai.response.id", "r1") "," S(
             "gen_ai.provider.name",
             "aws.bedrock") "," S("team", "b") "," S("gen_ai.input.messages",
                                                     "x")) "," SPAN(USED "," S("server.address",
                                                                               "bedrock-runtime.us-east-1.amazonaws."
                                                                               "com")) "," SPAN(USED "," S("aws.region",
                                                                                                           "ap-south-"
                                                                                                           "1"))),
     "1768478400 account=1 model=m region=eu-west-1 id=r1 share=c1 {service.name=shop} {team=b} "
     "{gen_ai.provider.name=aws.bedrock} in=10 out=20 requests=1\n"
     "1768478400 account=1 model=m region=us-east-1 endpoint=bedrock-runtime id=t1:s1 {service.name=shop} {team=a} "
     "in=10 out=20 requests=1\n"
     "1768478400 account=1 model=m region=ap-south-1 id=t1:s1 {service.name=shop} {team=a} in=10 out=20 "
     "requests=1\n"},
    /* spans before their resource, and the older name of scopes */
    {"{\"resourceSpans\":[{\"instrumentationLibrarySpans\":[{\"spans\":[" SPAN(
         USED) "]}],\"resource\":{\"attributes\":[" S("team", "a\\u0020b") "]}}]}",
     "1768478400 model=m id=t1:s1 {team=a b} in=10 out=20 requests=1\n"},
    {OTLP("", SPAN(N("gen_ai.usage.input_tokens", "1") "," S(
                  "gen_ai.request.model",
                  "arn:aws:bedrock:us-east-1:1:application-inference-profile/p") "," S("gen_ai.response.model", "m"))),
     "1768478400 profile=arn:aws:bedrock:us-east-1:1:application-inference-profile/p model=m id=t1:s1 in=1 "
     "requests=1\n"},
    {OTLP("", SPAN(MODEL)), "skip: span without token usage\n"},
    {OTLP("", SPAN(USED "," S("gen_ai.operation.name", "invoke_agent"))),
     "skip: span of an agent or tool, whose model calls have spans of their own\n"},
    {OTLP("", ""), ""},
    {"{\"resourceSpans\":[]}", ""},
    {"{\"resourceSpans\":[{}]}", ""},
};

static void reads_otlp(void) { usage_cases_hold(&sc_reader_otel, otlp, COUNT(otlp)); }

static const usage_case plain[] = {
    {"{\"name\":\"chat\",\"context\":{\"trace_id\":\"0x1\",\"span_id\":\"0x2\"},\"start_time\":"
     "\"2026-01-15T12:00:00.000001Z\",\"attributes\":{\"gen_ai.request.model\":\"m\",\"gen_ai.usage.input_tokens\":10,"
     "\"gen_ai.usage.output_tokens\":20,\"user.id\":7,\"x\":[1]},\"resource\":{\"attributes\":{\"service.name\":"
     "\"shop\"},\"schema_url\":\"\"}}",
     "1768478400 model=m id=0x1:0x2 {user.id=7} {service.name=shop} in=10 out=20 requests=1\n"},
    {"{\"traceId\":\"t\",\"startTime\":[1768478400,5],\"attributes\":{\"gen_ai.response.model\":\"m\","
     "\"gen_ai.usage.input_tokens\":10}}",
     "1768478400 model=m in=10 requests=1\n"},
    {"{\"startTimeUnixNano\":1768478400123456789,\"attributes\":[" USED "]}",
     "1768478400 model=m in=10 out=20 requests=1\n"},
    {"{\"a\":1}", "skip: span without token usage\n"},
};

static void reads_plain_spans(void) { usage_cases_hold(&sc_reader_otel, plain, COUNT(plain)); }

static const usage_case refused[] = {
    {OTLP("", SPAN(MODEL "," N("gen_ai.usage.input_tokens", "10") "," N("gen_ai.usage.cache_read.input_tokens",
                                                                        "11")) "," SPAN(USED)),
     "reject '{\"traceI': cached and written tokens are more than all 10 input tokens\n" T1 " in=10 out=20 "
     "requests=1\n"},
    {OTLP("", SPAN(MODEL "," S("gen_ai.usage.input_tokens", "10"))),
     "reject '\"10\"}}],': gen_ai.usage.input_tokens is a string; expected a whole number\n"},
    {OTLP("", SPAN(MODEL "," N("gen_ai.usage.input_tokens", "-1"))),
     "reject '-1}}],\"s': gen_ai.usage.input_tokens is negative; expected 0 or more\n"},
    {OTLP("", SPAN(USED "," N("gen_ai.usage.prompt_tokens", "11"))),
     "reject '11}}],\"s': gen_ai.usage.prompt_tokens is 11, but 10 was stated before\n"},
    {OTLP("", SPAN(USED "," N("gen_ai.usage.total_tokens", "31"))),
     "reject '{\"traceI': the total is 31 tokens, but input and output add up to 30\n"},
    {OTLP("", SPAN(MODEL "," N("gen_ai.usage.output_tokens", "1"))),
     "reject '{\"traceI': no number of input tokens; expected one\n"},
    {OTLP("", SPAN(N("gen_ai.usage.input_tokens", "1"))),
     "reject '{\"traceI': no model; expected gen_ai.request.model or gen_ai.response.model\n"},
    {OTLP("", "{\"attributes\":[" USED "]}"),
     "reject '{\"attrib': no time; expected startTimeUnixNano or start_time\n"},
    {OTLP("", "5"), "reject '5': a number; expected an object\n"},
    {"{\"resourceSpans\":5}", "reject '5}': a number; expected an array\n"},
    /* a line that is cut gives none of its spans */
    {"{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" SPAN(USED) ",",
     "reject '': the text ends here; expected a value\n"},
};

static void refuses(void) { usage_cases_hold(&sc_reader_otel, refused, COUNT(refused)); }

CU_ErrorCode test_read_otel_register(void)
{
    CU_pSuite suite = CU_add_suite("read_otel", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads OTLP", reads_otlp) == NULL ||
        CU_add_test(suite, "reads plain spans", reads_plain_spans) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_openai.c - Chat Completions, Responses and organization usage, bare and wrapped. */
#include "expect.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define CHAT(usage)                                                                                                   \
    "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1768478400,\"model\":\"m\",\"choices\":[{\"message\":" \
    "{\"content\":\"x\"}}],\"usage\":" usage "}"
#define RESPONSE(usage)                                                                                                \
    "{\"id\":\"resp_1\",\"object\":\"response\",\"created_at\":1768478400.5,\"status\":\"completed\",\"model\":\"m\"," \
    "\"usage\":" usage "}"
#define C1 "1768478400 model=m id=c1"
#define RESP1 "1768478400 model=m id=resp_1"

static const usage_case responses[] = {
    {CHAT("{\"prompt_tokens\":2048,\"completion_tokens\":256,\"total_tokens\":2304,\"prompt_tokens_details\":{"
          "\"cached_tokens\":1920,\"cache_write_tokens\":28,\"audio_tokens\":0},\"completion_tokens_details\":{"
          "\"reasoning_tokens\":128,\"audio_tokens\":0}}"),
     C1 " in=100 out=256 read=1920 write=28 requests=1\n"},
    {CHAT("{\"prompt_tokens\":5,\"total_tokens\":5}"), C1 " in=5 requests=1\n"},
    {CHAT("{\"prompt_tokens\":100,\"completion_tokens\":50,\"prompt_tokens_details\":{\"audio_tokens\":30},"
          "\"completion_tokens_details\":{\"audio_tokens\":20}}"),
     C1 " in=70 out=30 context=100 requests=1\n" C1 " input_audio=30 requests=0\n" C1 " output_audio=20 requests=0\n"},
    {RESPONSE("{\"input_tokens\":2048,\"output_tokens\":256,\"total_tokens\":2304,\"input_tokens_details\":{"
              "\"cached_tokens\":1920,\"cache_write_tokens\":0},\"output_tokens_details\":{\"reasoning_tokens\":9}}"),
     RESP1 " in=128 out=256 read=1920 requests=1\n"},
    /* reasoning beside the output, and counts that leave the cache out: only the total shows it */
    {CHAT("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":22,\"completion_tokens_details\":{"
          "\"reasoning_tokens\":7}}"),
     C1 " in=10 out=12 requests=1\n"},
    {CHAT("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":115,\"prompt_tokens_details\":{"
          "\"cached_tokens\":100}}"),
     C1 " in=10 out=5 read=100 requests=1\n"},
    /* who called, and how it was served */
    {"{\"object\":\"response\",\"id\":\"resp_1\",\"created_at\":1768478400,\"model\":\"m\",\"service_tier\":\"flex\","
     "\"conversation\":{\"id\":\"conv_1\"},\"metadata\":{\"project\":\"proj_1\",\"team\":\"a\"},\"user\":\"u\","
     "\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}",
     "1768478400 project=proj_1 model=m id=resp_1 share=conv_1 {team=a} {user=u} tier=flex in=1 out=2 requests=1\n"},
    {"{\"timestamp\":\"2026-01-15T12:00:01Z\",\"account_id\":\"1\",\"region\":\"us-west-2\",\"request\":{\"headers\":{"
     "\"OpenAI-Project\":\"proj_2\"},\"body\":{\"model\":\"asked\",\"service_tier\":\"priority\"}},\"response\":" CHAT(
         "{\"prompt_tokens\":1,\"completion_tokens\":2}") "}",
     "1768478400 account=1 project=proj_2 model=m region=us-west-2 id=c1 tier=priority in=1 out=2 requests=1\n"},
    {"{\"time\":1768478400000,\"model\":\"m\",\"prompt_tokens\":1,\"completion_tokens\":2,\"tags\":{\"a\":true}}",
     "1768478400 model=m {a=true} in=1 out=2 requests=1\n"},
    {"{\"custom_id\":\"x\",\"response\":{\"status_code\":200,\"body\":" CHAT(
         "{\"prompt_tokens\":1,\"completion_tokens\":2}") "},\"error\":null}",
     C1 " tier=batch in=1 out=2 requests=1\n"},
    {"{\"type\":\"response.completed\",\"response\":" RESPONSE("{\"input_tokens\":1,\"output_tokens\":2}") "}",
     RESP1 " in=1 out=2 requests=1\n"},
};

static void reads_responses(void) { usage_cases_hold(&sc_reader_openai, responses, COUNT(responses)); }

#define RESULT(more)                                                                                           \
    "{\"object\":\"organization.usage.completions.result\",\"input_tokens\":1000,\"input_cached_tokens\":700," \
    "\"output_tokens\":50,\"num_model_requests\":7,\"project_id\":\"proj_1\",\"user_id\":null,"                \
    "\"api_key_id\":\"key_1\",\"model\":\"m\"" more "}"

static const usage_case organization[] = {
    {"{\"object\":\"page\",\"data\":[{\"object\":\"bucket\",\"start_time\":1768435200,\"end_time\":"
     "1768521600,"
     "\"results\":[" RESULT(
         ",\"batch\":false,\"input_cache_write_tokens\":100,\"service_tier\":"
         "\"default\"") "," RESULT(",\"batch\":true") "]},{\"object\":\"bucket\",\"start_time\":1768521600,\"end_"
                                                      "time\":1768525200,"
                                                      "\"results\":[" RESULT(
                                                          "") "]},{\"object\":\"bucket\",\"start_time\":1,\"end_"
                                                              "time\":2,\"results\":[]}],"
                                                              "\"has_more\":false}",
     "1768435200 day project=proj_1 model=m {api_key_id=key_1} tier=standard in=200 out=50 read=700 "
     "write=100 "
     "requests=7\n"
     "1768435200 day project=proj_1 model=m {api_key_id=key_1} tier=batch in=300 out=50 read=700 "
     "requests=7\n"
     "1768521600 hour project=proj_1 model=m {api_key_id=key_1} in=300 out=50 read=700 requests=7\n"},
    {RESULT(",\"start_time\":1768435200,\"end_time\":1768435260,\"region\":\"us-east-2\",\"input_audio_"
            "tokens\":3"),
     "1768435200 minute project=proj_1 model=m region=us-east-2 {api_key_id=key_1} in=300 out=50 read=700 "
     "requests=7\n"
     "1768435200 minute project=proj_1 model=m region=us-east-2 {api_key_id=key_1} input_audio=3 "
     "requests=0\n"},
    {"{\"object\":\"organization.usage.embeddings.result\",\"start_time\":1768435200,\"input_tokens\":5,"
     "\"model\":\"e\"}",
     "1768435200 day model=e in=5 requests=-1\n"},
    {"{\"object\":\"bucket\",\"start_time\":1768435200,\"end_time\":1768521600,\"results\":[{\"object\":"
     "\"organization.usage.images.result\",\"images\":5},{\"object\":\"organization.usage.completions."
     "result\","
     "\"input_tokens\":-1},{\"object\":\"organization.usage.completions.result\",\"input_tokens\":1,"
     "\"model\":null}]}",
     "reject '{\"object': usage of a kind that is not counted in tokens; expected completions or "
     "embeddings\n"
     "reject '-1}': input_tokens is negative; expected 0 or more\n"
     "reject '{\"object': no model; expected one\n"},
};

static void reads_organization_usage(void) { usage_cases_hold(&sc_reader_openai, organization, COUNT(organization)); }

static const usage_case refused[] = {
    {CHAT("{\"prompt_tokens\":10,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":11}}"),
     "reject '{\"id\":\"c': cached and written tokens are more than all 10 input tokens\n"},
    {CHAT("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":15,\"prompt_tokens_details\":{"
          "\"cached_tokens\":11}}"),
     "reject '{\"id\":\"c': cached and written tokens are more than all 10 input tokens\n"},
    {CHAT("{\"prompt_tokens\":10,\"completion_tokens\":5,\"total_tokens\":16}"),
     "reject '{\"id\":\"c': the total is 16 tokens, but input and output add up to 15\n"},
    {CHAT("{\"prompt_tokens\":10,\"prompt_tokens_details\":{\"audio_tokens\":11}}"),
     "reject '{\"id\":\"c': more audio tokens than tokens; expected fewer\n"},
    {CHAT("{\"prompt_tokens\":10,\"prompt_tokens_details\":{\"cached_tokens\":\"5\"}}"),
     "reject '\"5\"}}}': cached_tokens is a string; expected a whole number\n"},
    {CHAT("{\"completion_tokens\":10}"), "reject '{\"id\":\"c': no number of input tokens; expected one\n"},
    {CHAT("{\"prompt_tokens\":1e30}"),
     "reject '1e30}}': prompt_tokens is a number out of range; expected at most 9223372036854775807\n"},
    {CHAT("null"), "reject '{\"id\":\"c': no usage; expected token counts\n"},
    {RESPONSE("null"), "reject '{\"id\":\"r': no usage; expected token counts\n"},
    {"{\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}}",
     "reject '{\"model\"': no time; expected created, created_at, timestamp or start_time\n"},
    {"{\"created\":0,\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}}",
     "reject '{\"create': no time; expected created, created_at, timestamp or start_time\n"},
    {"{\"created\":\"1.2.3\",\"model\":\"m\",\"usage\":{\"prompt_tokens\":1}}",
     "reject '\"1.2.3\",': created is '1.2.3'; expected a time such as 2026-01-15T12:00:00Z\n"},
    {"{\"created\":1768478400,\"usage\":{\"prompt_tokens\":1}}", "reject '{\"create': no model; expected one\n"},
    {CHAT("{\"prompt_tokens\":1}") "}", "reject '}': text after the value; expected the end\n"},
    {"{\"object\":\"chat.completion.chunk\",\"usage\":null}", "skip: no usage in record\n"},
    {"{\"type\":\"response.created\",\"response\":{\"object\":\"response\",\"status\":\"in_progress\"}}",
     "skip: no usage in record\n"},
    {"{\"custom_id\":\"x\",\"response\":null,\"error\":{\"code\":\"expired\"}}", "skip: failed call\n"},
    {"{\"object\":\"response\",\"status\":\"failed\",\"usage\":null}", "skip: failed call\n"},
};

static void refuses(void) { usage_cases_hold(&sc_reader_openai, refused, COUNT(refused)); }

CU_ErrorCode test_read_openai_register(void)
{
    CU_pSuite suite = CU_add_suite("read_openai", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads responses", reads_responses) == NULL ||
        CU_add_test(suite, "reads organization usage", reads_organization_usage) == NULL ||
        CU_add_test(suite, "refuses", refuses) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_read_anthropic.c - Anthropic Messages: responses, transcripts, batches and sampling steps. */
#include "expect.h"
#include "usage_fixture.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define T "\"timestamp\":\"2026-01-15T12:00:00.5Z\""
#define MESSAGE(usage) \
    "{\"id\":\"msg_1\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"usage\":" usage "}"
#define MSG1 "1768478400 model=m id=msg_1"

static const usage_case messages[] = {
    {"{" T ",\"response\":" MESSAGE(
         "{\"input_tokens\":3,\"cache_creation_input_tokens\":418,\"cache_read_input_tokens\":1111,\"cache_creation\":{"
         "\"ephemeral_5m_input_tokens\":400,\"ephemeral_1h_input_tokens\":18},\"output_tokens\":33,"
         "\"service_tier\":\"standard\"}") "}",
     MSG1 " tier=standard in=3 out=33 read=1111 5m=400 1h=18 requests=1\n"},
    {"{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"m\",\"created_at\":1768478400,\"workspace_id\":\"wrkspc_1\","
     "\"usage\":{\"input_tokens\":3,\"cache_creation_input_tokens\":4,\"output_tokens\":5,\"service_tier\":null}}",
     "1768478400 workspace=wrkspc_1 model=m id=msg_1 in=3 out=5 write=4 requests=1\n"},
    {"{" T ",\"request\":{\"headers\":{\"Anthropic-Workspace-Id\":\"wrkspc_2\"},\"metadata\":{\"user_id\":\"u\"},"
     "\"model\":\"asked\"},\"response\":{\"id\":\"msg_1\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}}",
     "1768478400 workspace=wrkspc_2 model=asked id=msg_1 {user_id=u} in=1 out=2 requests=1\n"},
    /* a transcript repeats a message; models that are none stay as they are */
    {"{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"x\"},\"sessionId\":\"s1\"}\n"
     "{\"type\":\"assistant\"," T ",\"sessionId\":\"s1\",\"requestId\":\"req_1\",\"cwd\":\"/a\",\"gitBranch\":\"b\","
     "\"message\":" MESSAGE("{\"input_tokens\":1,\"output_tokens\":2}") "}\n"
                                                                        "{\"type\":\"assistant\"," T
                                                                        ",\"sessionId\":\"s1\",\"requestId\":\"req_"
                                                                        "1\",\"message\":" MESSAGE(
                                                                            "{\"input_tokens\":1,\"output_tokens\":"
                                                                            "2}") "}\n"
                                                                                  "{\"type\":\"assistant\"," T
                                                                                  ",\"uuid\":\"1\",\"message\":{"
                                                                                  "\"id\":\"2\",\"model\":\"<"
                                                                                  "synthetic>\",\"usage\":{"
                                                                                  "\"input_tokens\":0,\"output_"
                                                                                  "tokens\":0}}}\n",
     "skip: no usage in record\n"
     "1768478400 model=m id=msg_1 share=s1 {cwd=/a} {gitBranch=b} in=1 out=2 requests=1\n"
     "1768478400 model=m id=msg_1 share=s1 in=1 out=2 requests=1\n"
     "1768478400 model=<synthetic> id=2 requests=1\n"},
    {"{\"custom_id\":\"a\"," T ",\"result\":{\"type\":\"succeeded\",\"message\":" MESSAGE(
         "{\"input_tokens\":1,\"output_tokens\":2}") "}}\n"
                                                     "{\"custom_id\":\"b\"," T
                                                     ",\"result\":{\"type\":\"errored\",\"error\":{\"type\":\"x\"}}}",
     MSG1 " tier=batch in=1 out=2 requests=1\nskip: failed call\n"},
    {"{" T ",\"model\":\"m\",\"request_id\":\"r\",\"input_tokens\":1,\"cache_read_input_tokens\":9,"
     "\"output_tokens\":2,\"metadata\":{\"team\":\"a\"}}",
     "1768478400 model=m id=r {team=a} in=1 out=2 read=9 requests=1\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":1,\"output_tokens\":2,\"server_tool_use\":{"
                                   "\"web_search_requests\":3,\"web_fetch_requests\":4}}") "}",
     MSG1 " in=1 out=2 requests=1\n" MSG1 " web_grounding_request=3 requests=0\n"},
};

static void reads_messages(void) { usage_cases_hold(&sc_reader_anthropic, messages, COUNT(messages)); }

/* The counts of a call leave out what compaction and advisors take, and hold its other steps (figures as in responses
 * of 2026). */
static const usage_case stepwise[] = {
    {"{" T ",\"message\":" MESSAGE(
         "{\"input_tokens\":180,\"output_tokens\":8,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":100,"
         "\"output_tokens\":82,\"cache_creation_input_tokens\":55096,\"cache_creation\":{\"ephemeral_5m_input_tokens\":"
         "55096}},{\"type\":\"message\",\"input_tokens\":180,\"output_tokens\":8}]}") "}",
     MSG1 " in=100 out=82 5m=55096 requests=1\n" MSG1 " in=180 out=8 requests=1\n"},
    {"{" T ",\"message\":" MESSAGE(
         "{\"input_tokens\":7,\"output_tokens\":3,\"iterations\":[{\"type\":\"message\",\"input_tokens\":7,"
         "\"output_tokens\":3},{\"type\":\"advisor_message\",\"model\":\"other\",\"input_tokens\":2518,"
         "\"output_tokens\":22}]}") "}",
     "1768478400 model=other id=msg_1 in=2518 out=22 requests=1\n" MSG1 " in=7 out=3 requests=1\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":7,\"output_tokens\":3,\"iterations\":[{\"type\":\"compaction\","
                                   "\"input_tokens\":1},{\"type\":\"dream\",\"input_tokens\":1}]}") "}",
     "reject '{\"timest': an iteration of unknown type; expected message, compaction or advisor_message\n"},
    {"{" T ",\"message\":" MESSAGE(
         "{\"input_tokens\":7,\"output_tokens\":3,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":-1}]}") "}",
     "reject '{\"timest': input_tokens is negative; expected 0 or more\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":7,\"output_tokens\":3,\"iterations\":null}") "}",
     MSG1 " in=7 out=3 requests=1\n"},
};

static void reads_steps(void) { usage_cases_hold(&sc_reader_anthropic, stepwise, COUNT(stepwise)); }

static const usage_case refused[] = {
    {"{\"src_index\":0,\"file\":\"f\",\"model\":\"m\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}",
     "reject '{\"src_in': no time; expected timestamp, created_at or time\n"},
    {"{" T ",\"usage\":{\"input_tokens\":1}}", "reject '{\"timest': no model; expected one\n"},
    {"{" T ",\"type\":\"message_start\",\"message\":" MESSAGE("{\"input_tokens\":1,\"output_tokens\":1}") "}",
     "reject '{\"timest': an event of a stream, whose counts are not final; expected a whole message\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":\"1\"}") "}",
     "reject '\"1\"}}}': input_tokens is a string; expected a whole number\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":1,\"cache_creation_input_tokens\":1,\"cache_creation\":{"
                                   "\"ephemeral_5m_input_tokens\":1,\"ephemeral_1h_input_tokens\":1}}") "}",
     "reject '{\"timest': cache writes by lifetime add up to more than all 1 cache writes\n"},
    {"{" T ",\"message\":" MESSAGE("{\"input_tokens\":1,\"output_tokens\":2,\"service_tier\":\"gold\"}") "}",
     "reject '\"gold\"}}': unknown service tier 'gold', expected default, priority, flex, reserved or batch\n"},
    {"{" T ",\"type\":\"assistant\",\"message\":{\"id\":\"1\"}}",
     "reject '{\"timest': no usage; expected token counts\n"},
    {"{\"type\":\"summary\",\"summary\":\"x\"}\n{\"type\":\"assistant\"",
     "skip: no usage in record\nreject '': no ',' or '}' after the member; expected one\n"},
};

static void refuses(void) { usage_cases_hold(&sc_reader_anthropic, refused, COUNT(refused)); }

CU_ErrorCode test_read_anthropic_register(void)
{
    CU_pSuite suite = CU_add_suite("read_anthropic", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads messages", reads_messages) == NULL ||
        CU_add_test(suite, "reads steps", reads_steps) == NULL || CU_add_test(suite, "refuses", refuses) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

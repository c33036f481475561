/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_project_list.c - lists of the Projects API: what they hold, and what is refused where. */
#include "spendcast/project_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"

#define ARN "arn:aws:bedrock-mantle:us-west-2:123456789012:project/"
#define LIST(items) "{\"object\":\"list\",\"data\":[" items "],\"has_more\":false}"
#define CHATBOT                                                                                                    \
    "{\"id\":\"proj_5d5ykleja6cwpirysbb7\",\"object\":\"organization.project\",\"name\":\"CustomerChatbot-Prod\"," \
    "\"arn\":\"" ARN "proj_5d5ykleja6cwpirysbb7\",\"status\":\"active\",\"created_at\":1772000000,"                \
    "\"tags\":{\"Team\":\"Caf\\u00e9\",\"Environment\":\"prod\"}}"

static sc_errors errors;

static sc_project_list *parse(const char *text, sc_code expected)
{
    const size_t size = strlen(text);
    char *copy = malloc(size + 1);
    sc_project_list *list;
    memcpy(copy, text, size + 1);
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_project_list_parse("p.json", copy, size, &list, &errors), expected);
    EXPECT_TRUE((list != NULL) == (expected == SC_OK));
    free(copy); /* the list must not point into it */
    return list;
}

static void reads(void)
{
    sc_project_list *list = parse(LIST(CHATBOT ",{\"id\":\"default\",\"name\":null,\"tags\":null}"), SC_OK);
    if (list == NULL)
        return;
    EXPECT_I64(sc_project_list_count(list), 2);
    const sc_listed_project *p = sc_project_list_item(list, 0);
    EXPECT_STR(p->id, "proj_5d5ykleja6cwpirysbb7");
    EXPECT_STR(p->arn, ARN "proj_5d5ykleja6cwpirysbb7");
    EXPECT_STR(p->name, "CustomerChatbot-Prod");
    EXPECT_STR(p->status, "active");
    if (EXPECT_I64(p->n_tags, 2)) {
        EXPECT_STR(p->tag_key[0], "Team");
        EXPECT_STR(p->tag_value[0], "Caf\xC3\xA9");
        EXPECT_STR(p->tag_key[1], "Environment");
        EXPECT_STR(p->tag_value[1], "prod");
    }
    p = sc_project_list_item(list, 1);
    EXPECT_STR(p->id, "default");
    EXPECT_STR(p->name, "");
    EXPECT_STR(p->arn, "");
    EXPECT_I64(p->n_tags, 0);
    EXPECT_I64(errors.count, 0);
    sc_project_list_free(list);

    list = parse(LIST(""), SC_OK);
    EXPECT_I64(sc_project_list_count(list), 0);
    sc_project_list_free(list);
    sc_project_list_free(NULL);
}

static void reads_pages(void)
{
    static const char first[] = "{\"data\":[{\"id\":\"a\"}],\"has_more\":true}";
    char text[200];
    (void)snprintf(text, sizeof text, "[%s,%s]", first, LIST("{\"id\":\"b\"}"));
    sc_project_list *list = parse(text, SC_OK);
    if (EXPECT_I64(sc_project_list_count(list), 2))
        EXPECT_STR(sc_project_list_item(list, 1)->id, "b");
    EXPECT_I64(errors.count, 0);
    sc_project_list_free(list);

    list = parse(first, SC_OK);
    EXPECT_I64(errors.count, 1);
    EXPECT_I64(errors.errors, 0);
    EXPECT_I64(errors.item[0].warning, 1);
    EXPECT_I64(errors.item[0].column, 33);
    EXPECT_STR(errors.item[0].text, "further projects are on pages that are not in the file");
    sc_project_list_free(list);
}

static void refuses(void)
{
    static const struct {
        const char *text, *key, *message;
        int line, column;
    } cases[] = {
        {"", "", "the text ends here; expected a value", 1, 1},
        {"[1]", "/0", "no list of projects; expected {\"object\": \"list\", \"data\": [...]}", 1, 2},
        {"{\"data\":\n7}", "/data", "no list of projects; expected {\"object\": \"list\", \"data\": [...]}", 2, 1},
        {LIST("\n7"), "/data/0", "a project that is no object; expected an object with 'id', 'name' and 'tags'", 2, 1},
        {LIST("\n{\"name\":\"x\"}"), "/data/0", "a project without 'id'", 2, 1},
        {LIST("\n{\"id\":7}"), "/data/0/id", "a value that is no text; expected one", 2, 7},
        {LIST("{\"id\":\"a\"},\n{\"id\":\"a\"}"), "/data/1/id", "project 'a' is listed twice", 2, 7},
        {LIST("\n{\"id\":\"a\",\"arn\":\"" ARN "b\"}"), "/data/0/arn", "'" ARN "b' is no ARN of project 'a'", 2, 17},
        {LIST("\n{\"id\":\"a\",\"arn\":\"x/a\"}"), "/data/0/arn", "'x/a' is no ARN of project 'a'", 2, 17},
        {LIST("\n{\"id\":\"a\",\"tags\":[]}"), "/data/0/tags", "tags that are no object; expected {\"KEY\": \"VALUE\"}",
         2, 18},
        {LIST("\n{\"id\":\"a\",\"tags\":{\"t\":\"u\",\"team\":7}}"), "/data/0/tags/team",
         "tag 'team' is no text; expected one", 2, 34},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_project_list_free(parse(cases[i].text, SC_E_INPUT));
        EXPECT_STR(errors.item[0].text, cases[i].message);
        EXPECT_STR(errors.item[0].key, cases[i].key);
        EXPECT_I64(errors.item[0].line, cases[i].line);
        EXPECT_I64(errors.item[0].column, cases[i].column);
    }
    /* one run says all */
    sc_project_list_free(parse(LIST("7,{\"id\":\"a\",\"name\":7},{\"name\":\"x\"},{\"tags\":{\"a\":1}}"), SC_E_INPUT));
    EXPECT_I64(errors.count, 5);
}

static void loads(void)
{
    sc_project_list *list = NULL;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_project_list_load("tests/unit/data/no-such-list.json", &list, &errors), SC_E_IO);
    EXPECT_TRUE(list == NULL);
    EXPECT_I64(sc_project_list_load("tests/fuzz/corpus/project_list/two-projects", &list, NULL), SC_OK);
    if (EXPECT_TRUE(list != NULL))
        EXPECT_I64(sc_project_list_count(list), 2);
    sc_project_list_free(list);
}

static void survives_no_memory(void)
{
    static const char text[] = LIST(CHATBOT ",{\"id\":\"default\"}");
    sc_code code = SC_E_MEMORY;
    for (uint64_t n = 1; code != SC_OK; n++) {
        sc_project_list *list;
        memset(&errors, 0, sizeof errors);
        (void)sc_alloc_fail_at(n);
        code = sc_project_list_parse("p.json", text, sizeof text - 1, &list, &errors);
        (void)sc_alloc_fail_at(0);
        if (!EXPECT_TRUE(code == SC_OK || (code == SC_E_MEMORY && list == NULL && errors.errors > 0)))
            break;
        sc_project_list_free(list);
    }
}

CU_ErrorCode test_project_list_register(void)
{
    CU_pSuite suite = CU_add_suite("project_list", NULL, NULL);
    if (suite == NULL || CU_add_test(suite, "reads", reads) == NULL ||
        CU_add_test(suite, "pages", reads_pages) == NULL || CU_add_test(suite, "refuses", refuses) == NULL ||
        CU_add_test(suite, "loads", loads) == NULL || CU_add_test(suite, "no memory", survives_no_memory) == NULL)
        return CU_get_error();
    return CUE_SUCCESS;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_attribution.c - which rule of a projects.csv holds for what usage states, and what is wrong with such files. */
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/strbuf.h"
#include "expect.h"
#include "naive_match.h"
#include "rates_fixture.h"
#include "spendcast/attribution.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ARN_PROJECT "arn:aws:bedrock-mantle:us-east-1:111122223333:project/"
#define ARN_PROFILE "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/"
#define ARN_ROLE "arn:aws:sts::111122223333:assumed-role/"
#define ARN_USER "arn:aws:iam::111122223333:user/"

static sc_errors errors;
static sc_card *card;

static int load_card(void)
{
    card =
        small_card("acme.a acme.b", "acme.a,us-east-1,in_region geo,standard,input,,,,1M_tokens,3,,,docs,2026-09-01,\n",
                   NULL, 0, &errors);
    return card == NULL;
}

static int free_card(void)
{
    sc_card_free(card);
    return 0;
}

static sc_attribution *parse(const char *text)
{
    sc_attribution *a = NULL;
    memset(&errors, 0, sizeof errors);
    const sc_code code = sc_attribution_parse("p.csv", text, strlen(text), card, &a, &errors);
    EXPECT_I64(code, a != NULL ? SC_OK : SC_E_INPUT);
    EXPECT_TRUE((a == NULL) == (errors.errors > 0));
    return a;
}

/* The project that usage goes to; checks that trying all rules in order says the same. */
static const char *project_of(const sc_attribution *a, const char *usage)
{
    naive_usage u;
    naive_state(&u, usage);
    const int rule = sc_attribution_match(a, &u.keys);
    EXPECT_I64(rule, naive_match(a, &u.keys));
    return rule >= 0 ? sc_attribution_rule_at(a, (size_t)rule)->project : SC_UNATTRIBUTED;
}

/* One condition against one piece of usage. */
static void conditions(void)
{
    static const struct {
        const char *match, *usage;
        int holds;
    } cases[] = {
        {"*", "", 1},
        {"*", "project=proj_1", 1},
        {"project=proj_1", "", 0},
        {"project=proj_1", "project=proj_1", 1},
        {"project=proj_1", "project=proj_12", 0},
        {"project=proj_1", "project=Proj_1", 0},
        {"project=proj_1", "workspace=proj_1", 0},
        {"project=proj_1", "project=" ARN_PROJECT "proj_1", 1},
        {"project=" ARN_PROJECT "proj_1", "project=proj_1", 1},
        {"project=" ARN_PROJECT "proj_1", "project=" ARN_PROJECT "proj_1", 1},
        {"project=" ARN_PROJECT "proj_1", "project=" ARN_PROJECT "proj_2", 0},
        {"project=arn:aws:bedrock-mantle:*:project/proj_1", "project=proj_1", 1},
        {"project=proj_*", "project=" ARN_PROJECT "proj_1", 1},
        {"project=" ARN_PROJECT "*", "project=" ARN_PROJECT "proj_1", 1},
        {"project=" ARN_PROJECT "*", "project=proj_1", 0},
        {"project=default", "project=" ARN_PROJECT "default", 1},
        {"project=" ARN_PROJECT "default", "project=" ARN_PROJECT "default", 1},
        {"project=" ARN_PROJECT "default", "project=default", 0}, /* of whatever account */
        {"project=Search Team", "project=Search Team", 1},
        {"project=*", "project=x", 1},
        {"project=*", "", 0}, /* stated at all */
        {"profile=" ARN_PROFILE "a1b2", "profile=" ARN_PROFILE "a1b2", 1},
        {"profile=a1b2", "profile=" ARN_PROFILE "a1b2", 1},
        {"profile=" ARN_PROFILE "a1b2", "profile=a1b2", 1},
        {"profile=" ARN_PROFILE "a1b2", "profile=" ARN_PROFILE "a1b3", 0},
        {"workspace=wrkspc_01", "workspace=wrkspc_01", 1},
        {"principal=" ARN_ROLE "Chat", "principal=" ARN_ROLE "Chat", 1},
        {"principal=" ARN_ROLE "Chat", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"principal=" ARN_ROLE "Chat", "principal=" ARN_ROLE "Chat/alice", 1},
        {"principal=" ARN_ROLE "Chat", "principal=" ARN_ROLE "ChatBot", 0},
        {"principal=" ARN_ROLE "Chat/alice", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"principal=" ARN_ROLE "Chat/alice", "principal=" ARN_ROLE "Chat/alice", 1},
        {"principal=" ARN_ROLE "Chat/alice", "principal=" ARN_ROLE "Chat|session=bob", 0},
        {"principal=" ARN_ROLE "Chat/alice", "principal=" ARN_ROLE "Chat", 0},
        {"principal=" ARN_ROLE "Chat/a*", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"principal=" ARN_ROLE "Chat/*", "principal=" ARN_ROLE "Chat", 1}, /* whoever has the role */
        {"principal=arn:aws:sts::*:assumed-role/Chat", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"principal=assumed-role/Chat", "principal=" ARN_ROLE "Chat", 1},
        {"principal=assumed-role/Chat/alice", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"principal=assumed-role/Ch*", "principal=" ARN_ROLE "Chat", 1},
        {"principal=arn:aws:iam::111122223333:role/Chat", "principal=" ARN_ROLE "Chat", 1},
        {"principal=arn:aws:iam::111122223333:role/team/Chat", "principal=" ARN_ROLE "Chat", 1},
        {"principal=arn:aws:iam::999922223333:role/Chat", "principal=" ARN_ROLE "Chat", 0},
        {"principal=role/Chat", "principal=" ARN_ROLE "Chat", 1},
        {"principal=role/C*", "principal=" ARN_ROLE "Chat", 1},
        {"principal=" ARN_USER "alice", "principal=" ARN_USER "alice", 1},
        {"principal=user/alice", "principal=" ARN_USER "alice", 1},
        {"principal=user/BedrockAPIKey-234s", "principal=" ARN_USER "BedrockAPIKey-234s", 1},
        {"principal=*user/BedrockAPIKey-*", "principal=" ARN_USER "BedrockAPIKey-234s", 1},
        {"principal=user/alice", "principal=" ARN_USER "team/alice", 0},
        {"session=alice", "principal=" ARN_ROLE "Chat/alice", 1},
        {"session=alice", "principal=" ARN_ROLE "Chat|session=alice", 1},
        {"session=alice", "principal=" ARN_USER "alice", 0},
        {"account=111122223333", "account=111122223333", 1},
        {"account=1111*", "account=111122223333", 1},
        {"model=anthropic.claude-*", "model=arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5", 1},
        {"model=*anthropic.claude-*", "model=us.anthropic.claude-opus-5", 1},
        {"region=eu-*", "region=eu-west-1", 1},
        {"region=eu-*", "region=us-east-1", 0},
        {"endpoint=bedrock-mantle", "endpoint=bedrock-mantle", 1},
        {"item=*Guardrail*", "item=USE1-Guardrail-TopicPolicyUnitsConsumed", 1},
        {"tag:team=search", "team=search", 1},
        {"tag:team=search", "teams=search", 0},
        {"tag:team=search", "team=", 0},
        {"metadata:team=search", "team=search", 1},
        {"tag:team=Search & Rescue", "", -1}, /* not one condition */
        {"tag:team=Search \\& Rescue", "team=Search & Rescue", 1},
        {"tag:a\\=b=c=d", "a=c", 0},
        {"tag:team = search ", "team=search", 1},
        {"tag:x=?", "x=\xC3\xA9", 1}, /* a character, not a byte */
        {"tag:x=??", "x=\xC3\xA9", 0},
        {"tag:x=*??", "x=a\xC3\xA9", 1},
        {"tag:x=a*b*c", "x=a-b-b-c", 1},
        {"tag:x=a*b*c", "x=a-c-b", 0},
        {"tag:x=*", "x=.", 1},
        {"tag:x=**a**", "x=a", 1},
        {"tag:x=\\*", "x=*", 1},
        {"tag:x=\\*", "x=a", 0},
        {"tag:x=\\?*", "x=?!", 1},
        {"tag:x=\\?*", "x=!?", 0},
        {"tag:x=*\\*", "x=a*", 1},
        {"tag:x=*\\*", "x=a", 0},
        {"tag:x=a\\\\b", "x=a\\b", 1},
        {"tag:team=a & tag:env=b", "team=a|env=b", 1},
        {"tag:team=a & tag:env=b", "team=a", 0},
        {"tag:team=a&tag:env=*&region=us-*", "team=a|env=x|region=us-west-2", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[400];
        snprintf(text, sizeof text, "match,project\n\"%s\",here\n", cases[i].match);
        sc_attribution *a = parse(text);
        EXPECT_TRUE((a != NULL) == (cases[i].holds >= 0));
        if (a != NULL && !EXPECT_STR(project_of(a, cases[i].usage), cases[i].holds ? "here" : SC_UNATTRIBUTED))
            EXPECT_STR(cases[i].match, cases[i].usage);
        sc_attribution_free(a);
    }
}

#define TABLE                                                                                 \
    "match,from,to,project,workload,model,team,cost_center,tag:owner,split,split_over,note\n" \
    "project=proj_1,,2026-07-01,search,,,find,cc-1,ann,,,\n"                                  \
    "project=proj_1,2026-07-01,,answers,,,find,cc-2,,,,\n"                                    \
    "profile=a1,,,search,ranking,us.acme.a,,,,,,\n"                                           \
    "principal=assumed-role/Gateway,,,gateway,,,,,,tokens,search; answers,\n"                 \
    "account=111122223333 & tag:team=*,,,,,,,,,,,\n"                                          \
    "item=*Guardrail*,,,guardrails,,,,,,even,,shared by all\n"

static void rules(void)
{
    sc_attribution *a = parse(TABLE);
    if (!EXPECT_TRUE(a != NULL) || !EXPECT_I64(sc_attribution_rule_count(a), 6))
        return;
    EXPECT_I64(errors.count, 0);
    const sc_attribution_rule *r = sc_attribution_rule_at(a, 0);
    EXPECT_I64(r->n_when, 1);
    EXPECT_STR(r->when[0].key, "project");
    EXPECT_STR(r->when[0].pattern, "proj_1");
    EXPECT_I64(r->from, SC_DAY_MIN);
    EXPECT_I64(r->to, day_of("2026-07-01"));
    EXPECT_I64(r->n_tags, 3);
    EXPECT_STR(r->tag_key[0], "team");
    EXPECT_STR(r->tag_key[1], "cost_center");
    EXPECT_STR(r->tag_value[1], "cc-1");
    EXPECT_STR(r->tag_key[2], "owner");
    EXPECT_STR(r->tag_value[2], "ann");
    EXPECT_STR(r->file, "p.csv");
    EXPECT_I64(r->line, 2);
    r = sc_attribution_rule_at(a, 2);
    EXPECT_STR(r->workload, "ranking");
    EXPECT_STR(r->model, "us.acme.a");
    r = sc_attribution_rule_at(a, 3);
    EXPECT_I64(r->split, SC_SPLIT_TOKENS);
    EXPECT_I64(r->n_split_over, 2);
    EXPECT_STR(r->split_over[1], "answers");
    r = sc_attribution_rule_at(a, 4);
    EXPECT_STR(r->when[1].key, "tag:team");
    EXPECT_STR(r->project, "");
    EXPECT_I64(sc_attribution_rule_at(a, 5)->n_split_over, 0);

    EXPECT_STR(project_of(a, "project=proj_1|day=2026-06-30"), "search");
    EXPECT_STR(project_of(a, "project=proj_1|day=2026-07-01"), "answers");
    EXPECT_STR(project_of(a, "project=proj_2|day=2026-07-01"), SC_UNATTRIBUTED);
    EXPECT_STR(project_of(a, "principal=" ARN_ROLE "Gateway|session=x|profile=a1"), "search"); /* the first */
    EXPECT_STR(project_of(a, "account=111122223333|team=x"), "");
    EXPECT_STR(project_of(a, "account=111122223333"), SC_UNATTRIBUTED);
    EXPECT_I64(sc_attribution_dims(a), 1u << SC_DIM_PROJECT | 1u << SC_DIM_PROFILE | 1u << SC_DIM_PRINCIPAL |
                                           1u << SC_DIM_ACCOUNT | 1u << SC_DIM_ITEM);
    EXPECT_STR(sc_attribution_tags(a)[0], "team");
    EXPECT_STR(sc_attribution_tags(a)[1], NULL);
    static const char *const set[] = {"team", "cost_center", "owner", NULL};
    for (size_t i = 0; i < COUNT(set); i++)
        EXPECT_STR(sc_attribution_set_tags(a)[i], set[i]);
    EXPECT_I64(strlen(sc_attribution_hash(a)), 64);
    EXPECT_STR(sc_split_name(SC_SPLIT_SPEND), "spend");
    sc_attribution_free(a);
}

/* Errors and warnings ("w") as "line:column+width: text". */
static void messages(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"project\nx\n", "1:8+1: the header has no column 'match'\n"},
        {"match,team,tag:team\n*,a,b\n", "1:12+8: 'tag:team' is the tag of the column 'team', expected one\n"},
        {"match,tga:x\n*,a\n",
         "1:7+5: unknown column 'tga:x', expected match, from, to, project, workload, model or 8 more\n"},
        {"match,project\n,a\n", "2:1+1: is empty, expected conditions such as project=proj_1, or '*' for all usage\n"},
        {"match,project\nproj_1,a\n", "2:1+6: 'proj_1' is no condition, expected KEY=PATTERN such as project=proj_1\n"},
        {"match,project\nregion=x & project=,a\n",
         "2:12+8: 'project=' is no condition, expected KEY=PATTERN such as project=proj_1\n"},
        {"match,project\n=x,a\n", "2:1+2: '=x' is no condition, expected KEY=PATTERN such as project=proj_1\n"},
        {"match,project\nregion=x & *,a\n",
         "2:12+1: '*' is no condition, expected KEY=PATTERN such as project=proj_1\n"},
        {"match,project\nregion=x & & project=y,a\n", "2:11+1: has an empty part, expected a condition between '&'\n"},
        {"match,project\nregion=x &,a\n", "2:10+1: has an empty part, expected a condition between '&'\n"},
        {"match,project\nregion=x & projct=y,a\n", "2:12+8: unknown key 'projct'; did you mean 'project'?\n"},
        {"match,project\ntag:=y,a\n", "2:1+6: 'tag:' names no tag, expected one such as 'tag:team'\n"},
        {"match,project\nregion=x & region=y,a\n",
         "2:12+8: says twice what the 'region' must be, expected one condition for it\n"},
        {"match,project\ntag:a=x & metadata:a=y,a\n",
         "2:11+12: says twice what the tag 'a' must be, expected one condition for it\n"},
        {"match,project\nprincipal=assumed-role/A/b & session=b,a\n",
         "2:30+9: says twice what the 'session' must be, expected one condition for it\n"},
        {"match,project\naccount=1.11122E+11,a\n",
         "2:1+19: '1.11122E+11' is not an AWS account id, expected 12 digits\n"},
        {"match,project\nregion=a\\b,a\n",
         "2:1+10: has a '\\' that escapes nothing, expected '\\*', '\\?', '\\&', '\\=' or '\\\\'\n"},
        {"match,project\nprincipal=role/team/C*,a\n",
         "2:1+22: 'role/team/C*' has a path, which usage does not state; expected a role as in 'assumed-role/NAME'\n"},
        {"match,from,to,project\n*,2026-02-30,,a\n*,,soon,a\n",
         "2:3+10: '2026-02-30' is not a date, expected YYYY-MM-DD\n3:4+4: 'soon' is not a date, expected YYYY-MM-DD\n"},
        {"match,from,to,project\n*,2026-07-01,2026-07-01,a\n",
         "2:14+10: '2026-07-01' is not after from '2026-07-01'\n"},
        {"match,model\nprofile=a,acme.c\n", "2:11+6: unknown model 'acme.c'; did you mean 'acme.a'?\n"},
        {"match,model\ntag:a=b,acme.a\n",
         "2:9+6: 'acme.a' is the model of no profile, expected a condition on profile or model\n"},
        {"match,project,split\nregion=x,a,tokns\n", "2:12+5: unknown kind of split 'tokns'; did you mean 'tokens'?\n"},
        {"match,split\nregion=x,even\n",
         "2:10+4: 'even' splits no project, expected the name of the shared cost in project\n"},
        {"match,project,split_over\nregion=x,a,b\n",
         "2:12+1: 'b' without a split, expected even, tokens or spend in split\n"},
        {"match,project,split,split_over\nregion=x,a,even,b;b\nregion=y,b,,\n", "2:19+1: names 'b' twice\n"},
        {"match,project,split,split_over\nregion=x,a,even,b; a\nregion=y,b,,\n",
         "2:20+1: splits 'a' over itself, expected other projects\n"},
        {"match,project,split,split_over\nregion=x,a,even,\nregion=z,a,,\n",
         "3:12+1: the project 'a' is split otherwise than on line 2, expected the same\n"},
        {"match,project,split,split_over\nregion=x,a,even,b\nregion=z,b,even,\n",
         "2:17+1: 'b' is shared cost itself (line 3), expected projects that are not split\n"},
        {"match,project,split,split_over\nregion=x,pool,even,serach\nregion=z,search,,\n",
         "w 2:20+6: no rule sets the project 'serach'; did you mean 'search'?\n"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char got[1500] = "";
        sc_attribution_free(parse(cases[i].text));
        size_t n = 0;
        for (int e = 0; e < errors.count; e++)
            n +=
                (size_t)snprintf(got + n, sizeof got - n, "%s%d:%d+%d: %s\n", errors.item[e].warning ? "w " : "",
                                 errors.item[e].line, errors.item[e].column, errors.item[e].width, errors.item[e].text);
        EXPECT_STR(got, cases[i].expected);
    }
    sc_attribution *a = NULL;
    EXPECT_I64(sc_attribution_parse("p.csv", "match,model\nprofile=a,acme.c\n", 29, NULL, &a, NULL), SC_OK);
    sc_attribution_free(a);
    EXPECT_I64(sc_attribution_parse("p.csv", "match\nx\n", 8, NULL, &a, NULL), SC_E_INPUT);
    EXPECT_TRUE(a == NULL);
}

/* Two rules: whether the second can never match. */
static void unreachable(void)
{
    static const struct {
        const char *first, *second;
        int warns;
    } cases[] = {
        {"project=proj_1,,", "project=proj_1,,", 1},
        {"project=proj_1,,", "project=proj_2,,", 0},
        {"project=proj_1,,", "project=" ARN_PROJECT "proj_1,,", 1},
        {"project=*,,", "project=proj_1,,", 1},
        {"project=*,,", "project=proj_*,,", 1},
        {"project=proj_*,,", "project=*,,", 0},
        {"project=proj_*,,", "project=proj_*,,", 1},
        {"project=proj_*,,", "project=proj_1,,", 1},
        {"project=*,,", "workspace=a,,", 0},
        {"*,,", "project=proj_1,,", 1},
        {"*,,", "*,,", 1},
        {"project=proj_1,,", "*,,", 0},
        {"project=proj_1,2026-01-01,", "project=proj_1,,", 0},
        {"project=proj_1,,2026-01-01", "project=proj_1,2026-01-01,", 0},
        {"project=proj_1,2026-01-01,2026-04-01", "project=proj_1,2026-02-01,2026-04-01", 1},
        {"project=proj_1,2026-01-01,2026-04-01", "project=proj_1,2026-02-01,2026-04-02", 0},
        {"region=x & tag:a=b,,", "tag:a=b & region=x & project=proj_1,,", 1},
        {"region=x & tag:a=b,,", "region=x,,", 0},
        {"region=x & tag:a=b,,", "region=x & tag:a=c,,", 0},
        {"region=x,,", "region=x & tag:a=c,,", 1},
        {"region=* & tag:a=?,,", "region=x & tag:a=c,,", 1},
        {"principal=assumed-role/A,,", "principal=assumed-role/A/b,,", 1},
        {"principal=assumed-role/A/b,,", "principal=assumed-role/A,,", 0},
        {"principal=assumed-role/A,,", "principal=" ARN_ROLE "A,,", 1},
        {"principal=" ARN_ROLE "A,,", "principal=assumed-role/A,,", 0},
        {"project=default,,", "project=" ARN_PROJECT "default,,", 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[400], got[600] = "";
        snprintf(text, sizeof text, "match,from,to,project\n%s,a\n%s,b\n", cases[i].first, cases[i].second);
        sc_attribution_free(parse(text));
        if (errors.count > 0)
            snprintf(got, sizeof got, "%d %s", errors.item[0].line, errors.item[0].text);
        if (!EXPECT_STR(got, cases[i].warns
                                 ? "3 can never match, as the rule on line 2 holds for all of it and goes first"
                                 : ""))
            EXPECT_STR(cases[i].first, cases[i].second);
    }
}

static void projects_of_the_api(void)
{
    static const char *const keys[] = {"team", "empty", "Application"}, *const values[] = {"find", "", "bot"};
    sc_attribution *a = parse("match,project,team\nproject=proj_1,mine,x\n");
    if (!EXPECT_TRUE(a != NULL))
        return;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_attribution_add_project(a, "proj_1", "Other", 0, NULL, NULL, &errors), SC_OK);
    EXPECT_I64(sc_attribution_add_project(a, "proj_2", "Customer Chatbot", 3, keys, values, &errors), SC_OK);
    EXPECT_I64(sc_attribution_add_project(a, ARN_PROJECT "proj_3", "", 0, NULL, NULL, &errors), SC_OK);
    EXPECT_I64(sc_attribution_add_project(a, "", "x", 0, NULL, NULL, &errors), SC_E_INPUT);
    EXPECT_I64(sc_attribution_add_project(a, "proj_*", "x", 0, NULL, NULL, &errors), SC_E_INPUT);
    EXPECT_STR(errors.item[1].text, "'proj_*' is not a project id, expected one such as 'proj_1'");
    EXPECT_I64(sc_attribution_rule_count(a), 4);
    EXPECT_STR(project_of(a, "project=proj_1"), "mine");
    EXPECT_STR(project_of(a, "project=" ARN_PROJECT "proj_2"), "Customer Chatbot");
    EXPECT_STR(project_of(a, "project=proj_3"), ARN_PROJECT "proj_3");
    const sc_attribution_rule *r = sc_attribution_rule_at(a, 2);
    EXPECT_I64(r->n_tags, 2);
    EXPECT_STR(r->tag_key[1], "Application");
    EXPECT_STR(r->tag_value[1], "bot");
    EXPECT_STR(sc_attribution_set_tags(a)[1], "Application");
    EXPECT_STR(sc_attribution_set_tags(a)[2], NULL);
    sc_attribution_free(a);

    EXPECT_I64(sc_attribution_load(NULL, card, &a, &errors), SC_OK);
    EXPECT_STR(sc_attribution_hash(a), "");
    EXPECT_STR(sc_attribution_tags(a)[0], NULL);
    EXPECT_STR(sc_attribution_set_tags(a)[0], NULL);
    EXPECT_STR(project_of(a, "project=proj_1"), SC_UNATTRIBUTED);
    for (int i = 0; i < 300; i++) {
        char id[20];
        snprintf(id, sizeof id, "proj_%d", i);
        EXPECT_I64(sc_attribution_add_project(a, id, "", 0, NULL, NULL, &errors), SC_OK);
    }
    EXPECT_STR(project_of(a, "project=proj_299"), "proj_299");
    sc_attribution_free(a);
    EXPECT_I64(sc_attribution_load("tests/unit/no-such-file.csv", card, &a, &errors), SC_E_IO);
    EXPECT_TRUE(a == NULL);
}

/* The sample of scenarios/README.md. */
static void the_sample(void)
{
    static const char *const cases[][2] = {
        {"project=proj_5d5ykleja6cwpirysbb7|day=2026-06-30", "helpdesk"},
        {"project=" ARN_PROJECT "proj_8k2m4n6p8q0r|day=2026-11-01", "contracts"},
        {"profile=" ARN_PROFILE "a1b2c3d4e5f6", "search"},
        {"principal=" ARN_ROLE "SearchService|feature=summary", "search"},
        {"principal=" ARN_ROLE "NightlyReports|session=i-0123456789", "reports"},
        {"principal=" ARN_ROLE "LlmGateway|session=search-7", "search"},
        {"principal=" ARN_ROLE "LlmGateway|session=x", "gateway"},
        {"principal=" ARN_USER "BedrockAPIKey-234s", "experiments"},
        {"item=USE1-Guardrail-TopicPolicyUnitsConsumed", "guardrails"},
        {"account=444455556666|region=us-east-1|team=x|project=theirs", ""},
        {"account=444455556666|region=us-east-1", "experiments"},
        {"account=999900001111|region=us-east-1", SC_UNATTRIBUTED},
    };
    sc_card *built_in = NULL;
    sc_attribution *a = NULL;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_card_load(NULL, NULL, &built_in, NULL), SC_OK);
    if (EXPECT_I64(sc_attribution_load("scenarios/projects.csv", built_in, &a, &errors), SC_OK)) {
        EXPECT_I64(errors.count, 0);
        for (size_t i = 0; i < COUNT(cases); i++)
            EXPECT_STR(project_of(a, cases[i][0]), cases[i][1]);
    }
    sc_attribution_free(a);
    sc_card_free(built_in);
}

/* ---- random rules and usage */

static uint64_t state = 42; /* xorshift64* (Vigna 2016) */
static const char *one_of(const char *const *texts, size_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return texts[(state * UINT64_C(2685821657736338717) >> 33) % n];
}
#define ONE_OF(...) one_of((const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__})))

static void add_random_rule(sc_strbuf *b)
{
    static const char *const patterns[] = {"project=proj_a",
                                           "project=" ARN_PROJECT "proj_a",
                                           "project=proj_b",
                                           "project=proj_*",
                                           "project=*",
                                           "project=default",
                                           "project=" ARN_PROJECT "default",
                                           "project=" ARN_PROJECT "*",
                                           "project=*a",
                                           "profile=p1",
                                           "profile=" ARN_PROFILE "p1",
                                           "profile=p?",
                                           "profile=arn:*p2",
                                           "region=us-*",
                                           "region=us-east-1",
                                           "account=111122223333",
                                           "model=acme.a",
                                           "model=*acme.*"};
    static const char *const principals[] = {"principal=assumed-role/A",
                                             "principal=assumed-role/A/s",
                                             ("principal=" ARN_ROLE "A"),
                                             ("principal=" ARN_ROLE "A/*"),
                                             "principal=arn:aws:sts::*:assumed-role/?",
                                             "principal=arn:aws:sts::*:assumed-role/A",
                                             "principal=*assumed-role/B",
                                             "principal=role/B",
                                             "principal=arn:aws:iam::111122223333:role/x/B",
                                             "principal=user/*",
                                             "session=s",
                                             "session=?",
                                             "principal=*"};
    static const char *const tags[] = {"tag:a=x", "tag:a=y", "tag:a=*", "metadata:a=x?", "tag:a=\\*", "tag:a=*x*"};
    static const char *const more[] = {"tag:b=x", "tag:b=?", "tag:b=z*z"};
    const char *parts[4] = {one_of(patterns, COUNT(patterns)), one_of(principals, COUNT(principals)),
                            one_of(tags, COUNT(tags)), one_of(more, COUNT(more))};
    int n = 0;
    for (int i = 0; i < 4; i++) {
        if (ONE_OF("y", "n", "n")[0] == 'y')
            sc_strbuf_printf(b, "%s%s", n++ > 0 ? " & " : "", parts[i]);
    }
    if (n == 0)
        sc_strbuf_puts(b, ONE_OF("*", "tag:a=x", "project=proj_a"));
    sc_strbuf_printf(b, ",%s,%s,p\n", ONE_OF("", "", "2026-01-01", "2026-01-02"),
                     ONE_OF("", "", "2026-01-03", "2026-01-04"));
}

static void random_usage(naive_usage *u)
{
    char text[NAIVE_TEXT];
    snprintf(text, sizeof text, "%s%s%s%s%s%s%s%s",
             ONE_OF("", "|project=proj_a", "|project=" ARN_PROJECT "proj_a", "|project=default",
                    "|project=" ARN_PROJECT "default", "|project=proj_b"),
             ONE_OF("", "|profile=p1", "|profile=" ARN_PROFILE "p2", "|profile=" ARN_PROFILE "p1"),
             ONE_OF("", "|principal=" ARN_ROLE "A", "|principal=" ARN_ROLE "A/s", "|principal=" ARN_ROLE "B",
                    "|principal=" ARN_USER "x"),
             ONE_OF("", "|session=s", "|session=t"), ONE_OF("", "|a=x", "|a=y", "|a=xx", "|a=*"),
             ONE_OF("", "|b=x", "|b=zaz"),
             ONE_OF("", "|region=us-east-1|account=111122223333", "|model=acme.a",
                    "|model=arn:aws:bedrock:r::foundation-model/acme.a"),
             ONE_OF("|day=2026-01-01", "|day=2026-01-02", "|day=2026-01-03", "|day=2025-12-31"));
    naive_state(u, text);
}

/* The index finds what trying all rules in order finds, and no rule that was warned of is ever found. */
static void same_as_naive(void)
{
    int wrong = 0, dead = 0, found = 0, warnings = 0;
    for (int round = 0; round < 400; round++) {
        sc_strbuf b = {0};
        naive_usage u;
        sc_strbuf_puts(&b, "match,from,to,project\n");
        for (int i = 0; i < 20; i++)
            add_random_rule(&b);
        sc_attribution *a = parse(b.text);
        for (int i = 0; a != NULL && i < 100; i++) {
            random_usage(&u);
            const int rule = sc_attribution_match(a, &u.keys);
            wrong += rule != naive_match(a, &u.keys);
            found += rule > 0;
            for (int e = 0; e < errors.count; e++)
                dead += rule >= 0 && errors.item[e].line == sc_attribution_rule_at(a, (size_t)rule)->line;
        }
        warnings += errors.count;
        sc_attribution_free(a);
        sc_strbuf_release(&b);
    }
    EXPECT_I64(wrong, 0);
    EXPECT_I64(dead, 0);
    EXPECT_TRUE(found > 10000 && warnings > 500);
}

/* Each allocation fails once. */
static void without_memory(void)
{
    static const char *const keys[] = {"team"}, *const values[] = {"x"};
    int failures = 0;
    for (uint64_t n = 1; n < 1000; n++) {
        sc_attribution *a = NULL;
        memset(&errors, 0, sizeof errors);
        sc_alloc_fail_at(n);
        sc_code code = sc_attribution_parse("p.csv", TABLE, strlen(TABLE), card, &a, &errors);
        for (int i = 0; code == SC_OK && i < 70; i++) {
            char id[20];
            snprintf(id, sizeof id, "proj_%d", i);
            code = sc_attribution_add_project(a, id, id, 1, keys, values, &errors);
        }
        const uint64_t made = sc_alloc_fail_at(0);
        if (code == SC_E_MEMORY) {
            failures++;
            EXPECT_STR(errors.item[errors.count - 1].text, "out of memory");
        }
        sc_attribution_free(a);
        if (made < n) {
            EXPECT_I64(code, SC_OK);
            break;
        }
    }
    EXPECT_TRUE(failures > 10);
}

CU_ErrorCode test_attribution_register(void)
{
    static CU_TestInfo tests[] = {
        {"conditions", conditions},
        {"rules", rules},
        {"messages", messages},
        {"unreachable rules", unreachable},
        {"projects of the API", projects_of_the_api},
        {"the sample", the_sample},
        {"same as naive", same_as_naive},
        {"without memory", without_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"attribution", load_card, free_card, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}

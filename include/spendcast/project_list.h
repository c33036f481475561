/* SPDX-License-Identifier: GPL-3.0-or-later */
/* project_list.h - the answer of the Bedrock Projects API to "list projects": which id is which project, and its tags.
 *
 *     curl https://bedrock-mantle.REGION.api.aws/v1/organization/projects -H "Authorization: Bearer KEY" >projects.json
 *
 * Usage states ids only ("proj_5d5ykleja6cwpirysbb7"); sc_attribution_add_project takes what is listed here. */
#ifndef SPENDCAST_PROJECT_LIST_H
#define SPENDCAST_PROJECT_LIST_H

#include <stddef.h>

#include "spendcast/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sc_project_list sc_project_list;

/* One project; texts live as long as the list. */
typedef struct sc_listed_project {
    const char *id;     /* "proj_...", or "default" */
    const char *arn;    /* "" = not stated */
    const char *name;   /* "" = not stated */
    const char *status; /* "active", "archived", "" = not stated */
    size_t n_tags;
    const char *const *tag_key, *const *tag_value; /* [n_tags], as listed */
} sc_listed_project;

/* Reads a list, or an array of its pages (`jq -s . page*.json`).  Located errors: no such list, ids that are missing or
 * given twice, an ARN of another project, tags that are no texts.  Warns when further pages are missing.  *out is NULL
 * on failure.  Free with sc_project_list_free. */
SC_API sc_code sc_project_list_load(const char *path, sc_project_list **out, sc_errors *errors);
SC_API sc_code sc_project_list_parse(const char *name, const char *text, size_t size, sc_project_list **out,
                                     sc_errors *errors);
SC_API void sc_project_list_free(sc_project_list *list);

SC_API size_t sc_project_list_count(const sc_project_list *list);
SC_API const sc_listed_project *sc_project_list_item(const sc_project_list *list, size_t i); /* as listed */

#ifdef __cplusplus
}
#endif
#endif

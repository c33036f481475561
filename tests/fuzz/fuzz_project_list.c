/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_project_list.c - an error has a place in the input; a list that is read has ids, all different, and reads the
 * same again. */
#include "fuzz_check.h"
#include "spendcast/project_list.h"

static void check_item(const sc_listed_project *p, const sc_listed_project *q)
{
    require(p->id[0] != '\0' && strcmp(p->id, q->id) == 0 && strcmp(p->arn, q->arn) == 0);
    require(strcmp(p->name, q->name) == 0 && strcmp(p->status, q->status) == 0 && p->n_tags == q->n_tags);
    require(p->arn[0] == '\0' || strstr(p->arn, p->id) != NULL);
    for (size_t i = 0; i < p->n_tags; i++)
        require(strcmp(p->tag_key[i], q->tag_key[i]) == 0 && strcmp(p->tag_value[i], q->tag_value[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sc_errors errors = {0};
    sc_project_list *list, *again;
    if (sc_project_list_parse("fuzz", text, size, &list, &errors) != SC_OK) {
        require(list == NULL);
        check_places(&errors, text, size);
        return 0;
    }
    require(errors.errors == 0 && errors.count <= 1);
    require(sc_project_list_parse("fuzz", text, size, &again, NULL) == SC_OK);
    const size_t n = sc_project_list_count(list);
    require(n == sc_project_list_count(again));
    for (size_t i = 0; i < n; i++) {
        check_item(sc_project_list_item(list, i), sc_project_list_item(again, i));
        for (size_t j = 0; j < i && n < 100; j++)
            require(strcmp(sc_project_list_item(list, j)->id, sc_project_list_item(list, i)->id) != 0);
    }
    sc_project_list_free(list);
    sc_project_list_free(again);
    return 0;
}

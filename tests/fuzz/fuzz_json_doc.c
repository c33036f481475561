/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json_doc.c - an error has a place in the input; what is accepted is the same after cJSON has printed it; the
 * place of each node holds that node. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "io/json_doc.h"

/* Text that reads as this tree, strictly. */
static void require_same(const cJSON *node, const char *text, size_t size)
{
    sc_json_doc *doc;
    require(sc_json_parse("again", text, size, &doc, NULL) == SC_OK);
    require(cJSON_Compare(node, sc_json_root(doc), 1));
    sc_json_free(doc);
}

static void check_nodes(const sc_json_doc *doc, const cJSON *node)
{
    char path[64];
    sc_place place = sc_json_place(doc, node, SC_JSON_VALUE, path, sizeof path);
    require(place.offset <= place.size && place.width <= place.size - place.offset && strlen(path) < sizeof path);
    require_same(node, place.text + place.offset, place.width);
    if (node->string != NULL) {
        place = sc_json_place(doc, node, SC_JSON_KEY, NULL, 0);
        cJSON key = {.type = cJSON_String, .valuestring = node->string};
        require_same(&key, place.text + place.offset, place.width);
    }
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        check_nodes(doc, child);
}

/* cJSON prints 15 digits where they are within DBL_EPSILON; next to DBL_MAX that can round up to infinity. */
static int is_printable(const cJSON *node)
{
    if (cJSON_IsNumber(node) && fabs(node->valuedouble) > 1.797e308)
        return 0;
    for (const cJSON *child = node->child; child != NULL; child = child->next)
        if (!is_printable(child))
            return 0;
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    sc_errors errors = {0};
    sc_json_doc *doc;
    sc_code code = sc_json_parse("fuzz", text, size, &doc, &errors);
    if (code == SC_OK) {
        require(doc != NULL && errors.count == 0);
        if (is_printable(sc_json_root(doc))) {
            char *printed = cJSON_PrintUnformatted(sc_json_root(doc));
            require(printed != NULL);
            require_same(sc_json_root(doc), printed, strlen(printed));
            cJSON_free(printed);
        }
        check_nodes(doc, sc_json_root(doc));
    } else {
        require(code == SC_E_INPUT && doc == NULL);
        check_places(&errors, text, size);
    }
    sc_json_free(doc);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json_doc.c - an error has a place in the input; what is accepted is the same after cJSON has printed it; the
 * place of each node holds that node. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "io/json_doc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
    if (!holds)
        abort();
}

static void check_errors(const sc_errors *errors, const char *text, size_t size)
{
    int lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    require(errors->errors > 0 && errors->count > 0);
    for (int i = 0; i < errors->count; i++) {
        const sc_error *e = &errors->item[i];
        char shown[SC_ERROR_TEXT_MAX];
        require(e->line >= 1 && e->line <= lines && e->column >= 1 && (size_t)e->column <= size + 1);
        require(e->caret >= 0 && (size_t)e->caret <= strlen(e->source) && e->width >= 1);
        require(sc_error_format(e, shown, sizeof shown) < sizeof shown - 1);
    }
}

/* Text that reads as this tree, strictly. */
static void require_same(const cJSON *node, const char *text, size_t size)
{
    sc_json_doc *doc;
    require(sc_json_parse("again", text, size, &doc, NULL) == SC_OK);
    require(cJSON_Compare(node, sc_json_root(doc), 1));
    sc_json_free(doc);
}

static void check_places(const sc_json_doc *doc, const cJSON *node)
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
        check_places(doc, child);
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
        check_places(doc, sc_json_root(doc));
    } else {
        require(code == SC_E_INPUT && doc == NULL);
        check_errors(&errors, text, size);
    }
    sc_json_free(doc);
    return 0;
}

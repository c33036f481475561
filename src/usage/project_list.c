/* SPDX-License-Identifier: GPL-3.0-or-later */
/* project_list.c - the list of projects that the Bedrock Projects API gives.
 *
 * Source: Bedrock user guide, projects (2026): {"object":"list","data":[{"id","object":"organization.project","name",
 * "arn","status","created_at","tags"}],"has_more":false}. */
#include "spendcast/project_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "io/file.h"
#include "io/json_doc.h"

#define FILE_MAX ((size_t)256 << 20)

struct sc_project_list {
    sc_arena arena;
    sc_listed_project *items;
    size_t count;
};

typedef struct list_reader {
    const sc_json_doc *doc;
    sc_errors *errors;
    sc_project_list *list;
    const cJSON **nodes; /* of the items, for errors */
    sc_code code;        /* SC_OK = no problem so far */
} list_reader;

#define PROBLEM(r, node, ...) ((r)->code = sc_json_error((r)->doc, node, SC_JSON_VALUE, (r)->errors, __VA_ARGS__))

static void no_memory(list_reader *r) { r->code = sc_errors_add(r->errors, SC_E_MEMORY, NULL, NULL, "out of memory"); }

static const char *copied(list_reader *r, const char *text)
{
    const char *copy = sc_arena_strdup(&r->list->arena, text);
    if (copy == NULL)
        no_memory(r);
    return copy;
}

/* A member that is a text, copied; "" if it is missing or null. */
static const char *read_text(list_reader *r, const cJSON *object, const char *key)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, key);
    if (member == NULL || cJSON_IsNull(member))
        return "";
    if (!cJSON_IsString(member)) {
        PROBLEM(r, member, "a value that is no text; expected one");
        return "";
    }
    return copied(r, member->valuestring);
}

/* An object, NULL where it is missing or null. */
static const cJSON *read_tag_object(list_reader *r, const cJSON *project)
{
    const cJSON *tags = cJSON_GetObjectItemCaseSensitive(project, "tags");
    if (tags == NULL || cJSON_IsNull(tags))
        return NULL;
    if (!cJSON_IsObject(tags))
        PROBLEM(r, tags, "tags that are no object; expected {\"KEY\": \"VALUE\"}");
    return cJSON_IsObject(tags) ? tags : NULL;
}

static void read_tags(list_reader *r, const cJSON *project, sc_listed_project *p)
{
    const cJSON *tags = read_tag_object(r, project);
    const size_t n = tags != NULL ? (size_t)cJSON_GetArraySize(tags) : 0;
    const char **keys = SC_ARENA_ARRAY(&r->list->arena, const char *, n + 1);
    const char **values = SC_ARENA_ARRAY(&r->list->arena, const char *, n + 1);
    if (keys == NULL || values == NULL) {
        no_memory(r);
        return;
    }
    p->tag_key = keys;
    p->tag_value = values;
    for (const cJSON *tag = tags != NULL ? tags->child : NULL; tag != NULL; tag = tag->next) {
        if (!cJSON_IsString(tag)) {
            PROBLEM(r, tag, "tag '%s' is no text; expected one", tag->string);
            continue;
        }
        keys[p->n_tags] = copied(r, tag->string);
        values[p->n_tags] = copied(r, tag->valuestring);
        p->n_tags++;
    }
}

/* "arn:aws:bedrock-mantle:us-east-1:123456789012:project/ID" */
static int is_arn_of(const char *arn, const char *id)
{
    const char *slash = strrchr(arn, '/');
    return strncmp(arn, "arn:", 4) == 0 && slash != NULL && strcmp(slash + 1, id) == 0;
}

static void read_project(list_reader *r, const cJSON *node)
{
    sc_listed_project *p = &r->list->items[r->list->count];
    if (!cJSON_IsObject(node)) {
        PROBLEM(r, node, "a project that is no object; expected an object with 'id', 'name' and 'tags'");
        return;
    }
    *p = (sc_listed_project){.n_tags = 0};
    p->id = read_text(r, node, "id");
    p->arn = read_text(r, node, "arn");
    p->name = read_text(r, node, "name");
    p->status = read_text(r, node, "status");
    read_tags(r, node, p);
    if (r->code == SC_E_MEMORY)
        return;
    if (p->id[0] == '\0')
        PROBLEM(r, node, "a project without 'id'");
    else if (p->arn[0] != '\0' && !is_arn_of(p->arn, p->id))
        PROBLEM(r, cJSON_GetObjectItemCaseSensitive(node, "arn"), "'%s' is no ARN of project '%s'", p->arn, p->id);
    r->nodes[r->list->count++] = node;
}

/* The list of a page; NULL with an error if it is none. */
static const cJSON *page_data(list_reader *r, const cJSON *page)
{
    const cJSON *data = cJSON_IsObject(page) ? cJSON_GetObjectItemCaseSensitive(page, "data") : NULL;
    if (!cJSON_IsArray(data))
        PROBLEM(r, data != NULL ? data : page, "no list of projects; expected {\"object\": \"list\", \"data\": [...]}");
    return cJSON_IsArray(data) ? data : NULL;
}

/* Reads a page, or with NULL in list->items only counts its projects. */
static size_t read_page(list_reader *r, const cJSON *page)
{
    const cJSON *data = page_data(r, page);
    size_t n = 0;
    for (const cJSON *node = data != NULL ? data->child : NULL; node != NULL; node = node->next, n++) {
        if (r->list->items != NULL)
            read_project(r, node);
    }
    return n;
}

/* All pages of a document; the number of projects. */
static size_t read_pages(list_reader *r)
{
    const cJSON *root = sc_json_root(r->doc);
    size_t n = 0;
    if (!cJSON_IsArray(root))
        return read_page(r, root);
    for (const cJSON *page = root->child; page != NULL; page = page->next)
        n += read_page(r, page);
    return n;
}

static void warn_of_further_pages(const list_reader *r)
{
    const cJSON *root = sc_json_root(r->doc), *last = root;
    if (cJSON_IsArray(root) && root->child != NULL)
        last = root->child->prev; /* cJSON: the first element's is the last */
    const cJSON *more = cJSON_GetObjectItemCaseSensitive(last, "has_more");
    if (!cJSON_IsTrue(more))
        return;
    const sc_place place = sc_json_place(r->doc, more, SC_JSON_VALUE, NULL, 0);
    sc_errors_warn(r->errors, &place, "has_more", "further projects are on pages that are not in the file");
}

/* ---- ids given twice: by sorting, which stays fast for a list of any size */

static int compare_ids(const void *a, const void *b)
{
    const sc_listed_project *x = *(const sc_listed_project *const *)a, *y = *(const sc_listed_project *const *)b;
    const int order = strcmp(x->id, y->id);
    return order != 0 ? order : (x > y) - (x < y);
}

static void check_ids(list_reader *r)
{
    const size_t n = r->list->count;
    const sc_listed_project **order = SC_NEW_ARRAY(const sc_listed_project *, n + 1);
    if (order == NULL) {
        no_memory(r);
        return;
    }
    for (size_t i = 0; i < n; i++)
        order[i] = &r->list->items[i];
    qsort(order, n, sizeof(const sc_listed_project *), compare_ids);
    for (size_t i = 1; i < n; i++) {
        const cJSON *node = r->nodes[order[i] - r->list->items];
        if (strcmp(order[i - 1]->id, order[i]->id) == 0)
            PROBLEM(r, cJSON_GetObjectItemCaseSensitive(node, "id"), "project '%s' is listed twice", order[i]->id);
    }
    sc_free(order);
}

/* ---- the list */

static void read_list(list_reader *r)
{
    const size_t n = read_pages(r);
    if (r->code != SC_OK)
        return;
    r->list->items = SC_ARENA_ARRAY(&r->list->arena, sc_listed_project, n + 1);
    r->nodes = SC_NEW_ARRAY(const cJSON *, n + 1);
    if (r->list->items == NULL || r->nodes == NULL) {
        no_memory(r);
        return;
    }
    (void)read_pages(r);
    if (r->code == SC_OK)
        check_ids(r);
    if (r->code == SC_OK)
        warn_of_further_pages(r);
}

sc_code sc_project_list_parse(const char *name, const char *text, size_t size, sc_project_list **out, sc_errors *errors)
{
    sc_json_doc *doc;
    *out = NULL;
    const sc_code code = sc_json_parse(name, text, size, &doc, errors);
    if (code != SC_OK)
        return code;
    list_reader r = {.doc = doc, .errors = errors, .list = SC_NEW(sc_project_list)};
    if (r.list == NULL)
        no_memory(&r);
    else
        read_list(&r);
    if (r.code == SC_OK)
        *out = r.list;
    else
        sc_project_list_free(r.list);
    sc_free(r.nodes);
    sc_json_free(doc);
    return r.code;
}

sc_code sc_project_list_load(const char *path, sc_project_list **out, sc_errors *errors)
{
    char *text;
    size_t size;
    *out = NULL;
    sc_code code = sc_file_read(path, FILE_MAX, &text, &size, errors);
    if (code != SC_OK)
        return code;
    code = sc_project_list_parse(path, text, size, out, errors);
    sc_free(text);
    return code;
}

void sc_project_list_free(sc_project_list *list)
{
    if (list == NULL)
        return;
    sc_arena_release(&list->arena);
    sc_free(list);
}

size_t sc_project_list_count(const sc_project_list *list) { return list->count; }

const sc_listed_project *sc_project_list_item(const sc_project_list *list, size_t i) { return &list->items[i]; }

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_open.c - where the tables of a rate card come from: the program itself, or files. */
#include <string.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/strbuf.h"
#include "io/file.h"
#include "rates/rates_load.h"

#define MAX_TABLE_BYTES ((size_t)64 << 20)
#define MAX_BUILTIN_TABLES 64

/* Tables read from files. */
typedef struct table_files {
    char *label, **names, **texts;
    sc_card_table *tables;
    size_t n;
} table_files;

static void free_files(table_files *f)
{
    for (size_t i = 0; f->texts != NULL && i < f->n; i++)
        sc_free(f->texts[i]);
    sc_free(f->texts);
    sc_free(f->tables);
    sc_free(f->names);
    sc_free(f->label);
}

static int is_table(const char *path)
{
    size_t len = strlen(path);
    return len > 4 && strcmp(path + len - 4, ".csv") == 0;
}

/* Reads all tables of a folder; or, where a single one will do, the one that `path` names. */
static sc_code read_files(const char *path, int single, table_files *f, sc_errors *errors)
{
    const char *slash = strrchr(path, '/');
    sc_code code = SC_OK;
    *f = (table_files){0};
    if (single && is_table(path)) {
        f->label = slash != NULL ? sc_strndup(path, (size_t)(slash - path)) : sc_strndup(".", 1);
        f->names = SC_NEW_ARRAY(char *, 1);
        f->n = 1;
        if (f->names != NULL) /* only read, like the names of a folder */
            memcpy(f->names, &(const char *){slash != NULL ? slash + 1 : path}, sizeof *f->names);
    } else {
        size_t len = strlen(path);
        while (len > 0 && path[len - 1] == '/') /* paths and messages put one of their own */
            len--;
        f->label = sc_strndup(path, len);
        code = sc_file_list(path, ".csv", &f->names, &f->n, errors);
    }
    f->tables = SC_NEW_ARRAY(sc_card_table, f->n + 1);
    f->texts = SC_NEW_ARRAY(char *, f->n + 1);
    if (code == SC_OK && (f->label == NULL || f->names == NULL || f->tables == NULL || f->texts == NULL))
        code = SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < f->n; i++) {
        sc_strbuf file = {0};
        sc_strbuf_printf(&file, "%s/%s", f->label, f->names[i]);
        f->tables[i].name = f->names[i];
        code = file.failed ? SC_E_MEMORY
                           : sc_file_read(file.text, MAX_TABLE_BYTES, &f->texts[i], &f->tables[i].size, errors);
        f->tables[i].text = f->texts[i];
        sc_strbuf_release(&file);
    }
    return code;
}

static size_t builtin_tables(sc_card_table *tables)
{
    static const char prefix[] = "pricing/";
    size_t n = 0;
    for (const sc_embedded_file *f = sc_embedded_files; f->name != NULL && n < MAX_BUILTIN_TABLES; f++) {
        if (strncmp(f->name, prefix, sizeof prefix - 1) == 0)
            tables[n++] = (sc_card_table){f->name + sizeof prefix - 1, (const char *)f->data, f->size};
    }
    return n;
}

sc_code sc_card_load(const char *card, const char *own, sc_card **out, sc_errors *errors)
{
    sc_card_table builtin[MAX_BUILTIN_TABLES];
    table_files card_files = {0}, own_files = {0};
    sc_table_set card_set = {.label = "pricing", .tables = builtin, .hash = sc_embedded_pricing_hash}, own_set;
    sc_code code = SC_OK;
    *out = NULL;
    if (card != NULL)
        code = read_files(card, 0, &card_files, errors);
    else
        card_set.n = builtin_tables(builtin);
    if (code == SC_OK && own != NULL)
        code = read_files(own, 1, &own_files, errors);
    if (code == SC_OK && card != NULL)
        card_set = (sc_table_set){.label = card_files.label, .tables = card_files.tables, .n = card_files.n};
    own_set = (sc_table_set){.label = own_files.label, .tables = own_files.tables, .n = own_files.n};
    if (code == SC_OK && own != NULL && own_files.n == 0) {
        sc_place place = {.file = own};
        code = sc_errors_add(errors, SC_E_INPUT, &place, NULL, "holds no table, expected files named *.csv");
    }
    if (code == SC_OK)
        code = sc_card_load_tables(&card_set, own != NULL ? &own_set : NULL, out, errors);
    free_files(&card_files);
    free_files(&own_files);
    return code;
}

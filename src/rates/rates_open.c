/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_open.c - where the tables of a rate card come from: the program itself, or a folder. */
#include <string.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/strbuf.h"
#include "io/file.h"
#include "rates/rates_load.h"

#define MAX_TABLE_BYTES ((size_t)64 << 20)
#define MAX_TABLES 64

sc_code sc_card_load_builtin(sc_card **out, sc_errors *errors)
{
    static const char prefix[] = "pricing/";
    sc_card_table tables[MAX_TABLES];
    size_t n = 0;
    for (const sc_embedded_file *f = sc_embedded_files; f->name != NULL && n < MAX_TABLES; f++) {
        if (strncmp(f->name, prefix, sizeof prefix - 1) == 0)
            tables[n++] = (sc_card_table){f->name + sizeof prefix - 1, (const char *)f->data, f->size};
    }
    return sc_card_load_tables("pricing", tables, n, out, errors);
}

sc_code sc_card_load_folder(const char *folder, sc_card **out, sc_errors *errors)
{
    char **names = NULL;
    size_t n = 0, len = strlen(folder);
    *out = NULL;
    sc_code code = sc_file_list(folder, ".csv", &names, &n, errors);
    if (code != SC_OK)
        return code;
    while (len > 0 && folder[len - 1] == '/') /* paths and messages put one of their own */
        len--;
    char *label = sc_strndup(folder, len);
    sc_card_table *tables = SC_NEW_ARRAY(sc_card_table, n + 1);
    char **texts = SC_NEW_ARRAY(char *, n + 1);
    if (label == NULL || tables == NULL || texts == NULL)
        code = SC_E_MEMORY;
    for (size_t i = 0; code == SC_OK && i < n; i++) {
        sc_strbuf path = {0};
        sc_strbuf_printf(&path, "%s/%s", label, names[i]);
        tables[i].name = names[i];
        code = path.failed ? SC_E_MEMORY : sc_file_read(path.text, MAX_TABLE_BYTES, &texts[i], &tables[i].size, errors);
        tables[i].text = texts[i];
        sc_strbuf_release(&path);
    }
    if (code == SC_OK)
        code = sc_card_load_tables(label, tables, n, out, errors);
    for (size_t i = 0; texts != NULL && i < n; i++)
        sc_free(texts[i]);
    sc_free(texts);
    sc_free(tables);
    sc_free(label);
    sc_free(names);
    return code;
}

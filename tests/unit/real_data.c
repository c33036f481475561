/* SPDX-License-Identifier: GPL-3.0-or-later */
/* real_data.c - data that may not be redistributed, in the folder $SPENDCAST_TEST_DATA. */
#include "real_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "expect.h"
#include "io/file.h"

#define MAX_BYTES ((size_t)16 << 20)

char *data_text(const char *name, unsigned long cases, size_t *size)
{
    const char *folder = getenv("SPENDCAST_TEST_DATA");
    char path[1024], reason[1100], *text = NULL;
    (void)snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", name);
    if (folder != NULL && folder[0] != '\0' && sc_file_read(path, MAX_BYTES, &text, size, NULL) == SC_OK)
        return text;
    (void)snprintf(reason, sizeof reason, "no data file %s in SPENDCAST_TEST_DATA", name);
    sc_expect_skipped(cases, reason);
    return NULL;
}

int open_table(const char *name, unsigned long cases, const sc_csv_column *columns, size_t n, data_table *t)
{
    size_t size = 0;
    *t = (data_table){data_text(name, cases, &size), NULL};
    if (t->text == NULL)
        return 0;
    if (EXPECT_I64(sc_csv_parse(name, t->text, size, columns, n, &t->csv, NULL), SC_OK))
        return 1;
    sc_free(t->text);
    return 0;
}

void close_table(data_table *t)
{
    sc_csv_free(t->csv);
    sc_free(t->text);
}

sc_money usd_of(const char *usd)
{
    sc_int128 femto = -1;
    EXPECT_I64(sc_decimal_parse128(usd, strlen(usd), 15, &femto), SC_OK);
    return femto;
}

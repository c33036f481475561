/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_check.h - what all fuzz targets assert: an error has a place inside its input and can be shown. */
#ifndef SC_FUZZ_CHECK_H
#define SC_FUZZ_CHECK_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spendcast/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(int holds)
{
    if (!holds)
        abort();
}

static inline void check_places(const sc_errors *errors, const char *text, size_t size)
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

#endif

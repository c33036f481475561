/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_amount.c - numbers of bills: what the strict reader of money.h takes is read the same, and half-even rounding
 * agrees with that of the writer.  The first byte is the scale. */
#include "fuzz_check.h"
#include "usage/amount.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const int scale = data[0] % 39;
    char *text = malloc(size);
    require(text != NULL);
    memcpy(text, data + 1, size - 1);
    const sc_text t = {text, size - 1};
    const sc_int128 lowest = -((((sc_int128)1 << 126) - 1) * 2 + 1) - 1; /* has no positive counterpart */
    sc_int128 mine = 1, strict = 2, fine = 3;
    const sc_code code = sc_amount_parse(t, scale, &mine);
    if (sc_decimal_parse128(text, t.len, scale, &strict) == SC_OK && strict != lowest)
        require(code == SC_OK && mine == strict);
    if (sc_decimal_parse128(text, t.len, 38, &fine) == SC_OK && scale <= 38) {
        char rounded[SC_DECIMAL_TEXT_MAX];
        sc_decimal_format(fine, 38, scale, 0, rounded);
        require(code == SC_OK && sc_decimal_parse128(rounded, strlen(rounded), scale, &strict) == SC_OK);
        require(mine == strict);
    }
    const int64_t per = sc_amount_token_unit(t);
    require(per == 0 || per == 1 || per == 1000 || per == 1000000);
    free(text);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_decimal.c - what is read as a number, written and read again, is the same number.
 *
 * The first byte chooses the scale ('0' = 0), the rest is the text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "spendcast/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int scale = (data[0] - '0') & 63;
    const char *text = (const char *)data + 1;
    size_t len = size - 1;
    int64_t narrow = 42;
    sc_int128 wide = 42, again = 0;

    sc_code code = sc_decimal_parse128(text, len, scale, &wide);
    sc_code narrow_code = sc_decimal_parse(text, len, scale, &narrow);
    require((code == SC_E_USAGE) == (scale > 38));
    if (code != SC_OK) {
        require(narrow_code == code && wide == 42 && narrow == 42);
        return 0;
    }
    require((narrow_code == SC_OK) == (wide >= INT64_MIN && wide <= INT64_MAX));
    require(narrow == (narrow_code == SC_OK ? wide : 42));

    char written[SC_DECIMAL_TEXT_MAX];
    for (int decimals = 0; decimals <= scale; decimals++) {
        sc_decimal_format_exact(wide, scale, decimals, written);
        require(sc_decimal_parse128(written, strlen(written), scale, &again) == SC_OK && again == wide);
        sc_decimal_format(wide, scale, decimals, 1, written);
        require(strlen(written) < sizeof written);
    }
    sc_decimal_format(wide, scale, scale, 0, written);
    require(sc_decimal_parse128(written, strlen(written), scale, &again) == SC_OK && again == wide);
    return 0;
}

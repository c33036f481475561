/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_ledger_file.c - a ledger file that is accepted can be read, merged and saved, and what it is saved as comes back
 * byte by byte; one that is refused has a reason.
 *
 * The input is what stands between the version and the checksum, which are put around it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz_check.h"
#include "ledger/ledger_file.h"

static sc_ledger *parse(const char *data, size_t size)
{
    static sc_errors errors;
    sc_ledger *l = NULL;
    char shown[SC_ERROR_TEXT_MAX];
    memset(&errors, 0, sizeof errors);
    const sc_code code = sc_ledger_parse("fuzz", data, size, &l, &errors);
    require((code == SC_OK) == (l != NULL));
    require(code == SC_OK || (code == SC_E_INPUT && errors.count == 1 && errors.item[0].text[0] != '\0'));
    require(code == SC_OK || sc_error_format(&errors.item[0], shown, sizeof shown) < sizeof shown - 1);
    return l;
}

/* Reads whatever a ledger offers. */
static void read_all(const sc_ledger *l)
{
    int64_t requests = 0;
    const sc_ledger_minute *minute;
    for (size_t i = 0; i < sc_ledger_cell_count(l); i++) {
        sc_ledger_cell c;
        sc_ledger_cell_at(l, i, &c);
        require(c.stream < sc_ledger_stream_count(l) && c.context_from >= 0);
    }
    for (size_t i = 0; i < sc_ledger_stream_count(l); i++) {
        const sc_ledger_stream *s = sc_ledger_stream_at(l, i);
        sc_ledger_context below, above;
        require(s->cells > 0 && s->first + s->cells <= sc_ledger_cell_count(l));
        for (size_t k = 0; k < sc_ledger_tag_count(l, s->tagset); k++) {
            const char *key, *value;
            sc_ledger_tag_at(l, s->tagset, k, &key, &value);
            require(key != NULL && value != NULL);
        }
        sc_ledger_split_context(l, i, 100000, &below, &above, &requests);
        require(below.count >= 0 && above.count >= 0 && requests >= 0);
    }
    for (size_t i = 0; i < sc_ledger_minutes(l, &minute); i++)
        require(minute[i].stream < sc_ledger_stream_count(l));
}

/* An empty ledger takes all of it, and then has the same contents. */
static void merge(const sc_ledger *l, const sc_strbuf *bytes)
{
    const sc_ledger_options o = {.keep_dims = l->detail.dims,
                                 .keep_tags = l->detail.keep_tags,
                                 .only_keep_tags = l->detail.only_keep_tags,
                                 .max_values = INT64_MAX,
                                 .sketches = l->detail.sketches,
                                 .zone = &l->zone};
    sc_ledger *into = sc_ledger_new(&o);
    require(into != NULL);
    into->priced = l->priced;
    into->n_bands = l->n_bands;
    memcpy(into->bands, l->bands, sizeof l->bands);
    if (sc_ledger_merge(into, l, NULL) == SC_OK && sc_ledger_seal(into) == SC_OK && l->sealed.n_folded == 0 &&
        l->max_values == INT64_MAX) {
        sc_strbuf merged = {0};
        sc_ledger_write(into, &merged);
        require(merged.len == bytes->len);
        sc_strbuf_release(&merged);
    }
    sc_ledger_free(into);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char digest[SC_SHA256_HEX_SIZE];
    sc_strbuf bytes = {0}, again = {0};
    sc_strbuf_puts(&bytes, SC_LEDGER_MAGIC "\x01");
    sc_strbuf_add(&bytes, (const char *)data, size);
    sc_sha256_hex(bytes.text, bytes.len, digest);
    sc_strbuf_puts(&bytes, digest);
    sc_ledger *l = parse(bytes.text, bytes.len);
    if (l != NULL) {
        read_all(l);
        bytes.len = 0;
        sc_ledger_write(l, &bytes);
        merge(l, &bytes);
        sc_ledger_free(l);
        l = parse(bytes.text, bytes.len);
        require(l != NULL);
        sc_ledger_write(l, &again);
        require(bytes.len == again.len && memcmp(bytes.text, again.text, bytes.len) == 0);
    }
    sc_ledger_free(l);
    sc_strbuf_release(&bytes);
    sc_strbuf_release(&again);
    return 0;
}

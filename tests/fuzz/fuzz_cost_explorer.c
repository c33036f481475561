/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_cost_explorer.c - a result in an array reads as itself, and two pages read as one after the other. */
#include "fuzz_digest.h"

static const sc_card *the_card(void)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    return card;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const sc_usage_reader *reader = &sc_reader_cost_explorer;
    const int sure = reader->detect(text, size);
    const digest_sink once = digest_of(reader, the_card(), text, size);
    require(sure == 0 || sure == 100);
    if (!digest_is_page(text, size))
        return 0;
    size_t wrapped_size;
    char *wrapped = digest_wrapped("", text, size, "\n", 1, "", &wrapped_size);
    const digest_sink twice = digest_of(reader, the_card(), wrapped, wrapped_size);
    require(twice.records == once.records * 2 && twice.rejects == once.rejects * 2);
    free(wrapped);

    wrapped = digest_wrapped("[", text, size, ",", 1, "]", &wrapped_size);
    const digest_sink in_array = digest_of(reader, the_card(), wrapped, wrapped_size);
    require(in_array.digest == twice.digest && in_array.records == twice.records);
    require(in_array.rejects == twice.rejects && in_array.skips == twice.skips);
    free(wrapped);
    return 0;
}

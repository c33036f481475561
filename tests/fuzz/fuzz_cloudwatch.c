/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_cloudwatch.c - an answer in an array reads as itself, and one that stands in a file twice counts once. */
#include "fuzz_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const sc_usage_reader *reader = &sc_reader_cloudwatch;
    const int sure = reader->detect(text, size);
    const digest_sink once = digest_of(reader, NULL, text, size);
    require(sure == 0 || sure == 100);
    if (!digest_is_page(text, size))
        return 0;
    size_t wrapped_size;
    char *wrapped = digest_wrapped("[", text, size, "", 0, "]", &wrapped_size);
    const digest_sink in_array = digest_of(reader, NULL, wrapped, wrapped_size);
    require(in_array.digest == once.digest && in_array.records == once.records);
    require(in_array.rejects == once.rejects && in_array.skips == once.skips);
    require(reader->detect(wrapped, wrapped_size) == sure);
    free(wrapped);

    wrapped = digest_wrapped("", text, size, "\n", 1, "", &wrapped_size);
    const digest_sink twice = digest_of(reader, NULL, wrapped, wrapped_size);
    require(twice.digest == once.digest && twice.records == once.records);
    free(wrapped);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readers.c - the list of all readers of usage. */
#include <stddef.h>

#include "usage/reader.h"

const sc_usage_reader *const sc_usage_readers[] = {
    &sc_reader_bedrock_log, &sc_reader_openai, &sc_reader_anthropic, &sc_reader_otel,          &sc_reader_own,
    &sc_reader_cloudwatch,  &sc_reader_cur,    &sc_reader_focus,     &sc_reader_cost_explorer, NULL,
};

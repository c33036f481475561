/* SPDX-License-Identifier: GPL-3.0-or-later */
/* document_reads.h - what a reader of whole documents makes of a text, as text. */
#ifndef SC_TEST_DOCUMENT_READS_H
#define SC_TEST_DOCUMENT_READS_H

#include "usage/reader.h"

/* A line for each record (as in csv_reads.h), reject and skip, in order.  A reject: line and column of its place, the
 * first bytes there in angle brackets, and the reason.  Free with free(). */
char *document_reads(const sc_usage_reader *reader, const sc_card *card, const char *text);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bill_row.h - rows of a bill in CSV: cells by field, values with their checks, and the first problem of a row. */
#ifndef SC_USAGE_BILL_ROW_H
#define SC_USAGE_BILL_ROW_H

#include "usage/csv_columns.h"

/* One row at a time.  A problem is remembered, and the row then rejected once, so that values can be read one after
 * the other without asking. */
typedef struct sc_bill_row {
    sc_csv_cursor csv;
    sc_usage_sink *sink;
    const int *column; /* of each field, -1 = the header has none */
    size_t columns;
    const sc_csv_name *names; /* of fields */
    size_t n_names;
    size_t offset; /* of the problem in the row */
    char reason[240];
    sc_text cells[SC_CSV_COLUMNS_MAX];
    sc_csv_scratch scratch;
} sc_bill_row;

/* `columns`: how many the header has. */
void sc_bill_begin(sc_bill_row *b, const char *block, size_t size, sc_usage_sink *sink, const int *column,
                   size_t columns, const sc_csv_name *names, size_t n_names);
/* The next row; 0 at the end of the block. */
int sc_bill_next(sc_bill_row *b);
/* Hands the row's record to the sink, or rejects the row if there was a problem or the record has a flaw. */
void sc_bill_deliver(sc_bill_row *b, const sc_usage_record *r);

/* Remembers a problem with a field's cell, unless there was one before; the field's name comes before the text. */
void sc_bill_problem(sc_bill_row *b, int field, const char *format, ...) SC_PRINTF(3, 4);

/* A cell; what stands for "no value" ("", "NULL", "null", "\N") and a column that is missing are "". */
sc_text sc_bill_cell(sc_bill_row *b, int field);
/* The same for a column by its index in the header. */
sc_text sc_bill_column(sc_bill_row *b, size_t column);
/* Money in USD; 0 if the cell has none. */
int sc_bill_money(sc_bill_row *b, int field, sc_money *out);
/* A time; 0 if the cell has none. */
int sc_bill_time(sc_bill_row *b, int field, int64_t *out);
/* Start and grain of a record from the fields of its start (required) and end. */
void sc_bill_period(sc_bill_row *b, int start, int end, sc_usage_record *r);
/* The currency must be USD; none stated is taken for it. */
void sc_bill_currency(sc_bill_row *b, int field);
/* Tags of a map in a cell. */
void sc_bill_tags(sc_bill_row *b, int field, sc_usage_record *r);

/* Project or application inference profile, where a resource id is an ARN of one. */
void sc_bill_resource(sc_text arn, sc_usage_record *r);
/* Whether a line is of Bedrock, by service code or name of the product (source: AWS bills of 2025 and 2026, which name
 * AmazonBedrock, AmazonBedrockService, AmazonBedrockFoundationModels, or in Marketplace lines without a service only "Claude
 * Haiku 4.5 (Amazon Bedrock Edition)"). */
int sc_bill_is_bedrock(sc_text service_code, sc_text product);

#endif

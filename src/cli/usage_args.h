/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage_args.h - what all commands that read usage share: options, the ledger read from them, and what is said of it.
 */
#ifndef SC_CLI_USAGE_ARGS_H
#define SC_CLI_USAGE_ARGS_H

#include "cli/commands.h"
#include "spendcast/spendcast.h"

/* Everything that a command on usage works on. */
typedef struct usage {
    sc_card *card;
    sc_attribution *attribution;
    sc_ledger *ledger; /* sealed */
    sc_ingest *ingest;
    sc_rater rater;
    unsigned kinds; /* bit 1u << sc_usage_kind: kinds that count */
    int status;     /* exit code so far: 0, or 3 for rejected records that are not allowed */
} usage;

/* What a command needs of the ledger; NULL members = everything. */
typedef struct usage_needs {
    unsigned dims;           /* 0 = all */
    const char *const *tags; /* keys that are told apart whole, ended by NULL */
    int only;                /* 1: dims and tags are all that is kept, and usage is priced as it is read */
    int service;             /* 1: routing scopes and tiers are told apart */
    int sketches;
    const opt_list *bills; /* not NULL: these inputs too ("auto" = none), and bills are held against other usage, so
                              that only kinds of one side cover the same */
} usage_needs;

/* Opens card and attribution, reads the inputs.  0, or the exit code after printing why not (nothing is to be closed
 * then). */
int open_usage(const globals *g, const usage_options *o, const usage_needs *needs, const char *const *inputs, size_t n,
               usage *u);
/* Fine for one that is all zero. */
void close_usage(usage *u);
/* Inputs, records and whatever was passed over, for the end of a report. */
void add_usage_provenance(sc_report *r, const usage *u);
/* The same without the card. */
void add_input_provenance(sc_report *r, const usage *u);

#endif

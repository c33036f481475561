/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - commands and their options as static const tables: the parser, the help and the checks read the same
 * ones. */
#ifndef SC_CLI_OPTIONS_H
#define SC_CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "spendcast/spendcast.h"

typedef enum opt_type {
    OPT_FLAG,  /* int: 1 when given */
    OPT_TEXT,  /* const char * */
    OPT_LIST,  /* opt_list: may be given again */
    OPT_COUNT, /* int64_t; 1.5M and 20k are understood */
    OPT_REAL,  /* double; 30% is understood */
    OPT_DATE,  /* sc_day */
    OPT_CHOICE /* int: index into choices, separated by '|' */
} opt_type;

#define OPT_LIST_MAX 64
typedef struct opt_list {
    const char *item[OPT_LIST_MAX];
    size_t n;
} opt_list;

typedef struct opt {
    opt_type type;
    char letter; /* 0 = no short form */
    const char *name;
    size_t offset;        /* of the value in the command's struct */
    const char *arg;      /* "N", "FILE"; NULL for flags */
    const char *fallback; /* the default as text; NULL = not set */
    double min, max;      /* counts and reals */
    const char *choices;
    const char *help;
} opt;

/* Options every command has, first in each command's struct. */
typedef struct globals {
    int help;
    int format; /* sc_format */
    const char *output, *table;
    const char *card, *own_rates;
    int colour; /* auto, always, never */
    int quiet;
} globals;

typedef struct command command;
struct command {
    const char *name; /* "simulate", "rates price" */
    int (*run)(const command *c, const void *options, int argc, char **argv);
    const opt *options;
    size_t n_options, size;
    const char *args;       /* "SCENARIO" */
    int min_args, max_args; /* -1 = any number */
    const char *summary;
    const char *const *examples; /* "command line\0what it does" pairs, ended by NULL */
};

extern const opt global_options[];
extern const size_t n_global_options;
extern const command commands[];
extern const size_t n_commands;

/* Reads options and arguments of a command.  The struct is set to the defaults first.  Arguments are moved to argv[0 ..
 * *argc).  Prints the problem and returns -1 on wrong usage. */
int options_parse(const command *c, void *options, int *argc, char **argv);

/* The struct of a command with all options at their defaults; it must be zeroed. */
void options_defaults(const command *c, void *options);

/* Contradictions in the tables (names twice, bad defaults, missing help): prints each and returns how many. */
int options_check(void);

/* The command of this name, which there is. */
const command *command_named(const char *name);

/* 1 if the command's name has `group` ("rates") as its first of two words; NULL = the group of all. */
int command_in_group(const command *c, const char *group);
/* The word if it names a group, else NULL. */
const char *command_group(const char *word);

/* Finds the command that argv begins with; *words gets how many words its name has.  A word must follow that of a
 * group.  NULL after printing what is wrong. */
const command *command_find(char **argv, int *words);

/* What there is to choose from: all commands, or those of a group. */
void help_overview(FILE *out, const char *group);
void help_command(const command *c);

/* Typed values, shared with arguments that look like options' ("input=1.5M").  0, or -1 if the text is no such value.
 */
int value_count(const char *text, int64_t *out);
int value_real(const char *text, double *out);
/* Numbers with colons between them, at most `max`: how many there are, -1 where the text is something else. */
int value_reals(const char *text, double *out, int max);

#endif

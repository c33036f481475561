/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - from argv to a command and its exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/output.h"

int cmd_help(const command *c, const void *options, int argc, char **argv)
{
    const char *group = argc > 0 ? command_group(argv[0]) : NULL;
    int words;
    (void)c, (void)options;
    if (argc == (group != NULL)) {
        help_overview(stdout, group);
        return 0;
    }
    const command *about = command_find(argv, &words);
    if (about == NULL)
        return 2;
    help_command(about);
    return 0;
}

int cmd_version(const command *c, const void *options, int argc, char **argv)
{
    const globals *g = options;
    int status;
    (void)c, (void)argc, (void)argv;
    sc_card *card = open_card(g, &status);
    if (card == NULL)
        return status;
    sc_report *r = sc_report_new("version", "spendcast " SPENDCAST_VERSION);
    sc_report_figure_text(r, "compiler", "compiler", __VERSION__);
    sc_report_figure_text(r, "kernels", "kernels", sc_kernel_name());
    add_card_provenance(r, card);
    sc_card_free(card);
    return emit_report(g, r, 0);
}

static int asks_for_help(const char *word) { return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0; }

/* Options are read into what all commands begin with, the globals, and their own after it. */
static int run_command(const command *c, void *options, int argc, char **args)
{
    const globals *g = options;
    if (options_parse(c, options, &argc, args) != 0)
        return 2;
    if (g->help) {
        help_command(c);
        return 0;
    }
    if (g->table != NULL && g->format != SC_FORMAT_CSV) {
        print_problem(c->name, "--table '%s' picks a table of csv, expected --format csv beside it", g->table);
        return 2;
    }
    return c->run(c, options, argc, args);
}

static int run(int argc, char **argv)
{
    static char version_word[] = "version";
    const char *group = argc > 1 ? command_group(argv[1]) : NULL;
    int words = group != NULL;
    if (argc == words + 1) {
        help_overview(stderr, group);
        return 2;
    }
    if (asks_for_help(argv[words + 1])) {
        help_overview(stdout, group);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0)
        argv[1] = version_word;
    const command *c = command_find(argv + 1, &words);
    if (c == NULL)
        return 2;
    void *options = calloc(1, c->size);
    if (options == NULL) {
        print_problem(NULL, "out of memory");
        return exit_code(SC_E_MEMORY);
    }
    const int status = run_command(c, options, argc - 1 - words, argv + 1 + words);
    free(options);
    return status;
}

int main(int argc, char **argv)
{
    if (options_check() > 0)
        return 70;
    int status = run(argc, argv);
    /* A full disk shows only now, for all commands in one place. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "spendcast: cannot write to standard output\n");
        return 4;
    }
    return status;
}

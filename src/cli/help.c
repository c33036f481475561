/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c - help texts, written from the tables of commands and options. */
#include <stdio.h>
#include <string.h>

#include "cli/options.h"

static void print_examples(const command *c)
{
    for (const char *const *e = c->examples; *e != NULL; e++)
        printf("  %s\n      %s\n", *e, *e + strlen(*e) + 1);
}

/* Text in a column, wrapped. */
static void print_wrapped(const char *text, size_t indent, size_t width)
{
    size_t column = indent;
    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, " ");
        if (column > indent && column + 1 + len > width) {
            printf("\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", (int)len, p);
        column += len;
        p += len + (p[len] == ' ');
    }
    putchar('\n');
}

static void print_options(const opt *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const opt *o = &options[i];
        char head[80], text[600];
        if (o->letter != 0)
            snprintf(head, sizeof head, "-%c, --%s%s%s", o->letter, o->name, o->arg != NULL ? " " : "",
                     o->arg != NULL ? o->arg : "");
        else
            snprintf(head, sizeof head, "    --%s%s%s", o->name, o->arg != NULL ? " " : "",
                     o->arg != NULL ? o->arg : "");
        int len = snprintf(text, sizeof text, "%s", o->help);
        if (o->choices != NULL)
            len += snprintf(text + len, sizeof text - (size_t)len, ": %s", o->choices);
        if (o->fallback != NULL)
            snprintf(text + len, sizeof text - (size_t)len, " [%s]", o->fallback);
        printf("  %-27s ", head);
        if (strlen(head) > 27)
            printf("\n%30s", "");
        print_wrapped(text, 30, 100);
    }
}

void help_command(const command *c)
{
    printf("spendcast %s - %s\n\nExamples:\n", c->name, c->summary);
    print_examples(c);
    printf("\nUsage: spendcast %s [options]%s%s\n", c->name, c->args[0] != '\0' ? " " : "", c->args);
    if (c->n_options > 0) {
        printf("\nOptions:\n");
        print_options(c->options, c->n_options);
    }
    printf("\nFor every command:\n");
    print_options(global_options, n_global_options);
}

static void print_commands(FILE *out, const char *group)
{
    fprintf(out, "\nCommands:\n");
    for (size_t i = 0; i < n_commands; i++) {
        if (command_in_group(&commands[i], group))
            fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].summary);
    }
}

void help_overview(FILE *out, const char *group)
{
    if (group != NULL) {
        fprintf(out, "Usage: spendcast %s COMMAND\n", group);
        print_commands(out, group);
        fprintf(out, "\n`spendcast help %s COMMAND` shows examples and options.\n", group);
        return;
    }
    fprintf(out, "spendcast - what Amazon Bedrock workloads will cost, on this model and on others\n\nExamples:\n");
    for (size_t i = 0; i < n_commands; i++) {
        const char *e = commands[i].examples[0];
        if (strcmp(commands[i].name, "bill") == 0 || strcmp(commands[i].name, "simulate") == 0 ||
            strcmp(commands[i].name, "compare") == 0 || strcmp(commands[i].name, "rates price") == 0)
            fprintf(out, "  %s\n      %s\n", e, e + strlen(e) + 1);
    }
    print_commands(out, NULL);
    fprintf(out, "\n`spendcast help COMMAND` shows examples and options.  No network, no account, no prompt text.\n"
                 "Exit codes: 0 done, 1 a finding (--fail-if), 2 wrong usage or value of an option,\n"
                 "3 bad input (a file, MODEL or SCENARIO), 4 a file could not be read or written, 70 internal.\n");
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.c - the parser of command lines, from the tables of options.h. */
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

#include "cli/output.h"

/* "1.5M" -> 1500000, exactly. */
int value_count(const char *text, int64_t *out)
{
    size_t len = strlen(text);
    int scale = 0;
    if (len == 0)
        return -1;
    switch (text[len - 1]) {
    case 'k':
    case 'K': scale = 3; break;
    case 'M': scale = 6; break;
    case 'G': scale = 9; break;
    default: break;
    }
    return sc_decimal_parse(text, scale > 0 ? len - 1 : len, scale, out) == SC_OK ? 0 : -1;
}

int value_real(const char *text, double *out)
{
    size_t len = strlen(text);
    int64_t nano = 0;
    int percent = len > 1 && text[len - 1] == '%';
    if (sc_decimal_parse(text, len - (size_t)percent, 9, &nano) != SC_OK)
        return -1;
    *out = (double)nano / (percent ? 1e11 : 1e9);
    return 0;
}

int value_reals(const char *text, double *out, int max)
{
    char part[64];
    for (int n = 0; n < max; n++) {
        const size_t len = strcspn(text, ":");
        if (len >= sizeof part)
            return -1;
        memcpy(part, text, len);
        part[len] = '\0';
        if (value_real(part, &out[n]) != 0)
            return -1;
        if (text[len] == '\0')
            return n + 1;
        text += len + 1;
    }
    return -1;
}

static int choice_of(const char *choices, const char *text, size_t len)
{
    int i = 0;
    for (const char *p = choices; p != NULL && *p != '\0'; i++) {
        size_t n = strcspn(p, "|");
        if (n == len && memcmp(p, text, n) == 0)
            return i;
        p += n + (p[n] == '|');
    }
    return -1;
}

/* Stores a value; returns NULL or what was expected. */
static const char *store(const opt *o, void *options, const char *text, char *expected, size_t size)
{
    void *target = (char *)options + o->offset;
    int64_t count = 0;
    double real = 0.0;
    sc_day day = 0;
    switch (o->type) {
    case OPT_FLAG: *(int *)target = 1; return NULL;
    case OPT_TEXT: *(const char **)target = text; return text[0] != '\0' ? NULL : o->arg;
    case OPT_LIST: {
        opt_list *list = target;
        if (list->n == OPT_LIST_MAX) {
            snprintf(expected, size, "no more than %d of this option", OPT_LIST_MAX);
            return expected;
        }
        list->item[list->n++] = text;
        return NULL;
    }
    case OPT_COUNT:
        if (value_count(text, &count) == 0 && (double)count >= o->min && (double)count <= o->max) {
            *(int64_t *)target = count;
            return NULL;
        }
        snprintf(expected, size, "a whole number from %.0f to %.0f", o->min, o->max);
        return expected;
    case OPT_REAL:
        if (value_real(text, &real) == 0 && real >= o->min && real <= o->max) {
            *(double *)target = real;
            return NULL;
        }
        snprintf(expected, size, "a number from %g to %g", o->min, o->max);
        return expected;
    case OPT_DATE:
        if (sc_day_parse(text, strlen(text), &day) == SC_OK) {
            *(sc_day *)target = day;
            return NULL;
        }
        return "a date YYYY-MM-DD";
    case OPT_CHOICE: {
        int i = choice_of(o->choices, text, strlen(text));
        if (i >= 0) {
            *(int *)target = i;
            return NULL;
        }
        snprintf(expected, size, "one of %s", o->choices);
        return expected;
    }
    }
    return "something else";
}

static void set_defaults(const opt *options, size_t n, void *target)
{
    char expected[200];
    for (size_t i = 0; i < n; i++) {
        if (options[i].fallback != NULL)
            (void)store(&options[i], target, options[i].fallback, expected, sizeof expected);
        else if (options[i].type == OPT_DATE)
            *(sc_day *)(void *)((char *)target + options[i].offset) = SC_DAY_MAX;
    }
}

void options_defaults(const command *c, void *options)
{
    set_defaults(global_options, n_global_options, options);
    set_defaults(c->options, c->n_options, options);
}

static const opt *find_long(const command *c, const char *name, size_t len)
{
    for (size_t i = 0; i < c->n_options + n_global_options; i++) {
        const opt *o = i < c->n_options ? &c->options[i] : &global_options[i - c->n_options];
        if (strlen(o->name) == len && memcmp(o->name, name, len) == 0)
            return o;
    }
    return NULL;
}

static const opt *find_letter(const command *c, char letter)
{
    for (size_t i = 0; i < c->n_options + n_global_options; i++) {
        const opt *o = i < c->n_options ? &c->options[i] : &global_options[i - c->n_options];
        if (o->letter != 0 && o->letter == letter)
            return o;
    }
    return NULL;
}

static int unknown_option(const command *c, const char *text)
{
    const char *names[80];
    char word[80];
    size_t n = 0, len = strcspn(text, "=");
    for (size_t i = 0; i < c->n_options + n_global_options && n < 80; i++)
        names[n++] = i < c->n_options ? c->options[i].name : global_options[i - c->n_options].name;
    snprintf(word, sizeof word, "%.*s", (int)len, text);
    while (word[0] == '-')
        memmove(word, word + 1, strlen(word));
    const char *near = sc_nearest_name(word, names, n);
    if (near != NULL)
        print_problem(c->name, "unknown option '%.*s'; did you mean '--%s'?", (int)len, text, near);
    else
        print_problem(c->name, "unknown option '%.*s'; `spendcast help %s` lists the options", (int)len, text, c->name);
    return -1;
}

int options_parse(const command *c, void *options, int *argc, char **argv)
{
    int kept = 0, only_args = 0;
    memset(options, 0, c->size);
    options_defaults(c, options);
    for (int i = 0; i < *argc; i++) {
        char *word = argv[i], expected[200];
        if (only_args || word[0] != '-' || word[1] == '\0') {
            argv[kept++] = word;
            continue;
        }
        if (strcmp(word, "--") == 0) {
            only_args = 1;
            continue;
        }
        int is_long = word[1] == '-';
        size_t len = is_long ? strcspn(word + 2, "=") + 2 : 2;
        const opt *o = is_long ? find_long(c, word + 2, len - 2) : find_letter(c, word[1]);
        /* "-trials" is a slip for "--trials", not -t with the value "rials" */
        if (o == NULL || (!is_long && find_long(c, word + 1, strcspn(word + 1, "=")) != NULL))
            return unknown_option(c, word);
        const char *value = word[len] == '=' && is_long   ? word + len + 1
                            : !is_long && word[2] != '\0' ? word + 2
                                                          : NULL;
        if (o->type == OPT_FLAG && value != NULL) {
            print_problem(c->name, "option '--%s' takes no value, found '%s'", o->name, value);
            return -1;
        }
        if (o->type != OPT_FLAG && value == NULL) {
            if (i + 1 == *argc) {
                print_problem(c->name, "option '--%s' has no value, expected %s", o->name, o->arg);
                return -1;
            }
            value = argv[++i];
        }
        const char *wrong = store(o, options, value, expected, sizeof expected);
        if (wrong != NULL) {
            print_problem(c->name, "--%s: found '%s', expected %s", o->name, value, wrong);
            return -1;
        }
    }
    *argc = kept;
    if (((const globals *)options)->help)
        return 0;
    if (kept < c->min_args || (c->max_args >= 0 && kept > c->max_args)) {
        if (kept < c->min_args)
            print_problem(c->name, "too few arguments, expected %s", c->args);
        else
            print_problem(c->name, "one argument too many, '%s', expected %s", argv[c->max_args],
                          c->args[0] != '\0' ? c->args : "none");
        return -1;
    }
    return 0;
}

const command *command_named(const char *name)
{
    const command *c = commands;
    while (strcmp(c->name, name) != 0)
        c++;
    return c;
}

int command_in_group(const command *c, const char *group)
{
    size_t len = group != NULL ? strlen(group) : 0;
    return group == NULL || (strncmp(c->name, group, len) == 0 && c->name[len] == ' ');
}

const char *command_group(const char *word)
{
    for (size_t i = 0; i < n_commands; i++) {
        if (command_in_group(&commands[i], word))
            return word;
    }
    return NULL;
}

const command *command_find(char **argv, int *words)
{
    const char *names[64], *group = command_group(argv[0]), *word = argv[group != NULL];
    size_t n = 0, skip = group != NULL ? strlen(group) + 1 : 0;
    *words = group != NULL ? 2 : 1;
    for (size_t i = 0; i < n_commands && n < 64; i++) {
        if (!command_in_group(&commands[i], group))
            continue;
        names[n] = commands[i].name + skip;
        if (strcmp(names[n++], word) == 0)
            return &commands[i];
    }
    if (word[0] == '-')
        print_problem(group, "option '%s' before the command, expected options after it", word);
    else if (group == NULL && sc_nearest_name(word, names, n) == NULL)
        print_problem(NULL, "unknown command '%s'; `spendcast help` lists the commands", word);
    else
        print_unknown(group, "command", word, names, n);
    return NULL;
}

static int check_option(const command *c, const opt *o, const char *where)
{
    char scratch[OPT_LIST_MAX * sizeof(char *) + 64] = {0}, expected[200];
    opt probe = *o;
    int bad = 0;
    probe.offset = 0;
    if (o->help == NULL || o->help[0] == '\0')
        bad += fprintf(stderr, "BUG: %s --%s has no help\n", where, o->name) > 0;
    if ((o->arg == NULL) != (o->type == OPT_FLAG))
        bad += fprintf(stderr, "BUG: %s --%s: flags have no argument name, all others have one\n", where, o->name) > 0;
    if ((o->choices != NULL) != (o->type == OPT_CHOICE))
        bad += fprintf(stderr, "BUG: %s --%s: choices belong to choices only\n", where, o->name) > 0;
    if (o->fallback != NULL &&
        (o->type == OPT_LIST || store(&probe, scratch, o->fallback, expected, sizeof expected) != NULL))
        bad += fprintf(stderr, "BUG: %s --%s: default '%s' is not a value of it\n", where, o->name, o->fallback) > 0;
    if (c != NULL && o->offset >= c->size)
        bad += fprintf(stderr, "BUG: %s --%s lies outside its struct\n", where, o->name) > 0;
    return bad;
}

int options_check(void)
{
    int bad = 0;
    for (size_t i = 0; i < n_global_options; i++)
        bad += check_option(NULL, &global_options[i], "global");
    for (size_t k = 0; k < n_commands; k++) {
        const command *c = &commands[k];
        if (c->examples == NULL || c->examples[0] == NULL || c->summary == NULL || c->run == NULL ||
            c->size < sizeof(globals))
            bad += fprintf(stderr, "BUG: command '%s' is incomplete\n", c->name) > 0;
        for (size_t i = 0; i < k; i++)
            bad += strcmp(commands[i].name, c->name) == 0 &&
                   fprintf(stderr, "BUG: command '%s' stands twice\n", c->name) > 0;
        for (size_t i = 0; i < c->n_options; i++) {
            bad += check_option(c, &c->options[i], c->name);
            for (size_t j = 0; j < i + n_global_options; j++) {
                const opt *o = &c->options[i], *p = j < i ? &c->options[j] : &global_options[j - i];
                if (strcmp(o->name, p->name) == 0 || (o->letter != 0 && o->letter == p->letter))
                    bad += fprintf(stderr, "BUG: %s: --%s and --%s clash\n", c->name, o->name, p->name) > 0;
            }
        }
    }
    return bad;
}

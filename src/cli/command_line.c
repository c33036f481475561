/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command_line.c - the line that gives the same report again. */
#include "cli/command_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Options that change where a report goes and how it looks, not what it says. */
static int is_of_output(const opt *o)
{
    static const char *const names[] = {"help",    "format", "output",  "table", "color",         "quiet",
                                        "threads", "tmp",    "rejects", "plot",  "keep-plot-data"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(o->name, names[i]) == 0)
            return 1;
    }
    return 0;
}

/* A word as a shell reads it back: quoted unless it is plain. */
static void put_word(FILE *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'')
            fputs("'\\''", out);
        else
            fputc(*at, out);
    }
    fputc('\'', out);
}

static void put_argument(FILE *out, const char *word)
{
    fputc(' ', out);
    put_word(out, word);
}

/* As "--name value", or "--name=value" where a value of its own would look like an option. */
static void put_option(FILE *out, const opt *o, const char *value)
{
    fprintf(out, " --%s%s", o->name, value[0] == '-' ? "=" : " ");
    put_word(out, value);
}

static void put_choice(FILE *out, const opt *o, int choice)
{
    const char *at = o->choices;
    char text[64];
    for (int i = 0; i < choice && strchr(at, '|') != NULL; i++)
        at = strchr(at, '|') + 1;
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "|"), at);
    put_option(out, o, text);
}

/* The option where its value is not the usual one. */
static void put_if_set(FILE *out, const opt *o, const void *options, const void *usual)
{
    const char *at = (const char *)options + o->offset, *before = (const char *)usual + o->offset;
    const void *value = at, *default_value = before;
    char text[64];
    switch (o->type) {
    case OPT_FLAG:
        if (*(const int *)value != *(const int *)default_value)
            fprintf(out, " --%s", o->name);
        break;
    case OPT_TEXT: {
        const char *is = *(const char *const *)value, *was = *(const char *const *)default_value;
        if (is != NULL && (was == NULL || strcmp(is, was) != 0))
            put_option(out, o, is);
        break;
    }
    case OPT_LIST:
        for (size_t i = 0; i < ((const opt_list *)value)->n; i++)
            put_option(out, o, ((const opt_list *)value)->item[i]);
        break;
    case OPT_COUNT:
        snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)value);
        if (*(const int64_t *)value != *(const int64_t *)default_value)
            put_option(out, o, text);
        break;
    case OPT_REAL: {
        const double is = *(const double *)value;
        for (int digits = 6; digits <= 17; digits++) { /* the shortest that is read back the same */
            double back;
            snprintf(text, sizeof text, "%.*g", digits, is);
            if (value_real(text, &back) == 0 && !(back < is) && !(back > is))
                break;
        }
        if (is < *(const double *)default_value || is > *(const double *)default_value)
            put_option(out, o, text);
        break;
    }
    case OPT_DATE:
        if (*(const sc_day *)value != *(const sc_day *)default_value)
            put_option(out, o, sc_day_format(*(const sc_day *)value, text));
        break;
    case OPT_CHOICE:
        if (*(const int *)value != *(const int *)default_value)
            put_choice(out, o, *(const int *)value);
        break;
    }
}

char *command_line(const command *c, const void *options, const char *const *args, size_t n)
{
    char *text = NULL;
    size_t size = 0;
    void *usual = calloc(1, c->size);
    FILE *out = usual != NULL ? open_memstream(&text, &size) : NULL;
    int dashes = 0;
    if (out == NULL) {
        free(usual);
        return NULL;
    }
    options_defaults(c, usual);
    fprintf(out, "spendcast %s", c->name);
    for (size_t i = 0; i < n; i++)
        dashes |= args[i][0] == '-';
    for (size_t i = 0; !dashes && i < n; i++)
        put_argument(out, args[i]);
    for (size_t i = 0; i < c->n_options + n_global_options; i++) {
        const opt *o = i < c->n_options ? &c->options[i] : &global_options[i - c->n_options];
        if (!is_of_output(o))
            put_if_set(out, o, options, usual);
    }
    if (dashes)
        fputs(" --", out);
    for (size_t i = 0; dashes && i < n; i++)
        put_argument(out, args[i]);
    free(usual);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

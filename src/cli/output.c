/* SPDX-License-Identifier: GPL-3.0-or-later */
/* output.c - where results and problems go: stdout or a file, stderr, exit codes; the clock and the terminal. */
#include "cli/output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define WIDTH_UNKNOWN 100

int exit_code(sc_code code)
{
    switch (code) {
    case SC_OK: return 0;
    case SC_E_USAGE: return 2;
    case SC_E_INPUT: return 3;
    case SC_E_IO: return 4;
    default: return 70;
    }
}

void print_errors(const sc_errors *errors)
{
    char text[2048];
    for (int i = 0; i < errors->count; i++) {
        sc_error_format(&errors->item[i], text, sizeof text);
        size_t len = strlen(text);
        fprintf(stderr, "%s%s%s", errors->item[i].file[0] == '\0' ? "spendcast: " : "", text,
                len > 0 && text[len - 1] == '\n' ? "" : "\n");
    }
    if (errors->dropped > 0)
        fprintf(stderr, "and %d more\n", errors->dropped);
}

void print_problem(const char *where, const char *format, ...)
{
    char program[80];
    const sc_place place = {.file = where != NULL ? program : NULL};
    sc_errors errors = {0};
    va_list args;
    snprintf(program, sizeof program, "spendcast %s", where != NULL ? where : "");
    va_start(args, format);
    sc_errors_addv(&errors, SC_E_USAGE, &place, NULL, format, args);
    va_end(args);
    print_errors(&errors);
}

void print_unknown(const char *where, const char *kind, const char *name, const char *const *names, size_t n)
{
    char hint[SC_NAME_HINT_MAX];
    print_problem(where, "unknown %s '%s'%s", kind, name, sc_name_hint(name, names, n, hint));
}

/* Not through print_problem: the hint is safe to print already, and longer than a message may be. */
void print_plot_hint(const char *hint)
{
    if (hint[0] != '\0')
        fprintf(stderr, "spendcast: gnuplot is not installed; this command draws the plot where it is: %s\n", hint);
}

static int terminal_width(void)
{
    struct winsize size;
    const char *columns = getenv("COLUMNS");
    int64_t n;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (columns != NULL && value_count(columns, &n) == 0 && n >= 40 && n <= 10000)
        return (int)n;
    return WIDTH_UNKNOWN;
}

static int wants_colour(const globals *g)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    if (g->colour != 0)
        return g->colour == 1;
    return g->output == NULL && isatty(STDOUT_FILENO) && (none == NULL || none[0] == '\0') &&
           (term == NULL || strcmp(term, "dumb") != 0);
}

static sc_code print_piece(void *errors, const char *text, size_t size)
{
    if (fwrite(text, 1, size, stdout) == size)
        return SC_OK;
    return sc_errors_add(errors, SC_E_IO, NULL, NULL, "cannot write to standard output");
}

static int emit(const globals *g, sc_report *r, int finding, int width)
{
    sc_errors errors = {0};
    sc_render_options o = {
        .format = (sc_format)g->format, .width = width, .colour = wants_colour(g), .table = g->table};
    const int is_file = g->output != NULL && strcmp(g->output, "-") != 0;
    const sc_code code =
        is_file ? sc_report_save(r, &o, g->output, &errors) : sc_report_write(r, &o, print_piece, &errors, &errors);
    print_errors(&errors);
    sc_report_free(r);
    return code == SC_OK ? finding : exit_code(code);
}

int emit_report(const globals *g, sc_report *r, int finding) { return emit(g, r, finding, terminal_width()); }
int emit_wide_report(const globals *g, sc_report *r) { return emit(g, r, 0, 0); }

sc_card *open_card(const globals *g, int *status)
{
    sc_errors errors = {0};
    sc_card *card = NULL;
    sc_code code = sc_card_load(g->card, g->own_rates, &card, &errors);
    print_errors(&errors);
    *status = exit_code(code);
    if (code == SC_E_MEMORY)
        print_problem(NULL, "out of memory");
    return card;
}

sc_day today(void)
{
    time_t now = time(NULL);
    return (sc_day)(now / 86400);
}

void add_card_provenance(sc_report *r, const sc_card *card)
{
    char when[16];
    sc_report_provenance(r, "spendcast", "%s", SPENDCAST_VERSION);
    sc_report_provenance(r, "rate_card", "%.12s", sc_card_hash(card));
    sc_report_provenance(r, "rate_card_checked", "%s", sc_day_format(sc_card_checked(card), when));
    if (sc_card_own_hash(card)[0] != '\0')
        sc_report_provenance(r, "own_rates", "%.12s", sc_card_own_hash(card));
}

static void show_progress(void *context, double done)
{
    (void)context;
    fprintf(stderr, "\rsimulating %3.0f %%", 100.0 * done);
    fflush(stderr);
}

sc_progress progress_line(const globals *g) { return !g->quiet && isatty(STDERR_FILENO) ? show_progress : NULL; }

void progress_done(sc_progress p)
{
    if (p != NULL)
        fprintf(stderr, "\r\033[K");
}

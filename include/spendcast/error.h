/* SPDX-License-Identifier: GPL-3.0-or-later */
/* error.h - what went wrong, where, and what was expected instead.
 *
 * The library never prints, exits or aborts on bad input.  Functions that can fail return an sc_code; those that read
 * input files also take an sc_errors list and add one sc_error per problem, so that one run reports several.
 *
 * Message law: lower case, no full stop, subject in 'quotes', what was found first, then what was expected, then the
 * nearest valid name: "unknown model 'x'; did you mean 'y'?". */
#ifndef SPENDCAST_ERROR_H
#define SPENDCAST_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SC_API __attribute__((visibility("default")))
#define SC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

typedef enum sc_code {
    SC_OK = 0,
    SC_E_USAGE = 2,    /* the caller asked for something that makes no sense */
    SC_E_INPUT = 3,    /* an input file or value is wrong; each problem has an sc_error */
    SC_E_IO = 4,       /* a file could not be read or written */
    SC_E_MEMORY = 5,   /* an allocation failed */
    SC_E_INTERNAL = 70 /* a contradiction inside the library: a bug */
} sc_code;

/* One problem.  Plain data, owns nothing. */
typedef struct sc_error {
    sc_code code;
    int warning;      /* 1: reported, but the input is still used */
    int line, column; /* 1-based, column in characters (UTF-8); 0 = not known */
    int caret;        /* 0-based byte in source[] where the caret starts, -1 = no excerpt */
    int width;        /* bytes to underline, at least 1 */
    char file[256];   /* a long name keeps its tail */
    char key[192];    /* key path ("/projects/3/workloads/0/offer") or column name, "" = none */
    char text[480];   /* the message */
    char source[240]; /* the source line, or a window of it around the caret; "" = none */
} sc_error;

#define SC_ERRORS_MAX 20

/* A list of problems in the order found.  Zero-initialise it ({0}); those past the last slot are only counted. */
typedef struct sc_errors {
    int count;   /* items filled */
    int errors;  /* items and dropped ones that are errors, not warnings */
    int dropped; /* problems found after the list was full */
    sc_error item[SC_ERRORS_MAX];
} sc_errors;

/* A place in an input text, from which line, column and the source line of an error are computed. */
typedef struct sc_place {
    const char *file; /* name to print, NULL = none */
    const char *text; /* the whole input, NULL = no excerpt */
    size_t size;      /* bytes of text */
    size_t offset;    /* byte where the problem starts, <= size */
    size_t width;     /* bytes it covers */
} sc_place;

/* Adds an error (or a warning) and returns `code`, so that `return sc_errors_add(...)` reads well.  `list`, `place` and
 * `key` may be NULL. */
SC_API sc_code sc_errors_add(sc_errors *list, sc_code code, const sc_place *place, const char *key, const char *format,
                             ...) SC_PRINTF(5, 6);
SC_API sc_code sc_errors_addv(sc_errors *list, sc_code code, const sc_place *place, const char *key, const char *format,
                              va_list args) SC_PRINTF(5, 0);
SC_API void sc_errors_warn(sc_errors *list, const sc_place *place, const char *key, const char *format, ...)
    SC_PRINTF(4, 5);

/* A buffer of this size holds any sc_error as text. */
#define SC_ERROR_TEXT_MAX 2048

/* Writes the error as text into buf (always terminated, cut if too long, no line feed at its end), in the form
 *     file:line:column: key: text
 *        12 | the source line
 *           |     ^^^^
 * A warning has "warning: " before the text.  Tabs are shown as a blank; control characters, characters that change the
 * direction of writing and malformed UTF-8 as '?', so that no input can act on a terminal.  Returns the length. */
SC_API size_t sc_error_format(const sc_error *e, char *buf, size_t size);

/* A short name for a code: "ok", "usage", "input", "io", "memory", "internal". */
SC_API const char *sc_code_name(sc_code code);

/* The name in names[0..n) nearest to `word` by edit distance (case folded; a third of the word's length may differ, at
 * least 1), or NULL.  Of equally near names the first is given. */
SC_API const char *sc_nearest_name(const char *word, const char *const *names, size_t n);

#define SC_NAME_HINT_MAX 400

/* How a message on an unknown name ends: "; did you mean 'x'?" with the nearest of names[0..n), or else ", expected a,
 * b or c", of many names the first ones "or N more"; "" for no names.  buf holds SC_NAME_HINT_MAX bytes; a longer text
 * is cut.  Returns buf. */
SC_API char *sc_name_hint(const char *word, const char *const *names, size_t n, char *buf);

#ifdef __cplusplus
}
#endif
#endif

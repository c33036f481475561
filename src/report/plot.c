/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot.c - data files and the gnuplot call that draws them, without a shell.
 *
 * No text is ever code: numbers and names go into a data file, titles are arguments that the script holds as strings,
 * and every path starts with '/' or "./", since gnuplot takes a leading '<' or '|' for a command. */
#include "report/drawing.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/embedded.h"
#include "base/strbuf.h"
#include "io/file.h"
#include "report/render.h"
#include "spendcast/report.h"

#define MESSAGE_MAX ((size_t)4096)      /* of what gnuplot says, the rest is dropped */
#define PICTURE_MAX ((size_t)256 << 20) /* bytes */

extern char **environ; /* POSIX leaves the declaration to the program; gnuplot gets it as it is */

static const char *terminal_of(const char *path)
{
    size_t len = strlen(path);
    if (len > 4 && strcasecmp(path + len - 4, ".svg") == 0)
        return "svg";
    if (len > 4 && strcasecmp(path + len - 4, ".png") == 0)
        return "png";
    return NULL;
}

sc_code sc_plot_check(const char *path, sc_errors *errors)
{
    if (terminal_of(path) != NULL)
        return SC_OK;
    return sc_errors_add(errors, SC_E_USAGE, NULL, NULL, "cannot draw '%s': its name must end in .svg or .png", path);
}

static void name_file(sc_strbuf *name, const char *path, const char *suffix)
{
    sc_strbuf_puts(name, path[0] == '/' ? "" : "./");
    sc_strbuf_puts(name, path);
    sc_strbuf_puts(name, suffix);
}

/* The name as the caller began it, for messages: without the "./" that is for gnuplot. */
static const char *as_given(const sc_drawing *d, const sc_strbuf *name)
{
    return name->text + (d->path[0] == '/' ? 0 : 2);
}

/* gnuplot leaves '>' in an SVG as it is, and "]]>" must not stand in XML text (XML 1.0, section 2.4). */
static void add_title(sc_strbuf *out, const char *text)
{
    sc_strbuf_puts(out, "");
    for (const char *cut; (cut = strstr(text, "]]>")) != NULL; text = cut + 2) {
        sc_add_safe(out, text, (size_t)(cut + 2 - text));
        sc_strbuf_putc(out, ' ');
    }
    sc_add_safe(out, text, strlen(text));
}

static void drawing_release(sc_drawing *d)
{
    sc_strbuf_release(&d->title);
    sc_strbuf_release(&d->subtitle);
    sc_strbuf_release(&d->x_label);
    sc_strbuf_release(&d->y_label);
    sc_strbuf_release(&d->data);
    sc_strbuf_release(&d->settings);
    sc_strbuf_release(&d->data_file);
    sc_strbuf_release(&d->script_file);
    sc_strbuf_release(&d->part);
}

sc_code sc_drawing_begin(sc_drawing *d, const char *template, const char *path, const char *title, const char *note,
                         const char *subtitle, sc_errors *errors)
{
    *d = (sc_drawing){.path = path, .template = template, .terminal = terminal_of(path)};
    sc_code code = sc_plot_check(path, errors);
    if (code != SC_OK)
        return code;
    add_title(&d->title, title != NULL ? title : "");
    if (note != NULL)
        sc_strbuf_printf(&d->subtitle, subtitle != NULL && *subtitle != '\0' ? "%s; " : "%s", note);
    add_title(&d->subtitle, subtitle != NULL ? subtitle : "");
    name_file(&d->data_file, path, ".tsv");
    name_file(&d->script_file, path, ".gp");
    name_file(&d->part, path, ".part");
    if (d->title.failed || d->subtitle.failed || d->data_file.failed || d->script_file.failed || d->part.failed)
        return sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    sc_strbuf_printf(&d->data, "# title: %s\n# subtitle: %s\n", d->title.text, d->subtitle.text);
    return SC_OK;
}

void sc_drawing_set(sc_drawing *d, const char *name, double value)
{
    char buf[64];
    sc_strbuf_printf(&d->settings, "%s = %s\n", name, sc_format_fixed(value, 9, 0, buf));
}

void sc_drawing_labels(sc_drawing *d, const char *x, const char *y)
{
    add_title(&d->x_label, x != NULL ? x : "");
    add_title(&d->y_label, y != NULL ? y : "");
}

void sc_drawing_frame(sc_drawing *d, const sc_frame *frame)
{
    sc_drawing_set(d, "width", frame->width);
    sc_drawing_set(d, "height", frame->height);
    sc_drawing_set(d, "left", frame->left);
    sc_drawing_set(d, "right", frame->right);
    sc_drawing_set(d, "top", frame->top);
    sc_drawing_set(d, "bottom", frame->bottom);
}

void sc_drawing_number(sc_drawing *d, double x, int decimals)
{
    char buf[64];
    sc_strbuf_putc(&d->data, '\t');
    sc_strbuf_puts(&d->data, sc_is_finite(x) ? sc_format_fixed(x, decimals, 0, buf) : "NaN");
}

void sc_drawing_name(sc_drawing *d, const char *name)
{
    sc_strbuf_putc(&d->data, '\t');
    size_t start = d->data.len;
    add_title(&d->data, name);
    for (size_t i = start; !d->data.failed && i < d->data.len; i++) {
        char *c = d->data.text + i;
        *c = *c == '"' ? '\'' : *c == '\\' ? '/' : *c;
    }
}

static const sc_embedded_file *embedded_file(const char *name, sc_errors *errors)
{
    for (const sc_embedded_file *f = sc_embedded_files; f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0)
            return f;
    }
    sc_errors_add(errors, SC_E_INTERNAL, NULL, NULL, "no built-in file '%s'", name);
    return NULL;
}

static sc_code write_script(const sc_drawing *d, sc_errors *errors)
{
    const sc_embedded_file *style = embedded_file("plots/style.gp", errors);
    const sc_embedded_file *template = embedded_file(d->template, errors);
    if (style == NULL || template == NULL)
        return SC_E_INTERNAL;
    sc_strbuf script = {0};
    sc_strbuf_puts(&script, "# SPDX-License-Identifier: GPL-3.0-or-later\n# The numbers of this picture.\n");
    sc_strbuf_add(&script, d->settings.text, d->settings.len);
    sc_strbuf_puts(&script, "\n");
    sc_strbuf_add(&script, (const char *)style->data, style->size);
    sc_strbuf_puts(&script, "\n");
    sc_strbuf_add(&script, (const char *)template->data, template->size);
    sc_code code = script.failed ? sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory")
                                 : sc_file_write(as_given(d, &d->script_file), script.text, script.len, errors);
    sc_strbuf_release(&script);
    return code;
}

/* Adds a word as a POSIX shell reads it back. */
static void add_quoted(sc_strbuf *out, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    sc_strbuf_putc(out, ' ');
    if (*word != '\0' && word[strspn(word, plain)] == '\0') {
        sc_strbuf_puts(out, word);
        return;
    }
    sc_strbuf_putc(out, '\'');
    for (; *word != '\0'; word++) {
        if (*word == '\'')
            sc_strbuf_puts(out, "'\\''");
        else
            sc_strbuf_putc(out, *word);
    }
    sc_strbuf_putc(out, '\'');
}

/* The command that draws what is left on disk; the texts are dropped where they do not fit.  Running out of memory here
 * costs the hint only. */
static void write_hint(const sc_drawing *d, char *hint, size_t hint_size)
{
    for (int with_texts = 1; with_texts >= 0; with_texts--) {
        sc_strbuf command = {0}, safe = {0}, out = {0};
        name_file(&out, d->path, "");
        if (!out.failed) {
            sc_strbuf_puts(&command, "gnuplot -d -c");
            add_quoted(&command, d->script_file.text);
            add_quoted(&command, d->data_file.text);
            add_quoted(&command, out.text);
            add_quoted(&command, d->terminal);
            if (with_texts) {
                add_quoted(&command, d->title.text);
                add_quoted(&command, d->subtitle.text);
                if (d->y_label.text != NULL) {
                    add_quoted(&command, d->x_label.text);
                    add_quoted(&command, d->y_label.text);
                }
            }
        }
        if (!out.failed && !command.failed)
            sc_add_safe(&safe, command.text, command.len);
        int fits = safe.text != NULL && !safe.failed && safe.len < hint_size;
        if (fits)
            memcpy(hint, safe.text, safe.len + 1);
        sc_strbuf_release(&command);
        sc_strbuf_release(&safe);
        sc_strbuf_release(&out);
        if (fits)
            return;
    }
    static const char general[] = "gnuplot -d -c PATH.gp PATH.tsv PATH svg|png";
    if (hint_size >= sizeof general)
        memcpy(hint, general, sizeof general);
}

/* Reads the pipe to its end and keeps the first bytes as text. */
static void read_message(int fd, char message[MESSAGE_MAX])
{
    char block[512];
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        size_t room = MESSAGE_MAX - 1 - len;
        size_t take = (size_t)n < room ? (size_t)n : room;
        memcpy(message + len, block, take);
        len += take;
    }
    message[len] = '\0';
}

/* The line that says what is wrong: gnuplot prints the source line, a caret and then '"file" line 7: message'. */
static void add_first_message(sc_strbuf *out, const char *message)
{
    const char *found = NULL;
    size_t found_len = 0;
    for (const char *line = message; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        int blank = strspn(line, " \t\r^") >= len;
        int quoted = line[0] == '"';
        const char *warning = strstr(line, "warning:");
        if (!blank && (found == NULL || quoted) && (warning == NULL || warning > line + len)) {
            found = line;
            found_len = len;
            if (quoted)
                break;
        }
        line += len + (line[len] == '\n');
    }
    if (found != NULL) {
        sc_strbuf_puts(out, ": ");
        sc_add_safe(out, found, found_len);
    }
}

/* Starts gnuplot with its messages going to `messages`.  Returns 0 or an errno. */
static int spawn_gnuplot(const sc_drawing *d, int messages, pid_t *child)
{
    char gnuplot[] = "gnuplot", no_settings[] = "-d", script_follows[] = "-c", terminal[8];
    memcpy(terminal, d->terminal, strlen(d->terminal) + 1);
    /* An axis without a label ends the list early. */
    char *argv[] = {gnuplot,  no_settings,   script_follows,   d->script_file.text, d->data_file.text, d->part.text,
                    terminal, d->title.text, d->subtitle.text, d->x_label.text,     d->y_label.text,   NULL};

    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, messages, STDERR_FILENO);
    if (error == 0)
        error = posix_spawnp(child, gnuplot, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

/* Runs gnuplot and waits for it.  *found = 0 if there is none on PATH. */
static sc_code run_gnuplot(const sc_drawing *d, int *found, sc_errors *errors)
{
    const sc_place place = {.file = d->path};
    int ends[2];
    pid_t child;
    *found = 1;
    if (pipe(ends) != 0)
        return sc_errors_add(errors, SC_E_IO, &place, NULL, "cannot start gnuplot: system error %d", errno);
    /* gnuplot keeps only the copy of the writing end that becomes its stderr. */
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    int error = spawn_gnuplot(d, ends[1], &child);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
        if (error == ENOENT) {
            *found = 0;
            return SC_OK;
        }
        return sc_errors_add(errors, SC_E_IO, &place, NULL, "cannot start gnuplot: system error %d", error);
    }

    char message[MESSAGE_MAX];
    read_message(ends[0], message);
    close(ends[0]);
    int status;
    pid_t waited;
    do
        waited = waitpid(child, &status, 0);
    while (waited < 0 && errno == EINTR);
    if (waited < 0)
        return sc_errors_add(errors, SC_E_IO, &place, NULL, "cannot wait for gnuplot: system error %d", errno);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return SC_OK;

    sc_strbuf why = {0};
    if (WIFEXITED(status))
        sc_strbuf_printf(&why, "gnuplot failed with status %d", WEXITSTATUS(status));
    else
        sc_strbuf_printf(&why, "gnuplot was ended by signal %d", WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    add_first_message(&why, message);
    sc_errors_add(errors, SC_E_IO, &place, NULL, "%s", why.failed ? "gnuplot failed" : why.text);
    sc_strbuf_release(&why);
    return SC_E_IO;
}

/* Turns what gnuplot wrote into the picture, whole or not at all. */
static sc_code take_picture(const sc_drawing *d, sc_errors *errors)
{
    const sc_place place = {.file = d->path};
    char *picture;
    size_t size;
    sc_code code = sc_file_read(as_given(d, &d->part), PICTURE_MAX, &picture, &size, errors);
    if (code != SC_OK)
        return code;
    if (size == 0)
        code = sc_errors_add(errors, SC_E_IO, &place, NULL, "gnuplot drew nothing");
    else
        code = sc_file_write(d->path, picture, size, errors);
    sc_free(picture);
    return code;
}

/* Writes the files, draws, tidies up. */
static sc_code draw(const sc_drawing *d, int keep, char *hint, size_t hint_size, sc_errors *errors)
{
    if (d->data.failed || d->settings.failed || d->x_label.failed || d->y_label.failed)
        return sc_errors_add(errors, SC_E_MEMORY, NULL, NULL, "out of memory");
    sc_code code = sc_file_write(as_given(d, &d->data_file), d->data.text, d->data.len, errors);
    if (code != SC_OK)
        return code;
    code = write_script(d, errors);
    if (code != SC_OK) {
        unlink(d->data_file.text);
        return code;
    }

    int found;
    unlink(d->part.text); /* never write through a link that somebody left there */
    code = run_gnuplot(d, &found, errors);
    if (!found) {
        if (hint != NULL)
            write_hint(d, hint, hint_size);
        return SC_OK;
    }
    if (code == SC_OK)
        code = take_picture(d, errors);
    unlink(d->part.text);
    if (code == SC_OK && !keep) {
        unlink(d->data_file.text);
        unlink(d->script_file.text);
    }
    return code;
}

sc_code sc_drawing_finish(sc_drawing *d, sc_code code, int keep, char *hint, size_t hint_size, sc_errors *errors)
{
    if (hint != NULL && hint_size > 0)
        hint[0] = '\0';
    if (code == SC_OK)
        code = draw(d, keep, hint, hint_size, errors);
    drawing_release(d);
    return code;
}

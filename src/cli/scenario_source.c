/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_source.c - a scenario from its file, or fitted to usage that is given in its place. */
#include "cli/scenario_source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"

#define HEAD 4096 /* bytes in which the key that marks a scenario stands */

/* Standard input cannot be looked at beforehand: alone it is a scenario. */
static int is_scenario(const char *path)
{
    char head[HEAD + 1];
    if (strcmp(path, "-") == 0)
        return 1;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    const size_t n = fread(head, 1, HEAD, f);
    (void)fclose(f);
    head[n] = '\0';
    return head[strspn(head, " \t\r\n")] == '{' && strstr(head, "\"spendcast\"") != NULL;
}

sc_profile *fit_profile(const fit_options *f, const usage *u, int *status)
{
    sc_errors errors = {0};
    sc_profile *p = NULL;
    const sc_profile_options po = {.rater = &u->rater,
                                   .attribution = u->attribution,
                                   .kinds = u->kinds,
                                   .since = f->since != SC_DAY_MAX ? f->since : SC_DAY_MIN,
                                   .until = f->until,
                                   .start = f->start,
                                   .months = f->days > 0 ? 0 : (int)f->months,
                                   .days = (int)f->days,
                                   .tokens_per_request = f->tokens_per_request};
    *status = exit_code(sc_profile_fit(u->ledger, &po, &p, &errors));
    print_errors(&errors);
    return p;
}

static int fit_scenario(const fit_options *f, const char *const *inputs, size_t n, scenario_source *out)
{
    sc_errors errors = {0};
    char *text = NULL, name[200];
    size_t size = 0;
    int status = 0;
    sc_profile *p = fit_profile(f, &out->u, &status);
    if (status == 0) {
        snprintf(name, sizeof name, "usage of %s%s", inputs[0], n > 1 ? " and others" : "");
        sc_code code = sc_profile_scenario_json(p, name, &text, &size);
        if (code == SC_OK)
            code = sc_scenario_parse("fitted scenario", text, size, out->card, &out->scenario, &errors);
        print_errors(&errors);
        status = exit_code(code);
    }
    sc_text_free(text);
    sc_profile_free(p);
    return status;
}

static int open_as_usage(const globals *g, const usage_options *uo, const fit_options *f, const char *const *inputs,
                         size_t n, scenario_source *out)
{
    const usage_needs needs = {.sketches = f != NULL};
    int status = open_usage(g, uo, &needs, inputs, n, &out->u);
    if (status != 0)
        return status;
    out->is_usage = 1;
    out->card = out->u.card;
    if (f != NULL)
        status = fit_scenario(f, inputs, n, out);
    if (status != 0)
        close_scenario_source(out);
    return status;
}

int open_scenario_source(const globals *g, const usage_options *u, const fit_options *f, const char *const *inputs,
                         size_t n, scenario_source *out)
{
    *out = (scenario_source){.path = inputs[0]};
    if (n == 1 && is_scenario(inputs[0]))
        return open_scenario(g, inputs[0], &out->card, &out->scenario);
    return open_as_usage(g, u, f, inputs, n, out);
}

void close_scenario_source(scenario_source *s)
{
    sc_scenario_free(s->scenario);
    if (s->is_usage)
        close_usage(&s->u);
    else
        sc_card_free(s->card);
    *s = (scenario_source){.path = NULL};
}

void add_source_provenance(sc_report *r, const scenario_source *s, const trial_options *t)
{
    if (s->scenario == NULL) {
        add_usage_provenance(r, &s->u);
        return;
    }
    if (s->is_usage)
        add_input_provenance(r, &s->u);
    add_run_provenance(r, s->card, s->scenario, s->is_usage ? "fitted to the usage above" : s->path, t);
}

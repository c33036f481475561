/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rates_args.c - arguments of the `rates` commands that name something on the card. */
#include "cli/rates_args.h"

#include <string.h>

#include "cli/output.h"

int region_option(const sc_card *card, const char *code, int *region)
{
    const char *names[64];
    size_t n = sc_card_region_count(card);
    *region = -1;
    if (code == NULL)
        return 0;
    *region = sc_card_region_of(card, code);
    if (*region >= 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        names[i] = sc_card_region(card, i)->code;
    print_unknown(NULL, "region", code, names, n);
    return -1;
}

int resolve_model(const sc_card *card, const char *id, sc_model_ref *ref)
{
    char why[500];
    if (sc_card_resolve(card, id, ref, why, sizeof why) == SC_OK)
        return 0;
    print_problem(NULL, "%s", why);
    return -1;
}

int check_provider(const sc_card *card, const char *provider)
{
    const char *names[64];
    size_t n = 0;
    if (provider == NULL)
        return 0;
    for (size_t i = 0; i < sc_card_model_count(card); i++) {
        const char *name = sc_card_model(card, i)->provider;
        size_t at = 0;
        if (strcmp(name, provider) == 0)
            return 0;
        while (at < n && strcmp(names[at], name) != 0)
            at++;
        if (at == n && n < sizeof names / sizeof names[0])
            names[n++] = name;
    }
    print_unknown(NULL, "provider", provider, names, n);
    return -1;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_attribution.c - rules that are read find for any usage the rule that trying all in order finds, and none that
 * was warned of; errors have a place.  The table; after a NUL, lines of usage as in naive_match.h. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/naive_match.h"
#include "fuzz_check.h"
#include "spendcast/attribution.h"

enum { MOST_STARS = 5 };

static const sc_card *the_card(void)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    return card;
}

/* The oracle takes too long for many '*', and does not take long texts. */
static int is_small(const sc_attribution *a)
{
    for (size_t i = 0; i < sc_attribution_rule_count(a); i++) {
        const sc_attribution_rule *r = sc_attribution_rule_at(a, i);
        for (size_t k = 0; k < r->n_when; k++) {
            int stars = 0;
            for (const char *p = r->when[k].pattern; *p != '\0'; p++)
                stars += *p == '*';
            if (stars > MOST_STARS || strlen(r->when[k].pattern) > NAIVE_TEXT / 2)
                return 0;
        }
    }
    return 1;
}

static void check_match(const sc_attribution *a, const char *usage, const sc_errors *warnings)
{
    static naive_usage u;
    naive_state(&u, usage);
    const int rule = sc_attribution_match(a, &u.keys);
    require(rule == naive_match(a, &u.keys));
    for (int e = 0; e < warnings->count; e++) {
        if (rule >= 0 && strcmp(warnings->item[e].key, "match") == 0)
            require(warnings->item[e].line != sc_attribution_rule_at(a, (size_t)rule)->line);
    }
}

/* Usage that states what the conditions of a rule ask for, as written. */
static void check_own_match(const sc_attribution *a, const sc_attribution_rule *r, const sc_errors *warnings)
{
    char usage[NAIVE_TEXT];
    size_t len = 0;
    for (size_t k = 0; k < r->n_when && len < sizeof usage; k++) {
        const char *colon = strchr(r->when[k].key, ':');
        len += (size_t)snprintf(usage + len, sizeof usage - len, "%s=%s|", colon != NULL ? colon + 1 : r->when[k].key,
                                r->when[k].pattern);
    }
    check_match(a, len > 0 ? usage : "", warnings);
}

static void check_rules(const char *text, size_t size, const sc_attribution *a, const sc_errors *warnings)
{
    sc_attribution *again;
    require(sc_attribution_parse("again", text, size, the_card(), &again, NULL) == SC_OK);
    require(sc_attribution_rule_count(again) == sc_attribution_rule_count(a));
    require(strcmp(sc_attribution_hash(again), sc_attribution_hash(a)) == 0);
    require(sc_attribution_add_project(again, "proj_new", "new", 0, NULL, NULL, NULL) == SC_OK);
    for (size_t i = 0; i < sc_attribution_rule_count(a); i++) {
        const sc_attribution_rule *r = sc_attribution_rule_at(a, i);
        require(r->from < r->to && r->line >= 2);
        require(r->split == SC_SPLIT_NONE ? r->n_split_over == 0 : r->project[0] != '\0');
        if (is_small(a)) {
            check_own_match(a, r, warnings);
            check_own_match(again, r, warnings);
        }
    }
    sc_attribution_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    const size_t len = strlen(text);
    sc_errors errors = {0};
    sc_attribution *a;
    const sc_code code = sc_attribution_parse("fuzz", text, len, the_card(), &a, &errors);
    if (code == SC_OK) {
        require(a != NULL && errors.errors == 0);
        check_rules(text, len, a, &errors);
        for (size_t at = len + 1, end; is_small(a) && at < size; at = end + 1) {
            end = at + strcspn(text + at, "\n");
            text[end] = '\0';
            check_match(a, text + at, &errors);
        }
    } else {
        require(code == SC_E_INPUT && a == NULL);
        check_places(&errors, text, len);
    }
    sc_attribution_free(a);
    free(text);
    return 0;
}

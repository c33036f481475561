/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_usage_type.c - a usage type that is understood has parts that exist, reads the same again, and so does what is
 * written for it; one that is not has a reason.  The product name follows a line feed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_check.h"
#include "spendcast/usage_type.h"

static const sc_card *the_card(void)
{
    static sc_card *card;
    if (card == NULL)
        require(sc_card_load(NULL, NULL, &card, NULL) == SC_OK);
    return card;
}

/* What is written for a line means what the line meant. */
static void check_written(const sc_card *card, const sc_usage_type *u)
{
    sc_usage_type_text text;
    sc_usage_type back;
    char why[300];
    if (sc_usage_type_write(card, u, &text, why, sizeof why) != SC_OK) {
        require(why[0] != '\0');
        return;
    }
    require(sc_usage_type_parse(card, text.usage_type, text.product, &back, NULL, 0) == SC_OK);
    require(back.model == u->model && back.meter == u->meter && back.tier == u->tier && back.per == text.per);
    require((back.scope == SC_SCOPE_GLOBAL) == (u->scope == SC_SCOPE_GLOBAL) && back.long_context == u->long_context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_card *card = the_card();
    char *text = malloc(size + 1), why[300];
    sc_usage_type u, again;
    require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    char *product = strchr(text, '\n');
    if (product != NULL)
        *product++ = '\0';
    if (sc_usage_type_parse(card, text, product, &u, why, sizeof why) == SC_OK) {
        require(u.region >= -1 && u.region < (int)sc_card_region_count(card));
        require(u.meter < SC_METERS && u.scope < SC_SCOPES && u.tier < SC_TIERS);
        require(u.per == 1 || u.per == 1000 || u.per == 1000000);
        require(strlen(u.variant) < sizeof u.variant);
        require(sc_usage_type_parse(card, text, product, &again, NULL, 0) == SC_OK);
        require(again.model == u.model && again.meter == u.meter && again.tier == u.tier && again.scope == u.scope);
        check_written(card, &u);
    } else {
        require(why[0] != '\0' && strlen(why) < sizeof why);
    }
    free(text);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon_fixture.c - what tests of reconciliation share. */
#include "recon_fixture.h"

#include "expect.h"

sc_rater recon_rater(const sc_card *card)
{
    return (sc_rater){.card = card,
                      .as_of = SC_DAY_MAX,
                      .assume_region = -1,
                      .assume_scope = -1,
                      .reprice_scope = -1,
                      .reprice_tier = -1};
}

sc_bill_options recon_options(const sc_rater *rater)
{
    return (sc_bill_options){.rater = rater, .since = SC_DAY_MIN, .until = SC_DAY_MAX};
}

void recon_is_exact(const sc_recon *r)
{
    const sc_recon_line *sum = &sc_recon_total(r)->sum;
    sc_money billed = 0, priced = 0, causes = 0;
    for (size_t i = 0; i < sc_recon_line_count(r); i++) {
        const sc_recon_line *line = sc_recon_line_at(r, i);
        sc_money own = 0;
        for (int c = 0; c < SC_RECON_CAUSES; c++)
            own += line->cause[c];
        EXPECT_MONEY(own, line->billed - line->priced);
        billed += line->billed;
        priced += line->priced;
    }
    for (int c = 0; c < SC_RECON_CAUSES; c++)
        causes += sum->cause[c];
    EXPECT_MONEY(billed, sum->billed);
    EXPECT_MONEY(priced, sum->priced);
    EXPECT_MONEY(causes, billed - priced);
}

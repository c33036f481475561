/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recon_fixture.h - what tests of reconciliation share. */
#ifndef SC_TEST_RECON_FIXTURE_H
#define SC_TEST_RECON_FIXTURE_H

#include "spendcast/reconcile.h"

sc_rater recon_rater(const sc_card *card);
/* All days, all kinds. */
sc_bill_options recon_options(const sc_rater *rater);
/* Every line's causes sum to its residual, and those of all lines to the total's. */
void recon_is_exact(const sc_recon *r);

#endif

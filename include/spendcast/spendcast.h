/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spendcast.h - all public headers, and the version. */
#ifndef SPENDCAST_SPENDCAST_H
#define SPENDCAST_SPENDCAST_H

#include "spendcast/advise.h"
#include "spendcast/attribution.h"
#include "spendcast/bill.h"
#include "spendcast/bill_export.h"
#include "spendcast/date.h"
#include "spendcast/error.h"
#include "spendcast/evidence.h"
#include "spendcast/ingest.h"
#include "spendcast/justify.h"
#include "spendcast/ledger.h"
#include "spendcast/money.h"
#include "spendcast/plot.h"
#include "spendcast/profile.h"
#include "spendcast/project_list.h"
#include "spendcast/rates.h"
#include "spendcast/rates_check.h"
#include "spendcast/rates_diff.h"
#include "spendcast/rates_import.h"
#include "spendcast/rating.h"
#include "spendcast/reconcile.h"
#include "spendcast/report.h"
#include "spendcast/scenario.h"
#include "spendcast/sim.h"
#include "spendcast/synthesize.h"
#include "spendcast/text.h"
#include "spendcast/usage.h"
#include "spendcast/usage_type.h"
#include "spendcast/zone.h"

#define SPENDCAST_VERSION "0.1.0"

#endif

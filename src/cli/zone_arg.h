/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zone_arg.h - the value of --timezone, looked up in the system's database of time zones. */
#ifndef SC_CLI_ZONE_ARG_H
#define SC_CLI_ZONE_ARG_H

#include "spendcast/zone.h"

/* NULL, "UTC" or "Z"; an offset such as "+02:00"; a zone such as "Europe/Berlin", with the changes of its clock from
 * 2000 to 2099 as the system's database has them.  -1 after printing what is wrong. */
int read_zone(const char *text, sc_zone *out);

#endif

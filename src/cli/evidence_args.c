/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_args.c - graded answers that a command line names. */
#include "cli/evidence_args.h"

sc_code load_evidence(const opt_list *files, const char *mapping, const sc_card *card, sc_evidence **out,
                      sc_errors *errors)
{
    *out = NULL;
    return files->n > 0 ? sc_evidence_load(files->item, files->n, mapping, card, out, errors) : SC_OK;
}

void add_evidence_provenance(sc_report *r, const opt_list *files, const sc_evidence *e)
{
    for (size_t i = 0; i < files->n; i++)
        sc_report_provenance(r, "evidence", "%s", files->item[i]);
    if (e != NULL && sc_evidence_excluded_count(e) > 0)
        sc_report_provenance(r, "excluded_rows", "%zu", sc_evidence_excluded_count(e));
}

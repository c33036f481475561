/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_evals.c - an error has a place in the input; evidence that is read has counts within their bounds, compares
 * without a probability outside [0, 1], and reads the same again. */
#include "fuzz_check.h"
#include "spendcast/evidence.h"

static void check_quality(const sc_evidence *e, size_t model)
{
    const sc_evidence_query all = {NULL, NULL, NULL, NULL};
    sc_quality q;
    require(sc_evidence_quality(e, &all, model, 0.5, 0.9, &q) == SC_OK);
    require(q.n >= 0 && q.sum >= 0.0 && q.sum <= (double)q.n + 1e-6 * (double)q.n && q.design_effect >= 1.0);
    require(q.low >= 0.0 && q.low <= q.high && q.high <= 1.0 && q.p_floor >= 0.0 && q.p_floor <= 1.0 + 1e-9);
    require((q.n > 0) == sc_evidence_has(e, &all, model));
}

static void check_pair(const sc_evidence *e)
{
    const sc_evidence_query all = {NULL, NULL, NULL, NULL};
    const sc_evidence_options options = {.margin = 0.02, .level = 0.9, .seed = 1, .draws = 64};
    sc_evidence_comparison c;
    require(sc_evidence_compare(e, &all, 0, 1, &options, &c) == SC_OK);
    require(c.p_equivalent >= 0.0 && c.p_equivalent <= c.p_noninferior && c.p_noninferior <= 1.0);
    require(c.low >= -1.0 && c.low <= c.high && c.high <= 1.0 && c.design_effect >= 1.0);
    require(c.both + c.only_a + c.only_b + c.neither == (c.method == SC_EVIDENCE_PAIRED ? c.common : 0));
    require(sc_evidence_items_needed(&c, 0.9, 0.8) >= -1);
}

static void check_same(const sc_evidence *e, const sc_evidence *f)
{
    require(sc_evidence_model_count(e) == sc_evidence_model_count(f));
    require(sc_evidence_subject_count(e) == sc_evidence_subject_count(f));
    require(sc_evidence_excluded_count(e) == sc_evidence_excluded_count(f));
    for (size_t i = 0; i < sc_evidence_model_count(e); i++) {
        const char *name = sc_evidence_model_name(e, i);
        require(strcmp(name, sc_evidence_model_name(f, i)) == 0 && sc_evidence_model_of(e, name) == (int)i);
    }
}

static void check_latency(const sc_evidence *e, size_t model)
{
    const sc_evidence_query all = {NULL, NULL, NULL, NULL};
    sc_latency l;
    require(sc_evidence_latency(e, &all, model, -1, 1000.0, 0.9, &l) == SC_OK);
    require(l.above >= 0 && l.above <= l.n && l.low <= l.p95 && l.p95 <= l.high);
    require(l.p_within >= 0.0 && l.p_above >= 0.0 && l.p_within + l.p_above <= 1.0 + 1e-9);
    require(sc_latency_answers_needed(&l, 0.9) >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sc_evidence_text table = {"fuzz", (const char *)data, size};
    sc_errors errors = {0};
    sc_evidence *e, *again;
    if (sc_evidence_parse(&table, 1, NULL, NULL, &e, &errors) != SC_OK) {
        require(e == NULL);
        check_places(&errors, table.text, size);
        return 0;
    }
    require(errors.count == 0);
    require(sc_evidence_parse(&table, 1, NULL, NULL, &again, NULL) == SC_OK);
    check_same(e, again);
    for (size_t i = 0; i < sc_evidence_model_count(e) && i < 3; i++) {
        check_quality(e, i);
        check_latency(e, i);
    }
    if (sc_evidence_model_count(e) >= 2)
        check_pair(e);
    sc_evidence_free(e);
    sc_evidence_free(again);
    return 0;
}

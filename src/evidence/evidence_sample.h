/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_sample.h - the graded answers that a query selects, of one model or of two on their common items. */
#ifndef SC_EVIDENCE_EVIDENCE_SAMPLE_H
#define SC_EVIDENCE_EVIDENCE_SAMPLE_H

#include "evidence/evidence_store.h"
#include "evidence/random_variates.h"

/* 1 for each subject that a query selects; free with sc_free.  NULL = out of memory. */
unsigned char *ev_select(const sc_evidence *e, const sc_evidence_query *q);

/* The items that two models were both graded on, one after the other. */
typedef struct ev_pairs {
    const sc_evidence *e;
    const unsigned char *selected;
    size_t i, last_i, j, last_j;
} ev_pairs;
ev_pairs ev_pairs_of(const sc_evidence *e, const unsigned char *selected, size_t a, size_t b);
/* The runs x[n_x] and y[n_y] of the next such item; 0 at the end. */
int ev_pairs_next(ev_pairs *p, const ev_outcome **x, size_t *n_x, const ev_outcome **y, size_t *n_y);

/* An answer of one model (b unused), or an item with the mean answers of two. */
typedef struct ev_point {
    uint64_t cluster; /* the item's cluster, or the item itself */
    uint32_t item;
    double a, b;
} ev_point;

typedef struct ev_sample {
    ev_point *points; /* sorted by cluster */
    size_t n;
    size_t *start; /* [n_clusters + 1]: where each cluster begins */
    size_t n_clusters;
    int is_pair;
    int is_binary;           /* all values are 0 or 1 */
    size_t items;            /* distinct ones */
    int64_t counted, passed; /* of rows of counts; one model only */
    double sum_a, sum_b;     /* over the points */
} ev_sample;

/* SC_OK or SC_E_MEMORY; release in any case. */
sc_code ev_sample_one(const sc_evidence *e, const unsigned char *selected, size_t model, ev_sample *out);
sc_code ev_sample_two(const sc_evidence *e, const unsigned char *selected, size_t a, size_t b, ev_sample *out);
void ev_sample_release(ev_sample *s);

/* Graded answers: points and counts. */
int64_t ev_sample_size(const ev_sample *s);
/* Mean of a, or of b - a, over the points; 0 for none. */
double ev_sample_mean(const ev_sample *s);
/* Variance of one point about it, with n - 1. */
double ev_sample_variance(const ev_sample *s);
/* How many times larger the variance of the mean is for clusters than for independent points; >= 1. */
double ev_sample_design_effect(const ev_sample *s);

/* A draw of the means from the Bayesian bootstrap over clusters.  Half an observation at each end of what is possible
 * (a quarter at each corner for two) stands for what a small sample has not shown, so that a sample without variation
 * does not give certainty (T. S. Ferguson, "A Bayesian analysis of some nonparametric problems", Annals of Statistics 1
 * (1973)).  b may be NULL for one model. */
void ev_sample_bootstrap(const ev_sample *s, ev_random *r, double *a, double *b);

#endif

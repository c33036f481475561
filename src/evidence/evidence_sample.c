/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence_sample.c - graded answers that a query selects, by cluster. */
#include "evidence/evidence_sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "stats/elementary.h"

/* ---- selection */

/* Whether a stated name is the wanted one (NULL = any); a blank one speaks for any. */
static int speaks_for(const char *stated, const char *wanted)
{
    return wanted == NULL || stated[0] == '\0' || strcmp(stated, wanted) == 0;
}

static int is_selected(const sc_evidence_subject *s, const sc_evidence_query *q)
{
    return (q->task == NULL || strcmp(s->task, q->task) == 0) &&
           (q->segment == NULL || strcmp(s->segment, q->segment) == 0) && speaks_for(s->project, q->project) &&
           speaks_for(s->workload, q->workload);
}

/* How much of what is wanted a subject names. */
static int specificity(const sc_evidence_subject *s, const sc_evidence_query *q)
{
    return (q->project != NULL && s->project[0] != '\0') + (q->workload != NULL && s->workload[0] != '\0');
}

unsigned char *ev_select(const sc_evidence *e, const sc_evidence_query *q)
{
    const size_t n = sc_evidence_subject_count(e);
    unsigned char *selected = SC_NEW_ARRAY(unsigned char, n + 1);
    int most = 0;
    if (selected == NULL)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        const sc_evidence_subject s = sc_evidence_subject_at(e, i);
        selected[i] = (unsigned char)is_selected(&s, q);
        if (selected[i] && specificity(&s, q) > most)
            most = specificity(&s, q);
    }
    for (size_t i = 0; i < n; i++) {
        const sc_evidence_subject s = sc_evidence_subject_at(e, i);
        selected[i] = (unsigned char)(selected[i] && specificity(&s, q) == most);
    }
    return selected;
}

/* ---- samples */

static uint64_t cluster_of(const sc_evidence *e, uint32_t item)
{
    const uint32_t cluster = e->item[item].cluster;
    return cluster != EV_NO_CLUSTER ? cluster : (uint64_t)1 << 32 | item;
}

static int by_cluster(const void *pa, const void *pb)
{
    const ev_point *a = pa, *b = pb;
    if (a->cluster != b->cluster)
        return a->cluster < b->cluster ? -1 : 1;
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    return (a->a > b->a) - (a->a < b->a);
}

static void add_point(ev_sample *s, const ev_point *p)
{
    s->points[s->n++] = *p;
    s->sum_a += p->a;
    s->sum_b += p->b;
    s->is_binary &= (p->a == 0.0 || p->a == 1.0) && (p->b == 0.0 || p->b == 1.0);
}

/* Sorts the points and finds where clusters begin. */
static sc_code close_sample(ev_sample *s)
{
    if (s->n > 0)
        qsort(s->points, s->n, sizeof *s->points, by_cluster);
    s->start = SC_NEW_ARRAY(size_t, s->n + 1);
    if (s->start == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < s->n; i++) {
        if (i == 0 || s->points[i].cluster != s->points[i - 1].cluster)
            s->start[s->n_clusters++] = i;
        s->items += i == 0 || s->points[i].item != s->points[i - 1].item;
    }
    s->start[s->n_clusters] = s->n;
    return SC_OK;
}

static sc_code open_sample(ev_sample *s, size_t most, int is_pair)
{
    *s = (ev_sample){.is_pair = is_pair, .is_binary = 1};
    s->points = SC_NEW_ARRAY(ev_point, most + 1);
    return s->points != NULL ? SC_OK : SC_E_MEMORY;
}

sc_code ev_sample_one(const sc_evidence *e, const unsigned char *selected, size_t model, ev_sample *out)
{
    const size_t first = e->first_outcome[model], last = e->first_outcome[model + 1];
    if (open_sample(out, last - first, 0) != SC_OK)
        return SC_E_MEMORY;
    for (size_t i = e->first_count[model]; i < e->first_count[model + 1]; i++) {
        if (selected[e->counts[i].subject]) {
            out->counted += e->counts[i].n;
            out->passed += e->counts[i].passed;
        }
    }
    for (size_t i = first; i < last; i++) {
        const ev_outcome *o = &e->outcomes[i];
        if (selected[e->item[o->item].subject])
            add_point(out, &(ev_point){cluster_of(e, o->item), o->item, o->value, 0.0});
    }
    return close_sample(out);
}

ev_pairs ev_pairs_of(const sc_evidence *e, const unsigned char *selected, size_t a, size_t b)
{
    return (ev_pairs){
        e, selected, e->first_outcome[a], e->first_outcome[a + 1], e->first_outcome[b], e->first_outcome[b + 1]};
}

/* How many outcomes from `at` on are runs of its item. */
static size_t runs_at(const sc_evidence *e, size_t at, size_t last)
{
    size_t n = 1;
    while (at + n < last && e->outcomes[at + n].item == e->outcomes[at].item)
        n++;
    return n;
}

int ev_pairs_next(ev_pairs *p, const ev_outcome **x, size_t *n_x, const ev_outcome **y, size_t *n_y)
{
    while (p->i < p->last_i && p->j < p->last_j) {
        *x = &p->e->outcomes[p->i];
        *y = &p->e->outcomes[p->j];
        const uint32_t item = (*x)->item, other = (*y)->item;
        *n_x = item <= other ? runs_at(p->e, p->i, p->last_i) : 0;
        *n_y = other <= item ? runs_at(p->e, p->j, p->last_j) : 0;
        p->i += *n_x;
        p->j += *n_y;
        if (item == other && p->selected[p->e->item[item].subject])
            return 1;
    }
    return 0;
}

static double mean_answer(const ev_outcome *runs, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += runs[i].value;
    return sum / (double)n;
}

sc_code ev_sample_two(const sc_evidence *e, const unsigned char *selected, size_t a, size_t b, ev_sample *out)
{
    ev_pairs pairs = ev_pairs_of(e, selected, a, b);
    const size_t of_a = pairs.last_i - pairs.i, of_b = pairs.last_j - pairs.j;
    const ev_outcome *x, *y;
    size_t n_x, n_y;
    if (open_sample(out, of_a < of_b ? of_a : of_b, 1) != SC_OK)
        return SC_E_MEMORY;
    while (ev_pairs_next(&pairs, &x, &n_x, &y, &n_y))
        add_point(out, &(ev_point){cluster_of(e, x->item), x->item, mean_answer(x, n_x), mean_answer(y, n_y)});
    return close_sample(out);
}

void ev_sample_release(ev_sample *s)
{
    sc_free(s->points);
    sc_free(s->start);
    *s = (ev_sample){0};
}

/* ---- their moments */

int64_t ev_sample_size(const ev_sample *s) { return (int64_t)s->n + s->counted; }

static double value_of(const ev_sample *s, size_t i)
{
    return s->is_pair ? s->points[i].b - s->points[i].a : s->points[i].a;
}

double ev_sample_mean(const ev_sample *s)
{
    return s->n > 0 ? (s->is_pair ? s->sum_b - s->sum_a : s->sum_a) / (double)s->n : 0.0;
}

static double sum_of_squares(const ev_sample *s, double mean)
{
    double sum = 0.0;
    for (size_t i = 0; i < s->n; i++)
        sum += (value_of(s, i) - mean) * (value_of(s, i) - mean);
    return sum;
}

double ev_sample_variance(const ev_sample *s)
{
    return s->n > 1 ? sum_of_squares(s, ev_sample_mean(s)) / (double)(s->n - 1) : 0.0;
}

/* The ratio of the variance of the mean between clusters to that of independent points (L. Kish, "Survey Sampling",
 * 1965, 5.4). */
double ev_sample_design_effect(const ev_sample *s)
{
    const double n = (double)s->n, clusters = (double)s->n_clusters, mean = ev_sample_mean(s);
    if (s->n_clusters == s->n)
        return 1.0;
    if (s->n_clusters < 2)
        return n;
    const double within = sum_of_squares(s, mean) * n / (n - 1.0);
    double between = 0.0;
    for (size_t c = 0; c < s->n_clusters; c++) {
        double sum = 0.0;
        for (size_t i = s->start[c]; i < s->start[c + 1]; i++)
            sum += value_of(s, i) - mean;
        between += sum * sum;
    }
    between *= clusters / (clusters - 1.0);
    return within > 0.0 && between > within ? between / within : 1.0;
}

/* ---- bootstrap */

void ev_sample_bootstrap(const ev_sample *s, ev_random *r, double *a, double *b)
{
    const double size = s->n_clusters > 0 ? (double)s->n / (double)s->n_clusters : 1.0;
    const int corners = b != NULL ? 4 : 2;
    double weights = 0.0, sum_a = 0.0, sum_b = 0.0;
    for (int corner = 0; corner < corners; corner++) {
        const double w = size * sc_exp(ev_log_gamma_variate(r, 1.0 / corners));
        weights += w;
        sum_a += corner & 1 ? w : 0.0;
        sum_b += corner & 2 ? w : 0.0;
    }
    for (size_t c = 0; c < s->n_clusters; c++) {
        const double w = ev_exponential(r);
        for (size_t i = s->start[c]; i < s->start[c + 1]; i++) {
            weights += w;
            sum_a += w * s->points[i].a;
            sum_b += w * s->points[i].b;
        }
    }
    *a = sum_a / weights;
    if (b != NULL)
        *b = sum_b / weights;
}

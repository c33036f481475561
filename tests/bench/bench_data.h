/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_data.h - inputs of the benchmark: made up, the same for every run of a rate card. */
#ifndef SC_BENCH_DATA_H
#define SC_BENCH_DATA_H

#include "spendcast/rating.h"

typedef enum bench_format { BENCH_CSV, BENCH_OPENAI, BENCH_BEDROCK, BENCH_FORMATS } bench_format;

#define BENCH_MODELS 25
#define BENCH_REGIONS 5
#define BENCH_TIERS 4

/* Tokens that the rows have. */
typedef enum bench_meter { BENCH_INPUT, BENCH_OUTPUT, BENCH_READ, BENCH_WRITE, BENCH_METERS } bench_meter;

/* What a model costs in a region at a tier. */
typedef struct bench_offer {
    int is_sold;
    int64_t price[BENCH_METERS]; /* femto-USD per token; 0 where rows have no such tokens */
} bench_offer;

typedef struct bench_model {
    char id[120];
    int caches; /* 1: its rows have cached and written tokens */
    int sold;   /* how many offers there are */
    bench_offer offer[BENCH_REGIONS][BENCH_TIERS];
} bench_model;

/* The models of the card that are sold in most ways, at prices that do not depend on a row's day and size. */
typedef struct bench_market {
    bench_model model[BENCH_MODELS];
} bench_market;

/* 0 when the card sells too few models. */
int bench_market_of(const sc_card *card, bench_market *m);
/* Write whole files or none; 0 on failure, said on stderr. */
int bench_write_prices(const bench_market *m, const char *path);
int bench_write_usage(const bench_market *m, bench_format format, long rows, const char *path);

#endif

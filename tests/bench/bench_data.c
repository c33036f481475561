/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_data.c - usage of 200 projects over 90 days: few projects, models and tiers have most of it, sizes are roughly
 * lognormal, and a third of the requests read from a cache. */
#include "bench_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS 90
#define DAY_SECONDS 86400
#define PROJECTS 200
#define FILE_BUFFER (1u << 20)

static const char *const regions[BENCH_REGIONS] = {"us-east-1", "us-west-2", "eu-west-1", "eu-central-1",
                                                   "ap-southeast-2"};
static const sc_tier tiers[BENCH_TIERS] = {SC_TIER_STANDARD, SC_TIER_BATCH, SC_TIER_PRIORITY, SC_TIER_FLEX};
static const char *const environments[] = {"prod", "staging", "dev", "ci"};
static const char *const teams[] = {"search",  "support", "growth", "platform", "data-science", "legal",
                                    "finance", "risk",    "mobile", "web",      "ops",          "research"};
/* As they stand in JSON. */
static const char *const words[] = {"the",       "invoice",      "customer",   "report",    "summarise",
                                    "please",    "token",        "budget",     "quarterly", "forecast",
                                    "\\\"a\\\"", "line\\nbreak", "caf\\u00e9", "model",     "answer",
                                    "with",      "of",           "context",    "window",    "a"};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static sc_day first_day(void) { return sc_day_of(2026, 1, 1); }

/* ---- the market */

/* Whether two ratings have the same prices. */
static int same_prices(const sc_rating *a, const sc_rating *b)
{
    for (int m = 0; m < SC_TOKEN_METERS; m++) {
        const sc_price_point *p = a->point[m], *q = b->point[m];
        if ((p != NULL) != (q != NULL) || (p != NULL && p->price != q->price))
            return 0;
    }
    return 1;
}

/* Prices at some size and day; all but input and output may have none. */
static void rate(const sc_card *card, const char *id, int region, int tier, sc_day day, int64_t context, sc_rating *out)
{
    const sc_rater rater = {.card = card,
                            .as_of = SC_DAY_MAX,
                            .assume_region = -1,
                            .assume_scope = -1,
                            .reprice_scope = -1,
                            .reprice_tier = -1};
    const sc_rate_key key = {.model = sc_text_of(id),
                             .region = sc_text_of(regions[region]),
                             .scope = -1,
                             .tier = (int)tiers[tier],
                             .day = day,
                             .context = context};
    sc_rate(&rater, &key, out);
}

static bench_offer offer_of(const sc_card *card, const char *id, int region, int tier, int *caches)
{
    static const sc_meter meters[BENCH_METERS] = {SC_METER_INPUT, SC_METER_OUTPUT, SC_METER_CACHE_READ,
                                                  SC_METER_CACHE_WRITE};
    const int64_t large = INT64_C(1000000);
    sc_rating first, last, big;
    bench_offer o = {0};
    rate(card, id, region, tier, first_day(), 0, &first);
    rate(card, id, region, tier, first_day() + DAYS, 0, &last);
    rate(card, id, region, tier, first_day(), large, &big);
    o.is_sold = first.point[SC_METER_INPUT] != NULL && first.point[SC_METER_OUTPUT] != NULL &&
                same_prices(&first, &last) && same_prices(&first, &big);
    for (int m = 0; o.is_sold && m < BENCH_METERS; m++)
        o.price[m] = first.point[meters[m]] != NULL ? first.point[meters[m]]->price : 0;
    *caches &= !o.is_sold || (o.price[BENCH_READ] > 0 && o.price[BENCH_WRITE] > 0);
    return o;
}

static void read_model(const sc_card *card, const char *prefix, const char *id, bench_model *m)
{
    *m = (bench_model){.caches = 1};
    snprintf(m->id, sizeof m->id, "%s%s", prefix, id);
    for (int r = 0; r < BENCH_REGIONS; r++) {
        for (int t = 0; t < BENCH_TIERS; t++) {
            m->offer[r][t] = offer_of(card, m->id, r, t, &m->caches);
            m->sold += m->offer[r][t].is_sold;
        }
    }
}

/* Models that cache first, then those sold in more ways, then by id. */
static int by_rank(const void *a, const void *b)
{
    const bench_model *x = a, *y = b;
    if (x->caches != y->caches)
        return y->caches - x->caches;
    return x->sold != y->sold ? y->sold - x->sold : strcmp(x->id, y->id);
}

int bench_market_of(const sc_card *card, bench_market *market)
{
    static const char *const prefixes[] = {"", "global."};
    const size_t n = sc_card_model_count(card);
    bench_model *all = calloc(n, sizeof *all);
    size_t found = 0;
    for (size_t i = 0; all != NULL && i < n; i++) {
        for (size_t p = 0; p < COUNT(prefixes) && !sc_card_model(card, i)->is_service; p++) {
            read_model(card, prefixes[p], sc_card_model(card, i)->id, &all[found]);
            if (all[found].sold > 0) {
                found++;
                break;
            }
        }
    }
    if (all != NULL)
        qsort(all, found, sizeof *all, by_rank);
    if (found >= BENCH_MODELS)
        memcpy(market->model, all, sizeof market->model);
    free(all);
    return found >= BENCH_MODELS;
}

/* ---- rows */

/* splitmix64 (Steele, Lea, Flood 2014). */
typedef struct random_state {
    uint64_t at;
} random_state;

static uint64_t bits(random_state *s)
{
    uint64_t z = s->at += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double uniform(random_state *s) { return ((double)(bits(s) >> 11) + 0.5) * 0x1p-53; }

/* 0 <= k < n, the more likely the smaller. */
static int skewed(random_state *s, int n) { return (int)((double)n * uniform(s) * uniform(s)); }

/* Near exp(mean), with a spread of about a factor of three. */
static int64_t size_near(random_state *s, double mean)
{
    double sum = 0.0;
    for (int i = 0; i < 4; i++)
        sum += uniform(s);
    return (int64_t)exp(mean + 2.0 * (sum - 2.0));
}

typedef struct row {
    int64_t time;
    int project;
    const bench_model *model;
    const char *region, *tier, *team, *environment;
    int64_t n[BENCH_METERS];
} row;

static row next_row(random_state *s, const bench_market *market, long i, long rows)
{
    row r = {.time = (int64_t)first_day() * DAY_SECONDS + (int64_t)((double)i / (double)rows * DAYS * DAY_SECONDS)};
    int region, tier;
    r.project = skewed(s, PROJECTS);
    r.model = &market->model[skewed(s, BENCH_MODELS)];
    do {
        region = skewed(s, BENCH_REGIONS);
        tier = skewed(s, BENCH_TIERS);
    } while (!r.model->offer[region][tier].is_sold);
    r.region = regions[region];
    r.tier = sc_tier_name(tiers[tier]);
    r.team = teams[(size_t)r.project % COUNT(teams)];
    r.environment = environments[bits(s) % COUNT(environments)];
    r.n[BENCH_INPUT] = size_near(s, 7.0);
    r.n[BENCH_OUTPUT] = size_near(s, 5.5);
    const int reads = bits(s) % 3 == 0, writes = bits(s) % 5 == 0;
    const double share = uniform(s);
    if (r.model->caches && reads)
        r.n[BENCH_READ] = (int64_t)(3.0 * share * (double)r.n[BENCH_INPUT]);
    if (r.model->caches && writes)
        r.n[BENCH_WRITE] = (int64_t)(share * (double)r.n[BENCH_INPUT]);
    return r;
}

/* "2026-01-01T00:00:00Z" */
static const char *time_text(int64_t time, char text[32])
{
    const sc_day day = (sc_day)(time / DAY_SECONDS);
    const int second = (int)(time % DAY_SECONDS);
    char date[16];
    snprintf(text, 32, "%sT%02d:%02d:%02dZ", sc_day_format(day, date), second / 3600, second / 60 % 60, second % 60);
    return text;
}

static void write_csv(FILE *f, random_state *s, const row *r)
{
    char when[32];
    (void)s;
    fprintf(f, "%s,proj-%03d,team-%s,%s,%s,%s,%s,%lld,%lld,%lld,%lld\n", time_text(r->time, when), r->project, r->team,
            r->environment, r->model->id, r->region, r->tier, (long long)r->n[BENCH_INPUT],
            (long long)r->n[BENCH_OUTPUT], (long long)r->n[BENCH_READ], (long long)r->n[BENCH_WRITE]);
}

static void write_openai(FILE *f, random_state *s, const row *r)
{
    const int64_t end = r->time + 60, all = r->n[BENCH_INPUT] + r->n[BENCH_READ] + r->n[BENCH_WRITE];
    fprintf(f,
            "{\"object\":\"organization.usage.completions.result\",\"start_time\":%lld,\"end_time\":%lld,"
            "\"input_tokens\":%lld,\"output_tokens\":%lld,\"input_cached_tokens\":%lld,"
            "\"input_cache_write_tokens\":%lld,\"input_audio_tokens\":0,\"output_audio_tokens\":0,"
            "\"num_model_requests\":%d,\"project_id\":\"proj-%03d\",\"user_id\":null,\"api_key_id\":null,"
            "\"model\":\"%s\",\"region\":\"%s\",\"batch\":false,\"service_tier\":\"%s\"}\n",
            (long long)r->time, (long long)end, (long long)all, (long long)r->n[BENCH_OUTPUT],
            (long long)r->n[BENCH_READ], (long long)r->n[BENCH_WRITE], 1 + (int)(bits(s) % 40), r->project,
            r->model->id, r->region, r->tier);
}

/* Words of at least so many bytes. */
static void write_text(FILE *f, random_state *s, size_t bytes)
{
    for (size_t n = 0; n < bytes;) {
        const char *word = words[bits(s) % COUNT(words)];
        fprintf(f, "%s ", word);
        n += strlen(word) + 1;
    }
}

/* The tier stands in the body, where it is read from, and in the metadata, where it is easier for others. */
static void write_bedrock(FILE *f, random_state *s, const row *r)
{
    char when[32];
    fprintf(f,
            "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\",\"timestamp\":\"%s\","
            "\"accountId\":\"123456789012\",\"identity\":{\"arn\":\"arn:aws:sts::123456789012:assumed-role/"
            "proj-%03d-role/i-%08x\"},\"region\":\"%s\",\"requestId\":\"%016llx-%016llx\","
            "\"operation\":\"InvokeModel\",\"modelId\":\"%s\",\"input\":{\"inputContentType\":\"application/json\","
            "\"inputBodyJson\":{\"anthropic_version\":\"bedrock-2023-05-31\",\"max_tokens\":4096,\"temperature\":0.2,"
            "\"service_tier\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"",
            time_text(r->time, when), r->project, (unsigned)bits(s), r->region, (unsigned long long)bits(s),
            (unsigned long long)bits(s), r->model->id, r->tier);
    write_text(f, s, 200 + bits(s) % 600);
    fprintf(f,
            "\"}]}]},\"inputTokenCount\":%lld,\"cacheReadInputTokenCount\":%lld,\"cacheWriteInputTokenCount\":%lld},"
            "\"output\":{\"outputContentType\":\"application/json\",\"outputBodyJson\":{\"id\":\"msg_bdrk_%016llx\","
            "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"%s\",\"content\":[{\"type\":\"text\",\"text\":\"",
            (long long)r->n[BENCH_INPUT], (long long)r->n[BENCH_READ], (long long)r->n[BENCH_WRITE],
            (unsigned long long)bits(s), r->model->id);
    write_text(f, s, 60 + bits(s) % 300);
    fprintf(f,
            "\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":%lld,\"cache_read_input_tokens\":%lld,"
            "\"cache_creation_input_tokens\":%lld,\"output_tokens\":%lld}},\"outputTokenCount\":%lld},"
            "\"requestMetadata\":{\"project\":\"proj-%03d\",\"team\":\"%s\",\"environment\":\"%s\","
            "\"serviceTier\":\"%s\"}}\n",
            (long long)r->n[BENCH_INPUT], (long long)r->n[BENCH_READ], (long long)r->n[BENCH_WRITE],
            (long long)r->n[BENCH_OUTPUT], (long long)r->n[BENCH_OUTPUT], r->project, r->team, r->environment, r->tier);
}

/* ---- files */

static FILE *open_file(const char *path, char part[4096])
{
    snprintf(part, 4096, "%s.part", path);
    FILE *f = fopen(part, "w");
    if (f == NULL)
        perror(part);
    else
        setvbuf(f, NULL, _IOFBF, FILE_BUFFER);
    return f;
}

static int close_file(FILE *f, const char *part, const char *path)
{
    const int failed = ferror(f);
    if (fclose(f) == 0 && !failed && rename(part, path) == 0)
        return 1;
    perror(path);
    remove(part);
    return 0;
}

int bench_write_prices(const bench_market *market, const char *path)
{
    char part[4096];
    FILE *f = open_file(path, part);
    if (f == NULL)
        return 0;
    fputs("model_id,region,tier,input,output,cache_read,cache_write\n", f);
    for (int m = 0; m < BENCH_MODELS; m++) {
        for (int r = 0; r < BENCH_REGIONS; r++) {
            for (int t = 0; t < BENCH_TIERS; t++) {
                const bench_offer *o = &market->model[m].offer[r][t];
                if (o->is_sold)
                    fprintf(f, "%s,%s,%s,%lld,%lld,%lld,%lld\n", market->model[m].id, regions[r],
                            sc_tier_name(tiers[t]), (long long)o->price[BENCH_INPUT], (long long)o->price[BENCH_OUTPUT],
                            (long long)o->price[BENCH_READ], (long long)o->price[BENCH_WRITE]);
            }
        }
    }
    return close_file(f, part, path);
}

int bench_write_usage(const bench_market *market, bench_format format, long rows, const char *path)
{
    static void (*const write[BENCH_FORMATS])(FILE *, random_state *, const row *) = {write_csv, write_openai,
                                                                                      write_bedrock};
    char part[4096];
    random_state s = {12345};
    FILE *f = open_file(path, part);
    if (f == NULL)
        return 0;
    if (format == BENCH_CSV)
        fputs("timestamp,project,team,environment,model_id,region,tier,input_tokens,output_tokens,cache_read,"
              "cache_write\n",
              f);
    for (long i = 0; i < rows; i++) {
        const row r = next_row(&s, market, i, rows);
        write[format](f, &s, &r);
    }
    return close_file(f, part, path);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* write_bill.c - the bill: usage added up by hour or day, priced exactly, as rows of a Cost and Usage Report 2.0. */
#include "synth/write_bill.h"

#include <string.h>

#include "base/alloc.h"

#define DAY_SECONDS 86400
#define MS_A_DAY INT64_C(86400000)

/* Columns of CUR 2.0 (AWS Data Exports, table dictionary, 2026) that tell usage and cost. */
const char sc_bill_header[] =
    "identity_line_item_id,bill_billing_entity,bill_billing_period_start_date,bill_billing_period_end_date,"
    "bill_payer_account_id,line_item_usage_account_id,line_item_line_item_type,line_item_usage_start_date,"
    "line_item_usage_end_date,line_item_product_code,line_item_usage_type,line_item_operation,line_item_usage_amount,"
    "line_item_currency_code,line_item_unblended_rate,line_item_unblended_cost,line_item_iam_principal,pricing_term,"
    "pricing_unit,pricing_public_on_demand_cost,product_servicecode,product_region_code,product,resource_tags\n";

typedef enum row_kind { ROW_USAGE, ROW_PRIVATE_RATE, ROW_EDP } row_kind;
static const char *const kind_names[] = {"Usage", "PrivateRateDiscount", "EdpDiscount"};

/* One row. */
typedef struct bill_row {
    const sc_future_work *work;
    const sc_bill_source *source;
    const sc_usage_type_text *type;
    const sc_line_item *item;
    row_kind kind;
    sc_money cost;
    sc_day day;
    int64_t from, to; /* UTC seconds */
    uint32_t slot, cell;
} bill_row;

/* ---- set-up ---- */

static void init_source(sc_bill_source *source, const sc_future_work *work, uint64_t seed)
{
    sc_strbuf principal = {0}, tags = {0};
    source->ids = sc_future_stream(work, seed, "synthetic bill");
    sc_put_principal(&principal, work);
    sc_strbuf_putc(&tags, '{');
    sc_put_json_pair(&tags, "user_project", work->project->id, 1);
    sc_put_json_pair(&tags, "user_workload", work->w->id, 0);
    for (size_t i = 0; i < work->project->n_tags; i++) {
        const sc_tag *tag = &work->project->tags[i];
        sc_strbuf key = {0};
        sc_strbuf_printf(&key, "user_%s", tag->key);
        if (key.failed)
            source->tags.failed = 1;
        else if (!sc_synth_is_taken(tag->key))
            sc_put_json_pair(&tags, key.text, tag->value, 0);
        sc_strbuf_release(&key);
    }
    sc_strbuf_putc(&tags, '}');
    if (principal.failed || tags.failed)
        source->tags.failed = 1;
    if (!source->tags.failed) {
        sc_put_csv(&source->principal, principal.text);
        sc_put_csv(&source->tags, tags.text);
    }
    sc_strbuf_release(&principal);
    sc_strbuf_release(&tags);
}

sc_code sc_bill_init(sc_bill *b, const sc_future *f, const sc_synth_options *o)
{
    int failed = 0;
    *b = (sc_bill){.f = f, .discount = o->discount, .slots = o->hourly ? 24 : 1};
    b->sources = SC_NEW_ARRAY(sc_bill_source, f->n_works);
    if (b->sources == NULL)
        return SC_E_MEMORY;
    for (size_t i = 0; i < f->n_works; i++) {
        b->sources[i].first_cell = b->slot_cells;
        b->slot_cells += f->works[i].n_bands + 1;
        init_source(&b->sources[i], &f->works[i], o->seed);
        failed |= b->sources[i].tags.failed || b->sources[i].principal.failed;
    }
    b->cells = SC_NEW_ARRAY(sc_bill_cell, b->slots * b->slot_cells);
    b->usage_types = SC_NEW_ARRAY(sc_usage_type_text, b->slot_cells * SC_SYNTH_METERS);
    return b->cells != NULL && b->usage_types != NULL && !failed ? SC_OK : SC_E_MEMORY;
}

void sc_bill_release(sc_bill *b)
{
    for (size_t i = 0; b->sources != NULL && i < b->f->n_works; i++) {
        sc_strbuf_release(&b->sources[i].principal);
        sc_strbuf_release(&b->sources[i].tags);
    }
    sc_free(b->sources);
    sc_free(b->cells);
    sc_free(b->usage_types);
    *b = (sc_bill){0};
}

/* ---- usage ---- */

void sc_bill_add(sc_bill *b, const sc_synth_request *r, const int64_t tokens[SC_SYNTH_METERS])
{
    const sc_future_work *work = &b->f->works[r->workload];
    const int64_t context = sc_synth_context(tokens);
    const size_t slot = b->slots == 1 ? 0 : (size_t)(r->ms % MS_A_DAY / (MS_A_DAY / 24));
    size_t band = 0;
    while (band < work->n_bands && context >= work->bands[band])
        band++;
    sc_bill_cell *cell = &b->cells[slot * b->slot_cells + b->sources[r->workload].first_cell + band];
    for (int m = 0; m < SC_SYNTH_METERS; m++)
        cell->tokens[m] += tokens[m];
}

/* ---- rows ---- */

static void put_day(sc_strbuf *out, sc_day day) { sc_put_time(out, (int64_t)day * DAY_SECONDS, ".000"); }

static int is_marketplace(const bill_row *row) { return row->type->product[0] != '\0'; }

/* Claude has a service code of its own in bills (Cost Explorer, 2026). */
static const char *service_code(const bill_row *row)
{
    const int claude = strcmp(row->work->w->buy.model->provider, "Anthropic") == 0;
    return claude ? "AmazonBedrockService" : "AmazonBedrock";
}

/* A product of AWS Marketplace has a code that says nothing. */
static void put_product_code(sc_strbuf *out, const bill_row *row)
{
    uint32_t bits[4];
    if (!is_marketplace(row)) {
        sc_strbuf_puts(out, service_code(row));
        return;
    }
    const sc_stream codes = sc_stream_of(0, row->work->w->buy.model->id, "", "synthetic product");
    sc_philox(&codes, 0, 0, 0, 0, bits);
    sc_put_id(out, bits, 0);
}

static void put_product_map(sc_strbuf *out, const bill_row *row)
{
    sc_strbuf map = {0};
    sc_strbuf_putc(&map, '{');
    sc_put_json_pair(&map, "product_name", is_marketplace(row) ? row->type->product : "Amazon Bedrock", 1);
    sc_strbuf_putc(&map, '}');
    if (map.failed)
        out->failed = 1;
    else
        sc_put_csv(out, map.text);
    sc_strbuf_release(&map);
}

/* Lines of AWS Marketplace have no service code and no list price. */
static void put_row(sc_strbuf *out, const sc_card *card, const bill_row *row)
{
    const int month = sc_day_month(row->day), is_usage = row->kind == ROW_USAGE, per = (int)row->type->per;
    char amount[SC_DECIMAL_TEXT_MAX] = "0", rate[SC_DECIMAL_TEXT_MAX] = "", cost[SC_DECIMAL_TEXT_MAX];
    uint32_t bits[4];
    sc_philox(&row->source->ids, (uint32_t)row->day, row->slot, row->cell, (uint32_t)row->kind, bits);
    if (is_usage) {
        sc_decimal_format_exact(row->item->quantity, per == 1000 ? 3 : 6, 0, amount);
        sc_decimal_format_exact(sc_money_times(row->item->point->price, per), 15, 0, rate);
    }
    sc_decimal_format_exact(row->cost, 15, 0, cost);

    sc_put_id(out, bits, 0);
    sc_strbuf_puts(out, is_marketplace(row) ? ",AWS Marketplace," : ",AWS,");
    put_day(out, sc_month_start(month));
    sc_strbuf_putc(out, ',');
    put_day(out, sc_month_start(month + 1));
    sc_strbuf_printf(out, "," SC_SYNTH_ACCOUNT "," SC_SYNTH_ACCOUNT ",%s,", kind_names[row->kind]);
    sc_put_time(out, row->from, ".000");
    sc_strbuf_putc(out, ',');
    sc_put_time(out, row->to, ".000");
    sc_strbuf_putc(out, ',');
    put_product_code(out, row);
    /* The operation names the call since 2026-01-15 (FOCUS exports of 2026). */
    sc_strbuf_printf(out, ",%s,%s,%s,USD,%s,%s,%s,OnDemand,%s,%s,%s,%s,", row->type->usage_type,
                     row->day >= sc_day_of(2026, 1, 15) ? "InvokeModelInference" : "Usage", amount, rate, cost,
                     row->source->principal.text, per == 1000 ? "1K tokens" : "1M tokens",
                     is_usage && !is_marketplace(row) ? cost : "0", is_marketplace(row) ? "" : service_code(row),
                     sc_card_region(card, (size_t)row->work->w->buy.region)->code);
    put_product_map(out, row);
    sc_strbuf_printf(out, ",%s\n", row->source->tags.text);
}

/* The usage type of a meter in a band, made when first needed. */
static sc_code usage_type_of(sc_bill *b, const sc_future_work *work, size_t cell, size_t band, sc_meter meter,
                             const sc_usage_type_text **out, sc_errors *errors)
{
    const sc_buy *buy = &work->w->buy;
    sc_usage_type_text *text = &b->usage_types[cell * SC_SYNTH_METERS + meter];
    char why[400];
    *out = text;
    if (text->per != 0)
        return SC_OK;
    const sc_usage_type u = {.region = buy->region,
                             .model = buy->model,
                             .meter = meter,
                             .scope = buy->scope,
                             .tier = buy->tier,
                             .long_context = band > 0};
    if (sc_usage_type_write(b->f->card, &u, text, why, sizeof why) == SC_OK)
        return SC_OK;
    return sc_errors_add(errors, SC_E_INPUT, NULL, NULL, "workload '%s/%s': %s", work->project->id, work->w->id, why);
}

/* The rows of one priced line; returns what they add up to. */
static sc_money put_item(sc_bill *b, bill_row row, sc_strbuf *out)
{
    const sc_money off = sc_money_share(row.item->cost, b->discount, SC_DISCOUNT_WHOLE);
    const sc_money cost[] = {row.item->list, -row.item->discount, -off};
    for (row.kind = ROW_USAGE; row.kind <= ROW_EDP; row.kind++) {
        if (cost[row.kind] == 0 && row.kind != ROW_USAGE)
            continue;
        row.cost = cost[row.kind];
        put_row(out, b->f->card, &row);
        b->lines++;
    }
    return row.item->cost - off;
}

/* Prices what one cell holds. */
static sc_code bill_cell(sc_bill *b, bill_row row, size_t band, const sc_bill_cell *cell, sc_strbuf *out,
                         sc_synth_sum *sum, sc_errors *errors)
{
    const sc_future_work *work = row.work;
    const sc_tags tags = {sc_project_tag, work->project};
    sc_usage_line lines[SC_SYNTH_METERS];
    sc_line_item items[SC_SYNTH_METERS];
    sc_errors found = {0}; /* warnings are about single requests, which this is not */
    sc_money total;
    size_t n = 0;
    for (int m = 0; m < SC_SYNTH_METERS; m++) {
        if (cell->tokens[m] > 0)
            lines[n++] = (sc_usage_line){(sc_meter)m, cell->tokens[m], NULL};
    }
    if (n == 0)
        return SC_OK;
    const int64_t context = band > 0 ? work->bands[band - 1] : 0;
    sc_code code =
        sc_card_price(b->f->card, &work->w->buy, lines, n, 1, context, row.day, &tags, items, &total, &found);
    for (int i = 0; code != SC_OK && i < found.count; i++) {
        if (!found.item[i].warning)
            return sc_errors_add(errors, code, NULL, NULL, "workload '%s/%s': %s", work->project->id, work->w->id,
                                 found.item[i].text);
    }
    if (code != SC_OK)
        return code;
    sum->cost += total;
    for (size_t i = 0; out != NULL && i < n; i++) {
        code = usage_type_of(b, work, row.source->first_cell + band, band, items[i].meter, &row.type, errors);
        if (code != SC_OK)
            return code;
        row.item = &items[i];
        row.cell = (uint32_t)(band * SC_SYNTH_METERS + items[i].meter);
        sum->billed += put_item(b, row, out);
    }
    return SC_OK;
}

sc_code sc_bill_day(sc_bill *b, size_t day, sc_strbuf *out, sc_synth_sum *projects, sc_errors *errors)
{
    const int64_t length = DAY_SECONDS / (int64_t)b->slots;
    sc_code code = SC_OK;
    for (size_t slot = 0; slot < b->slots; slot++) {
        bill_row row = {.day = b->f->s->start + (sc_day)day, .slot = (uint32_t)slot};
        row.from = (int64_t)row.day * DAY_SECONDS + (int64_t)slot * length;
        row.to = row.from + length;
        for (size_t i = 0; i < b->f->n_works; i++) {
            row.work = &b->f->works[i];
            row.source = &b->sources[i];
            for (size_t band = 0; band <= row.work->n_bands && code == SC_OK; band++) {
                const sc_bill_cell *cell = &b->cells[slot * b->slot_cells + row.source->first_cell + band];
                code = bill_cell(b, row, band, cell, out, &projects[row.work->w->project], errors);
            }
        }
    }
    memset(b->cells, 0, b->slots * b->slot_cells * sizeof *b->cells);
    return code;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_zone.c - clocks that are changed, and days that start by them. */
#include "expect.h"
#include "ledger_fixture.h"

#define DAY INT64_C(86400)

/* Berlin, 2026: an hour east, from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC two. */
static const sc_zone berlin = {.name = "Europe/Berlin",
                               .offset = 3600,
                               .n = 2,
                               .change = {{INT64_C(1774746000), 7200}, {INT64_C(1792890000), 3600}}};

static void offsets(void)
{
    static const struct {
        int64_t time;
        int32_t offset;
    } cases[] = {
        {INT64_MIN, 3600},  {0, 3600},          {1774745999, 3600}, {1774746000, 7200},
        {1792889999, 7200}, {1792890000, 3600}, {INT64_MAX, 3600},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        EXPECT_I64(sc_zone_offset(&berlin, cases[i].time), cases[i].offset);
}

static void fixed_clocks(void)
{
    static const struct {
        int32_t offset;
        const char *name;
    } cases[] = {{0, "UTC"}, {7200, "+02:00"}, {-12600, "-03:30"}, {SC_ZONE_OFFSET_MAX, "+18:00"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sc_zone z;
        sc_zone_fixed(cases[i].offset, &z);
        EXPECT_STR(sc_zone_name(&z), cases[i].name);
        EXPECT_I64(sc_zone_offset(&z, 12345), cases[i].offset);
        EXPECT_I64(sc_zone_is_utc(&z), cases[i].offset == 0);
    }
}

static void agreement(void)
{
    sc_zone z = berlin;
    z.name[0] = 'e';
    EXPECT_TRUE(sc_zone_agree(&z, &berlin));
    z.change[1].from++;
    EXPECT_TRUE(!sc_zone_agree(&z, &berlin));
    z = berlin;
    z.change[0].offset = 0;
    EXPECT_TRUE(!sc_zone_agree(&z, &berlin));
    z = berlin;
    z.n = 1;
    EXPECT_TRUE(!sc_zone_agree(&z, &berlin));
    z = berlin;
    z.offset = 0;
    EXPECT_TRUE(!sc_zone_agree(&z, &berlin));
}

static sc_day local_day(const sc_zone *zone, int64_t time)
{
    sc_ledger_options o = sc_ledger_defaults(NULL);
    sc_usage_record r;
    sc_ledger_cell cell = {.local_day = -1};
    o.zone = zone;
    a_request(&r, time);
    sc_ledger *l = ledger_of(&o, &r, 1);
    if (l != NULL && EXPECT_I64(sc_ledger_cell_count(l), 1))
        sc_ledger_cell_at(l, 0, &cell);
    sc_ledger_free(l);
    return cell.local_day;
}

/* The same hour in UTC belongs to the next day in summer only. */
static void days_of_a_ledger(void)
{
    const int64_t winter = 20500 * DAY + 22 * 3600, summer = 20600 * DAY + 22 * 3600; /* 2026-02-16, 2026-05-27 */
    EXPECT_I64(local_day(&berlin, winter), 20500);
    EXPECT_I64(local_day(&berlin, summer), 20601);
    EXPECT_I64(local_day(&berlin, summer - 1), 20600);
    EXPECT_I64(local_day(NULL, summer), 20600);
}

/* A ledger without a zone of its own takes that of the first one merged in. */
static void taken_zone(void)
{
    sc_ledger_options o = sc_ledger_defaults(NULL);
    sc_usage_record r;
    sc_errors errors = {0};
    a_request(&r, 0);
    sc_ledger *utc = ledger_of(&o, &r, 1);
    o.zone = &berlin;
    r.time = DAY;
    sc_ledger *local = ledger_of(&o, &r, 1);
    o.zone = NULL;
    sc_ledger *into = sc_ledger_new(&o);
    if (utc != NULL && local != NULL && into != NULL) {
        EXPECT_I64(sc_ledger_merge(into, local, &errors), SC_OK);
        EXPECT_STR(sc_zone_name(sc_ledger_zone(into)), "Europe/Berlin");
        EXPECT_I64(sc_ledger_merge(into, utc, &errors), SC_E_INPUT);
        EXPECT_STR(errors.item[0].text, "days start by UTC in this ledger and by Europe/Berlin in the other");
    }
    sc_ledger_free(into);
    into = sc_ledger_new(&o);
    sc_ledger_writer_free(sc_ledger_writer_new(into)); /* from now on records may have come by UTC */
    EXPECT_I64(sc_ledger_merge(into, local, &errors), SC_E_INPUT);
    sc_ledger_free(into);
    sc_ledger_free(utc);
    sc_ledger_free(local);
}

CU_ErrorCode test_zone_register(void)
{
    static CU_TestInfo tests[] = {
        {"offsets at changes of the clock", offsets},
        {"clocks that are never changed", fixed_clocks},
        {"clocks agree whatever their names", agreement},
        {"days of a ledger start by the clock of their season", days_of_a_ledger},
        {"the zone of a ledger is taken", taken_zone},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"zone", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_ledger_file.c - saved ledgers come back equal; other files, other versions and damaged ones are refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "expect.h"
#include "io/file.h"
#include "ledger/ledger_file.h"
#include "ledger_fixture.h"

static sc_card *card;
static sc_errors errors;
static char folder[] = "/tmp/spendcast-test-XXXXXX";
static char path[64];

static int set_up(void)
{
    card = ledger_card();
    if (card == NULL || mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof path, "%s/a.ledger", folder);
    return 0;
}

static int clean_up(void)
{
    sc_card_free(card);
    return rmdir(folder);
}

/* Settings of all kinds, priced or not. */
static sc_ledger_options options(int variant)
{
    static const char *const keep[] = {"note", "env", NULL};
    static const sc_zone west = {.name = "-03:30", .offset = -12600};
    static const sc_zone somewhere = {.name = "Some/Where",
                                      .offset = -12600,
                                      .n = 3,
                                      .change = {{-5, -9000}, {20 * INT64_C(86400), -12600}, {INT64_C(1) << 33, 3600}}};
    static sc_rater rater;
    sc_ledger_options o = sc_ledger_defaults(card);
    rater = a_rater(card);
    o.max_values = 40;
    o.keep_tags = variant & 1 ? keep : NULL;
    o.only_keep_tags = variant >> 1 & 1;
    o.sketches = (variant >> 2 & 1) == 0;
    o.rater = variant & 8 ? &rater : NULL;
    o.zone = variant & 1 ? &west : variant & 2 ? &somewhere : NULL;
    o.keep_dims = variant & 2 ? 1u << SC_DIM_MODEL | 1u << SC_DIM_SESSION : o.keep_dims;
    return o;
}

/* Of the random records first to before last. */
static sc_ledger *random_ledger(int variant, uint64_t first, uint64_t last)
{
    const sc_ledger_options o = options(variant);
    sc_ledger *l = sc_ledger_new(&o);
    sc_ledger_writer *w = sc_ledger_writer_new(l);
    random_record x;
    for (uint64_t i = first; i < last; i++) {
        random_record_at(i, &x);
        EXPECT_I64(sc_ledger_add(w, x.kind, &x.record), SC_OK);
    }
    sc_ledger_writer_free(w);
    EXPECT_I64(sc_ledger_seal(l), SC_OK);
    return l;
}

static sc_ledger *parsed(const sc_strbuf *bytes)
{
    sc_ledger *l;
    memset(&errors, 0, sizeof errors);
    if (!EXPECT_I64(sc_ledger_parse("a.ledger", bytes->text, bytes->len, &l, &errors), SC_OK))
        EXPECT_STR(errors.item[0].text, "");
    return l;
}

static int same_cell(const sc_ledger *a, const sc_ledger *b, size_t i)
{
    sc_ledger_cell x, y;
    sc_ledger_cell_at(a, i, &x);
    sc_ledger_cell_at(b, i, &y);
    return x.stream == y.stream && x.day == y.day && x.local_day == y.local_day && x.context_from == y.context_from &&
           x.records == y.records && x.requests == y.requests && x.no_counts == y.no_counts &&
           memcmp(x.tokens, y.tokens, sizeof x.tokens) == 0 && x.has_cost == y.has_cost && x.billed == y.billed &&
           x.list == y.list && x.effective == y.effective && x.cost == y.cost &&
           x.unpriced_tokens == y.unpriced_tokens && x.assumed_tokens == y.assumed_tokens;
}

/* What is loaded is what was saved: the same bytes again, and the same when it is read. */
static void comes_back(void)
{
    for (int variant = 0; variant < 16; variant++) {
        sc_ledger *l = random_ledger(variant, 0, 700);
        sc_strbuf bytes = saved_bytes(l);
        sc_ledger *again = parsed(&bytes);
        if (again != NULL) {
            sc_strbuf twice = saved_bytes(again);
            EXPECT_TRUE(twice.len == bytes.len && memcmp(twice.text, bytes.text, bytes.len) == 0);
            sc_strbuf_release(&twice);
            EXPECT_I64(sc_ledger_is_priced(again), sc_ledger_is_priced(l));
            EXPECT_I64(sc_ledger_dims(again), sc_ledger_dims(l));
            EXPECT_TRUE(sc_zone_agree(sc_ledger_zone(again), sc_ledger_zone(l)));
            EXPECT_STR(sc_zone_name(sc_ledger_zone(again)), sc_zone_name(sc_ledger_zone(l)));
            EXPECT_I64(sc_ledger_stream_count(again), sc_ledger_stream_count(l));
            size_t differ = sc_ledger_cell_count(again) != sc_ledger_cell_count(l);
            for (size_t i = 0; differ == 0 && i < sc_ledger_cell_count(l); i++)
                differ += !same_cell(l, again, i);
            EXPECT_I64(differ, 0);
        }
        sc_ledger_free(again);
        sc_ledger_free(l);
        sc_strbuf_release(&bytes);
    }
}

/* Merging loaded ledgers gives the bytes of one that has read everything. */
static void merges_loaded(void)
{
    for (int variant = 0; variant < 16; variant++) {
        const sc_ledger_options o = options(variant);
        sc_ledger *all = random_ledger(variant, 0, 900), *sum = sc_ledger_new(&o);
        for (uint64_t first = 0; first < 900; first += 300) {
            sc_ledger *l = random_ledger(variant, first, first + 300);
            sc_strbuf bytes = saved_bytes(l);
            sc_ledger *loaded = parsed(&bytes);
            EXPECT_I64(sc_ledger_merge(sum, loaded, NULL), SC_OK);
            sc_ledger_free(loaded);
            sc_ledger_free(l);
            sc_strbuf_release(&bytes);
        }
        EXPECT_I64(sc_ledger_seal(sum), SC_OK);
        if (!expect_same_bytes(all, sum))
            printf("    variant %d\n", variant);
        sc_ledger_free(all);
        sc_ledger_free(sum);
    }
}

static void empty(void)
{
    sc_ledger *l = random_ledger(0, 0, 0);
    sc_strbuf bytes = saved_bytes(l);
    sc_ledger *again = parsed(&bytes);
    if (again != NULL) {
        EXPECT_I64(sc_ledger_stream_count(again), 0);
        EXPECT_I64(sc_ledger_cell_count(again), 0);
        EXPECT_I64(sc_ledger_grain(again), SC_GRAIN_REQUEST);
    }
    sc_ledger_free(again);
    sc_ledger_free(l);
    sc_strbuf_release(&bytes);
}

static void files(void)
{
    sc_ledger *l = random_ledger(0, 0, 50), *again;
    struct stat status;
    memset(&errors, 0, sizeof errors);
    EXPECT_I64(sc_ledger_save(l, path, &errors), SC_OK);
    if (EXPECT_I64(sc_ledger_load(path, &again, &errors), SC_OK))
        EXPECT_I64(sc_ledger_cell_count(again), sc_ledger_cell_count(l));
    sc_ledger_free(again);

    sc_alloc_fail_at(1); /* a file that cannot be replaced whole stays as it is */
    EXPECT_I64(sc_ledger_save(l, path, &errors), SC_E_MEMORY);
    sc_alloc_fail_at(0);
    EXPECT_I64(sc_ledger_load(path, &again, NULL), SC_OK);
    sc_ledger_free(again);
    EXPECT_I64(unlink(path), 0);
    EXPECT_I64(sc_ledger_load(path, &again, &errors), SC_E_IO);
    EXPECT_TRUE(again == NULL);
    EXPECT_I64(sc_ledger_save(l, "/nowhere/a.ledger", &errors), SC_E_IO);
    EXPECT_TRUE(stat("/nowhere", &status) != 0);
    sc_ledger_free(l);

    const sc_ledger_options o = sc_ledger_defaults(card);
    l = sc_ledger_new(&o);
    EXPECT_I64(sc_ledger_save(l, path, &errors), SC_E_INTERNAL); /* not sealed */
    sc_ledger_free(l);
}

static void expect_refused(const char *data, size_t size, const char *text)
{
    sc_ledger *l = NULL;
    memset(&errors, 0, sizeof errors);
    if (EXPECT_I64(sc_ledger_parse("a.ledger", data, size, &l, &errors), SC_E_INPUT)) {
        EXPECT_STR(errors.item[0].file, "a.ledger");
        EXPECT_STR(errors.item[0].text, text);
    }
    EXPECT_TRUE(l == NULL);
    sc_ledger_free(l);
}

static void refuses(void)
{
    sc_ledger *l = random_ledger(0, 0, 30);
    sc_strbuf bytes = saved_bytes(l);
    static const char damaged[] =
        "the contents do not have the checksum that the ledger ends with: it is cut short or damaged";
    expect_refused("", 0, "the file begins with '', expected 'SCLEDGER': it is no ledger");
    expect_refused("SCLEDGE", 7, "the file begins with 'SCLEDGE', expected 'SCLEDGER': it is no ledger");
    expect_refused("time,model\n2026", 15, "the file begins with 'time,mod', expected 'SCLEDGER': it is no ledger");
    expect_refused("SCLEDGER", 8, "the version at byte 8 is no whole number");
    expect_refused("SCLEDGER\x02 more", 14,
                   "the ledger has version 2, expected 1: another version of spendcast saved it");
    expect_refused("SCLEDGER\x01 more", 14, "the ledger ends after 14 bytes, expected its checksum: it is cut short");
    expect_refused(bytes.text, bytes.len - 1, damaged);
    expect_refused(bytes.text, bytes.len / 2, damaged);
    for (size_t i = 9; i < bytes.len; i += 1 + bytes.len / 300) {
        bytes.text[i] ^= 4;
        expect_refused(bytes.text, bytes.len, damaged);
        bytes.text[i] ^= 4;
    }
    sc_strbuf_release(&bytes);
    sc_ledger_free(l);
}

/* Files with a right checksum and wrong contents: what follows the version. */
static void refuses_contents(void)
{
#define SETTINGS "\x80\x01\x00\x14\x02\x01\x00" /* dim model, no offset, 10 values, sketches, one band, no tags */
#define ZONE "\x80\x01\x00\x14\x0a\x01\x00"     /* the same with a zone */
#define STREAM "\x00\x00\x00\x00\x00\x00\x01\x00"
    static const struct {
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {
    /* clang-format off */
#define CASE(bytes, text) {(bytes), sizeof(bytes) - 1, (text)}
        CASE("", "the set of dims at byte 9 is no whole number"),
        CASE("\x80", "the set of dims at byte 9 is no whole number"),
        CASE("\x80\x00", "the set of dims at byte 9 is no whole number"), /* longer than it needs to be */
        CASE("\x80\x20", "the set of dims at byte 9 is 4096, expected 0 to 4095"),
        CASE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x04",
             "the set of dims at byte 9 is no whole number"), /* more than 128 bits */
        CASE("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03",
             "the set of dims at byte 9 is more than 18446744073709551615, expected 0 to 4095"),
        CASE("\x00\x80\x80\x80\x80\x20", "the start of days at byte 10 is out of range, expected -64800 to 64800"),
        CASE("\x00\x00\x00\x10", "the set of flags at byte 12 is 16, expected 0 to 15"),
        CASE("\x00\x00\x00\x00\x00", "the number of context bands at byte 13 is 0, expected 1 to 32"),
        CASE("\x00\x00\x00\x00\x02\x00", "a context band at byte 14 is 0, expected 1 to 9223372036854775807"),
        CASE("\x00\x00\x00\x00\x01\x01", "the number of kept tags at byte 14 is 1, expected 0 to 0"),
        CASE("\x00\x00\x00\x00\x01\x01\x05", "a kept tag at byte 15 is 5, expected 0 to 0"),
        CASE(ZONE "\x00", "the name of the zone at byte 16 is 0, expected 1 to 0"),
        CASE(ZONE "\x03" "A\x00" "B\x01", "the name of the zone that ends at byte 20 is none"),
        CASE(ZONE "\x01" "A\x00\x00", "the number of changes of the clock at byte 18 is 0, expected 1 to 256"),
        CASE(ZONE "\x01" "A\x01\x00\x90\xf5\x07",
             "an offset from UTC at byte 20 is out of range, expected -64800 to 64800"),
        CASE(ZONE "\x01" "A\x02\x02\x00\x00\x00",
             "the change of the clock that ends at byte 23 is not after the one before"),
        CASE(SETTINGS "\xff\xff\xff\x0f", "the number of texts at byte 16 is 33554431, expected 0 to 3"),
        CASE(SETTINGS "\x02\x01" "a\x01" "a", "a text that ends at byte 21 stands twice"),
        CASE(SETTINGS "\x01\x00", "a text at byte 17 is 0, expected 1 to 0"),
        CASE(SETTINGS "\x01\x01" "a\x01\x02", "a folded key at byte 20 is 2, expected 0 to 1"),
        CASE(SETTINGS "\x01\x01" "a\x00\x01\x41", "the number of tags at byte 21 is 65, expected 1 to 64"),
        CASE(SETTINGS "\x01\x01" "a\x00\x01\x02\x01\x01\x01",
             "the key of a tag at byte 24 is 1, expected 1 to 0"),
        CASE(SETTINGS "\x01\x01" "a\x00\x01\x01\x01\x00", "the value of a tag at byte 23 is 0, expected 1 to 1"),
        CASE(SETTINGS "\x00\x00\x00\x01\x09", "the kind of a stream at byte 20 is 9, expected 0 to 8"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x00\x00\x00",
             "the number of cells at byte 30 is 0, expected 1 to 2"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02\x00",
             "a dim of a stream at byte 28 is 2, expected 0 to 1"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x02\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x01\x01",
             "the cell that ends at byte 43 stands twice"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x01\x00\x00\x01\x00\x01\x01",
             "the context band of a cell at byte 33 is 1, expected 0 to 0"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x01\x00\x00\x00\x00\x80\x20",
             "a count of a cell at byte 35 is 4096, expected 0 to 2047"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x01\x00\x00\x00\x00\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80"
             "\x01",
             "a count of a cell at byte 36 is 9223372036854775808, expected 1 to 9223372036854775807"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x01\x00\x00\x00\x00\x01\x01\x02\x00\x01\x00\x01",
             "a size at byte 40 is 0, expected 1 to 262143"),
        CASE(SETTINGS "\x01\x01" "a\x00\x00\x01" STREAM "\x01\x00\x00\x00\x00\x01\x01\x00\x00\x00\x00\x01\x01",
             "the stream of a quota at byte 42 is 1, expected 0 to 0"),
        CASE(SETTINGS "\x00\x00\x00\x00\x00\x00\x00", "1 bytes after the last fingerprint, expected none"),
        CASE(SETTINGS "\x00\x00\x00\x00\x00\x02\x00\x00\x00\x01\x01\x00\x00\x00\x01\x01",
             "the fingerprint that ends at byte 32 stands twice"),
        CASE(SETTINGS "\x00\x00\x00\x00\x00\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01",
             "a fingerprint at byte 25 is more than 18446744073709551615, expected 0 to 18446744073709551615"),
        /* clang-format on */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char digest[SC_SHA256_HEX_SIZE];
        sc_strbuf bytes = {0};
        sc_strbuf_puts(&bytes, SC_LEDGER_MAGIC "\x01");
        sc_strbuf_add(&bytes, cases[i].bytes, cases[i].size);
        sc_sha256_hex(bytes.text, bytes.len, digest);
        sc_strbuf_puts(&bytes, digest);
        expect_refused(bytes.text, bytes.len, cases[i].text);
        sc_strbuf_release(&bytes);
    }
}

static void without_memory(void)
{
    sc_ledger *l = random_ledger(1, 0, 60);
    sc_strbuf bytes = saved_bytes(l);
    uint64_t n = 1;
    for (;; n++) {
        sc_ledger *again = NULL;
        memset(&errors, 0, sizeof errors);
        sc_alloc_fail_at(n);
        const sc_code code = sc_ledger_parse("a.ledger", bytes.text, bytes.len, &again, &errors);
        const int none_failed = sc_alloc_fail_at(0) < n;
        EXPECT_TRUE((code == SC_OK) == (again != NULL));
        sc_ledger_free(again);
        if (none_failed) {
            EXPECT_I64(code, SC_OK);
            break;
        }
        EXPECT_I64(code, SC_E_MEMORY);
        EXPECT_STR(errors.item[0].text, "out of memory");
    }
    EXPECT_TRUE(n > 100);
    sc_strbuf_release(&bytes);
    sc_ledger_free(l);
}

CU_ErrorCode test_ledger_file_register(void)
{
    static CU_TestInfo tests[] = {
        {"comes back", comes_back},
        {"merges loaded ones", merges_loaded},
        {"empty", empty},
        {"files", files},
        {"refuses", refuses},
        {"refuses contents", refuses_contents},
        {"without memory", without_memory},
        CU_TEST_INFO_NULL,
    };
    static CU_SuiteInfo suites[] = {{"ledger_file", set_up, clean_up, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
    return CU_register_suites(suites);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_evals_mapping.c - a mapping, up to a line "---", and the table it maps: an error has a place in one of them;
 * evidence that is read has a task for each subject and names that are found again. */
#include "fuzz_check.h"
#include "spendcast/evidence.h"

static const char separator[] = "---\n";

/* Each error stands in the text that it names, or in none. */
static void check_mapped(const sc_errors *errors, const sc_evidence_text *mapping, const sc_evidence_text *table)
{
    require(errors->errors > 0);
    for (int i = 0; i < errors->count; i++) {
        sc_errors one = {.count = 1, .errors = 1};
        one.item[0] = errors->item[i];
        if (one.item[0].line == 0)
            continue; /* of the table as a whole */
        const sc_evidence_text *text = strcmp(one.item[0].file, mapping->name) == 0 ? mapping : table;
        require(strcmp(one.item[0].file, text->name) == 0);
        check_places(&one, text->text, text->size);
    }
}

/* Where the mapping ends, NULL = nowhere. */
static const char *find_separator(const char *text, size_t size)
{
    const size_t len = sizeof separator - 1;
    for (size_t i = 0; i + len <= size; i++) {
        if (memcmp(text + i, separator, len) == 0)
            return text + i;
    }
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *cut = find_separator(text, size);
    sc_errors errors = {0};
    sc_evidence *e;
    if (cut == NULL)
        return 0;
    const sc_evidence_text mapping = {"mapping", text, (size_t)(cut - text)};
    const char *rest = cut + sizeof separator - 1;
    const sc_evidence_text table = {"table", rest, size - (size_t)(rest - text)};
    if (sc_evidence_parse(&table, 1, &mapping, NULL, &e, &errors) != SC_OK) {
        require(e == NULL);
        check_mapped(&errors, &mapping, &table);
        return 0;
    }
    require(errors.count == 0);
    for (size_t i = 0; i < sc_evidence_subject_count(e); i++)
        require(sc_evidence_subject_at(e, i).task[0] != '\0');
    for (size_t i = 0; i < sc_evidence_model_count(e); i++)
        require(sc_evidence_model_of(e, sc_evidence_model_name(e, i)) == (int)i);
    for (size_t i = 0; i < sc_evidence_excluded_count(e); i++)
        require(sc_evidence_excluded_at(e, i).reason[0] != '\0' && sc_evidence_excluded_at(e, i).line > 0);
    sc_evidence_free(e);
    return 0;
}

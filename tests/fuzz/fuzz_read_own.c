/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_read_own.c - rows of spendcast's own CSV, whole and split (fuzz_usage_csv.h). */
#include "fuzz_usage_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return check_input(&sc_reader_own, data, size); }

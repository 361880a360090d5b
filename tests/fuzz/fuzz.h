/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h - what libFuzzer calls; replay.c calls it too, once for each file of a corpus */
#pragma once
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

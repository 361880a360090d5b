/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - the little of a network namespace that a runtime sets up by itself */
#pragma once
#include "base/error.h"

/* Brings the loopback device of the current network namespace up. */
int network_loopback_up(struct error *err);

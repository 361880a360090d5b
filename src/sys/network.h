/* SPDX-License-Identifier: Apache-2.0 */
/* network.h - what the runtime itself sets up in a new network namespace: the loopback device */
#pragma once
#include "base/error.h"

/* Switches on the loopback device of the current network namespace. */
int network_loopback_up(struct error *err);

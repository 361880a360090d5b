#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes ./configure from configure.ac (needs autoconf and automake).
set -e
cd "$(dirname "$0")"
mkdir -p m4 build-aux
exec autoreconf -fi

/* SPDX-License-Identifier: MIT */
#include "skt_test.h"

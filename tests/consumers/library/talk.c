/* SPDX-License-Identifier: MIT */
/* A library that has skt inside, and installs itself for others. */
#include "talk.h"

int talk_supports(int domain) { return skt_supports(domain, SKT_STREAM, 0); }

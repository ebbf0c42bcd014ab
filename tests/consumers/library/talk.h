/* SPDX-License-Identifier: MIT */
#include <skt.h>

int talk_supports(int domain);

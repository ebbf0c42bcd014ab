/* SPDX-License-Identifier: MIT */
#ifndef SECONDS_H
#define SECONDS_H

/* Seconds since some moment in the past, to measure how long things take. */
double seconds_now(void);

#endif

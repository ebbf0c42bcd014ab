/* SPDX-License-Identifier: MIT */
#ifndef SKT_OPTION_H
#define SKT_OPTION_H

/* What the sources of options share. */
#include "internal.h"

/* The value of an option in the system's form, and back. */
int skt__encode_option(const skt__option_row *row, int value);
int skt__decode_option(const skt__option_row *row, int native);

/* The two options of trains. The mark is for a socket that the system has set
 * to receive trains, or refused with rc; returns the code for the caller. */
bool skt__is_train_option(int option);
int skt__read_train_option(const skt *s, int option);
int skt__set_sends_trains(skt *s, int value);
int skt__mark_receives_trains(skt *s, int value, int rc);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef SKT_OPTION_H
#define SKT_OPTION_H

/* What the sources of options share. */
#include "internal.h"

/* The value of an option in the system's form, and back. */
int skt__encode_option(const skt__option_row *row, int value);
int skt__decode_option(const skt__option_row *row, int native);

/* The two options of trains. */
bool skt__is_train_option(int option);
int skt__read_train_option(const skt *s, int option);
int skt__set_sends_trains(skt *s, int value);

/* Remember what messages arrive with, after the system returned rc for an
 * option SKT_OPT_RECEIVE_.... Returns the code for the caller. */
int skt__mark_receives(skt *s, int option, int value, int rc);

#endif

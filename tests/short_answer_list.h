/* SPDX-License-Identifier: MIT */
/* Every test of tests/posix/short_answer.c. */
X(short_answer, option_cannot_be_read)
X(short_answer, limit_is_not_taken_for_none)
X(short_answer, outcome_of_a_connect_is_not_taken_for_success)
X(short_answer, adopted_socket_of_unknown_type_is_refused)

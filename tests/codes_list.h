/* SPDX-License-Identifier: MIT */
/* Every test of the backend's table of numbers. */
X(codes, same_event_gives_the_same_code)
X(codes, every_row_of_the_table_is_an_event)
X(codes, every_row_of_the_table_is_reached)
X(codes, every_row_of_the_resolver_is_an_event)
X(codes, number_of_the_resolver_that_nobody_has_mapped_is_enamefail)
X(codes, number_that_nobody_has_mapped_is_eunknown)
X(codes, no_number_gives_anything_but_a_code_of_skt)
X(codes, errors_fields_promise_what_comes_about_and_nothing_else)

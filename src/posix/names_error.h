/* SPDX-License-Identifier: MIT */
#ifndef SKT_NAMES_ERROR_H
#define SKT_NAMES_ERROR_H

/* The code of a number that getaddrinfo or getnameinfo returned, with the errno
 * that they left, which was 0 before; and the number that says most. */
int skt__name_failure(int number, int *native);

#endif

/* SPDX-License-Identifier: MIT */
#ifndef SKT_SHARED_H
#define SKT_SHARED_H

/*
 * What the shared sources offer to backends
 */

/* A struct sockaddr of `length` bytes becomes an address; see
 * skt_addr_from_native, whose argument checks have been made. */
int skt__addr_set(skt_addr *out, const void *native, size_t length);

/* The address that means none in particular: wildcard and port 0, or unnamed.
 */
void skt__addr_any(skt_addr *a, int domain);

/* The system's numbers for a domain and a type; -1 where the system's headers
 * have no such type. */
int skt__native_family(int domain);
int skt__native_type(int type);

/* And back: domain | type, SKT_EAFNOSUPPORT or SKT_EPROTONOSUPPORT. */
int skt__kind_of(int family, int type);

/* The code for a native number that a call gave, by skt__sys_codes;
 * SKT_EUNKNOWN if it has none. Call 0 fits the rows for all calls only. */
int skt__code(int call, int native);

#endif

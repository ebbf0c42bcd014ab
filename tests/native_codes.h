/* SPDX-License-Identifier: MIT */
/* Every failure that the systems document for skt's calls, by event: the calls
 * that can meet it, Linux' number, Winsock's (0: none there), and the one code
 * for both. SEEN codes reach the caller, so the Errors field of skt_CALL must
 * promise them (test_error_codes.c compares). HIDDEN ones are acted upon by the
 * shared sources. OTHER is a call that skt does not make yet, or an answer to
 * arguments that it does not give. */

/* The handle, the memory, the network as a whole. */
SEEN(ANY, "closed by somebody else", 9, 10038, SKT_ENOTSOCK)
SEEN(ANY, "no socket", 88, 10038, SKT_ENOTSOCK)
SEEN(ANY, "not even a handle", 0, 6, SKT_ENOTSOCK)
SEEN(ANY, "bad descriptor", 0, 10009, SKT_ENOTSOCK)
SEEN(ANY, "device that knows no socket's requests", 25, 0, SKT_ENOTSOCK)
SEEN(ANY & ~WAIT, "memory that is not mapped", 14, 10014, SKT_EFAULT)
SEEN(ANY, "memory that is not mapped, in the kernel", 0, 998, SKT_EFAULT)
SEEN(ANY & ~(ACCEPT | CONNECT | READ | WRITE), "network down", 100, 10050,
     SKT_ENETDOWN)
SEEN(ANY, "Winsock not ready", 0, 10091, SKT_ENETDOWN)
SEEN(ANY, "Winsock of another version", 0, 10092, SKT_ENETDOWN)
SEEN(ANY, "Winsock not started", 0, 10093, SKT_ENETDOWN)
SEEN(ANY, "too many tasks use Winsock", 0, 10067, SKT_ENETDOWN)
SEEN(ANY, "provider's table is bad", 0, 10104, SKT_ENETDOWN)
SEEN(ANY, "provider is bad", 0, 10105, SKT_ENETDOWN)
SEEN(ANY, "provider does not start", 0, 10106, SKT_ENETDOWN)
SEEN(ANY, "provider's own call failed", 0, 10107, SKT_ENETDOWN)
SEEN(START, "another task is in Winsock", 0, 10036, SKT_ENETDOWN)

/* Interrupts. */
HIDDEN(ACCEPT | CONNECT | READ | WRITE | WAIT | CLOSE, "signal", 4, 0,
       SKT__EINTR)
HIDDEN(ACCEPT | READ | WRITE | WAIT | CLOSE, "closed while it waited", 0, 10004,
       SKT__EINTR)
HIDDEN(ACCEPT | READ | WRITE | WAIT, "cancelled", 0, 995, SKT__EINTR)
SEEN(CONNECT, "closed while it waited", 0, 10004, SKT_ENOTSOCK)
SEEN(CONNECT, "cancelled", 0, 995, SKT_ENOTSOCK)

/* Nothing left. */
SEEN(SOCKET | ACCEPT, "process has too many open", 24, 10024, SKT_EMFILE)
SEEN(SOCKET | ACCEPT, "process has too many open files", 0, 4, SKT_EMFILE)
SEEN(SOCKET | ACCEPT, "system has too many open", 23, 0, SKT_ENFILE)
SEEN(LISTEN, "too many listeners", 0, 10024, SKT_ENOBUFS)
SEEN(RESOURCES, "no memory", 12, 8, SKT_ENOMEM)
SEEN(RESOURCES, "no memory, of any kind", 0, 14, SKT_ENOMEM)
SEEN(RESOURCES, "no memory left to promise", 0, 1455, SKT_ENOMEM)
SEEN(RESOURCES & ~CONNECT, "no buffers", 105, 10055, SKT_ENOBUFS)
SEEN(CONNECT, "no buffers", 105, 0, SKT_ENOBUFS)
SEEN(RESOURCES, "no resources", 63, 1450, SKT_ENOBUFS)
SEEN(WAIT, "no quota for what is pending", 0, 1816, SKT_ENOBUFS)
SEEN(WAIT, "more entries than descriptors", 22, 0, SKT_ENOBUFS)
SEEN(WAIT, "no memory to wait with", 11, 10014, SKT_ENOMEM)

/* Creating. */
SEEN(SOCKET, "domain unknown", 97, 10047, SKT_EAFNOSUPPORT)
SEEN(SOCKET, "protocol family unknown", 96, 10046, SKT_EAFNOSUPPORT)
SEEN(SOCKET, "protocol number out of range", 22, 10022, SKT_EPROTONOSUPPORT)
SEEN(SOCKET, "protocol unknown", 93, 10043, SKT_EPROTONOSUPPORT)
SEEN(SOCKET, "protocol of another type", 91, 10041, SKT_EPROTONOSUPPORT)
SEEN(SOCKET, "type that the protocol lacks", 94, 10044, SKT_EPROTONOSUPPORT)

/* Not allowed. */
SEEN(SOCKET | ACCEPT | CONNECT | WRITE, "forbidden", 13, 10013, SKT_EACCES)
SEEN(SOCKET | ACCEPT | CONNECT | WRITE, "forbidden by a rule", 1, 5, SKT_EACCES)
SEEN(BIND | LISTEN, "port needs a privilege", 13, 0, SKT_EACCES)
SEEN(BIND | LISTEN, "port forbidden by a rule", 1, 0, SKT_EACCES)

/* The server's side. */
SEEN(BIND | LISTEN, "address in use", 98, 10048, SKT_EADDRINUSE)
SEEN(BIND | LISTEN, "address kept from others", 0, 10013, SKT_EADDRINUSE)
SEEN(BIND, "address is not this host's", 99, 10049, SKT_EADDRNOTAVAIL)
SEEN(BIND, "interface of the address is gone", 19, 0, SKT_EADDRNOTAVAIL)
SEEN(BIND, "bound already", 22, 10022, SKT_EINVAL)
SEEN(BIND | CONNECT, "address of another domain", 97, 10047, SKT_EINVAL)
SEEN(LISTEN, "connected already", 22, 10056, SKT_EINVAL)
SEEN(LISTEN, "connected already, by another name", 106, 0, SKT_EINVAL)
SEEN(LISTEN, "not bound", 89, 10022, SKT_EINVAL)
SEEN(LISTEN, "type without connections", 95, 10045, SKT_EOPNOTSUPP)
SEEN(ACCEPT, "type without connections", 95, 10045, SKT_EINVAL)
SEEN(ACCEPT, "does not listen", 22, 10022, SKT_EINVAL)
SEEN(ACCEPT, "nobody waits", 11, 10035, SKT_EAGAIN)
SEEN(ACCEPT, "network down", 100, 10050, SKT_ENETDOWN)
HIDDEN(ACCEPT, "peer gave up", 103, 10054, SKT_ECONNABORTED)
HIDDEN(ACCEPT, "peer gave up, told as a reset", 104, 64, SKT_ECONNRESET)
HIDDEN(ACCEPT, "peer gave up, told as an abort", 0, 10053, SKT_ECONNABORTED)
HIDDEN(ACCEPT, "peer gave up, its address is gone", 0, 10057, SKT_ENOTCONN)
HIDDEN(ACCEPT, "peer broke the protocol", 71, 0, SKT_EPROTO)
HIDDEN(ACCEPT, "peer lacks the protocol", 92, 0, SKT_ENOPROTOOPT)
HIDDEN(ACCEPT, "peer timed out", 110, 10060, SKT_EHOSTDOWN)
HIDDEN(ACCEPT, "peer's network unreachable", 101, 10051, SKT_ENETUNREACH)
HIDDEN(ACCEPT, "peer unreachable", 113, 10065, SKT_EHOSTUNREACH)
HIDDEN(ACCEPT, "peer down", 112, 10064, SKT_EHOSTUNREACH)
HIDDEN(ACCEPT, "host off the network", 64, 0, SKT_EHOSTUNREACH)

/* Paths of unix sockets. */
SEEN(BIND | CONNECT, "nothing at the path", 2, 0, SKT_ENOENT)
SEEN(BIND | CONNECT, "path through a file", 20, 0, SKT_ENOENT)
SEEN(BIND | CONNECT, "path that goes round in circles", 40, 0, SKT_ENOENT)
SEEN(BIND, "file system that is only read", 30, 0, SKT_EACCES)
SEEN(BIND, "file system that fails", 5, 0, SKT_EIO)
SEEN(CONNECT, "socket of another type at the path", 91, 0, SKT_EPROTONOSUPPORT)
SEEN(OTHER, "longer path than skt gives", 36, 0, SKT_ENAMETOOLONG)
HIDDEN(CONNECT, "queue of the listener full", 11, 0, SKT_EAGAIN)

/* Connecting. */
SEEN(CONNECT, "goes on", 115, 10035, SKT_EINPROGRESS)
SEEN(CONNECT, "goes on already", 114, 10037, SKT_EALREADY)
SEEN(CONNECT, "connected already", 106, 10056, SKT_EISCONN)
SEEN(CONNECT | WRITE, "nobody listens", 111, 10061, SKT_ECONNREFUSED)
SEEN(CONNECT | WRITE, "nobody listens, the kernel says", 0, 1225,
     SKT_ECONNREFUSED)
SEEN(CONNECT, "no local port left", 99, 10055, SKT_EADDRNOTAVAIL)
SEEN(CONNECT, "no address to come from", 0, 10049, SKT_EADDRNOTAVAIL)
SEEN(CONNECT, "pair connected already", 98, 10048, SKT_EADDRINUSE)
SEEN(CONNECT, "listens, or has failed before", 22, 10022, SKT_EINVAL)
SEEN(CONNECT, "aborted", 103, 10053, SKT_ECONNRESET)
SEEN(CONNECT, "aborted, the kernel says", 0, 1236, SKT_ECONNRESET)
SEEN(CONNECT, "dropped by the network", 102, 10052, SKT_ECONNRESET)

/* The way to the peer, then and later. */
SEEN(CONNECT | READ | WRITE, "reset", 104, 10054, SKT_ECONNRESET)
SEEN(CONNECT | READ | WRITE, "reset, the kernel says", 0, 64, SKT_ECONNRESET)
SEEN(CONNECT | READ | WRITE, "no answer", 110, 10060, SKT_EHOSTDOWN)
SEEN(CONNECT | READ | WRITE, "no answer, the kernel says", 0, 121,
     SKT_EHOSTDOWN)
SEEN(CONNECT | READ | WRITE, "no answer in time", 0, 1460, SKT_EHOSTDOWN)
SEEN(CONNECT | READ | WRITE, "network down", 100, 10050, SKT_ENETDOWN)
SEEN(CONNECT | READ | WRITE, "no way to the network", 101, 10051,
     SKT_ENETUNREACH)
SEEN(CONNECT | READ | WRITE, "no way to the network, the kernel says", 0, 1231,
     SKT_ENETUNREACH)
SEEN(CONNECT | READ | WRITE, "interface gone", 19, 0, SKT_ENETUNREACH)
SEEN(CONNECT | READ | WRITE, "interface not there", 6, 0, SKT_ENETUNREACH)
SEEN(CONNECT | READ | WRITE, "peer lacks the protocol", 92, 1233,
     SKT_ENETUNREACH)
SEEN(CONNECT | READ | WRITE, "no way to the host", 113, 10065, SKT_EHOSTUNREACH)
SEEN(CONNECT | READ | WRITE, "no way to the host, the kernel says", 0, 1232,
     SKT_EHOSTUNREACH)
SEEN(CONNECT | READ | WRITE, "host down", 112, 10064, SKT_EHOSTUNREACH)
SEEN(CONNECT | READ | WRITE, "host off the network", 64, 0, SKT_EHOSTUNREACH)
SEEN(CONNECT | READ | WRITE, "packet taken for malformed", 71, 0,
     SKT_EHOSTUNREACH)
SEEN(CONNECT | READ | WRITE, "source route failed", 95, 0, SKT_EHOSTUNREACH)
SEEN(READ, "prohibited on the way", 13, 0, SKT_EHOSTUNREACH)
SEEN(WRITE, "no address to send from", 99, 10049, SKT_ENETUNREACH)
SEEN(READ, "no socket has the peer's port", 111, 10061, SKT_ECONNREFUSED)
SEEN(READ, "one that was sent is too long for the route", 90, 0, SKT_EMSGSIZE)
SEEN(BIND, "option not known here", 92, 10042, SKT_EOPNOTSUPP)
SEEN(WATCH, "no socket but a file", 1, 0, SKT_ENOTSOCK)

/* Moving bytes. */
SEEN(READ | WRITE, "would wait", 11, 10035, SKT_EAGAIN)
SEEN(WRITE, "goes on connecting", 115, 0, SKT_EAGAIN)
SEEN(READ | WRITE, "not connected", 107, 10057, SKT_ENOTCONN)
SEEN(READ | WRITE, "failure in the system", 5, 0, SKT_EIO)
SEEN(WRITE, "control data of a message is refused", 22, 10022, SKT_EINVAL)
SEEN(READ | WRITE, "keep-alive found the peer gone", 110, 10052, SKT_EHOSTDOWN)
SEEN(READ | WRITE, "dropped by the network", 102, 0, SKT_ECONNRESET)
SEEN(READ | WRITE, "peer is leaving", 0, 10101, SKT_ECONNRESET)
HIDDEN(READ | WRITE, "aborted by this host", 103, 10053, SKT_ECONNABORTED)
HIDDEN(READ | WRITE, "aborted, the kernel says", 0, 1236, SKT_ECONNABORTED)
HIDDEN(READ | WRITE, "closed by the peer", 32, 109, SKT_EPIPE)
HIDDEN(READ | WRITE, "shut down here", 108, 10058, SKT_EPIPE)

/* Ending, names, modes. */
HIDDEN(SHUTDOWN, "not connected any more", 107, 10057, SKT_ENOTCONN)
HIDDEN(SHUTDOWN, "reset", 104, 10054, SKT_ECONNRESET)
HIDDEN(SHUTDOWN, "aborted", 103, 10053, SKT_ECONNABORTED)
SEEN(SHUTDOWN, "direction unknown", 22, 10022, SKT_EINVAL)
SEEN(CLOSE, "late failure", 5, 0, SKT_EIO)
SEEN(CLOSE, "reset before all was sent", 104, 0, SKT_EIO)
SEEN(LOCAL, "connection gone", 22, 10022, SKT_EINVAL)
SEEN(LOCAL, "connection reset", 104, 0, SKT_EINVAL)
SEEN(PEER, "not connected", 107, 10057, SKT_ENOTCONN)
SEEN(PEER, "connection gone", 22, 0, SKT_ENOTCONN)
SEEN(PEER, "connection reset", 104, 0, SKT_ENOTCONN)
SEEN(SET_BLOCKING, "tied to an event", 0, 10022, SKT_EINVAL)

/* Other calls. */
SEEN(OTHER, "would wait", 11, 10035, SKT_EAGAIN)
SEEN(OTHER, "goes on", 115, 10036, SKT_EINPROGRESS)
SEEN(OTHER, "argument is bad", 22, 87, SKT_EINVAL)
SEEN(OTHER, "number out of range", 33, 10022, SKT_EINVAL)
SEEN(OTHER, "number too large", 75, 0, SKT_EINVAL)
SEEN(OTHER, "no such interface", 19, 0, SKT_ENODEV)
SEEN(OTHER, "no interface of this number", 6, 0, SKT_ENODEV)
SEEN(OTHER, "watched already", 17, 0, SKT_EEXIST)
SEEN(OTHER, "device full", 28, 0, SKT_ENOBUFS)
SEEN(OTHER, "protocol error", 71, 0, SKT_EPROTO)
SEEN(OTHER, "destination missing", 89, 10039, SKT_ENOTCONN)
SEEN(WRITE, "message too long", 90, 10040, SKT_EMSGSIZE)
SEEN(WRITE, "nothing at the path any more", 2, 0, SKT_ENOENT)
SEEN(WRITE, "another type at the path", 91, 10041, SKT_EPROTONOSUPPORT)
SEEN(OTHER, "message cut", 0, 234, SKT_EMSGSIZE)
SEEN(OTHER, "option unknown", 92, 10042, SKT_ENOPROTOOPT)
SEEN(OTHER, "type unknown", 94, 10044, SKT_EPROTONOSUPPORT)
SEEN(OTHER, "not supported", 95, 10045, SKT_EOPNOTSUPP)
SEEN(OTHER, "not supported by the kernel", 38, 50, SKT_EOPNOTSUPP)
SEEN(OTHER, "domain unknown", 97, 10047, SKT_EAFNOSUPPORT)
SEEN(OTHER, "way lost", 0, 1233, SKT_ENETUNREACH)
SEEN(OTHER, "dropped by the network", 102, 10052, SKT_ECONNRESET)

/* Names: what the resolver returns, in numbers of its own. */
SEEN(NAMES, "no such name", -2, 11001, SKT_ENONAME)
SEEN(NAMES, "no answer of a name server", -3, 11002, SKT_ETRYAGAIN)
SEEN(NAMES, "no answer in time", 0, 10060, SKT_ETRYAGAIN)
SEEN(NAMES, "no answer in time, the system says", 0, 1460, SKT_ETRYAGAIN)
SEEN(NAMES, "name server failed", -4, 11003, SKT_ENAMEFAIL)
SEEN(RESOLVE, "no record of that kind", -5, 11004, SKT_ENOADDRESS)
SEEN(RESOLVE, "family unknown", -6, 10047, SKT_ENOADDRESS)
SEEN(RESOLVE, "no address of that family", -9, -9, SKT_ENOADDRESS)
SEEN(NAMES, "resolver has no memory", -10, 8, SKT_ENOMEM)
SEEN(NAMES, "resolver has no memory, of any kind", 0, 14, SKT_ENOMEM)
SEEN(NAMES, "resolver has no descriptor", 0, 10024, SKT_EMFILE)
SEEN(NAMES, "resolver has no file", 0, 4, SKT_EMFILE)
SEEN(NAMES, "resolver has no buffers", 0, 10055, SKT_ENOBUFS)
SEEN(NAMES, "resolver has no resources", 0, 1450, SKT_ENOBUFS)

/* SPDX-License-Identifier: MIT */
#ifndef SKT_ATOMIC_H
#define SKT_ATOMIC_H

/*
 * What several threads read and write without a lock: the 16-bit members of a
 * skt, and the 32-bit flags of wakers and pollers. C++ reads their structs too,
 * so that their types cannot be those of <stdatomic.h>.
 *
 *   SKT__LOAD(p)     read a 16-bit member. The top bit may come as a sign, so
 *                    that a caller masks an unsigned one
 *   SKT__STORE(p, v) write a 16-bit member
 *   SKT__ENTER(p), SKT__LEAVE(p)   increment and decrement skt.calls
 *   SKT__OR(p, v)    set bits in skt.calls; returns the old value, as SKT__LOAD
 *   SKT__AND(p, v)   keep only these bits of skt.calls
 *   SKT__FLAG(p)     read a flag, or a 32-bit number
 *   SKT__CLAIM(p)    clear a flag; returns whether it was set
 *   SKT__RELEASE(p)  set a flag that the calling thread has claimed
 *   SKT__SWAP(p, old, v)  replace a 32-bit number if it is `old`; returns
 *                    whether it was
 *
 * SKT__LOAD and SKT__FLAG acquire, SKT__STORE and SKT__RELEASE release. The
 * others read and write in one step, in an order on which all threads agree.
 */

#include <stdbool.h>
#include <stdint.h>

#ifdef __GNUC__

#define SKT__LOAD(p) __atomic_load_n((p), __ATOMIC_SEQ_CST)
#define SKT__STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define SKT__FLAG(p) __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define SKT__CLAIM(p) (__atomic_exchange_n((p), 0, __ATOMIC_SEQ_CST) != 0)
#define SKT__RELEASE(p) __atomic_store_n((p), 1, __ATOMIC_RELEASE)
#define SKT__SWAP(p, old, v) skt__swap((p), (old), (v))

static inline bool skt__swap(uint32_t *p, uint32_t old, uint32_t value) {
  return __atomic_compare_exchange_n(p, &old, value, 0, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST);
}

#ifdef __GCC_HAVE_SYNC_COMPARE_AND_SWAP_2
#define SKT__ENTER(p) (void)__atomic_add_fetch((p), 1, __ATOMIC_SEQ_CST)
#define SKT__LEAVE(p) (void)__atomic_sub_fetch((p), 1, __ATOMIC_SEQ_CST)
#define SKT__OR(p, v) __atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define SKT__AND(p, v) (void)__atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
#else
#define SKT__ENTER(p) (void)skt__change16((p), 1, 0, UINT16_MAX)
#define SKT__LEAVE(p) (void)skt__change16((p), UINT16_MAX, 0, UINT16_MAX)
#define SKT__OR(p, v) skt__change16((p), 0, (v), UINT16_MAX)
#define SKT__AND(p, v) (void)skt__change16((p), 0, 0, (v))

/* Add to a number, set bits in it, keep bits; returns the old value. Where the
 * compiler has no such step for 16 bits (gcc 12 on riscv64), it would call
 * libatomic. So this one replaces the aligned 32 bits around the number. */
static inline uint16_t skt__change16(uint16_t *p, uint16_t more, uint16_t bits,
                                     uint16_t kept) {
  typedef uint32_t __attribute__((may_alias)) word;
  uintptr_t offset = (uintptr_t)p & 2;
  word *around = (word *)(void *)((char *)p - offset);
  union {
    uint32_t word;
    uint16_t halves[2];
  } old, changed;
  old.word = __atomic_load_n(around, __ATOMIC_RELAXED);
  do {
    changed = old;
    uint16_t *half = &changed.halves[offset / 2];
    *half = (uint16_t)(((*half + more) | bits) & kept);
  } while (!__atomic_compare_exchange_n(around, &old.word, changed.word, 1,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
  return old.halves[offset / 2];
}
#endif

#else /* Microsoft */

/* <intrin.h> has these, and a hundred more. */
short _InterlockedIncrement16(volatile short *);
short _InterlockedDecrement16(volatile short *);
short _InterlockedOr16(volatile short *, short);
short _InterlockedAnd16(volatile short *, short);
long _InterlockedExchange(volatile long *, long);
long _InterlockedCompareExchange(volatile long *, long, long);
#pragma intrinsic(_InterlockedIncrement16, _InterlockedDecrement16)
#pragma intrinsic(_InterlockedOr16, _InterlockedAnd16, _InterlockedExchange)
#pragma intrinsic(_InterlockedCompareExchange)

/* A volatile access orders nothing by itself (/volatile:iso, the default for
 * arm64). On x86 only the compiler could reorder. */
#if defined _M_ARM64 || defined _M_ARM64EC
void __dmb(unsigned);
#pragma intrinsic(__dmb)
#define SKT__BARRIER() __dmb(0xb) /* _ARM64_BARRIER_ISH */
#else
void _ReadWriteBarrier(void);
#pragma intrinsic(_ReadWriteBarrier)
#define SKT__BARRIER() _ReadWriteBarrier()
#endif

#define SKT__LOAD(p) skt__load((const volatile short *)(p))
#define SKT__STORE(p, v) skt__store((volatile short *)(p), (short)(v))
#define SKT__ENTER(p) (void)_InterlockedIncrement16((volatile short *)(p))
#define SKT__LEAVE(p) (void)_InterlockedDecrement16((volatile short *)(p))
#define SKT__OR(p, v) _InterlockedOr16((volatile short *)(p), (short)(v))
#define SKT__AND(p, v)                                                         \
  (void)_InterlockedAnd16((volatile short *)(p), (short)(v))
#define SKT__FLAG(p) skt__flag((const volatile long *)(p))
#define SKT__CLAIM(p) (_InterlockedExchange((volatile long *)(p), 0) != 0)
#define SKT__RELEASE(p) skt__release((volatile long *)(p))
#define SKT__SWAP(p, old, v)                                                   \
  (_InterlockedCompareExchange((volatile long *)(p), (long)(v),                \
                               (long)(old)) == (long)(old))

static inline short skt__load(const volatile short *p) {
  short value = *p;
  SKT__BARRIER();
  return value;
}

static inline void skt__store(volatile short *p, short value) {
  SKT__BARRIER();
  *p = value;
}

static inline uint32_t skt__flag(const volatile long *p) {
  uint32_t value = (uint32_t)*p;
  SKT__BARRIER();
  return value;
}

static inline void skt__release(volatile long *p) {
  SKT__BARRIER();
  *p = 1;
}

#endif

#endif

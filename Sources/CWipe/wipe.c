#define _GNU_SOURCE
#include "wipe.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// Memory that is freed is wiped first. A name that was read, composed and mailed leaves no copy behind in the heap, and
// no library can forget to clean up.
//
// glibc lets a program replace the allocator (its manual, "Replacing malloc"): what is defined here is used by every
// library too. Blocks still come from glibc; only the two ways in which a block is let go are ours.

// The last copy may be one that no address has: memcpy(3) moves up to 64 bytes at a time through vector registers, and
// those of a thread that sleeps keep what they held; a debugger reads them, and so does a core dump. A called function
// may change all of them (System V ABI, AMD64 section 3.2.1; AAPCS64 section 6.1.2), so that clearing them costs nobody
// anything.
#if defined(__x86_64__)
#define ZERO4(a, b, c, d)                                                                                             \
  "vpxorq %%zmm" #a ",%%zmm" #a ",%%zmm" #a "\n vpxorq %%zmm" #b ",%%zmm" #b ",%%zmm" #b "\n"                         \
  "vpxorq %%zmm" #c ",%%zmm" #c ",%%zmm" #c "\n vpxorq %%zmm" #d ",%%zmm" #d ",%%zmm" #d "\n"

__attribute__((noinline, target("avx512f"))) static void clear_512(void) {
  __asm__ volatile("vzeroall\n" ZERO4(16, 17, 18, 19) ZERO4(20, 21, 22, 23) ZERO4(24, 25, 26, 27)
                       ZERO4(28, 29, 30, 31)::
                           : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                             "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19", "xmm20",
                             "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30",
                             "xmm31");
}

__attribute__((noinline, target("avx"))) static void clear_256(void) {
  __asm__ volatile("vzeroall" ::: "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
                   "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

#define ZERO(n) "pxor %%xmm" #n ",%%xmm" #n "\n"

__attribute__((noinline)) static void clear_128(void) {
  __asm__ volatile(ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7) ZERO(8) ZERO(9) ZERO(10) ZERO(11)
                       ZERO(12) ZERO(13) ZERO(14) ZERO(15)::
                           : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
                             "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

void cwipe_registers(void) {
  // Memory is freed before any constructor has run: 0 is "not asked yet".
  static atomic_int width;
  int known = atomic_load_explicit(&width, memory_order_relaxed);
  if (known == 0) {
    __builtin_cpu_init();
    known = __builtin_cpu_supports("avx512f") ? 512 : __builtin_cpu_supports("avx") ? 256 : 128;
    atomic_store_explicit(&width, known, memory_order_relaxed);
  }
  if (known == 512) clear_512();
  else if (known == 256) clear_256();
  else clear_128();
}
#elif defined(__aarch64__)
#define ZERO(n) "movi v" #n ".2d, #0\n"

// The lower halves of v8 to v15 belong to the caller.
void cwipe_registers(void) {
  __asm__ volatile(ZERO(0) ZERO(1) ZERO(2) ZERO(3) ZERO(4) ZERO(5) ZERO(6) ZERO(7) ZERO(16) ZERO(17) ZERO(18) ZERO(19)
                       ZERO(20) ZERO(21) ZERO(22) ZERO(23) ZERO(24) ZERO(25) ZERO(26) ZERO(27) ZERO(28) ZERO(29)
                           ZERO(30) ZERO(31)::
                               : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20",
                                 "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}
#else
void cwipe_registers(void) {}
#endif

__attribute__((noinline)) void cwipe_stack(void) {
  char left[256 * 1024];
  explicit_bzero(left, sizeof left);
  cwipe_registers();
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define CWIPE_OFF
#endif
#endif

#ifdef CWIPE_OFF

// A sanitizer has its own allocator.
bool cwipe_is_at_work(void) { return false; }

#else

extern void __libc_free(void *);

void free(void *block) {
  if (block == NULL) return;
  explicit_bzero(block, malloc_usable_size(block));
  cwipe_registers();
  __libc_free(block);
}

void *realloc(void *block, size_t size) {
  if (block == NULL) return malloc(size);
  if (size == 0) {
    free(block);
    return NULL;
  }
  size_t held = malloc_usable_size(block);
  // It stays where it is if it fits, and would not waste more than half.
  if (size <= held && size > held / 2) {
    explicit_bzero((char *)block + size, held - size);
    return block;
  }
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  memcpy(moved, block, size < held ? size : held);
  free(block);
  return moved;
}

bool cwipe_is_at_work(void) { return dlsym(RTLD_DEFAULT, "free") == (void *)free; }

#endif

#define _GNU_SOURCE
#include "wipe.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// Memory that is freed is wiped first. A name that was read, composed and mailed leaves no copy behind in the heap, and
// no library can forget to clean up.
//
// glibc lets a program replace the allocator (its manual, "Replacing malloc"): what is defined here is used by every
// library too. Blocks still come from glibc; only the two ways in which a block is let go are ours.

__attribute__((noinline)) void cwipe_stack(void) {
  char left[256 * 1024];
  explicit_bzero(left, sizeof left);
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

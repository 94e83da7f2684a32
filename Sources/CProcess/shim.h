#pragma once
#include <sys/prctl.h>
#include <sys/vfs.h>

// prctl is variadic, which Swift cannot call.
static inline int cprocess_forbid_dump(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

// The kind of file system below a path, as a magic number of statfs(2); -1 if it cannot be asked. Glibc's module leaves
// statfs out.
static inline long cprocess_file_system(const char *path) {
  struct statfs facts;
  return statfs(path, &facts) == 0 ? (long)facts.f_type : -1;
}

#pragma once
#include <stdbool.h>

// True if memory that is freed is wiped first, whoever frees it: this program, the Swift runtime, or any library.
bool cwipe_is_at_work(void);

// Clears the vector registers of this thread that a function may change, in which copies of memory pass.
void cwipe_registers(void);

// Wipes what calls that have returned left on the stack of this thread, as far as they usually reach, and in its registers.
void cwipe_stack(void);

/*
 * scope - owners release what they own when they leave their scope.
 *
 * Owns: the only spelling of __attribute__((cleanup)) in the tree, and the two ways by which
 * ownership moves out of a scope (take_ptr, take_fd).
 */
#ifndef SLIPWAY_BASE_SCOPE_H
#define SLIPWAY_BASE_SCOPE_H

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

/* AUTO(x_free) struct x *p = ...; calls x_free(p) when p leaves its scope. */
#define AUTO(release) __attribute__((cleanup(scope_##release)))

/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in parentheses. */
/* Beside a destructor that takes the pointer: DEFINE_RELEASE(struct x *, x_free) */
#define DEFINE_RELEASE(type, release)                                                              \
	static inline void scope_##release(type *owner)                                            \
	{                                                                                          \
		release(*owner);                                                                   \
	}

/* Beside a destructor of an object held in place: DEFINE_DONE(struct x, x_done) */
#define DEFINE_DONE(type, release)                                                                 \
	static inline void scope_##release(type *owner)                                            \
	{                                                                                          \
		release(owner);                                                                    \
	}
/* NOLINTEND(bugprone-macro-parentheses) */

static inline void scope_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTO_CLOSE __attribute__((cleanup(scope_close)))

static inline void scope_free(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}
#define AUTO_FREE __attribute__((cleanup(scope_free)))

static inline void scope_closedir(DIR **stream)
{
	if (*stream)
		closedir(*stream);
}
#define AUTO_CLOSEDIR __attribute__((cleanup(scope_closedir)))

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Evaluates to *pointer and leaves NULL behind. */
#define take_ptr(pointer)                                                                          \
	({                                                                                         \
		__typeof__(*(pointer)) *take_from_ = (pointer);                                    \
		__typeof__(*(pointer)) taken_ = *take_from_;                                       \
		*take_from_ = NULL;                                                                \
		taken_;                                                                            \
	})

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif

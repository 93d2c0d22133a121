#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

static int refuse(struct error *err)
{
	const char *why = dlerror();

	return error_set(err, ERROR_UNSUPPORTED, ELIBACC, "%s", why ?: "it cannot be loaded");
}

static void *open_first(const char *const *sonames)
{
	void *handle = NULL;

	for (size_t i = 0; sonames[i] && !handle; i++)
		handle = dlopen(sonames[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	return handle;
}

int library_load(const char *const *sonames, const struct library_symbol *symbols, size_t count,
		 void *ret, struct error *err)
{
	void *handle = open_first(sonames);

	if (!handle)
		return refuse(err);
	for (size_t i = 0; i < count; i++)
		if (!dlsym(handle, symbols[i].name))
			return refuse(err);
	for (size_t i = 0; i < count; i++) {
		void *address = dlsym(handle, symbols[i].name);

		memcpy((char *)ret + symbols[i].offset, &address, sizeof(address));
	}
	return 0;
}

/*
 * library - shared libraries that are loaded at their first use, because they cost too much at
 * every start.
 *
 * Owns: dlopen and dlsym, and the ELF note that tells packagers and initramfs builders of it.
 */
#ifndef SLIPWAY_BASE_LIBRARY_H
#define SLIPWAY_BASE_LIBRARY_H

#include <elf.h>
#include <stddef.h>

#include "base/error.h"

/* Where in a struct of pointers the address of a symbol goes. */
struct library_symbol {
	const char *name;
	size_t offset;
};

/**
 * library_load - load the first library of @sonames that is there, for the life of the process.
 * @sonames: NULL-terminated
 * @ret: struct of pointers that @symbols fill; changed on success only
 *
 * Return: 0; -ELIBACC (ERROR_UNSUPPORTED) with the reason.
 */
int library_load(const char *const *sonames, const struct library_symbol *symbols, size_t count,
		 void *ret, struct error *err);

/*
 * LIBRARY_NOTE - at file scope: an ELF note about what is loaded.
 * @name: of the constant
 * @json: an array of objects with feature, description, priority and soname
 *	(https://systemd.io/ELF_DLOPEN_METADATA/)
 */
/* NOLINTBEGIN(bugprone-macro-parentheses): a declared name and a literal cannot stand in them. */
#define LIBRARY_NOTE_OWNER "FDO"
#define LIBRARY_NOTE_TYPE  0x407c0c0aU
#define LIBRARY_NOTE(name, json)                                                                   \
	__attribute__((used, section(".note.dlopen"), aligned(4))) static const struct {           \
		Elf64_Nhdr header;                                                                 \
		char owner[sizeof(LIBRARY_NOTE_OWNER)];                                            \
		_Alignas(4) char text[sizeof(json)];                                               \
	} name = {                                                                                 \
		.header = { .n_namesz = sizeof(LIBRARY_NOTE_OWNER),                                \
			    .n_descsz = sizeof(json),                                              \
			    .n_type = LIBRARY_NOTE_TYPE },                                         \
		.owner = LIBRARY_NOTE_OWNER,                                                       \
		.text = json,                                                                      \
	}

/* NOLINTEND(bugprone-macro-parentheses) */

#endif

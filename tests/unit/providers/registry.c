/* Every platform of the registry: names, aliases, proofs, and what must go together. */
#include <ctype.h>

#include "providers/provider.h"
#include "tap.h"

static bool is_id(const char *name)
{
	for (; *name; name++)
		if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) &&
		    *name != '-')
			return false;
	return true;
}

static bool proofs_are_whole(const struct provider *provider)
{
	for (size_t i = 0; i < provider->proof_count; i++) {
		const struct fact *facts = provider->proofs[i].facts;

		/* Something has to be there: the absence of something proves nothing. */
		if (facts[0].source == FACT_NONE || facts[0].is_absent)
			return false;
		for (size_t f = 0; f < PROOF_FACTS_MAX && facts[f].source; f++)
			if (!facts[f].pattern || !facts[f].pattern[0])
				return false;
	}
	return provider->proof_count == 0 || provider->proofs;
}

/* A label alone can be had on a stick. */
static bool labels_need_company(const struct provider *provider)
{
	for (size_t i = 0; i < provider->proof_count; i++)
		if (provider->proofs[i].facts[0].source == FACT_LABEL &&
		    !provider->proofs[i].facts[1].source)
			return false;
	return true;
}

static void check(const struct provider *provider)
{
	tap_ok(is_id(provider->name), "%s: is an id", provider->name);
	tap_ok(provider->title && provider->title[0], "%s: has a title", provider->name);
	tap_ok(provider_find(provider->name) == provider, "%s: is found", provider->name);
	for (size_t i = 0; i < PROVIDER_ALIASES_MAX && provider->aliases[i]; i++)
		tap_ok(provider_find(provider->aliases[i]) == provider, "%s: is found as %s",
		       provider->name, provider->aliases[i]);
	tap_ok(proofs_are_whole(provider), "%s: its proofs are whole", provider->name);
	tap_ok(labels_need_company(provider), "%s: no label is proof alone", provider->name);
	tap_ok(provider->fetch_config || provider->fetch_metadata,
	       "%s: has a config or says something", provider->name);
	tap_ok(!provider->delete_config || provider->fetch_config, "%s: deletes only what it has",
	       provider->name);
}

int main(void)
{
	for (size_t i = 0; provider_at(i); i++) {
		check(provider_at(i));
		if (i)
			tap_ok(strcmp(provider_at(i - 1)->name, provider_at(i)->name) < 0,
			       "%s: comes in order", provider_at(i)->name);
	}
	tap_ok(!provider_find("nosuch"), "an unknown name is found nowhere");
	tap_ok(!provider_find("cmdline") && !provider_find("system"),
	       "the sources asked first are no platforms");
	tap_ok(provider_find("ec2") == provider_find("aws") &&
		       provider_find("gce") == provider_find("gcp") &&
		       provider_find("pxe") == provider_find("metal"),
	       "the renamed platforms keep their old names");
	return tap_done();
}

/*
 * platforms - the platforms there are, one line each, in order of their names.
 *
 * Owns: the list, and nothing but the list, so that two who add a line need not meet
 * (.gitattributes: merge=union).  PLATFORM(word): provider_<word> is defined in providers/<word>.c.
 */
PLATFORM(applehv)
PLATFORM(aws)
PLATFORM(azure)
PLATFORM(azurestack)
PLATFORM(brightbox)
PLATFORM(digitalocean)
PLATFORM(file)
PLATFORM(gcp)
PLATFORM(hyperv)
PLATFORM(metal)
PLATFORM(openstack)
PLATFORM(openstack_metadata)
PLATFORM(qemu)
PLATFORM(virtualbox)
PLATFORM(vmware)

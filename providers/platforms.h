/*
 * platforms - the platforms there are, one line each, in order of their names.
 *
 * Owns: the list, and nothing but the list, so that two who add a line need not meet
 * (.gitattributes: merge=union).  PLATFORM(word): provider_<word> is defined in providers/<word>.c.
 */
PLATFORM(akamai)
PLATFORM(aliyun)
PLATFORM(aws)
PLATFORM(azure)
PLATFORM(azurestack)
PLATFORM(brightbox)
PLATFORM(cloudstack)
PLATFORM(cloudstack_configdrive)
PLATFORM(cloudstack_metadata)
PLATFORM(digitalocean)
PLATFORM(exoscale)
PLATFORM(file)
PLATFORM(gcp)
PLATFORM(hetzner)
PLATFORM(ibmcloud_classic)
PLATFORM(kubevirt)
PLATFORM(metal)
PLATFORM(nutanix)
PLATFORM(openstack)
PLATFORM(openstack_metadata)
PLATFORM(oraclecloud)
PLATFORM(packet)
PLATFORM(powervs)
PLATFORM(proxmoxve)
PLATFORM(qemu)
PLATFORM(scaleway)
PLATFORM(upcloud)
PLATFORM(vultr)

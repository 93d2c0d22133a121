"""Every documented attribute (spec providers 9) stands in a file that some test compares byte for byte."""

import importlib
import re
import subprocess

import pytest
import test_aws
from cloud import Reply, paths

DOCUMENTED = {
    "akamai": "INSTANCE_ID INSTANCE_HOST_UUID INSTANCE_LABEL INSTANCE_REGION INSTANCE_TYPE INSTANCE_TAGS PUBLIC_IPV4_n "
              "PRIVATE_IPV4_n SHARED_IPV4_n IPV6_SLAAC IPV6_LINK_LOCAL IPV6_RANGE_n IPV6_SHARED_RANGE_n",
    "aliyun": "EIPV4 HOSTNAME IMAGE_ID INSTANCE_ID INSTANCE_TYPE IPV4_PRIVATE IPV4_PUBLIC REGION_ID VPC_ID ZONE_ID",
    "aws": "HOSTNAME PUBLIC_HOSTNAME IPV4_LOCAL IPV4_PUBLIC IPV6 AVAILABILITY_ZONE AVAILABILITY_ZONE_ID INSTANCE_ID "
           "INSTANCE_TYPE REGION",
    "azure": "IPV4_DYNAMIC IPV4_VIRTUAL VMSIZE",
    "cloudstack": "AVAILABILITY_ZONE CLOUD_IDENTIFIER INSTANCE_ID IPV4_LOCAL IPV4_PUBLIC LOCAL_HOSTNAME PUBLIC_HOSTNAME "
                  "SERVICE_OFFERING VM_ID",
    "digitalocean": "HOSTNAME REGION IPV4_PUBLIC_n IPV4_PRIVATE_n IPV4_ANCHOR_n IPV6_PUBLIC_n",
    "exoscale": "AVAILABILITY_ZONE CLOUD_IDENTIFIER INSTANCE_ID LOCAL_HOSTNAME LOCAL_IPV4 PUBLIC_HOSTNAME PUBLIC_IPV4 "
                "SERVICE_OFFERING VM_ID",
    "gcp": "HOSTNAME IP_EXTERNAL_n IP_LOCAL_n MACHINE_TYPE",
    "hetzner": "AVAILABILITY_ZONE HOSTNAME INSTANCE_ID PUBLIC_IPV4 PUBLIC_IPV6 PRIVATE_IPV4_n REGION",
    "ibmcloud": "INSTANCE_ID LOCAL_HOSTNAME",
    "ibmcloud_classic": "INSTANCE_ID LOCAL_HOSTNAME",
    "kubevirt": "HOSTNAME INSTANCE_ID INSTANCE_TYPE IPV4 IPV6",
    "openstack": "HOSTNAME INSTANCE_ID INSTANCE_UUID INSTANCE_TYPE IPV4_LOCAL IPV4_PUBLIC",
    "oraclecloud": "AVAILABILITY_DOMAIN COMPARTMENT_ID FAULT_DOMAIN HOSTNAME INSTANCE_ID INSTANCE_SHAPE REGION_ID",
    "packet": "HOSTNAME PLAN PHONE_HOME_URL IPV4_PUBLIC_n IPV4_PUBLIC_GATEWAY_n IPV4_PRIVATE_n IPV4_PRIVATE_GATEWAY_n "
              "IPV6_PUBLIC_n IPV6_PUBLIC_GATEWAY_n",
    "powervs": "INSTANCE_ID LOCAL_HOSTNAME",
    "proxmoxve": "HOSTNAME INSTANCE_ID IPV4 IPV6",
    "scaleway": "HOSTNAME INSTANCE_ID INSTANCE_TYPE ZONE_ID IPV4_PRIVATE IPV4_PUBLIC IPV6_PUBLIC PRIVATE_IPV4 PUBLIC_IPV4 "
                "PUBLIC_IPV6",
    "upcloud": "HOSTNAME INSTANCE_ID REGION",
    "vultr": "HOSTNAME INSTANCE_ID REGION_CODE",
}
NASTY = "a\"b $HOME `id` $(id) \\n 'c' #d;e"


@pytest.mark.parametrize("platform", DOCUMENTED)
def test_compared(platform):
    lines = importlib.import_module(f"test_{platform}").LINES
    names = re.findall(rf"(?m)^AFTERBURN_{platform.upper()}_(\w+)=", lines)
    assert {re.sub(r"_\d+$", "_n", name) for name in names} == set(DOCUMENTED[platform].split())


def test_shell_reads_what_the_platform_said(cloud, tmp_path):
    machine = cloud()
    machine.serve(test_aws.imds({**test_aws.METADATA, test_aws.TREE + "public-hostname": NASTY.encode()}))
    assert machine.metadata("--provider", "aws", "--attributes", tmp_path / "a").status == 0
    for name in ("AFTERBURN_AWS", "COREOS_EC2"):
        read = subprocess.run(["bash", "-uec", f'. {tmp_path}/a; printf %s "${name}_PUBLIC_HOSTNAME"'],
                              check=True, capture_output=True, text=True)
        assert (read.stdout, read.stderr) == (NASTY, "")


@pytest.mark.parametrize("value", [b"one\ntwo", b"one\rtwo", b"bell\x07", b"nul\x00"])
def test_control_characters_are_refused(cloud, tmp_path, value):
    machine = cloud()
    machine.serve(test_aws.imds({**test_aws.METADATA, test_aws.TREE + "instance-type": Reply(body=value)}))
    ran = machine.metadata("--provider", "aws", "--attributes", tmp_path / "a")
    assert (ran.status, (tmp_path / "a").exists()) == (1, False)
    assert "AWS_INSTANCE_TYPE contains" in ran.err

"""Prints what cloud-init's Ec2 datasource finds at a metadata service: crawl-as-cloud-init.py PACKAGES URL MAC

Unmodified cloud-init, but for one thing: that this is an EC2 guest it is told, instead of reading it from the firmware.
"""

import json
import sys
import tempfile
from unittest import mock

packages, url, mac = sys.argv[1:]
sys.path.insert(0, packages)

from cloudinit import helpers  # noqa: E402
from cloudinit.sources import DataSourceEc2 as ec2  # noqa: E402

ec2.identify_platform = lambda: ec2.CloudNames.AWS
with tempfile.TemporaryDirectory() as folder:
    paths = helpers.Paths({"cloud_dir": folder, "run_dir": folder})
    source = ec2.DataSourceEc2({}, mock.Mock(), paths)
    source.ds_cfg = {"metadata_urls": [url], "max_wait": 10, "timeout": 5}
    if not source._get_data():
        print('{"found": false}')
        sys.exit()
    report = {
        "found": True,
        "version": source.get_metadata_api_version(),
        "hasToken": bool(source._api_token),
        "instanceId": source.get_instance_id(),
        "launchIndex": source.launch_index,
        "zone": source.availability_zone,
        "region": source.region,
        "keys": source.get_public_ssh_keys(),
        "hostname": list(source.get_hostname())[:1],
        "userData": source.get_userdata_raw().decode("latin1"),
        "devices": source.metadata["block-device-mapping"],
        "network": ec2.convert_ec2_metadata_network_config(
            source.metadata["network"], macs_to_nics={mac: "eth0"}
        ),
        "tags": source.metadata.get("tags"),
        "identity": source.identity,
    }
json.dump(report, sys.stdout)

# An image whose file system is made anew: a helper instance partitions and fills an empty second volume, and the snapshot
# of that volume is registered.

source "amazon-ebssurrogate" "scratch" {
  custom_endpoint_ec2 = var.endpoint
  region              = var.region

  source_ami_filter {
    owners      = ["amazon"]
    most_recent = true
    filters     = { name = "tiny" }
  }
  instance_type = "t3.nano"
  launch_block_device_mappings {
    device_name           = "/dev/sdf"
    volume_size           = 1
    volume_type           = "gp2"
    delete_on_termination = true
  }
  run_tags = { Name = "builds scratch" }

  ssh_username = "ec2-user"
  ssh_port     = var.ssh_port

  ami_name                = "scratch"
  ami_description         = "A system copied to a volume of its own"
  ami_virtualization_type = "hvm"
  ena_support             = true
  force_deregister        = true
  force_delete_snapshot   = true
  ami_root_device {
    source_device_name    = "/dev/sdf"
    device_name           = "/dev/xvda"
    volume_size           = 1
    volume_type           = "gp2"
    delete_on_termination = true
  }
  tags          = { Name = "scratch" }
  snapshot_tags = { Name = "scratch" }
}

build {
  sources = ["source.amazon-ebssurrogate.scratch"]

  provisioner "shell" {
    script          = "${path.root}/fill-volume"
    execute_command = "sudo sh {{ .Path }}"
  }
}

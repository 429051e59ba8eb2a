# The small image with a page to serve: launched, changed over SSH, stopped, and saved with CreateImage.

source "amazon-ebs" "web" {
  custom_endpoint_ec2 = var.endpoint
  region              = var.region

  # What is launched.
  source_ami_filter {
    owners      = ["amazon"]
    most_recent = true
    filters = {
      name                = "tiny"
      root-device-type    = "ebs"
      virtualization-type = "hvm"
    }
  }
  instance_type = "t3.nano"
  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_size           = 2
    volume_type           = "gp3"
    iops                  = 3000
    throughput            = 125
    delete_on_termination = true
  }
  run_tags        = { Name = "builds web" }
  run_volume_tags = { Name = "builds web" }

  # How it is reached. The key that Packer made for itself does not stay in the image.
  ssh_username              = "ec2-user"
  ssh_port                  = var.ssh_port
  ssh_clear_authorized_keys = true

  # What it becomes. An image of that name from an earlier build, with its snapshots, makes room.
  ami_name              = "web"
  ami_description       = "Serves a page on port 80"
  force_deregister      = true
  force_delete_snapshot = true
  encrypt_boot          = var.encrypt
  ami_users             = var.share_with
  ami_groups            = var.public ? ["all"] : []
  snapshot_users        = var.share_with
  ami_block_device_mappings {
    device_name           = "/dev/sdf"
    volume_size           = 1
    volume_type           = "gp3"
    iops                  = 3000
    throughput            = 125
    delete_on_termination = true
  }
  tags = {
    Name   = "web"
    Source = "{{ .SourceAMIName }} {{ .SourceAMI }}"
  }
  snapshot_tags = { Name = "web" }
}

build {
  sources = ["source.amazon-ebs.web"]

  provisioner "file" {
    source      = "${path.root}/index.html"
    destination = "/tmp/index.html"
  }

  provisioner "shell" {
    inline = [
      "sudo mkdir -p /var/www && sudo cp /tmp/index.html /var/www/",
      "echo '::respawn:/usr/sbin/httpd -f -h /var/www' | sudo tee -a /etc/inittab",
    ]
  }
}

variable "endpoint" {
  type    = string
  default = "http://127.0.0.1:8773"
}

variable "region" {
  type    = string
  default = "us-east-1"
}

# 10022 where the server runs without root, or the machine's own sshd listens on every address.
variable "ssh_port" {
  type    = number
  default = 22
}

# Accounts that may launch the image `web`. Amazon's default key cannot be shared: not together with `encrypt`.
variable "share_with" {
  type    = list(string)
  default = []
}

# Whether everyone may. The account has to allow it: aws ec2 disable-image-block-public-access
variable "public" {
  type    = bool
  default = false
}

variable "encrypt" {
  type    = bool
  default = false
}

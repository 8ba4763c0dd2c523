#include "domain/keys.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

std::string base64_of(const char* hex) {
  return base64_encode(from_hex(hex));
}

/// The n-th string of SSH's wire format (RFC 4251 section 5).
std::string wire_string(std::string_view bytes, int n) {
  for (;; --n) {
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i)
      size = size << 8U | static_cast<unsigned char>(bytes.at(static_cast<std::size_t>(i)));
    if (n == 0) return std::string(bytes.substr(4, size));
    bytes.remove_prefix(4 + size);
  }
}

class Keys : public ::testing::Test {
 protected:
  void SetUp() override { init_crypto(); }
};

TEST_F(Keys, WireGuardPublicKeysAreThoseOfRfc7748) {
  // Section 5.2 (one iteration: the scalar 9 times the base point) and Bob of section 6.1.
  const std::vector<std::pair<const char*, const char*>> vectors{
      {"0900000000000000000000000000000000000000000000000000000000000000",
       "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"},
      {"5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
       "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"}};
  for (const auto& [private_key, public_key] : vectors)
    EXPECT_EQ(wireguard_public_key(Secret::copy_of(base64_of(private_key))), base64_of(public_key));
}

TEST_F(Keys, WhatIsNoWireGuardKeyHasNoPublicKey) {
  for (const std::string text : {"", "nonsense", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_EQ(wireguard_public_key(Secret::copy_of(text)), "") << text;
}

TEST_F(Keys, ANewWireGuardPairBelongsTogetherAndIsClamped) {
  const WireGuardKeyPair pair = new_wireguard_key_pair();
  EXPECT_EQ(wireguard_public_key(pair.private_key), pair.public_key);
  const std::string bytes = base64_decode(pair.private_key.reveal()).value();
  EXPECT_EQ(bytes.size(), 32U);
  EXPECT_EQ(static_cast<unsigned char>(bytes.front()) & 7U, 0U);
  EXPECT_EQ(static_cast<unsigned char>(bytes.back()) & 0xc0U, 0x40U);
  EXPECT_NE(new_wireguard_key_pair().public_key, pair.public_key);
}

TEST_F(Keys, APresharedKeyIs32RandomBytes) {
  const Secret key = new_preshared_key();
  EXPECT_EQ(base64_decode(key.reveal()).value().size(), 32U);
  EXPECT_FALSE(key == new_preshared_key());
}

TEST_F(Keys, AnSshKeyIsInTheContainerOfOpenSsh) {
  const SshKeyPair pair = new_ssh_key_pair();
  ASSERT_TRUE(pair.public_key.starts_with("ssh-ed25519 "));
  const std::string public_blob = base64_decode(pair.public_key.substr(12)).value();
  EXPECT_EQ(wire_string(public_blob, 0), "ssh-ed25519");
  const std::string public_bytes = wire_string(public_blob, 1);
  EXPECT_EQ(public_bytes.size(), 32U);

  const std::string text(pair.private_key.reveal());
  const std::string begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
  const std::string end = "-----END OPENSSH PRIVATE KEY-----\n";
  ASSERT_TRUE(text.starts_with(begin));
  ASSERT_TRUE(text.ends_with(end));
  std::string base64 = text.substr(begin.size(), text.size() - begin.size() - end.size());
  std::erase(base64, '\n');
  std::string blob = base64_decode(base64).value();
  const std::string magic("openssh-key-v1\0", 15);
  ASSERT_TRUE(blob.starts_with(magic));
  blob.erase(0, magic.size());
  EXPECT_EQ(wire_string(blob, 0), "none");  // cipher
  EXPECT_EQ(wire_string(blob, 1), "none");  // key derivation
  EXPECT_EQ(wire_string(blob, 2), "");
  blob.erase(0, 4 + 4 + 4 + 4 + 4);
  EXPECT_EQ(blob.substr(0, 4), std::string("\0\0\0\1", 4));  // one key
  blob.erase(0, 4);
  EXPECT_EQ(wire_string(blob, 0), public_blob);
  const std::string inner = wire_string(blob, 1);
  EXPECT_EQ(inner.size() % 8, 0U);
  EXPECT_EQ(inner.substr(0, 4), inner.substr(4, 4));  // the check integers
  EXPECT_EQ(wire_string(inner.substr(8), 0), "ssh-ed25519");
  EXPECT_EQ(wire_string(inner.substr(8), 1), public_bytes);
  EXPECT_EQ(wire_string(inner.substr(8), 2).substr(32), public_bytes);
}

TEST_F(Keys, AFingerprintIsThatOfSshKeygen) {
  // The key and the fingerprint that `ssh-keygen -lf` prints for it.
  const std::string line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
  EXPECT_EQ(ssh_fingerprint(line), "SHA256:ZkAslGjFiUHdGf/WUL8rQvkib4PTvQatUV0OUQSncCA");
  EXPECT_EQ(ssh_fingerprint(line + " a comment"), ssh_fingerprint(line));
  for (const std::string text : {"", "ssh-ed25519", "ssh-ed25519 not base64", "ssh-ed25519 A"})
    EXPECT_EQ(ssh_fingerprint(text), "invalid key") << text;
}

}  // namespace
}  // namespace vpcp

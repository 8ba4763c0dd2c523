#include "adapters/kube/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vpcp::kube {
namespace {

namespace fs = std::filesystem;

/// A kubeconfig with one context, whose cluster and user are given.
std::string kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: lab\n"
         "contexts: [{name: lab, context: {cluster: c, user: u, namespace: network}}, "
         "{name: other, context: {cluster: nowhere, user: u}}]\n"
         "clusters: [{name: c, cluster: {" +
         cluster +
         "}}]\n"
         "users: [{name: u, user: {" +
         user + "}}]\n";
}

const std::string kServer = "server: 'https://10.0.0.1:6443/'";

Result<Config> read(const std::string& text, const ConfigChoice& choice = {}) {
  return read_kubeconfig(text, "/etc/kube/config", choice);
}

TEST(Kubeconfig, GivesServerTrustAndUserOfTheContext) {
  const auto config = read(kubeconfig(kServer + ", certificate-authority-data: Y2E=",
                                      "client-certificate-data: Y3J0, client-key-data: a2V5"));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->server, "https://10.0.0.1:6443");
  EXPECT_EQ(config->ns, "network");
  EXPECT_EQ(config->ca.bytes.reveal(), "ca");
  EXPECT_EQ(config->certificate.bytes.reveal(), "crt");
  EXPECT_EQ(config->key.bytes.reveal(), "key");
  EXPECT_FALSE(config->skip_verify);
  EXPECT_EQ(config->origin, "context \"lab\" of /etc/kube/config");
}

TEST(Kubeconfig, RelativeFilesStartAtItsFolder) {
  const auto config = read(kubeconfig(kServer + ", certificate-authority: ca.crt", "tokenFile: ../token"));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->ca.file, "/etc/kube/ca.crt");
  EXPECT_EQ(config->token.file, "/etc/kube/../token");
}

TEST(Kubeconfig, ATokenFileComesBeforeAToken) {
  const auto config = read(kubeconfig(kServer, "token: old, tokenFile: /run/token"));
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->token.file, "/run/token");
  EXPECT_TRUE(config->token.bytes.empty());
}

TEST(Kubeconfig, ReadsACredentialPlugin) {
  const auto config = read(kubeconfig(kServer,
                                      "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, "
                                      "args: [token, -n], env: [{name: A, "
                                      "value: b}], provideClusterInfo: true, installHint: get it}"));
  ASSERT_TRUE(config.ok()) << config.error().message;
  ASSERT_TRUE(config->exec.has_value());
  EXPECT_EQ(config->exec->command, "/etc/kube/./login");
  EXPECT_EQ(config->exec->args, (std::vector<std::string>{"token", "-n"}));
  EXPECT_EQ(config->exec->env, (std::vector<std::pair<std::string, std::string>>{{"A", "b"}}));
  EXPECT_TRUE(config->exec->provide_cluster_info);
  EXPECT_EQ(config->exec->install_hint, "get it");
}

struct BadConfig {
  const char* name;
  std::string text;
  const char* says;
  ConfigChoice choice{};
};

class BadKubeconfig : public ::testing::TestWithParam<BadConfig> {};

TEST_P(BadKubeconfig, IsRefusedWithTheFieldAndTheFix) {
  const auto config = read(GetParam().text, GetParam().choice);
  ASSERT_FALSE(config.ok());
  EXPECT_EQ(config.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(config.error().reason, "BadKubeconfig");
  EXPECT_NE(config.error().message.find(GetParam().says), std::string::npos) << config.error().message;
  EXPECT_EQ(config.error().message.find("hunter2"), std::string::npos) << config.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadKubeconfig,
    ::testing::Values(
        BadConfig{"NotYaml", "a: [hunter2", "is not valid YAML"},
        BadConfig{"NotAMap", "- hunter2", "is not a kubeconfig"},
        BadConfig{"NoContext", "apiVersion: v1", "has no current-context: name one by --context"},
        BadConfig{"UnknownContext",
                  kubeconfig(kServer, ""),
                  "contexts: has no entry \"prod\"",
                  {"", "prod", false}},
        BadConfig{"UnknownCluster",
                  kubeconfig(kServer, ""),
                  "clusters: has no entry \"nowhere\"",
                  {"", "other", false}},
        BadConfig{"PlainHttp", kubeconfig("server: 'http://10.0.0.1'", ""), "is not an https URL"},
        BadConfig{"Proxy", kubeconfig(kServer + ", proxy-url: 'http://p'", ""),
                  "proxy-url: is not supported"},
        BadConfig{"ServerName", kubeconfig(kServer + ", tls-server-name: x", ""),
                  "tls-server-name: is not supported"},
        BadConfig{"SkipVerify", kubeconfig(kServer + ", insecure-skip-tls-verify: true", ""),
                  "give certificate-authority-data, or start with --insecure-skip-tls-verify"},
        BadConfig{"Password", kubeconfig(kServer, "username: a, password: hunter2"),
                  "username: is not supported"},
        BadConfig{"AuthProvider", kubeconfig(kServer, "auth-provider: {name: gcp}"),
                  "auth-provider: is not supported"},
        BadConfig{"CertificateWithoutKey", kubeconfig(kServer, "client-certificate-data: Y3J0"),
                  "has only one of client-certificate and client-key"},
        BadConfig{"NotBase64",
                  kubeconfig(kServer, "client-certificate-data: hunter2!, client-key-data: a2V5"),
                  "client-certificate-data: is not base64"},
        BadConfig{"OldPlugin",
                  kubeconfig(kServer, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1}"),
                  "is not supported: use client.authentication.k8s.io/v1"},
        BadConfig{"AskingPlugin",
                  kubeconfig(kServer,
                             "exec: {apiVersion: client.authentication.k8s.io/v1, command: a, "
                             "interactiveMode: Always}"),
                  "nobody is there to be asked"}),
    [](const auto& row) { return row.param.name; });

TEST(Kubeconfig, SkipsVerificationOnlyWhenAskedTwice) {
  const std::string text = kubeconfig(kServer + ", insecure-skip-tls-verify: true", "token: abc");
  const auto config = read(text, {"", "", true});
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->skip_verify);
  EXPECT_EQ(config->token.bytes.reveal(), "abc");
}

TEST(InCluster, TakesAddressTokenAndNamespaceOfThePod) {
  std::string name = (fs::temp_directory_path() / "vpcp-kube-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "namespace") << "vpcp-system\n";
  const auto config = in_cluster_config(folder, "10.96.0.1", "443");
  const auto six = in_cluster_config(folder, "fd00::1", "443");
  fs::remove_all(folder);
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->server, "https://10.96.0.1:443");
  EXPECT_EQ(config->ns, "vpcp-system");
  EXPECT_EQ(config->token.file, folder / "token");
  EXPECT_EQ(config->ca.file, folder / "ca.crt");
  EXPECT_EQ(six->server, "https://kubernetes.default.svc:443");
}

}  // namespace
}  // namespace vpcp::kube

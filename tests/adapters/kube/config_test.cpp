#include "adapters/kube/config.h"

#include <gtest/gtest.h>
#include <sys/fsuid.h>

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
        BadConfig{"OnlyAComment", "# hunter2\n", "is not a kubeconfig: name one"},
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
        BadConfig{"PlainHttp", kubeconfig("server: 'http://10.0.0.1'", ""),
                  "is not an https URL: give the API server's https:// address"},
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
                  "client-certificate-data: is not base64: write what `base64 -w0 FILE` prints, or name the "
                  "file by client-certificate"},
        BadConfig{
            "PluginWithOddArguments",
            kubeconfig(kServer,
                       "exec: {apiVersion: client.authentication.k8s.io/v1, command: a, args: [[hunter2]]}"),
            "exec.args: has what is not a text: write each argument in quotes"},
        BadConfig{"EmptyContext", "current-context: a\ncontexts: [{name: a}]\nclusters: [{name: b}]",
                  "clusters: has no entry \"\": add it"},
        BadConfig{"OldPlugin",
                  kubeconfig(kServer, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1}"),
                  "is not supported: use client.authentication.k8s.io/v1"},
        BadConfig{"AskingPlugin",
                  kubeconfig(kServer,
                             "exec: {apiVersion: client.authentication.k8s.io/v1, command: a, "
                             "interactiveMode: Always}"),
                  "nobody is there to be asked: use a plugin that logs in by itself"}),
    [](const auto& row) { return row.param.name; });

TEST(Kubeconfig, SkipsVerificationOnlyWhenAskedTwice) {
  const std::string text = kubeconfig(kServer + ", insecure-skip-tls-verify: true", "token: abc");
  const auto config = read(text, {"", "", true});
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->skip_verify);
  EXPECT_EQ(config->token.bytes.reveal(), "abc");
}

/// A folder that goes with its test.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "vpcp-kube-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string told(const Config& config) {
  return config.server + " " + config.ns + " " + config.ca.file.string() + " " + config.token.file.string() +
         " of " + config.origin;
}

struct Merge {
  const char* name;
  const char* files;    ///< Of KUBECONFIG; "@" is the folder.
  const char* context;  ///< Of --context.
  const char* says;     ///< What comes of it, or the error.
};

class Kubeconfigs : public ::testing::TestWithParam<Merge> {};

TEST_P(Kubeconfigs, AreReadAsKubectlReadsThem) {
  const Folder folder;
  const auto write = [&](const std::string& name, const std::string& text) {
    fs::create_directories((folder.path() / name).parent_path());
    std::ofstream(folder.path() / name) << text;
  };
  write("one/config",
        "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u, namespace: first}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://one', certificate-authority: ca.crt}}]\n");
  write("two/config",
        "current-context: y\n"
        "contexts: [{name: x, context: {cluster: d, user: u}}, {name: y, context: {cluster: c, user: u, "
        "namespace: second}}, "
        "{name: z, context: {cluster: d, user: u}}, {name: lost, context: {cluster: d, user: nobody}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://two', certificate-authority: other.crt}}, "
        "{name: d, cluster: {server: 'https://d'}}]\n"
        "users: [{name: u, user: {tokenFile: token}}]\n");
  write("users", "users: [{name: u, user: {tokenFile: own-token}}]");
  write("bad", "a: [hunter2");
  write("empty", "\n");
  write("comment", "# nothing\n");
  write("dashes", "---\n");
  write("anonymous",
        "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://one'}}]\n");
  const auto put = [&](std::string text) {
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos;)
      text.replace(at, 1, folder.path().string());
    return text;
  };
  const auto config = read_kubeconfig_list(put(GetParam().files), {"", GetParam().context, false});
  EXPECT_EQ(config.ok() ? told(*config) : config.error().message, put(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Kubeconfigs,
    ::testing::Values(
        Merge{"FirstWinsAndPathsStartAtTheirOwnFile", "@/one/config:@/two/config", "",
              "https://one first @/one/ca.crt @/two/token of context \"x\" of @/one/config"},
        Merge{"TheOtherWayRound", "@/two/config:@/one/config", "",
              "https://two second @/two/other.crt @/two/token of context \"y\" of @/two/config"},
        Merge{"AContextOfTheSecond", "@/one/config:@/two/config", "z",
              "https://d default  @/two/token of context \"z\" of @/two/config"},
        Merge{"AnEntryIsNotMixed", "@/users:@/one/config:@/two/config", "",
              "https://one first @/one/ca.crt @/own-token of context \"x\" of @/one/config"},
        Merge{"MissingAndEmptyOnesAreLeftOut", ":@/none:@/empty:@/two/config:", "",
              "https://two second @/two/other.crt @/two/token of context \"y\" of @/two/config"},
        Merge{"SoAreThoseWithoutAnyEntry", "@/comment:@/dashes:@/two/config", "",
              "https://two second @/two/other.crt @/two/token of context \"y\" of @/two/config"},
        Merge{"AContextWithoutAUserIsOfNobody", "@/anonymous:@/two/config", "",
              "https://one default   of context \"x\" of @/anonymous"},
        Merge{"AllAreMissing", "@/none:@/empty", "",
              "KUBECONFIG: none of its files is there, or all are empty (@/none:@/empty): correct it, or "
              "name a "
              "kubeconfig by --kubeconfig"},
        Merge{"ABrokenOneIsNamed", "@/one/config:@/bad", "",
              "@/bad: line 1 is not valid YAML: correct it, or write the file anew"},
        Merge{"AFolderIsNamed", "@/one/config:@/two", "",
              "@/two: cannot be read (Is a directory): name a file in it, or name another kubeconfig by "
              "--kubeconfig"},
        Merge{"NoContextInAny", "@/users:@/users", "",
              "@/users, @/users: has no current-context: name one by --context"},
        Merge{"AnEntryThatNoneHas", "@/one/config:@/two/config", "lost",
              "@/one/config.users, @/two/config.users: has no entry \"nobody\": add it, or name another "
              "context "
              "(--context)"}),
    [](const auto& row) { return row.param.name; });

TEST(Kubeconfig, AFileThatCannotBeReadIsNamedWithTheCauseAndTheFix) {
  const Folder folder;
  const fs::path closed = folder.path() / "k.conf";
  std::ofstream(closed) << "{}";
  fs::permissions(closed, fs::perms::none);
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec);
  const std::pair<fs::path, const char*> rows[] = {
      {closed, "(Permission denied): run as its owner, or"},
      {folder.path(), "(Is a directory): name a file in it, or"},
      {folder.path() / "none", "(No such file or directory): correct the path, or"}};
  const auto user = static_cast<uid_t>(::setfsuid(65534));  // root may read everything
  for (const auto& [path, says] : rows) {
    const auto config = find_config({path.string(), "", false});
    EXPECT_EQ(config.ok() ? "" : config.error().message,
              path.string() + ": cannot be read " + says + " name another kubeconfig by --kubeconfig");
  }
  ::setfsuid(user);
}

TEST(InCluster, TakesAddressTokenAndNamespaceOfThePod) {
  const Folder temporary;
  const fs::path& folder = temporary.path();
  std::ofstream(folder / "namespace") << "vpcp-system\n";
  const auto config = in_cluster_config(folder, "10.96.0.1", "443");
  const auto six = in_cluster_config(folder, "fd00::1", "443");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->server, "https://10.96.0.1:443");
  EXPECT_EQ(config->ns, "vpcp-system");
  EXPECT_EQ(config->token.file, folder / "token");
  EXPECT_EQ(config->ca.file, folder / "ca.crt");
  EXPECT_EQ(six->server, "https://kubernetes.default.svc:443");
}

}  // namespace
}  // namespace vpcp::kube

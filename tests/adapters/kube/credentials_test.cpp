#include "adapters/kube/credentials.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/fake_clock.h"
#include "support/fake_metrics.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::kube {
namespace {

namespace fs = std::filesystem;
using testing::FakeClock;

class KubeCredentials : public ::testing::Test {
 protected:
  KubeCredentials() {
    init_crypto();
    std::string name = (fs::temp_directory_path() / "vpcp-kube-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~KubeCredentials() override { fs::remove_all(folder); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(folder / name) << text;
    return folder / name;
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder / name).rdbuf();
    return text.str();
  }
  /// A plugin that says what `status` says, and counts how often it ran.
  Config with_plugin(const std::string& status, const std::string& more = "") {
    const fs::path program =
        write("plugin", "#!/bin/sh\necho run >> " + (folder / "runs").string() + "\n" + more +
                            "\nprintf '%s' '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
                            "\"ExecCredential\",\"status\":" +
                            status + "}'\n");
    ::chmod(program.c_str(), 0700);
    Config config;
    config.server = "https://10.0.0.1";
    config.exec =
        ExecPlugin{"client.authentication.k8s.io/v1", program.string(), {}, {{"WHO", "me"}}, "", true};
    return config;
  }
  int runs() const { return static_cast<int>(read("runs").size() / 4); }
  std::string in(milliseconds span) const { return to_rfc3339(clock.now() + span); }

  fs::path folder;
  FakeClock clock;
  Context ctx;
};

TEST_F(KubeCredentials, ReadARotatedTokenWithinAMinute) {
  Config config;
  config.token.file = write("token", "one\n");
  Credentials credentials(config, clock);
  const Identity before = *credentials.current(ctx);
  EXPECT_EQ(before.bearer->reveal(), "one");
  write("token", "two\n");
  clock.advance(seconds{59});
  EXPECT_EQ(credentials.current(ctx)->bearer->reveal(), "one");
  clock.advance(seconds{1});
  const Identity after = *credentials.current(ctx);
  EXPECT_EQ(after.bearer->reveal(), "two");
  EXPECT_EQ(after.tls, before.tls) << "connections stay";
}

TEST_F(KubeCredentials, ReadFilesAnewAfterARefusal) {
  Config config;
  config.token.file = write("token", "one");
  Credentials credentials(config, clock);
  EXPECT_EQ(credentials.current(ctx)->bearer->reveal(), "one");
  write("token", "two");
  credentials.refused();
  EXPECT_EQ(credentials.current(ctx)->bearer->reveal(), "two");
}

TEST_F(KubeCredentials, ANewCertificateMakesNewConnections) {
  Config config;
  config.certificate.file = write("crt", "one");
  config.key.file = write("key", "k");
  Credentials credentials(config, clock);
  const auto before = credentials.current(ctx)->tls;
  write("crt", "two");
  clock.advance(minutes{1});
  const auto after = credentials.current(ctx)->tls;
  EXPECT_NE(after, before);
  EXPECT_EQ(after->certificate_pem, "two");
}

/// Made by `openssl req -x509 -newkey ed25519 -nodes -keyout /dev/null -days 365 -subj /CN=someone`.
constexpr const char* kEndsIn2027 = R"(-----BEGIN CERTIFICATE-----
MIIBODCB66ADAgECAhQz1Vvn7QfTqzLoO2LSLqvxTZtGEzAFBgMrZXAwEjEQMA4G
A1UEAwwHc29tZW9uZTAeFw0yNjExMzAwODAwMjVaFw0yNzExMzAwODAwMjVaMBIx
EDAOBgNVBAMMB3NvbWVvbmUwKjAFBgMrZXADIQA9qzqlxu9ayaVLGNyEonfxeUD9
rPZXW0UBCrUjOJ9gYqNTMFEwHQYDVR0OBBYEFLam5UfOYRk87z93UhB1oizpyaz/
MB8GA1UdIwQYMBaAFLam5UfOYRk87z93UhB1oizpyaz/MA8GA1UdEwEB/wQFMAMB
Af8wBQYDK2VwA0EAXl0dbUM1qRimZ0zG/iVeHqc/3Lx2IFh6+sa/zk3V9mup0DkC
MRSSPyEmjMVNdB07qle2f1E8sOlQZbcb2EdrDg==
-----END CERTIFICATE-----
)";

TEST_F(KubeCredentials, TellWhenTheClientCertificateEnds) {
  testing::FakeMetrics metrics;
  Config config;
  config.certificate.file = write("crt", kEndsIn2027);
  config.key.file = write("key", "k");
  Credentials credentials(config, clock, &metrics);
  ASSERT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(metrics.value_of(metric::kClientCertificateEnds, {}), 1827561625) << "2027-11-30T08:00:25Z";
  write("crt", "no certificate");
  clock.advance(minutes{1});
  ASSERT_TRUE(credentials.current(ctx).ok());
  EXPECT_FALSE(metrics.exists(metric::kClientCertificateEnds, {}));
}

TEST_F(KubeCredentials, WhatWasGoodStaysWhileAFileIsAway) {
  Config config;
  config.token.file = write("token", "one");
  Credentials credentials(config, clock);
  EXPECT_TRUE(credentials.current(ctx).ok());
  fs::remove(folder / "token");
  clock.advance(minutes{1});
  EXPECT_EQ(credentials.current(ctx)->bearer->reveal(), "one");
}

TEST_F(KubeCredentials, AMissingFileIsAnErrorThatNamesIt) {
  Config config;
  config.token.file = folder / "token";
  const auto none = Credentials(config, clock).current(ctx);
  ASSERT_FALSE(none.ok());
  EXPECT_NE(none.error().message.find((folder / "token").string() +
                                      ": cannot be read (No such file or directory): correct the path"),
            std::string::npos)
      << none.error().message;
}

TEST_F(KubeCredentials, APluginRunsOnceUntilItsCredentialIsAboutToExpire) {
  Credentials credentials(with_plugin(R"({"token":"one","expirationTimestamp":")" + in(minutes{10}) + "\"}"),
                          clock);
  EXPECT_EQ(credentials.current(ctx)->bearer->reveal(), "one");
  clock.advance(minutes{9});
  EXPECT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(runs(), 1);
  clock.advance(seconds{50});
  EXPECT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(runs(), 2);
}

TEST_F(KubeCredentials, APluginWithoutExpiryRunsAgainOnlyAfterARefusal) {
  Credentials credentials(with_plugin(R"({"token":"one"})"), clock);
  EXPECT_TRUE(credentials.current(ctx).ok());
  clock.advance(hours{24});
  EXPECT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(runs(), 1);
  credentials.refused();
  EXPECT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(runs(), 2);
}

TEST_F(KubeCredentials, AnExpiryBeyondWhatAClockCanTellIsNone) {
  Credentials credentials(with_plugin(R"({"token":"one","expirationTimestamp":"9999-12-31T23:59:59Z"})"),
                          clock);
  EXPECT_TRUE(credentials.current(ctx).ok());
  clock.advance(hours{24});
  EXPECT_TRUE(credentials.current(ctx).ok());
  EXPECT_EQ(runs(), 1);
}

TEST_F(KubeCredentials, APluginMayGiveACertificateAndIsToldOfTheCluster) {
  Config config =
      with_plugin(R"({"clientCertificateData":"crt","clientKeyData":"key"})",
                  "printf '%s %s' \"$WHO\" \"$KUBERNETES_EXEC_INFO\" > " + (folder / "told").string() +
                      "\n[ -z \"$(ls /proc/self/fd | grep -vx '[0-3]')\" ] || exit 9");
  Credentials credentials(config, clock);
  const auto identity = credentials.current(ctx);
  ASSERT_TRUE(identity.ok()) << identity.error().message;
  EXPECT_EQ(identity->tls->certificate_pem, "crt");
  EXPECT_EQ(identity->tls->key_pem.reveal(), "key");
  EXPECT_EQ(read("told"),
            R"(me {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"cluster":)"
            R"({"insecure-skip-tls-verify":false,"server":"https://10.0.0.1"},"interactive":false}})");
}

TEST_F(KubeCredentials, ABrokenPluginIsAnErrorWithoutWhatItPrinted) {
  Config config = with_plugin(R"({"token":"hunter2"})", "echo hunter2 >&2; exit 3");
  config.exec->install_hint = "run login first";
  const auto failed = Credentials(config, clock).current(ctx);
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().reason, "CredentialPluginFailed");
  EXPECT_EQ(failed.error().message, "the credential plugin " + config.exec->command +
                                        " ended with status 3: run it by hand, and log in as "
                                        "it asks for; the kubeconfig says: run login first");
}

TEST_F(KubeCredentials, APluginThatCannotBeStartedIsToldWithTheFix) {
  const std::pair<std::string, std::string> rows[] = {
      {"/nonexistent/plugin",
       "(No such file or directory): install it there, or correct exec.command in the kubeconfig"},
      {"nope-plugin",
       "(No such file or directory): install it and put it on PATH, or correct exec.command in the "
       "kubeconfig"},
      {write("not-a-program", "hunter2").string(),
       "(Permission denied): make it a file that this user may run (chmod +x)"}};
  for (const auto& [command, says] : rows) {
    Config config = with_plugin("{}");
    config.exec->command = command;
    const auto failed = Credentials(config, clock).current(ctx);
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().message, "the credential plugin " + command + " cannot be started " + says);
  }
}

TEST_F(KubeCredentials, APluginThatDoesNotEndIsKilled) {
  const Config config = with_plugin(R"({"token":"one"})", "exec sleep 1000");
  const auto failed = Credentials(config, clock).current(ctx.within(milliseconds{300}));
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("did not end in time"), std::string::npos) << failed.error().message;
}

TEST_F(KubeCredentials, APluginThatClosesItsOutputAndDoesNotEndIsKilled) {
  const Config config = with_plugin(R"({"token":"one"})", "exec > /dev/null; sleep 1000");
  const auto failed = Credentials(config, clock).current(ctx.within(milliseconds{300}));
  ASSERT_FALSE(failed.ok());
  EXPECT_NE(failed.error().message.find("did not end in time"), std::string::npos) << failed.error().message;
}

struct Printed {
  const char* name;
  const char* text;
  const char* says;
};

class BadPlugin : public ::testing::TestWithParam<Printed> {};

TEST_P(BadPlugin, IsRefused) {
  const ExecPlugin plugin{"client.authentication.k8s.io/v1", "login", {}, {}, "", false};
  const auto read = read_exec_credential(GetParam().text, plugin);
  ASSERT_FALSE(read.ok());
  EXPECT_NE(read.error().message.find(GetParam().says), std::string::npos) << read.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadPlugin,
    ::testing::Values(
        Printed{"Nothing", "", "printed no ExecCredential"},
        Printed{"NotJson", "token: x", "printed no ExecCredential"},
        Printed{"NoStatus", R"({"kind":"ExecCredential"})", "with a status"},
        Printed{
            "OtherVersion",
            R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{}})",
            "in another version than client.authentication.k8s.io/v1: write the one that it speaks as "
            "exec.apiVersion"},
        Printed{"Empty",
                R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}})",
                "printed no credential: run it by hand, and log in as it asks for"},
        Printed{"NoTime",
                R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
                R"("status":{"token":"t","expirationTimestamp":"tomorrow"}})",
                "an expirationTimestamp that is no time"},
        Printed{"KeyAlone",
                R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
                R"("status":{"clientKeyData":"k"}})",
                "without its key, or the key alone"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp::kube

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>

#include "app/vpcpctl/commands.h"
#include "vpcp/api/write.h"

namespace vpcp::ctl {
namespace {

std::string whole(const std::vector<VpcPeering>& peerings, bool single, Output output) {
  const TextForm form = output == Output::Json ? TextForm::Json : TextForm::Yaml;
  return single ? object_text(peerings.front(), form) : list_text(peerings, form);
}

/// What `status` shows now.
Result<std::string> picture(Session& session, const StatusOptions& options) {
  const bool single = !options.name.empty();
  std::vector<VpcPeering> peerings;
  if (single) {
    peerings.push_back(TRY(session.find(options.name)));
  } else {
    peerings = TRY(session.store().list(session.context(), session.ns()));
  }
  const Output output = session.options().output;
  if (output == Output::Json || output == Output::Yaml) return whole(peerings, single, output);
  for (VpcPeering& peering : peerings) peering = Session::believable(std::move(peering));
  if (single && output == Output::Table) return status_tree(peerings.front(), session.style());
  if (peerings.empty()) {
    const std::string where = session.ns().empty() ? "" : " in the namespace " + session.ns();
    return "There is no VPCPeering" + where + ".\n";
  }
  return status_table(peerings, output == Output::Wide ? Width::Wide : Width::Narrow,
                      session.ns().empty() ? Namespaces::Shown : Namespaces::Hidden, session.style());
}

/// A screen of its own that is left as it was.
class Screen {
 public:
  Screen() : on_(::isatty(STDOUT_FILENO) == 1) {
    if (on_) print("\x1b[?1049h\x1b[?25l");
  }
  ~Screen() {
    if (on_) print("\x1b[?25h\x1b[?1049l");
  }
  /// Without a terminal: one picture after another, each when it differs.
  int show(const std::string& text) {
    if (!on_ && text == last_) return 0;
    last_ = text;
    if (!on_) return print(text + "\n");
    std::string frame = "\x1b[H";
    // What does not fit would push the top away.
    for (const char c : fitted(text, size()))
      frame += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
    return print(frame + "\x1b[J");
  }

 private:
  static ScreenSize size() {
    winsize now{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_row == 0 || now.ws_col == 0) return {24, 80};
    return {now.ws_row, now.ws_col};
  }

  bool on_;
  std::string last_;
};

int watch(Session& session, const StatusOptions& options) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGINT);
  sigaddset(&ending, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  Screen screen;
  while (true) {
    const auto text = picture(session, options);
    // What cannot be read now may come back: a controller that restarts, a network.
    if (screen.show(text.ok() ? *text : "vpcpctl: " + one_line(text.error().message) + "\n") != 0) return 1;
    const timespec pause{1, 0};
    if (::sigtimedwait(&ending, nullptr, &pause) > 0) return 0;
  }
}

}  // namespace

int status_command(Session& session, const StatusOptions& options) {
  const auto text = picture(session, options);
  if (!text.ok()) return fail(text.error());
  return options.watch ? watch(session, options) : print(*text);
}

}  // namespace vpcp::ctl

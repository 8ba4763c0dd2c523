#include <sys/ioctl.h>
#include <unistd.h>

#include "app/vpcpctl/commands.h"
#include "vpcp/api/write.h"
#include "vpcp/base/stoppable_sleep.h"

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

/// Until Ctrl-C, also in the middle of a question: main() has made a stop of it.
int watch(Session& session, const StatusOptions& options) {
  auto text = picture(session, options);
  if (session.options().stop.stop_requested()) return 0;
  // What cannot be read at first may not be there at all: the name, the cluster.
  if (!text.ok()) return fail(text.error());
  Screen screen;
  while (true) {
    // What cannot be read later may come back: a controller that restarts, a network.
    if (screen.show(text.ok() ? *text : "vpcpctl: " + one_line(text.error().message) + "\n") != 0) return 1;
    if (!stoppable_sleep(session.options().stop, seconds{1})) return 0;
    text = picture(session, options);
    if (session.options().stop.stop_requested()) return 0;
  }
}

}  // namespace

int status_command(Session& session, const StatusOptions& options) {
  if (options.watch) return watch(session, options);
  const auto text = picture(session, options);
  return text.ok() ? print(*text) : fail(text.error());
}

}  // namespace vpcp::ctl

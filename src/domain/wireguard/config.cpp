#include "domain/wireguard/config.h"

#include <initializer_list>
#include <string>
#include <string_view>

namespace vpcp {
namespace {

enum class Form { WgQuick, SyncConf };

/// Enough for the text, so that it never moves and leaves a copy with keys behind.
std::size_t room_for(const DesiredGateway& gateway) {
  std::size_t room = 1024;
  for (const DesiredPeer& peer : gateway.peers) {
    room += 512 + peer.name.size() + peer.allowed_ips.size() * 24;
  }
  return room;
}

/// Without strings in between, since this is the text of every gateway in every pass.
void add(std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) text += part;
}

void add_interface(std::string& text, const DesiredGateway& gateway, Form form) {
  text += "[Interface]\n";
  if (form == Form::WgQuick) {
    text += "Address = " + gateway.tunnel_address.str() + "/" +
            std::to_string(gateway.tunnel_network.prefix) + "\n";
  }
  text += "ListenPort = " + std::to_string(gateway.listen_port) + "\n";
  text += "PrivateKey = ";
  text += gateway.private_key.reveal();
  text += "\n";
  if (form == Form::SyncConf) return;
  text += "MTU = " + std::to_string(gateway.mtu) + "\n";
  text += "# A tunnel without the clamp is better than none.\n";
  text += "PostUp = nft -f /etc/vpcp/mss.nft || true\n";
  text += "PostDown = nft delete table inet vpcp || true\n";
}

/// wg leaves alone what a peer's section does not name, so an unwanted preshared key needs its own
/// word: a key of zeros is WireGuard's "none".
constexpr char kNoPresharedKey[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

void add_peer(std::string& text, const DesiredGateway& gateway, const DesiredPeer& peer, Form form) {
  add(text, {"\n# ", peer.name, "\n[Peer]\nPublicKey = ", peer.public_key, "\n"});
  if (peer.preshared_key) {
    add(text, {"PresharedKey = ", peer.preshared_key->reveal(), "\n"});
  } else if (form == Form::SyncConf) {
    add(text, {"PresharedKey = ", kNoPresharedKey, "\n"});
  }
  if (peer.endpoint) add(text, {"Endpoint = ", peer.endpoint->str(), "\n"});
  text += "AllowedIPs = ";
  for (std::size_t i = 0; i < peer.allowed_ips.size(); ++i)
    add(text, {i > 0 ? ", " : "", peer.allowed_ips[i].str()});
  text += "\n";
  if (gateway.persistent_keepalive.count() > 0) {
    add(text, {"PersistentKeepalive = ", std::to_string(gateway.persistent_keepalive.count()), "\n"});
  } else if (form == Form::SyncConf) {
    text += "PersistentKeepalive = off\n";
  }
}

std::string render_text(const DesiredGateway& gateway, Form form) {
  std::string text;
  text.reserve(room_for(gateway));
  if (form == Form::WgQuick) {
    text += "# " + gateway.ref.str() + ", written by vpc-peering-controller. Edits are replaced.\n";
  }
  add_interface(text, gateway, form);
  for (const DesiredPeer& peer : gateway.peers) add_peer(text, gateway, peer, form);
  return text;
}

}  // namespace

Secret render_config(const DesiredGateway& gateway) {
  return Secret::take(render_text(gateway, Form::WgQuick));
}

std::string config_sha256(const DesiredGateway& gateway) {
  std::string text = render_text(gateway, Form::WgQuick);
  std::string digest = sha256_hex(text);
  wipe(text);
  return digest;
}

Secret render_syncconf(const DesiredGateway& gateway) {
  return Secret::take(render_text(gateway, Form::SyncConf));
}

}  // namespace vpcp

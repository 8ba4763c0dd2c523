#include "adapters/cpprest/exchange.h"

#include <cpprest/rawptrstream.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>

namespace vpcp::cpprest {
namespace {

namespace http = web::http;
using http::client::http_client;

enum class Reached { NotSent, MaybeDone, CertificateRefused };

bool is_certificate_error(long code) {
  const auto packed = static_cast<unsigned long>(code);
  return ERR_GET_LIB(packed) == ERR_LIB_SSL && ERR_GET_REASON(packed) == SSL_R_CERTIFICATE_VERIFY_FAILED;
}

/// How far a failed request came. The library tells only by the text; unknown texts count as far.
Reached how_far(const http::http_exception& failure) {
  if (is_certificate_error(failure.error_code().value())) return Reached::CertificateRefused;
  // Before the connection stands, and a request head that did not go out whole.
  static constexpr std::string_view kBefore[] = {"Error resolving", "Failed to connect",
                                                 "Error in SSL handshake", "Failed to write request headers"};
  const std::string_view text = failure.what();
  const bool before = std::any_of(std::begin(kBefore), std::end(kBefore),
                                  [&](std::string_view start) { return text.starts_with(start); });
  return before ? Reached::NotSent : Reached::MaybeDone;
}

Error to_error(const std::exception_ptr& failure, const std::string& host) {
  try {
    std::rethrow_exception(failure);
  } catch (const http::http_exception& e) {
    const std::string text = host + ": " + e.what();
    switch (how_far(e)) {
      case Reached::NotSent:
        return {ErrorKind::Transient, "NotSent", text};
      case Reached::MaybeDone:
        return {ErrorKind::Transient, "AnswerLost", text};
      case Reached::CertificateRefused:
        return {ErrorKind::Denied, "CertificateRefused",
                host + ": the certificate is not signed by a known CA or is for another name"};
    }
    return {ErrorKind::Transient, "AnswerLost", text};
  } catch (const std::exception& e) {
    return {ErrorKind::Transient, "AnswerLost", host + ": " + e.what()};
  } catch (...) {
    return {ErrorKind::Transient, "AnswerLost", host + ": the request failed"};
  }
}

HttpResponse to_response(const http::http_response& answer, std::string body) {
  HttpResponse response;
  response.status = answer.status_code();
  for (const auto& [name, value] : answer.headers()) {
    std::string key = name;
    std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
    response.headers.insert_or_assign(std::move(key), value);
  }
  response.body = std::move(body);
  return response;
}

/// The request in the library's form. Its body is read from `request.body` where it lies, so `request` must
/// outlive the exchange.
http::http_request to_message(const HttpRequest& request, const web::uri& url,
                              const std::shared_ptr<Sink>& sink) {
  http::http_request message(request.method);
  message.set_request_uri(url.resource());
  for (const auto& [name, value] : request.headers) message.headers().add(name, value);
  if (request.bearer)
    message.headers().add("Authorization", "Bearer " + std::string(request.bearer->reveal()));
  if (!request.body.empty()) {
    const std::string_view bytes = request.body.reveal();
    auto stream = concurrency::streams::rawptr_stream<std::uint8_t>::open_istream(
        reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    message.set_body(stream, bytes.size(), request.content_type);
  }
  concurrency::streams::streambuf<std::uint8_t> buffer(
      std::static_pointer_cast<concurrency::streams::details::basic_streambuf<std::uint8_t>>(sink));
  message.set_response_stream(concurrency::streams::basic_ostream<std::uint8_t>(buffer));
  return message;
}

}  // namespace

Result<HttpResponse> exchange(const Context& ctx, http_client& client, const HttpRequest& request,
                              const web::uri& url) {
  const auto sink = std::make_shared<BodySink>(request.max_body);
  const auto mailbox = std::make_shared<Mailbox>();
  pplx::cancellation_token_source source;
  const auto none = pplx::cancellation_token::none();
  auto ended =
      client.request(to_message(request, url, sink), source.get_token())
          .then([](const pplx::task<http::http_response>& head) { return head.get().content_ready(); }, none)
          .then(
              [mailbox](const pplx::task<http::http_response>& whole) {
                try {
                  mailbox->put(whole.get());
                } catch (...) {
                  mailbox->put(std::current_exception());
                }
              },
              none);
  if (!mailbox->wait(ctx)) {
    pplx::create_task([source] { source.cancel(); }).wait();
  }
  ended.wait();
  const Ending ending = mailbox->take();
  if (const auto* answer = std::get_if<http::http_response>(&ending))
    return to_response(*answer, sink->take());
  return to_error(std::get<std::exception_ptr>(ending), url.host());
}

Result<HttpResponse> exchange_lines(const Context& ctx, http_client& client, const HttpRequest& request,
                                    const web::uri& url,
                                    const std::function<void(std::string_view)>& on_line) {
  const auto box = std::make_shared<LineBox>();
  const auto sink = std::make_shared<LineSink>(box, request.max_body);
  pplx::cancellation_token_source source;
  const auto none = pplx::cancellation_token::none();
  auto ended = client.request(to_message(request, url, sink), source.get_token())
                   .then(
                       [box](const pplx::task<http::http_response>& head) {
                         const http::http_response answer = head.get();
                         box->head(answer.status_code());
                         return answer.content_ready();
                       },
                       none)
                   .then(
                       [box](const pplx::task<http::http_response>& whole) {
                         try {
                           box->end(whole.get());
                         } catch (...) {
                           box->end(std::current_exception());
                         }
                       },
                       none);
  std::string refusal;
  bool stopped = false;
  while (true) {
    const auto news = box->wait(ctx);
    stopped = !news;
    if (stopped) break;
    for (const std::string& line : news->lines) {
      if (news->status / 100 != 2) {
        refusal += line + "\n";
      } else if (!ctx.stopped()) {
        on_line(line);
      }
    }
    if (news->ended) break;
  }
  box->leave();
  if (stopped) pplx::create_task([source] { source.cancel(); }).wait();
  ended.wait();
  const Ending ending = box->take();
  if (stopped) return Error{ErrorKind::Transient, "Stopped", "the stream was no longer wanted"};
  if (const auto* answer = std::get_if<http::http_response>(&ending))
    return to_response(*answer, refusal + sink->rest());
  return to_error(std::get<std::exception_ptr>(ending), url.host());
}

}  // namespace vpcp::cpprest

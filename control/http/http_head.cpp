#include "control/http/http_head.hpp"

#include <charconv>
#include <utility>

namespace signalbox::control {
namespace {

std::size_t body_size(const HttpResponse& response) {
  if (response.chunks.empty()) return response.body.size();
  std::size_t size = 0;
  for (const std::string& chunk : response.chunks) size += chunk.size();
  return size;
}

std::string head_of(const HttpResponse& response, const ReplyForm& form, bool chunked) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_phrase(response.status);
  head += "\r\n";
  if (!response.content_type.empty()) head += "Content-Type: " + response.content_type + "\r\n";
  for (const auto& [name, value] : response.headers) head.append(name).append(": ").append(value).append("\r\n");
  if (chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else {
    head += "Content-Length: " + std::to_string(body_size(response)) + "\r\n";
  }
  if (!form.keep_alive) head += "Connection: close\r\n";
  head += "\r\n";
  return head;
}

std::string chunk_size_line(std::size_t size) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  return std::string(digits, end) + "\r\n";
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 413: return "Content Too Large";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

std::vector<std::string_view> reply_pieces(const HttpResponse& response, const ReplyForm& form, std::vector<std::string>& storage) {
  const bool chunked = !response.chunks.empty() && form.may_chunk;
  storage.clear();
  storage.reserve(response.chunks.size() + 1);  // never grows below: the views stay valid
  storage.push_back(head_of(response, form, chunked));
  std::vector<std::string_view> pieces{storage.back()};
  if (form.head) return pieces;
  if (response.chunks.empty()) {
    pieces.emplace_back(response.body);
    return pieces;
  }
  for (const std::string& chunk : response.chunks) {
    if (chunk.empty()) continue;  // a chunk of no bytes would end the body
    if (chunked) {
      storage.push_back(chunk_size_line(chunk.size()));
      pieces.emplace_back(storage.back());
    }
    pieces.emplace_back(chunk);
    if (chunked) pieces.emplace_back("\r\n");
  }
  if (chunked) pieces.emplace_back("0\r\n\r\n");
  return pieces;
}

HttpResponse text_response(unsigned status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(text);
  return response;
}

}  // namespace signalbox::control

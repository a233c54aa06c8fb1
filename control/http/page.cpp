#include "control/http/page.hpp"

#include <optional>

#include "control/http/search_page.hpp"

namespace signalbox::control {
namespace {

constexpr std::string_view kStylesheet = "<?xml-stylesheet type=\"text/xsl\" href=\"/universal_parse.xsl\"?>";

}  // namespace

HttpResponse xml_response(std::string document) {
  HttpResponse response;
  response.content_type = "text/xml";
  document.insert(0, kStylesheet);
  response.body = std::move(document);
  return response;
}

HttpResponse xml_sequence_response(std::string_view first, std::vector<std::string> documents) {
  const std::string list = "__" + std::string(first) + "_list";
  HttpResponse response;
  response.content_type = "text/xml";
  response.chunks.push_back(std::string(kStylesheet) + "<" + list + " type=\"slist\">");
  for (std::string& document : documents) response.chunks.push_back(std::move(document));
  response.chunks.push_back("</" + list + ">");
  return response;
}

std::optional<SearchCursor> SearchCursor::parse(const std::string& text) {
  const auto bars = text.find("||");
  if (bars == std::string::npos) return std::nullopt;
  return SearchCursor{text.substr(0, bars), text.substr(bars + 2)};
}

}  // namespace signalbox::control

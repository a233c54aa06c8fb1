// Pages that list the objects whose name matches a search string, 64 at a time.
//
// Each is two requests: <Req>(search_string) and <Req>Iterate(iterate_info), whose cursor "<next name>||<search string>" the reply carries as
// next_batch, only when there is a next page. A cursor that cannot be read gives an empty reply. Source: spec/introspect.md 1.7, 1.8, 2.2.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/http/page.hpp"

namespace signalbox::control {

struct SearchPage {
  std::string request;  // "ShowRoutingInstanceReq"
  std::string module;
  std::string reply;  // "ShowRoutingInstanceResp"
  std::string list;   // "instances", identifier 1
  std::string item;   // "ShowRoutingInstance"
};

struct SearchCursor {
  std::string next;
  std::string search;

  std::string text() const { return next + "||" + search; }
  static std::optional<SearchCursor> parse(const std::string& text);
};

template <class Item>
using AskList = void (*)(ShowSource&, ListQuery, Answer<ListPage<Item>>);
template <class Item>
using WriteItem = void (*)(SandeshXml&, const Item&);

namespace detail {

template <class Item>
void write_list(SandeshXml& xml, const SearchPage& page, const ListPage<Item>& found, const std::string& search, WriteItem<Item> write) {
  xml.reply(page.reply, [&] {
    xml.structs(page.list, 1, page.item, found.items, [&](const Item& item) { write(xml, item); });
    if (!found.next.empty()) {
      xml.string("next_batch", 2, SearchCursor{found.next, search}.text(),
                 {{"link", page.request + "Iterate"}, {"link_title", "next_batch"}});
    }
  });
}

}  // namespace detail

// Appends both requests' rows to `pages`.
template <class Item>
void add_search_page(std::vector<Page>& pages, SearchPage description, AskList<Item> ask, WriteItem<Item> write) {
  const auto answer = [description, ask, write](const PageContext& context, const SearchCursor& cursor, HttpReply reply) {
    ListQuery query{TextPattern::compile(cursor.search), cursor.next, context.limits.entries};
    ask(context.source, std::move(query),
        on_http_thread<ListPage<Item>>(context.post, [=, search = cursor.search, reply = std::move(reply)](const ListPage<Item>& found) {
          SandeshXml xml;
          detail::write_list(xml, description, found, search, write);
          reply(xml_response(xml.take()));
        }));
  };
  pages.push_back({description.request,
                   description.module,
                   {{"search_string"}},
                   [answer](const PageContext& context, const PageParameters& parameters, HttpReply reply) {
                     answer(context, {"", parameters.text(0)}, std::move(reply));
                   }});
  pages.push_back({description.request + "Iterate",
                   description.module,
                   {{"iterate_info"}},
                   [answer, description, write](const PageContext& context, const PageParameters& parameters, HttpReply reply) {
                     if (auto cursor = SearchCursor::parse(parameters.text(0))) return answer(context, *cursor, std::move(reply));
                     SandeshXml xml;
                     detail::write_list(xml, description, ListPage<Item>{}, "", write);
                     reply(xml_response(xml.take()));
                   }});
}

}  // namespace signalbox::control

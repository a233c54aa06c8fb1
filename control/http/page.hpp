// What an introspect page is: a request with parameters, a question to the ShowSource, and a writer of the reply.
//
// A new page is one row: page<Data>(ask, write) for a reply made of one answer, search_page<Item>() (control/http/search_page.hpp) for a list
// that is searched and paged, or a handler of its own.
// Threads: handlers and writers run on the HTTP server's thread. Source: spec/introspect.md 1.2-1.4.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "control/http/http_message.hpp"
#include "control/http/sandesh_xml.hpp"
#include "control/http/url_query.hpp"
#include "control/show/show_source.hpp"

namespace signalbox::control {

struct PageLimits {
  unsigned routes = 1000;   // of a ShowRouteReq reply
  unsigned paths = 20'000;  // of a ShowRouteReq reply: it ends with the route that reaches this, however many next hops routes have
  unsigned entries = 64;    // of other lists
  unsigned piece = 1000;    // routes asked for at once; a source may have to look through the whole table for each piece
  unsigned examine = 1024;  // routes a partition looks at per turn
  std::chrono::milliseconds walk_time{10'000};  // then a search through tables ends with what it has and a cursor
};

struct PageContext {
  ShowSource& source;
  Post post;  // onto the HTTP server's thread
  PageLimits limits;
  std::function<Microseconds()> now;  // wall clock
};

using PageHandler = std::function<void(const PageContext&, const PageParameters&, HttpReply)>;

struct Page {
  std::string request;  // "ShowRouteReq": served as /Snh_ShowRouteReq
  std::string module;   // "bgp_peer": listed in /bgp_peer.xml; empty: no form
  std::vector<PageParameter> parameters;
  PageHandler handler;
};

// One document, or several to one request, each with its "more" flag set rightly. `first`: name of the first one's root element.
HttpResponse xml_response(std::string document);
HttpResponse xml_sequence_response(std::string_view first, std::vector<std::string> documents);

// Wraps `then` so that it may be called on any thread and runs on the HTTP server's.
template <class T, class F>
Answer<T> on_http_thread(const Post& post, F then) {
  auto shared = std::make_shared<F>(std::move(then));
  return [post, shared](T value) { post([shared, moved = std::make_shared<T>(std::move(value))] { (*shared)(std::move(*moved)); }); };
}

template <class Data>
using AskPage = void (*)(ShowSource&, const PageParameters&, Answer<Data>);
template <class Data>
using WritePage = void (*)(SandeshXml&, const PageParameters&, const Data&);

// A page that is one answer written as one document.
template <class Data>
PageHandler page(AskPage<Data> ask, WritePage<Data> write) {
  return [ask, write](const PageContext& context, const PageParameters& parameters, HttpReply reply) {
    ask(context.source, parameters, on_http_thread<Data>(context.post, [write, parameters, reply = std::move(reply)](const Data& data) {
          SandeshXml xml;
          write(xml, parameters, data);
          reply(xml_response(xml.take()));
        }));
  };
}

}  // namespace signalbox::control

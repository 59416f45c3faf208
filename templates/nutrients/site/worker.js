{% load static %}// Keeps the page of warning signs and its styles for readers who press the button on that page.
// It keeps nothing that a reader does. Removing it removes all that it kept.
"use strict";

const NAME = "safety";
const PAGE = "{% url "nutrients:safety" %}";
const KEPT = [
  PAGE,
  "{% static 'css/site.css' %}",
  "{% static 'fonts/atkinson-hyperlegible-next.woff2' %}",
  "{% static 'js/site.js' %}",
  "{% static 'js/offline.js' %}",
  "{% static 'img/favicon.svg' %}",
];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    for (const request of await cache.keys()) {
      if (!KEPT.includes(new URL(request.url).pathname)) await cache.delete(request);
    }
  })());
});

// The network first, so that a correction shows at once; the kept copy where there is none.
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !KEPT.includes(path)) return;
  event.respondWith((async () => {
    try {
      const answer = await fetch(event.request);
      const cache = path === PAGE && answer.ok && await caches.has(NAME) && await caches.open(NAME);
      if (cache) await cache.put(PAGE, answer.clone());
      return answer;
    } catch (error) {
      const kept = await caches.match(path);
      if (!kept) throw error;
      return kept;
    }
  })());
});

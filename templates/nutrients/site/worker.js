{% load static %}// Caches the page of warning signs and its files for readers who press the button on that page.
// It stores nothing about a reader. The button that removes it deletes the cache too.
"use strict";

const NAME = "safety";
const PAGE = "{% url "nutrients:safety" %}";
const PATHS = [
  PAGE,
  "{% static 'css/site.css' %}",
  "{% static 'fonts/atkinson-hyperlegible-next.woff2' %}",
  "{% static 'js/site.js' %}",
  "{% static 'js/offline.js' %}",
  "{% static 'img/favicon.svg' %}",
];

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(PATHS)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    for (const request of await cache.keys()) {
      if (!PATHS.includes(new URL(request.url).pathname)) await cache.delete(request);
    }
  })());
});

// Use the network first, so that corrections show at once, and the cache if that fails.
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || !PATHS.includes(path)) return;
  event.respondWith((async () => {
    try {
      const response = await fetch(event.request);
      const cache = path === PAGE && response.ok && await caches.has(NAME) && await caches.open(NAME);
      if (cache) await cache.put(PAGE, response.clone());
      return response;
    } catch (error) {
      const copy = await caches.match(path);
      if (!copy) throw error;
      return copy;
    }
  })());
});

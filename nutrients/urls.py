"""The public URLs, in the order of the site map. They never change."""

from django.urls import path

from nutrients.articles import views as articles
from nutrients.checklist import views as checklist
from nutrients.comparison import views as comparison
from nutrients.foods import views as foods
from nutrients.open_data import views as data
from nutrients.plate import views as plate
from nutrients.proposals import views as proposals
from nutrients.reference import views as reference
from nutrients.search import views as search
from nutrients.site import machines
from nutrients.site import views as site

app_name = "nutrients"

urlpatterns = [
    # Home and articles
    path("", site.home, name="home"),
    path("articles/", articles.article_list, name="article_list"),
    path("articles/<slug:slug>/", articles.article, name="article"),
    path("pictures/<slug:slug>/<slug:digest>.webp", articles.picture, name="picture"),
    # The comparison table
    path("compare/", comparison.comparison, name="compare"),
    path("compare.csv", comparison.comparison_csv, name="compare_csv"),
    # The checklist
    path("checklist/", checklist.checklist, name="checklist"),
    path("checklist/print/", checklist.checklist_print, name="checklist_print"),
    # Reference
    path("nutrients/", reference.nutrient_list, name="nutrient_list"),
    path("nutrients/<slug:slug>/", reference.nutrient, name="nutrient"),
    path("nutrients/<slug:slug>/<slug:symptom>/", reference.association, name="association"),
    path("symptoms/", reference.symptom_list, name="symptom_list"),
    path("symptoms/<slug:slug>/", reference.symptom, name="symptom"),
    path("foods/", foods.food_list, name="food_list"),
    path("foods/plate/", plate.plate, name="plate"),
    path("foods/<slug:slug>/", foods.food, name="food"),
    path("search/", search.search, name="search"),
    path("a-z/", search.a_to_z, name="a_to_z"),
    # About the site
    path("about/", site.about, name="about"),
    path("method/", site.method, name="method"),
    path("sources/", site.sources, name="sources"),
    path("sources/<slug:slug>/", site.source, name="source"),
    path("changes/", site.changes, name="changes"),
    path("privacy/", site.privacy, name="privacy"),
    path("accessibility/", site.accessibility, name="accessibility"),
    path("safety/", site.safety, name="safety"),
    path("safety/worker.js", site.safety_worker, name="safety_worker"),
    path("safety/test-book/", site.test_book, name="test_book"),
    # For colleagues without an account
    path("preview/<str:token>/", proposals.preview, name="preview"),
    # Open data
    path("data/", data.data, name="data"),
    path("data/dictionary.csv", data.dictionary_file, {"suffix": "csv"}, name="dictionary_csv"),
    path("data/dictionary.json", data.dictionary_file, {"suffix": "json"}, name="dictionary_json"),
    path("data/<slug:name>.csv", data.table_file, {"suffix": "csv"}, name="table_csv"),
    path("data/<slug:name>.json", data.table_file, {"suffix": "json"}, name="table_json"),
    # Machines
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:section>.xml", machines.sitemap_part, name="sitemap_part"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security_txt"),
    path("feeds/articles/", machines.article_feed, name="article_feed"),
    path("feeds/changes/", machines.change_feed, name="change_feed"),
]

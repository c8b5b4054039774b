"""The addresses of types, locations, providers and settings."""

from django.urls import path

from visitsync.web.staff.catalog.asking import carry_out_asked, preview
from visitsync.web.staff.catalog.views import changes, locations, provider, providers, settings, types

urlpatterns = [
    path("types", types, name="catalog"),
    path("types/locations", locations, name="catalog-locations"),
    path("types/providers", providers, name="catalog-providers"),
    path("types/provider", provider, name="catalog-provider"),
    path("types/settings", settings, name="catalog-settings"),
    path("types/changes", changes, name="catalog-changes"),
    path("types/preview", preview, name="catalog-preview"),
    path("types/carry-out", carry_out_asked, name="catalog-carry-out"),
]

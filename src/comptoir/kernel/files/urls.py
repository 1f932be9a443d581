"""The routes of files on the local disk."""

from django.urls import path

from comptoir.kernel.files import views

app_name = "files"
urlpatterns = [
    path("files/upload", views.upload, name="upload"),
    path("files/<str:token>", views.download, name="download"),
    path("media/<path:key>", views.media, name="media"),
]

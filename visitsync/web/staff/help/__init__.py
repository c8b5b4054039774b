"""Help: the article, made of the reason catalogue and this practice's own settings, so that it is never out of date."""

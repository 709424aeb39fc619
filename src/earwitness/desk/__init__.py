"""The desk's parts, one a matter: what `library` puts together."""

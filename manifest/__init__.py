"""The Teams app package: manifest, languages and icons."""

"""What may happen, to whom, and when. Knows no HTTP, no card and no SMTP."""

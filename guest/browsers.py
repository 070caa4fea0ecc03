"""What a browser calls itself, in words that we know: the header may say anything, so nothing of it is kept."""

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"),
           ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip
"""The first that fits: many call themselves by several names."""
LONGEST = 500


def label(user_agent: str) -> str:
    """`Firefox, Windows`; one of both where the other is not known; empty where nothing is."""
    said = user_agent[:LONGEST]
    found = (next((word for sign, word in known if sign in said), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(word for word in found if word)

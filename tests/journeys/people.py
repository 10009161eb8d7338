"""Who lives in the town of the journeys. Each journey has a rep of its own, so that none meets what another left."""

PASSWORD = "a calm sea 47"
REPS = {
    "ann": "Ann Berg",
    "lea": "Lea Novak",
    "finn": "Finn Aas",
    "pia": "Pia Lund",
    "ivo": "Ivo Marin",
    "lin": "Lin Wei",
    "sam": "Sam Reyes",
    "nia": "Nia Strand",
    "kim": "Kim Dahl",
    "ole": "Ole Vik",
    "uma": "Uma Reed",
    "vic": "Vic Stone",
    "una": "Una Holm",
}
QUIET = "eva"
"""Has no customers; the others are not asked what is open, so that their journeys do not end with it."""
MANAGER = "ben"
ADMINISTRATOR = "ada"

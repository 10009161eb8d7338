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
}
MANAGER = "ben"
ADMINISTRATOR = "ada"

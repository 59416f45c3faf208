"""Which rows are part of another."""

# What is kept, brought back and signed with a row. An amount goes with its food alone: a nutrient
# has thousands once the USDA's foods are imported.
CHILDREN = {
    "article": ["sections"],
    "foodsource": ["amounts", "portions"],
    "nutrient": ["associations", "details", "intakes"],
    "question": ["answers"],
    "redflag": ["rules"],
    "riskfactor": ["effects"],
    "symptom": ["associations"],
}

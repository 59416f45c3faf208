"""The domain: a module a noun. Slugs are stable public identifiers and natural keys."""

from .articles import Article, ArticleSection, ArticleTopic
from .associations import (
    MEANING_AGAINST,
    VERB_AGAINST,
    VERBS,
    Association,
    Evidence,
    Relation,
    Typicality,
)
from .causes import (
    CauseKind,
    Interaction,
    InteractionKind,
    OtherCause,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Severity,
    StandsFor,
    Strength,
)
from .change_notes import ChangeNote, NoteKind
from .figures import Figure
from .foods import (
    DIETS,
    MOST_ENERGY,
    MOST_IN_100_G,
    Allergen,
    Diet,
    FoodGroup,
    FoodPortion,
    FoodSource,
    NotSuggestedTo,
    NutrientAmount,
)
from .intakes import LifeStatus, LimitKind, LimitStatus, ReferenceIntake, ReferenceType, Sex
from .nutrients import (
    HOME,
    Accent,
    Authority,
    Frequency,
    Nutrient,
    NutrientDetail,
    NutrientKind,
    Topic,
    Unit,
)
from .pictures import Picture
from .problems import KeptProblem, ProblemKind
from .publishing import Publishable, Status, Verification
from .red_flags import FLAG_LEVELS, Answer, Question, RedFlag, RedFlagRule
from .safety_cases import BookOverride, CaseGroup, CaseOutcome, SafetyCase
from .search import DocumentKind, SearchDocument, Synonym
from .shipping import ShippedChange, ShippedRow
from .signatures import Signature
from .sources import READ, ReadForm, Source, SourceKind
from .symptoms import BodyArea, Symptom, Urgency

__all__ = [
    "DIETS",
    "FLAG_LEVELS",
    "HOME",
    "MEANING_AGAINST",
    "MOST_ENERGY",
    "MOST_IN_100_G",
    "READ",
    "VERBS",
    "VERB_AGAINST",
    "Accent",
    "Allergen",
    "Answer",
    "Article",
    "ArticleSection",
    "ArticleTopic",
    "Association",
    "Authority",
    "BodyArea",
    "BookOverride",
    "CaseGroup",
    "CaseOutcome",
    "CauseKind",
    "ChangeNote",
    "Diet",
    "DocumentKind",
    "Evidence",
    "Figure",
    "FoodGroup",
    "FoodPortion",
    "FoodSource",
    "Frequency",
    "Interaction",
    "InteractionKind",
    "KeptProblem",
    "LifeStatus",
    "LimitKind",
    "LimitStatus",
    "NotSuggestedTo",
    "NoteKind",
    "Nutrient",
    "NutrientAmount",
    "NutrientDetail",
    "NutrientKind",
    "OtherCause",
    "Picture",
    "ProblemKind",
    "Publishable",
    "Question",
    "ReadForm",
    "RedFlag",
    "RedFlagRule",
    "ReferenceIntake",
    "ReferenceType",
    "Relation",
    "RiskEffect",
    "RiskFactor",
    "RiskKind",
    "SafetyCase",
    "SearchDocument",
    "Severity",
    "Sex",
    "ShippedChange",
    "ShippedRow",
    "Signature",
    "Source",
    "SourceKind",
    "StandsFor",
    "Status",
    "Strength",
    "Symptom",
    "Synonym",
    "Topic",
    "Typicality",
    "Unit",
    "Urgency",
    "Verification",
]

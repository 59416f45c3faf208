"""The models. Slugs are stable public identifiers and natural keys."""

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
    Direction,
    Interaction,
    InteractionKind,
    OtherCause,
    RiskEffect,
    RiskFactor,
    RiskKind,
    Severity,
    Strength,
)
from .change_notes import ChangeNote, NoteKind
from .desk import Problem, ProblemKind, Redirect
from .foods import (
    DIETS,
    MOST_ENERGY,
    MOST_IN_100_G,
    MOST_IN_SERVING,
    Allergen,
    Diet,
    FoodGroup,
    FoodPortion,
    FoodSource,
    NotSuggestedTo,
    NutrientAmount,
)
from .intakes import LifeStatus, LimitKind, ReferenceIntake, ReferenceType, Sex
from .nutrients import (
    DEFAULT_AUTHORITY,
    Authority,
    Frequency,
    Nutrient,
    NutrientDetail,
    NutrientKind,
    Topic,
    Unit,
)
from .pictures import Figure, Picture
from .proposals import (
    OPEN,
    SIGNABLE,
    ChangeKind,
    PreviewLink,
    Proposal,
    ProposedRow,
    Remark,
    Role,
    SignOff,
    State,
)
from .publishing import (
    Keyed,
    Publishable,
    Signature,
    Slugged,
    Status,
    Verification,
    choice_rank,
    group_by,
    lines_of,
)
from .red_flags import FLAG_LEVELS, Answer, Question, RedFlag, RedFlagRule
from .safety_cases import BookOverride, CaseGroup, CaseOutcome, SafetyCase
from .search import DocumentKind, SearchDocument, Synonym
from .shipping import ShippedChange, ShippedRow
from .sources import READ, ReadForm, Source, SourceKind
from .symptoms import BodyArea, Symptom, Urgency
